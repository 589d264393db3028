#!/bin/bash
# run-mutants.sh - the list of mutants still fits the code, and a few of it by chance, of those that need no database, are found.
# `make mutants` tries all of them.
set -euo pipefail
cd "$(dirname "$0")/.."
tests/mutants/mutants.py check
exec env ZHUCUN_MUTANTS_SOME=3 tests/mutants/run.sh
