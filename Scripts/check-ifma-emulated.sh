#!/bin/sh
# Executes the compiled kernels for AVX-512 IFMA where no processor has it: the programs of check-kernels.sh, as real
# machine code, in the emulator Bochs (see Tests/BareMetal/run.sh, which says what it needs; further clang and a static
# libsodium). Checks the compiler's instructions, which the emulation in plain C does not; measures nothing.
#
#   sh Scripts/check-ifma-emulated.sh [fewest | few]     fewest, three to four minutes, unless named
set -eu

cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# shellcheck disable=SC2046
"${CC:-clang}" -std=c11 -O2 -Wall -Wextra -Wconversion -Wno-sign-conversion -Werror -DCRISTRETTO_NO_AVX2 -static \
  -ISources/CRistretto/include Sources/CRistretto/*.c Tests/CRistrettoCheck/*.c \
  $(pkg-config --cflags --libs --static libsodium) -o "$out/check"
sh Tests/BareMetal/run.sh "$out/check" "${1-fewest}" | tee "$out/report"
# The checks succeed too where there is nothing to check.
grep -q '^AVX-512 IFMA' "$out/report" && grep -q '^points: ok' "$out/report" && grep -q '^exit status 0' "$out/report"
