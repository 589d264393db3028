#!/bin/bash
# run-fuzz.sh - each *_fuzz.c against its own module, some seconds of libFuzzer with the address and undefined sanitizers.
#
# In: ZHUCUN_FUZZ_RUNS (20000 inputs each), ZHUCUN_FUZZ_SECONDS (8 each at most), ZHUCUN_FUZZ_SEED (1).  An input that breaks something is
# left in build/fuzz/; mended, it belongs into tests/corpus/, whose files are what each begins with: seeds, and what once broke.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${ZHUCUN_TEST_BUILD:-build}
out=$build/fuzz
packages="libpq libzmq libmicrohttpd jansson libcrypto libprotobuf-c xlsxwriter"
passed=0 failed=0
mkdir -p "$out"
rm -f "$out/gateway.a"

# What else gateway tests link, uninstrumented: all of the gateway but its main, and what its tests stand on.
rest_of() {             # x_fuzz.c
	local object objects=()
	[[ $1 == gateway/* ]] || return 0
	for object in gateway/*/*.c tests/gateway/*.c; do
		case $object in
		*_test.c | *_fuzz.c) ;;
		*) objects+=("$build/${object%.c}.o") ;;
		esac
	done
	[ -e "$out/gateway.a" ] || ar qcs "$out/gateway.a" "${objects[@]}"
	echo "$out/gateway.a"
}

build_one() {           # x_fuzz.c: with x.c made observable, and what it names; the rest as it is
	# shellcheck disable=SC2046,SC2086 # words
	clang -std=gnu11 -O1 -g -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-Ilib -Igateway -Itests -isystem "$build/gen" -I"$(dirname "$1")" $(pkg-config --cflags $packages) \
		-o "$out/$(basename "${1%.c}")" "$1" "${1%_fuzz.c}.c" $(sed -n 's/^ \* Observed too: //p' "$1") \
		$(rest_of "$1") "$build/libzhucun.a" $(pkg-config --libs $packages) -lm -pthread
}

for source in lib/*/*_fuzz.c services/*/*_fuzz.c gateway/*/*_fuzz.c; do
	name=$(basename "${source%.c}")
	corpora=("$out/$name.found")            # what is new goes into the first
	[ ! -d "tests/corpus/${name%_fuzz}" ] || corpora+=("tests/corpus/${name%_fuzz}")
	rm -rf "${corpora[0]}"
	mkdir "${corpora[0]}"
	if build_one "$source" &&
		"$out/$name" -runs="${ZHUCUN_FUZZ_RUNS:-20000}" -max_total_time="${ZHUCUN_FUZZ_SECONDS:-8}" -seed="${ZHUCUN_FUZZ_SEED:-1}" \
			-timeout=20 -rss_limit_mb=2048 -max_len=4096 -verbosity=0 -artifact_prefix="$out/" "${corpora[@]}" 2>"$out/$name.log"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $source"
		tail -n 30 "$out/$name.log" 2>/dev/null || true
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
