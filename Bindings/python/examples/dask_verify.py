"""Verifies a Parquet file of proofs on Dask, and compares with one process: dask_verify.py [FILE ROWS DISTINCT ROUNDS]"""

from __future__ import annotations

import sys

import dask
import dask.dataframe as dd
import workload
from solvency import dask as solvency_dask

CORES = 2


def main() -> None:
    path, rows, distinct, rounds = workload.size(sys.argv)
    documents = workload.make(path, rows, distinct)
    with dask.config.set({"dataframe.convert-string": False}):
        frame = dd.read_parquet(str(path), split_row_groups=1)
        starting = workload.Watch()
        # The interpreter is free during calls, so that threads are enough: nothing is copied between processes.
        solvency_dask.verify(frame.partitions[0], documents).compute(scheduler="threads", num_workers=1)
        start = starting.pace(rows).seconds

        def run() -> list[str]:
            found = solvency_dask.verify(frame, documents).compute(scheduler="threads", num_workers=CORES)
            reasons: list[str] = found["reason"].tolist()
            return reasons

        _, share = workload.compare(documents, path, rows, CORES, rounds, run)
    print(f"Dask, {CORES} threads, after a first partition of {start:.1f} s: {share}")


if __name__ == "__main__":
    main()
