#!/bin/sh
# Builds the C kernels apart from the package and checks them against libsodium and slow arithmetic, with the bounds
# of all limbs executed and under the address and undefined-behaviour sanitizers: emulated in plain C on every
# machine, and with the processor's own instructions, AVX-512 IFMA and AVX2, where it has them. Needs clang and
# libsodium; takes one or two minutes.
set -eu

cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# $1 is the name of the executable, the rest are flags.
compile() {
  name=$1
  shift
  mkdir "$out/$name.o"
  for file in Sources/CRistretto/*.c Sources/CRistretto/avx2/*.c Tests/CRistrettoCheck/*.c; do
    echo "$file -o $out/$name.o/$(echo "$file" | tr / _).o"
  done >"$out/files"
  # As many at a time as there are processors.
  # shellcheck disable=SC2046
  xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 ${CC:-clang} -std=c11 -Wall -Wextra -Wconversion \
    -Wno-sign-conversion -Werror -ISources/CRistretto/include "$@" $(pkg-config --cflags libsodium) \
    -c <"$out/files"
  # What some linkers say about the sanitizers is of no use unless they fail.
  # shellcheck disable=SC2046
  ${CC:-clang} "$@" "$out/$name.o"/*.o $(pkg-config --libs libsodium) -o "$out/$name" 2>"$out/linker" ||
    { cat "$out/linker" >&2; exit 1; }
}

has() {
  grep -qw "$1" /proc/cpuinfo 2>/dev/null
}

echo "Emulated, with bounds executed:"
compile emulated -O2 -DCRISTRETTO_EMULATED -DCRISTRETTO_CHECK
"$out/emulated" few

echo "Emulated, under sanitizers:"
compile emulated-sanitized -O1 -DCRISTRETTO_EMULATED -fsanitize=address,undefined -fno-sanitize-recover=all
"$out/emulated-sanitized" few

if has avx2 && has fma; then
  echo "AVX2, with bounds executed:"
  compile avx2 -O1 -DCRISTRETTO_NO_IFMA -DCRISTRETTO_CHECK
  "$out/avx2"

  # Unoptimised, because the sanitizers take minutes to optimise inlined vector code.
  echo "AVX2, under sanitizers:"
  compile avx2-sanitized -O0 -DCRISTRETTO_NO_IFMA -fsanitize=address,undefined -fno-sanitize-recover=all
  "$out/avx2-sanitized" few
fi

if has avx512ifma; then
  echo "AVX-512 IFMA, with bounds executed:"
  compile ifma -O2 -DCRISTRETTO_NO_AVX2 -DCRISTRETTO_CHECK
  "$out/ifma"

  echo "AVX-512 IFMA, under sanitizers:"
  compile ifma-sanitized -O0 -DCRISTRETTO_NO_AVX2 -fsanitize=address,undefined -fno-sanitize-recover=all
  "$out/ifma-sanitized" few
fi
