#!/bin/bash
# run-processes.sh - the scenarios, once more, through real processes over HTTP; `crash` is kill -9.  A stack for each script, with one,
# two and three replicas of each service by turns; as many stacks at once as there are cores, at most four: much of a script's time is
# waiting.  Then what the database holds is verified, and rebuilt from the logs alone.  At last every answer that came is held against
# the published document, and each value that the document lists must have come.
# alone: as many stacks run at once as there are cores
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
cores=$(nproc)
lanes=$((cores < 4 ? cores : 4))
scripts=(tests/scenarios/*.scn)

one() {                 # script
	if { stack_up && "${ZHUCUN_TEST_BUILD:-build}/tests/scenarios/scenario_test" "$1" && history_holds; } >"$made/said.$lane" 2>&1; then
		echo "passed $1" >>"$made/ended.$lane"
	else
		{
			echo "FAIL $1"
			tail -n 20 "$made/said.$lane"
			grep -h '"level":"error"' "$ZHUCUN_VAR"/log/*.log | tail -n 10 || true
		} >>"$made/failed.$lane"
	fi
	[ "$lane" != 0 ] || [ -s "$made/openapi.json" ] ||
		curl -s --noproxy '*' -m "$(patience 20)" -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" -o "$made/openapi.json" "$ZHUCUN_URL/api/v1/openapi.json"
	stack_down
	echo "done $1"
}

# Every lanes-th script.
run_lane() {
	local i
	trap stack_down EXIT
	trap 'exit 130' INT TERM HUP
	export ZHUCUN_TEST_ANSWERS=$made/answers.$lane ZHUCUN_REPLICAS
	for ((i = lane; i < ${#scripts[@]}; i += lanes)); do
		ZHUCUN_REPLICAS=$((i / lanes % 3 + 1))
		one "${scripts[i]}"
	done
}

for ((lane = 0; lane < lanes; lane++)); do
	run_lane &
done
wait
passed=$(cat "$made"/ended.* | grep -c '^passed ' || true)
failed=$((${#scripts[@]} - passed))             # a lane that ended early has failed what it did not come to
cat "$made"/answers.* >"$made/answers"
said=$(node tests/openapi/answers.mjs "$made/openapi.json" "$made/answers" tests/openapi/not-yet.txt) || failed=$((failed + 1))
echo "$said"
cat "$made"/failed.* 2>/dev/null || true
[[ ${said##*$'\n'} =~ ^([0-9]+)\ passed ]] && passed=$((passed + BASH_REMATCH[1]))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
