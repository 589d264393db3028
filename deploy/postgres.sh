#!/bin/bash
# postgres.sh init|run|serve|start|ready|answers|dump|restore|stop|user - the private PostgreSQL cluster of one stack, in $ZHUCUN_VAR/postgres.
#
#   init    makes the cluster, unless it is there: checksums, UTF8, scram for everybody, a role `migrator` with a database
#           `zhucun`.  Passwords go to $ZHUCUN_VAR/secrets.
#   run     becomes the server, in the foreground, log on standard error; SIGINT is a fast shutdown, and so is the death of
#           its parent: a supervisor that was killed can start it anew.
#   serve   init, then becomes the server, as the one process of a container.
#   start   init, run in the background with the log in $ZHUCUN_VAR/log, ready.
#   ready   waits until it answers (a minute at most).
#   answers whether it answers, now.
#   dump    everything the services keep, on standard output, as of one instant.
#   restore puts such a dump, from standard input, in place of what is there: all of it or nothing.  No service may run; logins
#           get their passwords when migrate.sh runs next.
#   stop    fast shutdown, waits.
#   user    prints who it runs as.
#
# In: ZHUCUN_POSTGRES_DATABASES, the databases that others than the superuser may connect to (zhucun); for tests.
# ZHUCUN_POSTGRES_LISTEN, the addresses to listen on besides the unix socket, as in listen_addresses.  From there come the
# services and the migrator, from this network only; the superuser is refused.
#
# PostgreSQL refuses to run as root, and an unprivileged user cannot reach a checkout that lies under a closed home.  So
# root opens the data directory and the server is told -D /proc/self/fd/9: that link leads to the open directory itself and
# asks no parent for permission; initdb's and the server's children inherit the descriptor, and after its start the server
# works relative to its current directory anyway.  A mount namespace would do the same but needs CAP_SYS_ADMIN, which
# containers lack.
set -euo pipefail
umask 077
# shellcheck source=deploy/paths.sh
. "$(dirname "$0")/paths.sh"

DATA=/proc/self/fd/9

# The server must be of the version that made the cluster; for a new one, the newest there is.
server_programs() {
	local version dir
	version=$(cat "$CLUSTER/PG_VERSION" 2>/dev/null || true)
	if [ -n "$version" ] && [ -x "/usr/lib/postgresql/$version/bin/postgres" ]; then
		echo "/usr/lib/postgresql/$version/bin"
		return
	fi
	for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr); do
		[ -x "$dir/postgres" ] && echo "$dir" && return
	done
	dirname "$(command -v postgres)" || die "no PostgreSQL server; deploy/install.sh installs it"
}

server_user() {
	if [ "$(id -u)" != 0 ]; then
		id -un
	elif id postgres >/dev/null 2>&1; then
		echo postgres
	else
		echo nobody
	fi
}

user=$(server_user)
as_server=()
[ "$(id -u)" != 0 ] || as_server=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups --)

make_directories() {
	mkdir -p "$ZHUCUN_VAR" "$SECRETS" "$LOGS"
	own_directory "$SOCKETS" 711
	own_directory "$PG_SOCKETS" 700 "$user"
}

new_passfile() {        # role; kept if there is one
	local file=$SECRETS/$1.pgpass
	[ -s "$file" ] && return
	echo "*:*:*:$1:$(random_secret)" >"$file.new"
	mv "$file.new" "$file"
}

password_of() {
	cut -d: -f5 "$SECRETS/$1.pgpass"
}

# In a directory of its own, renamed when whole: a crash half-way leaves nothing that looks like a cluster.
init() {
	[ ! -e "$CLUSTER/PG_VERSION" ] || return 0
	local bin new=$CLUSTER.new
	bin=$(server_programs)
	new_passfile postgres
	new_passfile migrator
	rm -rf "$new"
	mkdir "$new"
	password_of postgres >"$new.password"
	[ "$user" = "$(id -un)" ] || chown "$user" "$new" "$new.password"
	cd /
	{
		"${as_server[@]}" "$bin/initdb" -D "$DATA" -U postgres --pwfile=/proc/self/fd/8 -E UTF8 --locale=C \
			--data-checksums --auth=scram-sha-256 --no-instructions &&
		"${as_server[@]}" "$bin/postgres" --single -D "$DATA" -c exit_on_error=on postgres <<-SQL
			create role migrator login createrole password '$(password_of migrator)'
			create database zhucun owner migrator
		SQL
	} 9<"$new" 8<"$new.password" >"$LOGS/initdb.log" 2>&1 ||
		die "the cluster could not be made; $LOGS/initdb.log says why"
	rm "$new.password"
	sync -f "$new"
	mv -T "$new" "$CLUSTER"
}

