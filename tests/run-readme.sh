#!/bin/bash
# run-readme.sh - the README's walk-through word for word, on a stack made by its own command, on a var/ that does not exist.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
stack_up plain
python3 tests/readme.py "$@" README.md "$ZHUCUN_URL" "$ZHUCUN_VAR"
