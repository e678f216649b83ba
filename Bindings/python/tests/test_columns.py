from __future__ import annotations

import decimal
import json
import random

import pytest

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

import solvency  # noqa: E402
from solvency import columns  # noqa: E402


def test_envelopes_survive_the_columns_byte_for_byte(example, proof, tmp_path):
    ledger = json.loads(proof)
    ledger["audience"] = {"name": "Desk", "ledger": "ab" * 32}
    ledger["reduction"] = {"instrument": "BTC-PERP", "side": "long"}
    items = [proof, json.dumps(ledger, separators=(",", ":")).encode()]
    table = columns.from_envelopes(items)
    assert list(columns.to_envelopes(table)) == items
    columns.write(table, tmp_path / "proofs.parquet")
    assert list(columns.to_envelopes(pq.read_table(tmp_path / "proofs.parquet"))) == items


def test_tables_arrays_and_files_give_the_same_verdicts(example, proof, tmp_path):
    bad = json.dumps({**json.loads(proof), "sequence": 1}, separators=(",", ":")).encode()
    items = [proof, bad] * 20
    verifier = example.verifier()
    plain = [v.reason for v in verifier.verify_many(items, now=example.now)]
    table = columns.from_envelopes(items)
    columns.write(table, tmp_path / "proofs.parquet")
    text = pa.table({"line": [item.decode() for item in items]})
    for form, column in [(table, "proof"), (tmp_path / "proofs.parquet", "proof"), (pa.array(items), "proof"),
                         (pa.chunked_array([items]), "proof"), (text, "line")]:
        found = verifier.verify_many(form, now=example.now, column=column)
        assert found.schema == columns.VERDICTS and found.column("reason").to_pylist() == plain
        assert found.column("account").to_pylist() == ["alice"] * 40


def test_a_damaged_file_is_malformed_and_one_that_is_not_there_is_missed(example, proof, tmp_path):
    good, damaged = tmp_path / "proofs.parquet", tmp_path / "damaged.parquet"
    columns.write(columns.from_envelopes([proof] * 3), good)
    data = good.read_bytes()
    verifier = example.verifier()
    with pytest.raises(FileNotFoundError):
        verifier.verify_many(damaged, now=example.now)
    for text in (b"", b"PAR1", data[:-1], data[: len(data) // 2], data[4:], b"{}"):
        damaged.write_bytes(text)
        with pytest.raises(solvency.MalformedError, match="damaged.parquet: cannot be read as Parquet") as caught:
            verifier.verify_many(damaged, now=example.now)
        assert caught.value.code == 65
    # A changed byte is an error with a code, or a verdict; the number of rows stands in the file without a checksum.
    rng, errors = random.Random(9), 0
    for _ in range(200):
        changed = bytearray(data)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        damaged.write_bytes(changed)
        try:
            assert verifier.verify_many(damaged, now=example.now).num_rows <= 3
        except solvency.SolvencyError as error:
            errors += 1
            assert error.code in (64, 65), error
    assert errors > 0


def test_missing_values_keep_their_place(example, proof):
    found = example.verifier().verify_many(pa.array([proof, None, b"x"]), now=example.now)
    assert found.column("reason").to_pylist() == ["accepted", "malformed", "malformed"]
    assert found.column("account").to_pylist() == ["alice", None, None]


def test_text_that_is_not_utf8_is_malformed_in_its_place(example, proof):
    verifier = example.verifier()
    text = pa.array([proof, b"\xff", proof, proof]).cast(pa.string(), safe=False)
    assert verifier.verify_many(text, now=example.now).column("reason").to_pylist() == [
        "accepted", "malformed", "accepted", "accepted"]
    table = columns.from_envelopes([proof] * 5)
    place = table.schema.get_field_index("account")
    accounts = pa.array([b"alice", b"alice", b"al\xf0ce", b"alice", b"alice"]).cast(pa.string(), safe=False)
    found = verifier.verify_many(table.set_column(place, "account", accounts), now=example.now)
    assert found.column("reason").to_pylist() == ["accepted", "accepted", "malformed", "accepted", "accepted"]


def test_decimals_of_engines_are_integers_or_a_malformed_proof(example, proof):
    table = columns.from_envelopes([proof] * 3)
    for values, reasons in [
        ([0, 0, 0], ["accepted"] * 3),
        ([0, -1, 0], ["accepted", "malformed", "accepted"]),
        ([2**64 - 1, 2**64, 0], ["proof-invalid", "malformed", "accepted"]),
    ]:
        decimals = pa.array([decimal.Decimal(value) for value in values], pa.decimal128(20, 0))
        found = table.set_column(table.schema.get_field_index("sequence"), "sequence", decimals)
        for form in (found, found.to_batches()[0]):
            assert columns.verify(example.verifier(), form, now=example.now).column("reason").to_pylist() == reasons


def test_other_tables_are_refused(example, proof):
    verifier = example.verifier()
    with pytest.raises(solvency.UsageError, match="no column 'proof'"):
        verifier.verify_many(pa.table({"x": [1]}), now=example.now)
    with pytest.raises(solvency.UsageError, match="binary or text"):
        verifier.verify_many(pa.array([1, 2]), now=example.now)
    with pytest.raises(solvency.UsageError, match="lacks the columns expires"):
        verifier.verify_many(columns.from_envelopes([proof]).drop_columns(["expires"]), now=example.now)
    for envelope in ("{}", "[]", json.dumps({**json.loads(proof), "version": 2}), "nonsense"):
        with pytest.raises(solvency.MalformedError, match="envelope 0"):
            columns.from_envelopes([envelope])
