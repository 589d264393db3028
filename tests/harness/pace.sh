# shellcheck shell=bash
# pace.sh - how patient tests are on this machine; sourced by deploy/test.sh and by scripts with deadlines of their own.
#
# A deadline in a test is there to tell a hang from work, not to measure: so it is written in seconds of a quiet machine and
# multiplied by ZHUCUN_TEST_PATIENCE, which is found once, at the start of a run, by doing what tests do most and seeing how much
# longer it takes here.  Patience costs nothing where nothing hangs.  pace.h and pace.py read the same variable.

PACE_MOST=20            # a machine that is slower still is not waited for

# Milliseconds that a command takes.
pace_ms() {             # command...
	local began=${EPOCHREALTIME/./}
	"$@" >/dev/null 2>&1
	echo $(((${EPOCHREALTIME/./} - began) / 1000))
}
pace_starts() {
	local i
	for ((i = 0; i < 200; i++)); do
		/bin/true
	done
}
pace_computes() {
	head -c 67108864 /dev/zero | sha256sum
}
pace_commits() {
	local file status=0
	file=$(mktemp)
	dd if=/dev/zero of="$file" bs=8k count=100 oflag=dsync || status=$?
	rm -f "$file"
	return "$status"
}

# The slowest of the three against a quiet machine's milliseconds, rounded up; and one more, since the next minute may be busier.
pace_measure() {
	local worst=1 row took
	for row in starts:350 computes:300 commits:500; do
		took=$(pace_ms "pace_${row%:*}")
		took=$(((took + ${row#*:} - 1) / ${row#*:}))
		worst=$((took > worst ? took : worst))
	done
	worst=$((worst + 1))
	echo $((worst < PACE_MOST ? worst : PACE_MOST))
}

ZHUCUN_TEST_PATIENCE=${ZHUCUN_TEST_PATIENCE:-$(pace_measure)}
export ZHUCUN_TEST_PATIENCE

# Seconds to wait for what takes so many at most on a quiet machine.
patience() {            # seconds
	echo $(($1 * ZHUCUN_TEST_PATIENCE))
}
