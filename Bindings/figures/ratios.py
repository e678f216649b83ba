"""What a call through C and through Python costs beside Swift's own: ratios.py SWIFT-PROGRAM C-PROGRAM [ROUNDS]

The two programs are VerifyTiming of Bindings/C and timing.c. They and this process verify the same proofs, one by one and as
one batch on one thread, in turns: Swift, C, Python, Swift, … Each round gives each of them one sample of processor time, with
documents read and the rule compiled before; printed are medians over the rounds, of the samples and of the ratios within a round.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import solvency
from solvency.documents import Documents

ROOT = Path(__file__).resolve().parents[2]
AUDIENCE = "Example Bank"
BATCH, DIFFERENT, SINGLES = 2048, 64, 256


def proofs(now: int, snapshot: solvency.Snapshot, catalog: solvency.Catalog, circuit: str) -> list[bytes]:
    """Different proofs of portfolio margin over the example snapshot."""
    book = json.loads((ROOT / "Examples/book.json").read_text())
    made = []
    for index in range(DIFFERENT):
        opening = solvency.Opening.commit(catalog, {**book, "account": f"account-{index}"}, registry=snapshot.registry)
        made.append(opening.prove(catalog, circuit=circuit, snapshot=snapshot.digest, audience=AUDIENCE, now=now).strip())
    return made


class Program:
    """A program that takes a sample for each line of its input."""

    def __init__(self, path: str, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [path, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, what: str) -> tuple[int, int]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        taken, accepted = self._process.stdout.readline().split()
        return int(taken), int(accepted)


def python(verifier: solvency.Verifier, items: list[bytes], now: int, what: str) -> tuple[int, int]:
    """The same in this process."""
    start = time.process_time_ns()
    if what == "single":
        verdicts = [verifier.verify(item, now=now) for item in items]
    else:
        verdicts = verifier.verify_many(items, now=now)
    return time.process_time_ns() - start, sum(map(bool, verdicts))


def main() -> None:
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 61
    text = (ROOT / "Examples/snapshot.json").read_bytes()
    catalog = solvency.Catalog(shipped=False)
    circuit = catalog.add_circuit("portfolio-margin", (ROOT / "circuits/portfolio-margin.circuit").read_bytes())
    snapshot = catalog.add_snapshot(text)
    now = snapshot.valid_from + 60
    different = proofs(now, snapshot, catalog, circuit)
    verifier = Documents(snapshots=[text], now=now, expectations={"audience": AUDIENCE}).verifier(threads=1)
    for what, count in (("single", SINGLES), ("batch", BATCH)):
        items = [different[index % DIFFERENT] for index in range(count)]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "proofs.jsonl"
            path.write_bytes(b"\n".join(items) + b"\n")
            arguments = (ROOT / "Examples/snapshot.json", AUDIENCE, now, path)
            ways: dict[str, Callable[[str], tuple[int, int]]] = {
                "Swift": Program(sys.argv[1], *arguments),
                "C": Program(sys.argv[2], *arguments),
                "Python": lambda what: python(verifier, items, now, what),
            }
            samples: dict[str, list[float]] = {name: [] for name in ways}
            # The first round compiles the rule.
            for number in range(rounds + 1):
                for name, way in ways.items():
                    taken, accepted = way(what)
                    assert accepted == count, f"{name} accepts {accepted} of {count}"
                    if number > 0:
                        samples[name].append(taken / count / 1000)
        for name, values in samples.items():
            ratio = statistics.median(ours / swift for ours, swift in zip(values, samples["Swift"]))
            print(f"{what}, {name}: {statistics.median(values):.1f} µs a proof, {ratio:.3f} of Swift's")


if __name__ == "__main__":
    main()
