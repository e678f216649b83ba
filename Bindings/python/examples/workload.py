"""Proofs to try engines with: a Parquet file of `rows` proofs, of which `distinct` are different and 1 in 100 is altered."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
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


@dataclass(frozen=True)
class Pace:
    """Proofs by the clock, and by the processor time of everything that worked on them."""

    rows: int
    seconds: float
    processor: float

    def share(self, of: Pace, cores: int) -> str:
        """What a core does of what a thread alone does.

        By the clock: proofs a second for each core, beside those of one process on one thread. By processor time: what one process
        spends on a proof, beside what everything together spends on it, JVM and idle waiting threads included. On cores that are
        busy and have no other work the two are the same; processor time is the same also on a machine that others use.
        """
        clock = (self.rows / self.seconds / cores) / (of.rows / of.seconds)
        spent = (self.rows / self.processor) / (of.rows / of.processor)
        return (
            f"{self.rows} proofs in {self.seconds:.1f} s, {self.rows / self.seconds:.0f} a second, "
            f"{self.rows / self.processor:.0f} a second of processor time; one process on one thread {of.rows / of.seconds:.0f} "
            f"and {of.rows / of.processor:.0f}; share of it a core {clock:.2f} by the clock, {spent:.2f} by processor time"
        )


class Watch:
    """Clock and processor time from here on."""

    def __init__(self) -> None:
        self._processor, self._clock = processor_seconds(), time.perf_counter()

    def pace(self, rows: int) -> Pace:
        return Pace(rows, time.perf_counter() - self._clock, processor_seconds() - self._processor)


def alone(documents: Documents, path: Path) -> tuple[list[str], Pace]:
    """The verdicts of one process on one thread, and its pace, without what making the verifier takes."""
    verifier = documents.verifier(threads=1)
    # The first proof compiles the rule.
    columns.verify(verifier, columns_head(path), now=documents.now)
    # Of this process only: an engine's workers may end meanwhile, and take their times with them.
    processor, clock = time.process_time(), time.perf_counter()
    found = columns.verify(verifier, path, now=documents.now)
    pace = Pace(found.num_rows, time.perf_counter() - clock, time.process_time() - processor)
    return found.column("reason").to_pylist(), pace


def compare(
    documents: Documents, path: Path, rows: int, cores: int, rounds: int, run: Callable[[], list[str]]
) -> tuple[list[str], str]:
    """Runs an engine and one process in turns: the verdicts, which have to be the same, and the share by medians."""
    engine, single, expected = [], [], []
    for _ in range(rounds):
        watch = Watch()
        found = run()
        engine.append(watch.pace(rows))
        expected, pace = alone(documents, path)
        single.append(pace)
        assert found == expected, "verdicts differ"
    return expected, median(engine).share(median(single), cores)


def median(paces: list[Pace]) -> Pace:
    return Pace(
        paces[0].rows, statistics.median(each.seconds for each in paces), statistics.median(each.processor for each in paces))


def by_command(documents: Documents, path: Path) -> list[tuple[str, str, str]] | None:
    """The verdicts of the command `solvency verify` on the envelopes of the file: reason, account and circuit, the last two
    empty where it does not say. None without the command (SOLVENCY_COMMAND, or the release build)."""
    command = os.environ.get("SOLVENCY_COMMAND", str(ROOT / ".build/release/solvency"))
    if not os.path.exists(command):
        return None
    now = datetime.fromtimestamp(documents.now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "proofs.jsonl"
        with pq.ParquetFile(path) as file, lines.open("wb") as output:
            for batch in file.iter_batches():
                output.writelines(line + b"\n" for line in columns.to_envelopes(pa.Table.from_batches([batch])))
        done = subprocess.run(
            [command, "verify", lines, "--snapshot", ROOT / "Examples/snapshot.json", "--audience",
             documents.expectations["audience"], "--now", now, "--json"], capture_output=True)
    assert done.returncode in (0, 2), done.stderr.decode()
    return [
        ("accepted" if each["verdict"] == "accepted" else each["reason"], each.get("account", ""), each.get("circuit", ""))
        for each in json.loads(done.stdout)["verdicts"]
    ]


def columns_head(path: Path) -> pa.Table:
    """The first two rows of a file."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return pa.Table.from_batches([next(file.iter_batches(batch_size=2))])


def processor_seconds() -> float:
    """Processor time of this process and of everything below it so far: a measure that other work on the machine leaves
    alone."""
    parents: dict[int, int] = {}
    times: dict[int, float] = {}
    tick = os.sysconf("SC_CLK_TCK")
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry)] = int(fields[1])
        # Its own time, and that of children that have ended.
        times[int(entry)] = sum(map(int, fields[11:15])) / tick
    total = 0.0
    for process, seconds in times.items():
        above = process
        while above > 1 and above != os.getpid():
            above = parents.get(above, 0)
        if above == os.getpid():
            total += seconds
    return total


def size(arguments: list[str]) -> tuple[Path, int, int, int]:
    """FILE ROWS DISTINCT ROUNDS from the command line; a small workload by default."""
    path = Path(arguments[1]) if len(arguments) > 1 else Path("proofs-10000.parquet")
    rows = int(arguments[2]) if len(arguments) > 2 else 10_000
    distinct = int(arguments[3]) if len(arguments) > 3 else 200
    return path, rows, distinct, int(arguments[4]) if len(arguments) > 4 else 1


if __name__ == "__main__":
    place, count, different, _ = size(sys.argv)
    make(place, count, different)
    print(f"{place}: {place.stat().st_size / count:.0f} bytes a proof")
