#!/bin/bash
# run-privacy.sh - what is told where people look who should not know: real processes are driven with names, telephone numbers, notes,
# reasons, positions, passwords and tokens that stand nowhere else, in good requests and in refused ones, while things break.  None of them
# may be in any log (the services', PostgreSQL's), in any event, in metrics, in the stream of events.  And who runs as what.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
# shellcheck source=deploy/paths.sh
. "$top/deploy/paths.sh"
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
ask() {                 # token method path [curl arguments]; prints the status, keeps the answer
	curl -s --noproxy '*' -m "$(patience 30)" -o "$ZHUCUN_VAR/answer" -w '%{http_code}' -H "Authorization: Bearer $1" -X "$2" "${@:4}" "$ZHUCUN_URL/api/v1$3" || true
}

export ZHUCUN_LOG_LEVEL=debug
stack_up
# paths.sh, once more: where this stack lies
# shellcheck source=deploy/paths.sh
. "$top/deploy/paths.sh"
operator=$ZHUCUN_BOOTSTRAP_TOKEN d=/districts/511700

# ---- what nobody may find again

name=欧阳隐甲 second=欧阳隐乙 third=欧阳隐丙 phone=13976543210 other_phone=13976543211 third_phone=13976543212
password=Geheim-und-lang-4711 wrong=Falsch-und-lang-4712
note=夜间不在岗的秘密说明 reason=撤销的秘密理由 evidence=秘密照片名.jpg remark=审批的秘密意见
lon=107.5123456789 lat=31.1987654321
words=("$name" "$second" "$third" "$phone" "$other_phone" "$third_phone" "$password" "$wrong" "$note" "$reason" "$evidence" "$remark" "$lon" "$lat" "$operator")

person() {              # id name phone
	ask "$operator" PUT "$d/persons/$1" --json "{\"name\": \"$2\", \"phone\": \"$3\", \"unit_id\": \"u\", \"establishment\": \"civil_servant\"}"
}

# ---- as it should be

