#!/bin/bash
# run-crash.sh - the short tour of crash points (tests/chaos/crash.py), against programs built with CRASH=1.
set -euo pipefail
cd "$(dirname "$0")/.."
env -u SANITIZE -u MAKEFLAGS flock Makefile make -s -j"$(nproc)" CRASH=1 all >&2
exec python3 tests/chaos/crash.py "$@"
