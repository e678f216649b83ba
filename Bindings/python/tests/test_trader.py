from __future__ import annotations

import json
import pickle
import random

import pytest
import solvency


def test_the_book_is_sealed_opened_and_filled(example):
    opening = example.opening()
    sealed = opening.seal("correct horse")
    with pytest.raises(solvency.MalformedError, match="passphrase"):
        solvency.Opening.unseal(sealed, "wrong horse")
    again = solvency.Opening.unseal(sealed, "correct horse")
    assert again.account() == opening.account()
    account = opening.account()
    fill = {"version": 1, "account": "alice", "sequence": 0, "deltas": {"position/BTC-PERP": "1", "cash": "-1000"}}
    try:
        after = again.fill(example.catalog, fill)
    except solvency.MalformedError:
        fill["deltas"] = {"position/BTC-PERP": 1, "cash": -1000}
        after = again.fill(example.catalog, fill)
    assert after.account()["sequence"] == account["sequence"] + 1
    assert example.verifier().verify(example.prove(after), now=example.now).accepted


def test_a_book_that_fails_is_refused(example):
    poor = {**example.book, "cash": "-900000000000000"} if isinstance(example.book.get("cash"), str) else {
        **example.book, "cash": -900_000_000_000_000}
    opening = solvency.Opening.commit(example.catalog, poor, registry=example.snapshot.registry)
    with pytest.raises(solvency.RefusedError) as caught:
        example.prove(opening)
    assert caught.value.code == 2
    explanation = opening.explain(example.catalog, circuit=example.circuit, snapshot=example.snapshot.digest)
    assert not explanation["isProvable"] and explanation["headroomQuanta"] < 0


def test_explain_agrees_with_prove_on_random_books(example):
    rng, provable = random.Random(3), 0
    for _ in range(30):
        cash = rng.randrange(-1_400_000_000_000, 0)
        book = {**example.book, "cash": str(cash) if isinstance(example.book.get("cash"), str) else cash}
        opening = solvency.Opening.commit(example.catalog, book, registry=example.snapshot.registry)
        claim = opening.explain(example.catalog, circuit=example.circuit, snapshot=example.snapshot.digest)
        try:
            proof = example.prove(opening)
            assert claim["isProvable"] and example.verifier().verify(proof, now=example.now).accepted
            provable += 1
        except solvency.RefusedError:
            assert not claim["isProvable"]
    assert 0 < provable < 30


def test_documents_that_are_not_trusted_are_missing(example):
    opening = example.opening()
    with pytest.raises(solvency.MissingError, match="circuit"):
        example.prove(opening, circuit="00" * 32)
    with pytest.raises(solvency.MissingError, match="snapshot"):
        example.prove(opening, snapshot="00" * 32)
    with pytest.raises(solvency.UsageError):
        example.prove(opening, valid_for=0)
    with pytest.raises(TypeError):
        pickle.dumps(opening)


def test_a_book_of_another_form_says_where(example):
    with pytest.raises(solvency.MalformedError, match="lists no such"):
        solvency.Opening.commit(
            example.catalog, json.dumps({**example.book, "positions": {"NO-SUCH": 1}}), registry=example.snapshot.registry)


def test_range_proofs_hold_and_name_the_bad_one():
    good, _ = solvency.RangeProof.prove([0, 2**64 - 1, 7], label=b"t")
    bounded, blindings = solvency.RangeProof.prove([18, 65, 40], bits=8, bounds=(18, 65))
    again, _ = solvency.RangeProof.prove([18, 65, 40], bits=8, bounds=(18, 65), blindings=blindings)
    assert again.commitments == bounded.commitments
    moved = solvency.RangeProof(bounded.commitments, bounded.proof, 8, b"", (17, 64))
    short = solvency.RangeProof(good.commitments, good.proof[:-1], 64, b"t")
    words = [v.reason for v in solvency.RangeProof.verify_many([good, bounded, moved, short, again])]
    assert words == ["accepted", "accepted", "proof-invalid", "wrong-proof-length", "accepted"]
    with pytest.raises(solvency.RefusedError, match="value 1"):
        solvency.RangeProof.prove([1, 256], bits=8)
    assert solvency.RangeProof.verify_many([]) == []