# Written as the server's user: root writes nothing into a directory that another user owns.
write_settings() {
	{
		cat "$top/deploy/postgresql.conf"
		echo "unix_socket_directories = '$PG_SOCKETS'"
		echo "listen_addresses = '${ZHUCUN_POSTGRES_LISTEN:-}'"
	} | "${as_server[@]}" sh -c 'cat >/proc/self/fd/9/postgresql.conf'
	"${as_server[@]}" sh -c 'cat >/proc/self/fd/9/pg_hba.conf' <<-HBA
		local ${ZHUCUN_POSTGRES_DATABASES:-zhucun} all scram-sha-256
		local all    postgres scram-sha-256
		host  all    postgres all     reject
		host  zhucun all      samenet scram-sha-256
	HBA
}

server_pid() {          # of this cluster, if it really runs
	local pid
	pid=$(head -n 1 "$CLUSTER/postmaster.pid" 2>/dev/null) &&
		[ "$(readlink "/proc/$pid/cwd")" = "$CLUSTER" ] && echo "$pid"
}

# After a kill -9: lock files whose process is gone, not yet reaped, or another program by now (the machine was restarted)
# would keep the server from starting.  Children that outlive their server by a moment are waited for; should one hang, the
# server itself refuses to start, by the shared memory that it holds.
drop_stale_locks() {
	local i
	[ -e "$CLUSTER/postmaster.pid" ] || return 0
	! server_pid >/dev/null || return 0
	for ((i = 0; i < 50; i++)); do
		readlink /proc/[0-9]*/cwd | grep -Fxq "$CLUSTER" || break
		sleep 0.1
	done
	rm -f "$CLUSTER/postmaster.pid" "$PG_SOCKETS"/.s.PGSQL.5432.lock
}

run() {                 # [the signal that the death of our parent shall be]
	local bin
	bin=$(server_programs)
	make_directories
	cd /
	exec 9<"$CLUSTER"
	write_settings
	drop_stale_locks
	exec setpriv --pdeathsig "${1:-clear}" "${as_server[@]:1}" "$bin/postgres" -D "$DATA"
}

start() {
	make_directories
	init
	setsid "$top/deploy/postgres.sh" detached >>"$LOGS/postgres.log" 2>&1 </dev/null &
	ready
}

answers() {
	PGCONNECT_TIMEOUT=2 psql -qAtX -c 'select 1' "$(conninfo migrator zhucun)" >/dev/null 2>&1
}

ready() {
	local i
	for ((i = 0; i < 600; i++)); do
		! answers || return 0
		sleep 0.1
	done
	die "PostgreSQL does not answer; $LOGS/postgres.log says why"
}

client_program() {      # name: of the server's version
	local program
	program=$(server_programs)/$1
	[ -x "$program" ] || program=$1
	echo "$program"
}

dump() {
	"$(client_program pg_dump)" --format=custom "$(conninfo postgres zhucun)"
}

superuser() {           # database; SQL on standard input
	PGOPTIONS='-c client_min_messages=warning' psql -qAtX -v ON_ERROR_STOP=1 -f - "$(conninfo postgres "$1")" || die "the database refused"
}

# Into a database beside, which takes the old one's place when it is whole.  The dump names roles as owners and in grants.
restore() {
	local role
	for role in "${SERVICES[@]}" "${SERVICES[@]/%/_reader}" operator; do
		printf "select format('create role %%I login', '%s') where '%s' not in (select rolname from pg_roles) \\gexec\n" "$role" "$role"
	done | superuser postgres
	superuser postgres <<<'drop database if exists restored; create database restored owner migrator;'
	"$(client_program pg_restore)" --exit-on-error --single-transaction -d "$(conninfo postgres restored)" ||
		die "the dump could not be read; what was there is still there"
	superuser restored <<<'delete from public.login;'
	superuser postgres <<<'drop database zhucun with (force); alter database restored rename to zhucun;'
}

stop() {
	local pid
	pid=$(server_pid) || return 0
	kill -INT "$pid"
	while [ "$(readlink "/proc/$pid/cwd")" = "$CLUSTER" ]; do
		sleep 0.05
	done
}

case ${1:-} in
init)
	make_directories
	init
	;;
run) run INT ;;
detached) run ;;
serve)
	make_directories
	init
	run
	;;
start) start ;;
ready) ready ;;
answers) answers ;;
dump) dump ;;
restore) restore ;;
stop) stop ;;
user) echo "$user" ;;
*) die "init, run, serve, start, ready, answers, dump, restore, stop or user" ;;
esac
