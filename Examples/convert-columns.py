#!/usr/bin/env python3
"""Convert Parquet, Feather, Arrow, HDF5, NumPy or pickle files of market data into CSV that `solvency` reads.

    python3 -m venv venv && venv/bin/pip install pyarrow
    venv/bin/python Examples/convert-columns.py bars.parquet -o bars.csv.gz

Times become RFC 3339 in UTC, missing values become empty fields, and numbers keep every digit that they have. One row
group is in memory at a time. It needs pyarrow; HDF5 needs pandas and tables, NumPy arrays need numpy. Pickles are not
opened: anyone who opens one runs what is in it.
"""

import argparse
import csv
import gzip
import sys


def batches(path):
    """Yields (names, columns) of each part of a file; columns are Python lists."""
    with open(path, "rb") as file:
        start = file.read(8)
    if start.startswith(b"PAR1"):
        import pyarrow.parquet as parquet

        for batch in parquet.ParquetFile(path).iter_batches(batch_size=65536):
            yield from columns(batch)
    elif start.startswith(b"ARROW1"):
        import pyarrow

        reader = pyarrow.ipc.open_file(path)
        for index in range(reader.num_record_batches):
            yield from columns(reader.get_batch(index))
    elif start.startswith(b"FEA1"):
        import pyarrow.feather as feather

        for batch in feather.read_table(path).to_batches(max_chunksize=65536):
            yield from columns(batch)
    elif start.startswith(b"\xff\xff\xff\xff"):
        import pyarrow

        for batch in pyarrow.ipc.open_stream(path):
            yield from columns(batch)
    elif start.startswith(b"\x89HDF"):
        import pandas

        frame = pandas.read_hdf(path)
        if frame.index.name or not isinstance(frame.index, pandas.RangeIndex):
            frame = frame.reset_index()
        yield list(map(str, frame.columns)), [list(frame[name]) for name in frame.columns]
    elif start.startswith(b"\x93NUMPY"):
        import numpy

        array = numpy.load(path, allow_pickle=False)
        names = list(array.dtype.names or [f"column{i + 1}" for i in range(array.shape[1])])
        yield names, [array[name].tolist() if array.dtype.names else array[:, i].tolist() for i, name in enumerate(names)]
    else:
        sys.exit(f"{path}: is none of Parquet, Arrow, Feather, HDF5 and NumPy")


def columns(batch):
    """The columns of a record batch, times in UTC to the nanosecond."""
    import pyarrow
    import pyarrow.compute as compute

    values = []
    for column in batch.columns:
        if pyarrow.types.is_timestamp(column.type):
            # A number of the column's own unit: nothing is rounded, and the reader tells units apart by size.
            column = compute.cast(column, pyarrow.int64())
        elif pyarrow.types.is_decimal(column.type) or pyarrow.types.is_date(column.type):
            column = compute.cast(column, pyarrow.string())
        values.append(column.to_pylist())
    yield batch.schema.names, values


def text(value):
    if value is None or value != value:
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("-o", "--output", required=True, help="CSV, or CSV in gzip where the name ends in .gz")
    arguments = parser.parse_args()
    opener = gzip.open if arguments.output.endswith(".gz") else open
    rows, header = 0, None
    with opener(arguments.output, "xt", newline="") as output:
        writer = csv.writer(output, lineterminator="\n")
        for names, values in batches(arguments.file):
            if header is None:
                header = names
                writer.writerow(names)
            elif names != header:
                sys.exit(f"{arguments.file}: its parts have different columns")
            for row in zip(*values):
                writer.writerow([text(value) for value in row])
                rows += 1
    print(f"{arguments.output}: {rows} rows of {', '.join(header or [])}")


if __name__ == "__main__":
    main()
