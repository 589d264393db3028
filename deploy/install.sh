#!/bin/bash
# install.sh [test | build | image PACKAGE...] - what a fresh Debian 12 lacks for building and running; with `test` also what
# the tests need.  The image's two stages: only what building needs; only what the programs built elsewhere need, and PACKAGEs.
#
# Asks for the command, header or module itself, never for a package: a machine may bring its own.  When nothing is missing
# it touches nothing and needs no network.  As root, or through sudo.
set -euo pipefail

missing=()

need_command() {        # command package
	command -v "$1" >/dev/null || missing+=("$2")
}

need_module() {         # pkg-config module, package
	pkg-config --exists "$1" 2>/dev/null || missing+=("$2")
}

# PostgreSQL's server programs are not on the PATH of Debian.
need_server() {
	local bin
	for bin in /usr/lib/postgresql/*/bin/postgres; do
		[ -x "$bin" ] && return
	done
	command -v postgres >/dev/null || missing+=(postgresql-15)
}

need_for_building() {
	need_command gcc gcc
	[ -e /usr/include/stdlib.h ] || missing+=(libc6-dev)
	need_command make make
	need_command pkg-config pkg-config
	need_command protoc protobuf-compiler
	need_command protoc-c protobuf-c-compiler
	need_module libprotobuf-c libprotobuf-c-dev
	need_module libzmq libzmq3-dev
	need_module libpq libpq-dev
	need_module libmicrohttpd libmicrohttpd-dev
	need_module jansson libjansson-dev
	need_module libcrypto libssl-dev
	need_module xlsxwriter libxlsxwriter-dev
	need_module libargon2 libargon2-dev
}

# The server, and what the scripts ask it and the API with.
need_for_serving() {
	need_server
	need_command psql postgresql-client-15
	need_command curl curl
}

need_for_running() {
	need_command runsvdir runit
	need_command jq jq              # the README's walk-through
}

# gcc brings its sanitizers; clang's fuzzer library is a package of its own.
need_for_testing() {
	need_module libcurl libcurl4-openssl-dev
	python3 -c 'import concurrent.futures, http.client, json' 2>/dev/null || missing+=(python3)     # its library is a package of its own
	need_command clang clang
	need_command node nodejs
	need_command npm npm            # may come with a node that is not Debian's
	local fuzzer
	fuzzer=$(clang -print-file-name="libclang_rt.fuzzer-$(uname -m).a" 2>/dev/null || true)
	[ -e "$fuzzer" ] || missing+=(libclang-rt-dev)
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "install.sh: missing: ${missing[*]}; run as root, or install sudo" >&2
		exit 1
	fi
}

# The server package would make and start a cluster of its own on port 5432.  Said in a file that no package owns, so that
# dpkg has nothing to ask about, and only where the machine has not decided already (postgresql-common is there).
no_main_cluster() {
	[ -e /etc/postgresql-common ] && return
	as_root mkdir -p /etc/postgresql-common/createcluster.d
	echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/zhucun.conf >/dev/null
	quieted=1
}

install_missing() {
	local quieted=0 status=0
	echo "install.sh: installing ${missing[*]}" >&2
	as_root apt-get update -q >&2
	no_main_cluster
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 || status=$?
	[ "$quieted" = 0 ] || as_root rm -f /etc/postgresql-common/createcluster.d/zhucun.conf
	return "$status"
}

# What checks the published API document; the lock file says which versions.  Once there, nothing is asked of any registry.
install_checker() {
	local dir
	dir=$(cd -P "$(dirname "$0")/../tests/openapi" && pwd)
	[ ! "$dir/node_modules/.package-lock.json" -nt "$dir/package-lock.json" ] || return 0
	echo "install.sh: installing the packages of tests/openapi" >&2
	(cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund >&2 && touch node_modules/.package-lock.json)
}

case ${1:-} in
build) need_for_building ;;
image)
	need_for_serving
	missing+=("${@:2}")
	;;
*)
	need_for_building
	need_for_serving
	need_for_running
	[ "${1:-}" != test ] || need_for_testing
	;;
esac
[ ${#missing[@]} = 0 ] || install_missing
[ "${1:-}" != test ] || install_checker
