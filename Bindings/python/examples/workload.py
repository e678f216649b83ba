"""Proofs to try engines with: a Parquet file of `rows` proofs, of which `distinct` are different and 1 in 100 is altered."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pyarrow as pa
import solvency
from solvency import columns
from solvency.documents import Documents

ROOT = Path(__file__).resolve().parents[3]


def make(path: Path, rows: int, distinct: int) -> Documents:
    """Writes the file with a column `row`, unless it is there, and returns the documents to verify with."""
    text = (ROOT / "Examples/snapshot.json").read_bytes()
    catalog = solvency.Catalog(shipped=False)
    circuit = catalog.add_circuit("portfolio-margin", (ROOT / "circuits/portfolio-margin.circuit").read_bytes())
    snapshot = catalog.add_snapshot(text)
    now = snapshot.valid_from + 60
    documents = Documents(snapshots=[text], now=now, expectations={"audience": "Example Bank"})
    if path.exists():
        return documents
    book = json.loads((ROOT / "Examples/book.json").read_text())
    proofs = []
    for index in range(distinct):
        opening = solvency.Opening.commit(catalog, {**book, "account": f"account-{index}"}, registry=snapshot.registry)
        proof = opening.prove(catalog, circuit=circuit, snapshot=snapshot.digest, audience="Example Bank", now=now)
        if index % 100 == 99:
            proof = json.dumps({**json.loads(proof), "sequence": 1}, separators=(",", ":")).encode()
        proofs.append(proof)
    table = columns.from_envelopes(proofs)
    table = pa.concat_tables([table] * (rows // distinct))
    table = table.append_column("row", pa.array(range(table.num_rows), pa.int64()))
    import pyarrow.parquet as pq

    # Row groups are what engines share out. Repeated proofs are not packed, so that the file has the size of different ones.
    pq.write_table(
        table, path, compression="none", use_dictionary=False, row_group_size=4096, write_statistics=False)
    return documents


def alone(documents: Documents, path: Path) -> tuple[list[str], float]:
    """The verdicts of one process on one thread, and the seconds that verifying took."""
    verifier = documents.verifier(threads=1)
    start = time.perf_counter()
    found = columns.verify(verifier, path, now=documents.now)
    return found.column("reason").to_pylist(), time.perf_counter() - start


def size(arguments: list[str]) -> tuple[Path, int, int]:
    """FILE ROWS DISTINCT from the command line; a small workload by default."""
    path = Path(arguments[1]) if len(arguments) > 1 else Path("proofs-10000.parquet")
    rows = int(arguments[2]) if len(arguments) > 2 else 10_000
    return path, rows, int(arguments[3]) if len(arguments) > 3 else 200


if __name__ == "__main__":
    place, count, different = size(sys.argv)
    make(place, count, different)
    print(f"{place}: {place.stat().st_size / count:.0f} bytes a proof")
