#!/bin/bash
# setup.sh - the one-shot of docker-compose.yml that everything else waits for: secrets, then the schema.
#
# In: $secrets/postgres, which PostgreSQL has written: the migrator's passfile; ZHUCUN_BOOTSTRAP_TOKEN, ZHUCUN_CLOCK; the host
# `postgres`.
# Out: $secrets/<service>/pgpass, $secrets/operator/pgpass, and $secrets/gateway/bootstrap-token; of each of them and of the buses the secret key that keys.sh makes,
# and what is public: to each the buses' key, to the buses who may connect.  Each is a volume of its own, so that a service sees its own
# secrets and nobody else's.  Kept where they are; made anew where they are gone (migrate.sh then tells the database).
set -euo pipefail
umask 077
export ZHUCUN_VAR=/tmp/setup    # nothing that lies here outlives us
# shellcheck source=deploy/paths.sh
. "$(dirname "$0")/paths.sh"
secrets=/secrets
migrator="host=postgres dbname=zhucun user=migrator passfile=$secrets/postgres/migrator.pgpass connect_timeout=2"

put() {                 # from to: a secret in its place, whole or not at all
	cmp -s "$1" "$2" || { cp "$1" "$2.new" && mv "$2.new" "$2"; }
}

wait_for_database() {
	local i
	for ((i = 0; i < 600; i++)); do
		! psql -qAtX -c 'select 1' "$migrator" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	psql -qAtX -c 'select 1' "$migrator" >/dev/null || die "PostgreSQL does not answer"
}

passfiles_in() {
	local s
	mkdir -p "$SECRETS"
	for s in "${SERVICES[@]}" operator; do
		[ ! -s "$secrets/$s/pgpass" ] || cp "$secrets/$s/pgpass" "$SECRETS/$s.pgpass"
	done
}

passfiles_out() {
	local s
	for s in "${SERVICES[@]}" operator; do
		put "$SECRETS/$s.pgpass" "$secrets/$s/pgpass"
	done
}

keys_of() {             # name: where its keys are
	case $1 in
	gateway) echo "$secrets/gateway-key" ;; # the token, beside which they do not lie, is for others too
	*) echo "$secrets/$1" ;;
	esac
}

keys_in() {
	local name key
	for name in bus gateway "${SERVICES[@]}"; do
		key=$(keys_of "$name")/key
		[ ! -s "$key" ] || cp "$key" "$SECRETS/$name.key"
	done
}

# Who is known before who says who he is.
keys_out() {
	local name to
	put "$SECRETS/bus.key" "$secrets/bus/key"
	put "$SECRETS/authorized-keys" "$secrets/bus/authorized-keys"
	for name in gateway "${SERVICES[@]}"; do
		to=$(keys_of "$name")
		put "$SECRETS/bus.pub" "$to/bus.pub"
		put "$SECRETS/$name.key" "$to/key"
	done
}

# One that was given is used while it is given; the one made here is kept beside it.
token() {
	local own=$secrets/gateway/own-token
	[ -s "$own" ] || { random_secret >"$own.new" && mv "$own.new" "$own"; }
	if [ -n "${ZHUCUN_BOOTSTRAP_TOKEN:-}" ]; then
		[[ $ZHUCUN_BOOTSTRAP_TOKEN =~ ^[!-~]{32,512}$ ]] || die "ZHUCUN_BOOTSTRAP_TOKEN has 32 to 512 printable characters"
		own=$ZHUCUN_VAR/token
		printf '%s\n' "$ZHUCUN_BOOTSTRAP_TOKEN" >"$own"
	fi
	put "$own" "$secrets/gateway/bootstrap-token"
}

passfiles_in
token
keys_in
"$top/deploy/keys.sh"
keys_out
wait_for_database
"$top/deploy/migrate.sh" "$migrator"
passfiles_out
