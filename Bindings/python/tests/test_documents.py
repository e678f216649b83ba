from __future__ import annotations

import pickle
import threading

from solvency.documents import Documents, verifier_here


def test_a_process_makes_one_verifier_for_documents_that_hold_the_same(example, proof):
    whole = Documents(
        snapshots=[example.snapshot_json], now=example.now, circuits={"portfolio-margin": example.circuit_text},
        expectations={"audience": "Example Bank"},
    )
    verifier = verifier_here(whole)
    assert verifier.verify(proof, now=whole.now)
    # What a task of an engine gets is a copy.
    found = []
    threads = [threading.Thread(target=lambda: found.append(verifier_here(pickle.loads(pickle.dumps(whole))))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all(each is verifier for each in found)


def test_other_documents_are_verified_with_a_verifier_of_their_own(example, proof):
    bank = Documents(snapshots=[example.snapshot_json], now=example.now, expectations={"audience": "Example Bank"})
    for other in (
        Documents(snapshots=bank.snapshots, now=bank.now, expectations={"audience": "Another Bank"}),
        Documents(snapshots=[], now=bank.now, expectations=bank.expectations),
    ):
        assert verifier_here(bank).verify(proof, now=bank.now)
        assert not verifier_here(other).verify(proof, now=other.now)
    assert verifier_here(bank).verify(proof, now=bank.now)
