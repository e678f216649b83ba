#!/bin/sh
# Runs what Documentation/Operations.md tells operators to run: its blocks in their order, in a folder of its own, with a
# database server of its own. A line `<!-- run: NAME -->` in the page calls a function of this script, for what the page
# takes for granted.
#
#   sh Service/Scripts/check-operations.sh        SOLVENCY, SOLVENCYD, LEDGER_DESK: where the programs are, if they were built
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/venue.sh"
programs debug
page=$root/Documentation/Operations.md
LEDGER_DESK=${LEDGER_DESK:-}
if [ -z "$LEDGER_DESK" ]; then
  swift build -Xcc -O2 --package-path "$here/.." --product LedgerDesk >&2
  LEDGER_DESK=$(swift build -Xcc -O2 --package-path "$here/.." --show-bin-path)/LedgerDesk
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/solvency-operations.XXXXXX")
chmod 711 "$folder"
ended() {
  status=$?
  sh "$here/postgres.sh" stop "$folder/server" 2>/dev/null || true
  [ $status -eq 0 ] || echo "check-operations.sh: failed; see above" >&2
  rm -rf "$folder"
}
trap ended EXIT
trap 'exit 130' INT TERM

sh "$here/postgres.sh" start "$folder/server" >"$folder/connection"
programs=$(sh "$here/postgres.sh" path)
mkdir "$folder/bin" "$folder/work"
ln -s "$SOLVENCY" "$folder/bin/solvency"
ln -s "$SOLVENCYD" "$folder/bin/solvencyd"
ln -s "$LEDGER_DESK" "$folder/bin/LedgerDesk"
cd "$folder/work"
cat >"$folder/functions" <<END
set -eu
PATH=$folder/bin:$programs:\$PATH
PGHOST=$(sed 's/host=\([^ ]*\).*/\1/' "$folder/connection")
PGUSER=postgres
DATABASE="host=\$PGHOST dbname=solvency user=solvency"
export PATH PGHOST PGUSER DATABASE
# The parties that the venue does not play itself.
begin() {
  echo 'a passphrase of a trial' >passphrase
  solvency keygen --role custodian -o custodian.key --passphrase-file passphrase
  solvency keygen --role engine -o engine.key --passphrase-file passphrase
}
# A snapshot is in force, so that there is a log.
publish_snapshot() {
  at=\$(sed -n 's/.*"validFrom" *: *"\{0,1\}\([0-9T:Z-]*\).*/\1/p' "$root/Examples/snapshot.json" | head -n 1)
  solvency snapshot sign "$root/Examples/snapshot.json" --venue-name "Example Exchange" --key venue.key -o snapshot.sig.json \\
    --passphrase-file passphrase
  solvency ledger publish --ledger ledger --key venue.key --signature snapshot.sig.json "$root/Examples/snapshot.json" \\
    --passphrase-file passphrase --now "\$at"
}
# A desk works on the database for a while, as the role that was made for it.
work_on_database() {
  LedgerDesk key trial.key
  timeout 4 LedgerDesk run "dbname=solvency user=solvency" solvency trial.key desk-1 5 >said.before || true
  LedgerDesk audit "dbname=solvency user=solvency" solvency trial.key said.before
}
# Whether a desk says that it has a role.
has_role() { curl -s "http://127.0.0.1:1844\$1/readyz" | grep -q "\"role\":\"\$2\""; }
await_role() {
  tries=0
  until has_role "\$1" "\$2"; do
    tries=\$((tries + 1))
    [ \$tries -lt 600 ] || { cat desk-*.log >&2; return 1; }
    sleep 0.05
  done
}
# Two desks on the database: one writes; when it is killed the other does, and when that one is stopped, the first again.
serve_on_database() {
  solvencyd --config desk-1.json 2>desk-1.log & first=\$!
  await_role 1 writer
  solvencyd --config desk-2.json 2>desk-2.log & second=\$!
  trap 'kill -9 \$first \$second 2>/dev/null' EXIT
  await_role 2 follower
  kill -9 \$first
  begin=\$(date +%s%N)
  await_role 2 writer
  echo "the other desk writes \$(((\$(date +%s%N) - begin) / 1000000)) ms after kill -9 of the first"
  solvencyd --config desk-1.json 2>desk-1.log & first=\$!
  await_role 1 follower
  kill \$second
  begin=\$(date +%s%N)
  await_role 1 writer
  echo "the first desk writes \$(((\$(date +%s%N) - begin) / 1000000)) ms after SIGTERM of the other"
  kill \$first
  wait \$first \$second || true
  trap - EXIT
}
# Everything that a desk was acknowledged is in what was restored.
compare_restored() { LedgerDesk audit "dbname=restored user=solvency" solvency trial.key said.before; }
END
# The blocks, with the calls between them, as one program.
awk '
  /^<!-- run: [a-z_]+ -->$/ { print $3; next }
  /^```sh$/ { inside = 1; next }
  /^```$/ { inside = 0; next }
  inside { print }
' "$page" >"$folder/blocks"
count=$(grep -c '^```sh$' "$page")
[ "$count" -ge 6 ] || { echo "the page has $count blocks only" >&2; exit 1; }
cat "$folder/functions" "$folder/blocks" >"$folder/program"
sh -x "$folder/program" 2>"$folder/trace" || { tail -n 20 "$folder/trace" >&2; exit 1; }
echo "the $count blocks of Documentation/Operations.md run"
