#!/bin/sh
# Makes keys, an attested account and two requests with the command `solvency`, then builds the example and
# lets it decide. Run from anywhere, after `make build`: in the build directory of the package itself the libraries are
# there already, and only the example is compiled.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
solvency=${SOLVENCY:-$root/.build/release/solvency}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOLVENCY_PASSPHRASE=example
export SOLVENCY_PASSPHRASE

scratch=${SOLVENCY_SCRATCH:-$root/.build}
swift build -c "${SOLVENCY_CONFIGURATION:-release}" --package-path "$here" --scratch-path "$scratch"
binary=$scratch/${SOLVENCY_CONFIGURATION:-release}/EmbedVerifier

cp "$root/Examples/snapshot.json" "$root/circuits/portfolio-margin.circuit" "$work"
cd "$work"
now=2026-02-05T22:00:00Z
for role in venue custodian; do "$solvency" keygen --role $role -o $role.key >/dev/null; done
"$solvency" snapshot sign snapshot.json --venue-name "Example Exchange" --key venue.key -o snapshot.sig.json >/dev/null
"$solvency" commit --book "$root/Examples/book.json" --snapshot snapshot.json -o account --plain >/dev/null
identity=$("$binary" 1770328800)
"$solvency" attest --account account/account.json --pledged-to "Example Exchange" --ledger-identity "$identity" --now $now \
  --key custodian.key -o attestation.json >/dev/null
"$solvency" request --circuit portfolio-margin --snapshot snapshot.json --opening account/account.opening \
  --venue-name "Example Exchange" --ledger-identity "$identity" --now $now -o request.json >/dev/null
cp request.json again.json

"$binary" 1770328800 request.json again.json | tee verdicts
grep -q '^request.json: admitted until' verdicts
grep -q '^again.json: refused: replayed' verdicts
