"""Verifies a Parquet file of proofs through DuckDB and through Polars: duckdb_polars_verify.py [FILE ROWS DISTINCT ROUNDS]

Both hand over Arrow without a copy of the bytes, and take the verdicts back as a table to join and count with.
"""

from __future__ import annotations

import sys

import duckdb
import polars
import pyarrow as pa
import workload
from solvency import columns
from solvency.documents import Documents


def by_duckdb(documents: Documents, path: str) -> tuple[list[str], list[tuple[str, int]]]:
    """Reads, verifies a batch at a time, and counts the reasons in SQL."""
    verifier = documents.verifier(threads=1)
    reader = duckdb.sql(f"SELECT * FROM read_parquet('{path}') ORDER BY row").to_arrow_reader(verifier.batch)
    # DuckDB has no binary of fixed length and hands digests over as binary: the values are the same.
    parts = [
        columns.verdicts(verifier, columns.envelopes_of(batch, "proof"), now=documents.now) for batch in reader
    ]
    verdicts = pa.Table.from_batches(parts, schema=columns.VERDICTS)
    counts = duckdb.sql("SELECT reason, count(*) FROM verdicts GROUP BY reason ORDER BY reason").fetchall()
    return verdicts.column("reason").to_pylist(), counts


def by_polars(documents: Documents, path: str) -> tuple[list[str], list[tuple[str, int]]]:
    """Reads a frame, verifies it as Arrow, and puts the verdicts beside its rows."""
    verifier = documents.verifier(threads=1)
    frame = polars.read_parquet(path).sort("row")
    verdicts = polars.from_arrow(columns.verify(verifier, frame.to_arrow(), now=documents.now))
    assert isinstance(verdicts, polars.DataFrame)
    joined = frame.select("row", "account").hstack(verdicts.select("code", "reason"))
    counts = joined.group_by("reason").len().sort("reason").rows()
    return joined["reason"].to_list(), counts


def main() -> None:
    path, rows, distinct, rounds = workload.size(sys.argv)
    documents = workload.make(path, rows, distinct)
    for name, verify in (("DuckDB", by_duckdb), ("Polars", by_polars)):
        counts: list[tuple[str, int]] = []

        def run() -> list[str]:
            found, counts[:] = verify(documents, str(path))
            return found

        expected, share = workload.compare(documents, path, rows, 1, rounds, run)
        assert dict(counts) == {reason: expected.count(reason) for reason in set(expected)}, f"{name}: {counts}"
        print(f"{name}: {share}")


if __name__ == "__main__":
    main()
