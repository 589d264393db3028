#!/bin/bash
# run-docs.sh - what the documents say of settings and metrics is what the programs say.
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 tests/docs.py "${ZHUCUN_TEST_BUILD:-build}"
