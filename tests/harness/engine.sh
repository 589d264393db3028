# shellcheck shell=bash
# engine.sh - a container engine of a test's own; sourced by run-compose.sh.
#
# engine_enter COMMAND... runs it as the first process of pid, mount and network namespaces of its own: there the engine meets
# neither the machine's engine nor its firewall and ports, and all it started is gone when COMMAND ends, however it ends.  The
# way out, to Debian's packages only as far as we use it, is slirp4netns.  COMMAND calls engine_start, at the end engine_stop.
#
# Images lie in $ENGINE_CACHE, for the next run: the base image, made from the machine's own apt sources and made anew when
# they change, and what was built on it.  Nothing else is kept there.

ENGINE_CACHE=${ZHUCUN_ENGINE_CACHE:-/var/cache/zhucun-engine}
ENGINE_RELEASE=bookworm
ENGINE_BASE=debian:bookworm-slim
ENGINE_DNS=10.0.2.3                     # slirp4netns answers there, by the machine's own resolver

# A test that cannot be made here says so and does not count.
skip() {
	echo "skipped: $*"
	echo "0 passed, 0 failed"
	exit 0
}

# ---- outside

# The machine's Debian repositories, one a line, as apt has them.
engine_sources() {
	# shellcheck disable=SC2016 # for apt to expand
	apt-get indextargets --no-release-info --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v r="$ENGINE_RELEASE" '$3 == r || $3 == r "-updates" || $3 == r "-security"' | sort -u
}

# How it reaches them: proxies and the like.
engine_apt_settings() {
	apt-config dump | grep -E '^Acquire::(http|https|Check|Retries)' || true
}

engine_key() {
	{ engine_sources && engine_apt_settings; } | sha256sum | cut -d' ' -f1
}

# A file system that debootstrap makes, left in the cache for engine_start to import.
engine_bootstrap() {
	local root=$ENGINE_CACHE/root mirror
	[ "$(cat "$ENGINE_CACHE/base" 2>/dev/null)" != "$(engine_key)" ] || return 0
	mirror=$(engine_sources | awk -v r="$ENGINE_RELEASE" '$3 == r { print $2; exit }')
	[ -n "$mirror" ] || { echo "engine.sh: apt knows no repository of $ENGINE_RELEASE"; return 1; }
	rm -rf "$root" "$ENGINE_CACHE/base"
	debootstrap --variant=minbase --include=ca-certificates "$ENGINE_RELEASE" "$root" "$mirror" >"$ENGINE_CACHE/debootstrap.log" 2>&1 ||
		{ tail -n 5 "$ENGINE_CACHE/debootstrap.log"; return 1; }
	engine_sources >"$root/etc/apt/sources.list"
	engine_apt_settings >"$root/etc/apt/apt.conf.d/90machine"
	rm -f "$root"/var/cache/apt/archives/*.deb
}

# Cgroups outlive the processes that were in them, which take a moment to go.
engine_clear_cgroups() {        # parent
	local i
	for ((i = 0; i < 50; i++)); do
		find /sys/fs/cgroup -mindepth 1 -depth -type d -path "*/$1*" -exec rmdir {} + 2>/dev/null || true
		[ -n "$(find /sys/fs/cgroup -mindepth 1 -type d -name "$1" -print -quit)" ] || return 0
		sleep 0.1
	done
}

engine_enter() {
	local inner slirp status=0
	unshare --pid --mount --net --fork true 2>/dev/null || skip "no namespaces can be made here"
	[ -c /dev/net/tun ] || skip "there is no /dev/net/tun here"
	mkdir -p "$ENGINE_CACHE"
	exec 9>"$ENGINE_CACHE/lock"
	flock 9
	engine_bootstrap || return 1
	unset DOCKER_HOST DOCKER_CONTEXT "${!COMPOSE_@}"
	export ENGINE_CGROUP=zhucun-test-$$
	unshare --fork --pid --kill-child --mount --mount-proc --net -- "$@" 9>&- &
	inner=$!
	while [ "$(readlink "/proc/$inner/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do
		sleep 0.05
	done
	slirp4netns --configure --mtu=65520 --disable-host-loopback --netns-type=path "/proc/$inner/ns/net" tap0 >/dev/null 2>&1 9>&- &
	slirp=$!
	# shellcheck disable=SC2064 # these, as they are now
	trap "kill -KILL $inner $slirp 2>/dev/null; engine_clear_cgroups $ENGINE_CGROUP" EXIT
	wait "$inner" || status=$?
	return "$status"
}

# ---- inside

engine_answers() {
	local i
	for ((i = 0; i < $(patience 300); i++)); do
		! docker version >/dev/null 2>&1 || return 0
		kill -0 "$engine" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

engine_run() {
	dockerd --data-root "$ENGINE_CACHE/data" --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "$ENGINE_CGROUP" \
		--dns "$ENGINE_DNS" >/run/dockerd.log 2>&1 &
	engine=$!
	engine_answers
}

# Containers that a killed run left start again with the engine.
engine_empty() {
	docker ps -aq | xargs -r docker rm -f >/dev/null
	docker volume ls -q | xargs -r docker volume rm -f >/dev/null
	docker network prune -f >/dev/null
}

# What a killed run left in the cache can be in the way once.
engine_start() {
	local i
	mount --make-rprivate /
	mount -t tmpfs tmpfs /run
	ip link set lo up
	for ((i = 0; i < $(patience 100); i++)); do
		[ -z "$(ip -4 addr show tap0 2>/dev/null)" ] || break
		sleep 0.05
	done
	if ! engine_run; then
		rm -rf "$ENGINE_CACHE/data" "$ENGINE_CACHE/base"
		engine_run || skip "the engine does not start: $(tail -n 1 /run/dockerd.log)"
	fi
	if [ -d "$ENGINE_CACHE/root" ]; then
		tar -C "$ENGINE_CACHE/root" -c . | docker import - "$ENGINE_BASE" >/dev/null
		rm -rf "$ENGINE_CACHE/root"
		engine_key >"$ENGINE_CACHE/base"
	fi
	docker run --rm --network none "$ENGINE_BASE" true || skip "no container can be run here"
	engine_empty
}

# What was built in the last days stays, for what is built next.
engine_stop() {
	docker image prune -f --filter until=48h >/dev/null
	kill "$engine"
	wait "$engine" || true
}
