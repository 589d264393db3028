#!/bin/bash
# run-bench.sh - the benchmark with a handful of people and no figures: everything that is sent is acknowledged, and what follows from it
# is as many rows as the stored procedure writes that the suite is compared with.
# alone: it measures
set -euo pipefail
cd "$(dirname "$0")/.."
exec tests/bench/bench.sh smoke
