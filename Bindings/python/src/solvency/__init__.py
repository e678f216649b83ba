"""Zero-knowledge margin proofs on hidden books.

>>> import solvency
>>> catalog = solvency.Catalog()
>>> solvency.Verifier(catalog).verify(b"{}").reason
'malformed'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._documents import Document
from ._library import (
    InternalError,
    MalformedError,
    MissingError,
    RefusedError,
    SolvencyError,
    StorageError,
    UsageError,
    library,
)
from .catalog import Accounts, Catalog, Snapshot
from .verifying import Verdict, Verifier

if TYPE_CHECKING:
    from .desk import Desk
    from .ranges import RangeProof
    from .roll import Roll
    from .trader import Opening

# What a verifier does not need is imported at its first use: a worker of a cluster starts sooner.
_LATER = {"Desk": "desk", "Opening": "trader", "RangeProof": "ranges", "Roll": "roll"}


def __getattr__(name: str) -> type:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: type = getattr(import_module(f".{_LATER[name]}", __name__), name)
    globals()[name] = found
    return found


__version__: str = library.solvency_version().decode()

__all__ = [
    "Accounts", "Catalog", "Desk", "Document", "InternalError", "MalformedError", "MissingError", "Opening", "RangeProof",
    "RefusedError", "Roll", "Snapshot", "SolvencyError", "StorageError", "UsageError", "Verdict", "Verifier",
]
