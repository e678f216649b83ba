# A small venue in the working directory, made with the command: sourced by the scripts beside it, after `set -eu`.
#
#   programs KIND        sets SOLVENCY and SOLVENCYD, building what is not named; KIND is release or debug, for the server
#   found_venue          passphrase, keys, and the directory `ledger` of "Example Exchange"
#   publish_snapshot     the snapshot of the examples, signed as snapshot.sig.json, and put into the ledger
#   serve                starts solvencyd with solvencyd.json; sets `server` and `address`, without a slash at the end

# shellcheck shell=sh
scripts=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$scripts/../.." && pwd)
SOLVENCY=${SOLVENCY:-}
SOLVENCYD=${SOLVENCYD:-}
server=

programs() {
  if [ -z "$SOLVENCY" ]; then
    swift build -c release --package-path "$root" --product solvency >&2
    SOLVENCY=$(swift build -c release --package-path "$root" --show-bin-path)/solvency
  fi
  if [ -z "$SOLVENCYD" ]; then
    # In debug as the tests are built, so that nothing is built twice.
    [ "$1" = release ] || optimised='-Xcc -O2'
    swift build -c "$1" ${optimised:-} --package-path "$scripts/.." --product solvencyd >&2
    SOLVENCYD=$(swift build -c "$1" ${optimised:-} --package-path "$scripts/.." --show-bin-path)/solvencyd
  fi
}

found_venue() {
  echo 'a passphrase of a trial' >passphrase
  SOLVENCY_PASSPHRASE=$(cat passphrase)
  export SOLVENCY_PASSPHRASE
  for role in venue custodian engine log; do "$SOLVENCY" keygen --role $role -o $role.key >output; done
  "$SOLVENCY" ledger init --ledger ledger --venue-name "Example Exchange" --venue venue.key.pub \
    --custodian custodian.key.pub --engine engine.key.pub >output
}

publish_snapshot() {
  "$SOLVENCY" snapshot sign "$root/Examples/snapshot.json" --venue-name "Example Exchange" --key venue.key \
    -o snapshot.sig.json >output
  "$SOLVENCY" ledger publish --ledger ledger --key venue.key --signature snapshot.sig.json "$root/Examples/snapshot.json" >output
}

serve() {
  # Emptied here: the server's own process may come to it only after the address of the server before was read from it.
  : >log
  "$SOLVENCYD" --config solvencyd.json 2>log &
  server=$!
  tries=0
  until address=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' log | sed 's,\\/,/,g; s,/$,,') && [ -n "$address" ]; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] && kill -0 "$server" 2>/dev/null || { cat log >&2; exit 1; }
    sleep 0.05
  done
}
