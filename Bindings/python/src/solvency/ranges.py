"""Range proofs in the wire format of the dalek bulletproofs crate."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from . import _library as lib
from .verifying import Verdict, word


class RangeProof(NamedTuple):
    """A proof that commitments are to values below 2^bits, or within bounds, both included.

    >>> made, blindings = RangeProof.prove([18, 65], bits=8, label=b"ages", bounds=(18, 65))
    >>> made.verify().accepted, len(blindings)
    (True, 2)
    """

    commitments: tuple[bytes, ...]
    proof: bytes
    bits: int = 64
    label: bytes = b""
    bounds: tuple[int, int] | None = None

    @staticmethod
    def prove(
        values: Sequence[int], *, bits: int = 64, label: bytes = b"", bounds: tuple[int, int] | None = None,
        blindings: Sequence[bytes] | None = None,
    ) -> tuple[RangeProof, list[bytes]]:
        """Commits to 1 to 64 values (32 with bounds) and proves; returns the proof and the blindings, which are secret.

        Raises `RefusedError` for a value out of range.
        """
        count = len(values)
        for value in values:
            if not 0 <= value < 2**64:
                raise lib.RefusedError("a value is from 0 to 2^64 - 1")
        if blindings is not None and (len(blindings) != count or any(len(each) != 32 for each in blindings)):
            raise lib.UsageError("there is one blinding of 32 bytes for each value")
        given = None if blindings is None else b"".join(blindings)
        numbers = (ctypes.c_uint64 * max(count, 1))(*values)
        fresh, points = ctypes.create_string_buffer(32 * max(count, 1)), ctypes.create_string_buffer(32 * max(count, 1))
        statement = _statement(label, bits, bounds, None, count)
        proof = lib.Buffer()
        lib.call(
            "range_prove", ctypes.byref(statement), numbers, given, None if given is not None else fresh, points,
            ctypes.byref(proof),
        )
        made = RangeProof(_cut(points.raw, count), proof.take(), bits, label, bounds)
        return made, list(blindings) if blindings is not None else list(_cut(fresh.raw, count))

    def verify(self) -> Verdict:
        """Verifies this proof."""
        return RangeProof.verify_many([self])[0]

    @staticmethod
    def verify_many(proofs: Iterable[RangeProof]) -> list[Verdict]:
        """Verifies proofs of any mix of sizes together; one verdict each."""
        items = list(proofs)
        joined = [b"".join(item.commitments) for item in items]
        statements = (lib.RangeStatement * len(items))(
            *(
                _statement(item.label, item.bits, item.bounds, points, len(item.commitments))
                for item, points in zip(items, joined)
            )
        )
        pointers, sizes, count = lib.many([item.proof for item in items])
        verdicts = (ctypes.c_int32 * count)()
        lib.call("range_verify_many", statements, pointers, sizes, count, verdicts)
        return [Verdict(code, word(code)) for code in verdicts]


def _statement(
    label: bytes, bits: int, bounds: tuple[int, int] | None, commitments: bytes | None, count: int
) -> lib.RangeStatement:
    lower, upper = bounds or (0, 0)
    if not 0 <= lower <= 2**64 - 1 or not 0 <= upper <= 2**64 - 1:
        raise lib.UsageError("bounds are from 0 to 2^64 - 1")
    if not 0 <= bits < 2**32:
        raise lib.UsageError("bits is 8, 16, 32 or 64")
    return lib.RangeStatement(
        size=ctypes.sizeof(lib.RangeStatement), label=label, label_count=len(label), commitments=commitments,
        commitment_count=count, lower=lower, upper=upper, bits=bits, has_bounds=int(bounds is not None),
    )


def _cut(joined: bytes, count: int) -> tuple[bytes, ...]:
    return tuple(joined[32 * index : 32 * index + 32] for index in range(count))
