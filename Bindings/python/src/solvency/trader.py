"""The trader's side: commit to a book, explain it, prove, follow fills."""

from __future__ import annotations

import ctypes
import os
import time
from typing import Any

from . import _library as lib
from ._documents import Document, digest, encoded
from .catalog import Catalog
from .verifying import KINDS


class Opening(lib.Handle):
    """What opens a commitment: the book and its blinding, in guarded memory that is wiped on closing.

    It cannot be copied, pickled or printed.
    """

    _free = "opening"

    @staticmethod
    def commit(catalog: Catalog, book: Document, *, registry: str | bytes) -> Opening:
        """Commits to a book under a registry of the catalog: `Snapshot.registry`, or what `add_registry` returned."""
        data, place = encoded(book), ctypes.c_void_p()
        lib.call(
            "commit", catalog.pointer, data, len(data), digest(registry, "registry"), ctypes.byref(place)
        )
        return Opening(place.value)

    @staticmethod
    def unseal(file: Document, passphrase: str) -> Opening:
        """Opens an encrypted file of the command. Raises `MalformedError` for a wrong passphrase."""
        data, secret, place = encoded(file), passphrase.encode(), ctypes.c_void_p()
        lib.call("opening_unseal", data, len(data), secret, len(secret), ctypes.byref(place))
        return Opening(place.value)

    def seal(self, passphrase: str) -> bytes:
        """The opening as an encrypted file, account.opening."""
        secret = passphrase.encode()
        return lib.taking("opening_seal", self.pointer, secret, len(secret))

    def account(self) -> dict[str, Any]:
        """The public commitment, account.json."""
        import json

        account: dict[str, Any] = json.loads(lib.taking("opening_account", self.pointer))
        return account

    def fill(self, catalog: Catalog, fill: Document) -> Opening:
        """The opening after a fill; this one stays as it is."""
        data, place = encoded(fill), ctypes.c_void_p()
        lib.call("opening_fill", self.pointer, catalog.pointer, data, len(data), ctypes.byref(place))
        return Opening(place.value)

    def prove(
        self, catalog: Catalog, *, circuit: str | bytes, snapshot: str | bytes, audience: str,
        kind: str = "maintenance", nonce: str | bytes | None = None, now: int | None = None, valid_for: int = 3_600,
    ) -> bytes:
        """Proves that the book meets the rule; returns the envelope. Raises `RefusedError` if it does not.

        Without a nonce of the audience, a random one is used.
        """
        moment = int(time.time()) if now is None else now
        name = audience.encode()
        rule = self._rule(circuit, snapshot, kind)
        request = lib.Request(
            size=ctypes.sizeof(lib.Request), audience=name, audience_count=len(name),
            nonce=os.urandom(32) if nonce is None else digest(nonce, "nonce"), issued=moment,
            expires=moment + valid_for, now=moment,
        )
        return lib.taking("prove", self.pointer, catalog.pointer, ctypes.byref(rule), ctypes.byref(request))

    def explain(
        self, catalog: Catalog, *, circuit: str | bytes, snapshot: str | bytes, kind: str = "maintenance"
    ) -> dict[str, Any]:
        """Every requirement with its slack, and the headroom. Secret: it stays with the trader.

        `explanation["requirements"]` is a list of rows of equal keys: `pandas.DataFrame` takes it as it is.
        """
        import json

        rule = self._rule(circuit, snapshot, kind)
        explanation: dict[str, Any] = json.loads(
            lib.taking("explain", self.pointer, catalog.pointer, ctypes.byref(rule))
        )
        return explanation

    @staticmethod
    def _rule(circuit: str | bytes, snapshot: str | bytes, kind: str) -> lib.Rule:
        if kind not in KINDS or kind is None:
            raise lib.UsageError(f"kind is 'initial' or 'maintenance', not {kind!r}")
        return lib.Rule(
            size=ctypes.sizeof(lib.Rule), circuit=digest(circuit, "circuit"), snapshot=digest(snapshot, "snapshot"),
            registry=None, kind=KINDS[kind],
        )

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("an opening is secret and is not pickled; seal it")
