#!/bin/bash
# sample.sh URL TOKEN_FILE - the sample district 511703 (Dachuan), put through the HTTP API as any client would.
#
# In: the operator's token; deploy/data, from which sample.awk makes what is put; ZHUCUN_SAMPLE=0: nothing is to be done.
# Out: the district with its areas, real townships and villages, made-up units, people and postings; half a year of check-ins;
# findings, measures, recalls and payrolls in every state; a policy under which measures take effect as soon as they are
# decided; an account for each role, their passwords in $ZHUCUN_VAR/sample-accounts.
# A district that is there already is left alone, unless an earlier run of this script did not come to its end: everything is
# put under a name or a key of its own and may be repeated, so it then begins anew, on the day of the first run.
set -euo pipefail
umask 077
# shellcheck source=deploy/paths.sh
. "$(dirname "$0")/paths.sh"

district=511703
begun=$ZHUCUN_VAR/sample-begun          # holds the day once it is known
accounts=$ZHUCUN_VAR/sample-accounts
base=$1/api/v1
api=$base/districts/$district
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
printf 'Authorization: Bearer %s\n' "$(cat "$2")" >"$made/token"

# ---- asking

request() {             # curl arguments; prints the status, keeps the answer
	curl -sk --noproxy '*' --connect-timeout 2 -m 120 -H "@$made/token" -o "$made/answer" -w '%{http_code}' "$@" || true
}

# What met a service that was away (429, 5xx, no answer) is asked again.
ask() {                 # curl arguments; fails with a status that is no success, in $status
	local tries
	for ((tries = 0; tries < 40; tries++)); do
		status=$(request "$@")
		case $status in
		2??) return 0 ;;
		000 | 429 | 5??) sleep 0.5 ;;
		*) return 1 ;;
		esac
	done
	return 1
}
must() {
	ask "$@" || die "${*: -1}: $status $(head -c 500 "$made/answer")"
}
put() {                 # path body
	must -X PUT --json "$2" "$api$1"
}
post() {                # key path [body]
	must -X POST -H "Idempotency-Key: sample-$1" ${3:+--json "$3"} "$api$2"
}
load() {                # key kind file: rows of a CSV file, all or none
	must -H "Idempotency-Key: sample-$1" -H 'Content-Type: text/csv' --data-binary "@$made/$3" "$api/imports?kind=$2"
	grep -q '"errors":\[\]' "$made/answer" || die "$3: $(head -c 500 "$made/answer")"
}
lines() {               # key path file: NDJSON; the answers in $made/file.answers.  A line that found nobody: all again.
	local tries
	for ((tries = 0; tries < 20; tries++)); do
		must -H "Idempotency-Key: sample-$1" -H 'Content-Type: application/x-ndjson' --data-binary "@$made/$3" "$api$2"
		mv "$made/answer" "$made/$3.answers"
		grep '"error":' "$made/$3.answers" >"$made/wrong" || return 0
		! grep -v '"status":5' "$made/wrong" >/dev/null || die "$3: $(grep -v '"status":5' "$made/wrong" | head -n 3)"
		sleep 0.5
	done
	die "$3: $(wc -l <"$made/wrong") lines found no service"
}
# Until every consequence is there.
settle() {
	local tries
	for ((tries = 0; tries < 600; tries++)); do
		must "$api/progress"
		! grep -q '"lag":0,' "$made/answer" || return 0
		sleep 0.1
	done
	die "consequences are not there after a minute: $(head -c 300 "$made/answer")"
}

# ---- who and where

# The shipped policy is in force from 2017-08-01, so ours follows a day later; 409: an earlier run has posted it.
policy() {
	ask --json '{"version":"511703-sample","effective_from":"2017-08-02","patch":{"approval":"automatic"}}' "$api/policies" ||
		[ "$status" = 409 ] || die "the policy was not accepted: $status $(cat "$made/answer")"
}

# The system's own day, which with a hand-set clock is not ours: what is asked of no day is answered for today.
day() {
	put /units/unit-01 '{"name":"示例单位01"}'
	must "$api/units/unit-01/standing"
	sed 's/.*"on":"\([-0-9]*\)".*/\1/' "$made/answer"
}

places_and_people() {
	local id name area
	while IFS=$'\t' read -r id name area; do
		put "/townships/$id" "{\"name\":\"$name\",\"area_id\":\"$area\"}"
	done <"$made/townships"
	load units units units.csv
	load villages villages villages.csv
	load persons persons persons.csv
	load heads units heads.csv
	load postings postings postings.csv
}

# ---- what happened

finding_id() {          # key
	sed -n "s/^{\"key\":\"sample-$1\",\"id\":\"\([^\"]*\)\".*/\1/p" "$made/early.answers"
}
move_findings() {       # move keys...
	local key
	for key in "${@:2}"; do
		post "$1-$key" "/findings/$(finding_id "$key")/$1" '{"reason":"示例"}'
	done
}

measure_id() {          # person kind
	must "$api/persons/$1/standing"
	grep -o "{\"id\":\"[^\"]*\",\"kind\":\"$2\"" "$made/answer" | head -n 1 | cut -d'"' -f4
}
move_measure() {        # person kind move
	post "$3-$1-$2" "/measures/$(measure_id "$1" "$2")/$3" '{"reason":"示例"}'
}
# With its own policy a measure is in force at once; some have been served since, some lifted.
move_measures() {
	move_measure cadre-40 admonishment_talk serve
	move_measure cadre-43 admonishment_talk serve
	move_measure cadre-46 promotion_freeze lift
}

