#!/bin/sh
# ccxt's parse8601 returns nothing, without an error, for instants that ISO 8601 has: a day, and a time without seconds.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install ccxt==4.5.22
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import ccxt

parse = ccxt.Exchange().parse8601
expected = {
    "2026-02-13T08:00:00Z": 1770969600000, "20260213T080000Z": 1770969600000,
    "2026-02-13": None, "2026-02-13T08:00Z": None,
}
seen = {text: parse(text) for text in expected}
print("ccxt", ccxt.__version__)
print("guessed: milliseconds for each of", ", ".join(expected))
print("seen:   ", seen)
sys.exit(0 if seen == expected else 1)
PYTHON
