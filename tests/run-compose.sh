#!/bin/bash
# run-compose.sh - docker-compose.yml for real: built and run by an engine of the test's own.  The scenarios over HTTP; what an
# operator would look at; --scale to three of each and back under load, with processes killed and one frozen; down, and up again
# with the data.
set -euo pipefail
top=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tests/harness/engine.sh
. "$top/tests/harness/engine.sh"
# shellcheck source=tests/harness/pace.sh
. "$top/tests/harness/pace.sh"
# shellcheck source=deploy/paths.sh
. "$top/deploy/paths.sh"
cd "$top"
passed=0 failed=0 failures=

if [ "${1:-}" != inside ]; then
	if [ "$(id -u)" != 0 ]; then
		sudo -n true 2>/dev/null || skip "an engine wants root"
		exec sudo -n --preserve-env=ZHUCUN_TEST_BUILD,ZHUCUN_TEST_PATIENCE,ZHUCUN_ENGINE_CACHE "$0" "$@"
	fi
	engine_enter "$0" inside
	exit
fi

check() {               # what command... ; says how long it took, and of one that failed what it wrote
	local what=$1 said began=$SECONDS
	shift
	if said=$("$@" 2>&1); then
		passed=$((passed + 1))
		printf 'ok   %3d s  %s\n' $((SECONDS - began)) "$what"
	else
		failed=$((failed + 1))
		failures+=$(printf 'FAIL %3d s  %s' $((SECONDS - began)) "$what")$'\n'$(tail -n 30 <<<"$said")$'\n'
		printf 'FAIL %3d s  %s\n' $((SECONDS - began)) "$what"
	fi
}
says() {                # pattern command... ; whether it succeeds or not
	local pattern=$1 said
	shift
	said=$("$@" 2>&1) || true
	grep -qE "$pattern" <<<"$said" || { echo "$said"; return 1; }
}

# ---- the stack

export COMPOSE_PROJECT_NAME=zhucun-test ZHUCUN_CLOCK=manual ZHUCUN_SAMPLE=0
ZHUCUN_BOOTSTRAP_TOKEN=$(random_secret)
export ZHUCUN_BOOTSTRAP_TOKEN ZHUCUN_URL=http://127.0.0.1:8080
export ZHUCUN_VAR=/var/lib/zhucun       # in every container's environment: by it processes to be killed are found
build=${ZHUCUN_TEST_BUILD:-build}

compose() {
	docker-compose --ansi never "$@" 2>&1
}
inside() {              # service command...
	docker exec "${COMPOSE_PROJECT_NAME}_$1_1" "${@:2}" 2>&1
}
ask() {                 # method path
	curl -s --noproxy '*' -m "$(patience 20)" -X "$1" -H "Authorization: Bearer $ZHUCUN_BOOTSTRAP_TOKEN" "$ZHUCUN_URL/api/v1$2"
}

