#!/bin/bash
# console.sh BUILD - BUILD/console, the files of the browser's console, from gateway/console.
#
# In: node and npm; the lock file says which packages, and once they are there no registry is asked.  BUILD/bin/gateway, when it
# can print the API's document: the types of its answers are made from it.  Out: BUILD/console with `files` written last.
# A build that is too heavy, or that an old browser could not read, fails here.
set -euo pipefail
build=$(cd -P "$1" && pwd)
cd "$(dirname "$0")/../gateway/console"

if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
	npm ci --ignore-scripts --no-audit --no-fund >&2
	touch node_modules/.package-lock.json
fi
node tools/states.mjs
node tools/terms.mjs
if "$build/bin/gateway" --openapi >"$build/openapi.json.new" 2>/dev/null && [ -s "$build/openapi.json.new" ]; then
	mv "$build/openapi.json.new" "$build/openapi.json"
	node_modules/.bin/openapi-typescript "$build/openapi.json" -o src/api/types.ts >&2
fi
rm -f "$build/openapi.json.new"
node_modules/.bin/tsc --noEmit
CONSOLE_OUT=$build/console node_modules/.bin/vite build --logLevel warn
for check in es2019 css79 finish budget; do
	node "tools/$check.mjs" "$build/console"
done
