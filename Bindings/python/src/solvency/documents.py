"""Trusted documents as one value that travels: to a worker of a cluster, to another process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .catalog import Accounts, Catalog
from .verifying import Verifier


@dataclass(frozen=True)
class Documents:
    """What a verifier trusts, as bytes. Pickles; a worker makes its verifier from it once.

    `circuits` are trusted besides those that come with the library. `expectations` are the named arguments of
    `Verifier`; `now` is in seconds, and the same for every proof and every worker.
    """

    snapshots: Sequence[bytes]
    now: int
    circuits: Mapping[str, bytes] = field(default_factory=dict)
    registries: Sequence[bytes] = ()
    accounts: Sequence[bytes] | None = None
    expectations: Mapping[str, Any] = field(default_factory=dict)

    def verifier(self, *, threads: int = 1) -> Verifier:
        """A verifier with these documents, for one worker: one thread, unless the worker has the machine to itself."""
        catalog = Catalog()
        for name, text in self.circuits.items():
            catalog.add_circuit(name, text)
        for snapshot in self.snapshots:
            catalog.add_snapshot(snapshot)
        for registry in self.registries:
            catalog.add_registry(registry)
        accounts = None if self.accounts is None else Accounts(self.accounts)
        return Verifier(catalog, accounts=accounts, threads=threads, **self.expectations)


_made: dict[int, tuple[Documents, Verifier]] = {}


def verifier_here(documents: Documents) -> Verifier:
    """The verifier of this process for these documents, made at the first call."""
    key = id(documents)
    found = _made.get(key)
    if found is None or found[0] is not documents:
        _made.clear()
        found = _made[key] = (documents, documents.verifier())
    return found[1]
