#!/bin/bash
# run-roles.sh - what each login of the database can do, by trying it, as each service, each reader and the operator, on everything that
# stands in the catalogue, so that nothing new is forgotten: other services' schemas, events and ledgers that must never change, other
# districts, functions that run as their owner.  Then the same where something was forgotten on purpose, which must be found.
set -euo pipefail
top=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/paths.sh
. "$top/deploy/paths.sh"
cd "$top/tests/roles"
passed=0 failed=0
database=roles_$$
host=$ZHUCUN_TEST_HOST

option() {              # name value
	echo "test.$1=${2// /\\ }"
}
superuser() {           # database psql-arguments...
	PGOPTIONS="-c client_min_messages=warning -c $(option services "${SERVICES[*]}") -c test.database=$ZHUCUN_TEST_TEMPLATE" \
		psql -qAtX -v ON_ERROR_STOP=1 "${ZHUCUN_TEST_DB/dbname=scratch/dbname=$1}" "${@:2}"
}
end() {
	superuser scratch -c "drop database if exists $database with (force)" || true
}
trap end EXIT

check() {               # what, faults: nothing is well
	if [ -z "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAIL %s\n%s\n' "$1" "$2"
	fi
}

# Beside its own schema.  What stands there of all districts are positions, which say nothing of anybody.
engine_of_service='consumes:s clock:s head:s cursor:s edge:s live:s holding:s clocks:s answer:sd timer:siud work:siud parked:sid turn:s'
engine_of_reader='consumes:s district:s clock:s head:s cursor:s edge:s live:s holding:s'
engine_of_operator="$engine_of_reader replica:s parked:s timer:s work:s turn:s ran:s clocks:s clock_act:s clock_partition:s clock_event:s clock_row:s"
calls_of_service='take advance move_cursors keep_answers trying retried refused take_turns note_ran drop_timers work_done beat give'
calls_of_service+=' advance_clock lag parked_count status work_moved purge_answers due_timers next_timers some_work work_of held_of last_turns'
calls_of_reader='lag parked_count status'
calls_of_operator='lag parked_count retry accept_clock bring_back'

try_as() {              # login service: its faults, or nothing; the operator's login is of no service
	local reader=false engine="$engine_of_service district:s" calls=$calls_of_service said
	case $1 in
	roster) engine="$engine_of_service district:si" ;;
	operator) engine=$engine_of_operator calls=$calls_of_operator ;;
	*_reader) reader=true engine=$engine_of_reader calls=$calls_of_reader ;;
	esac
	said=$(PGOPTIONS="-c test.service=$2 -c test.reader=$reader -c $(option engine "$engine") -c $(option calls "$calls")
		-c statement_timeout=60s -c idle_session_timeout=0" psql -qAtX -v ON_ERROR_STOP=1 -f login.sql \
		"host=$host dbname=$database user=$1 passfile=$ZHUCUN_TEST_SECRETS/$2.pgpass" 2>&1) || true
	grep -qE 'NOTICE:  tried [1-9][0-9]{2}' <<<"$said" || echo "$said"
	grep FAIL <<<"$said" || true
}
faults() {
	superuser "$database" -f catalogue.sql
}

# A copy has not its own database's grants.
superuser scratch -c "create database $database template $ZHUCUN_TEST_TEMPLATE" -c "revoke all on database $database from public"
for service in "${SERVICES[@]}"; do
	superuser scratch -c "grant connect on database $database to $service, ${service}_reader"
done
superuser scratch -c "grant connect, temporary on database $database to operator"
superuser "$database" -f fill.sql
check "the catalogue" "$(faults)"
for service in "${SERVICES[@]}"; do
	check "$service" "$(try_as "$service" "$service")"
	check "${service}_reader" "$(try_as "${service}_reader" "$service")"
done
check "operator" "$(try_as operator operator)"

# ---- what was forgotten is found

found() {               # what, pattern, faults
	check "it is found that $1" "$(grep -qE "$2" <<<"$3" || echo "not among: $3")"
}
superuser "$database" <<-'SQL'
	create table roster.forgotten (district text);
	insert into roster.forgotten values ('511700'), ('511800');
	grant select on roster.forgotten to roster_reader;
	grant usage on schema funding to roster;
	grant select on funding.ledger to roster;
	grant update on funding.ledger to funding;
	create view funding.all_of_it as select * from funding.ledger;
	grant select on funding.all_of_it to funding_reader;
	create function engine.careless() returns void language sql security definer as '';
	grant execute on function engine.advance_clock(timestamptz) to operator, roster_reader;
	grant insert, delete on supervision.event to operator;
	create policy forgotten on supervision.event for insert to operator with check (true);
	grant update (hash) on engine.head to operator;
	grant usage on schema public to operator;
	grant select on public.login to operator;
	comment on table roster.account is 'derived';
	select engine.show_operator('roster');
	drop policy operator on funding.ledger;
SQL
superuser scratch -c 'create role zhucun_roles_test login superuser'
all=$(faults)
superuser scratch -c 'drop role zhucun_roles_test'
found "a table shows a reader every district" 'roster.forgotten.*district "".*: 2, want 0' "$(try_as roster_reader roster)"
found "a service sees another's ledger" 'FAIL select 1 from funding.ledger' "$(try_as roster roster)"
found "a service may change its ledger" 'FAIL update funding.ledger' "$(try_as funding funding)"
found "a view asks as its owner" 'funding.all_of_it' "$(try_as funding_reader funding)"
found "a reader moves the clock" 'FAIL select engine.advance_clock' "$(try_as roster_reader roster)"
of_operator=$(try_as operator operator)
for stmt in 'select engine.advance_clock' 'insert into supervision.event' 'delete from supervision.event' 'update engine.head set hash' \
	'select 1 from public.login' 'select 1 from roster.account' 'select count.* from funding.ledger'; do
	found "the operator can, or cannot: $stmt" "FAIL $stmt" "$of_operator"
done
for fault in 'no row-level security.roster.forgotten' 'not the migrator.s.roster.forgotten' 'UPDATEd by funding.funding.ledger' \
	'past row-level security.funding.all_of_it' 'PUBLIC may call.engine.careless' 'search_path.*engine.careless' \
	'runs as a superuser.engine.careless' 'more than a login.zhucun_roles_test'; do
	found "$fault" "$fault" "$all"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
