"""Bad input at the line to the library: a code and a message each, never a trap. The C side has its own, Tests/misuse.c."""

from __future__ import annotations

import ctypes
import json
import re

import pytest
import solvency
from solvency import _library as lib
from solvency.documents import Documents

from .conftest import ROOT


def test_a_library_of_another_interface_is_refused_with_both_numbers(monkeypatch):
    class Version:
        restype = None

        def __call__(self) -> int:
            return 2

    monkeypatch.setattr(ctypes, "CDLL", lambda path: type("Other", (), {"solvency_abi_version": Version()})())
    with pytest.raises(ImportError, match="has interface version 2; this package needs 1"):
        lib._load()


def test_a_library_that_is_not_there_says_where_it_was_looked_for(monkeypatch):
    monkeypatch.setenv("SOLVENCY_LIBRARY", "/nowhere/libsolvency.so.1")
    with pytest.raises(ImportError, match="/nowhere/libsolvency.so.1.*set SOLVENCY_LIBRARY"):
        lib._load()


def test_every_function_is_declared_with_the_parameters_of_the_header():
    listed = (ROOT / "Bindings/C/abi.txt").read_text()
    declared = {
        name: 0 if parameters.strip() == "void" else parameters.count(",") + 1
        for name, parameters in re.findall(r"solvency_code solvency_(\w+)\(([^)]*)\)", listed)
    }
    # The last parameter, the place for the message, is added to all.
    assert declared == {name: len(parameters) + 1 for name, parameters in lib._FUNCTIONS.items()}


def test_a_structure_of_another_size_is_refused(example, proof):
    expectations = example.verifier()._expectations(example.now)
    expectations.size -= 8
    verdict = ctypes.c_int32(7)
    with pytest.raises(solvency.UsageError, match="expectations have .* bytes, not"):
        lib.call("verify", example.catalog.pointer, ctypes.byref(expectations), proof, len(proof), ctypes.byref(verdict))
    assert verdict.value == 7


def test_freed_and_foreign_handles_are_told_apart(example, proof):
    catalog, accounts = solvency.Catalog(shipped=False), solvency.Accounts()
    pointer = catalog.pointer
    catalog.close()
    with pytest.raises(solvency.UsageError, match="was freed"):
        lib.call("catalog_add_shipped_circuits", pointer)
    with pytest.raises(solvency.UsageError, match="not a catalog"):
        lib.call("catalog_add_shipped_circuits", accounts.pointer)
    with pytest.raises(solvency.UsageError, match="is NULL"):
        lib.call("catalog_add_shipped_circuits", None)


def test_impossible_counts_are_refused_before_anything_is_read(example):
    verdict = ctypes.c_int32()
    expectations = ctypes.byref(example.verifier()._expectations(example.now))
    for count in (2**64 - 1, 2**40):
        with pytest.raises(solvency.UsageError, match="length"):
            lib.call("verify", example.catalog.pointer, expectations, b"{}", count, ctypes.byref(verdict))


@pytest.mark.parametrize("wrong", [7, 1.5, None, ["a"], object()])
def test_what_is_not_a_document_is_a_type_error_and_not_a_verdict(example, proof, wrong):
    with pytest.raises(TypeError, match="a document is bytes, text, a mapping or a path"):
        example.verifier().verify_many([proof, wrong], now=example.now)


def test_a_worker_without_the_snapshot_says_so_in_every_row_and_keeps_its_place(example, proof):
    whole = Documents(
        snapshots=[example.snapshot_json], now=example.now, circuits={"portfolio-margin": example.circuit_text},
        expectations={"audience": "Example Bank"},
    )
    lacking = Documents(
        snapshots=[], now=example.now, circuits=whole.circuits, expectations=whole.expectations)
    bad = json.dumps({**json.loads(proof), "sequence": 1}).encode()
    rows = [proof, bad, b"", proof]
    assert [v.reason for v in whole.verifier().verify_many(rows, now=example.now)] == [
        "accepted", "proof-invalid", "malformed", "accepted"]
    assert [v.reason for v in lacking.verifier().verify_many(rows, now=example.now)] == [
        "unknown-snapshot", "unknown-snapshot", "malformed", "unknown-snapshot"]
    with pytest.raises(solvency.MalformedError):
        Documents(snapshots=[b"{}"], now=example.now).verifier()


def test_mixed_tables_are_refused_by_the_column_that_does_not_fit(example, proof):
    pa = pytest.importorskip("pyarrow")
    from solvency import columns

    verifier = example.verifier()
    table = columns.from_envelopes([proof])
    for name, values in [("proof", ["text"]), ("snapshot", [5]), ("issued", ["now"]), ("account", [b"alice"])]:
        place = table.schema.get_field_index(name)
        mixed = table.set_column(place, name, pa.array(values))
        with pytest.raises(solvency.UsageError, match=f"the column {name} of a table of proofs holds"):
            verifier.verify_many(mixed, now=example.now)
    # Batches of one table, some with the proof's columns and some with whole envelopes, are two tables.
    with pytest.raises((solvency.UsageError, pa.ArrowInvalid)):
        verifier.verify_many(
            pa.Table.from_batches([table.to_batches()[0], pa.record_batch({"proof": [proof]})]), now=example.now)
    # Digests of another length are a malformed proof in its place.
    short = table.set_column(table.schema.get_field_index("snapshot"), "snapshot", pa.array([b"short"]))
    assert verifier.verify_many(short, now=example.now).column("reason").to_pylist() == ["malformed"]
