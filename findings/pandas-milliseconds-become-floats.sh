#!/bin/sh
# One empty field turns a column of integer milliseconds into floats, which to_csv writes with a decimal point.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install pandas==2.3.3
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
import pandas

whole = pandas.read_csv(io.StringIO("t,a\n1770969600000,1\n1770973200000,2\n")).to_csv(index=False)
gap = pandas.read_csv(io.StringIO("t,a\n1770969600000,1\n,2\n")).to_csv(index=False)
print("pandas", pandas.__version__)
print("guessed: 1770969600000 in both")
print("seen:   ", whole.split("\n")[1], "and, beside an empty field,", gap.split("\n")[1])
sys.exit(0 if (whole.split("\n")[1], gap.split("\n")[1]) == ("1770969600000,1", "1770969600000.0,1") else 1)
PYTHON
