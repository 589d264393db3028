#!/bin/bash
# run-processes.sh - the scenarios, once more, through real processes over HTTP; `crash` is kill -9.  A stack for each script, with one,
# two and three replicas of each service by turns.  Then what the database holds is verified, and rebuilt from the logs alone.
set -euo pipefail
# shellcheck source=tests/stack.sh
. "$(dirname "$0")/stack.sh"
cd "$top"
passed=0 failed=0
export ZHUCUN_REPLICAS=0

for script in tests/scenarios/*.scn; do
	ZHUCUN_REPLICAS=$((ZHUCUN_REPLICAS % 3 + 1))
	if stack_up && "${ZHUCUN_TEST_BUILD:-build}/tests/scenario_test" "$script" && history_holds; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $script"
		grep -h '"level":"error"' "$ZHUCUN_VAR"/log/*.log | tail -n 10 || true
	fi
	stack_down
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
