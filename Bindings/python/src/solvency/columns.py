"""Proofs and verdicts as columns: a schema for Parquet and Arrow, converters both ways, and verification of tables.

Needs pyarrow (`pip install solvency[columns]`).
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterable
from typing import Any

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise ImportError("tables and Parquet files of proofs need pyarrow: pip install 'solvency[columns]'") from error

from ._library import MalformedError, UsageError
from .verifying import Verifier, word

_DIGEST = pa.binary(32)

PROOFS: pa.Schema = pa.schema(
    [
        pa.field("suite", pa.string(), nullable=False),
        pa.field("circuit", pa.string(), nullable=False),
        pa.field("circuit_digest", _DIGEST, nullable=False),
        pa.field("snapshot", _DIGEST, nullable=False),
        pa.field("registry", _DIGEST, nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("account", pa.string(), nullable=False),
        pa.field("sequence", pa.uint64(), nullable=False),
        # One after the other, 32 bytes each: lists of fixed binary are read by few engines.
        pa.field("commitments", pa.binary(), nullable=False),
        pa.field("audience", pa.string(), nullable=False),
        pa.field("ledger", _DIGEST),
        pa.field("nonce", _DIGEST, nullable=False),
        pa.field("issued", pa.uint64(), nullable=False),
        pa.field("expires", pa.uint64(), nullable=False),
        pa.field("reduction_instrument", pa.string()),
        pa.field("reduction_side", pa.string()),
        pa.field("proof", pa.binary(), nullable=False),
    ],
    metadata={"solvency.proofs": "1"},
)
"""A proof in a row: what the envelope has, digests and the proof as bytes."""

VERDICTS: pa.Schema = pa.schema(
    [
        pa.field("account", pa.string()),
        pa.field("circuit", pa.string()),
        pa.field("code", pa.int32(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""A verdict in a row, in the order of the proofs."""

_HEX = {"circuitDigest": "circuit_digest", "snapshot": "snapshot", "registry": "registry", "nonce": "nonce"}
_PLAIN = ("suite", "circuit", "kind", "account", "sequence", "issued", "expires")