recall_id() {           # person
	must "$api/recalls?person_id=$1"
	grep -o '"id":"m-[^"]*"' "$made/answer" | head -n 1 | cut -d'"' -f4
}
move_recall() {         # person moves...
	local move
	for move in "${@:2}"; do
		post "$move-$1" "/recalls/$(recall_id "$1")/$move" '{"reason":"示例"}'
	done
}
# Opened are five: one stays so, the others are reviewed, ordered, replaced by a successor, and, the unit's second, handed over
# to the head of the unit (C3.2.1-rr).
move_recalls() {
	local village
	village=$(awk -F, '$2 == "cadre-70" && $6 == "" { print $3 }' "$made/postings.csv")
	move_recall cadre-60 review
	move_recall cadre-65 review order
	move_recall cadre-70 review order hand-over
	put /persons/successor-01 '{"name":"接任示例1","phone":"10000009001","unit_id":"unit-10","establishment":"civil_servant"}'
	put /postings/posting-successor-01 "{\"person_id\":\"successor-01\",\"village_id\":\"$village\",\"role\":\"first_secretary\",\"from\":\"$(date -d "$today + 1 day" +%F)\"}"
	post replace-cadre-70 "/recalls/$(recall_id cadre-70)/replace" '{"posting_id":"posting-successor-01"}'
	move_recall cadre-184 review order hand-over
}

payroll() {             # month state
	post "draft-$1" /payrolls "{\"month\":\"$1\"}"
	[ "$2" != draft ] || return 0
	post "approve-$1" "/payrolls/$1/approve"
	[ "$2" != approved ] || return 0
	post "close-$1" "/payrolls/$1/close"
}

# Some months were paid before the late findings came, and are corrected in the run after them; the last is not yet closed.
months() {
	local all n i
	read -r -a all <"$made/months"
	n=${#all[@]}
	for ((i = 0; i == 0 || i < n - 2; i++)); do
		payroll "${all[i]}" closed
	done
	lines late /findings:batch late
	move_findings annul annul-1 annul-2
	settle
	for (( ; i < n; i++)); do
		payroll "${all[i]}" "$([ "$i" -lt $((n - 1)) ] && echo closed || echo approved)"
	done
}

events() {
	lines checkins /checkins:batch checkins
	lines early /findings:batch early
	move_findings dismiss dismiss-1 dismiss-2 dismiss-3
	settle
	months
	move_measures
	move_recalls
	settle
	put /rounds/round-1 "{\"name\":\"示例表彰：优秀第一书记\",\"category\":\"first_secretary\",\"on\":\"$today\"}"
}

# Where nobody else has waited for it, as among containers.
wait_until_ready() {
	local i
	for ((i = 0; i < 600; i++)); do
		[ "$(request -m 2 "$1/readyz")" != 200 ] || return 0
		sleep 0.2
	done
	die "$1 is not ready"
}

# ---- who may log in

# Made once, before anything is put: what an interrupted run put under them stays right.
account_list() {        # id, role, phone, password, and who or where it is
	local id role phone rest
	[ ! -s "$accounts" ] || return 0
	while read -r id role phone rest; do
		printf '%-14s %-16s %s %.20s %s\n' "$id" "$role" "$phone" "$(random_secret)" "$rest"
	done <<-'EOF' >"$accounts.new"
		admin-01 district_admin 10000009101
		inspector-01 inspector 10000009102
		reviewer-01 reviewer 10000009103
		finance-01 finance 10000009104
		auditor-01 auditor 10000009105
		head-02 unit_head 10000009106 "person_id":"head-02",
		leader-05 township_leader 10000009107 "township_id":"511703005",
		cadre-02 cadre 10000009108 "person_id":"cadre-02",
	EOF
	mv "$accounts.new" "$accounts"
}
# From a file: command lines can be seen by everybody.
put_accounts() {
	local id role phone password rest
	account_list
	while read -r id role phone password rest; do
		printf '{%s"phone":"%s","password":"%s","roles":["%s"]}' "$rest" "$phone" "$password" "$role" >"$made/account"
		put "/accounts/$id" "@$made/account"
	done <"$accounts"
}

# ----

[ "${ZHUCUN_SAMPLE:-1}" != 0 ] || exit 0
wait_until_ready "$1"
if [ ! -e "$begun" ]; then
	status=$(request "$api")
	[ "$status" != 200 ] || exit 0
	[ "$status" = 404 ] || die "the district cannot be looked up: $status"
	mkdir -p "$ZHUCUN_VAR"
	touch "$begun"
fi
put '' '{"name":"达川区","areas":[{"id":"east","name":"东片区"},{"id":"west","name":"西片区"},{"id":"south","name":"南片区"}]}'
policy
today=$(cat "$begun")
[ -n "$today" ] || today=$(day)
echo "$today" >"$begun"
awk -v today="$today" -v out="$made" -f "$top/deploy/sample.awk" "$top/deploy/data/working_days.csv" "$top/deploy/data/villages.csv"
places_and_people
put_accounts
events
rm "$begun"
