# shellcheck shell=bash
# paths.sh - where everything of one stack lies; sourced by the other scripts, which run in bash with `set -u`.
#
# In: ZHUCUN_VAR (`var`).  Out: ZHUCUN_VAR made absolute and exported, and the variables below.
# Several stacks share a checkout: nothing but build/ is theirs together.

# shellcheck disable=SC2034 # used by those who source this
{
top=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mapfile -t SERVICES < <("$top/services/list")
BUSES=(bus-1 bus-2)
PROGRAMS=$top/${ZHUCUN_BUILD:-build}/bin          # ZHUCUN_BUILD: as another build made them, for tests

# Without symbolic links, so that one directory has one name: sockets and the sweep of leftovers are found by it.
ZHUCUN_VAR=$(realpath -m -- "${ZHUCUN_VAR:-$top/var}")
export ZHUCUN_VAR

CLUSTER=$ZHUCUN_VAR/postgres    # PostgreSQL's data directory
SECRETS=$ZHUCUN_VAR/secrets     # passfiles, one per login that the stack made
LOGS=$ZHUCUN_VAR/log
RUN=$ZHUCUN_VAR/run             # a directory for each process: remade at each start

# Socket paths end at 107 bytes, however long ZHUCUN_VAR is.
SOCKETS=/tmp/zhucun-$(printf %s "$ZHUCUN_VAR" | sha256sum | head -c 12)
PG_SOCKETS=$SOCKETS/postgres    # of the unprivileged user that PostgreSQL runs as
BUS_SOCKETS=$SOCKETS/bus
}

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# A directory in /tmp that must be ours: a stranger could have made it first.
own_directory() {       # path mode [owner]
	mkdir -m "$2" "$1" 2>/dev/null || [ -d "$1" ] || die "cannot make $1"
	if [ -L "$1" ] || { [ ! -O "$1" ] && [ "$(stat -c %U "$1")" != "${3:-}" ]; }; then
		die "$1 belongs to somebody else; remove it"
	fi
	[ -z "${3:-}" ] || chown "$3" "$1"
	chmod "$2" "$1"
}

# libpq conninfo of a login of this stack; ZHUCUN_VAR may have spaces and quotes in it.
conninfo() {            # role database [passfile]
	local file=${3:-$SECRETS/$1.pgpass}
	file=${file//\\/\\\\}
	echo "host=$PG_SOCKETS dbname=$2 user=$1 passfile='${file//\'/\\\'}' application_name=$1"
}

# 256 random bits that need no quoting anywhere.
random_secret() {
	od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'
}
