#!/bin/bash
# payroll-proof.sh DISTRICT MONTH - whether ledger, payroll and bank file of a closed run say the same (rules.md §7 Proof).
#
# In: ZHUCUN_URL (http://127.0.0.1:8080), ZHUCUN_BOOTSTRAP_TOKEN (else $ZHUCUN_VAR/bootstrap-token).
# Out: a line; exits 1 when they differ, 2 when it cannot be told.  The file is summed here, line by line, as a bank would.
set -euo pipefail
# shellcheck source=deploy/paths.sh
. "$(dirname "$0")/paths.sh"
[ $# = 2 ] || { echo "usage: payroll-proof.sh DISTRICT MONTH" >&2; exit 2; }
token=${ZHUCUN_BOOTSTRAP_TOKEN:-$(<"$ZHUCUN_VAR/bootstrap-token")}
run=${ZHUCUN_URL:-http://127.0.0.1:8080}/api/v1/districts/$1/payrolls/$2

ask() {                 # what is asked; the token stands in no command line
	local answer
	answer=$(curl -sS --fail-with-body -H @<(printf 'Authorization: Bearer %s\n' "$token") "$run/$1") || { echo "$answer" >&2; exit 2; }
	printf '%s\n' "$answer"
}

# Fen of the column pay_fen, the last one.  Texts may hold commas, quotes and line ends: a record ends where quotes are even.
sum_lines() {
	awk '
		{ sub(/\r$/, ""); record = record $0; if (gsub(/"/, "\"", record) % 2) next }
		{ gsub(/"[^"]*"/, "", record); n = split(record, cell, ","); record = "" }
		records++ == 0 || cell[1] == "total" { next }
		{ sum += cell[n] }
		END { printf "%d\n", sum }'
}

proof=$(ask proof)
file_fen=$(ask 'export?format=csv' | sum_lines)
read -r ledger_fen payroll_fen unequal holds < <(
	jq -r '"\(.ledger_fen) \(.lines_fen) \(.persons_unequal) \(.holds and .total_fen == .lines_fen)"' <<<"$proof")
verdict=differ
[ "$holds" = true ] && [ "$ledger_fen" = "$payroll_fen" ] && [ "$payroll_fen" = "$file_fen" ] && verdict=equal
echo "$1 $2: ledger $ledger_fen, payroll $payroll_fen, bank file $file_fen fen, $unequal persons apart: $verdict"
[ "$verdict" = equal ]
