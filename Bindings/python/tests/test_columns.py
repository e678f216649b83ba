from __future__ import annotations

import json

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


def test_missing_values_keep_their_place(example, proof):
    found = example.verifier().verify_many(pa.array([proof, None, b"x"]), now=example.now)
    assert found.column("reason").to_pylist() == ["accepted", "malformed", "malformed"]
    assert found.column("account").to_pylist() == ["alice", None, None]


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
