#!/bin/bash
# test.sh BUILD TESTS... - runs test programs one after the other, then tests/run-*.sh, and sums up.
#
# In: ZHUCUN_TEST_SCRIPTS=0: not those scripts.
# Out: a line per test, with how long it took, and at the end `N passed, N failed`: the cases that a test counted itself, if its last line is of
# that form, else the test as one.  Exits 1 when anything failed.  What a failed test wrote is shown,
# and any test's lines that begin with `skipped`.
# Gives each test a scratch PostgreSQL cluster, with everything a real one has on; it is gone afterwards:
#   ZHUCUN_TEST_DB        conninfo of a superuser, in an empty database
#   ZHUCUN_TEST_HOST      directory of the cluster's socket
#   ZHUCUN_TEST_TEMPLATE  a database as migrate.sh makes it, with a hand-set clock, to clone from
#   ZHUCUN_TEST_SECRETS   passfiles of the services' logins
#   ZHUCUN_TEST_BUILD     where the programs under test lie
#   ZHUCUN_TEST_PATIENCE  how much longer than on a quiet machine whatever it waits for may take (tests/harness/pace.sh)
# A test is stopped when it has said nothing for that many times 300 seconds: long work tells its steps, what hangs does not.
set -euo pipefail
unset "${!PG@}" ZHUCUN_PORT ZHUCUN_SAMPLE ZHUCUN_BOOTSTRAP_TOKEN
ZHUCUN_VAR=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-test-XXXXXX")
export ZHUCUN_CLOCK=manual ZHUCUN_POSTGRES_DATABASES=all
# shellcheck source=deploy/paths.sh
. "$(dirname "$0")/paths.sh"
# shellcheck source=tests/harness/pace.sh
. "$top/tests/harness/pace.sh"
limit=$(patience 300)   # seconds a test may say nothing
export PYTHONUNBUFFERED=1
log=$ZHUCUN_VAR/test.log
passed=0 failed=0
running=
server=

clean() {
	trap '' INT TERM HUP
	[ -z "$running" ] || kill -- "-$running" 2>/dev/null || true
	[ -z "$server" ] || { kill -INT "$server" && wait "$server"; } 2>/dev/null || true
	rm -rf "$ZHUCUN_VAR" "$SOCKETS"
}
trap clean EXIT
trap 'exit 130' INT TERM HUP

start_cluster() {
	"$top/deploy/postgres.sh" init
	"$top/deploy/postgres.sh" run 2>"$LOGS/postgres.log" &
	server=$!
	"$top/deploy/postgres.sh" ready
	"$top/deploy/migrate.sh" 2>/dev/null
	psql -qX -c 'create database scratch' "$(conninfo postgres postgres)"
	ZHUCUN_TEST_DB=$(conninfo postgres scratch)
	export ZHUCUN_TEST_DB ZHUCUN_TEST_HOST=$PG_SOCKETS ZHUCUN_TEST_TEMPLATE=zhucun ZHUCUN_TEST_SECRETS=$SECRETS
	export ZHUCUN_TEST_BUILD=$build
}

# Of a count that is not told, or does not agree with the exit status, the exit status is believed.
count() {               # name exit-status
	local ok=0 bad=0 word=ok last took
	took=$((SECONDS - began))
	last=$(tail -n 1 "$log" | tr -d '\0')
	if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		ok=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]}
	elif [ "$2" = 0 ]; then
		ok=1
	fi
	[ "$2" = 0 ] || [ "$bad" != 0 ] || bad=1
	[ "$bad" = 0 ] || word=FAIL
	printf '%-4s  %-50s %4d s   %d passed, %d failed%s\n' "$word" "$1" "$took" "$ok" "$bad" "$([ "$2" != 124 ] || echo " (stopped: it said nothing for $limit s)")"
	grep -a '^skipped' "$log" | sed 's/^/      /' || true
	[ "$bad" = 0 ] || tail -n 60 "$log" | sed 's/^/      /'
	passed=$((passed + ok)) failed=$((failed + bad))
}

# Ends a test, with all that it started in its group, when it has said nothing for too long.
watch() {               # process group
	until [ $(($(date +%s) - $(stat -c %Y "$log"))) -gt "$limit" ]; do
		sleep 1
	done
	touch "$ZHUCUN_VAR/stopped"
	kill -TERM -- "-$1"
	sleep 10
	kill -KILL -- "-$1"
} 2>/dev/null

run_test() {            # name command...
	local name=$1 status=0 began=$SECONDS watching
	shift
	rm -f "$log" "$ZHUCUN_VAR/stopped"
	: >"$log"
	setsid --wait "$@" >"$log" 2>&1 </dev/null &
	running=$!
	watch "$running" &
	watching=$!
	wait "$running" || status=$?
	running=
	kill "$watching" 2>/dev/null || true
	wait "$watching" 2>/dev/null || true
	[ ! -e "$ZHUCUN_VAR/stopped" ] || status=124
	count "$name" "$status"
}

build=$(realpath "$1")
shift
cd "$top"
echo "waiting is $ZHUCUN_TEST_PATIENCE times as patient as on a quiet machine"
start_cluster
for test in "$@"; do
	run_test "${test#"${build##*/}"/}" "$test"
done
# What runs real processes runs the ones that operators run: once is enough.
if [ "${build##*/}" = build ] && [ "${ZHUCUN_TEST_SCRIPTS:-1}" != 0 ]; then
	for test in tests/run-*.sh; do
		[ ! -x "$test" ] || run_test "$test" "$test"
	done
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
