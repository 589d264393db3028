#!/bin/bash
# threads.sh - `make threads`: scenarios, and many clients at the gateway, through real processes that ThreadSanitizer watches: two replicas of
# each service, with two reader threads each.  Fails when it reports anything, or when it did not watch.
# SCENARIOS (all): which ones.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
env -u MAKEFLAGS make -s -j"$(nproc)" SANITIZE=thread all
export ZHUCUN_BUILD=build-tsan ZHUCUN_REPLICAS=2 ZHUCUN_READERS=2
reports=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-threads-XXXXXX")
# Of libraries it does not see by what they order their accesses, so their accesses do not count.
export TSAN_OPTIONS="ignore_noninstrumented_modules=1 log_path=$reports/report exitcode=0"
passed=0 failed=0

result() {              # name status
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1"
	fi
}

watched() {             # every program that runs was made with it
	local program
	for program in "$ZHUCUN_BUILD"/bin/*; do
		[ "$(nm -D "$program" | grep -c __tsan_init)" != 0 ] || return 1
	done
	pgrep -f "$top/$ZHUCUN_BUILD/bin/roster" >/dev/null
}

for script in ${SCENARIOS:-tests/scenarios/*.scn}; do
	status=0
	{ stack_up && watched && build/tests/scenarios/scenario_test "$script"; } || status=1
	result "$script" "$status"
	stack_down
done
status=0
tests/bench/bench.sh smoke || status=1
result "the benchmark's smoke run" "$status"
status=0
for report in "$reports"/*; do
	[ ! -e "$report" ] || { status=1 && head -n 60 "$report"; }
done
result "no report" "$status"
rm -rf "$reports"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
