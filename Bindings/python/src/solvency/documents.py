"""Trusted documents as one value that travels: to a worker of a cluster, to another process."""

from __future__ import annotations

import threading
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


_making = threading.Lock()
_made: tuple[Documents, Verifier] | None = None


def verifier_here(documents: Documents) -> Verifier:
    """The verifier of this process for these documents, or for others that hold the same: made at the first call.

    An engine hands each task, and each job, a copy of its own; compiling the rules takes a fifth of a second.
    """
    global _made
    with _making:
        if _made is None or (_made[0] is not documents and _made[0] != documents):
            _made = (documents, documents.verifier())
        return _made[1]
