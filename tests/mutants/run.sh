#!/bin/bash
# run.sh - `make mutants`: every mutant of tests/mutants/list must be found by its test.
#
# In: ZHUCUN_MUTANTS, a regular expression: which ones (tests/mutants/mutants.py tells it, and ZHUCUN_MUTANTS_SOME).
# Out: a line for each, and `N passed, N failed`.
# Nothing here is touched: the files of the checkout, with what is not committed yet, and what has been built of them, are copied to
# a directory that is gone afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/harness/pace.sh
. tests/harness/pace.sh
copy=$(mktemp -d "${TMPDIR:-/tmp}/zhucun-mutants-XXXXXX")
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -p build
tar --exclude=./.git --exclude='./build-*' --exclude='./var*' --exclude=node_modules -cf - . | tar -C "$copy" -xf -
cd "$copy"
ulimit -c 0
if [ -n "${ZHUCUN_MUTANTS_SOME:-}" ]; then
	tests/mutants/mutants.py
else
	ZHUCUN_MUTANTS_TELL=3 ZHUCUN_TEST_SCRIPTS=0 deploy/test.sh build tests/mutants/mutants.py 3>&1
fi
