#!/bin/bash
# run-console.sh - the browsers' console, in Debian's Chromium: its pure parts, every page of every role, each role's main job,
# how fast a cadre's home is on a slow phone.  Pictures of all pages are kept in $CONSOLE_SHOTS.
#
# Against a stub that answers as the contract says, until the gateway serves these files itself.
set -euo pipefail
# shellcheck source=tests/pace.sh
. "$(dirname "$0")/pace.sh"
cd "$(dirname "$0")/../gateway/console"
build=$(cd -P ../.. && pwd)/build
if [ ! -e "$build/console/files" ]; then
	echo "skipped: built with CONSOLE=0"
	echo "0 passed, 0 failed"
	exit 0
fi
export CONSOLE_OUT=$build/console CONSOLE_SHOTS=${CONSOLE_SHOTS:-$build/console-shots} CONSOLE_PATIENCE=$ZHUCUN_TEST_PATIENCE
passed=0 failed=0

run() {                 # what it is, its file, [role]
	local said ok bad
	said=$(CONSOLE_ROLES=${3:-} node --test --test-reporter=tap "tests/$2.test.mjs" 2>&1) || true
	ok=$(grep -c '^ok ' <<<"$said" || true)
	bad=$(grep -c '^not ok ' <<<"$said" || true)
	[ $((ok + bad)) != 0 ] || bad=1
	echo "$1: $ok passed, $bad failed"
	[ "$bad" = 0 ] || grep -vE '^ *(duration_ms|stack|location)' <<<"$said" | tail -n 80
	passed=$((passed + ok)) failed=$((failed + bad))
}

run 'pure parts' unit
# one role after the other, so that something is said while they are walked
for role in cadre unit_head township_leader inspector reviewer district_admin finance auditor; do
	run "pages of $role" walk "$role"
done
run 'main jobs' flows
run 'speed' speed
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
