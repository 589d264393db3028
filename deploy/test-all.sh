#!/bin/bash
# test-all.sh - `make test`: everything the tests need, then the tests, on a machine that has nothing yet.
set -euo pipefail
cd "$(dirname "$0")/.."
deploy/install.sh test
mkdir -p build
flock build/.lock make -s -j"$(nproc)" tests-built
exec make -s check
