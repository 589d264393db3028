#!/bin/bash
# sample.sh URL TOKEN_FILE - the sample district 511703 (Dachuan), put through the HTTP API as any client would.
#
# In: the operator's token; deploy/data/villages.csv; ZHUCUN_SAMPLE=0: nothing is to be done.  Out: the district with its areas, real townships and villages, made-up
# units, persons and postings, and a policy under which measures take effect as soon as they are decided.
# A district that is there already is left alone, unless an earlier run of this script did not come to its end: every PUT may
# be repeated, so it then begins anew.
#
# Which villages are poor is our own choice (every third village committee, no community), as are all people, units and
# postings; no telephone number begins with 100 and has eleven digits.
set -euo pipefail
umask 077
# shellcheck source=deploy/paths.sh
. "$(dirname "$0")/paths.sh"

district=511703
begun=$ZHUCUN_VAR/sample-begun
api=$1/api/v1/districts/$district
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
printf 'Authorization: Bearer %s\n' "$(cat "$2")" >"$made/token"

request() {             # curl arguments; prints the status, keeps the answer
	curl -s --noproxy '*' -m 30 --retry 5 -H "@$made/token" -o "$made/answer" -w '%{http_code}' "$@"
}

# Lines "path<TAB>body", put sixteen at a time.  curl's own --retry cannot throw an answer away (it truncates the output).
put_once() {
	awk -F'\t' -v api="$api" -v token="$made/token" '
		{
			gsub(/"/, "\\\"", $2)
			if (NR > 1) print "next"
			printf "url = \"%s%s\"\nrequest = PUT\njson = \"%s\"\n", api, $1, $2
			printf "header = \"@%s\"\nnoproxy = \"*\"\nmax-time = 30\nno-progress-meter\n", token
			printf "output = \"/dev/null\"\nwrite-out = \"%%{http_code} %s\\n\"\n", $1
		}' "$1" >"$made/requests"
	curl -Z --parallel-max 16 -K "$made/requests" >"$made/statuses" || true
}

# What met a service that was away (429, 5xx, no answer) is put again; anything else but success is an error.
put_all() {
	local tries
	cat >"$made/lines"
	for ((tries = 0; tries < 20; tries++)); do
		put_once "$made/lines"
		awk '!/^(20[01]|429|5..|000) /' "$made/statuses" >"$made/refused"
		[ ! -s "$made/refused" ] || die "not accepted: $(head -n 3 "$made/refused" | tr '\n' ';')"
		awk -F'\t' 'FILENAME == ARGV[1] { split($0, s, " "); if (s[1] ~ /^20/) done[s[2]] = 1; next } !($1 in done)' \
			"$made/statuses" "$made/lines" >"$made/left"
		[ -s "$made/left" ] || return 0
		mv "$made/left" "$made/lines"
		sleep 0.5
	done
	die "$(wc -l <"$made/lines") requests found no service"
}

rows() {                # of villages.csv, without its two heading lines
	tail -n +3 "$top/deploy/data/villages.csv"
}

townships() {
	rows | awk -F, '!seen[$2]++ { printf "/townships/%s\t{\"name\":\"%s\",\"area_id\":\"%s\"}\n", $2, $3, $1 }'
}

# village id, township id, name, kind
villages() {
	rows | awk -F, -v OFS='\t' '{ poor = $5 ~ /村民委员会$/ && n++ % 3 == 0; print $4, $2, $5, poor ? "poor" : "non_poor" }'
}

village_puts() {
	villages | awk -F'\t' '{ printf "/villages/%s\t{\"name\":\"%s\",\"township_id\":\"%s\",\"kind\":\"%s\"}\n", $1, $3, $2, $4 }'
}

units() {               # head: with or without the head, who belongs to the unit and so comes after it
	awk -v head="$1" 'BEGIN {
		for (i = 1; i <= 12; i++)
			printf "/units/unit-%02d\t{\"name\":\"示例单位%02d\"%s}\n", i, i, head ? sprintf(",\"head_person_id\":\"head-%02d\"", i) : ""
	}'
}

# Twelve heads of units, then fifteen first secretaries and fifteen team members.
persons() {
	awk 'function person(id, name, n, unit, establishment) {
		printf "/persons/%s\t{\"name\":\"%s\",\"phone\":\"10000000%03d\",\"unit_id\":\"unit-%02d\",\"establishment\":\"%s\"}\n",
		       id, name, n, unit, establishment
	}
	BEGIN {
		split("赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 卫 蒋 沈 韩 杨 朱 秦 尤 许 何 吕 施 张 孔 曹 严 华 金 魏", surname, " ")
		for (i = 1; i <= 12; i++) person(sprintf("head-%02d", i), "示例单位负责人" i, i, i, "civil_servant")
		for (i = 1; i <= 30; i++)
			person(sprintf("cadre-%02d", i), surname[i] "示例", 100 + i, (i - 1) % 12 + 1, i % 2 ? "civil_servant" : "institution")
	}'
}

# The first poor village of each of fifteen townships gets a first secretary and a team member of one unit.
postings() {
	villages | awk -F'\t' '
		function posting(n, village, role) {
			printf "/postings/posting-%02d\t{\"person_id\":\"cadre-%02d\",\"village_id\":\"%s\",\"role\":\"%s\"," \
			       "\"from\":\"2017-08-01\",\"term_from\":\"2017-08-01\",\"term_to\":\"2020-08-01\"}\n", n, n, village, role
		}
		$4 == "poor" && !seen[$2]++ && n < 15 {
			n++
			posting(n, $1, "first_secretary")
			posting(n + 15, $1, "team_member")
		}'
}

# The shipped policy is in force from 2017-08-01, so ours follows a day later; 409: an earlier run has posted it.
policy() {
	local status
	status=$(request --json '{"version":"511703-sample","effective_from":"2017-08-02","patch":{"approval":"automatic"}}' "$api/policies")
	[[ $status = 20[01] || $status = 409 ]] || die "the policy was not accepted: $status $(cat "$made/answer")"
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

[ "${ZHUCUN_SAMPLE:-1}" != 0 ] || exit 0
wait_until_ready "$1"
if [ ! -e "$begun" ]; then
	status=$(request "$api")
	[ "$status" != 200 ] || exit 0
	[ "$status" = 404 ] || die "the district cannot be looked up: $status"
	mkdir -p "$ZHUCUN_VAR"
	touch "$begun"
fi
printf '\t%s\n' '{"name":"达川区","areas":[{"id":"east","name":"东片区"},{"id":"west","name":"西片区"},{"id":"south","name":"南片区"}]}' | put_all
policy
{ townships && units ''; } | put_all
{ village_puts && persons; } | put_all
{ units head && postings; } | put_all
rm "$begun"
