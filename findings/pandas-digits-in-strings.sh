#!/bin/sh
# Integers beyond 2^53 are written as digits in a string so that no reader of JSON rounds them. pandas.read_json makes numbers
# of such strings by way of floats, so that of the two forms it is the string that changes, into an integer that looks whole; an
# identifier loses its leading zeros as well. With dtype=False both stay as they are.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install pandas==2.3.3
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys

import pandas

text = '[{"string": "9007199254740993", "number": 9007199254740993, "account": "007"}]'
read = pandas.read_json(io.StringIO(text))
kept = pandas.read_json(io.StringIO(text), dtype=False)
seen = [read[name][0].item() for name in ("string", "number", "account")]
print("pandas", pandas.__version__)
print("guessed: the string or the number 9007199254740993 from both, and 007 for the account")
print("seen:   ", seen[0], "as", read["string"].dtype, "from the string,", seen[1], "from the number, and account", seen[2])
as_seen = seen == [9007199254740992, 9007199254740993, 7] and str(read["string"].dtype) == "int64"
sys.exit(0 if as_seen and [kept["string"][0], kept["account"][0]] == ["9007199254740993", "007"] else 1)
PYTHON
