"""Proofs of a transparency log (RFC 6962)."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

from . import _library as lib
from ._documents import digest


def includes(*, entry: bytes, index: int, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether an entry stands at an index of a log of `size` entries with this root."""
    joined, verdict = _path(path), ctypes.c_int32()
    lib.call(
        "log_check_inclusion", entry, len(entry), index, size, digest(root, "root"), joined, len(path),
        ctypes.byref(verdict),
    )
    return verdict.value == 0


def extends(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether a log begins with an older one.

    >>> import hashlib
    >>> empty, leaf = hashlib.sha256().digest(), hashlib.sha256(b"\\0entry").digest()
    >>> includes(entry=b"entry", index=0, size=1, root=leaf, path=[])
    True
    >>> extends(old_size=1, old_root=leaf, new_size=1, new_root=empty, path=[])
    False
    """
    joined, verdict = _path(path), ctypes.c_int32()
    lib.call(
        "log_check_consistency", old_size, digest(old_root, "old_root"), new_size, digest(new_root, "new_root"), joined,
        len(path), ctypes.byref(verdict),
    )
    return verdict.value == 0


def _path(path: Sequence[bytes]) -> bytes:
    return b"".join(digest(each, "a hash of the path") for each in path)
