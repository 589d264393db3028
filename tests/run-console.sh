#!/bin/bash
# run-console.sh - the browsers' console in Debian's Chromium: its pure parts, then a real stack with the sample district on a clock
# that stands still, every page that each role is offered, each role's main job, and what pages of others must not do.  Pictures of
# all pages are kept in $CONSOLE_SHOTS.
# alone: a browser has deadlines of its own
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top/gateway/console"
passed=0 failed=0

skip() {
	echo "skipped: $*"
	echo "0 passed, 0 failed"
	exit 0
}
[ "${CONSOLE:-1}" != 0 ] || skip "built with CONSOLE=0"

part() {                # test file of the console
	local said ok bad
	said=$(node --test --test-reporter=tap "tests/$1.test.mjs" 2>&1) || true
	ok=$(awk '/^# pass / { n += $3 } END { print n + 0 }' <<<"$said")
	bad=$(awk '/^# (fail|cancelled) / { n += $3 } END { print n + 0 }' <<<"$said")
	[ $((ok + bad)) != 0 ] || bad=1
	echo "$1: $ok passed, $bad failed"
	[ "$bad" = 0 ] || grep -A 40 '^ *not ok ' <<<"$said" | grep -vE '^ *ok |^ *# |^ *(duration_ms|stack|location|failureType|code|operator|at |async )|node:internal|^    (at|async)' | head -n 120
	passed=$((passed + ok)) failed=$((failed + bad))
}

# That npm was not asked again, nor anything built, when nothing has changed: what `make run` does first, in a second.
again() {
	local before
	before=$(stat -c %Y "$top/build/console/files")
	export npm_config_registry=http://127.0.0.1:9   # nobody is there
	if "$top/deploy/packages.sh" . >"$ZHUCUN_VAR/again" 2>&1 && make -s -C "$top" console >>"$ZHUCUN_VAR/again" 2>&1 &&
		[ ! -s "$ZHUCUN_VAR/again" ] && [ "$(stat -c %Y "$top/build/console/files")" = "$before" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL it is built again: $(head -c 500 "$ZHUCUN_VAR/again")"
	fi
}

stack_up
export CONSOLE_URL=$ZHUCUN_URL CONSOLE_TOKEN=$ZHUCUN_BOOTSTRAP_TOKEN CONSOLE_SAMPLE=$ZHUCUN_VAR/sample-accounts
export CONSOLE_SHOTS=${CONSOLE_SHOTS:-$top/build/console-shots} CONSOLE_PATIENCE=$ZHUCUN_TEST_PATIENCE
again
curl -sf --noproxy '*' -o "$ZHUCUN_VAR/clock" -H "Authorization: Bearer $CONSOLE_TOKEN" \
	--json '{"now":"2018-09-12T10:00:00+08:00"}' "$ZHUCUN_URL/api/v1/clock"
ZHUCUN_SAMPLE=1 "$top/deploy/sample.sh" "$ZHUCUN_URL" "$ZHUCUN_VAR/secrets/bootstrap-token" >"$ZHUCUN_VAR/sample" 2>&1 ||
	{ tail -n 20 "$ZHUCUN_VAR/sample"; echo "0 passed, 1 failed"; exit 1; }
part unit
part real
stack_down
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
