#!/bin/bash
# run-export.sh - a payroll of 5,000 people as CSV and XLSX, read back and compared with the run and the ledger.
set -euo pipefail
# shellcheck source=tests/stack.sh
. "$(dirname "$0")/stack.sh"
cd "$top"
stack_up
python3 tests/export.py "$ZHUCUN_URL" "$ZHUCUN_BOOTSTRAP_TOKEN"
