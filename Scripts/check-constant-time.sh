#!/bin/sh
# Checks that what is done with secrets branches and indexes by none of them: runs it under valgrind with the secrets
# marked as undefined. First the C kernels, as plain C (so on every machine) and with AVX2 where the processor has it;
# then what Swift does, with kernels and without. Each check also runs with a leak made on purpose, which must be
# reported. valgrind knows no AVX-512: of these kernels it sees the emulation, which is the same code but for the
# instructions. So their object code is looked at as well, where it can be made: in the files that handle secrets no
# instruction moves anything from a vector or a mask to a general register or to the flags, so nothing that was
# computed from a secret reaches a branch or an address, but for the offsets of gathers and scatters, which are
# constants (lanes_sequence).
#
#   --kernels   only the C kernels: half a minute
#   --timing    instead, measures whether the time of the kernels differs between classes of scalars (a minute)
#
# Needs clang and valgrind with its headers; says so and passes if valgrind is not there.
set -eu

cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
checks=Tests/ConstantTimeCheck

# $1 is the name of the executable, $2 the program, the rest are flags.
compile() {
  name=$1
  program=$2
  shift 2
  mkdir "$out/$name.o"
  for file in Sources/CRistretto/*.c Sources/CRistretto/avx2/*.c "$program"; do
    echo "$file -o $out/$name.o/$(echo "$file" | tr / _).o"
  done | xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 "${CC:-clang}" -std=gnu11 -Wall -Wextra -Werror -O2 \
    -ISources/CRistretto/include "$@" -c
  "${CC:-clang}" "$@" "$out/$name.o"/*.o -lm -o "$out/$name"
}

has() {
  grep -qw "$1" /proc/cpuinfo 2>/dev/null
}

if [ "${1-}" = --timing ]; then
  compile timing $checks/timing.c
  "$out/timing"
  exit
fi

if ! command -v valgrind >/dev/null || ! [ -e /usr/include/valgrind/memcheck.h ]; then
  echo "skipped: valgrind or its headers are not installed"
  exit 0
fi

# Runs a program under valgrind; what it reports is an error.
secretly() {
  valgrind -q --error-exitcode=9 "$@"
}

# The program must pass, and its leaks must be found.
check() {
  echo "$1:"
  shift
  secretly "$@"
  for leak in branch address; do
    status=0
    secretly "$@" $leak >"$out/log" 2>&1 || status=$?
    if [ $status -ne 9 ]; then
      cat "$out/log" >&2
      echo "a leak by $leak was not reported" >&2
      exit 1
    fi
  done
}

compile emulated $checks/kernels.c -DCRISTRETTO_EMULATED
check "Kernels in plain C" "$out/emulated"
if [ "$(uname -m)" = x86_64 ] && command -v objdump >/dev/null; then
  echo "Object code for AVX-512 IFMA:"
  for file in straus tables vectors; do
    "${CC:-clang}" -std=gnu11 -O2 -ISources/CRistretto/include -c Sources/CRistretto/$file.c -o "$out/$file.o"
    objdump -d --no-show-raw-insn "$out/$file.o" >"$out/$file.s"
    if ! grep -q vpmadd52luq "$out/$file.s"; then
      echo "$file.o has no code of this kind" >&2
      exit 1
    fi
    if grep -E 'kmov[bwdq] +%k[0-7],%[er]|kortest|ktest|vptest[[:space:]]|vmov[dq] +%xmm[0-9]+,%[er]|vpextr|movmsk|comis' \
      "$out/$file.s"; then
      echo "$file.o moves vectors to where branches and addresses come from" >&2
      exit 1
    fi
  done
  echo "nothing goes from a vector to a branch or an address"
fi
if has avx2 && has fma; then
  compile avx2 $checks/kernels.c -DCRISTRETTO_NO_IFMA
  check "Kernels for AVX2" "$out/avx2"
fi
[ "${1-}" = --kernels ] && exit

# Swift: a package of links, as the check is not part of the real one.
package="$out/package"
mkdir -p "$package/Sources" .build
for target in CSodium CGMP CRistretto CConstantTime ExactIntegers CanonicalBytes Ristretto Merlin ProofCore CircuitProofs \
  CircuitLanguage; do
  ln -s "$PWD/Sources/$target" "$package/Sources/$target"
done
ln -s "$PWD/$checks/Swift" "$package/Sources/ConstantTimeCheck"
ln -s "$PWD/$checks/SecretMarks" "$package/Sources/SecretMarks"
cat >"$package/Package.swift" <<'E2'
// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "solvency",
  targets: [
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium"),
    .systemLibrary(name: "CGMP", pkgConfig: "gmp"),
    .target(name: "CRistretto"),
    .target(name: "CConstantTime"),
    .target(name: "ExactIntegers", dependencies: ["CConstantTime", "CGMP"], swiftSettings: strict),
    .target(name: "CanonicalBytes", dependencies: ["ExactIntegers", "CSodium"], swiftSettings: strict),
    .target(
      name: "Ristretto", dependencies: ["CanonicalBytes", "CRistretto", "CConstantTime", "CSodium"], swiftSettings: strict),
    .target(
      name: "ProofCore", dependencies: ["Ristretto", "CanonicalBytes", "ExactIntegers"], swiftSettings: strict),
    .target(name: "Merlin", dependencies: ["Ristretto"], swiftSettings: strict),
    .target(
      name: "CircuitProofs",
      dependencies: ["ProofCore", "Merlin", "Ristretto", "CanonicalBytes", "ExactIntegers", "CConstantTime"],
      swiftSettings: strict),
    .target(
      name: "CircuitLanguage", dependencies: ["CircuitProofs", "Ristretto", "CanonicalBytes", "ExactIntegers"],
      swiftSettings: strict),
    .target(name: "SecretMarks"),
    .executableTarget(
      name: "ConstantTimeCheck", dependencies: ["CircuitLanguage", "ExactIntegers", "ProofCore", "Ristretto", "SecretMarks"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
E2
swift build --package-path "$package" --scratch-path .build/constant-time -c release -debug-info-format none \
  --product ConstantTimeCheck

# Inverting reveals whether the number is 0, by one branch: valgrind reports each place once.
check_swift() {
  executable=.build/constant-time/release/ConstantTimeCheck
  check "$1" "$executable"
  secretly "$executable" inverse >"$out/log" 2>&1 || true
  if [ "$(grep -c 'uninitialised' "$out/log")" -ne 1 ]; then
    cat "$out/log" >&2
    echo "inverting must reveal whether the number is 0, and nothing else" >&2
    exit 1
  fi
}

check_swift "Swift with the kernels that valgrind knows, if any"
SOLVENCY_PORTABLE=1
export SOLVENCY_PORTABLE
check_swift "Portable Swift"
