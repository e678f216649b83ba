"""The same verdicts and bytes as the command `solvency`, and a desk on the documents that it makes.

SOLVENCY_COMMAND names the command; without it, the repository's release build is used, and if that is not there the
tests are skipped with a line.
"""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess

import pytest
import solvency

from .conftest import ROOT

COMMAND = os.environ.get("SOLVENCY_COMMAND", str(ROOT / ".build/release/solvency"))
pytestmark = pytest.mark.skipif(not os.path.exists(COMMAND), reason=f"no command at {COMMAND}; make build, or set SOLVENCY_COMMAND")
MUTATIONS = int(os.environ.get("SOLVENCY_MUTATIONS", "300"))
BOOKS = int(os.environ.get("SOLVENCY_BOOKS", "20"))


def run(*arguments: object, code: int = 0, folder: object = None, stdin: bytes | None = None) -> str:
    done = subprocess.run(
        [COMMAND, *map(str, arguments)], capture_output=True, cwd=folder, input=stdin,
        env={**os.environ, "SOLVENCY_PASSPHRASE": "example"},
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode()


def by_command(items: list[bytes], now: int) -> list[str]:
    """The command's verdict on each proof, as the word that says why."""
    done = subprocess.run(
        [COMMAND, "verify", "-", "--snapshot", ROOT / "Examples/snapshot.json", "--audience", "Example Bank", "--now", stamp(now),
         "--json"], capture_output=True, input=b"\n".join(items) + b"\n",
    )
    assert done.returncode in (0, 2, 65), done.stderr.decode()
    rows = json.loads(done.stdout)
    rows = rows if isinstance(rows, list) else rows["verdicts"]
    return ["accepted" if row["verdict"] == "accepted" else row["reason"] for row in rows]


def stamp(now: int) -> str:
    from datetime import datetime, timezone

    return datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_mutated_proofs_have_the_commands_verdicts(example, proof):
    envelope, rng = json.loads(proof), random.Random(11)
    raw = base64.b64decode(envelope["proof"])
    items = [proof]
    for _ in range(MUTATIONS):
        if rng.random() < 0.5:
            changed = bytearray(raw)
            changed[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
            items.append(json.dumps({**envelope, "proof": base64.b64encode(changed).decode()}).encode())
        else:
            text = bytearray(proof)
            place = rng.randrange(len(text))
            text[place] = rng.choice(b'0123456789abcdef{}[]",:')
            items.append(bytes(text))
    ours = [v.reason for v in example.verifier().verify_many(items, now=example.now)]
    assert ours == by_command(items, example.now)


def test_proofs_of_random_books_are_accepted_by_the_command(example):
    rng, items = random.Random(12), []
    for _ in range(BOOKS):
        cash = rng.randrange(-900_000_000_000, 10**12)
        book = {**example.book, "cash": str(cash) if isinstance(example.book.get("cash"), str) else cash}
        opening = solvency.Opening.commit(example.catalog, book, registry=example.snapshot.registry)
        try:
            items.append(example.prove(opening))
        except solvency.RefusedError:
            pass
    assert items and set(by_command(items, example.now)) == {"accepted"}


def test_range_vectors_hold():
    document = json.loads((ROOT / "vectors/dalek/range_proofs_v1.json").read_text())
    proofs = [
        solvency.RangeProof(
            tuple(bytes.fromhex(each) for each in vector["commitments"]), bytes.fromhex(vector["proof"]), vector["n"],
            document["transcript_label"].encode())
        for vector in document["proofs"]
    ]
    assert proofs and all(solvency.RangeProof.verify_many(proofs))


def test_a_desk_decides_as_the_commands_documents_say(example, tmp_path):
    root, now = ROOT, example.now
    for role in ("venue", "custodian"):
        run("keygen", "--role", role, "-o", tmp_path / f"{role}.key")
    snapshot = root / "Examples/snapshot.json"
    run("snapshot", "sign", snapshot, "--venue-name", "Example Exchange", "--key", tmp_path / "venue.key", "-o",
        tmp_path / "snapshot.sig.json")
    run("ledger", "init", "--ledger", tmp_path / "ledger", "--venue-name", "Example Exchange", "--venue", tmp_path / "venue.key.pub",
        "--custodian", tmp_path / "custodian.key.pub", "--circuit", "portfolio-margin")
    arguments = {
        "description": tmp_path / "ledger/desk.json", "key": tmp_path / "venue.key", "passphrase": "example",
    }
    with pytest.raises(solvency.MalformedError):
        solvency.Desk(example.catalog, **{**arguments, "passphrase": "wrong"})
    store = tmp_path / "desk.sqlite"
    desk = solvency.Desk(example.catalog, **arguments, store=store)
    desk.publish(snapshot, tmp_path / "snapshot.sig.json", now=now)
    identity = desk.status(now=now)["identity"]
    opening = example.opening()
    (tmp_path / "account.json").write_text(json.dumps(opening.account()))
    (tmp_path / "account.opening").write_bytes(opening.seal("example"))
    run("attest", "--account", tmp_path / "account.json", "--opening", tmp_path / "account.opening", "--pledged-to",
        "Example Exchange", "--ledger-identity", identity, "--now", stamp(now), "--key", tmp_path / "custodian.key", "-o",
        tmp_path / "attestation.json")
    desk.open_account([tmp_path / "attestation.json"], now=now)
    run("request", "--circuit", "portfolio-margin", "--snapshot", snapshot, "--opening", tmp_path / "account.opening",
        "--venue-name", "Example Exchange", "--ledger-identity", identity, "--now", stamp(now), "-o", tmp_path / "request.json")
    request = tmp_path / "request.json"
    decisions = desk.review_many([request, request, b"{}"], now=now)
    assert [d["decision"] for d in decisions] == ["admitted", "refused", "refused"]
    assert decisions[1]["reasons"] == ["replayed"] and decisions[2]["reasons"] == ["malformed"]
    status = desk.status(now=now)
    desk.close()
    again = solvency.Desk(example.catalog, **arguments, store=store)
    assert again.status(now=now) == status and sum(status["accounts"].values()) == 1
