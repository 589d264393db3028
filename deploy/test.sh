#!/bin/bash
# test.sh BUILD TESTS... - runs test programs and tests/run-*.sh, and sums up.
#
# In: ZHUCUN_TEST_SCRIPTS=0: not those scripts.  ZHUCUN_TEST_LANES: how many tests run at a time (one for each core, four at the most);
# what has a line `alone: why` in a comment runs when the others have ended.
# Out: a line per test, with how long it took, and at the end `N passed, N failed`: the cases that a test counted itself, if its last line is of
# that form, else the test as one.  Exits 1 when anything failed.  What a failed test wrote is shown,
# and any test's lines that begin with `skipped`.
# Gives the tests of each lane a scratch PostgreSQL cluster, with everything a real one has on; it is gone afterwards:
#   ZHUCUN_TEST_DB        conninfo of a superuser, in an empty database
#   ZHUCUN_TEST_HOST      directory of the cluster's socket
#   ZHUCUN_TEST_TEMPLATE  a database as migrate.sh makes it, with a hand-set clock, to clone from
#   ZHUCUN_TEST_SECRETS   passfiles of the services' logins
#   ZHUCUN_TEST_BUILD     where the programs under test lie
#   ZHUCUN_TEST_PATIENCE  how much longer than on a quiet machine whatever it waits for may take (tests/harness/pace.sh)
# A test is stopped when it has said nothing for that many times 300 seconds: long work tells its steps, what hangs does not.
set -euo pipefail
unset "${!PG@}" ZHUCUN_PORT ZHUCUN_SAMPLE ZHUCUN_BOOTSTRAP_TOKEN
unset ZHUCUN_VAR
export ZHUCUN_CLOCK=manual ZHUCUN_POSTGRES_DATABASES=all PYTHONUNBUFFERED=1
# shellcheck source=deploy/paths.sh
. "$(dirname "$0")/paths.sh"
# shellcheck source=tests/harness/pace.sh
. "$top/tests/harness/pace.sh"
build=$(realpath "$1")
shift
cd "$top"

start_cluster() {
	"$top/deploy/postgres.sh" init
	"$top/deploy/postgres.sh" run 2>"$LOGS/postgres.log" &
	server=$!
	"$top/deploy/postgres.sh" ready
	"$top/deploy/migrate.sh" 2>/dev/null
	psql -qX -c 'create database scratch' "$(conninfo postgres postgres)"
	ZHUCUN_TEST_DB=$(conninfo postgres scratch)
	export ZHUCUN_TEST_DB ZHUCUN_TEST_HOST=$PG_SOCKETS ZHUCUN_TEST_TEMPLATE=zhucun ZHUCUN_TEST_SECRETS=$SECRETS
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
	exec 8>>"$made/counts"                          # one test's lines at a time
	flock 8
	printf '%-4s  %-50s %4d s   %d passed, %d failed%s\n' "$word" "$1" "$took" "$ok" "$bad" "$([ "$2" != 124 ] || echo " (stopped: it said nothing for $limit s)")"
	grep -a '^skipped' "$log" | sed 's/^/      /' || true
	[ "$bad" = 0 ] || tail -n 60 "$log" | sed 's/^/      /'
	echo "$ok $bad" >&8
	exec 8>&-
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

# ---- lanes

# A lane's cluster, and what it leaves: nothing.
open_lane() {
	ZHUCUN_VAR=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-test-XXXXXX")
	# shellcheck source=deploy/paths.sh
	. "$top/deploy/paths.sh"
	log=$ZHUCUN_VAR/test.log
	limit=$(patience 300)           # seconds a test may say nothing
	running='' server=''
	trap close_lane EXIT
	trap 'exit 130' INT TERM HUP
	start_cluster
}
close_lane() {
	trap '' INT TERM HUP
	[ -z "$running" ] || kill -- "-$running" 2>/dev/null || true
	[ -z "$server" ] || { kill -INT "$server" && wait "$server"; } 2>/dev/null || true
	rm -rf "$ZHUCUN_VAR" "$SOCKETS"
}

# The next that nobody has taken; nothing when there is none.
next_test() {
	flock "$made/lock" sed -i -e '1{w /dev/stdout' -e 'd}' "$made/queue"
}
lane() {
	local test
	open_lane
	while test=$(next_test) && [ -n "$test" ]; do
		run_test "${test#"${build##*/}"/}" "$test"
	done
}

lanes_end() {
	trap '' INT TERM HUP
	local running
	mapfile -t running < <(jobs -p)
	[ "${#running[@]}" = 0 ] || kill -TERM "${running[@]}" 2>/dev/null || true
	wait
	rm -rf "$made"
}

# So many lanes, until the queue is empty.
run_lanes() {           # lanes
	local i
	for ((i = 0; i < $1; i++)); do
		lane &
	done
	wait
}

made=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-tests-XXXXXX")
trap lanes_end EXIT
trap 'exit 130' INT TERM HUP
cores=$(nproc)
lanes=${ZHUCUN_TEST_LANES:-$((cores < 4 ? cores : 4))}
together=() alone=()
enlist() {              # test, and where it is written
	if grep -qE '^(#| \*) alone: ' "$2"; then
		alone+=("$1")
	else
		together+=("$1")
	fi
}
# What runs real processes runs the ones that operators run: once is enough.  They are long, so they come first.
if [ "${build##*/}" = build ] && [ "${ZHUCUN_TEST_SCRIPTS:-1}" != 0 ]; then
	for test in tests/run-*.sh; do
		[ ! -x "$test" ] || enlist "$test" "$test"
	done
fi
for test in "$@"; do
	text=${test#"${build##*/}"/}.c
	[ -e "$text" ] || text=$test
	enlist "$test" "$text"
done
lanes=$((lanes < ${#together[@]} ? lanes : ${#together[@]}))

export ZHUCUN_TEST_BUILD=$build
quiet=$ZHUCUN_TEST_PATIENCE
echo "waiting is $quiet times as patient as on a quiet machine, $lanes tests at a time"
: >"$made/counts"
printf '%s\n' "${together[@]}" >"$made/queue"
ZHUCUN_TEST_PATIENCE=$((quiet * (lanes > 1 ? lanes : 1)))
run_lanes "$lanes"
printf '%s\n' "${alone[@]}" >"$made/queue"
ZHUCUN_TEST_PATIENCE=$quiet
run_lanes $((${#alone[@]} > 0))

passed=0 failed=0 ended=0
while read -r ok bad; do
	passed=$((passed + ok)) failed=$((failed + bad)) ended=$((ended + 1))
done <"$made/counts"
never=$((${#together[@]} + ${#alone[@]} - ended))
[ "$never" = 0 ] || echo "FAIL  $never tests never ended"
failed=$((failed + never))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
