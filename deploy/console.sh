#!/bin/bash
# console.sh BUILD - BUILD/console, the files of the browser's console, from gateway/console.
#
# In: node 18 or later, and npm; BUILD/openapi.json, the API's document as the gateway prints it: types are made from it.  Out:
# BUILD/console, whose `files` is written last.  A build that is too heavy, or that an old browser could not read, fails here.
set -euo pipefail
build=$(cd -P "$1" && pwd)
cd "$(dirname "$0")/.."
node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' ||
	{ echo "console.sh: the console wants node 18 or later; CONSOLE=0 leaves it out" >&2; exit 1; }
deploy/packages.sh gateway/console
cd gateway/console
node tools/states.mjs
node tools/terms.mjs
node_modules/.bin/openapi-typescript "$build/openapi.json" -o src/api/types.ts >/dev/null
node tools/served.mjs "$build/openapi.json"
node_modules/.bin/tsc --noEmit
rm -f "$build/console/files"
CONSOLE_API=$build/openapi.json CONSOLE_OUT=$build/console node_modules/.bin/vite build --logLevel warn
for check in es2019 css79 finish budget; do
	node "tools/$check.mjs" "$build/console" || { rm -f "$build/console/files"; exit 1; }
done
