#!/bin/sh
# Installs the wheel into a clean environment and tests it there: pytest, hypothesis, doctests, mypy. `--engines` adds
# Spark and Dask.
set -eu
cd "$(dirname "$0")"
ls dist/*.whl >/dev/null 2>&1 || sh wheel.sh
venv=.venv-test
rm -rf $venv
python3 -m venv $venv
$venv/bin/pip install -q dist/*.whl pytest hypothesis mypy pyarrow
if [ "${1:-}" = --engines ]; then
  $venv/bin/pip install -q 'pyspark>=3.5,<4' 'dask[dataframe]' pandas
  # Where these two cannot be had, their recipe is left out, with a line.
  $venv/bin/pip install -q duckdb polars || echo "no duckdb or no polars: their recipe was not run" >&2
fi
$venv/bin/python -m pytest --doctest-modules tests --pyargs solvency -q -p no:cacheprovider \
  --ignore-glob='*/spark.py' --ignore-glob='*/dask.py'
$venv/bin/mypy --strict src/solvency
if [ "${1:-}" = --engines ]; then
  $venv/bin/python examples/spark_verify.py
  $venv/bin/python examples/dask_verify.py
  if $venv/bin/python -c 'import duckdb, polars' 2>/dev/null; then $venv/bin/python examples/duckdb_polars_verify.py; fi
fi
