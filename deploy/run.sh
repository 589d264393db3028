#!/bin/bash
# run.sh - `make run`: the whole stack on one machine, in the foreground, until it is told to stop.
#
# In: ZHUCUN_PORT (8080), ZHUCUN_VAR (var), ZHUCUN_BOOTSTRAP_TOKEN, ZHUCUN_SAMPLE, ZHUCUN_CLOCK,
# ZHUCUN_REPLICAS (1), ZHUCUN_LOG_LEVEL, CONSOLE (1; 0: without the browsers' console).
# Out: the line `ready http://127.0.0.1:PORT` (https with ZHUCUN_TLS_CERT) on standard output when requests are answered; all talk on standard error; the
# processes' logs in $ZHUCUN_VAR/log.
# Stops everything it started on SIGINT, SIGTERM or SIGHUP, and when the make that started it is gone or was told to stop.
set -euo pipefail
umask 077
[ $# != 0 ] || exec setpriv --pdeathsig TERM "$0" "$PPID"       # the death of who started us is a SIGTERM, and we are called with his pid
parent=$1
[ "$parent" = "$PPID" ] || exit 0
exec 3>&1 1>&2
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES "${!PG@}"
# shellcheck source=deploy/paths.sh
. "$(dirname "$0")/paths.sh"
# shellcheck source=deploy/supervise.sh
. "$top/deploy/supervise.sh"

port=${ZHUCUN_PORT:-8080}
url=http${ZHUCUN_TLS_CERT:+s}://127.0.0.1:$port
replicas=${ZHUCUN_REPLICAS:-1}
token_file=
step=           # pid of what is being done now
watch=          # pid of who watches make

# ---- hearing that we are to stop

handlers_of() {         # pid: its handlers of SIGHUP, SIGINT and SIGQUIT, as three bits in `handlers`
	local stat
	read -ra stat 2>/dev/null <"/proc/$1/stat" && handlers=$((stat[33] & 7))
}

# make passes SIGTERM on.  On SIGINT it takes its handlers away and waits for us, and nothing tells us: so this looks, once a
# second, and the one look reads one line.
watch_make() {
	local handlers before
	handlers_of "$parent" || return 0
	before=$handlers
	[ "$before" != 0 ] || return 0
	exec 7<> <(:)           # never written to: reading it is a pause
	while handlers_of "$parent"; do
		[ "$handlers" = "$before" ] || { kill -TERM $$ && return; }
		read -r -t 1 -u 7 || true
	done
}

# A step in the background, so that a wish to stop, and the end of a process, is heard meanwhile.
step() {
	local status=0
	"$@" 3>&- 8>&- &
	step=$!
	supervise "$step" || status=$?
	step=
	return "$status"
}

# ---- before anything is started

check_settings() {
	if ! [[ $port =~ ^[1-9][0-9]{0,4}$ ]] || ((port > 65535)); then
		die "ZHUCUN_PORT is a port number, not '$port'"
	fi
	export ZHUCUN_CLOCK=${ZHUCUN_CLOCK:-real}
	[[ $ZHUCUN_CLOCK =~ ^(real|manual)$ ]] || die "ZHUCUN_CLOCK is real or manual, not '$ZHUCUN_CLOCK'"
	[[ $replicas =~ ^[1-8]$ ]] || die "ZHUCUN_REPLICAS is 1 to 8, not '$replicas'"
	[ -z "${ZHUCUN_BOOTSTRAP_TOKEN:-}" ] || [[ $ZHUCUN_BOOTSTRAP_TOKEN =~ ^[!-~]{32,512}$ ]] ||
		die "ZHUCUN_BOOTSTRAP_TOKEN has 32 to 512 printable characters"
}

# Held as long as we live, by us alone; one that is stopping is waited for.
take_lock() {
	mkdir -p "$ZHUCUN_VAR" "$SECRETS" "$LOGS"
	exec 8>>"$ZHUCUN_VAR/lock"
	flock -w 1 8 || { [ "$(cat "$ZHUCUN_VAR/lock")" = stopping ] && flock -w 100 8; } ||
		die "a stack is running in $ZHUCUN_VAR already; set ZHUCUN_VAR and ZHUCUN_PORT for a second one"
	echo starting >"$ZHUCUN_VAR/lock"
	clear_leftovers
	! (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || die "port $port is in use; set ZHUCUN_PORT"
}

# Files, so that no token stands in an environment or a command line.
keep_token() {
	if [ -n "${ZHUCUN_BOOTSTRAP_TOKEN:-}" ]; then
		token_file=$SECRETS/bootstrap-token
		printf '%s\n' "$ZHUCUN_BOOTSTRAP_TOKEN" >"$token_file"
		unset ZHUCUN_BOOTSTRAP_TOKEN
	else
		token_file=$ZHUCUN_VAR/bootstrap-token
		[ -s "$token_file" ] || { random_secret >"$token_file.new" && mv "$token_file.new" "$token_file"; }
	fi
}

# Other stacks of this checkout may build at the same time.
build() {
	mkdir -p "$top/build"
	exec 9>"$top/build/.lock"
	flock 9
	exec make -s -C "$top" -j"$(nproc)" all console
}

# Logs are appended to while a stack runs; the last but one is kept.
turn_logs() {
	local log
	for log in "$LOGS"/*.log; do
		[ ! -e "$log" ] || [ "$(stat -c %s "$log")" -lt 16777216 ] || mv "$log" "$log.1"
	done
}

# ---- up

# What /readyz says is missing, each once: "roster clock.waits".  Nothing: it is ready.
missing() {
	local said
	said=$(curl -sk --noproxy '*' -m 2 -w '\n%{http_code}' "$url/readyz" 3>&-) || true
	[ "${said##*$'\n'}" != 200 ] || return 0
	grep -oE '"pointer": ?"/[a-z]+", ?"code": ?"[a-z_.]+"' <<<"$said" | sed -E 's|.*"/([a-z]+)".*"([a-z_.]+)"|\1 \2|' | sort -u | grep . || echo "gateway silent"
}

# A clock that is not believed does not come right by our waiting: who can set it right is told, and as long as it takes is waited.
clock_talk() {          # what is missing
	echo "run.sh: a clock is not believed, so nothing is decided: $(tr '\n' ' ' <<<"$1")"
	echo "run.sh: set it right, and it goes on by itself; if it is right: ZHUCUN_VAR=$ZHUCUN_VAR ${PROGRAMS#"$PWD"/}/zhucunctl clock (--accept, --bring-back; docs/operating.md, The clock)"
}

wait_until_ready() {
	local i lacks told_lacks=
	for ((i = 0; i < 1200; i++)); do
		start_again || true
		lacks=$(missing)
		[ -n "$lacks" ] || return 0
		if [[ $lacks == *" clock."* ]]; then
			[ "$lacks" = "$told_lacks" ] || clock_talk "$(grep ' clock\.' <<<"$lacks")"
			told_lacks=$lacks
			i=0
		fi
		sleep 0.1
	done
	die "not ready after two minutes, for want of $(tr '\n' ',' <<<"$lacks"); the logs in $LOGS say why"
}

load_sample() {
	step "$top/deploy/sample.sh" "$url" "$token_file" || echo "run.sh: the sample district was not loaded whole; the next start tries again"
}

go() {
	trap '' INT TERM HUP
	echo stopping >"$ZHUCUN_VAR/lock"
	kill ${step:+"$step"} ${watch:+"$watch"} 2>/dev/null || true
	[ -z "$step" ] || wait "$step" || true
	supervisor_stop
	rm -rf "$SOCKETS"
}

check_settings
take_lock
keep_token
trap 'exit 0' INT TERM HUP
trap go EXIT
if [ "$(cat "/proc/$parent/comm" 2>/dev/null)" = make ]; then
	watch_make 3>&- 8>&- </dev/null &
	watch=$!
fi
"$top/deploy/install.sh"
ulimit -Sn 8192 2>/dev/null || true
step build || die "the build failed$([ "${CONSOLE:-1}" = 0 ] || echo "; CONSOLE=0 make run leaves the browsers' console out")"
step "$top/deploy/keys.sh"
step "$top/deploy/postgres.sh" init
turn_logs
make_service_directories
process_start postgres
step "$top/deploy/postgres.sh" ready
step "$top/deploy/migrate.sh"
services_up
wait_until_ready
load_sample
echo "ready $url" >&3
exec 3>&-
supervise
