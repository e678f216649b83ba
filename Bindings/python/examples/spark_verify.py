"""Verifies a Parquet file of proofs on Spark, and compares with one process: spark_verify.py [FILE ROWS DISTINCT ROUNDS]"""

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
    path, rows, distinct, rounds = workload.size(sys.argv)
    documents = workload.make(path, rows, distinct)
    # Workers run in the environment of this script, and not with the first python3 there is.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    starting = workload.Watch()
    session = (
        SparkSession.builder.master(f"local[{CORES},3]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        # Batches as the library verifies them, and tasks of some seconds.
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "2048")
        .config("spark.sql.files.maxPartitionBytes", str(24 << 20))
        # Verdicts come back as they left the workers, and not row by row.
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        # The JVM reads and hands on: it needs no second compiler, and no threads of collectors beside the workers.
        .config("spark.driver.extraJavaOptions", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    frame = session.read.parquet(str(path))
    # Workers start, import the package and compile the rule, and the JVM translates what it runs often: a tenth of the rows.
    spark.verify(frame.where("row % 10 = 0"), documents).toPandas()
    start = starting.pace(rows)
    tables = []

    def run() -> list[str]:
        # Each verdict has its row: they are put in order here. `orderBy` would run the whole job twice, once to look for the
        # bounds of its ranges.
        found = spark.verify(frame, documents).toPandas().sort_values("row")
        assert found["row"].tolist() == list(range(rows)), "rows are lost or doubled"
        tables[:] = [found]
        reasons: list[str] = found["reason"].tolist()
        return reasons

    expected, share = workload.compare(documents, path, rows, CORES, rounds, run)
    # What the JVM says of a worker that was killed on purpose is no news.
    session.sparkContext.setLogLevel("OFF")
    check_crash(session, documents, str(path), expected)
    session.stop()
    print(f"Spark, local[{CORES}], after a start of {start.seconds:.1f} s: {share}; {expected.count('accepted')} accepted")
    command = workload.by_command(documents, path)
    if command is None:
        print("no command: its verdicts were not compared")
        return
    # What the command says of an account and a circuit, it says of accepted proofs.
    table = tables[0].fillna("")[["reason", "account", "circuit"]].itertuples(index=False, name=None)
    for row, (ours, theirs) in enumerate(zip(table, command, strict=True)):
        assert ours == theirs or (theirs[1:] == ("", "") and ours[0] == theirs[0]), f"row {row}: {ours}, not {theirs}"
    print(f"the table of Spark is that of `solvency verify`: {len(command)} rows")


if __name__ == "__main__":
    main()
