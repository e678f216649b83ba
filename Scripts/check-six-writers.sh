#!/bin/sh
# Six processes admit the same requests on one ledger, while a seventh does everything else to it: every request is admitted
# exactly once, is a replay everywhere else, and nothing is refused as unavailable; the audit finds nothing wrong.
#
#   Scripts/check-six-writers.sh [REQUESTS]        24 by default
#
# Needs `make build` first; SOLVENCY names another command.
set -eu
cd "$(dirname "$0")/.."

command=${SOLVENCY:-$PWD/.build/release/solvency}
[ -x "$command" ] || { echo "build the command first: make build" >&2; exit 66; }
count=${1:-24}
snapshot=Examples/snapshot.json
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
export SOLVENCY_PASSPHRASE='correct horse battery staple'

for role in venue custodian engine log; do "$command" keygen --role $role -o "$work/$role.key" >/dev/null; done
now=1770328800
"$command" snapshot sign $snapshot --venue-name "Example Exchange" --key "$work/venue.key" -o "$work/snapshot.sig.json" >/dev/null
"$command" commit --book Examples/book.json --snapshot $snapshot -o "$work/account" --plain >/dev/null 2>&1
"$command" ledger init --ledger "$work/desk" --venue-name "Example Exchange" --venue "$work/venue.key.pub" \
  --custodian "$work/custodian.key.pub" --engine "$work/engine.key.pub" >/dev/null
desk="--ledger $work/desk --key $work/venue.key --now $now --log-key $work/log.key --log-name venue.example"
"$command" ledger publish $snapshot --signature "$work/snapshot.sig.json" $desk >/dev/null
identity=$("$command" ledger status --ledger "$work/desk" --json | sed -n 's/.*"identity": "\([0-9a-f]*\)".*/\1/p')
"$command" attest --account "$work/account/account.json" --pledged-to "Example Exchange" --ledger-identity "$identity" \
  --now $now --key "$work/custodian.key" -o "$work/attestation.json" >/dev/null
"$command" ledger open "$work/attestation.json" $desk >/dev/null
for index in $(seq "$count"); do
  "$command" request --circuit portfolio-margin --snapshot $snapshot --opening "$work/account/account.opening" \
    --venue-name "Example Exchange" --ledger-identity "$identity" --now $now -o "$work/request-$index.json" >/dev/null
done

writers=
for writer in 1 2 3 4 5 6; do
  # Each begins with requests of its own.
  files=$(for index in $(seq "$count"); do echo "$(((index + writer * count / 6) % count)) $work/request-$index.json"; done |
    sort -n | cut -d ' ' -f 2)
  (
    for file in $files; do
      "$command" admit "$file" $desk >>"$work/out-$writer" 2>>"$work/err-$writer" || [ $? -eq 2 ] || echo "exit $?" >>"$work/err-$writer"
    done
  ) &
  writers="$writers $!"
done
while kill -0 ${writers##* } 2>/dev/null; do
  "$command" ledger roll $desk >/dev/null
  "$command" ledger challenge alice $desk >/dev/null 2>&1 || true
  "$command" ledger checkpoint $desk >/dev/null
  "$command" ledger status --ledger "$work/desk" --now $now >/dev/null
done
wait $writers

status=0
for index in $(seq "$count"); do
  times=$(cat "$work"/out-* | grep -c "request-$index.json.*admitted" || true)
  [ "$times" -eq 1 ] || { echo "request $index was admitted $times times" >&2; status=1; }
done
others=$(cat "$work"/out-* | grep -v admitted | grep -v 'refused: replayed' || true)
[ -z "$others" ] || { echo "$others" >&2; status=1; }
[ -z "$(cat "$work"/err-*)" ] || { cat "$work"/err-* >&2; status=1; }
"$command" ledger export --ledger "$work/desk" -o "$work/day.log" >/dev/null
"$command" audit replay "$work/day.log" --ledger "$work/desk" || status=1
echo "$count requests, six processes: $(cat "$work"/out-* | grep -c admitted) admitted, \
$(cat "$work"/out-* | grep -c 'refused: replayed') replays"
exit $status
