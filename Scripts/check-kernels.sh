#!/bin/sh
# Builds the C kernels apart from the package and checks them against libsodium and slow arithmetic, with the bounds
# of all limbs executed and under the address and undefined-behaviour sanitizers: emulated in plain C on every
# machine, and with the processor's own instructions where it has them. Needs clang and libsodium; takes about a
# minute.
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

echo "Emulated, with bounds executed:"
compile -O2 -DCRISTRETTO_EMULATED -DCRISTRETTO_CHECK -o "$out/emulated"
"$out/emulated" few

echo "With bounds executed:"
compile -O2 -DCRISTRETTO_CHECK -o "$out/bounds"
"$out/bounds"

# Unoptimised, because the sanitizers take minutes to optimise inlined vector code.
echo "Under sanitizers:"
compile -O0 -fsanitize=address,undefined -fno-sanitize-recover=all -o "$out/sanitized"
"$out/sanitized" few
