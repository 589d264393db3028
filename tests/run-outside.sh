#!/bin/bash
# run-outside.sh - a client that knows only the contract: bad input of every kind, odd requests by the RFCs, random histories, and the same while
# processes are killed -9, with one replica of each service and with three, of which some are also frozen for a while.
# ZHUCUN_SEED chooses the histories.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
seed=${ZHUCUN_SEED:-1}
passed=0 failed=0

count() {               # command... ; its last line is a count
	local last status=0
	"$@" >"$ZHUCUN_VAR/outside.log" 2>&1 || status=$?
	last=$(tail -n 1 "$ZHUCUN_VAR/outside.log")
	if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
		passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
	else
		failed=$((failed + 1))
	fi
	echo "$last  ${*##*/}"
	[ "$status" = 0 ] || { head -c 6000 "$ZHUCUN_VAR/outside.log" && failed=$((failed > 0 ? failed : 1)); }
}
client() {
	count python3 "tests/outside/$1" --url "$ZHUCUN_URL" --token "$ZHUCUN_BOOTSTRAP_TOKEN" --var "$ZHUCUN_VAR" "${@:2}"
}

holds() {               # and the histories are what the tables were made of
	if history_holds >"$ZHUCUN_VAR/holds.log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL the history does not hold"
		tail -n 20 "$ZHUCUN_VAR/holds.log"
	fi
}

count_rules() {
	local last
	last=$(python3 tests/outside/rules_test.py 2>&1 | tail -n 1)
	[[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]] && passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
	echo "$last  rules_test.py"
}

count_rules
stack_up
client bad_input.py
client sweep.py
client main.py --seed "$seed" --districts 4 --persons 4 --steps 60
holds
stack_down
stack_up
client main.py --seed $((seed + 1)) --districts 4 --persons 3 --steps 40 --chaos
holds
stack_down
ZHUCUN_REPLICAS=3 stack_up
client main.py --seed $((seed + 2)) --districts 4 --persons 3 --steps 40 --chaos --freeze --every 1
holds
stack_down
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
