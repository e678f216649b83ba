"""Documents as callers have them: bytes, text, a mapping, or a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Union

Document = Union[bytes, bytearray, memoryview, str, Mapping[str, Any], "os.PathLike[str]"]
"""Bytes or text as they are, a mapping as JSON, a path as what the file holds."""


def encoded(document: Document) -> bytes:
    """The bytes of a document.

    >>> encoded({"version": 1})
    b'{"version":1}'
    >>> encoded("{}")
    b'{}'
    """
    if isinstance(document, bytes):
        return document
    if isinstance(document, (bytearray, memoryview)):
        return bytes(document)
    if isinstance(document, str):
        return document.encode()
    if isinstance(document, Mapping):
        import json

        return json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    if isinstance(document, os.PathLike):
        with open(document, "rb") as file:
            return file.read()
    raise TypeError(f"a document is bytes, text, a mapping or a path, not {type(document).__name__}")


def digest(value: str | bytes, what: str) -> bytes:
    """32 bytes, from 64 hexadecimal digits or as they are."""
    if isinstance(value, str):
        try:
            value = bytes.fromhex(value)
        except ValueError as error:
            raise TypeError(f"{what} is 64 hexadecimal digits or 32 bytes") from error
    if len(value) != 32:
        raise TypeError(f"{what} has 32 bytes, not {len(value)}")
    return value
