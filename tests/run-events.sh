#!/bin/bash
# run-events.sh - clients follow the events of a district while processes die: each hears every event once, in order.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
stack_up
# shellcheck source=deploy/paths.sh
. deploy/paths.sh
python3 tests/outside/events.py --url "$ZHUCUN_URL" --token "$ZHUCUN_BOOTSTRAP_TOKEN" --var "$ZHUCUN_VAR" \
	--db "$(conninfo postgres zhucun)"