def from_envelopes(envelopes: Iterable[bytes | str]) -> pa.Table:
    """A table of proofs from envelopes in JSON. Raises `MalformedError` with the number of the first that is malformed."""
    rows: list[dict[str, Any]] = []
    for number, text in enumerate(envelopes):
        try:
            rows.append(_row(json.loads(text)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MalformedError(f"envelope {number} is not a proof of version 1: {error!r}") from error
    try:
        return pa.Table.from_pylist(rows, schema=PROOFS)
    except (pa.ArrowInvalid, OverflowError) as error:
        raise MalformedError(f"the envelopes do not fit the columns: {error}") from error


def _row(envelope: dict[str, Any]) -> dict[str, Any]:
    if envelope["version"] != 1:
        raise ValueError(f"version {envelope['version']}")
    row: dict[str, Any] = {name: envelope[name] for name in _PLAIN}
    row.update({column: bytes.fromhex(envelope[name]) for name, column in _HEX.items()})
    points = [bytes.fromhex(point) for point in envelope["commitments"]]
    if any(len(point) != 32 for point in points):
        raise ValueError("a commitment has 32 bytes")
    row["commitments"] = b"".join(points)
    row["proof"] = base64.b64decode(envelope["proof"], validate=True)
    audience = envelope["audience"]
    if isinstance(audience, dict):
        row["audience"], row["ledger"] = audience["name"], bytes.fromhex(audience["ledger"])
    else:
        row["audience"] = audience
    reduction = envelope.get("reduction")
    if reduction is not None:
        row["reduction_instrument"], row["reduction_side"] = reduction["instrument"], reduction["side"]
    return row


def to_envelopes(table: pa.Table) -> Iterable[bytes]:
    """The envelopes of a table of proofs, in its order: the bytes that `solvency prove` wrote, one line each."""
    for batch in table.select(PROOFS.names).to_batches(max_chunksize=4096):
        for row in batch.to_pylist():
            yield _envelope(row)


_quoted = json.JSONEncoder(ensure_ascii=False).encode


def _envelope(row: dict[str, Any]) -> bytes:
    """One line of JSON, put together by hand: an encoder would look for what to escape in all of the digits."""
    audience = _quoted(row["audience"])
    if row["ledger"] is not None:
        audience = '{"name":%s,"ledger":"%s"}' % (audience, row["ledger"].hex())
    points = row["commitments"].hex()
    line = (
        '{"version":1,"suite":%s,"circuit":%s,"circuitDigest":"%s","snapshot":"%s","registry":"%s","kind":%s,"account":%s,'
        '"sequence":%d,"commitments":[%s],"audience":%s,"nonce":"%s","issued":%d,"expires":%d,"proof":"%s"' % (
            _quoted(row["suite"]), _quoted(row["circuit"]), row["circuit_digest"].hex(), row["snapshot"].hex(),
            row["registry"].hex(), _quoted(row["kind"]), _quoted(row["account"]),
            # A decimal, where it does not fit.
            int(row["sequence"]),
            ",".join(f'"{points[place : place + 64]}"' for place in range(0, len(points), 64)), audience, row["nonce"].hex(),
            int(row["issued"]), int(row["expires"]), base64.b64encode(row["proof"]).decode(),
        )
    )
    if row["reduction_instrument"] is not None:
        line += ',"reduction":{"instrument":%s,"side":%s}' % (
            _quoted(row["reduction_instrument"]), json.dumps(row["reduction_side"], ensure_ascii=False))
    return (line + "}").encode()


def write(table: pa.Table, path: str | os.PathLike[str]) -> None:
    """Writes a table of proofs to Parquet. Proofs are random bytes: they are stored as they are, the rest is packed."""
    names = [name for name in PROOFS.names if name not in ("proof", "commitments", "nonce")]
    pq.write_table(
        table.select(PROOFS.names), path, use_dictionary=names, compression="zstd", write_statistics=False,
        row_group_size=1 << 16,
    )


def envelopes_of(batch: pa.RecordBatch | pa.Table | pa.Array | pa.ChunkedArray, column: str) -> list[bytes]:
    """The envelopes of a batch, of either form: whole envelopes in a column, or a proof's columns.

    A missing value is an empty envelope, which is malformed and keeps its place.
    """
    if isinstance(batch, (pa.Array, pa.ChunkedArray)):
        return [_bytes(value) for value in _values(batch)]
    names = set(batch.schema.names)
    if {"circuit_digest", "commitments", "proof", "nonce"} <= names:
        missing = [name for name in PROOFS.names if name not in names]
        if missing:
            raise UsageError(f"the table of proofs lacks the columns {', '.join(missing)}")
        _check_types(batch.schema)
        return [_envelope(row) if row and _is_whole(row) else b"" for row in _values(_integers(batch.select(PROOFS.names)))]
    if column not in names:
        raise UsageError(f"the table has no column {column!r}; it has {', '.join(sorted(names))}")
    return [_bytes(value) for value in _values(batch.column(column))]


def _integers(batch: pa.RecordBatch | pa.Table) -> pa.RecordBatch | pa.Table:
    """Decimals of engines without unsigned integers of 64 bits as integers, unless one is none: Python's decimals are slow."""
    if not any(pa.types.is_decimal(field.type) for field in batch.schema):
        return batch
    try:
        arrays = [
            column.cast(pa.uint64()) if pa.types.is_decimal(column.type) else column for column in batch.columns]
    except pa.ArrowInvalid:
        return batch
    return type(batch).from_arrays(arrays, names=batch.schema.names)


def _values(batch: pa.RecordBatch | pa.Table | pa.Array | pa.ChunkedArray) -> list[Any]:
    """The rows of a batch; None for one with text that is not UTF-8, which Arrow and Parquet let pass."""
    try:
        values: list[Any] = batch.to_pylist()
        return values
    except UnicodeDecodeError:
        if len(batch) == 1:
            return [None]
        middle = len(batch) // 2
        return _values(batch.slice(0, middle)) + _values(batch.slice(middle))


def _check_types(schema: pa.Schema) -> None:
    """Refuses columns of the right names that hold something else; engines may have widened or unfixed what they hold."""
    for wanted in PROOFS:
        found = schema.field(wanted.name).type
        if pa.types.is_dictionary(found):
            found = found.value_type
        if pa.types.is_string(wanted.type):
            fits = any(is_text(found) for is_text in _TEXTS)
        elif pa.types.is_integer(wanted.type):
            fits = pa.types.is_integer(found) or pa.types.is_decimal(found)
        else:
            fits = any(is_binary(found) for is_binary in _BINARIES)
        if not fits and not pa.types.is_null(found):
            raise UsageError(f"the column {wanted.name} of a table of proofs holds {found}, not {wanted.type}")


_TEXTS = tuple(
    test for test in (getattr(pa.types, name, None) for name in ("is_string", "is_large_string", "is_string_view")) if test
)
_BINARIES = tuple(
    test
    for test in (
        getattr(pa.types, name, None)
        for name in ("is_binary", "is_large_binary", "is_fixed_size_binary", "is_binary_view")
    )
    if test
)


def _is_whole(row: dict[str, Any]) -> bool:
    return all(row[field.name] is not None for field in PROOFS if not field.nullable)


def _bytes(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    raise UsageError(f"a column of proofs holds binary or text, not {type(value).__name__}")


def verdicts(verifier: Verifier, proofs: list[bytes], *, now: int | None = None) -> pa.RecordBatch:
    """The verdicts of one batch as columns."""
    codes, accounts, circuits = verifier.codes(proofs, now=now)
    words = {code: word(code) for code in set(codes)}
    return pa.RecordBatch.from_arrays(
        [
            pa.array([account or None for account in accounts], pa.string()),
            pa.array([circuit or None for circuit in circuits], pa.string()),
            pa.array(codes, pa.int32()),
            pa.array([words[code] for code in codes], pa.string()),
        ],
        schema=VERDICTS,
    )


def verify(
    verifier: Verifier, proofs: Any, *, now: int | None = None, progress: Callable[[int], None] | None = None,
    column: str = "proof",
) -> pa.Table:
    """The verdicts of a table, an array, or a Parquet file, which is read a batch at a time."""
    found: list[pa.RecordBatch] = []
    done = 0
    for batch in _batches(proofs, verifier.batch):
        found.append(verdicts(verifier, envelopes_of(batch, column), now=now))
        done += found[-1].num_rows
        if progress is not None:
            progress(done)
    return pa.Table.from_batches(found, schema=VERDICTS)


def _batches(proofs: Any, size: int) -> Iterable[Any]:
    if isinstance(proofs, os.PathLike):
        try:
            with pq.ParquetFile(proofs) as file:
                yield from file.iter_batches(batch_size=size)
        except (pa.ArrowException, ValueError, OSError) as error:
            # The system's errors have a number; Arrow's are of what the file holds.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise MalformedError(f"{os.fspath(proofs)}: cannot be read as Parquet: {error}") from error
    elif isinstance(proofs, pa.Table):
        yield from proofs.to_batches(max_chunksize=size)
    elif isinstance(proofs, pa.RecordBatch):
        yield from pa.Table.from_batches([proofs]).to_batches(max_chunksize=size)
    elif isinstance(proofs, (pa.Array, pa.ChunkedArray)):
        for start in range(0, len(proofs), size):
            yield proofs.slice(start, size)
    else:
        raise UsageError(f"proofs are a table, an array or a path, not {type(proofs).__name__}")