until_true() {          # seconds (of a quiet machine) command...
	local end=$((SECONDS + $(patience "$1")))
	shift
	until "$@"; do
		((SECONDS < end)) || return 0
	done
}
superuser() {
	psql -qAtX "$(conninfo postgres zhucun)" -c "$1"
}
logins() {
	superuser "select count(distinct usename) from pg_stat_activity where backend_type = 'client backend' and usename ~ '^($(tr ' ' '|' <<<"${SERVICES[*]}"))(_reader)?$'"
}
all_logins() {
	[ "$(logins)" = $((2 * ${#SERVICES[@]})) ]
}
until_true 60 all_logins
check "services work as themselves" "$(logins)" $((2 * ${#SERVICES[@]}))

check "a district" "$(ask "$operator" PUT $d --json '{"name": "区", "areas": [{"id": "a", "name": "片"}]}')" 201
check "a township" "$(ask "$operator" PUT $d/townships/t --json '{"name": "镇", "area_id": "a"}')" 201
check "a unit" "$(ask "$operator" PUT $d/units/u --json '{"name": "局"}')" 201
check "a village" "$(ask "$operator" PUT $d/villages/v --json '{"name": "村", "township_id": "t", "kind": "poor", "fence": {"lon": 107.5, "lat": 31.2, "radius_m": 500}}')" 201
check "a person" "$(person p "$name" "$phone")" 201
check "another" "$(person q "$second" "$other_phone")" 201
check "a head" "$(ask "$operator" PUT $d/units/u --json '{"name": "局", "head_person_id": "q"}')" 200
check "a posting" "$(ask "$operator" PUT $d/postings/x --json '{"person_id": "p", "village_id": "v", "role": "first_secretary", "from": "2017-08-01"}')" 201
check "an account" "$(ask "$operator" PUT $d/accounts/one --json "{\"phone\": \"$phone\", \"person_id\": \"p\", \"password\": \"$password\", \"roles\": [\"inspector\"]}")" 201
check "a login" "$(ask none POST /sessions --json "{\"district\": \"511700\", \"phone\": \"$phone\", \"password\": \"$password\"}")" 201
token=$(jq -r .token "$ZHUCUN_VAR/answer")
words+=("$token")
check "a check-in" "$(ask "$operator" POST $d/checkins --json "{\"person_id\": \"p\", \"village_id\": \"v\", \"captured_at\": \"2017-09-07T08:00:00+08:00\", \"lon\": $lon, \"lat\": $lat, \"accuracy_m\": 10}")" 201
check "a finding" "$(ask "$operator" POST $d/findings --json "{\"kind\": \"unexcused_absence\", \"person_id\": \"p\", \"on\": \"2017-09-05\", \"source\": \"covert\", \"note\": \"$note\", \"evidence\": [{\"sha256\": \"$(printf %064d 1)\", \"name\": \"$evidence\"}]}")" 201
finding=$(jq -r .id "$ZHUCUN_VAR/answer")
check "it is confirmed" "$(ask "$operator" POST "$d/findings/$finding/confirm" --json "{\"reason\": \"$reason\"}")" 200
settled() {
	ask "$operator" GET $d/progress >/dev/null
	[ "$(jq .lag "$ZHUCUN_VAR/answer")" = 0 ]
}
until_true 30 settled
check "its measure" "$(ask "$operator" GET $d/persons/p/standing)" 200
measure=$(jq -r '.measures[0].id' "$ZHUCUN_VAR/answer")
check "is approved" "$(ask "$operator" POST "$d/measures/$measure/approve" --json "{\"reason\": \"$remark\"}")" 200
check "and lifted" "$(ask "$operator" POST "$d/measures/$measure/lift" --json "{\"reason\": \"$remark\"}")" 200
check "the finding is annulled" "$(ask "$operator" POST "$d/findings/$finding/annul" --json "{\"reason\": \"$reason\"}")" 200
printf 'id,name,phone,unit_id,establishment\nr,%s,%s,u,other\n' "$third" "$third_phone" >"$ZHUCUN_VAR/persons.csv"
check "an import" "$(ask "$operator" POST "$d/imports?kind=persons" -H 'Content-Type: text/csv' --data-binary "@$ZHUCUN_VAR/persons.csv")" 200
check "who is asked for is told" "$(ask "$operator" GET $d/persons/p; jq -r .name "$ZHUCUN_VAR/answer")" "200$name"
check "messages are there" "$(ask "$operator" GET "$d/alerts?person_id=p"; jq '.items | length > 0' "$ZHUCUN_VAR/answer")" 200true

# ---- as it should not

check "a wrong password" "$(ask none POST /sessions --json "{\"district\": \"511700\", \"phone\": \"$phone\", \"password\": \"$wrong\"}")" 401
check "an unknown phone" "$(ask none POST /sessions --json "{\"district\": \"511700\", \"phone\": \"$third_phone\", \"password\": \"$wrong\"}")" 401
check "a phone twice" "$(ask "$operator" PUT $d/accounts/two --json "{\"phone\": \"$phone\", \"password\": \"$password\", \"roles\": [\"cadre\"]}")" '4[02][29]'
check "a member too many" "$(ask "$operator" PUT $d/persons/p --json "{\"name\": \"$name\", \"phone\": \"$phone\", \"unit_id\": \"u\", \"$name\": 1}")" 422
check "a name that is a number" "$(ask "$operator" PUT $d/persons/p --json "{\"name\": $phone, \"phone\": \"$phone\", \"unit_id\": \"u\", \"establishment\": \"$name\"}")" 422
check "no JSON" "$(ask "$operator" PUT $d/persons/p --json "{\"name\": \"$name\", \"phone\": $name")" 400
check "a name as an id" "$(ask "$operator" PUT "$d/persons/$(printf %s "$name" | od -An -tx1 | tr -d '\n' | tr ' ' %)" --json "{\"name\": \"$name\", \"phone\": \"$phone\", \"unit_id\": \"u\", \"establishment\": \"other\"}")" '4*'
check "a name in a question" "$(ask "$operator" GET "$d/alerts?person_id=$phone&x=$password")" 422
check "a token in a question" "$(ask "$operator" GET "$d/persons?token=$token")" 422
check "a token as a path" "$(ask "$token" GET "/$token")" 404
check "half a token" "$(ask "${token}x" GET $d)" 401
check "an import with faults" "$(ask "$operator" POST "$d/imports?kind=persons" -H 'Content-Type: text/csv' --data-binary "$(printf 'id,name,phone,unit_id,establishment\nr,%s,%s,nowhere,other\nr,%s,%s,u,%s' "$third" "$third_phone" "$name" "$phone" "$name")")" 200
check "a batch with faults" "$(ask "$operator" POST "$d/findings:batch" -H 'Content-Type: application/x-ndjson' --data-binary "$(printf '{"key": "k", "kind": "unexcused_absence", "person_id": "nobody", "on": "2017-09-05", "source": "covert", "note": "%s"}\n{"note": "%s"\n{"key": "%s"}\n' "$note" "$note" "$reason")")" 200
check "a key that is a name" "$(ask "$operator" POST "$d/findings" -H "Idempotency-Key: $phone" --json "{\"kind\": \"unexcused_absence\", \"note\": \"$note\"}")" 422

# ---- as it breaks: sessions killed while they work; what PostgreSQL says of a refused row

tries() {               # sql, as roster, which fails
	! psql -qAtX "$(conninfo roster zhucun)" -c "$1" 2>/dev/null || return 1
}
check "a row twice" "$(tries "insert into identity select * from identity" && echo refused)" refused
check "a row that a check refuses" "$(tries "insert into posting select district, '$phone', person_id, village_id, '$name', from_day, from_day, null, null, '$name' from posting" && echo refused)" refused
check "a statement that is none" "$(tries "select '$name' from nowhere where $phone = '$password'" && echo refused)" refused
check "sessions are cut" "$(superuser "select count(pg_terminate_backend(pid)) > 0 from pg_stat_activity where usename in ('roster', 'roster_reader')")" t
person r "$third" "$third_phone" >/dev/null
pid=$(superuser "select pid from pg_stat_activity where usename = 'roster' limit 1" || true)
[ -z "$pid" ] || kill -KILL "$pid" || true      # the server restarts all of its sessions
is_up() {
	[ "$(person r "$third" "$third_phone")" = 200 ]
}
until_true 60 is_up
check "it is mended" "$(person r "$third" "$third_phone")" 200
until_true 30 settled

# ---- none of it is found

hex() {
	od -An -v -tx1 | tr -d ' \n'
}
# Every column that holds events, as the bytes they are; numbers with a point stand there as eight bytes.
for service in "${SERVICES[@]}"; do
	superuser "select encode(hash || convert_to(type || ' ' || district, 'UTF8') || body, 'hex') from $service.event"
done >"$ZHUCUN_VAR/events.hex"
superuser "select encode(convert_to(name || phone, 'UTF8'), 'hex') from roster.identity" >"$ZHUCUN_VAR/identities.hex"
curl -sN --noproxy '*' -m 4 -H "Authorization: Bearer $operator" "$ZHUCUN_URL/api/v1$d/events?from=start" >"$ZHUCUN_VAR/events.sse" || true
curl -s --noproxy '*' -m "$(patience 20)" "$ZHUCUN_URL/metrics" >"$ZHUCUN_VAR/metrics"
mkdir "$ZHUCUN_VAR/told"
cp -r "$LOGS" "$ZHUCUN_VAR/talk" "$ZHUCUN_VAR/events.sse" "$ZHUCUN_VAR/metrics" "$ZHUCUN_VAR/told/"

check "events are there" "$(($(wc -l <"$ZHUCUN_VAR/events.hex") > 12))" 1
check "and the stream" "$(($(grep -c '^data: ' "$ZHUCUN_VAR/events.sse") > 8))" 1
check "and metrics" "$(grep -c zhucun_events_total "$ZHUCUN_VAR/metrics")" '[1-9]*'
for process in "${SERVICES[@]}" gateway "${BUSES[@]}" postgres; do
	check "the log of $process" "$([ -s "$LOGS/$process.log" ]; echo $?)" 0
done
check "PostgreSQL has told of what it refused" "$(grep -c 'duplicate key value' "$LOGS/postgres.log")" '[1-9]*'
check "a word that is told is found" "$(grep -rlF gateway.listening "$ZHUCUN_VAR/told" | wc -l)" 1
for word in "${words[@]}"; do
	check "$word is told" "$(grep -rlF -- "$word" "$ZHUCUN_VAR/told" | tr '\n' ' ')" ''
	check "$word in an event" "$(grep -cF -- "$(printf %s "$word" | hex)" "$ZHUCUN_VAR/events.hex" || true)" 0
done
for number in "$lon" "$lat"; do
	check "$number in an event, as a number" "$(grep -cF -- "$(python3 -c "import struct; print(struct.pack('<d', $number).hex())")" "$ZHUCUN_VAR/events.hex" || true)" 0
done
for word in "$name" "$phone"; do        # that this way of looking finds
	check "$word is found where it is" "$(grep -cF -- "$(printf %s "$word" | hex)" "$ZHUCUN_VAR/identities.hex")" 1
done
# Secrets of the stack itself.
find "$SECRETS" -name '*.key' -exec cat {} + >"$ZHUCUN_VAR/secrets.list"
cut -d: -f5 "$SECRETS"/*.pgpass >>"$ZHUCUN_VAR/secrets.list"
check "secrets are many" "$(($(wc -l <"$ZHUCUN_VAR/secrets.list") > 20))" 1
check "secrets are told" "$(grep -rlFf "$ZHUCUN_VAR/secrets.list" "$ZHUCUN_VAR/told" | tr '\n' ' ')" ''

# ---- who runs as what

check "nobody works as a superuser, or as the migrator" "$(superuser "select string_agg(distinct usename, ' ') from pg_stat_activity join pg_roles on rolname = usename
	where backend_type = 'client backend' and pid <> pg_backend_pid() and (rolsuper or rolcreaterole or rolbypassrls)")" ''
for to in postgres template1; do
	check "a service in $to" "$(psql -qAtX "$(conninfo roster "$to")" -c 'select 1' 2>&1 || true)" '*no pg_hba.conf entry*'
done
check "others may read a secret" "$(find "$SECRETS" "$ZHUCUN_VAR"/bootstrap-token -perm /077 -type f 2>/dev/null | tr '\n' ' ')" ''
for pid in $(pgrep -f "$top/build/bin/" -d ' '); do
	grep -zFxqs "ZHUCUN_VAR=$ZHUCUN_VAR" "/proc/$pid/environ" || continue
	check "a secret in the environment or command of $(cat "/proc/$pid/comm")" \
		"$(cat "/proc/$pid/environ" "/proc/$pid/cmdline" | tr '\0' '\n' | grep -cFf "$ZHUCUN_VAR/secrets.list" || true)" 0
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
