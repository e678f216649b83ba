#!/bin/sh
# Checks logs, receipts and witnesses against implementations from PyPI, both ways, on logs of 0, 1, 2, 255, 256, 257,
# 65,536 and 1,000,003 entries, or of the sizes that are given. Outside CI: it installs packages into a temporary folder.
#
#   Scripts/check-transparency-log.sh [SIZE…]
#
# Needs `make build` first, and Python 3.12 or later for all of them (PYTHON names it). What each is used for:
#   aics-tlog 0.2.1     roots, proofs, notes, checkpoints, cosignatures, tiles: reads ours, and ours reads its tiles
#   aics-witness 0.1.0  its reader of add-checkpoint requests, on ours
#   tlog-scales 0.0.3   the same as aics-tlog, written by somebody else; it writes too slowly for 1,000,003 entries
#   pymerkle 7.0.0      RFC 6962 roots up to 65,536 entries, and roots from our receipts
#   sigstore 4.5.1      its reader of signed notes and checkpoints
# One that cannot be installed is left out and named.
set -eu
cd "$(dirname "$0")/.."

command=${SOLVENCY:-$PWD/.build/release/solvency}
[ -x "$command" ] || { echo "build the command first: make build" >&2; exit 66; }
python=${PYTHON:-$(command -v python3.13 || command -v python3.12 || command -v python3)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m venv "$work/venv"
for package in aics-tlog==0.2.1 aics-witness==0.1.0 tlog-scales==0.0.3 pymerkle==7.0.0 sigstore==4.5.1; do
  "$work/venv/bin/pip" -q install --disable-pip-version-check "$package" || echo "left out: $package cannot be installed"
done

export SOLVENCY_PASSPHRASE='correct horse battery staple'
for role in log witness; do "$command" keygen --role $role -o "$work/$role.key" >/dev/null; done
"$command" log key "$work/log.key.pub" --name log.example/ledger >"$work/log.vkey"
"$command" log key "$work/witness.key.pub" --name witness.example/w1 >"$work/witness.vkey"

[ $# -gt 0 ] || set -- 0 1 2 255 256 257 65536 1000003
"$work/venv/bin/python" Scripts/transparency-log/check.py "$command" "$work" "$@"
