#!/bin/bash
# migrate.sh [CONNINFO] - brings a database to the schema of this checkout; the one-shot before any service starts.
#
# In: CONNINFO, a login that may create roles and owns the database (default: `migrator` of the private cluster); it will
# own everything.  lib/engine/schema, lib/domain/schema, services/*/schema.  ZHUCUN_CLOCK.
# Out: two logins per service, and the operator's, their passwords in $ZHUCUN_VAR/secrets/<service>.pgpass; schemas;
# public.migration, what was applied.  Without CONNINFO also $ZHUCUN_VAR/operator.conninfo, by which zhucunctl finds the
# database.  Everything that is to be done happens in one transaction: all of it or nothing.  When nothing is to be done it
# asks the database one thing and ends.
#
# A file that was applied must never change: it would be another history than the one this database has.
set -euo pipefail
umask 077
# shellcheck source=deploy/paths.sh
. "$(dirname "$0")/paths.sh"
conninfo=${1:-$(conninfo migrator zhucun)}
export PGOPTIONS='-c client_min_messages=warning -c lock_timeout=30s'
cd "$top"

declare -A applied=()   # "service file" → sha256
declare -A logins=()    # service → digest of passfile and roles.sql
declare -A sum=()       # path → sha256
installed=f             # the engine's schema is there
by_hand=f               # its clock is hand-set
todo=()                 # "service path"

sql() {
	psql -qAtX -v ON_ERROR_STOP=1 "$@" "$conninfo" || die "the database refused; nothing was changed"
}

read_state() {
	local kind a b c state
	state=$(sql -F ' ' <<-'SQL'
		select to_regclass('public.migration') is not null as known \gset
		\if :known
		select 'file', service, file, sha256 from public.migration
		union all select 'login', service, digest, '' from public.login
		union all select 'clock', (exists (select from engine.clock))::text, '', '';
		\endif
	SQL
	)
	while read -r kind a b c; do
		case $kind in
		file) applied[$a $b]=$c ;;
		login) logins[$a]=$b ;;
		clock) installed=t by_hand=${a:0:1} ;;
		esac
	done <<<"$state"
}

# What a service's schema is made of, in order.
files_of() {
	local mirror
	echo lib/engine/schema/service.sql
	find lib/engine/schema -name 'service_[0-9]*.sql' | sort
	while read -r mirror; do
		[ -n "$mirror" ] || continue
		echo "lib/domain/schema/mirror_$mirror.sql"
		find lib/domain/schema -name "mirror_${mirror}_[0-9]*.sql" | sort
	done < <(cat "services/$1/schema/mirrors" 2>/dev/null)
	find "services/$1/schema" -name "[0-9]*.sql" 2>/dev/null | sort
}

check() {               # service path: is it to be applied?
	local was=${applied[$1 ${2##*/}]:-}
	if [ -z "$was" ]; then
		todo+=("$1 $2")
	elif [ "$was" != "${sum[$2]}" ]; then
		die "$2 has changed since it was applied here (service $1); put the change into a new file"
	fi
	unset "applied[$1 ${2##*/}]"
}

compare() {
	local digest path service
	while read -r digest path; do
		sum[$path]=$digest
	done < <(sha256sum lib/{engine,domain}/schema/*.sql services/*/schema/[0-9]*.sql 2>/dev/null)
	for path in lib/engine/schema/[0-9]*.sql; do
		check engine "$path"
	done
	for service in "${SERVICES[@]}"; do
		while read -r path; do
			[ -n "${sum[$path]:-}" ] || die "$path: no such file, but services/$service/schema/mirrors names it"
			check "$service" "$path"
		done < <(files_of "$service")
	done
	for path in "${!applied[@]}"; do
		die "$path was applied here, but this checkout does not have it: the database is of a newer version"
	done
}

check_clock() {
	local want=f
	[ "${ZHUCUN_CLOCK:-}" != manual ] || want=t
	[ "$installed" = f ] || [ "$want" = "$by_hand" ] ||
		die "this installation was made with ZHUCUN_CLOCK=$([ "$by_hand" = t ] && echo manual || echo real); it cannot be changed afterwards"
}

password_of() {         # role, file
	awk -F: -v role="$1" '$4 == role { print $5 }' "$2"
}

# Kept if it is there; the passwords in the database follow it.
passfile() {            # service role...
	local file=$SECRETS/$1.pgpass role
	[ ! -s "$file" ] || return 0
	mkdir -p "$SECRETS"
	for role in "${@:2}"; do
		printf '*:*:*:%s:%s\n' "$role" "$(random_secret)"
	done >"$file.new"
	mv "$file.new" "$file"
}

login_script() {        # service script role...: the statements for its logins, unless they are as they should be
	local file=$SECRETS/$1.pgpass digest
	passfile "$1" "${@:3}"
	digest=$(cat "$file" "$2" | sha256sum | cut -d' ' -f1)
	[ "${logins[$1]:-}" != "$digest" ] || return 0
	cat <<-SQL
		\\set service $1
		\\set reader $1_reader
		\\set password $(password_of "$3" "$file")
		\\set reader_password $(password_of "${4:-}" "$file")
		\\i $2
		insert into public.login values ('$1', '$digest') on conflict (service) do update set digest = excluded.digest;
	SQL
}

login_scripts() {
	local service
	for service in "${SERVICES[@]}"; do
		login_script "$service" deploy/roles.sql "$service" "$service"_reader
	done
	login_script operator deploy/operator.sql operator      # after roles.sql, which closes the database to all
}

operator_conninfo() {
	local file=$ZHUCUN_VAR/operator.conninfo
	conninfo operator zhucun >"$file.new"
	mv "$file.new" "$file"
}

file_script() {         # service path
	cat <<-SQL
		\\set service $1
		\\set reader $1_reader
		set local search_path = $1;
		\\i $2
		insert into public.migration (service, file, sha256) values ('$1', '${2##*/}', '${sum[$2]}');
	SQL
}

script() {
	local service entry
	cat <<-SQL
		select pg_advisory_xact_lock(201796);
		create table if not exists public.migration (service text, file text, sha256 text not null,
			applied_at timestamptz not null default clock_timestamp(), primary key (service, file));
		create table if not exists public.login (service text primary key, digest text not null);
	SQL
	login_scripts
	for entry in "${todo[@]}"; do
		file_script "${entry% *}" "${entry#* }"
	done
	for service in $(printf '%s\n' "${todo[@]% *}" | sort -u); do
		[ "$service" = engine ] || echo "select engine.guard('$service'), engine.show_operator('$service');"
	done
	if [ "$installed" = f ] && [ "${ZHUCUN_CLOCK:-}" = manual ]; then
		echo "insert into engine.clock (now_us) values ('2017-09-08T00:00:00+08:00');"
	fi
}

[ -n "${1:-}" ] || operator_conninfo
read_state
check_clock
compare
logins_script=$(login_scripts)
[ ${#todo[@]} = 0 ] && [ -z "$logins_script" ] && exit 0
script | sql -1 -f - >/dev/null
echo "migrate.sh: ${#todo[@]} files applied" >&2
