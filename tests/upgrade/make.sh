#!/bin/bash
# make.sh COMMIT [FROM] - makes tests/upgrade/kept anew: what an installation of that version keeps, stopped half-way through work.
#
# In: COMMIT, of this repository; FROM, a checkout of it that is built already, else one is made and built in a scratch
# directory.  This checkout's build/tests/scenarios/scenario_test and the *.scn beside this file.
# Out, in kept/, for tests/run-upgrade.sh:
#   dump.folded     the logins and the whole database, as plain SQL (fold.py)
#   answers.folded  what that version answered to all that can be asked (answers.py), before it was stopped
#   names           what the scripts have saved: ids, and the tokens of sessions
#   secrets/        the logins' passfiles; made for this, and good for nothing else
#   version         COMMIT
# What is random in it, such as ids of traces and salts of passwords, is other each time.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD kept=$PWD/tests/upgrade/kept
commit=$(git rev-parse "$1^{commit}")
# shellcheck source=tests/harness/stack.sh
. tests/harness/stack.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-upgrade-XXXXXX")
trap 'stack_down; rm -rf "$work" "${ZHUCUN_VAR:-$work}"' EXIT
districts=(511700)      # and those of the random histories
export ZHUCUN_TEST_NAMES=$work/names

built() {
	top=${2:-$work/old}
	[ -z "${2:-}" ] || return 0
	mkdir -p "$top"
	git archive "$commit" | tar -x -C "$top"
	make -s -C "$top" -j"$(nproc)" all >&2
}
play() {                # script district
	ZHUCUN_DISTRICT=$2 "$here/build/tests/scenarios/scenario_test" "$here/tests/upgrade/$1.scn"
}
random_histories() {
	python3 "$top/tests/outside/main.py" --url "$ZHUCUN_URL" --token "$ZHUCUN_BOOTSTRAP_TOKEN" --start 2018-01-15T09:00:00+08:00 --seed 2 --districts 2 --only 1 --persons 2 --steps 28 2>"$work/talk"
	cat "$work/talk" >&2
	mapfile -t -O 1 districts < <(superuser "select district from engine.district where district <> '511700' order by 1")
}
superuser() {
	psql -qAtX "$(conninfo postgres zhucun)" -c "$1"
}
is_true() {             # seconds sql
	local end=$((SECONDS + $1))
	until [ "$(superuser "select $2")" = t ]; do
		((SECONDS < end)) || { echo "make.sh: it did not come to that: $2" >&2 && return 1; }
		sleep 0.05
	done
}

# Two services are away, and a third reads but cannot write what follows: it tries again, and again.
stop_half_way() {
	local name all
	play halfway 511799
	for name in alerts funding; do
		touch "$RUN/services/$name/down"
		kill "$(cat "$RUN/services/$name/pid")"
	done
	psql -qX "$(conninfo postgres zhucun)" -c 'begin; lock accountability.measure in share mode; select pg_sleep(600)' >/dev/null 2>&1 &
	is_true 10 "exists (select from pg_locks where relation = 'accountability.measure'::regclass and mode = 'ShareLock')"
	play left 511799
	is_true 60 "exists (select from engine.work where service = 'accountability')"
	# all at once, as a machine that loses power
	mapfile -t all < <(pgrep -P "$stack"; cat "$RUN"/services/*/pid)
	kill -KILL "$stack" "${all[@]}" 2>/dev/null || true
	wait "$stack" 2>/dev/null || true
	stack=
}

# Rows in order, and without what pg_dump says to readers.
tidy() {
	sed -E '/^--( (Name|Data for Name|PostgreSQL|Dumped|TOC|Roles|User)\b.*)?$/d; /^\\(un)?restrict /d' | cat -s |
		awk '/^COPY .* FROM stdin;$/ { print; fflush(); rows = 1; next } rows && /^\\\.$/ { close(sort); print; fflush(); rows = 0; next }
			rows { print | sort; next } { print; fflush() }' sort='LC_ALL=C sort'
}

dump() {
	"$top/deploy/postgres.sh" start
	pg_dumpall --roles-only -d "$(conninfo postgres postgres)" | grep -vE '^(CREATE|ALTER) ROLE (postgres|migrator)\b'
	pg_dump --create "$(conninfo postgres zhucun)"
	"$top/deploy/postgres.sh" stop
}

built "$@"
stack_up
# shellcheck source=deploy/paths.sh
. "$top/deploy/paths.sh"
play early 511700
stack_stop              # as an operator stops it
stack_start
random_histories
play late 511700
python3 tests/upgrade/answers.py ask "$ZHUCUN_URL" "$ZHUCUN_BOOTSTRAP_TOKEN" "${districts[@]}" >"$work/answers"
history_holds
stop_half_way
dump >"$work/dump.sql"
rm -rf "$kept"
mkdir -p "$kept/secrets"
tidy <"$work/dump.sql" | python3 tests/upgrade/fold.py fold >"$kept/dump.folded"
python3 tests/upgrade/fold.py fold <"$work/answers" >"$kept/answers.folded"
cp "$SECRETS"/*.pgpass "$kept/secrets/"
cp "$work/names" "$kept/"
echo "$commit" >"$kept/version"
du -bc "$kept"/* >&2
