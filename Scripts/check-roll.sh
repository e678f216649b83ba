#!/bin/sh
# Checks the files of a roll with implementations from PyPI and with nothing of this repository: the Merkle root of the
# entries (pymerkle 7.0.0), the checkpoint's note and signature (aics-tlog 0.2.1), a trader's receipt, the digests of all
# evidence, groups among it. Outside CI: it installs packages into a temporary folder.
#
#   Scripts/check-roll.sh [ACCOUNTS]      200 by default
#
# Needs `make build` first, or SOLVENCY with the command, and Python 3.12 or later (PYTHON names it).
set -eu
cd "$(dirname "$0")/.."

command=${SOLVENCY:-$PWD/.build/release/solvency}
[ -x "$command" ] || { echo "build the command first: make build" >&2; exit 66; }
python=${PYTHON:-$(command -v python3.13 || command -v python3.12 || command -v python3)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
for package in pymerkle==7.0.0 aics-tlog==0.2.1; do
  "$work/venv/bin/pip" -q install --disable-pip-version-check "$package"
done
export SOLVENCY_PASSPHRASE='correct horse battery staple'
"$work/venv/bin/python" Scripts/transparency-log/roll.py "$command" "$work" "${1:-200}"
