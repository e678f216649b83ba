#!/bin/sh
# pandas.to_datetime takes the integer 20260101 for nanoseconds since 1970, not for a day, and says nothing; the text is a day.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install pandas==2.3.3
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
import pandas

frame = pandas.read_csv(io.StringIO("date,close\n20260101,5\n20260102,6\n"))
number, text = pandas.to_datetime(frame["date"])[0], pandas.to_datetime("20260101")
print("pandas", pandas.__version__)
print("guessed: 2026-01-01 from both")
print("seen:   ", number, "from the number that read_csv makes, and", text, "from the text")
sys.exit(0 if (number.year, text.year) == (1970, 2026) else 1)
PYTHON
