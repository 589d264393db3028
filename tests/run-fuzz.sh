#!/bin/bash
# run-fuzz.sh - each *_fuzz.c against its own module, some seconds of libFuzzer with the address and undefined sanitizers.
#
# In: ZHUCUN_FUZZ_RUNS (20000 inputs each), ZHUCUN_FUZZ_SEED (1).  An input that breaks something is left in build/fuzz/.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${ZHUCUN_TEST_BUILD:-build}
out=$build/fuzz
packages="libpq libzmq libmicrohttpd jansson libcrypto libprotobuf-c"
passed=0 failed=0
mkdir -p "$out"

build_one() {           # x_fuzz.c: with x.c made observable; the rest as it is
	# shellcheck disable=SC2046,SC2086 # words
	clang -std=gnu11 -O1 -g -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-Ilib -isystem "$build/gen" -I"$(dirname "$1")" $(pkg-config --cflags $packages) \
		-o "$out/$(basename "${1%.c}")" "$1" "${1%_fuzz.c}.c" "$build/libzhucun.a" $(pkg-config --libs $packages) -lm -pthread
}

for source in lib/*_fuzz.c services/*/*_fuzz.c gateway/*_fuzz.c; do
	name=$(basename "${source%.c}")
	if build_one "$source" &&
		"$out/$name" -runs="${ZHUCUN_FUZZ_RUNS:-20000}" -seed="${ZHUCUN_FUZZ_SEED:-1}" -timeout=20 -rss_limit_mb=2048 -max_len=4096 \
			-verbosity=0 -artifact_prefix="$out/" 2>"$out/$name.log"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $source"
		tail -n 30 "$out/$name.log" 2>/dev/null || true
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
