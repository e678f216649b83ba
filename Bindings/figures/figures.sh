#!/bin/sh
# The figures of Documentation/Bindings.md, after `make wheel`: figures.sh [ratios] [import] [columns] [engines]; all of them
# without an argument. Engines take 100,000 proofs three times each, in turns with one process; half an hour on two cores.
set -eu
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
output=$root/.build/libsolvency
venv=../python/.venv-figures
[ $# -gt 0 ] || set -- ratios import columns engines
[ -x $venv/bin/python ] || python3 -m venv $venv
$venv/bin/pip install -q pyarrow
$venv/bin/pip install -q --force-reinstall --no-deps ../python/dist/*.whl
grep -m1 'model name' /proc/cpuinfo 2>/dev/null || true
ls -l ../python/dist/*.whl
for figure in "$@"; do
  case $figure in
    ratios)
      swift build --package-path ../C --scratch-path "$root/.build" -c release --product VerifyTiming
      make -s -C ../C install-files PREFIX="$output/prefix"
      # Flags are words on purpose.
      # shellcheck disable=SC2046
      cc -std=c99 -O2 -Wall -Wextra timing.c $(PKG_CONFIG_PATH="$output/prefix/lib/pkgconfig" pkg-config --cflags --libs solvency) \
        -o "$output/timing"
      LD_LIBRARY_PATH="$output/prefix/lib" $venv/bin/python ratios.py "$root/.build/release/VerifyTiming" "$output/timing"
      ;;
    import) $venv/bin/python importing.py ;;
    columns)
      $venv/bin/python million.py "$output/million.parquet"
      rm "$output/million.parquet"
      ;;
    engines)
      $venv/bin/pip install -q 'pyspark>=3.5,<4' 'dask[dataframe]' pandas duckdb polars
      rm -f "$output/proofs.parquet"
      for engine in spark dask duckdb_polars; do
        $venv/bin/python "../python/examples/${engine}_verify.py" "$output/proofs.parquet" 100000 200 3
      done
      ;;
    *)
      echo "no figure $figure" >&2
      exit 64
      ;;
  esac
done
