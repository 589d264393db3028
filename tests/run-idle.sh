#!/bin/bash
# run-idle.sh - what keeps a stack up, and what it costs while nothing is asked of it: counted, not timed.  Then whoever can be killed
# is, and nobody else may end by it; and the three ways in which all ends without being told properly.
# alone: it measures what nobody asks for costs
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
passed=0 failed=0

check() {               # what, got, wanted (a pattern)
	# shellcheck disable=SC2053 # a pattern
	if [[ $2 == $3 ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1: got $2, want $3"
	fi
}
get() { curl -s --noproxy '*' -m "$(patience 10)" -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" "$ZHUCUN_URL$1"; }
until_true() {          # seconds (of a quiet machine), command...; whether it came true
	local end=$((SECONDS + $(patience "$1")))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || { echo no && return; }
		sleep 0.05
	done
	echo yes
}
ready() { [ "$(curl -s --noproxy '*' -m "$(patience 2)" -o /dev/null -w '%{http_code}' "$ZHUCUN_URL/readyz")" = 200 ]; }
# shellcheck source=deploy/paths.sh
names() { (. deploy/paths.sh && ls "$RUN/services"); }
pid_of() { cat "$ZHUCUN_VAR/run/services/$1/pid"; }
runs() { kill -0 "$1" 2>/dev/null; }
another() { [ "$(pid_of "$1")" != "$2" ] && runs "$(pid_of "$1")"; }     # name, its pid before
pids_but() { for name in $(names); do [ "$name" = "$1" ] || echo "$name $(pid_of "$name")"; done; }
parents() { for name in $(names); do ps -o ppid= -p "$(pid_of "$name")"; done | tr -d ' ' | sort -u; }
switches() { awk '/^voluntary_ctxt_switches/ {print $2}' "/proc/$1/status"; }
# shellcheck source=deploy/paths.sh
asked() { (. deploy/paths.sh && psql -qAtX "$(conninfo postgres zhucun)" -c "select pg_stat_clear_snapshot(), (select xact_commit from pg_stat_database where datname = 'zhucun')" | cut -d'|' -f2); }

stack_up real
run=$(pgrep -P "$stack")
check "a district" "$(curl -s --noproxy '*' -m "$(patience 30)" -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" -X PUT \
	"$ZHUCUN_URL/api/v1/districts/511700" --json '{"name": "区", "areas": [{"id": "a", "name": "东"}]}')" 201
lag_is_nothing() { [ "$(get /api/v1/status | jq .lag)" = 0 ]; }
check "all is done" "$(until_true 30 lag_is_nothing)" yes

# ---- what it costs: the sessions tell the server what they did once a second, so the first ones are let by; on a machine that is
# busy what was begun takes longer to end, so it is looked at again.  What looked every 150 ms had 7 and more, whenever one looked; the
# readers' and the server's own are counted with the looks
few() {
	sleep 2
	woken=$(switches "$run") before=$(asked) since=$(date +%s%N)
	sleep 8
	after=$(asked) took=$((($(date +%s%N) - since) / 1000000))
	[ $(((after - before) * 1000000 / took / 7)) -lt 4500 ]
}
calm=no
for _ in 1 2 3 4 5; do
	! few || { calm=yes && break; }
done
check "transactions of each service in a second are few" "$calm" yes
check "they do look" "$([ $((after - before)) -ge 14 ] && echo yes)" yes
check "who started them sleeps" "$(($(switches "$run") - woken))" '[01]'

# ---- nothing stands between, so there is nobody who could take a healthy one along
check "all are its own" "$(parents)" "$run"
for victim in alerts bus-1 gateway; do
	others=$(pids_but "$victim") gone=$(pid_of "$victim")
	kill -KILL "$gone"
	check "$victim comes back" "$(until_true 15 another "$victim" "$gone")" yes
	check "and all is served" "$(until_true 30 ready)" yes
	check "nobody else noticed that $victim was killed" "$([ "$(pids_but "$victim")" = "$others" ] && echo yes)" yes
done

# ---- one that is to stay away
alerts=$(pid_of alerts)
touch "$ZHUCUN_VAR/run/services/alerts/down"
kill -TERM "$alerts"
not_ready() { ! ready; }
check "one that is down stays down" "$(until_true 15 not_ready)" yes
rm "$ZHUCUN_VAR/run/services/alerts/down"
check "until it is let up" "$(until_true 30 ready)" yes

# ---- the ends
all=$(for name in $(names); do pid_of "$name"; done)
none_runs() { ! ps -o pid= -p "${all//$'\n'/,}" >/dev/null; }
kill -KILL "$run"
check "who is killed takes all along" "$(until_true 30 none_runs)" yes
stack_down

end_by() {              # signal: to make alone, as from a terminal whose make hears SIGINT
	stack_up real
	all=$(for name in $(names); do pid_of "$name"; done)
	kill "-$1" "$stack"
	check "SIG$1 to make ends all" "$(until_true 60 none_runs)" yes
	stack_down
}
end_by INT
end_by KILL
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
