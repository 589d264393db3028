# shellcheck shell=bash disable=SC2153,SC2154 # they are set by paths.sh and run.sh
# supervise.sh - the processes of a stack under runit; sourced by run.sh.
#
# In: the variables of paths.sh, and port, token_file, replicas.  Owns: $RUN/services, one directory per process, made anew
# each time.
#
# A process whose runsv is killed goes with it (--pdeathsig) and comes back with the next; runsvdir itself goes with run.sh.

supervisor=     # pid of runsvdir

# Quoted for bash, as its scripts are run.
service_directory() {   # name command... ; its environment on standard input, NAME=value a line
	local dir=$RUN/services/$1 name=$1 line
	shift
	mkdir -p "$dir"
	{
		echo '#!/bin/bash'
		while IFS= read -r line; do
			echo "export ${line%%=*}=${line#*=}"
		done
		echo "exec 2>>${LOGS@Q}/$name.log"
		echo "exec ${*@Q}"
	} >"$dir/run"
	touch "$dir/down"
	chmod +x "$dir/run"
}

# The settings by which a process and the buses know each other.
key_of() {              # name
	local own=$SECRETS/$1.key bus=$SECRETS/bus.pub
	echo "ZHUCUN_KEY_FILE=${own@Q}"
	[ "$1" = bus ] || echo "ZHUCUN_BUS_KEY_FILE=${bus@Q}"
}

bus_directories() {
	local bus authorized=$SECRETS/authorized-keys
	for bus in "${BUSES[@]}"; do
		service_directory "$bus" setpriv --pdeathsig TERM "$PROGRAMS/bus" <<-ENV
			ZHUCUN_BUS_BIND=ipc://$BUS_SOCKETS/$bus
			ZHUCUN_INSTANCE=$bus
			ZHUCUN_AUTHORIZED_KEYS_FILE=${authorized@Q}
			$(key_of bus)
		ENV
	done
}

# The replicas of the services, one a line: roster, roster-2 …  The name is the instance's too, so that one who comes again is
# known.
replicas_of() {         # service...
	local s i
	for s in "$@"; do
		echo "$s"
		for ((i = 2; i <= replicas; i++)); do
			echo "$s-$i"
		done
	done
}

service_directories() {
	local s name db reader
	for name in $(replicas_of "${SERVICES[@]}"); do
		s=${name%%-*}
		db=$(conninfo "$s" zhucun)
		reader=$(conninfo "$s"_reader zhucun "$SECRETS/$s.pgpass")
		service_directory "$name" setpriv --pdeathsig TERM "$PROGRAMS/$s" <<-ENV
			ZHUCUN_BUSES=${buses@Q}
			ZHUCUN_INSTANCE=$name
			$(key_of "$s")
			ZHUCUN_DB=${db@Q}
			ZHUCUN_DB_READER=${reader@Q}
		ENV
	done
}

# PostgreSQL takes SIGTERM as "when everybody has gone": a fast shutdown is SIGINT.
postgres_directory() {
	service_directory postgres "$top/deploy/postgres.sh" run </dev/null
	rm "$RUN/services/postgres/down"
	mkdir "$RUN/services/postgres/control"
	# shellcheck disable=SC2016 # for the script to expand
	printf '#!/bin/sh\nexec kill -INT "$(cat supervise/pid)"\n' >"$RUN/services/postgres/control/t"
	chmod +x "$RUN/services/postgres/control/t"
}

make_service_directories() {
	local bus buses=
	for bus in "${BUSES[@]}"; do
		buses+="${buses:+ }ipc://$BUS_SOCKETS/$bus"
	done
	rm -rf "$RUN"
	mkdir -p "$RUN/services"
	own_directory "$BUS_SOCKETS" 700
	bus_directories
	service_directories
	service_directory gateway setpriv --pdeathsig TERM "$PROGRAMS/gateway" <<-ENV
		ZHUCUN_BUSES=${buses@Q}
		ZHUCUN_PORT=$port
		$(key_of gateway)
		ZHUCUN_BOOTSTRAP_TOKEN_FILE=${token_file@Q}
	ENV
	postgres_directory
}

# In a session of its own: Ctrl-C at the terminal is for run.sh, which stops things in order.
supervisor_start() {
	setsid setpriv --pdeathsig HUP runsvdir -P "$RUN/services" >>"$LOGS/supervisor.log" 2>&1 </dev/null 3>&- 7>&- 8>&- &
	supervisor=$!
}

supervisor_alive() {
	kill -0 "$supervisor" 2>/dev/null
}

# All but PostgreSQL are down until the schema is there.
services_up() {
	rm -f "$RUN"/services/*/down
	sv up "$RUN"/services/* >/dev/null || true
}

stop_services() {       # seconds name...
	local seconds=$1
	shift
	sv -w "$seconds" force-stop "${@/#/$RUN/services/}" >>"$LOGS/supervisor.log" 2>&1 || true
}

# From the outside in, so that nobody waits for somebody who has gone.
supervisor_stop() {
	[ -n "$supervisor" ] || return 0
	stop_services 10 gateway
	# shellcheck disable=SC2046 # names without spaces
	stop_services 10 $(replicas_of "${SERVICES[@]}")
	stop_services 5 "${BUSES[@]}"
	stop_services 60 postgres
	kill -HUP "$supervisor" 2>/dev/null || true
	wait "$supervisor" 2>/dev/null || true
	supervisor=
	clear_leftovers
}

# Processes of this stack, by name and by the ZHUCUN_VAR they carry.
leftovers() {           # name...
	local dir comm
	for dir in /proc/[0-9]*; do
		{ read -r comm <"$dir/comm"; } 2>/dev/null || continue
		case " $* " in
		*" $comm "*) grep -zFxqs "ZHUCUN_VAR=$ZHUCUN_VAR" "$dir/environ" && echo "${dir#/proc/}" ;;
		esac
	done
	return 0
}

signal_leftovers() {    # signal name...
	local signal=$1 pid
	shift
	for pid in $(leftovers "$@"); do
		kill "-$signal" "$pid" 2>/dev/null || true
	done
}

# What a killed run.sh or runsvdir left behind: asked, then made, to go.
clear_leftovers() {
	local names=(runsvdir runsv gateway "${SERVICES[@]}" bus postgres) i
	[ -n "$(leftovers "${names[@]}")" ] || return 0
	signal_leftovers HUP runsvdir
	signal_leftovers TERM runsv gateway "${SERVICES[@]}" bus
	signal_leftovers INT postgres
	for ((i = 0; i < 100; i++)); do
		[ -n "$(leftovers "${names[@]}")" ] || return 0
		sleep 0.1
	done
	signal_leftovers KILL "${names[@]}"
}
