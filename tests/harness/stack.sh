# shellcheck shell=bash
# stack.sh - a private stack of real processes for tests; sourced by run-*.sh, which run in bash with `set -euo pipefail`.
#
# stack_up starts `make run` in a directory of its own and waits for its line: with a hand-set clock, a token and no sample
# district; as `stack_up plain`, as it comes; as `stack_up real`, with a token and the time as it is.  stack_new and
# stack_start are its two halves, for who has to do something in between; stack_stop and stack_start are a restart.
# stack_down stops it as an operator would, and its directory is gone.  Exports what clients need: ZHUCUN_URL,
# ZHUCUN_VAR, and, unless plain, ZHUCUN_BOOTSTRAP_TOKEN.

top=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/harness/pace.sh
. "$top/tests/harness/pace.sh"
stack=          # pid of its make

free_port() {           # one that nobody listens on, from this process's own range
	local port=$((20000 + BASHPID % 20000))
	while (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		port=$((port + 1))
	done
	echo "$port"
}

stack_new() {
	ZHUCUN_VAR=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-stack-XXXXXX")
	ZHUCUN_PORT=$(free_port)
	unset ZHUCUN_BOOTSTRAP_TOKEN ZHUCUN_CLOCK ZHUCUN_SAMPLE ZHUCUN_POSTGRES_DATABASES
	if [ "${1:-}" != plain ]; then
		[ "${1:-}" = real ] || export ZHUCUN_CLOCK=manual
		export ZHUCUN_SAMPLE=0 ZHUCUN_BOOTSTRAP_TOKEN
		ZHUCUN_BOOTSTRAP_TOKEN=$(od -An -v -tx1 -N20 /dev/urandom | tr -d ' \n')
	fi
	ZHUCUN_URL=http${ZHUCUN_TLS_CERT:+s}://127.0.0.1:$ZHUCUN_PORT
	export ZHUCUN_VAR ZHUCUN_PORT ZHUCUN_URL
}

stack_start() {
	rm -f "$ZHUCUN_VAR/said"
	mkfifo "$ZHUCUN_VAR/said"
	# A SANITIZE run of the tests still tries the processes that operators run.
	env --default-signal=INT -u SANITIZE -u MAKEFLAGS make -s -C "$top" run >"$ZHUCUN_VAR/said" 2>"$ZHUCUN_VAR/talk" &
	stack=$!
	if ! read -r -t "$(patience 180)" line <"$ZHUCUN_VAR/said" || [ "$line" != "ready $ZHUCUN_URL" ]; then
		echo "the stack did not come up: ${line:-nothing said}"
		tail -n 20 "$ZHUCUN_VAR/talk" "$ZHUCUN_VAR"/log/*.log 2>/dev/null || true
		return 1
	fi
}

stack_up() {
	stack_new "$@"
	stack_start
}

# What every log, position and derived table must be, whatever happened to the stack.
history_holds() {
	"$top/build/bin/zhucunctl" verify && "$top/build/bin/zhucunctl" rebuild --check
}

stack_stop() {
	[ -n "$stack" ] || return 0
	kill -TERM "$stack" 2>/dev/null || true
	wait "$stack" 2>/dev/null || true
	stack=
}

stack_down() {
	[ -n "$stack" ] || return 0
	stack_stop
	rm -rf "$ZHUCUN_VAR"
}
trap stack_down EXIT
trap 'exit 130' INT TERM HUP
