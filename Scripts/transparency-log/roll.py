"""Checks the files of a roll with pymerkle and aics-tlog. Called by check-roll.sh.

A roll is built and proved in groups by the command; everything after that reads its files from the description in
Documentation/Venue-Solvency.md alone.
"""

import base64
import hashlib
import json
import pathlib
import random
import subprocess
import sys

import aics_tlog
import pymerkle

command, work, count = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
checks = 0


def ok(condition, what):
    global checks
    checks += 1
    if not condition:
        sys.exit(f"check-roll: {what}")


def run(*arguments):
    outcome = subprocess.run([command, *map(str, arguments)], capture_output=True)
    ok(outcome.returncode == 0, f"{' '.join(map(str, arguments[:2]))}: {outcome.stderr.decode()}{outcome.stdout.decode()}")
    return outcome.stdout.decode()


def u64(value):
    return (value & 2**64 - 1).to_bytes(8, "little")


def text(value):
    return len(value).to_bytes(4, "little") + value


def header_entry(h):
    ledger = h["ledger"]
    assert isinstance(ledger, str), "a venue without a ledger's identity is used here"
    out = text(b"solvency/roll/header/v1") + text(h["log"].encode()) + text(ledger.encode())
    out += u64(h["epoch"]) + u64(h["moment"])
    for name in ("snapshot", "registry", "rule", "bounded", "totals", "reserves", "house"):
        out += bytes.fromhex(h[name])
    return out + u64(h["step"]) + u64(h["fund"]) + u64(h["accounts"])


CASH = """parameters snapshot
committed cash
advice plus  in 0 ... 2^40 := max( cash, 0)
advice minus in 0 ... 2^40 := max(-cash, 0)
link cash == plus - minus
"""
(work / "rule.circuit").write_text(f'circuit rule version 1\n{CASH}require "margin" : plus - 3 * minus >= 0\n')
for name in ("bounded", "totals"):
    (work / f"{name}.circuit").write_text(f'circuit {name} version 1\n{CASH}require "cash" : plus - minus >= 0\n')
rng = random.Random(22)
cash = {f"trader {n}": -rng.randrange(1, 400) if n % 17 == 5 else rng.randrange(10_000) for n in range(count)}
(work / "balances.csv").write_text("account,cash\n" + "".join(f"{n},{c}\n" for n, c in cash.items()))
for role in ("custodian", "log", "auditor"):
    run("keygen", "--role", role, "-o", work / f"{role}.key")
moment = ["--now", "2026-02-06T00:00:00Z"]
fund = 400 * count
run("roll", "reserve", "--asset", "cash", "--amount", sum(cash.values()) + fund, "--pledged-to", "Example Exchange",
    *moment, "--key", work / "custodian.key", "-o", work / "reserve.json")
documents = ["--snapshot", "Examples/snapshot.json", "--circuit", work / "rule.circuit", "--bounded-circuit",
             work / "bounded.circuit", "--totals-circuit", work / "totals.circuit", "--reserve", work / "reserve.json",
             "--custodian", work / "custodian.key.pub"]
roll = work / "roll"
run("roll", "build", "--balances", work / "balances.csv", "--venue", "Example Exchange", "--log", "example.com/ledger",
    "--epoch", 7, "--step", 50, "--fund", fund, "--padding", 3, *moment, *documents, "-o", roll)
run("roll", "prove", roll, "--aggregate", 16, "--key", work / "log.key", *documents)
run("roll", "audit", roll, *documents, "--log-key", work / "log.key.pub", "--key", work / "auditor.key",
    "-o", work / "audit.json")

# The tree.
header = json.loads((roll / "header.json").read_text())
data = (roll / "entries.bin").read_bytes()
size = len(data) // header["accounts"]
ok(header["accounts"] == count + 3 and size * header["accounts"] == len(data), "entries.bin has another length")
entries = [header_entry(header)] + [data[n:n + size] for n in range(0, len(data), size)]
tree = pymerkle.InmemoryTree(algorithm="sha256")
for entry in entries:
    tree.append_entry(entry)
root = tree.get_root()

# The note.
note_bytes = (roll / "checkpoint").read_bytes()
lines = note_bytes.decode().split("\n")
ok(lines[0] == "example.com/ledger/roll/7", "the checkpoint has another origin")
ok(int(lines[1]) == len(entries), "the checkpoint has another size")
ok(base64.b64decode(lines[2]) == root, "pymerkle has another root")
vkey = run("log", "key", work / "log.key.pub", "--name", lines[0]).strip()
verdict = aics_tlog.verify_checkpoint(aics_tlog.parse_note(note_bytes), aics_tlog.parse_vkey(vkey), [], quorum=0)
ok(verdict.ok, f"aics-tlog does not accept the checkpoint: {verdict}")

# The evidence: a line an account, groups once with the first of their accounts.
evidence = (roll / "evidence.jsonl").read_bytes().split(b"\n")
ok(len(evidence) == len(entries) and evidence[-1] == b"", "evidence.jsonl has another number of lines")
group, members = None, {}
domain = len(text(b"solvency/roll/account/v1"))
for entry, line in zip(entries[1:], evidence):
    fields = entry[domain:]
    name, commitment, kind, digest = fields[:32], fields[32:64], fields[72], fields[81:113]
    if line:
        ok(hashlib.sha256(line).digest() == digest, "an entry states another digest than its evidence has")
        document = json.loads(line)
        if "members" in document:
            group, members = digest, {m["account"]: m for m in document["members"]}
            ok(len(members) in (2, 4, 8, 16), "a group of another size")
    if digest == group:
        ok(kind == 1 and members[name.hex()]["commitment"] == commitment.hex(), "a group lists another commitment")
    else:
        ok(bool(line), "an account without evidence")

# A trader's receipt.
for account in rng.sample(sorted(cash), 5):
    file = work / "receipt.tlog-proof"
    run("roll", "receipt", roll, "--account", account, "--force", "-o", file)
    head, note = file.read_bytes().split(b"\n\n", 1)
    lines = head.decode().split("\n")
    ok(lines[0] == "c2sp.org/tlog-proof@v1" and note == note_bytes, "the receipt is not of this checkpoint")
    extra = json.loads(base64.b64decode(next(l for l in lines if l.startswith("extra ")).split(" ", 1)[1]))
    index = int(next(l for l in lines if l.startswith("index ")).split(" ", 1)[1])
    path = [base64.b64decode(l) for l in lines if l and " " not in l and not l.startswith("c2sp")]
    ok(bytes.fromhex(extra["entry"]) == entries[index], "the receipt has another entry")
    leaf = hashlib.sha256(b"\0" + entries[index]).digest()
    ok(aics_tlog.verify_inclusion(leaf, index, len(entries), path, root), "aics-tlog does not accept the path")
    salt = bytes.fromhex(extra["salt"])
    name = hashlib.sha256(text(b"solvency/roll/name/v1") + text(account.encode()) + salt).digest()
    ok(name == entries[index][domain:domain + 32], "the blinded name is another")

print(f"check-roll: {count + 3} accounts, {checks} checks by pymerkle, aics-tlog and hashlib hold")
