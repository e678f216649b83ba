#!/bin/sh
# Checks the built library from outside: installed below a prefix, found by pkg-config, used from C99, C++17 and Rust.
set -eu
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
output=${SCRATCH:-$root/.build}/libsolvency
prefix=$output/prefix
rm -rf "$prefix"
make -s install-files PREFIX="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig" LD_LIBRARY_PATH="$prefix/lib"
work=$output/check
rm -rf "$work"
mkdir -p "$work"

# The interface is what it was: declarations, comments and layout apart. Anyone who changes one raises SOLVENCY_ABI_VERSION,
# or shows that no program that was built before notices, and writes the list anew with `sh check.sh --write`.
cc -E -P -x c Sources/SolvencyHeader/include/solvency.h | sed -n '/solvency/,$p' | tr -s ' \n' ' ' | sed 's/; */;\n/g' \
  | grep -v '__\(u\)\{0,1\}int' >"$work/abi"
grep '^#define SOLVENCY_[A-Z_]* [0-9]' Sources/SolvencyHeader/include/solvency.h | sed 's/ *\/\*.*//' >>"$work/abi"
if [ "${1:-}" = --write ]; then cp "$work/abi" abi.txt; fi
diff abi.txt "$work/abi" >&2 || { echo "the interface has changed; see check.sh" >&2; exit 1; }

# Nothing is exported but the header's functions, and all of those.
nm -D --defined-only "$prefix/lib/libsolvency.so.1" | awk '{print $3}' | sed 's/@.*//' | grep -v '^SOLVENCY_1$' | sort >"$work/exported"
grep -o '\bsolvency_[a-z_]*(' Sources/SolvencyHeader/include/solvency.h | tr -d '(' | sort -u >"$work/declared"
diff "$work/declared" "$work/exported" >&2 || { echo "header and exported names differ" >&2; exit 1; }
readelf -d "$prefix/lib/libsolvency.so.1" | grep -q 'soname.*libsolvency.so.1\]'
# Foundation would be a fourth of the library; nothing below it needs Foundation.
if grep -q FoundationEssentials "$prefix/lib/libsolvency.so.1"; then echo "Foundation is in the library" >&2; exit 1; fi

nm -g --defined-only "$prefix/lib/libsolvency.a" | awk 'NF == 3 {print $3}' | sort >"$work/static"
diff "$work/declared" "$work/static" >&2 || { echo "header and names of the static library differ" >&2; exit 1; }

flags=$(pkg-config --cflags --libs solvency)
warn='-Wall -Wextra -Wpedantic -Werror'
# Flags are words on purpose.
# shellcheck disable=SC2086
cc -std=c99 $warn Examples/verify.c $flags -o "$work/verify"
# shellcheck disable=SC2086
c++ -std=c++17 $warn Examples/batch.cpp $flags -o "$work/batch"
# shellcheck disable=SC2086
cc -std=c99 $warn Tests/prove.c $flags -o "$work/prove"
# shellcheck disable=SC2086
cc -std=c99 $warn Tests/misuse.c $flags -o "$work/misuse"

"$work/misuse"
# Within the validity of the example: 2026-02-05T22:00:00Z.
now=1770328800
"$work/prove" "$root/Examples/snapshot.json" "$root/Examples/book.json" "$root/circuits/portfolio-margin.circuit" "$now" \
  "$work/proof.json"
"$work/verify" "$root/Examples/snapshot.json" "$work/proof.json" "Example Bank" "$now" | grep -qx accepted
"$work/verify" "$root/Examples/snapshot.json" "$work/proof.json" "Another Bank" "$now" | grep -qx wrong-audience
# The same program with the library in it, and none to be found beside it. The linker's warning is of a function of the
# standard library that is never called.
# shellcheck disable=SC2046,SC2086
cc -std=c99 $warn Examples/verify.c $(pkg-config --static --cflags --libs solvency | sed 's/-lsolvency /-l:libsolvency.a /') \
  -o "$work/verify-static" 2>"$work/static-link" || { cat "$work/static-link" >&2; exit 1; }
if ldd "$work/verify-static" | grep -q libsolvency; then echo "the static example needs libsolvency.so" >&2; exit 1; fi
env -u LD_LIBRARY_PATH "$work/verify-static" "$root/Examples/snapshot.json" "$work/proof.json" "Example Bank" "$now" \
  | grep -qx accepted
sed 's/"sequence":0/"sequence":1/' "$work/proof.json" >"$work/altered.json"
"$work/batch" "$root/Examples/snapshot.json" "Example Bank" "$now" "$work/proof.json" "$work/altered.json" "$work/abi" \
  >"$work/verdicts" || [ $? -eq 2 ]
printf 'alice: accepted\nalice: proof-invalid\n: malformed\n' | diff - "$work/verdicts" >&2

if command -v rustc >/dev/null; then
  rustc --edition 2021 -O Examples/ranges.rs -L "$prefix/lib" -o "$work/ranges"
  "$work/ranges"
else
  echo "no rustc: the Rust example was not run"
fi
echo "libsolvency: C99, C++17, static, installed prefix, $(wc -l <"$work/exported") functions, interface 1"
