#!/bin/bash
# bench.sh figures|growth|smoke - starts a private stack and a yardstick beside it, and measures both; build/bench.json.
set -euo pipefail
top=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/harness/stack.sh
. "$top/tests/harness/stack.sh"
cd "$top"
stack_up real
# shellcheck source=deploy/paths.sh
. deploy/paths.sh
export ZHUCUN_DB
ZHUCUN_DB=$(conninfo postgres zhucun)
python3 -B tests/bench/bench.py "$@"
