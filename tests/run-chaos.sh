#!/bin/bash
# run-chaos.sh - a short storm (tests/chaos/storm.py): everything is killed, frozen, starved and failed over once, under load.
# `make chaos SEED=7 MINUTES=30 [KILLS=1000]` is a longer one.  Figures: build/chaos.json.
# alone: it measures, and takes all there is
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 tests/chaos/storm.py --seed "${SEED:-1}" --minutes "${MINUTES:-1}" --kills "${KILLS:-0}" \
	--districts "${DISTRICTS:-3}" --steps "${STEPS:-14}" --json build/chaos.json --keep build/chaos-logs
