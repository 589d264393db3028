#!/bin/bash
# run-processes.sh - the scenarios, once more, through real processes over HTTP; `crash` is kill -9.  A stack for each script, with one,
# two and three replicas of each service by turns.  Then what the database holds is verified, and rebuilt from the logs alone.  At last
# every answer that came is held against the published document, and each value that the document lists must have come.
set -euo pipefail
# shellcheck source=tests/stack.sh
. "$(dirname "$0")/stack.sh"
cd "$top"
passed=0 failed=0
export ZHUCUN_REPLICAS=0
made=$(mktemp -d)
trap 'rm -rf "$made"; stack_down' EXIT
export ZHUCUN_TEST_ANSWERS=$made/answers

for script in tests/scenarios/*.scn; do
	ZHUCUN_REPLICAS=$((ZHUCUN_REPLICAS % 3 + 1))
	if stack_up && "${ZHUCUN_TEST_BUILD:-build}/tests/scenario_test" "$script" && history_holds; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $script"
		grep -h '"level":"error"' "$ZHUCUN_VAR"/log/*.log | tail -n 10 || true
	fi
	[ -s "$made/openapi.json" ] || curl -s --noproxy '*' -m "$(patience 20)" -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" \
		-o "$made/openapi.json" "$ZHUCUN_URL/api/v1/openapi.json"
	stack_down
	echo "done $script"
done
said=$(node tests/openapi/answers.mjs "$made/openapi.json" "$ZHUCUN_TEST_ANSWERS" tests/openapi/not-yet.txt) || failed=$((failed + 1))
echo "$said"
[[ ${said##*$'\n'} =~ ^([0-9]+)\ passed ]] && passed=$((passed + BASH_REMATCH[1]))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
