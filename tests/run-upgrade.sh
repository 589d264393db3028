#!/bin/bash
# run-upgrade.sh - an upgrade of an installation that ran: what the version before keeps, as tests/upgrade/make.sh left it when that
# version was killed in the middle of its work, is brought to today's schema and served by today's programs, as
# docs/operating.md says.  Nothing of the version before runs here, so two versions side by side are not tried.
#
# Is all of it the same history; does it answer as it answered; is what was begun brought to its end, once?
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
kept=$top/tests/upgrade/kept
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
count() {               # what, command... ; its last line is a count
	local said status=0
	said=$("${@:2}" 2>&1) || status=$?
	if [[ ${said##*$'\n'} =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
	fi
	[ "$status" = 0 ] || { echo "FAIL $1" && head -n 60 <<<"$said" && failed=$((failed > 0 ? failed : 1)); }
}
superuser() {
	psql -qAtX -v ON_ERROR_STOP=1 "$(conninfo postgres zhucun)" -c "$1"
}
# On a busy machine the database may not be reached in time (3): it is asked again.
holds() {               # when
	local said status i
	for i in 1 2 3 4 5; do
		status=0
		said=$(history_holds 2>&1) || status=$?
		[ "$status" = 3 ] || break
	done
	check "the history holds, $1" "$status" 0
	[ "$status" = 0 ] || tail -n 30 <<<"$said"
}

# Its cluster, with its logins and their passwords, as it lay there after the kill.
put_what_was_kept() {
	mkdir -m 700 "$SECRETS"
	cp "$kept"/secrets/*.pgpass "$SECRETS/"
	chmod 600 "$SECRETS"/*.pgpass
	deploy/postgres.sh start
	psql -qX -c 'drop database zhucun' "$(conninfo postgres postgres)"
	python3 tests/upgrade/fold.py unfold <"$kept/dump.folded" |
		psql -qX -v ON_ERROR_STOP=1 -f - "$(conninfo postgres postgres)" >/dev/null
}

stack_new
# shellcheck source=deploy/paths.sh
. deploy/paths.sh
echo "what version $(cut -c1-7 "$kept/version") kept"
put_what_was_kept

# ---- that there is something to try
check "events" "$(($(superuser "select sum(seq) from engine.head") > 300))" 1
for kind in 'alerts send' 'roster session_ends' 'roster failures_forgotten' 'supervision hearing' 'accountability recall_due'; do
	check "a timer of $kind" "$(superuser "select count(*) > 0 from engine.timer where service || ' ' || kind = '$kind'")" t
done
check "several messages held for the same person and moment" "$(superuser "select max(n) > 2 from (select count(*) as n from alerts.alert
	where state = 'queued' group by district, person_id, due_us) as h")" t
check "work that was to be done" "$(superuser 'select count(*) > 0 from engine.work')" t
check "events that were not read" "$(superuser "select count(*) > 0 from engine.head h join engine.cursor c on (c.producer, c.partition) = (h.service, h.partition)
	where c.seq < h.seq")" t
check "nothing put aside" "$(superuser 'select count(*) from engine.parked')" 0
deploy/postgres.sh stop

# ---- the upgrade
echo "the upgrade"
stack_start
check "it was migrated" "$(grep -c 'migrate.sh: [1-9][0-9]* files applied' "$ZHUCUN_VAR/talk")" 1
holds "as it stands"
echo "answers"
python3 tests/upgrade/fold.py unfold <"$kept/answers.folded" >"$ZHUCUN_VAR/answers.before"
mapfile -t districts < <(sed -nE 's|^.*"path":"/districts/([0-9]+)".*$|\1|p' "$ZHUCUN_VAR/answers.before")
python3 tests/upgrade/answers.py ask "$ZHUCUN_URL" "$ZHUCUN_BOOTSTRAP_TOKEN" "${districts[@]}" >"$ZHUCUN_VAR/answers"
count "answers" python3 tests/upgrade/answers.py compare "$ZHUCUN_VAR/answers.before" "$ZHUCUN_VAR/answers"

# ---- and on: what the kill left undone, and what waits for somebody
echo "what was begun"
export ZHUCUN_TEST_NAMES=$ZHUCUN_VAR/names
cp "$kept/names" "$ZHUCUN_TEST_NAMES"
count "what was begun" "${ZHUCUN_TEST_BUILD:-build}/tests/scenarios/scenario_test" tests/upgrade/after.scn
check "what was sent was sent once" "$(superuser "select (select count(*) from alerts.event where type = 'alerts.AlertSent') = count(*) from alerts.alert where state = 'sent'")" t
check "one message for all that waited" "$(grep '"alert.sent"' "$LOGS/alerts.log" | grep -c '"recipient":"head2","together":5,')" 1
check "what is still to be sent" "$(superuser "select count(*) from alerts.alert, engine.clock where state = 'queued' and due_us <= now_us")" 0
holds "at the end"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
