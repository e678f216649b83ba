"""The size of a million proofs in Parquet: million.py FILE [ROWS]

One statement (portfolio margin over the example snapshot), as many accounts as rows. A proof takes 135 ms to make, so one is
made, and each row has its columns with an account, a nonce, a commitment and proof bytes of its own: those are random, as they
are in real proofs, and no two are equal, so that nothing packs better than it would. The rows do not verify; their size is
what is looked at. The real proof goes in as the last row, and is read back and verified.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import solvency
from solvency import columns

ROOT = Path(__file__).resolve().parents[2]


def varied(table: pa.Table, start: int, count: int) -> pa.Table:
    """Rows like the one of a table, with everything random anew."""
    repeated = pa.concat_tables([table] * count).combine_chunks()

    def random(name: str) -> list[bytes]:
        length = len(table.column(name)[0].as_py())
        data = os.urandom(length * count)
        return [data[place : place + length] for place in range(0, len(data), length)]

    changed = {name: random(name) for name in ("nonce", "commitments", "proof")}
    changed["account"] = [f"account-{index:07}" for index in range(start, start + count)]
    for name, values in changed.items():
        place = table.schema.get_field_index(name)
        repeated = repeated.set_column(place, table.schema.field(name), pa.array(values, table.schema.field(name).type))
    return repeated


def main() -> None:
    path, rows = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    catalog = solvency.Catalog()
    snapshot = catalog.add_snapshot(ROOT / "Examples/snapshot.json")
    circuit = catalog.add_circuit("portfolio-margin", (ROOT / "circuits/portfolio-margin.circuit").read_bytes())
    now = snapshot.valid_from + 60
    opening = solvency.Opening.commit(
        catalog, json.loads((ROOT / "Examples/book.json").read_text()), registry=snapshot.registry)
    proof = opening.prove(catalog, circuit=circuit, snapshot=snapshot.digest, audience="Example Bank", now=now)
    real = columns.from_envelopes([proof])
    step = 1 << 16
    table = pa.concat_tables(
        [*(varied(real, start, min(step, rows - 1 - start)) for start in range(0, rows - 1, step)), real])
    columns.write(table, path)
    del table
    with pq.ParquetFile(path) as file:
        count = file.metadata.num_rows
        last = file.read_row_group(file.metadata.num_row_groups - 1)
    again = last.slice(last.num_rows - 1).select(columns.PROOFS.names)
    assert list(columns.to_envelopes(again)) == [proof], "the proof did not come back"
    verdicts = solvency.Verifier(catalog, audience="Example Bank").verify_many(again, now=now)
    assert verdicts.column("reason").to_pylist() == ["accepted"]
    size = path.stat().st_size
    print(f"{count} proofs in Parquet: {size / 1e9:.3f} GB, {size / count:.1f} bytes each; as lines {len(proof) * count / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
