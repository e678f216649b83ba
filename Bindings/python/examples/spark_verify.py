"""Verifies a Parquet file of proofs on Spark, and compares with one process: spark_verify.py [FILE ROWS DISTINCT]"""

from __future__ import annotations

import sys
import time

import workload
from pyspark.sql import SparkSession
from solvency import spark

CORES = 2


def main() -> None:
    path, rows, distinct = workload.size(sys.argv)
    documents = workload.make(path, rows, distinct)
    begun = time.perf_counter()
    session = (
        SparkSession.builder.master(f"local[{CORES}]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "4096")
        .config("spark.sql.files.maxPartitionBytes", str(4 << 20))
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    frame = session.read.parquet(str(path))
    # Workers start, and import the package, with the first rows.
    spark.verify(frame.limit(2), documents).collect()
    ready = time.perf_counter() - begun
    start = time.perf_counter()
    found = spark.verify(frame, documents).orderBy("row").toPandas()
    seconds = time.perf_counter() - start
    expected, single = workload.alone(documents, path)
    assert found["row"].tolist() == list(range(rows)), "rows are lost or doubled"
    assert found["reason"].tolist() == expected, "verdicts differ"
    rate, base = rows / seconds / CORES, rows / single
    print(
        f"Spark, local[{CORES}]: {rows} proofs, start {ready:.1f} s, then {rows / seconds:.0f} proofs/s, {rate:.0f} a core; "
        f"one process, one thread: {base:.0f}; share {rate / base:.2f}; {expected.count('accepted')} accepted"
    )
    session.stop()


if __name__ == "__main__":
    main()
