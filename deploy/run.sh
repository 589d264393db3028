#!/bin/bash
# run.sh - `make run`: the whole stack on one machine, in the foreground, until it is told to stop.
#
# In: ZHUCUN_PORT (8080), ZHUCUN_VAR (var), ZHUCUN_BOOTSTRAP_TOKEN, ZHUCUN_SAMPLE, ZHUCUN_CLOCK,
# ZHUCUN_REPLICAS (1), ZHUCUN_LOG_LEVEL.
# Out: the line `ready http://127.0.0.1:PORT` (https with ZHUCUN_TLS_CERT) on standard output when requests are answered; all talk on standard error; the
# processes' logs in $ZHUCUN_VAR/log.
# Stops everything it started on SIGINT, SIGTERM or SIGHUP, and when the make that started it is gone or was told to stop:
# make passes SIGTERM on, but on SIGINT it only waits, and on SIGKILL it can do nothing.
set -euo pipefail
umask 077
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
told=0                  # a signal came

# ---- hearing that we are to stop

signals_of() {          # pid: its handlers of SIGHUP, SIGINT, SIGQUIT, three bits
	local key value
	while read -r key value; do
		[ "$key" != SigCgt: ] || { echo $((16#${value: -1} & 7)) && return; }
	done 2>/dev/null <"/proc/$1/status"
	echo 0
}

parent=$PPID
parent_handlers=0
[ "$(cat "/proc/$parent/comm" 2>/dev/null)" != make ] || parent_handlers=$(signals_of "$parent")

# A make that was interrupted takes its handler away and then waits for us.
parent_left() {
	local key value
	while read -r key value; do
		[ "$key" != PPid: ] || break
	done <"/proc/$$/status"
	[ "$value" = "$parent" ] || return 0
	[ "$parent_handlers" != 0 ] && [ "$(signals_of "$parent")" != "$parent_handlers" ]
}

# Asked twice: what /proc says may change while it is read, and to stop for that would be to stop for nothing.
to_stop() {
	[ "$told" = 1 ] || { parent_left && pause 0.05 && parent_left; }
}

exec 7<> <(:)           # never written to: reading it is a pause that a signal ends
pause() {               # seconds
	read -r -t "$1" -u 7 || true
}

# A step in the background, so that a wish to stop is heard meanwhile.
step() {
	"$@" 3>&- 7>&- 8>&- &
	local pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		if to_stop; then
			kill "$pid" 2>/dev/null || true
			wait "$pid" || true
			exit 0
		fi
		pause 0.03
	done
	wait "$pid"
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
	exec make -s -C "$top" -j"$(nproc)" all
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
	said=$(curl -sk --noproxy '*' -m 2 -w '\n%{http_code}' "$url/readyz" 3>&- 7>&-) || true
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
		! to_stop || exit 0
		lacks=$(missing)
		[ -n "$lacks" ] || return 0
		if [[ $lacks == *" clock."* ]]; then
			[ "$lacks" = "$told_lacks" ] || clock_talk "$(grep ' clock\.' <<<"$lacks")"
			told_lacks=$lacks
			i=0
		fi
		pause 0.1
	done
	die "not ready after two minutes, for want of $(tr '\n' ',' <<<"$lacks"); the logs in $LOGS say why"
}

load_sample() {
	step "$top/deploy/sample.sh" "$url" "$token_file" || echo "run.sh: the sample district was not loaded whole; the next start tries again"
}

stand() {
	while ! to_stop; do
		if ! supervisor_alive; then
			echo "run.sh: the supervisor died; starting anew"
			clear_leftovers
			supervisor_start
		fi
		pause 0.2
	done
}

go() {
	trap '' INT TERM HUP
	echo stopping >"$ZHUCUN_VAR/lock"
	supervisor_stop
	rm -rf "$SOCKETS"
}

check_settings
take_lock
keep_token
trap 'told=1' INT TERM HUP
"$top/deploy/install.sh"
ulimit -Sn 8192 2>/dev/null || true
step build || die "the build failed"
step "$top/deploy/keys.sh"
step "$top/deploy/postgres.sh" init
turn_logs
make_service_directories
trap go EXIT
supervisor_start
step "$top/deploy/postgres.sh" ready
step "$top/deploy/migrate.sh"
services_up
wait_until_ready
load_sample
echo "ready $url" >&3
exec 3>&-
stand
