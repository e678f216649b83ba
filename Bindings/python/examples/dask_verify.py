"""Verifies a Parquet file of proofs on Dask, and compares with one process: dask_verify.py [FILE ROWS DISTINCT]"""

from __future__ import annotations

import sys
import time

import dask
import dask.dataframe as dd
import workload
from solvency import dask as solvency_dask

CORES = 2


def main() -> None:
    path, rows, distinct = workload.size(sys.argv)
    documents = workload.make(path, rows, distinct)
    with dask.config.set({"dataframe.convert-string": False}):
        frame = dd.read_parquet(str(path), split_row_groups=1)
        begun = time.perf_counter()
        # The interpreter is free during calls, so that threads are enough: nothing is copied between processes.
        solvency_dask.verify(frame.partitions[0], documents).compute(scheduler="threads", num_workers=1)
        ready = time.perf_counter() - begun
        start = time.perf_counter()
        found = solvency_dask.verify(frame, documents).compute(scheduler="threads", num_workers=CORES)
        seconds = time.perf_counter() - start
    expected, single = workload.alone(documents, path)
    assert found["reason"].tolist() == expected, "verdicts differ"
    rate, base = rows / seconds / CORES, rows / single
    print(
        f"Dask, {CORES} threads: {rows} proofs, first partition {ready:.1f} s, then {rows / seconds:.0f} proofs/s, "
        f"{rate:.0f} a core; one process, one thread: {base:.0f}; share {rate / base:.2f}"
    )


if __name__ == "__main__":
    main()
