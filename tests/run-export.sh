#!/bin/bash
# run-export.sh - a payroll of 5,000 people as CSV and XLSX, read back and compared with the run and the ledger; and the
# operator's proof of the same.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
passed=0 failed=0

try() {                 # what, a line wanted, exit status wanted, command...
	local said status=0
	said=$("${@:4}" 2>&1) || status=$?
	# shellcheck disable=SC2053 # it is a pattern
	if [ "$status" = "$3" ] && [[ $said == $2 ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1: exit $status: $said"
	fi
}

stack_up
# shellcheck source=deploy/paths.sh
. deploy/paths.sh
if ! python3 tests/export.py "$ZHUCUN_URL" "$ZHUCUN_BOOTSTRAP_TOKEN" "$(conninfo postgres zhucun)" >"$ZHUCUN_VAR/export.log"; then
	cat "$ZHUCUN_VAR/export.log"
	failed=1
fi
[[ $(tail -n 1 "$ZHUCUN_VAR/export.log") =~ ^([0-9]+)\ passed ]] && passed=${BASH_REMATCH[1]}
for month in 2017-08 2017-09; do
	try "the proof of $month" "511703 $month: ledger [0-9]*, payroll [0-9]*, bank file [0-9]* fen, 0 persons apart: equal" 0 deploy/payroll-proof.sh 511703 "$month"
done
try "a proof of what is not there" '*resource.unknown*' 2 deploy/payroll-proof.sh 511703 2017-01
# Somebody moves a fen from one person to another, past every service: the sums agree, the ledger does not.
(
	# shellcheck source=deploy/paths.sh
	. deploy/paths.sh
	psql -qX -v ON_ERROR_STOP=1 -c "update funding.payroll_line set pay_fen = pay_fen + case person_id when 'p00003' then 1 else -1 end
		where person_id in ('p00003', 'p00004') and month_day = '2017-08-01'" "$(conninfo postgres zhucun)"
)
try "the proof of a line that was tampered with" '*bank file [0-9]* fen, 2 persons apart: differ' 1 deploy/payroll-proof.sh 511703 2017-08
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
