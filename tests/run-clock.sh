#!/bin/bash
# run-clock.sh - clocks that are wrong, by real processes: of the build with crash points, where a file says by how many seconds all
# clocks but PostgreSQL's are stepped (lib/base/clock.c).  What is answered, what /readyz says, that nothing is decided, and that
# it goes on; a start that waits, and what `make run` says of it; time brought back, and what is on record of it.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
env -u SANITIZE -u MAKEFLAGS flock Makefile make -s -j"$(nproc)" CRASH=1 all >&2
passed=0 failed=0
dir=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-clock-XXXXXX")
export ZHUCUN_BUILD=build-crash CLOCK_STEP=$dir/step
trap 'stack_down; rm -rf "$dir"' EXIT

check() {               # what, got, wanted (a pattern)
	# shellcheck disable=SC2053 # a pattern
	if [[ $2 == $3 ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1: got $2, want $3"
	fi
}
step() {                # seconds
	echo "$1" >"$CLOCK_STEP.new"
	mv "$CLOCK_STEP.new" "$CLOCK_STEP"
}
ask() {                 # method path [body]; "status code retry-after"
	local head=$dir/head body=$dir/body
	curl -s --noproxy '*' -m 20 -o "$body" -D "$head" -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" -X "$1" "$ZHUCUN_URL$2" ${3:+--json "$3"} || true
	echo "$(awk 'NR == 1 { print $2 }' "$head") $(jq -r '.code // ""' "$body" 2>/dev/null) $(tr -d '\r' <"$head" | awk 'tolower($1) == "retry-after:" { print $2 }')"
}
readyz() { curl -s --noproxy '*' -m 10 "$ZHUCUN_URL/readyz" | jq -r '[.errors[]?.code] | unique | join(" ")'; }
until_is() {            # seconds, wanted (a pattern), command...; what it said last
	local end=$((SECONDS + $1)) want=$2 said
	shift 2
	# shellcheck disable=SC2053 # a pattern
	until said=$("$@") && [[ $said == $want ]] || [ $SECONDS -ge $end ]; do sleep 0.05; done
	echo "$said"
}
# shellcheck source=deploy/paths.sh
ask_database() { (. deploy/paths.sh && psql -qAtX "$(conninfo postgres zhucun)" -c "$1"); }
ctl() { "build-crash/bin/zhucunctl" "$@"; }
unit() { ask PUT "/api/v1/districts/511700/units/$1" '{"name": "局"}'; }
events() { ask_database 'select count(*) from roster.event'; }

step 0
stack_up real
check "a district" "$(ask PUT /api/v1/districts/511700 '{"name": "区", "areas": [{"id": "a", "name": "东"}]}')" '201 *'
check "a unit" "$(unit u1)" '201 *'
check "what time it is" "$(ctl clock --json | tail -n 1 | jq -c '[.waiting, .by_hand]')" '\[0,false]'

for by in 1893456000 -86400; do
	before=$(events)
	step "$by"
	check "an order $by seconds from now" "$(unit "u$by")" '503 clock.stepped 5'
	check "readyz says so" "$(until_is 10 '*clock.stepped*' readyz)" '*clock.stepped*'
	check "nothing was decided" "$(events) $(ask_database "select count(*) from engine.head where now_us > clock_timestamp() + interval '65 seconds'")" "$before 0"
	check "it was said, once by each" "$(grep -h '"clock.doubted"' "$ZHUCUN_VAR"/log/roster.log | grep -c "\"ahead_s\":${by:0:3}")" 1
	check "what is read is read" "$(ask GET /api/v1/districts/511700/units/u1)" '200 *'
	step 0
	check "it goes on" "$(until_is 30 '201 *' unit "u$by")" '201 *'
	check "and is ready" "$(until_is 30 '' readyz)" ''
done

# ---- a start that waits: the log ends in 2086, and nobody has been believed yet
later=$ZHUCUN_VAR
kill -TERM "$stack" && wait "$stack" || true
stack=
deploy/postgres.sh start
ask_database "update engine.head set now_us = '2086-03-01' where service = 'roster';
	insert into roster.session values ('511700', 'a', 't', '2086-03-01 12:00')"
deploy/postgres.sh stop
rm "$ZHUCUN_VAR/said"
mkfifo "$ZHUCUN_VAR/said"
env -u SANITIZE -u MAKEFLAGS make -s -C "$top" run >"$ZHUCUN_VAR/said" 2>"$ZHUCUN_VAR/talk" &
stack=$!
exec 9<"$ZHUCUN_VAR/said"
talk() { grep -c 'clock.behind' "$ZHUCUN_VAR/talk" || true; }
check "make run says what it waits for" "$(until_is 120 '[1-9]*' talk)" '[1-9]*'
check "and how to go on" "$(grep -c 'zhucunctl clock' "$ZHUCUN_VAR/talk")" '[1-9]*'
check "orders are refused" "$(unit u9)" '503 clock.behind 5'
check "who waits is shown" "$(ctl clock --json | jq -r 'select(.state == "ahead") | .service' | sort -u)" roster
check "it is a fault" "$(ctl verify --json | jq -r 'select(.what) | .what' | sort -u)" fence.ahead
check "it is brought back" "$(ctl clock --bring-back --yes --reason 'the battery' --json | jq -r 'select(.reason) | .what + " " + .login + " " + .reason')" 'bring-back operator the battery'
check "make run is ready" "$(read -r -t 120 line <&9 && echo "$line")" "ready $ZHUCUN_URL"
check "orders are taken" "$(until_is 30 '201 *' unit u9)" '201 *'
check "sessions of then are over" "$(ctl clock --record --json | jq -c 'select(.mended) | [.what, .rows]')" '*\["session",1]*'
check "and no time is wrong any more" "$(ctl verify >"$dir/verify" && echo fine) $(ask_database "select count(*) from engine.head where now_us > clock_timestamp()")" 'fine 0'
[ "$later" = "$ZHUCUN_VAR" ]
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
