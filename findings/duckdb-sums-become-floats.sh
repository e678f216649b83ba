#!/bin/sh
# The sum of a column of integers is a HUGEINT in DuckDB, and df() and fetchnumpy() hand that over as a float: a sum of integer
# money beyond 2^53 is rounded on its way to pandas, while the column itself arrives as integers, and every digit of its sum by
# fetchall(), pl() and to_arrow_table(). A sum that is cast to BIGINT arrives whole.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install duckdb==2.0.1 pandas==2.3.3 polars==2.1.0 pyarrow==26.0.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import duckdb

# Two balances in units of 10^-8: 90,071,992.54740992 and 0.00000001.
amounts = "(VALUES (9007199254740992::BIGINT), (1::BIGINT)) t(amount)"
total = duckdb.sql(f"SELECT sum(amount) AS total FROM {amounts}")
cast = duckdb.sql(f"SELECT sum(amount)::BIGINT AS total FROM {amounts}")
column = duckdb.sql(f"SELECT amount FROM {amounts}").df()["amount"]
exact = 9007199254740993
frame, numbers = total.df()["total"], total.fetchnumpy()["total"]
others = [total.fetchall()[0][0], int(total.pl()["total"][0]), int(total.to_arrow_table()["total"][0].as_py())]
print("duckdb", duckdb.__version__)
print("guessed:", exact, "from each way out")
print("seen:   ", int(frame[0]), "as", frame.dtype, "from df(),", int(numbers[0]), "from fetchnumpy(),", *others, "from the others")
as_seen = (str(column.dtype), str(frame.dtype), int(frame[0]), int(numbers[0])) == ("int64", "float64", exact - 1, exact - 1)
whole = others == [exact] * 3 and (str(cast.df()["total"].dtype), int(cast.df()["total"][0])) == ("int64", exact)
sys.exit(0 if as_seen and whole else 1)
PYTHON
