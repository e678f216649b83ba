#!/bin/sh
# The Python client against a server: a venue's day from an account to its receipt, a refusal, a stream, events, and a restart of
# the server in between.
#
#   sh Service/Scripts/check-client.sh        SOLVENCY, SOLVENCYD: where the programs are, if they were built
set -eu
. "$(dirname "$0")/venue.sh"
programs debug

folder=$(mktemp -d "${TMPDIR:-/tmp}/solvency-client.XXXXXX")
ended() {
  status=$?
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ $status -eq 0 ] || { echo "check-client.sh: failed" >&2; cat "$folder/log" >&2 2>/dev/null || true; }
  rm -rf "$folder"
}
trap ended EXIT
trap 'exit 130' INT TERM
cd "$folder"
found_venue
publish_snapshot
identity=$("$SOLVENCY" ledger status --ledger ledger | awk '$1 == "identity" { print $2 }')
snapshot=$root/Examples/snapshot.json
"$SOLVENCY" commit --book "$root/Examples/book.json" --snapshot "$snapshot" -o account >output
"$SOLVENCY" attest --account account/account.json --pledged-to "Example Exchange" --ledger-identity "$identity" \
  --opening account/account.opening --key custodian.key -o attestation.json >output
for request in first second; do
  "$SOLVENCY" request --circuit portfolio-margin --snapshot "$snapshot" --opening account/account.opening \
    --venue-name "Example Exchange" --ledger-identity "$identity" -o $request.json >output
done
"$SOLVENCY" prove --circuit portfolio-margin --snapshot "$snapshot" --opening account/account.opening \
  --audience "Example Exchange" -o proof.json >output
"$SOLVENCYD" token ops --role attest --role read --role publish >token
token=$(awk '$1 == "token" { print $2 }' token)
cat >solvencyd.json <<END
{"version": 1, "ledger": {"folder": "ledger"}, "listen": {"host": "127.0.0.1", "port": ${CLIENT_PORT:-18474}},
 "keys": {"venue": "venue.key", "log": "log.key", "logName": "client.example", "passphraseFile": "passphrase"},
 "log": {"tiles": "tiles"}, "access": {"anonymous": [], "tokens": [$(sed -n 's/^entry *//p' token)]}}
END
serve
PYTHONPATH=$root/Bindings/python/src/solvency TOKEN=$token python3 "$scripts/check_client.py" "$address" before
kill "$server"
wait "$server" || true
server=
PYTHONPATH=$root/Bindings/python/src/solvency TOKEN=$token python3 "$scripts/check_client.py" "$address" gone
serve
PYTHONPATH=$root/Bindings/python/src/solvency TOKEN=$token python3 "$scripts/check_client.py" "$address" after
kill "$server"
wait "$server" || true
server=
echo "the client and the server agree"
