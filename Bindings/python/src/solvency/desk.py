"""The desk: decides on requests and keeps a ledger."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Sequence
from typing import Any

from . import _library as lib
from ._documents import Document, encoded
from .catalog import Catalog


class Desk(lib.Handle):
    """A venue's desk, on a ledger in memory or in a SQLite file.

    It decides by the circuits that are in the catalog when it is opened.
    """

    _free = "desk"

    def __init__(
        self, catalog: Catalog, *, description: Document, key: Document, passphrase: str,
        store: str | os.PathLike[str] | None = None,
    ) -> None:
        """Opens the desk by desk.json, with the venue's key file; `store` is made if it is not there."""
        about, key_file, secret = encoded(description), encoded(key), passphrase.encode()
        path = None if store is None else os.fsencode(store)
        place = ctypes.c_void_p()
        lib.call(
            "desk_open", catalog.pointer, about, len(about), path, len(path or b""), key_file, len(key_file), secret,
            len(secret), ctypes.byref(place),
        )
        super().__init__(place.value)

    def publish(self, snapshot: Document, signature: Document, *, now: int | None = None) -> None:
        """Puts a snapshot in force that the venue signed. The first one founds the ledger."""
        data, signed = encoded(snapshot), encoded(signature)
        lib.call("desk_publish", self.pointer, data, len(data), signed, len(signed), _moment(now))

    def open_account(self, attestations: Sequence[Document], *, now: int | None = None) -> None:
        """Opens an account, from the attestations of its custodians."""
        items = [encoded(each) for each in attestations]
        pointers, sizes, count = lib.many(items)
        lib.call("desk_open_account", self.pointer, pointers, sizes, count, _moment(now))

    def review_many(self, requests: Sequence[Document], *, now: int | None = None) -> list[dict[str, Any]]:
        """Decides on requests together, in their order: "decision" is admitted, reduce-only or refused."""
        import json

        items = [encoded(each) for each in requests]
        pointers, sizes, count = lib.many(items)
        lines = lib.taking("desk_review_many", self.pointer, pointers, sizes, count, _moment(now))
        return [json.loads(line) for line in lines.splitlines()]

    def status(self, *, now: int | None = None) -> dict[str, Any]:
        """Identity, number of entries, epoch in force, and how many accounts have each status."""
        import json

        status: dict[str, Any] = json.loads(lib.taking("desk_status", self.pointer, _moment(now)))
        return status


def _moment(now: int | None) -> int:
    return int(time.time()) if now is None else now
