#!/usr/bin/env python3
"""Databases of a ledger that are damaged at any place, and disks that fill up while one is written: nothing is lost in silence.

Of each damaged database (bits flipped, noise, cut, a page lost, two pages exchanged; the file or its write-ahead log), status,
the desk, export and audit say something or find everything: what status passes, all of them pass, and an export is the whole
log. On each disk what was acknowledged is there afterwards, and the failure ends with 74 and names the disk. Disks are
mounted, as root; otherwise they are left out.

    usage: check-ledger-damage.py [PROGRAM [DATABASES [DISKS]]]        .build/release/solvency, 250 and 50 by default
"""

import collections
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
program = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(root, ".build/release/solvency"))
databases = int(sys.argv[2]) if len(sys.argv) > 2 else 250
disks = int(sys.argv[3]) if len(sys.argv) > 3 else 50
work = tempfile.mkdtemp(prefix="solvency-ledger-damage-")
snapshot = os.path.abspath(os.path.join(root, "Examples/snapshot.json"))
book = os.path.abspath(os.path.join(root, "Examples/book.json"))
now = "1770328800"
faults = []
os.environ["SOLVENCY_PASSPHRASE"] = "open sesame"


def run(*arguments):
    result = subprocess.run(
        [program, *arguments], cwd=work, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    return result.returncode, (result.stdout + result.stderr).decode(errors="replace").strip()


def must(*arguments):
    code, said = run(*arguments)
    if code != 0:
        sys.exit(f"{' '.join(arguments)}: exit {code}: {said}")
    return said


def place(name):
    return os.path.join(work, name)


def copy(name, to):
    shutil.rmtree(place(to), ignore_errors=True)
    shutil.copytree(place(name), place(to))


# A ledger with an account, and requests for it.
for role in ["venue", "custodian", "engine"]:
    must("keygen", "--role", role, "-o", f"{role}.key")
must("snapshot", "sign", snapshot, "--venue-name", "Exchange", "--key", "venue.key", "-o", "snapshot.sig.json")
must("commit", "--book", book, "--snapshot", snapshot, "-o", "account", "--plain")
must("ledger", "init", "--ledger", "desk", "--venue-name", "Exchange", "--venue", "venue.key.pub",
     "--custodian", "custodian.key.pub", "--engine", "engine.key.pub")
key = ["--key", "venue.key", "--now", now]
must("ledger", "publish", snapshot, "--signature", "snapshot.sig.json", "--ledger", "desk", *key)
identity = re.search(r'"identity": "(\w+)"', must("ledger", "status", "--ledger", "desk", "--json"))[1]
must("attest", "--account", "account/account.json", "--pledged-to", "Exchange", "--ledger-identity", identity,
     "--now", now, "--key", "custodian.key", "-o", "attestation.json")
must("ledger", "open", "attestation.json", "--ledger", "desk", *key)
requests = []
for number in range(100):
    must("request", "--circuit", "portfolio-margin", "--snapshot", snapshot, "--opening", "account/account.opening",
         "--venue-name", "Exchange", "--ledger-identity", identity, "--now", now, "-o", f"request-{number}.json")
    with open(place(f"request-{number}.json")) as file:
        requests.append(file.read().replace("\n", "") + "\n")

# Half of the decisions and a checkpoint are in the file, the others in its write-ahead log: somebody reads meanwhile.
copy("desk", "whole")
must("admit", *[f"request-{number}.json" for number in range(20)], "--ledger", "whole", *key)
must("ledger", "checkpoint", "--ledger", "whole", *key)
reader = sqlite3.connect(place("whole/ledger.sqlite"), isolation_level=None)
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM entry").fetchone()
for number in range(20, 24):
    must("admit", f"request-{number}.json", "--ledger", "whole", *key)
copy("whole", "damaged")
reader.close()
copy("damaged", "original")
must("ledger", "export", "--ledger", "damaged", "-o", "whole.log")
whole = open(place("whole.log"), "rb").read()


def damage(content, draw):
    """The bytes with one damage, and its name."""
    content, page = bytearray(content), 4096
    pages = max(len(content) // page, 2)
    kind = draw.choice(["bit", "bits", "noise", "cut", "lost", "exchanged"])
    if kind in ("bit", "bits"):
        for _ in range(1 if kind == "bit" else 64):
            content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    elif kind == "noise":
        start = draw.randrange(len(content))
        content[start:start + 512] = draw.randbytes(len(content[start:start + 512]))
    elif kind == "cut":
        del content[draw.randrange(len(content)):]
    elif kind == "lost":
        start = draw.randrange(pages) * page
        content[start:start + page] = bytes(len(content[start:start + page]))
    else:
        one, other = [draw.randrange(pages) * page for _ in range(2)]
        content[one:one + page], content[other:other + page] = content[other:other + page], content[one:one + page]
    return bytes(content), kind


seen = collections.Counter()
for number in range(databases):
    draw = random.Random(number)
    copy("original", "damaged")
    name = draw.choice(["ledger.sqlite", "ledger.sqlite", "ledger.sqlite-wal"])
    path = place(f"damaged/{name}")
    content, kind = damage(open(path, "rb").read(), draw)
    with open(path, "wb") as file:
        file.write(content)
    if draw.randrange(2):
        os.remove(place("damaged/ledger.sqlite-shm"))
    copy("damaged", "opened")
    copy("damaged", "exported")
    try:
        codes = {"status": run("ledger", "status", "--ledger", "damaged", "--now", now),
                 "desk": run("ledger", "roll", "--ledger", "opened", *key),
                 "export": run("ledger", "export", "--ledger", "exported", "-o", "damaged.log", "--force")}
        if codes["export"][0] == 0:
            codes["audit"] = run("audit", "replay", "damaged.log", "--ledger", "original")
            if open(place("damaged.log"), "rb").read() != whole:
                faults.append(f"{number}: {kind} of {name}: the export is another log")
    except subprocess.TimeoutExpired as error:
        faults.append(f"{number}: {kind} of {name}: {error.cmd[1:3]} hangs")
        continue
    for verb, (code, said) in codes.items():
        if code not in (0, 2, 65, 74) or not said:
            faults.append(f"{number}: {kind} of {name}: {verb} ends with {code}: {said[:200]}")
        if codes["status"][0] == 0 and code != 0:
            faults.append(f"{number}: {kind} of {name}: status passes what {verb} refuses: {said[:200]}")
    seen[" ".join(verb for verb, (code, _) in codes.items() if code == 0) or "nothing"] += 1

print(f"{databases} databases; passed by " + ", ".join(f"{verbs}: {count}" for verbs, count in seen.most_common()))


def fill(disk, number):
    """Writes to a ledger on a small disk until it is full, and says how many entries were acknowledged."""
    ledger = os.path.join(disk, "desk")
    shutil.copytree(place("desk"), ledger)
    process = subprocess.Popen(
        [program, "admit", "-", "--ledger", ledger, *key], cwd=work, text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    acknowledged = []
    for request in requests:
        process.stdin.write(request)
        verdict = process.stdout.readline()
        entry = re.search(r"admitted .*entry (\d+)", verdict)
        if not entry:
            break
        acknowledged.append(int(entry[1]))
    _, errors = process.communicate(timeout=60)
    if process.returncode != 74 or "disk is full" not in errors:
        faults.append(f"disk {number}: ends with {process.returncode}: {verdict.strip()} {errors.strip()[:200]}")
    shutil.rmtree(place("saved"), ignore_errors=True)
    shutil.copytree(ledger, place("saved"))
    code, said = run("ledger", "status", "--ledger", "saved", "--now", now)
    count = re.search(r"log +(\d+) entries", said)
    if code != 0 or not count or acknowledged and int(count[1]) <= max(acknowledged):
        faults.append(f"disk {number}: {len(acknowledged)} were acknowledged, status ends with {code}: {said[:200]}")
    return len(acknowledged)


disk, total, filled = place("disk"), 0, 0
os.mkdir(disk)
for number in range(disks):
    size = f"size={160 + 8 * (number % 25) + number // 25 * 4}k"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True).returncode != 0:
        print("disks: not tried, since none can be mounted here")
        break
    try:
        total += fill(disk, number)
        filled += 1
    finally:
        subprocess.run(["umount", disk])
print(f"{filled} disks that fill up: {total} entries acknowledged")

shutil.rmtree(work)
print("\n".join(faults[:50]))
print(f"{len(faults)} faults")
sys.exit(1 if faults else 0)
