from __future__ import annotations

import json
import multiprocessing
import random
import threading

import pytest
import solvency
from hypothesis import given, settings
from hypothesis import strategies as st


def test_a_proof_is_accepted_with_its_account_and_circuit(example, proof):
    verdict = example.verifier().verify(proof, now=example.now)
    assert verdict.accepted and (verdict.account, verdict.circuit) == ("alice", "portfolio_margin")
    assert example.verifier().verify(json.loads(proof), now=example.now).accepted
    assert example.verifier().verify(proof.decode(), now=example.now).accepted


@pytest.mark.parametrize(
    ("options", "now", "reason"),
    [
        ({"audience": "Another Bank"}, 0, "wrong-audience"),
        ({"kind": "initial"}, 0, "wrong-kind"),
        ({"nonce": "00" * 32}, 0, "wrong-nonce"),
        ({}, 10**9, "snapshot-expired"),
        ({}, -120, "snapshot-not-yet-valid"),
        ({"accounts": solvency.Accounts()}, 0, "unknown-account"),
    ],
)
def test_each_expectation_rejects(example, proof, options, now, reason):
    assert example.verifier(**options).verify(proof, now=example.now + now).reason == reason


def test_the_accounts_commitment_is_compared(example):
    opening = example.opening()
    proof = example.prove(opening)
    assert example.verifier(accounts=solvency.Accounts([opening.account()])).verify(proof, now=example.now).accepted
    other = example.opening()
    assert (
        example.verifier(accounts=solvency.Accounts([other.account()])).verify(proof, now=example.now).reason
        == "commitment-mismatch"
    )


def test_a_batch_names_each_bad_proof(example, proof):
    bad = json.dumps({**json.loads(proof), "sequence": 1}).encode()
    items = [proof, bad, b"", b"[]", proof] * 500
    seen: list[int] = []
    verdicts = example.verifier().verify_many(items, now=example.now, progress=seen.append)
    assert [v.reason for v in verdicts] == ["accepted", "proof-invalid", "malformed", "malformed", "accepted"] * 500
    assert seen == [2048, 2500]


def test_one_proof_has_the_verdict_that_it_has_among_many(example, proof):
    envelope, rng = json.loads(proof), random.Random(7)
    items = [proof, b"", b"{}", b"[]", b"\xff", b"\xef\xbb\xbf" + proof, json.dumps({**envelope, "version": 2}).encode(),
             json.dumps({**envelope, "account": "Zo\u00eb \U0001f600"}, ensure_ascii=True).encode(),
             json.dumps({**envelope, "account": '"account":"bob'}, separators=(",", ":")).encode(),
             json.dumps({**envelope, "audience": '"account":"bob","circuit":"x'}, separators=(",", ":")).encode(),
             json.dumps(dict(reversed(envelope.items())), separators=(",", ":")).encode(),
             json.dumps(envelope, indent=1).encode(), proof.replace(b'"suite"', b'"account":"bob","suite"')]
    items += [json.dumps({**envelope, name: "x"}).encode() for name in envelope]
    for _ in range(300):
        changed = bytearray(proof)
        changed[rng.randrange(len(proof))] = rng.randrange(256)
        items.append(bytes(changed))
    verifier = example.verifier()
    one_by_one = [verifier.verify(item, now=example.now) for item in items]
    assert one_by_one == verifier.verify_many(items, now=example.now)
    assert len({verdict.reason for verdict in one_by_one}) > 6


def test_no_mutated_proof_is_accepted(example, proof):
    envelope, rng = json.loads(proof), random.Random(5)
    import base64

    raw = bytearray(base64.b64decode(envelope["proof"]))
    items = []
    for _ in range(400):
        place, bit = rng.randrange(len(raw)), 1 << rng.randrange(8)
        raw[place] ^= bit
        items.append({**envelope, "proof": base64.b64encode(raw).decode()})
        raw[place] ^= bit
    for name in ("circuitDigest", "snapshot", "registry", "nonce"):
        digits = envelope[name]
        items.append({**envelope, name: ("1" if digits[0] == "0" else "0") + digits[1:]})
    items += [{**envelope, "sequence": 7}, {**envelope, "account": "bob"}, {**envelope, "kind": "initial"},
              {**envelope, "issued": envelope["issued"] - 1}, {**envelope, "expires": envelope["expires"] + 1}]
    verdicts = example.verifier().verify_many(items, now=example.now)
    assert len(verdicts) == len(items) and not any(verdicts)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_bytes_raise(data):
    catalog = solvency.Catalog(shipped=False)
    assert not solvency.Verifier(catalog).verify(data, now=0)
    for read in (solvency.Snapshot.read, catalog.add_snapshot, catalog.add_registry,
                 lambda d: catalog.add_circuit("x", d), lambda d: solvency.Opening.unseal(d, "x"),
                 solvency.Accounts().add):
        with pytest.raises(solvency.MalformedError):
            read(data)


def test_eight_threads_share_a_verifier(example, proof):
    verifier, results = example.verifier(threads=1), []
    bad = json.dumps({**json.loads(proof), "sequence": 1}).encode()

    def work() -> None:
        for _ in range(5):
            results.append([bool(v) for v in verifier.verify_many([proof, bad, proof], now=example.now)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[True, False, True]] * 40


def _child(queue, verifier, proof, now):
    queue.put([bool(v) for v in verifier.verify_many([proof] * 200, now=now)])


def test_a_forked_child_uses_what_its_parent_made(example, proof):
    verifier = example.verifier()
    # The parent has used its threads before the fork.
    assert all(verifier.verify_many([proof] * 200, now=example.now))
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_child, args=(queue, verifier, proof, example.now))
    child.start()
    assert queue.get(timeout=60) == [True] * 200
    child.join(10)
    assert child.exitcode == 0


@pytest.mark.parametrize("mistake", ["proofs.parquet", b"{}", bytearray(b"{}")])
def test_a_name_or_one_proof_is_not_taken_for_many(example, mistake):
    with pytest.raises(solvency.UsageError, match="pathlib.Path"):
        example.verifier().verify_many(mistake, now=example.now)


def test_closed_handles_say_so(example):
    catalog = solvency.Catalog(shipped=False)
    catalog.close()
    catalog.close()
    with pytest.raises(solvency.UsageError, match="closed"):
        catalog.add_snapshot(example.snapshot_json)


def test_an_error_has_code_and_line(example):
    with pytest.raises(solvency.MalformedError) as caught:
        example.catalog.add_snapshot('{"version": 1,\n "version": 1}')
    assert caught.value.code == 65 and caught.value.line == 2
