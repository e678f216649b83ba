"""Trusted documents: circuits, snapshots, registries; and the commitments that accounts have now."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from types import TracebackType
from typing import NamedTuple

from ._documents import Document, digest, encoded
from ._library import Handle, SnapshotFacts, call


class Snapshot(NamedTuple):
    """What a snapshot is: digests in hexadecimal, epoch, seconds from and until which it is in force, sizes."""

    digest: str
    registry: str
    epoch: int
    valid_from: int
    valid_to: int
    instruments: int
    collateral_assets: int

    @staticmethod
    def read(document: Document) -> Snapshot:
        """Reads and checks a snapshot. Raises `MalformedError`."""
        data, facts = encoded(document), SnapshotFacts()
        call("snapshot_read", data, len(data), ctypes.byref(facts))
        return Snapshot(
            bytes(facts.digest).hex(), bytes(facts.registry).hex(), facts.epoch, facts.valid_from, facts.valid_to,
            facts.instruments, facts.collateral_assets,
        )


class Catalog(Handle):
    """The circuits, snapshots and registries that are trusted. A proof only names them.

    >>> with Catalog() as catalog:
    ...     len(catalog.add_circuit("anything", "circuit anything version 1") if False else "")
    0
    """

    _free = "catalog"

    def __init__(self, *, shipped: bool = True, compiled_limit: int = 64) -> None:
        """A catalog with the circuits that come with the library, or an empty one.

        `compiled_limit` compiled rules are kept.
        """
        place = ctypes.c_void_p()
        call("catalog_create", compiled_limit, ctypes.byref(place))
        super().__init__(place.value)
        if shipped:
            call("catalog_add_shipped_circuits", self.pointer)

    def add_circuit(self, name: str, text: Document) -> str:
        """Trusts a circuit; returns its digest. Raises `MalformedError` with line and excerpt."""
        data, key, out = encoded(text), name.encode(), ctypes.create_string_buffer(32)
        call("catalog_add_circuit", self.pointer, key, len(key), data, len(data), out)
        return out.raw.hex()

    def add_snapshot(self, document: Document) -> Snapshot:
        """Trusts a snapshot and the registry of its own lists."""
        data = encoded(document)
        call("catalog_add_snapshot", self.pointer, data, len(data), None)
        return Snapshot.read(data)

    def add_registry(self, document: Document) -> str:
        """Trusts a registry file and every shorter list it grew from; returns the digest of the longest."""
        data, out = encoded(document), ctypes.create_string_buffer(32)
        call("catalog_add_registry", self.pointer, data, len(data), out)
        return out.raw.hex()

    def retire_snapshot(self, snapshot: str | bytes) -> None:
        """Trusts a snapshot no longer. Raises `MissingError`."""
        call("catalog_retire_snapshot", self.pointer, digest(snapshot, "snapshot"))

    def __enter__(self) -> Catalog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Accounts(Handle):
    """The commitments that accounts have now, from files account.json."""

    _free = "accounts"

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        place = ctypes.c_void_p()
        call("accounts_create", ctypes.byref(place))
        super().__init__(place.value)
        for document in documents:
            self.add(document)

    def add(self, document: Document) -> None:
        """Adds an account; a later one takes the place of an earlier one of the same name."""
        data = encoded(document)
        call("accounts_add", self.pointer, data, len(data))
