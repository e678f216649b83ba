"""Verifies a Parquet file of proofs on Spark, and compares with one process: spark_verify.py [FILE ROWS DISTINCT]"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator

import pyarrow as pa
import workload
from pyspark import TaskContext
from pyspark.sql import SparkSession
from solvency import spark

CORES = 2


def crash_once(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Ends the worker of the first partition after its first batch, the first time that it is tried."""
    for batch in batches:
        yield batch
        context = TaskContext.get()
        if context is not None and context.partitionId() == 0 and context.attemptNumber() == 0:
            os._exit(1)


def check_crash(session: SparkSession, documents: spark.Documents, path: str, expected: list[str]) -> None:
    """A worker that dies in the middle of a partition is tried again, and none of its rows counts twice."""
    frame = session.read.parquet(path).where("row < 8192")
    found = spark.verify(frame.mapInArrow(crash_once, frame.schema), documents).toPandas().sort_values("row")
    count = min(8192, len(expected))
    assert found["row"].tolist() == list(range(count)), "a worker that died lost rows or counted them twice"
    assert found["reason"].tolist() == expected[:count], "verdicts differ after a worker died"


def main() -> None:
    path, rows, distinct = workload.size(sys.argv)
    documents = workload.make(path, rows, distinct)
    # Workers run in the environment of this script, and not with the first python3 there is.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    starting = workload.Watch()
    session = (
        SparkSession.builder.master(f"local[{CORES},3]")
        .config("spark.ui.enabled", "false")
        # Batches as the library verifies them, and a row group to a task: the last one ends soon after the others.
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "2048")
        .config("spark.sql.files.maxPartitionBytes", str(4 << 20))
        # Verdicts come back as they left the workers, and not row by row.
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        # The JVM reads and hands on: it needs no second compiler, and no threads of collectors beside the workers.
        .config("spark.driver.extraJavaOptions", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    frame = session.read.parquet(str(path))
    # Every worker starts, imports the package and compiles the rule: one row in a thousand.
    spark.verify(frame.where("row % 1000 = 0"), documents).toPandas()
    start = starting.pace(rows).seconds
    watch = workload.Watch()
    # Each verdict has its row: they are put in order here. `orderBy` would run the whole job twice, once to look for the
    # bounds of its ranges.
    found = spark.verify(frame, documents).toPandas().sort_values("row")
    pace = watch.pace(rows)
    expected, single = workload.alone(documents, path)
    assert found["row"].tolist() == list(range(rows)), "rows are lost or doubled"
    assert found["reason"].tolist() == expected, "verdicts differ"
    check_crash(session, documents, str(path), expected)
    print(f"Spark, local[{CORES}], after a start of {start:.1f} s: {pace.share(single, CORES)}; {expected.count('accepted')} accepted")
    session.stop()


if __name__ == "__main__":
    main()
