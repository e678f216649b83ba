#!/bin/sh
# Runs every fuzz target for some seconds each: Scripts/fuzz.sh 60 [target…]. Inputs are changed in the process itself,
# the same way for the same seed (SEED=2); memory is limited to 4 GiB. What is found stays as fuzz-<target>.input.
set -eu

seconds=${1:?usage: Scripts/fuzz.sh SECONDS [target…]}
shift
cd "$(dirname "$0")/.."
swift build -c release --product Fuzz
fuzz=$(swift build -c release --show-bin-path)/Fuzz
[ $# -gt 0 ] || set -- $("$fuzz" list)
ulimit -v 4194304
found=0
for target in "$@"; do
  "$fuzz" "$target" "$seconds" "${SEED:-1}" || { echo "$target: FOUND, see fuzz-$target.input"; found=1; }
done
exit $found
