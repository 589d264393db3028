#!/bin/bash
# run-imports.sh - big files through real processes: several at once, and while roster is killed -9; all of a file is there or
# none, and what is answered 2xx is.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
passed=0 failed=0 rows=10000
# shellcheck disable=SC2119
stack_up
api=$ZHUCUN_URL/api/v1/districts/511703
made=$(mktemp -d)
trap 'rm -rf "$made"; stack_down' EXIT
mkfifo "$made/nothing"

check() {               # what got wanted
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1: $2, not $3"
	fi
}
ask() {                 # curl arguments
	curl -s --noproxy '*' -m "$(patience 60)" -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" "$@"
}
pause() {               # seconds
	read -r -t "$1" _ <>"$made/nothing" || true
}
import() {              # kind file [key]; its answer, or the problem's code
	ask ${3:+-H "Idempotency-Key: $3"} -H 'Content-Type: text/csv' --data-binary "@$made/$2" "$api/imports?kind=$1" |
		jq -r 'if .code then .code else "\(.accepted) of \(.rows)" end'
}
count() {               # list
	local n=0 next=
	while :; do
		ask "$api/$1?limit=500${next:+&cursor=$next}" >"$made/page"
		n=$((n + $(jq '.items | length' "$made/page")))
		next=$(jq -r '.next // ""' "$made/page")
		[ -n "$next" ] || break
	done
	echo "$n"
}
roster_pid() {
	local pid
	for pid in $(pgrep -x roster); do
		! tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | grep -qx "ZHUCUN_VAR=$ZHUCUN_VAR" || { echo "$pid" && return; }
	done
}

ask -o /dev/null -X PUT --json '{"name":"大区","areas":[{"id":"a","name":"片"}]}' "$api"
ask -o /dev/null -X PUT --json '{"name":"乡","area_id":"a"}' "$api/townships/t1"
awk -v n=$rows 'BEGIN { print "id,name"; for (i = 1; i <= n; i++) print "u" i ",单位" i }' >"$made/units"
awk -v n=$rows 'BEGIN { print "id,name,phone,unit_id,establishment"; for (i = 1; i <= n; i++) printf "p%d,示例%d,100%08d,u%d,other\n", i, i, i, i }' |
	iconv -t GB18030 >"$made/persons"
awk -v n=$rows 'BEGIN { print "id,name,township_id,kind"; for (i = 1; i <= n; i++) print "v" i ",村" i ",t1,poor" }' >"$made/villages"
awk -v n=$rows 'BEGIN { print "id,person_id,village_id,role,from"; for (i = 1; i <= n; i++) printf "q%d,p%d,v%d,first_secretary,2017-08-01\n", i, i, i }' >"$made/postings"
{ cat "$made/postings" && echo "q0,p1,v1,first_secretary,2017-08-02"; } >"$made/wrong"

check "units" "$(import units units)" "$rows of $rows"
for kind in villages persons villages; do
	import "$kind" "$kind" >"$made/said.$kind" &
	imports+=($!)
done
wait "${imports[@]}"
check "several at once" "$(cat "$made/said.villages" "$made/said.persons" | sort -u)" "$rows of $rows"
check "villages" "$(count villages)" $rows
check "people" "$(count persons)" $rows
check "one wrong row of many" "$(import postings wrong)" "0 of $((rows + 1))"
check "leaves nothing" "$(count postings)" 0

import postings postings big >"$made/said" &
importing=$!
for after in 0.3 0.9; do
	pause $after
	pid=$(roster_pid)
	[ -z "$pid" ] || kill -KILL "$pid" || true
done
wait $importing
check "an answer, whoever died" "$(cat "$made/said")" "$rows of $rows"
check "all of them" "$(count postings)" $rows
check "the same key, the same answer" "$(import postings postings big)" "$rows of $rows"
for ((i = 0; i < 300; i++)); do
	[ "$(ask "$api/progress" | jq -c '[.lag, .parked]')" != "[0,0]" ] || break
	pause 0.1
done
check "consequences" "$(ask "$api/progress" | jq -c '[.lag, .parked]')" "[0,0]"
check "each said once" "$(bash -uc '. deploy/paths.sh; psql -qAtX -c "select count(*) from roster.event where type = $\$roster.PostingPut\$\$" "$(conninfo migrator zhucun)"')" $rows
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
