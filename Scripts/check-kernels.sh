#!/bin/sh
# Builds the C kernels apart from the package and checks them against libsodium and slow arithmetic: the field and the
# scalars at the bounds of their limbs, vectors of scalars, Keccak, decoding, encoding, every kind of sum, tables and
# folding. Needs clang and libsodium.
#
#   in full    five to ten minutes. The emulation of AVX-512 IFMA in plain C, on every machine, and the processor's own
#              instructions, AVX-512 IFMA and AVX2, where it has them: each once with the bounds of all limbs executed
#              and once under the address and undefined-behaviour sanitizers. With own instructions all sizes of sums
#              and all windows
#   --quick    about a minute. The emulation with bounds executed, and AVX2 (or IFMA, where there is no AVX2), both under
#              both sanitizers; the same checks, of fewer sizes and of windows up to 9 bits
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

sanitizers="-fsanitize=address,undefined -fno-sanitize-recover=all"

if [ "${1-}" = --quick ]; then
  echo "Emulated, with bounds executed, under sanitizers:"
  # shellcheck disable=SC2086
  compile emulated -O1 -DCRISTRETTO_EMULATED -DCRISTRETTO_CHECK $sanitizers
  "$out/emulated" fewest
  if has avx2 && has fma; then
    own="AVX2 -DCRISTRETTO_NO_IFMA"
  elif has avx512ifma; then
    own="IFMA -DCRISTRETTO_NO_AVX2"
  else
    exit
  fi
  echo "${own% *}, under sanitizers:"
  # shellcheck disable=SC2086
  compile own -O0 "${own#* }" $sanitizers
  "$out/own" fewest
  exit
fi

echo "Emulated, with bounds executed:"
compile emulated -O2 -DCRISTRETTO_EMULATED -DCRISTRETTO_CHECK
"$out/emulated" few

echo "Emulated, under sanitizers:"
# shellcheck disable=SC2086
compile emulated-sanitized -O1 -DCRISTRETTO_EMULATED $sanitizers
"$out/emulated-sanitized" few

if has avx2 && has fma; then
  echo "AVX2, with bounds executed:"
  compile avx2 -O1 -DCRISTRETTO_NO_IFMA -DCRISTRETTO_CHECK
  "$out/avx2"

  # Unoptimised, because the sanitizers take minutes to optimise inlined vector code.
  echo "AVX2, under sanitizers:"
  # shellcheck disable=SC2086
  compile avx2-sanitized -O0 -DCRISTRETTO_NO_IFMA $sanitizers
  "$out/avx2-sanitized" few
fi

if has avx512ifma; then
  echo "AVX-512 IFMA, with bounds executed:"
  compile ifma -O2 -DCRISTRETTO_NO_AVX2 -DCRISTRETTO_CHECK
  "$out/ifma"

  echo "AVX-512 IFMA, under sanitizers:"
  # shellcheck disable=SC2086
  compile ifma-sanitized -O0 -DCRISTRETTO_NO_AVX2 $sanitizers
  "$out/ifma-sanitized" few
fi