until_true() {          # seconds (of a quiet machine) command...
	local end=$((SECONDS + $(patience "$1")))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || { "$@"; return 1; }
		sleep 0.2
	done
}
is_ready() {
	[ "$(curl -s --noproxy '*' -m 5 -o /dev/null -w '%{http_code}' "$ZHUCUN_URL/readyz")" = 200 ]
}
stack_up() {            # more for `up`
	compose up -d "$@" && until_true 60 is_ready
}
# What a network keeps of a container that was killed and went meanwhile is the engine's slip ("has active endpoints").
networks_clear() {
	local net name
	for net in $(docker network ls -q --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME"); do
		for name in $(docker network inspect -f '{{range .Containers}}{{.Name}} {{end}}' "$net"); do
			docker network disconnect -f "$net" "$name" || true
		done
	done
}
stack_down() {          # more for `down`; refused once, an operator looks, mends and asks again
	! compose down -t 10 "$@" || return 0
	docker ps -a
	networks_clear
	compose down -t 10 "$@"
}
stack_away() {
	stack_down -v
}

# ---- the file

# At the end, so that the last lines have what went wrong.
sum_up() {
	printf '%s%s passed, %s failed\n' "$failures" "$passed" "$failed"
	[ "$failed" = 0 ]
}

parses() {
	docker-compose config -q && ! grep -qE '^(version|name|include):' docker-compose.yml
}

# ---- scenarios

# One whose clock stands still shares the stack with others, in a district of its own; one that moves it needs a stack that begins
# anew, so of those there are some here: all run in run-processes.sh.
moves_clock() {
	grep -q '^clock' "$1"
}
scenario() {            # script district
	ZHUCUN_DISTRICT=$2 "$build/tests/scenarios/scenario_test" "$1"
}

scenarios_together() {
	local script
	for script in tests/scenarios/*.scn; do
		moves_clock "$script" || { districts+=($((++district))) && check "$script" scenario "$script" "$district"; }
	done
}
scenarios_apart() {
	local script
	for script in "$@"; do
		check "up for $script" stack_up
		check "$script" scenario "tests/scenarios/$script.scn" 511700
		check "down after $script" stack_away
	done
}

# ---- what an operator looks at

confined() {
	local id line
	for id in $(docker ps -aq); do
		line=$(docker inspect -f '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}}
			{{.HostConfig.SecurityOpt}} {{.HostConfig.Privileged}} {{.HostConfig.PidMode}}' "$id" | tr -s ' \n\t' ' ')
		[ "$line" = '10001:10001 true [ALL] [] [no-new-privileges:true] false ' ] || { echo "$line"; return 1; }
	done
}
# shellcheck disable=SC2046 # ids
published() {           # what the machine's addresses are bound to
	docker inspect -f '{{range $p, $b := .HostConfig.PortBindings}}{{range $b}}{{.HostIp}}:{{.HostPort}} {{end}}{{end}}' $(docker ps -q) | tr -d '\n'
}
only_loopback() {
	[ "$(published)" = '127.0.0.1:8080 ' ] || { published; return 1; }
}
powerless() {           # the process itself, as the kernel sees it
	inside roster grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/1/status | tr -s '\t\n' ' ' | tee /dev/stderr |
		grep -qx 'Uid: 10001 10001 10001 10001 CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 Seccomp: 2 '
}
writes_nothing() {      # the whole file system but /tmp
	says Read-only inside "$1" touch /opt/zhucun/x && inside "$1" sh -c 'touch /tmp/x && rm /tmp/x'
}
holds() {               # service files: all that it is shown of secrets
	local files
	files=$(inside "$1" sh -c 'cd /secrets && find * -type f | sort | tr "\n" " "')
	[ "$files" = "$2 " ] || { echo "$1 has $files"; return 1; }
}
own_secrets_only() {
	holds roster 'roster/bus.pub roster/key roster/pgpass' && says Read-only inside roster touch /secrets/roster/x &&
		holds gateway 'gateway-key/bus.pub gateway-key/key gateway/bootstrap-token gateway/own-token' &&
		holds bus-1 'bus/authorized-keys bus/key'
}
# shellcheck disable=SC2046
no_tokens_in_sight() {  # of a process that runs, that is: in its environment or command line
	! docker inspect -f '{{.Config.Env}} {{.Config.Cmd}}' $(docker ps -q) | grep -q "$ZHUCUN_BOOTSTRAP_TOKEN"
}
sql_as() {              # service database-login sql
	inside "$1" sh -c "psql -qAtX -c \"$3\" \"host=postgres dbname=zhucun user=$2 passfile=/secrets/$1/pgpass\""
}
own_schema_only() {
	says '^1$' sql_as roster roster 'select 1' && says 'permission denied' sql_as roster roster 'table funding.event' &&
		says 'permission denied|read-only' sql_as roster roster_reader 'create table x ()'
}
no_superuser_from_outside() {
	says 'pg_hba.conf rejects' sql_as roster postgres 'select 1'
}
no_way_out() {          # of the backend; what the build has just reached is not reached from there
	local there
	there=$(engine_sources | awk '{ print $2; exit }')
	! inside roster curl -s -m 3 -o /dev/null "$there" && [ "$(docker network inspect -f '{{.Internal}}' zhucun-test_backend)" = true ]
}
all_healthy() {
	[ "$(docker ps --filter health=healthy -q | wc -l)" = 11 ] || { docker ps; return 1; }
}
one_shots_ended() {
	[ "$(docker inspect -f '{{.State.ExitCode}}' zhucun-test_setup_1 zhucun-test_sample_1 | tr '\n' ' ')" = '0 0 ' ]
}

look() {
	check "every container is confined" confined
	check "only loopback is published" only_loopback
	check "a process has no power" powerless
	for service in roster gateway postgres bus-1; do
		check "$service writes nothing but /tmp" writes_nothing "$service"
	done
	check "a container sees its own secrets" own_secrets_only
	check "no token in environments" no_tokens_in_sight
	check "a login reaches its own schema" own_schema_only
	check "the superuser is not let in from the network" no_superuser_from_outside
	check "the backend has no way out" no_way_out
	check "one-shots have ended well" one_shots_ended
	check "the operator's command finds nothing wrong" compose run --rm --no-deps -T ctl verify
	check "all are healthy" until_true 60 all_healthy
}

# ---- scaling, under load

load() {                # until $stop is there; every history is judged
	local seed=1
	until [ -e "$stop" ]; do
		python3 tests/outside/main.py --url "$ZHUCUN_URL" --token "$ZHUCUN_BOOTSTRAP_TOKEN" --seed "$seed" --districts 3 --persons 3 \
			--steps 28 --without "$without" || return 1
		seed=$((seed + 1))
	done
}
scale() {               # number
	local s scales=()
	for s in "${SERVICES[@]}"; do
		scales+=(--scale "$s=$1")
	done
	compose up -d "${scales[@]}"
}
owners() {              # of the partitions of the districts here: "service number of owners"
	local d
	for d in "${districts[@]}"; do
		ask GET "/districts/$d/progress" | jq -r '.services[] | select(.owner) | "\(.service) \(.owner)"'
	done | sort -u | cut -d' ' -f1 | sort | uniq -c | awk '{ print $2, $1 }'
}
shared_by() {           # least most: each service's partitions have so many owners
	[ "$(owners | awk -v least="$1" -v most="$2" '$2 >= least && $2 <= most' | wc -l)" = ${#SERVICES[@]} ] || { owners; return 1; }
}
pid_of() {              # service
	docker inspect -f '{{.State.Pid}}' "zhucun-test_$1_1"
}
feels_ill() {           # service program
	! inside "$1" "$2" --health
}
frozen_is_seen() {      # a bus that hangs; the other takes its traffic
	local pid
	pid=$(pid_of bus-2)
	kill -STOP "$pid"
	until_true 40 feels_ill bus-2 bus && kill -CONT "$pid" && until_true 20 inside bus-2 bus --health
}
killed_comes_again() {  # service: docker starts it, without anybody's help
	local pid
	pid=$(pid_of "$1")
	kill -KILL "$pid"
	until_true 60 restarted "$1" "$pid" && until_true 60 is_ready
}
restarted() {           # service old-pid
	local pid
	pid=$(pid_of "$1")
	[ "$pid" != 0 ] && [ "$pid" != "$2" ]
}
settled() {
	local d
	for d in "${districts[@]}"; do
		[ "$(ask GET "/districts/$d/progress" | jq .lag)" = 0 ] || return 1
	done
}

scale_under_load() {
	local loading
	stop=/run/stop
	load >/run/load.log 2>&1 &
	loading=$!
	check "three of each" scale 3
	check "they share the work" until_true 60 shared_by 2 3
	check "a bus that hangs is seen to" frozen_is_seen
	for service in funding gateway postgres; do
		check "$service is killed and comes again" killed_comes_again "$service"
	done
	check "one of each" scale 1
	check "it has all the work" until_true 60 shared_by 1 1
	touch "$stop"
	loaded=0
	wait "$loading" || loaded=$?
	check "nothing was lost or doubled meanwhile" [ "$loaded" = 0 ]
	grep -E '^(DIFFERENT|[0-9]+ passed)' /run/load.log || tail -n 5 /run/load.log
	check "all is settled" until_true 30 settled
}

# ---- what is kept

picture() {             # what clients see of the districts
	local d
	for d in "${districts[@]}"; do
		for list in persons postings findings recalls alerts policy; do
			ask GET "/districts/$d/$list"
		done
		ask GET "/districts/$d/progress" | jq -c '[.lag, (.services | sort_by(.service) | map([.service, .head]))]'
	done
}
same_picture() {
	diff <(echo "$before") <(picture)
}
block_of() {            # heading: the first block of commands under it, in docs/operating.md
	awk -v h="$1" '$0 == h { in_it = 1; next } in_it && /^```/ { if (code) exit; code = 1; next } code' docs/operating.md
}
documented() {          # heading
	local commands
	commands=$(block_of "$1")
	[ -n "$commands" ] || { echo "docs/operating.md has no commands under $1"; return 1; }
	(cd /run && COMPOSE_FILE=$top/docker-compose.yml bash -euo pipefail -c "$commands")
}

data_stays() {
	before=$(picture)
	check "down" stack_down
	unset ZHUCUN_BOOTSTRAP_TOKEN
	check "up again" stack_up
	ZHUCUN_BOOTSTRAP_TOKEN=$(documented "### The operator's token, docker-compose") || true
	check "with the data, and a token of its own making" same_picture
}

key_changes() {
	local old
	old=$(inside roster cat /secrets/roster/key)
	check "a key is changed" documented "### Changing a key, docker-compose"
	check "all are ready with it" until_true 60 is_ready
	check "it is another" [ "$(inside roster cat /secrets/roster/key)" != "$old" ]
	check "nobody is refused" says '^0$' refused
}
refused() {             # how often the buses have, since they started
	compose logs --no-color --no-log-prefix --tail=100 bus-1 bus-2 | grep -cE '"event":"(peer|sender).refused"' || true
}

back_from_a_backup() {
	check "backup" documented "### Backup, docker-compose"
	check "everything is lost" stack_away
	check "restore" documented "### Restore, docker-compose"
	check "ready after the restore" until_true 60 is_ready
	ZHUCUN_BOOTSTRAP_TOKEN=$(documented "### The operator's token, docker-compose") || true
	check "the backup has everything" same_picture
}

# As it comes: nothing set, so with the real clock, the sample district, and a token made here.
as_it_comes() {
	unset ZHUCUN_BOOTSTRAP_TOKEN ZHUCUN_CLOCK ZHUCUN_SAMPLE
	check "up, with nothing set" stack_up
	check "the sample district is loaded" until_true 120 sample_loaded
	ZHUCUN_BOOTSTRAP_TOKEN=$(documented "### The operator's token, docker-compose") || true
	check "it has people" says '"id":"cadre-01"' ask GET /districts/511703/persons/cadre-01
	check "they can log in" documented "### The sample district's accounts, docker-compose"
	check "up once more changes nothing" stack_up
}
sample_loaded() {
	[ "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' zhucun-test_sample_1)" = 'exited 0' ]
}

district=511700 districts=()
without=$(sed -n 's/^without=\([^ ]*\).*/\1/p' tests/run-outside.sh)       # what is not served yet
engine_start
check "docker-compose reads the file" parses
check "it is as the compose specification says" /usr/bin/python3 tests/compose/spec.py
check "the image is built" compose build
[ "$failed" = 0 ] || sum_up
scenarios_apart 20-alerts 30-payroll 40-recall
check "up" stack_up
scenarios_together
look
scale_under_load
data_stays
key_changes
back_from_a_backup
check "down" stack_away
as_it_comes
check "down at last" stack_away
engine_stop
sum_up
