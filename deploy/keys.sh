#!/bin/bash
# keys.sh - the keys by which buses, services and the gateway know each other: what is missing is made, what is there is kept.
#
# In: the program build/bin/bus.
# Out, in $ZHUCUN_VAR/secrets: NAME.key, the secret key of the buses (bus.key), of each service, of the gateway; bus.pub, the buses'
# public key, which everybody must have; authorized-keys, what the buses go by: who may connect, and whose key it is.
# To change a key: remove its file, call this again, restart whose key it was (all, when it is the buses').  Whoever runs still
# knows the old list until a key comes that does not stand in it; to shut out at once whose key was removed, restart the buses.
set -euo pipefail
umask 077
# shellcheck source=deploy/paths.sh
. "$(dirname "$0")/paths.sh"
bus=$top/build/bin/bus

secret() {              # name
	local file=$SECRETS/$1.key
	[ ! -s "$file" ] || return 0
	"$bus" --genkey >"$file.new" && sync "$file.new" && mv "$file.new" "$file"
}

# In place of what was there when it differs: the buses look at the file's time.
put() {                 # file; text on standard input
	cat >"$1.new"
	if cmp -s "$1.new" "$1"; then
		rm "$1.new"
	else
		mv "$1.new" "$1"
	fi
}

public() {              # name
	"$bus" --pubkey <"$SECRETS/$1.key" || die "$SECRETS/$1.key is no key; remove it, and another is made"
}

authorized() {
	local name key
	echo "# who may connect to the buses, and by which key; deploy/keys.sh writes it"
	for name in gateway "${SERVICES[@]}"; do
		key=$(public "$name")
		echo "$name $key"
	done
}

mkdir -p "$SECRETS"
for name in bus gateway "${SERVICES[@]}"; do
	secret "$name"
done
bus_public=$(public bus)
list=$(authorized)
put "$SECRETS/bus.pub" <<<"$bus_public"
put "$SECRETS/authorized-keys" <<<"$list"
