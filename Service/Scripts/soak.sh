#!/bin/sh
# Runs solvencyd under load for a while and watches its memory.
#
#   sh Service/Scripts/soak.sh [MINUTES [CONNECTIONS]]     30 and 16 without
#
# First the load that is reached without waiting is measured, for 20 seconds; then 70 % of it is sent for MINUTES: proofs to be
# verified, and one request in twenty for the desk, its state, an account or the metrics. Printed are memory, rate and the
# waiting times every minute, and the figures at the end. Exits 1 if memory grew: by more than 10 % and 8 MB between the second
# tenth of the time and the last, if a verdict was wrong, or if a request failed.
#
# SOLVENCY, SOLVENCYD: where the programs are, if they were built. Needs Python 3, for the load alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
minutes=${1:-30}
connections=${2:-16}
SOLVENCY=${SOLVENCY:-}
SOLVENCYD=${SOLVENCYD:-}
if [ -z "$SOLVENCY" ]; then
  swift build -c release --package-path "$root" --product solvency >&2
  SOLVENCY=$(swift build -c release --package-path "$root" --show-bin-path)/solvency
fi
if [ -z "$SOLVENCYD" ]; then
  swift build -c release --package-path "$here/.." --product solvencyd >&2
  SOLVENCYD=$(swift build -c release --package-path "$here/.." --show-bin-path)/solvencyd
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/solvency-soak.XXXXXX")
server=
ended() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap ended EXIT
trap 'exit 130' INT TERM
cd "$folder"

# A venue with one account and its proof.
echo 'a passphrase of a trial' >passphrase
SOLVENCY_PASSPHRASE=$(cat passphrase)
export SOLVENCY_PASSPHRASE
for role in venue custodian engine log; do "$SOLVENCY" keygen --role $role -o $role.key >/dev/null; done
"$SOLVENCY" ledger init --ledger ledger --venue-name "Example Exchange" --venue venue.key.pub --custodian custodian.key.pub \
  --engine engine.key.pub >/dev/null
"$SOLVENCY" snapshot sign "$root/Examples/snapshot.json" --venue-name "Example Exchange" --key venue.key -o snapshot.sig.json \
  >/dev/null
"$SOLVENCY" ledger publish --ledger ledger --key venue.key --signature snapshot.sig.json "$root/Examples/snapshot.json" >/dev/null
"$SOLVENCY" commit --book "$root/Examples/book.json" --snapshot "$root/Examples/snapshot.json" -o account >/dev/null
identity=$("$SOLVENCY" ledger status --ledger ledger | awk '$1 == "identity" { print $2 }')
"$SOLVENCY" prove --circuit portfolio-margin --snapshot "$root/Examples/snapshot.json" --opening account/account.opening \
  --audience "Example Exchange" -o proof.json >/dev/null
cat >solvencyd.json <<END
{"version": 1, "ledger": {"folder": "ledger"}, "listen": {"host": "127.0.0.1", "port": 0},
 "keys": {"venue": "venue.key", "log": "log.key", "logName": "soak.example", "passphraseFile": "passphrase"},
 "access": {"anonymous": ["read"], "tokens": []}, "limits": {"requestsPerSecond": 0}}
END
"$SOLVENCYD" --config solvencyd.json 2>log &
server=$!
tries=0
until address=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' log) && [ -n "$address" ]; do
  tries=$((tries + 1))
  if [ $tries -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
    cat log >&2
    exit 1
  fi
  sleep 0.1
done
: "$identity"
python3 "$here/soak.py" "$address" "$server" proof.json "$minutes" "$connections"
kill "$server"
wait "$server" || true
server=
