"""libsolvency through ctypes: one declaration for each function of solvency.h, and the errors it gives."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

ABI_VERSION: Final = 1

OK: Final = 0


class SolvencyError(Exception):
    """A call that did not do what it was asked.

    `code` is an exit code of the command: 2 refused, 64 usage, 65 malformed, 66 missing, 70 internal, 74 reading or
    writing. `path` and `line` say where in a document, when that is known. A rejected proof is never an error.
    """

    code: int = 70

    def __init__(self, message: str) -> None:
        import re

        super().__init__(message)
        place = re.search(r"\bline (\d+)", message)
        self.line: int | None = int(place.group(1)) if place else None
        path = re.match(r"[a-z ]+: ([A-Za-z_][\w\[\].-]*(?:[.\[/][\w\[\].-]*)*): ", message)
        self.path: str | None = path.group(1) if path else None


class RefusedError(SolvencyError):
    """The book does not meet the rule, or the desk refuses."""

    code = 2


class UsageError(SolvencyError):
    """The call itself is wrong."""

    code = 64


class MalformedError(SolvencyError):
    """A document is not what it should be."""

    code = 65


class MissingError(SolvencyError):
    """Something that is named is not there."""

    code = 66


class InternalError(SolvencyError):
    """A defect of the library."""

    code = 70


class StorageError(SolvencyError):
    """Reading or writing failed."""

    code = 74


_ERRORS: Final[dict[int, type[SolvencyError]]] = {
    kind.code: kind
    for kind in (RefusedError, UsageError, MalformedError, MissingError, InternalError, StorageError)
}


class Buffer(ctypes.Structure):
    """solvency_buffer"""

    _fields_ = [("bytes", ctypes.c_void_p), ("count", ctypes.c_size_t)]

    def take(self) -> bytes:
        """The bytes; the buffer is freed."""
        taken = ctypes.string_at(self.bytes, self.count) if self.bytes else b""
        library.solvency_buffer_free(ctypes.byref(self))
        return taken


class Expectations(ctypes.Structure):
    """solvency_expectations"""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("now", ctypes.c_uint64),
        ("audience", ctypes.c_char_p),
        ("audience_count", ctypes.c_size_t),
        ("nonce", ctypes.c_char_p),
        ("accounts", ctypes.c_void_p),
        ("clock_skew", ctypes.c_uint64),
        ("greatest_window", ctypes.c_uint64),
        ("snapshot_grace", ctypes.c_uint64),
        ("kind", ctypes.c_int32),
        ("threads", ctypes.c_uint32),
    ]


class Names(ctypes.Structure):
    """solvency_names"""

    _fields_ = [
        ("account_counts", ctypes.POINTER(ctypes.c_uint32)),
        ("circuit_counts", ctypes.POINTER(ctypes.c_uint32)),
        ("text", Buffer),
    ]


class SnapshotFacts(ctypes.Structure):
    """solvency_snapshot_facts"""

    _fields_ = [
        ("digest", ctypes.c_uint8 * 32),
        ("registry", ctypes.c_uint8 * 32),
        ("epoch", ctypes.c_int64),
        ("valid_from", ctypes.c_uint64),
        ("valid_to", ctypes.c_uint64),
        ("instruments", ctypes.c_uint32),
        ("collateral_assets", ctypes.c_uint32),
    ]


class RangeStatement(ctypes.Structure):
    """solvency_range_statement"""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("label", ctypes.c_char_p),
        ("label_count", ctypes.c_size_t),
        ("commitments", ctypes.c_char_p),
        ("commitment_count", ctypes.c_size_t),
        ("lower", ctypes.c_uint64),
        ("upper", ctypes.c_uint64),
        ("bits", ctypes.c_uint32),
        ("has_bounds", ctypes.c_uint32),
    ]


class Rule(ctypes.Structure):
    """solvency_rule"""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("circuit", ctypes.c_char_p),
        ("snapshot", ctypes.c_char_p),
        ("registry", ctypes.c_char_p),
        ("kind", ctypes.c_int32),
    ]


class Request(ctypes.Structure):
    """solvency_request"""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("audience", ctypes.c_char_p),
        ("audience_count", ctypes.c_size_t),
        ("nonce", ctypes.c_char_p),
        ("issued", ctypes.c_uint64),
        ("expires", ctypes.c_uint64),
        ("now", ctypes.c_uint64),
    ]


class RollDescription(ctypes.Structure):
    """solvency_roll_description"""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("header", ctypes.c_char_p),
        ("header_count", ctypes.c_size_t),
        ("snapshot", ctypes.c_char_p),
        ("snapshot_count", ctypes.c_size_t),
        ("registry", ctypes.c_char_p),
        ("registry_count", ctypes.c_size_t),
        ("circuits", ctypes.POINTER(ctypes.c_char_p)),
        ("circuit_counts", ctypes.POINTER(ctypes.c_size_t)),
        ("circuit_total", ctypes.c_size_t),
        ("reserves", ctypes.POINTER(ctypes.c_char_p)),
        ("reserve_counts", ctypes.POINTER(ctypes.c_size_t)),
        ("reserve_total", ctypes.c_size_t),
        ("custodians", ctypes.POINTER(ctypes.c_char_p)),
        ("custodian_counts", ctypes.POINTER(ctypes.c_size_t)),
        ("custodian_total", ctypes.c_size_t),
        ("house", ctypes.c_char_p),
        ("house_count", ctypes.c_size_t),
    ]


_HANDLE: Final = ctypes.c_void_p
_PLACE: Final = ctypes.POINTER(ctypes.c_void_p)
_BYTES: Final = ctypes.c_char_p
_SIZE: Final = ctypes.c_size_t
_OUT: Final = ctypes.POINTER(Buffer)
_MANY: Final = ctypes.POINTER(ctypes.c_char_p)
_SIZES: Final = ctypes.POINTER(ctypes.c_size_t)
_VERDICTS: Final = ctypes.POINTER(ctypes.c_int32)
_U64: Final = ctypes.c_uint64

# Every function that returns a code, without its last parameter, the buffer for the message.
_FUNCTIONS: Final[dict[str, list[Any]]] = {
    "catalog_create": [_SIZE, _PLACE],
    "catalog_add_shipped_circuits": [_HANDLE],
    "catalog_add_circuit": [_HANDLE, _BYTES, _SIZE, _BYTES, _SIZE, ctypes.c_void_p],
    "catalog_add_snapshot": [_HANDLE, _BYTES, _SIZE, ctypes.c_void_p],
    "catalog_add_registry": [_HANDLE, _BYTES, _SIZE, ctypes.c_void_p],
    "catalog_retire_snapshot": [_HANDLE, _BYTES],
    "snapshot_read": [_BYTES, _SIZE, ctypes.POINTER(SnapshotFacts)],
    "accounts_create": [_PLACE],
    "accounts_add": [_HANDLE, _BYTES, _SIZE],
    "verify": [_HANDLE, ctypes.POINTER(Expectations), _BYTES, _SIZE, _VERDICTS],
    "verify_many": [_HANDLE, ctypes.POINTER(Expectations), _MANY, _SIZES, _SIZE, _VERDICTS, ctypes.POINTER(Names)],
    "range_prove": [
        ctypes.POINTER(RangeStatement), ctypes.POINTER(_U64), _BYTES, ctypes.c_void_p, ctypes.c_void_p, _OUT,
    ],
    "range_verify_many": [ctypes.POINTER(RangeStatement), _MANY, _SIZES, _SIZE, _VERDICTS],
    "commit": [_HANDLE, _BYTES, _SIZE, _BYTES, _PLACE],
    "opening_account": [_HANDLE, _OUT],
    "opening_seal": [_HANDLE, _BYTES, _SIZE, _OUT],
    "opening_unseal": [_BYTES, _SIZE, _BYTES, _SIZE, _PLACE],
    "opening_fill": [_HANDLE, _HANDLE, _BYTES, _SIZE, _PLACE],
    "prove": [_HANDLE, _HANDLE, ctypes.POINTER(Rule), ctypes.POINTER(Request), _OUT],
    "explain": [_HANDLE, _HANDLE, ctypes.POINTER(Rule), _OUT],
    "desk_open": [_HANDLE, _BYTES, _SIZE, _BYTES, _SIZE, _BYTES, _SIZE, _BYTES, _SIZE, _PLACE],
    "desk_publish": [_HANDLE, _BYTES, _SIZE, _BYTES, _SIZE, _U64],
    "desk_open_account": [_HANDLE, _MANY, _SIZES, _SIZE, _U64],
    "desk_review_many": [_HANDLE, _MANY, _SIZES, _SIZE, _U64, _OUT],
    "desk_status": [_HANDLE, _U64, _OUT],
    "roll_open": [ctypes.POINTER(RollDescription), _PLACE],
    "roll_audit": [_HANDLE, _U64, _SIZE, _MANY, _SIZES, _MANY, _SIZES, _SIZE, ctypes.c_uint32, _OUT],
    "roll_merge": [_MANY, _SIZES, _SIZE, _OUT],
    "roll_result": [
        _HANDLE, _BYTES, _SIZE, _BYTES, _SIZE, _BYTES, _SIZE, _BYTES, _SIZE, _BYTES, _SIZE, _OUT,
    ],
    "log_check_consistency": [_U64, _BYTES, _U64, _BYTES, _BYTES, _SIZE, _VERDICTS],
    "log_check_inclusion": [_BYTES, _SIZE, _U64, _U64, _BYTES, _BYTES, _SIZE, _VERDICTS],
}


def _find() -> str:
    """The library beside this file, or the one that SOLVENCY_LIBRARY names."""
    named = os.environ.get("SOLVENCY_LIBRARY")
    if named:
        return named
    name = "libsolvency.dylib" if sys.platform == "darwin" else "libsolvency.so.1"
    beside = os.path.join(os.path.dirname(__file__), name)
    return beside if os.path.exists(beside) else name


def _load() -> ctypes.CDLL:
    path = _find()
    try:
        loaded = ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(f"libsolvency cannot be loaded from {path}: {error}; set SOLVENCY_LIBRARY") from error
    loaded.solvency_abi_version.restype = ctypes.c_uint32
    found = loaded.solvency_abi_version()
    if found != ABI_VERSION:
        raise ImportError(f"{path} has interface version {found}; this package needs {ABI_VERSION}")
    for name in ("version", "capabilities"):
        getattr(loaded, f"solvency_{name}").restype = ctypes.c_char_p
    loaded.solvency_verdict_name.argtypes = [ctypes.c_int32]
    loaded.solvency_verdict_name.restype = ctypes.c_char_p
    loaded.solvency_buffer_free.argtypes = [_OUT]
    loaded.solvency_buffer_free.restype = None
    for name in ("catalog", "accounts", "opening", "desk", "roll"):
        function = getattr(loaded, f"solvency_{name}_free")
        function.argtypes, function.restype = [_HANDLE], None
    for name, parameters in _FUNCTIONS.items():
        function = getattr(loaded, f"solvency_{name}")
        function.argtypes, function.restype = [*parameters, _OUT], ctypes.c_int32
    return loaded


library: Final = _load()


def call(name: str, *arguments: Any) -> None:
    """Calls a function and raises what it says is wrong. The interpreter is free while the call lasts."""
    message = Buffer()
    code = getattr(library, f"solvency_{name}")(*arguments, ctypes.byref(message))
    if code == OK:
        return
    text = message.take().decode("utf-8", "replace")
    raise _ERRORS.get(code, InternalError)(text)


def taking(name: str, *arguments: Any) -> bytes:
    """Calls a function whose last result is a buffer, and returns its bytes."""
    result = Buffer()
    call(name, *arguments, ctypes.byref(result))
    return result.take()


class Handle:
    """Owns a handle of the library; frees it when it is closed, left as a context, or let go of."""

    _free: str

    def __init__(self, pointer: int | None) -> None:
        self._pointer = pointer

    @property
    def pointer(self) -> int:
        """The handle, while it is open."""
        if self._pointer is None:
            raise UsageError(f"the {type(self).__name__} was closed")
        return self._pointer

    def close(self) -> None:
        """Frees the handle. What is secret in it is wiped. Closing twice does nothing."""
        pointer, self._pointer = self._pointer, None
        if pointer is not None:
            getattr(library, f"solvency_{self._free}_free")(pointer)

    def __del__(self) -> None:
        if getattr(self, "_pointer", None) is not None:
            self.close()


def many(items: Sequence[bytes]) -> tuple[Any, Any, int]:
    """Pointers and lengths of a batch. The caller keeps `items` alive during the call."""
    count = len(items)
    return (ctypes.c_char_p * count)(*items), (ctypes.c_size_t * count)(*map(len, items)), count
