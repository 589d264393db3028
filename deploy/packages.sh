#!/bin/bash
# packages.sh DIR - DIR/node_modules as DIR's lock file says.  Once it is, nothing is asked of any registry: the lock file that
# it was made by lies in it, and a checkout's times do not count.  The lock file names no host, so npm asks the machine's own.
set -euo pipefail
cd "$1"
made_by=node_modules/.made-by
! cmp -s package-lock.json "$made_by" || exit 0
echo "packages.sh: installing the packages of $1" >&2
npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier >&2
cp package-lock.json "$made_by"
