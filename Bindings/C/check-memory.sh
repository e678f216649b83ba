#!/bin/sh
# Memory errors at the line to C, outside CI: the misuse test and the trader's side under valgrind, and with the C side built with
# address and undefined-behaviour sanitizers. After `make check`.
set -eu
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
output=${SCRATCH:-$root/.build}/libsolvency
export PKG_CONFIG_PATH="$output/prefix/lib/pkgconfig" LD_LIBRARY_PATH="$output/prefix/lib"
# valgrind has no AVX-512. Undefined values are not looked for: the compiler's own copies of enumerations read bytes of a
# payload that the case at hand does not have.
export SOLVENCY_PORTABLE=1
now=1770328800
example="$root/Examples/snapshot.json $root/Examples/book.json $root/circuits/portfolio-margin.circuit $now"
# shellcheck disable=SC2086 # words
for program in "misuse" "prove $example $output/check/valgrind.json"; do
  valgrind -q --undef-value-errors=no --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
    "$output/check/"$program
done
flags=$(pkg-config --cflags --libs solvency)
for program in misuse prove; do
  # shellcheck disable=SC2086
  cc -std=c99 -g -fsanitize=address,undefined Tests/$program.c $flags -o "$output/check/$program-san"
done
"$output/check/misuse-san"
# shellcheck disable=SC2086
"$output/check/prove-san" $example "$output/check/sanitized.json"
echo "valgrind and sanitizers: nothing found"
