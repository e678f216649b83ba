"""Verifying proofs, one by one, in batches and as columns."""

from __future__ import annotations

import ctypes
import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from . import _library as lib
from ._documents import Document, digest, encoded
from .catalog import Accounts, Catalog

if TYPE_CHECKING:
    import pyarrow

KINDS: Final = {None: 0, "maintenance": 1, "initial": 2}
WEEK: Final = 604_800


class Verdict(NamedTuple):
    """What is said of one proof. A rejected proof is a value, never an exception.

    `reason` is "accepted", or why the proof establishes nothing: "stale-sequence", "proof-invalid". `account` and
    `circuit` are what the proof says: claims unless it is accepted, None where it cannot be read.
    """

    code: int
    reason: str
    account: str | None = None
    circuit: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the proof was accepted."""
        return self.code == 0

    def __bool__(self) -> bool:
        return self.accepted


def word(code: int) -> str:
    """The word for the number of a verdict.

    >>> word(0), word(22)
    ('accepted', 'proof-invalid')
    """
    found = _words.get(code)
    if found is None:
        name: bytes = lib.library.solvency_verdict_name(code)
        found = _words[code] = name.decode()
    return found


_words: dict[int, str] = {}


_UNREAD: Final = (1, 2)
"""Verdicts on what is no envelope: malformed, or of another version."""


def _claims(data: bytes, code: int) -> tuple[str | None, str | None]:
    """Account and circuit of an envelope that the library has read: JSON, with each name once."""
    if code in _UNREAD:
        return None, None
    account, circuit = _member(data, b'"account":"'), _member(data, b'"circuit":"')
    if account is None or circuit is None:
        import json

        envelope = json.loads(data.decode())
        return envelope["account"], envelope["circuit"]
    return account, circuit


def _member(data: bytes, key: bytes) -> str | None:
    """A text without escapes that stands directly after its key: a text that contains the key has escapes in it."""
    start = data.find(key) + len(key)
    if start < len(key):
        return None
    text = data[start : data.index(b'"', start)]
    return None if b"\\" in text else text.decode()


class Verifier:
    """Verifies against a catalog and what is demanded. Safe to share between threads.

    `audience` is who verifies, None for anybody; `nonce` what was asked with; `accounts` the commitments of now;
    `kind` "initial" or "maintenance"; times are in seconds. `threads` is the most a batch uses; 0 stands for as many
    as there are processors.
    """

    batch: int = 2048
    """How many proofs are verified between two looks at signals and two calls of `progress`."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        audience: str | None = None,
        nonce: str | bytes | None = None,
        accounts: Accounts | None = None,
        kind: str | None = None,
        clock_skew: int = 0,
        greatest_window: int | None = WEEK,
        snapshot_grace: int = 0,
        threads: int = 0,
    ) -> None:
        if kind not in KINDS:
            raise lib.UsageError(f"kind is 'initial', 'maintenance' or None, not {kind!r}")
        self._catalog, self._accounts = catalog, accounts
        self._audience = None if audience is None else audience.encode()
        self._nonce = None if nonce is None else digest(nonce, "nonce")
        self._rest = {
            "clock_skew": clock_skew,
            "greatest_window": 2**64 - 1 if greatest_window is None else greatest_window,
            "snapshot_grace": snapshot_grace,
            "kind": KINDS[kind],
            "threads": threads,
        }
        self._demanded: tuple[int, lib.Expectations] | None = None

    def _expectations(self, now: int | None) -> lib.Expectations:
        """What is demanded at a moment, in seconds. Calls in the same second share it; the library only reads it."""
        moment = int(time.time()) if now is None else now
        # Asked for each time, so that accounts that were closed say so.
        accounts = None if self._accounts is None else self._accounts.pointer
        kept = self._demanded
        if kept is None or kept[0] != moment:
            kept = self._demanded = moment, lib.Expectations(
                size=ctypes.sizeof(lib.Expectations),
                now=moment,
                audience=self._audience,
                audience_count=len(self._audience or b""),
                nonce=self._nonce,
                accounts=accounts,
                **self._rest,
            )
        return kept[1]

    def verify(self, proof: Document, *, now: int | None = None) -> Verdict:
        """Verifies one proof. `now` is in seconds since 1970, the clock's by default."""
        data, verdict = encoded(proof), ctypes.c_int32()
        expectations = self._expectations(now)
        lib.call(
            "verify", self._catalog.pointer, ctypes.byref(expectations), data, len(data), ctypes.byref(verdict))
        code = verdict.value
        return Verdict(code, word(code), *_claims(data, code))

    def verify_many(
        self,
        proofs: Iterable[Document] | pyarrow.Array | pyarrow.ChunkedArray | pyarrow.Table | os.PathLike[str],
        *,
        now: int | None = None,
        progress: Callable[[int], None] | None = None,
        column: str = "proof",
    ) -> list[Verdict] | pyarrow.Table:
        """Verifies many proofs together; the verdicts have the order of the proofs.

        An iterable of documents gives a list. A pyarrow array of binary or text, a table with such a column or with the
        columns of `solvency.columns`, and the path of a Parquet file of either give a table with the columns account,
        circuit, code, reason. `progress` is called with the number done so far.
        """
        if isinstance(proofs, (str, bytes, bytearray, memoryview)):
            # Text is an iterable of its letters: each would be a malformed proof.
            raise lib.UsageError("proofs are many documents; a file is named by a pathlib.Path, one proof goes to verify")
        if isinstance(proofs, os.PathLike) or type(proofs).__module__.partition(".")[0] == "pyarrow":
            from . import columns

            return columns.verify(self, proofs, now=now, progress=progress, column=column)
        return list(self.stream(proofs, now=now, progress=progress))

    def stream(
        self, proofs: Iterable[Document], *, now: int | None = None, progress: Callable[[int], None] | None = None
    ) -> Iterator[Verdict]:
        """The verdicts of any number of proofs, in memory bounded by one batch."""
        moment = int(time.time()) if now is None else now
        source, done = iter(proofs), 0
        while chunk := [encoded(proof) for proof in itertools.islice(source, self.batch)]:
            yield from self._batch(chunk, moment)
            done += len(chunk)
            if progress is not None:
                progress(done)

    def codes(self, proofs: list[bytes], *, now: int | None = None) -> tuple[list[int], list[str], list[str]]:
        """Numbers of verdicts, accounts and circuits of one batch: what tables are made from."""
        count = len(proofs)
        verdicts = (ctypes.c_int32 * count)()
        accounts, circuits = (ctypes.c_uint32 * count)(), (ctypes.c_uint32 * count)()
        names = lib.Names(accounts, circuits)
        pointers, sizes, count = lib.many(proofs)
        expectations = self._expectations(now)
        lib.call(
            "verify_many", self._catalog.pointer, ctypes.byref(expectations), pointers, sizes, count, verdicts,
            ctypes.byref(names),
        )
        text, place = names.text.take(), 0
        texts: list[str] = []
        for length in itertools.chain.from_iterable(zip(accounts, circuits)):
            texts.append(text[place : place + length].decode())
            place += length
        return list(verdicts), texts[0::2], texts[1::2]

    def _batch(self, proofs: list[bytes], now: int | None) -> list[Verdict]:
        codes, accounts, circuits = self.codes(proofs, now=now)
        return [
            Verdict(code, word(code), account or None, circuit or None)
            for code, account, circuit in zip(codes, accounts, circuits)
        ]

    def __repr__(self) -> str:
        return f"Verifier(audience={self._audience!r})"


