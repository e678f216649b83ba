#!/bin/sh
# Executes the compiled kernels for AVX-512 IFMA where no processor has it: as machine code, in the emulator Bochs (see
# Tests/BareMetal/run.sh for what that needs). The emulation in plain C of check-kernels.sh checks the algorithms; this
# checks what the compiler makes of them. It measures nothing: no time in it says anything about a processor.
#
#   sh Scripts/check-ifma-emulated.sh [fewest | few]
#       The programs of check-kernels.sh, in three or in six minutes of an idle processor. Needs clang and a static libsodium.
#
#   sh Scripts/check-ifma-emulated.sh command [EXECUTABLE]
#       The command itself, linked statically, in four minutes: it makes the known answers byte for byte, refuses the
#       published invalid proofs, and accepts a proof of margin that is made on this machine. Builds it in .build-static
#       unless an executable is named. Needs Swift's static libraries, and those of libsodium, GMP, zlib and SQLite.
set -eu

cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# The checks end well too where there is nothing to check, so what was checked is looked for.
emulate() {
  expected=$1
  shift
  sh Tests/BareMetal/run.sh "$@" | tee "$out/report"
  grep -q "$expected" "$out/report" && grep -q '^exit status 0' "$out/report"
}

if [ "${1-}" = command ]; then
  solvency=${2-.build-static/release/solvency}
  [ $# -gt 1 ] || swift build -c release --product solvency --scratch-path .build-static \
    --static-swift-stdlib -Xswiftc -static-executable
  strip "$solvency" -o "$out/solvency"
  emulate '^Sums and decoding by: AVX-512 IFMA' "$out/solvency" bench --quick --only group
  emulate '^All .* cases hold' "$out/solvency" vectors check vectors/circuit-proof/*.json
  snapshot=Examples/snapshot.json
  "$solvency" commit --book Examples/book.json --snapshot $snapshot -o "$out/account" --plain >"$out/log"
  "$solvency" prove --circuit portfolio-margin --snapshot $snapshot --opening "$out/account/account.opening" \
    --now 2026-03-01T00:00:00Z -o "$out/proof.json" >>"$out/log"
  emulate '^1 read: 1 accepted' "$out/solvency" verify "$out/proof.json" --snapshot $snapshot \
    --account "$out/account/account.json" --now 2026-03-01T00:01:00Z
  exit
fi

# shellcheck disable=SC2046
"${CC:-clang}" -std=c11 -O2 -Wall -Wextra -Wconversion -Wno-sign-conversion -Werror -DCRISTRETTO_NO_AVX2 -static \
  -ISources/CRistretto/include Sources/CRistretto/*.c Tests/CRistrettoCheck/*.c \
  $(pkg-config --cflags --libs --static libsodium) -o "$out/check"
emulate '^AVX-512 IFMA' "$out/check" "${1-fewest}"
