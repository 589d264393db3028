#!/bin/bash
# run-migrations.sh - a migration never changes, not by a letter: an installation that applied it would refuse the next version.
#
#   run-migrations.sh [--fill]      --fill adds what is new to tests/migrations.sha256; it never takes a line away nor changes one
set -euo pipefail
cd "$(dirname "$0")/.."
list=tests/migrations.sha256
passed=0 failed=0

check() {               # what, a command that finds fault by what it prints
	local said
	said=$("${@:2}")
	if [ -z "$said" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAIL %s:\n%s\n' "$1" "$said"
	fi
}
migrations() { printf '%s\n' lib/*/schema/*.sql services/*/schema/*.sql; }
changed() { LC_ALL=C sha256sum --check --quiet "$list" 2>&1 || true; }
unlisted() { comm -23 <(migrations | sort) <(awk '{ print $2 }' "$list" | sort); }
listed_twice() { awk '{ print $2 }' "$list" | sort | uniq -d; }

if [ "${1:-}" = --fill ]; then
	mapfile -t new < <(unlisted)
	[ ${#new[@]} = 0 ] || sha256sum "${new[@]}" >>"$list"
fi
check "a migration has changed, or is gone" changed
check "a migration is not in $list; tests/run-migrations.sh --fill adds it" unlisted
check "a migration is listed twice" listed_twice
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
