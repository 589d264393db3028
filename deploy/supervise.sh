# shellcheck shell=bash disable=SC2153,SC2154 # they are set by paths.sh and run.sh
# supervise.sh - the processes of a stack; sourced by run.sh, which is the parent of them all.
#
# In: the variables of paths.sh, and port, token_file, replicas.  Owns: $RUN/services, one directory per process, made anew
# each time: `run` says what it is, `pid` who it is now; while there is a file `down` it is not started again.
#
# Nothing stands between run.sh and a process that could end and take it along.  One that ends is started again; when run.sh
# itself is killed they all end (--pdeathsig).

declare -A running=()   # pid: name
declare -A begun=()     # name: when it was started last, in $SECONDS

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
		echo "echo \$\$ >${dir@Q}/pid"
		echo "[ ! -e ${dir@Q}/down ] || exit 0"
		echo "exec ${*@Q}"
	} >"$dir/run"
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
		service_directory "$bus" "$PROGRAMS/bus" <<-ENV
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
		service_directory "$name" "$PROGRAMS/$s" <<-ENV
			ZHUCUN_BUSES=${buses@Q}
			ZHUCUN_INSTANCE=$name
			$(key_of "$s")
			ZHUCUN_DB=${db@Q}
			ZHUCUN_DB_READER=${reader@Q}
		ENV
	done
}

make_service_directories() {
	local bus buses=
	for bus in "${BUSES[@]}"; do
		buses+="${buses:+ }ipc://$BUS_SOCKETS/$bus"
	done
	rm -rf "$RUN"
	mkdir -p "$RUN/services"
	own_directory "$BUS_SOCKETS" 700
	local console=${ZHUCUN_CONSOLE:-${PROGRAMS%/bin}/console}
	[ "${CONSOLE:-1}" != 0 ] || console=
	bus_directories
	service_directories
	service_directory gateway "$PROGRAMS/gateway" <<-ENV
		ZHUCUN_BUSES=${buses@Q}
		ZHUCUN_PORT=$port
		$(key_of gateway)
		ZHUCUN_BOOTSTRAP_TOKEN_FILE=${token_file@Q}
		ZHUCUN_CONSOLE=${console@Q}
	ENV
	service_directory postgres "$top/deploy/postgres.sh" run </dev/null
}

# In a session of its own: Ctrl-C at the terminal is for run.sh, which stops things in order.  Not more than once a second.
process_start() {       # name
	local name=$1 rest=
	((SECONDS > ${begun[$name]:--2} + 1)) || rest='sleep 1;'
	begun[$name]=$SECONDS
	setsid setpriv --pdeathsig TERM bash -c "$rest exec \"\$0\"" "$RUN/services/$name/run" >>"$LOGS/$name.log" 2>&1 </dev/null 3>&- 8>&- &
	running[$!]=$name
}

# All but PostgreSQL, which is up: they want the schema.
services_up() {
	local name
	# shellcheck disable=SC2046 # names without spaces
	for name in "${BUSES[@]}" $(replicas_of "${SERVICES[@]}") gateway; do
		process_start "$name"
	done
}

# Those that have ended, once more.  True: there were any.
start_again() {
	local pid name any=1
	for pid in "${!running[@]}"; do
		! kill -0 "$pid" 2>/dev/null || continue
		name=${running[$pid]}
		unset "running[$pid]"
		process_start "$name"
		any=0
	done
	return "$any"
}

# Until that one has ended, whose status it returns; without one, for ever.  Nothing wakes us but the end of a process.  Who has
# ended is looked for by pid each time: `wait -n` does not tell of those that ended while a command ran in the foreground.
supervise() {           # [pid]
	while :; do
		! start_again || continue
		if [ -n "${1:-}" ] && ! kill -0 "$1" 2>/dev/null; then
			wait "$1"
			return
		fi
		wait -n ${1:+"$1"} "${!running[@]}" || true
	done
}

alive() {               # pid...; those that are, in `living`
	local pid
	living=()
	for pid in "$@"; do
		! kill -0 "$pid" 2>/dev/null || living+=("$pid")
	done
	[ ${#living[@]} != 0 ]
}

# PostgreSQL takes SIGTERM as "when everybody has gone": a fast shutdown is SIGINT.  A frozen one is to hear it too.
stop_processes() {      # seconds name...
	local until=$((SECONDS + $1)) pid signal living pids=()
	shift
	for pid in "${!running[@]}"; do
		[[ " $* " == *" ${running[$pid]} "* ]] || continue
		signal=TERM
		[ "${running[$pid]}" != postgres ] || signal=INT
		kill "-$signal" "$pid" 2>/dev/null && kill -CONT "$pid" 2>/dev/null && pids+=("$pid")
	done
	while alive "${pids[@]}"; do
		((SECONDS < until)) || kill -KILL "${living[@]}" 2>/dev/null || true
		sleep 0.05
	done
}

# From the outside in, so that nobody waits for somebody who has gone.
supervisor_stop() {
	[ ${#running[@]} != 0 ] || return 0
	stop_processes 10 gateway
	# shellcheck disable=SC2046 # names without spaces
	stop_processes 10 $(replicas_of "${SERVICES[@]}")
	stop_processes 5 "${BUSES[@]}"
	stop_processes 60 postgres
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

# What a killed run.sh left behind: asked, then made, to go.
clear_leftovers() {
	local names=(gateway "${SERVICES[@]}" bus postgres) i
	[ -n "$(leftovers "${names[@]}")" ] || return 0
	signal_leftovers TERM gateway "${SERVICES[@]}" bus
	signal_leftovers INT postgres
	for ((i = 0; i < 100; i++)); do
		[ -n "$(leftovers "${names[@]}")" ] || return 0
		sleep 0.1
	done
	signal_leftovers KILL "${names[@]}"
}
