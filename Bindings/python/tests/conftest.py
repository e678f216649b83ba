"""What the tests share: the repository's example, proved by the library itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import solvency

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Example:
    catalog: solvency.Catalog
    snapshot: solvency.Snapshot
    snapshot_json: bytes
    circuit: str
    circuit_text: bytes
    book: dict
    now: int

    def opening(self) -> solvency.Opening:
        return solvency.Opening.commit(self.catalog, self.book, registry=self.snapshot.registry)

    def prove(self, opening: solvency.Opening, **options: object) -> bytes:
        arguments: dict = {
            "circuit": self.circuit, "snapshot": self.snapshot.digest, "audience": "Example Bank", "now": self.now,
        }
        return opening.prove(self.catalog, **{**arguments, **options})

    def verifier(self, **options: object) -> solvency.Verifier:
        return solvency.Verifier(self.catalog, **{"audience": "Example Bank", **options})


@pytest.fixture(scope="session")
def example() -> Example:
    catalog = solvency.Catalog(shipped=False)
    snapshot_json = (ROOT / "Examples/snapshot.json").read_bytes()
    text = (ROOT / "circuits/portfolio-margin.circuit").read_bytes()
    circuit = catalog.add_circuit("portfolio-margin", text)
    snapshot = catalog.add_snapshot(snapshot_json)
    book = json.loads((ROOT / "Examples/book.json").read_text())
    return Example(catalog, snapshot, snapshot_json, circuit, text, book, snapshot.valid_from + 60)


@pytest.fixture(scope="session")
def proof(example: Example) -> bytes:
    return example.prove(example.opening())
