#!/bin/bash
# run-metrics.sh - what operators watch: the counters of every process as Prometheus reads them, the rules they are woken by, the
# status of the whole, what /readyz says is missing when something is, and a trace from a request to the message it led to.
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
get() {                 # path
	curl -s --noproxy '*' -m "$(patience 10)" -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" "$ZHUCUN_URL$1"
}
put() {                 # method path body [curl arguments]; the status
	curl -s --noproxy '*' -m "$(patience 30)" -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" "${@:4}" -X "$1" \
		"$ZHUCUN_URL/api/v1$2" --json "$3"
}
until_is() {            # seconds (of a quiet machine), wanted (a pattern), command...; what it said last
	local end=$((SECONDS + $(patience "$1"))) want=$2 said
	shift 2
	# shellcheck disable=SC2053 # a pattern
	until said=$("$@") && [[ $said == $want ]] || [ $SECONDS -ge $end ]; do sleep 0.05; done
	echo "$said"
}
missing() { get /readyz | jq -r '[.errors[]? | .pointer + " " + .code] | sort | join(", ")'; }
lag() { get /api/v1/status | jq .lag; }

check "the rules are rules" "$(promtool check rules deploy/prometheus/alerts.yml 2>&1 | tr '\n' ' ')" '*SUCCESS*'
check "each fires when it should, and not before" "$(promtool test rules tests/alert-rules.yml 2>&1 | tr '\n' ' ')" '*SUCCESS*'
check "each is tried" "$(comm -3 <(grep -oP 'alert: \K\w+' deploy/prometheus/alerts.yml | sort -u) <(grep -B1 -A1 exp_alerts tests/alert-rules.yml | grep -oP 'alertname: \K\w+' | sort -u))" ''

# A disk that can be full: tests/disk/full.c.  PostgreSQL may run as somebody who sees neither the checkout nor what is private.
disk=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-disk-XXXXXX")
trap 'stack_down; rm -rf "$disk"' EXIT
chmod 755 "$disk"
(umask 022 && ${CC:-cc} -O1 -shared -fPIC -o "$disk/full.so" tests/disk/full.c)

export ZHUCUN_REPLICAS=2
LD_PRELOAD=$disk/full.so FULL_DISK=$disk/full stack_up

# ---- a trace from a request to the message it led to
d=/districts/511700 trace=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
check "it is day" "$(put POST /clock '{"now": "2017-09-08T10:00:00+08:00"}')" 200     # at night messages wait for a timer
check "a district" "$(put PUT $d '{"name": "区", "areas": [{"id": "a", "name": "东"}]}')" 201
check "a township" "$(put PUT $d/townships/t '{"name": "镇", "area_id": "a"}')" 201
check "a unit" "$(put PUT $d/units/u '{"name": "局"}')" 201
check "a village" "$(put PUT $d/villages/v '{"name": "村", "township_id": "t", "kind": "poor"}')" 201
check "a person" "$(put PUT $d/persons/p '{"name": "赵", "phone": "13800000000", "unit_id": "u", "establishment": "other"}')" 201
check "a posting" "$(put PUT $d/postings/x '{"person_id": "p", "village_id": "v", "role": "first_secretary", "from": "2017-08-01"}')" 201
check "a finding" "$(put POST $d/findings '{"kind": "unexcused_absence", "person_id": "p", "on": "2017-09-07", "source": "covert"}')" 201
finding=$(get "/api/v1$d/findings" | jq -r '.items[0].id')
check "is confirmed" "$(put POST "$d/findings/$finding/confirm" '{}' -H "traceparent: $trace")" 200
check "all is done" "$(until_is 30 0 lag)" 0
# shellcheck source=deploy/paths.sh
ask_database() { (. deploy/paths.sh && psql -qAtX "$(conninfo postgres zhucun)" -c "$1"); }
check "the trace is in the event of each service that something followed in" \
	"$(ask_database "select count(*) from (select body from supervision.event where type like '%Confirmed' union all select body from accountability.event
		union all select body from funding.event union all select body from alerts.event) e where position('$trace'::bytea in body) > 0")" '[3-9]*'
check "and in the message" "$(ask_database "select count(*) from alerts.event where type like '%Queued' and position('$trace'::bytea in body) > 0")" '[1-9]*'
check "and where it was sent" "$(grep -F '"event":"alert.sent"' "$ZHUCUN_VAR/log/alerts.log" | grep -cF "$trace" || true)" '[1-9]*'

