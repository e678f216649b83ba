"""The venue's own solvency: slices of a roll are audited where they lie, and their parts are put together."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from . import _library as lib
from ._documents import Document, encoded

ENTRY_BYTES: Final = 141


class Roll(lib.Handle):
    """A roll with the documents that its header states, which the auditor has from elsewhere."""

    _free = "roll"

    def __init__(
        self, header: Document, *, snapshot: Document, circuits: Sequence[bytes], reserves: Sequence[Document] = (),
        custodians: Sequence[Document] = (), registry: Document | None = None, house: Document | None = None,
    ) -> None:
        """`circuits` are texts: rule, bounded shortfall, totals, then the bands above the rule. Public keys of custodians
        are the files of `solvency keygen`."""
        about, rules = encoded(header), encoded(snapshot)
        names = b"" if registry is None else encoded(registry)
        own = b"" if house is None else encoded(house)
        texts = lib.many(list(circuits))
        signed = lib.many([encoded(each) for each in reserves])
        keys = lib.many([encoded(each) for each in custodians])
        description = lib.RollDescription(
            ctypes.sizeof(lib.RollDescription), about, len(about), rules, len(rules), names, len(names), *texts, *signed,
            *keys, own, len(own),
        )
        place = ctypes.c_void_p()
        lib.call("roll_open", ctypes.byref(description), ctypes.byref(place))
        super().__init__(place.value)

    def audit(
        self, entries: Sequence[bytes], evidence: Sequence[bytes], *, first: int = 0, passed: int = 0, threads: int = 0,
    ) -> bytes:
        """Audits a slice that begins with entry `first`: a part, as JSON.

        The first `passed` entries stand before the slice and are not counted: they make groups known that reach into it.
        Entry 0 is the header, and an empty one stands for the roll's own. Evidence is empty where its line is."""
        if len(entries) != len(evidence):
            raise lib.UsageError(f"{len(entries)} entries have {len(evidence)} lines of evidence")
        listed, sizes, count = lib.many(list(entries))
        lines, lengths, _ = lib.many(list(evidence))
        return lib.taking("roll_audit", self.pointer, first, passed, listed, sizes, lines, lengths, count, threads)

    def result(
        self, audit: bytes, *, totals: Document, checkpoint: bytes, policy: bytes, exposure: Document | None = None,
    ) -> dict[str, Any]:
        """What an audit of the whole roll shows: "isSolvent", "problems", "totals", "audit".

        `policy` says whom you trust for the checkpoint, as c2sp.org/tlog-policy has it."""
        proof, public = encoded(totals), b"" if exposure is None else encoded(exposure)
        shown: dict[str, Any] = json.loads(
            lib.taking(
                "roll_result", self.pointer, audit, len(audit), proof, len(proof), checkpoint, len(checkpoint), policy,
                len(policy), public, len(public),
            )
        )
        return shown


def merge(parts: Sequence[bytes]) -> bytes:
    """Puts parts together, in whatever order: the same bytes however the roll was split.

    >>> merge([])
    Traceback (most recent call last):
    ...
    solvency._library.RefusedError: parts: there is no part
    """
    items, sizes, count = lib.many(list(parts))
    return lib.taking("roll_merge", items, sizes, count)


def read(folder: str | os.PathLike[str]) -> Iterator[tuple[bytes, bytes]]:
    """The entries of a roll's folder with their evidence, the header (empty: the roll's own) first."""
    yield b"", b""
    path = Path(folder)
    with (path / "entries.bin").open("rb") as entries, (path / "evidence.jsonl").open("rb") as evidence:
        while entry := entries.read(ENTRY_BYTES):
            yield entry, evidence.readline().rstrip(b"\n")
