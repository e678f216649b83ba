#!/bin/sh
# polars gives a product of two decimals the larger of their two scales and rounds it to that: five cents at a rate of 0.05 are
# nothing, and a margin of 0.5 % is rounded to tenths of a cent, without a word. DuckDB and pyarrow add the scales, as SQL does,
# and keep every digit. Where an operand has the digits of the result already, polars' product is exact too.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install polars==2.1.0 duckdb==2.0.1 pyarrow==26.0.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from decimal import Decimal

import duckdb
import polars
import pyarrow
import pyarrow.compute

rows = [("0.05", "0.05"), ("12345.67", "0.005")]


def in_polars(a, b, scale=None):
    a, b = polars.Series([Decimal(a)]), polars.Series([Decimal(b)])
    return ((a.cast(polars.Decimal(38, scale)) if scale else a) * b)[0]


def in_duckdb(a, b):
    return duckdb.sql(f"SELECT {a} * {b}").fetchall()[0][0]


def in_arrow(a, b):
    return pyarrow.compute.multiply(pyarrow.array([Decimal(a)]), pyarrow.array([Decimal(b)]))[0].as_py()


exact = [Decimal("0.0025"), Decimal("61.72835")]
seen = [in_polars(*row) for row in rows]
print("polars", polars.__version__, "duckdb", duckdb.__version__, "pyarrow", pyarrow.__version__)
print("guessed:", *exact, "from all three")
print("seen:   ", *seen, "from polars,", *map(in_duckdb, *zip(*rows)), "from DuckDB,", *map(in_arrow, *zip(*rows)), "from pyarrow")
others = [[multiply(*row) for row in rows] for multiply in (in_duckdb, in_arrow)]
widened = [in_polars(*row, scale=6) for row in rows]
sys.exit(0 if seen == [Decimal("0"), Decimal("61.728")] and others == [exact, exact] and widened == exact else 1)
PYTHON