# ---- counters
get /metrics >"$ZHUCUN_VAR/metrics"         # which counts as a query of each
get /metrics >"$ZHUCUN_VAR/metrics"
check "Prometheus takes them" "$(promtool check metrics <"$ZHUCUN_VAR/metrics" 2>&1)" ''
check "of every replica" "$(grep -c '^zhucun_partitions_owned{service=' "$ZHUCUN_VAR/metrics" || true)" "${#SERVICES[@]}"
check "two of each were asked" "$(grep -o '^zhucun_queries_total{service="[a-z]*",replica="[a-z0-9-]*"' "$ZHUCUN_VAR/metrics" | sort -u | wc -l)" $((2 * ${#SERVICES[@]}))
check "both buses" "$(grep -c '^zhucun_bus_messages_total{service="bus",replica="bus-[12]"}' "$ZHUCUN_VAR/metrics" || true)" 2
check "by route and status" "$(grep -c '^zhucun_http_requests_total{service="gateway",method="PUT",route="/api/v1/districts/{district}/persons/{id}",status="201"} 1$' "$ZHUCUN_VAR/metrics" || true)" 1
check "lag of each consumer and producer" "$(grep -c '^zhucun_consumer_lag_events{.*} 0$' "$ZHUCUN_VAR/metrics" || true)" "$(ask_database 'select count(*) from engine.consumes')"
for name in $(grep -oP 'expr: .*' deploy/prometheus/alerts.yml | grep -oP 'zhucun_[a-z_]+' | sed 's/_bucket$//' | sort -u); do
	check "a rule asks for $name" "$(grep -c "\"$name\"" lib/base/metrics.def)" 1
done

# ---- the whole
check "every replica is told" "$(get /api/v1/status | jq -c '[.services[] | (.replicas | length)]')" "[[]$(printf ',2%.0s' "${SERVICES[@]}" | cut -c2-)]"
check "with what each holds" "$(get /api/v1/status | jq -c '[.services[] | ([.replicas[].partitions] | add)] | unique')" '[[]1]'
check "for the operator only" "$(curl -s --noproxy '*' -o /dev/null -w '%{http_code}' "$ZHUCUN_URL/api/v1/status")" 401

# ---- what is missing
check "nothing" "$(missing)" ''
pid_of() { cat "$ZHUCUN_VAR/run/services/$1/pid"; }
down() {                # name [signal]
	touch "$ZHUCUN_VAR/run/services/$1/down"
	kill "-${2:-TERM}" "$(pid_of "$1")"
}
up() { rm "$ZHUCUN_VAR/run/services/$1/down"; }
down funding
down funding-2
check "a service that is down" "$(until_is 15 '/funding partition.unowned, /funding reader.silent, /funding writer.silent' missing)" \
	'/funding partition.unowned, /funding reader.silent, /funding writer.silent'
check "is seen in the gauges" "$(get /metrics | grep -c '^zhucun_replicas{service="funding"} 0$' || true)" 1
up funding
up funding-2
check "and back" "$(until_is 30 '' missing)" ''
postgres=$(pid_of postgres)
down postgres INT
check "no database" "$(until_is 15 '*/alerts reader.without_database*' missing)" '*/alerts reader.without_database*/roster writer.without_database*'
up postgres
check "and back again" "$(until_is 30 '' missing)" ''
check "another process of it" "$([ "$(pid_of postgres)" != "$postgres" ] && echo yes)" yes

# ---- commands would be refused, though who only reads sees nothing of it: found, and found to be over, without a command
all_lack() {            # code, of each service
	local s
	for s in $(printf '%s\n' "${SERVICES[@]}" | sort); do printf '*/%s %s' "$s" "$1"; done
	echo '*'
}
psql_all() { ask_database "$1" >/dev/null; }
check "a command before" "$(put PUT $d/units/before '{"name": "局"}')" 201
touch "$disk/full"
check "a full disk" "$(until_is 15 "$(all_lack database.full)" missing)" "$(all_lack database.full)"
check "who reads is answered" "$(get "/api/v1$d/units/before" | jq -r .id)" before
check "the database says so" "$(grep -hF '"sqlstate":"53100"' "$ZHUCUN_VAR"/log/*.log | grep -c 'No space left on device' || true)" '[1-9]*'
rm "$disk/full"
check "there is room again" "$(until_is 30 '' missing)" ''
psql_all "alter system set default_transaction_read_only = on"
psql_all "select pg_reload_conf()"
check "a database that may only be read" "$(until_is 15 "$(all_lack database.read_only)" missing)" "$(all_lack database.read_only)"
check "who reads is answered then, too" "$(get "/api/v1$d/units/before" | jq -r .id)" before
psql_all "alter system reset default_transaction_read_only"
psql_all "select pg_reload_conf()"
check "it may be written again" "$(until_is 30 '' missing)" ''
psql_all "revoke insert on roster.event from roster"
check "a right that is gone" "$(until_is 15 '/roster database.rights' missing)" '/roster database.rights'
psql_all "grant insert on roster.event to roster"
check "and is back" "$(until_is 15 '' missing)" ''
check "a command after" "$(put PUT $d/units/after '{"name": "局"}')" 201

stack_down
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
