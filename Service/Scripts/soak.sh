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
minutes=${1:-30}
connections=${2:-16}
. "$(dirname "$0")/venue.sh"
programs release

folder=$(mktemp -d "${TMPDIR:-/tmp}/solvency-soak.XXXXXX")
ended() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap ended EXIT
trap 'exit 130' INT TERM
cd "$folder"

# A venue with one account and its proof.
found_venue
publish_snapshot
"$SOLVENCY" commit --book "$root/Examples/book.json" --snapshot "$root/Examples/snapshot.json" -o account >output
"$SOLVENCY" prove --circuit portfolio-margin --snapshot "$root/Examples/snapshot.json" --opening account/account.opening \
  --audience "Example Exchange" -o proof.json >output
cat >solvencyd.json <<END
{"version": 1, "ledger": {"folder": "ledger"}, "listen": {"host": "127.0.0.1", "port": 0},
 "keys": {"venue": "venue.key", "log": "log.key", "logName": "soak.example", "passphraseFile": "passphrase"},
 "access": {"anonymous": ["read"], "tokens": []}, "limits": {"requestsPerSecond": 0}}
END
serve
python3 "$scripts/soak.py" "$address" "$server" proof.json "$minutes" "$connections"
kill "$server"
wait "$server" || true
server=
