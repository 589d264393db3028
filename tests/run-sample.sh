#!/bin/bash
# run-sample.sh - the sample district on a hand-set clock: loaded while its services die and its script is killed, begun anew,
# and then counted: nothing is there twice, nothing is missing, and there is something in every state.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
passed=0 failed=0
stack_up
export ZHUCUN_SAMPLE=1
api=$ZHUCUN_URL/api/v1/districts/511703
made=$(mktemp -d)
trap 'rm -rf "$made"; stack_down' EXIT

check() {               # what got wanted
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1: $2, not $3"
	fi
}
get() {                 # path [token]
	curl -s --noproxy '*' -m "$(patience 20)" -H "Authorization: Bearer ${2:-$ZHUCUN_BOOTSTRAP_TOKEN}" "$api$1"
}
sample() {              # in a subshell, which it becomes: killed is killed
	TMPDIR=$made exec deploy/sample.sh "$ZHUCUN_URL" "$ZHUCUN_VAR/secrets/bootstrap-token"
}
# All pages of a list, an item a line.
all() {                 # path with its first parameter
	local next=
	while :; do
		get "$1&limit=500${next:+&cursor=$next}" >"$made/page"
		jq -c '.items[]' "$made/page"
		next=$(jq -r '.next // ""' "$made/page")
		[ -n "$next" ] || return 0
	done
}
count() {               # path with its first parameter
	all "$1" | wc -l
}
# What waits and what is put aside, once nothing waits: services that were killed may still be reading what the load did last.
settled() {
	local i
	for ((i = 0; i < $(patience 30) * 10; i++)); do
		get /progress | jq -c '[.lag, .parked]' >"$made/progress"
		! grep -q '^\[0,' "$made/progress" || break
		read -r -t 0.1 _ <>"$made/nothing" || true
	done
	cat "$made/progress"
}
checkins() {
	# shellcheck disable=SC2016 # for the shell that knows where the database is
	bash -uc '. deploy/paths.sh; psql -qAtX -c "select count(*) from attendance.checkin" "$(conninfo migrator zhucun)"'
}
process_of() {          # service: one of this stack's
	local pid
	for pid in $(pgrep -x "$1"); do
		! tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | grep -qx "ZHUCUN_VAR=$ZHUCUN_VAR" || { echo "$pid" && return; }
	done
}

# ---- interrupted where people are already put, and where check-ins come; services die meanwhile

interrupt_at() {        # a path that answers 200 from then on
	local load i
	sample 2>"$made/talk" &
	load=$!
	for ((i = 0; i < 300; i++)); do
		[ "$(curl -s --noproxy '*' -m 5 -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" "$api$1")" != 200 ] || break
		read -r -t 0.02 _ <>"$made/nothing" || true
	done
	kill -KILL "$load"
	wait "$load" 2>/dev/null || true
}
mkfifo "$made/nothing"
interrupt_at /persons/cadre-01
check "an interrupted load is remembered" "$([ -e "$ZHUCUN_VAR/sample-begun" ] && echo yes)" yes
interrupt_at /accounts/cadre-02
sample 2>"$made/talk" &
load=$!
for service in attendance supervision roster; do
	kill -KILL "$(process_of "$service")"
	read -r -t 1 _ <>"$made/nothing" || true
done
wait "$load" || { cat "$made/talk" && failed=$((failed + 1)); }

# ---- what is there

check "the load came to its end" "$([ ! -e "$ZHUCUN_VAR/sample-begun" ] && echo yes)" yes
check "consequences" "$(settled)" "[0,0]"
check "counters of every service" "$(curl -s --noproxy '*' "$ZHUCUN_URL/metrics" | grep -c '^zhucun_partitions_owned{service=".*"} 1$')" 7
check "townships" "$(count '/townships?')" 33
check "villages" "$(count '/villages?')" 452
check "poor villages" "$(count '/villages?kind=poor')" 114
check "villages with a fence" "$(all '/villages?' | jq -c 'select(.fence)' | wc -l)" 452
awk -v today=2017-09-08 -v out="$made" -f deploy/sample.awk deploy/data/working_days.csv deploy/data/villages.csv
check "units" "$(count '/units?')" "$(($(wc -l <"$made/units.csv") - 1))"
check "people, and a successor" "$(count '/persons?')" "$(wc -l <"$made/persons.csv")"
check "names are made up" "$(all '/persons?' | jq -r .name | grep -vc 示例)" 0
check "numbers are nobody's" "$(all '/persons?' | jq -r .phone | grep -vc '^100........$')" 0
check "check-ins, each once" "$(checkins)" "$(wc -l <"$made/checkins")"
check "findings, each once" "$(count '/findings?')" "$(cat "$made/early" "$made/late" | wc -l)"
check "findings in every state" "$(all '/findings?' | jq -r .state | sort -u | tr '\n' ' ')" "annulled confirmed dismissed noted "
check "recalls step by step" "$(all '/recalls?' | jq -r .state | sort | tr '\n' ' ')" "handed_over ordered proposed replaced reviewed "
check "the second recall of the unit" "$(get /postings?person_id=head-10 | jq -r '.items[].reason')" unit_head_takes_post
check "a measure served" "$(get /persons/cadre-40/standing | jq -r '.measures[] | select(.kind == "admonishment_talk").state')" served
check "a measure lifted" "$(get /persons/cadre-46/standing | jq -r '.measures[] | select(.kind == "promotion_freeze").state')" lifted
check "a payroll closed" "$(get /payrolls/2017-08 | jq -r .state)" closed
check "all money is accounted for" "$(get /payrolls/2017-08/proof | jq -r .holds)" true
check "README's cadre-01 has a clean record" "$(get /persons/cadre-01/standing | jq -c .measures)" "[]"

# ---- who may log in

check "passwords are for their owner" "$(stat -c %a "$ZHUCUN_VAR/sample-accounts")" 600
check "an account for each role" "$(awk '{ print $2 }' "$ZHUCUN_VAR/sample-accounts" | sort -u | wc -l)" 8
while read -r id role phone password _; do
	jq -n --arg phone "$phone" --arg password "$password" '{district: "511703", $phone, $password}' >"$made/login"
	token=$(curl -s --noproxy '*' -m "$(patience 20)" --json "@$made/login" "$ZHUCUN_URL/api/v1/sessions" | jq -r .token)
	check "$id is let in as $role" "$(get /policy?on=2017-09-01 "$token" | jq -r .version)" 511703-sample
done <"$ZHUCUN_VAR/sample-accounts"

# ---- a second load leaves all as it is

(sample)
check "loaded twice is loaded once" "$(checkins)" "$(wc -l <"$made/checkins")"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
