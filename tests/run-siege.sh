#!/bin/bash
# run-siege.sh - a short siege (tests/chaos/siege.py): idle strangers, logins right and wrong, and a hostile district; another is served.
# alone: it measures, and takes all there is
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
stack_up
python3 tests/chaos/siege.py --url "$ZHUCUN_URL" --token "$ZHUCUN_BOOTSTRAP_TOKEN" --seconds 20
