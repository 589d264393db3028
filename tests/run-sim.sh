#!/bin/bash
# run-sim.sh - the engine under seeds (tests/sim/sim.h): new ones for a while; known bugs, each of which must be found; and a
# failing seed, which must tell the same twice.
#
# In: ZHUCUN_SIM_SECONDS (60, of processor time), ZHUCUN_SIM_SEED (the time: new seeds each run).
# A seed that fails is told with all that happened in it: build/bin/sim --seed N --count 1 --trace tells it again.
set -euo pipefail
cd "$(dirname "$0")/.."
sim=${ZHUCUN_TEST_BUILD:-build}/bin/sim
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
passed=0 failed=0

ok() {                  # what command...
	local what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $what"
	fi
}

holds() {               # a failing seed is told once more below its trace, of which a log may keep the end alone
	local status=0
	"$sim" --seed "${ZHUCUN_SIM_SEED:-$(date +%s)000000}" --seconds "${ZHUCUN_SIM_SECONDS:-60}" >"$said/seed" || status=$?
	cat "$said/seed"
	[ "$status" = 0 ] || head -n 1 "$said/seed"
	return "$status"
}

finds() {               # bug
	local status=0
	"$sim" --bug "$1" --count 20000 >"$said/$1" || status=$?
	head -n 1 "$said/$1" | sed "s/^/$1: /"
	[ "$status" = 1 ]
}

again() {               # bug: its first failing seed, once more
	local seed
	seed=$(sed -n '1s/^seed \([0-9]*\) .*/\1/p' "$said/$1")
	"$sim" --bug "$1" --seed "$seed" --count 1 --trace >"$said/1" || true
	"$sim" --bug "$1" --seed "$seed" --count 1 --trace >"$said/2" || true
	[ "$(wc -l <"$said/1")" -gt 10 ] && cmp "$said/1" "$said/2"
}

ok "a seed" holds
for bug in $("$sim" --bugs); do
	ok "$bug is not found" finds "$bug"
	ok "$bug: not the same again" again "$bug"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
