#!/bin/bash
# run-services.sh - a service is a directory: one more, made of one file and of whom it reads, in a copy of the checkout, is built, gets its logins, keys
# and schema, is started, takes part in a district and answers, and nothing else was told of it.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-services-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
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

# With what is built already, so that only what is new must be.
mkdir -p "$scratch/build" "$scratch/tests/harness"
cp -a Makefile proto lib services gateway deploy "$scratch"
cp -a tests/harness/stack.sh tests/harness/pace.sh "$scratch/tests/harness"
for made in gen lib services gateway deploy bin libzhucun.a; do
	[ ! -e "build/$made" ] || cp -a "build/$made" "$scratch/build"
done
mkdir -p "$scratch/services/another/schema"
cat >"$scratch/services/another/another.c" <<'C'
/* another - hears of districts and keeps nothing. */
#include "engine/service.h"

const struct service another_service = {
	.name = "another", .consumes = (const char *const[]){ "roster", NULL }, .nouns = (const struct noun *const[]){ NULL },
};
C
echo "insert into engine.consumes (consumer, producer) values ('another', 'roster');" >"$scratch/services/another/schema/010_another.sql"
check "it comes after those that are there" "$("$scratch/services/list" | tail -n 1)" another

# shellcheck source=tests/harness/stack.sh
. "$scratch/tests/harness/stack.sh"
trap 'stack_down; rm -rf "$scratch"' EXIT
get() {                 # path
	curl -s --noproxy '*' -m "$(patience 10)" -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" "$ZHUCUN_URL$1"
}
its() {                 # what /status says of it, by a filter
	get /api/v1/status | jq -c ".services[] | select(.service == \"another\") | $1"
}
holds_one() { [ "$(its '[.replicas[].partitions] | add')" = 1 ]; }

stack_up || { check "the stack comes up with it" no yes; echo "$passed passed, $failed failed"; exit 1; }
check "the stack is ready, it too" "$(get /readyz | jq -c .ready)" true
check "a district" "$(curl -s --noproxy '*' -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" -X PUT \
	"$ZHUCUN_URL/api/v1/districts/511700" --json '{"name": "区", "areas": [{"id": "a", "name": "东"}]}')" 201
for ((i = 0; i < $(patience 100); i++)); do
	! holds_one || break
	sleep 0.1
done
check "which it owns as the others do" "$(its '[.replicas[].partitions] | add')" 1
get /metrics >/dev/null
check "it answers, and counts that" "$(get /metrics | grep -c '^zhucun_queries_total{service="another",.*} [1-9]' || true)" 1
for ((i = 0; i < $(patience 100); i++)); do
	[ "$(get /api/v1/status | jq .lag)" != 0 ] || break
	sleep 0.1
done
check "it reads what others say" "$(its '[.consumes[] | [.from, .lag]]')" '[[][[]"roster",0]]'
held=$(history_holds 2>&1) && held=yes
check "its log is in order, and all others" "$held" yes

stack_down
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
