#!/bin/bash
# run-openapi.sh - the published OpenAPI document is valid, and what a real stack answers is as it says.
set -euo pipefail
# shellcheck source=tests/harness/stack.sh
. "$(dirname "$0")/harness/stack.sh"
cd "$top"
stack_up
node tests/openapi/check.mjs "$ZHUCUN_URL" "$ZHUCUN_BOOTSTRAP_TOKEN"
