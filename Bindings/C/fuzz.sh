#!/bin/sh
# Fuzzes every function of the library with libFuzzer, outside CI: sh fuzz.sh SECONDS, after `make check` and `make build`.
# The C side runs under the address and undefined-behaviour sanitizers, whose allocator the library uses as well. What is
# found stays in .build/libsolvency/fuzz as crash-…; run `surface FILE` again with it.
set -eu
seconds=${1:?usage: fuzz.sh SECONDS}
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
output=${SCRATCH:-$root/.build}/libsolvency
solvency=${SOLVENCY:-$root/.build/release/solvency}
folder=$output/fuzz
export PKG_CONFIG_PATH="$output/prefix/lib/pkgconfig" LD_LIBRARY_PATH="$output/prefix/lib" SOLVENCY_FUZZ_FOLDER="$folder/documents"
mkdir -p "$folder/corpus"
rm -rf "$folder/documents"
mkdir -p "$folder/documents"
cp "$root/Examples/snapshot.json" "$root/Examples/book.json" "$root/Fuzz/Seeds/fill.json" "$folder/documents/"
cp "$root/circuits/portfolio-margin.circuit" "$folder/documents/circuit.circuit"
(
  # A desk of its own, with the passphrase that the target knows.
  cd "$folder/documents"
  export SOLVENCY_PASSPHRASE=example
  at=2026-02-05T22:00:00Z
  "$solvency" keygen --role venue -o venue.key
  "$solvency" keygen --role custodian -o custodian.key
  "$solvency" registry grow --snapshot snapshot.json -o registry.json
  "$solvency" snapshot sign snapshot.json --venue-name 'Example Exchange' --key venue.key -o snapshot.sig.json
  "$solvency" ledger init --ledger ledger --venue-name 'Example Exchange' --venue venue.key.pub --custodian custodian.key.pub \
    --circuit portfolio-margin
  cp ledger/desk.json .
  "$solvency" commit --book book.json --snapshot snapshot.json -o account
  identity=0000000000000000000000000000000000000000000000000000000000000000
  "$solvency" attest --account account/account.json --opening account/account.opening --pledged-to 'Example Exchange' \
    --ledger-identity $identity --now $at --key custodian.key -o attestation.json
  "$solvency" request --circuit portfolio-margin --snapshot snapshot.json --opening account/account.opening \
    --venue-name 'Example Exchange' --ledger-identity $identity --now $at -o request.json
) >/dev/null
# Flags are words on purpose.
# shellcheck disable=SC2046
clang -g -O1 -fuse-ld=lld -fsanitize=fuzzer,address,undefined Fuzz/surface.c $(pkg-config --cflags --libs solvency) -o "$folder/surface"
# No leak check: freed handles are remembered on purpose. Proving takes a third of a second under load.
cd "$folder"
ASAN_OPTIONS=detect_leaks=0 ./surface -max_total_time="$seconds" -max_len=4096 -timeout=60 -rss_limit_mb=4096 -print_final_stats=1 \
  -seed="${SEED:-1}" corpus 2>fuzz.log || { tail -30 fuzz.log; exit 1; }
grep -E '^stat::number_of_executed_units|^stat::new_units_added' fuzz.log
echo "the C surface: $seconds s, nothing found"
