#!/bin/bash
# run-logins.sh - real processes over HTTPS: logging in, a batch, logging out, failures from many addresses, and that no log holds a
# token, a phone or a password; then what the gateway refuses to be started with, and whose word it takes for who a client is.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
passed=0 failed=0
made=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-logins-XXXXXX")
gateway=
end() {
	[ -z "$gateway" ] || kill "$gateway" 2>/dev/null || true
	stack_down
	rm -rf "$made"
}
trap end EXIT

check() {               # what, got, wanted (a pattern)
	# shellcheck disable=SC2053 # a pattern
	if [[ $2 == $3 ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1: got $2, want $3"
	fi
}

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$made/key.pem" -out "$made/cert.pem" 2>/dev/null
ask() {                 # token method path [curl arguments]; prints the status, keeps the answer
	curl -s --noproxy '*' -m "$(patience 30)" --cacert "$made/cert.pem" -o "$made/answer" -w '%{http_code}' -H "Authorization: Bearer $1" -X "$2" "${@:4}" \
		"$ZHUCUN_URL/api/v1$3" || true
}

# ---- the whole stack, over HTTPS
export ZHUCUN_TLS_CERT=$made/cert.pem ZHUCUN_TLS_KEY=$made/key.pem ZHUCUN_PROXY_NETWORKS=127.0.0.0/8
stack_up
operator=$ZHUCUN_BOOTSTRAP_TOKEN d=/districts/511700 phone=13712344321 password=correct-horse-staple
check "a district" "$(ask "$operator" PUT $d --json '{"name": "区", "areas": []}')" 201
check "an account" "$(ask "$operator" PUT $d/accounts/li --json "{\"phone\": \"$phone\", \"password\": \"$password\", \"roles\": [\"inspector\"]}")" 201
check "a login" "$(ask none POST /sessions --json "{\"district\": \"511700\", \"phone\": \"$phone\", \"password\": \"$password\"}")" 201
token=$(jq -r .token "$made/answer")
check "its token" "$token" 'zs_511700_*'
check "a read" "$(ask "$token" GET $d)" 200
yes '{"key": "k", "kind": "unexcused_absence", "person_id": "nobody", "on": "2017-09-08", "source": "covert"}' | head -n 3000 >"$made/batch" || true
check "a long head" "$(ask "$token" GET $d -H "Cookie: $(head -c 15000 /dev/zero | tr '\0' c)")" 200
check "too long a head" "$(ask "$token" GET $d -H "Cookie: $(head -c 17000 /dev/zero | tr '\0' c)")" 431
check "a blank before the colon" "$(ask "$token" GET $d -H 'Accept : x')" 400
check "a batch" "$(ask "$token" POST $d/findings:batch -H 'Content-Type: application/x-ndjson' --data-binary "@$made/batch")" 200
check "its answers" "$(wc -l <"$made/answer")" 3000
check "a wrong login" "$(ask none POST /sessions --json "{\"district\": \"511700\", \"phone\": \"$phone\", \"password\": \"x$password\"}")" 401
check "a logout" "$(ask "$token" DELETE /sessions/current)" 204
check "after it" "$(ask "$token" GET $d)" 401
check "no plain HTTP" "$(curl -s --noproxy '*' -m 5 -o "$made/answer" -w '%{http_code}' "http://127.0.0.1:$ZHUCUN_PORT/livez" || true)" '[04]*'

# ---- failures count by phone and address together; strangers' all together too, but never against who is known where he is
from() {                # address phone password: the status
	ask none POST /sessions -H "X-Forwarded-For: $1" --json "{\"district\": \"511700\", \"phone\": \"$2\", \"password\": \"$3\"}"
}
all_from() {            # how often address phone password: the statuses, each once
	local i
	for ((i = 0; i < $1; i++)); do from "$2" "$3" "$4"; echo; done | sort -u | paste -sd' '
}
say_sql() { (. deploy/paths.sh && psql -qAtX "$(conninfo postgres zhucun)" -c "$1"); }
wrong=x$password
check "a known address" "$(from 198.51.100.1 "$phone" "$password")" 201
check "somebody else fails" "$(all_from 5 198.51.100.2 "$phone" "$wrong")" 401
check "… and waits" "$(from 198.51.100.2 "$phone" "$password")" 429
check "an office behind one address" "$(for i in {10..21}; do from 198.51.100.3 "137000000$i" "$wrong"; echo; done | sort -u)" 401
check "… does not" "$(from 198.51.100.3 "$phone" "$password")" 201
check "nor who comes from elsewhere" "$(from 198.51.100.4 "$phone" "$password")" 201
check "nor who comes by IPv6" "$(from 2001:db8::1 "$phone" "$password")" 201
for i in {50..68}; do all_from 5 "198.51.100.$i" "$phone" "$wrong"; done | sort -u >"$made/strangers"
check "a hundred strangers fail" "$(cat "$made/strangers")" 401
check "… then one more waits" "$(from 198.51.100.99 "$phone" "$password")" 429
check "… a minute" "$(jq .retry_after "$made/answer")" 60
check "not where he is known" "$(from 198.51.100.4 "$phone" "$password")" 201
check "nor by a phone of his own" "$(from 198.51.100.99 13700000099 "$wrong")" 401
check "of a phone so many addresses" "$(say_sql "select max(n) <= 33 from (select count(*) as n from roster.login_try group by phone_mark) as of_phone")" t
check "the account is put again" "$(ask "$operator" PUT $d/accounts/li --json "{\"phone\": \"$phone\", \"roles\": [\"inspector\"]}")" 200
check "… which clears it" "$(from 198.51.100.99 "$phone" "$password")" 201

# ---- phones that nobody has are without number; what is kept of them is not
rows() { say_sql "select count(*) from roster.login_try"; }
say_sql "delete from roster.login_try where nobodys or address_mark like '%/%'; insert into roster.login_try
  select '511700', 'p' || n, 'a', 1, now(), null, true from generate_series(0, 16383) as n; insert into roster.login_try
  select '511700', n::text, 'p' || n || '/a', 0, now(), null, false from generate_series(0, 16383) as n"
kept=$(rows)
check "of thousands" "$(all_from 5 198.51.100.99 13700000098 "$wrong")" 401
check "… one more waits as if it were somebody's" "$(from 198.51.100.99 13700000098 "$wrong")" 429
check "… in the place of another" "$(rows)" "$kept"
check "an account's takes none" "$(from 198.51.100.77 "$phone" "$wrong") $(rows)" "401 $((kept + 2))"

# shellcheck disable=SC2015 # grep finds nothing: that is what is wanted
check "logs are there" "$(cat "$ZHUCUN_VAR"/log/*.log | grep -c gateway.listening || true)" '[1-9]*'
check "nothing secret is logged" "$(cat "$ZHUCUN_VAR"/log/* "$ZHUCUN_VAR/talk" 2>/dev/null | grep -c -e "$phone" -e "$password" -e zs_511700_ -e "$operator" || true)" 0
stack_down

# ---- a gateway alone: what it refuses, and who is near
start() {               # setting=value... ; its last words
	env ZHUCUN_BUSES="ipc://$made/no-bus" ZHUCUN_KEY_FILE="$made/gateway.key" ZHUCUN_BUS_KEY_FILE="$made/bus.pub" ZHUCUN_BOOTSTRAP_TOKEN="$operator" "$@" "${ZHUCUN_TEST_BUILD:-build}/bin/gateway" 2>&1 >/dev/null | tail -n 1
}
unset ZHUCUN_TLS_CERT ZHUCUN_TLS_KEY ZHUCUN_PROXY_NETWORKS
keys() {                # in files as deploy/keys.sh makes them
	(umask 077 && "${ZHUCUN_TEST_BUILD:-build}/bin/bus" --genkey >"$made/gateway.key")
	"${ZHUCUN_TEST_BUILD:-build}/bin/bus" --pubkey <"$made/gateway.key" >"$made/bus.pub"
}
keys
check "an open address in the clear" "$(start ZHUCUN_BIND=0.0.0.0)" '*ZHUCUN_BIND is no loopback address*'
check "a proxy that is not named" "$(start ZHUCUN_BIND=0.0.0.0 ZHUCUN_BEHIND_PROXY=1)" '*ZHUCUN_PROXY_NETWORKS names no proxy*'
check "nor where nothing else needs it" "$(start ZHUCUN_BEHIND_PROXY=1)" '*ZHUCUN_PROXY_NETWORKS names no proxy*'
check "half of TLS" "$(start ZHUCUN_TLS_CERT="$made/cert.pem")" '*go together*'
check "a certificate that is not there" "$(start ZHUCUN_TLS_CERT="$made/none" ZHUCUN_TLS_KEY="$made/key.pem")" '*cannot be read*'
check "a certificate that is none" "$(start ZHUCUN_TLS_CERT="$made/key.pem" ZHUCUN_TLS_KEY="$made/key.pem" ZHUCUN_PORT="$(free_port)")" '*certificate and key do not do*'
check "no network" "$(start ZHUCUN_PROXY_NETWORKS=10.0.0.1)" '*ZHUCUN_PROXY_NETWORKS must be*'

health() {              # setting, X-Forwarded-For; the status of /livez
	local port
	port=$(free_port)
	env ZHUCUN_PORT="$port" ZHUCUN_BUSES="ipc://$made/no-bus" ZHUCUN_KEY_FILE="$made/gateway.key" ZHUCUN_BUS_KEY_FILE="$made/bus.pub" ZHUCUN_BOOTSTRAP_TOKEN="$operator" "$1" \
		"${ZHUCUN_TEST_BUILD:-build}/bin/gateway" >/dev/null 2>&1 &
	gateway=$!
	curl -s --noproxy '*' -m 5 --retry "$(patience 50)" --retry-delay 1 --retry-connrefused -o /dev/null -w '%{http_code}' ${2:+-H "X-Forwarded-For: $2"} \
		"http://127.0.0.1:$port/livez" || true
	kill "$gateway"
	wait "$gateway" 2>/dev/null || true
	gateway=
}
check "near" "$(health A=1 '')" 200
check "sent on by somebody near" "$(health A=1 127.0.0.1)" 401
check "from afar, by a proxy we trust" "$(health ZHUCUN_PROXY_NETWORKS=127.0.0.0/8 203.0.113.9)" 401
check "from near, by a proxy we trust" "$(health 'ZHUCUN_PROXY_NETWORKS=127.0.0.2/32 127.0.0.1/32' 127.0.0.7)" 200
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
