#!/bin/sh
# Builds the C kernels apart from the package and checks them against libsodium and slow arithmetic: once with
# the bounds of all limbs executed, once under the address and undefined-behaviour sanitizers, unoptimised because
# these take minutes to optimise inlined vector code. Needs clang and libsodium; takes about a minute.
set -eu

cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

compile() {
  # shellcheck disable=SC2046
  ${CC:-clang} -std=c11 -Wall -Wextra -Wconversion -Wno-sign-conversion -Werror \
    -ISources/CRistretto/include "$@" \
    Sources/CRistretto/*.c Tests/CRistrettoCheck/*.c $(pkg-config --cflags --libs libsodium)
}

echo "With bounds executed:"
compile -O2 -DCRISTRETTO_CHECK -o "$out/bounds"
"$out/bounds"

echo "Under sanitizers:"
compile -O0 -fsanitize=address,undefined -fno-sanitize-recover=all -o "$out/sanitized"
"$out/sanitized" few
