"""Zero-knowledge margin proofs on hidden books.

>>> import solvency
>>> catalog = solvency.Catalog()
>>> solvency.Verifier(catalog).verify(b"{}").reason
'malformed'
"""

from __future__ import annotations

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
from .desk import Desk
from .ranges import RangeProof
from .trader import Opening
from .verifying import Verdict, Verifier

__version__: str = library.solvency_version().decode()

__all__ = [
    "Accounts", "Catalog", "Desk", "Document", "InternalError", "MalformedError", "MissingError", "Opening", "RangeProof",
    "RefusedError", "Snapshot", "SolvencyError", "StorageError", "UsageError", "Verdict", "Verifier",
]
