#!/bin/bash
# install.sh [test | build | console | image PACKAGE...] - what a fresh Debian 12 lacks for building and running; with `test` also
# what the tests need.  The image's three stages: only what building the programs needs; only what building the console needs; only
# what the programs built elsewhere need, and PACKAGEs.  CONSOLE=0: the console is not built, so nothing is installed for it.
#
# Asks for the command, header or module itself, never for a package: a machine may bring its own.  When nothing is missing
# it touches nothing and needs no network.  As root, or through sudo.
set -euo pipefail

missing=()
console=${CONSOLE:-1}

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
	need_module zlib zlib1g-dev     # which the one before says it needs, and does not bring
	need_module libargon2 libargon2-dev
}

# A node that is not Debian's may bring its npm.
need_for_console() {
	need_command node nodejs
	need_command npm npm
}

# The server, and what the scripts ask it and the API with.
need_for_serving() {
	need_server
	need_command psql postgresql-client-15
	need_command curl curl
}

need_for_running() {
	need_command jq jq              # the README's walk-through
}

# gcc brings its sanitizers; clang's fuzzer library is a package of its own.
need_for_testing() {
	need_module libcurl libcurl4-openssl-dev
	python3 -c 'import concurrent.futures, http.client, json' 2>/dev/null || missing+=(python3)     # its library is a package of its own
	need_command groff groff-base   # whether the man page is well formed
	need_command openssl openssl    # certificates for tests of HTTPS
	need_command clang clang
	need_command promtool prometheus        # its rules and its text, as Prometheus reads them
	need_for_console                # and the checkers of the API's document and of the compose file
	[ "$console" = 0 ] || need_command chromium chromium
	local fuzzer
	fuzzer=$(clang -print-file-name="libclang_rt.fuzzer-$(uname -m).a" 2>/dev/null || true)
	[ -e "$fuzzer" ] || missing+=(libclang-rt-dev)
	need_engine
}

# For docker-compose.yml: an engine that a test starts by itself, out of the machine's way (tests/harness/engine.sh).
need_engine() {
	local PATH=$PATH:/usr/sbin:/sbin
	need_command dockerd docker.io
	need_command docker docker.io
	need_command docker-compose docker-compose
	need_command debootstrap debootstrap
	need_command slirp4netns slirp4netns
	need_command ip iproute2
	need_command iptables iptables
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

# The packages of the engine and of Prometheus would start one, now and at each start of the machine; nobody has asked for that.
no_servers_running() {
	[[ " ${missing[*]} " =~ " docker.io "|" prometheus " ]] || return 0
	as_root mkdir -p /etc/systemd/system-preset
	echo 'disable docker.*
disable containerd.service
disable prometheus.service' | as_root tee /etc/systemd/system-preset/00-zhucun.preset >/dev/null
	[ -e /usr/sbin/policy-rc.d ] && return
	printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
	as_root chmod +x /usr/sbin/policy-rc.d
	unstarted=1
}

install_missing() {
	local quieted=0 unstarted=0 status=0
	echo "install.sh: installing ${missing[*]}" >&2
	as_root apt-get update -q >&2
	no_main_cluster
	no_servers_running
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 || status=$?
	[ "$quieted" = 0 ] || as_root rm -f /etc/postgresql-common/createcluster.d/zhucun.conf
	[ "$unstarted" = 0 ] || as_root rm -f /usr/sbin/policy-rc.d
	return "$status"
}

case ${1:-} in
build) need_for_building ;;
console) need_for_console ;;
image)
	need_for_serving
	missing+=("${@:2}")
	;;
*)
	need_for_building
	need_for_serving
	need_for_running
	[ "$console" = 0 ] || need_for_console
	[ "${1:-}" != test ] || need_for_testing
	;;
esac
[ ${#missing[@]} = 0 ] || install_missing
# What checks the published API document and the compose file.
[ "${1:-}" != test ] || for checker in openapi compose; do
	"$(dirname "$0")/packages.sh" "$(dirname "$0")/../tests/$checker"
done
