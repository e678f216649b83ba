#!/bin/sh
# pyarrow 17.0.0 with pandas 2.2.2: a column of lists of hashes.
#
# Guessed: Arrow's list of fixed-size binary (32 bytes each) becomes a pandas column of lists of bytes, as a list of binary does,
# and as a plain column of fixed-size binary does.
# Seen: the plain column and the list of variable binary are converted; the list of fixed-size binary is not implemented, and
# with it every engine that goes through pandas (Dask reading Parquet) refuses the whole file, whichever columns are wanted after.
# Lesson: `solvency.columns` keeps the commitments of a proof one after the other in one binary value.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q 'pyarrow==17.0.0' 'pandas==2.2.2' 'numpy==1.26.4'
"$work/venv/bin/python" - <<'EOF'
import pyarrow as pa

digest = bytes(range(32))
plain = pa.table({"x": pa.array([digest], pa.binary(32))}).to_pandas()["x"][0]
variable = pa.table({"x": pa.array([[digest, digest]], pa.list_(pa.binary()))}).to_pandas()["x"][0]
assert plain == digest and list(variable) == [digest, digest]
try:
    pa.table({"x": pa.array([[digest, digest]], pa.list_(pa.binary(32)))}).to_pandas()
except pa.ArrowNotImplementedError as error:
    assert "fixed_size_binary" in str(error), error
    print("as seen: lists of fixed-size binary have no form in pandas:", str(error).splitlines()[0])
else:
    raise SystemExit("lists of fixed-size binary are converted now")
EOF
