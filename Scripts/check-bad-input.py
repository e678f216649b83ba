#!/usr/bin/env python3
"""Every reader of a file that the language of circuits, explanations, audits of a day and snapshots brought, against input that is
missing, a folder, empty, cut in half, 100 MB long, of another kind, of another version, and with a key twice: one line that
names the file, the exit code that says whose fault it is, and nothing written. usage: check-bad-input.py [PROGRAM]"""

import json
import os
import subprocess
import sys
import tempfile

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
program = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(root, ".build/release/solvency"))
example = lambda name: os.path.join(root, "Examples", name)
snapshot = example("snapshot.json")
circuit = example("circuits/gross-exposure.circuit")
os.environ["SOLVENCY_PASSPHRASE"] = "x"
work = tempfile.mkdtemp(prefix="solvency-bad-input-")
runs = faults = 0


def run(arguments):
    return subprocess.run([program] + arguments, cwd=work, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)


def made(arguments, path):
    result = run(arguments)
    if result.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit {result.returncode}: {result.stderr.decode()}")
    return os.path.join(work, path)


made(["commit", "--book", example("book.json"), "--snapshot", snapshot, "-o", "account"], "account")
moment = "2026-02-05T21:30:00Z"
proof = made(
    ["prove", "--circuit", "portfolio-margin", "--snapshot", snapshot, "--opening", "account/account.opening", "--now", moment, "--audience", "B",
     "-o", "proof.json"], "proof.json")
summary = os.path.join(work, "summary.json")
made(["verify", proof, "--at", "issued", "--snapshot", snapshot, "--summary", "summary.json"], "summary.json")
line = os.path.join(work, "line.jsonl")
with open(line, "w") as file:
    file.write(json.dumps(json.load(open(proof))) + "\n")
accounts = os.path.join(work, "accounts.jsonl")
with open(accounts, "w") as file:
    file.write(json.dumps(json.load(open(os.path.join(work, "account/account.json")))) + "\n")

out = "written"
# The reader, the good file, how its program is called with it, and whether other exit codes than 65 and 66 are right.
readers = [
    ("snapshot with own numbers", example("attributes/snapshot.json"), lambda f: ["snapshot", "check", f]),
    ("snapshot of a circuit", snapshot, lambda f: ["circuit", "check", circuit, "--snapshot", f]),
    ("circuit", circuit, lambda f: ["circuit", "check", f, "--snapshot", snapshot]),
    ("circuit to prove", circuit, lambda f: [
        "prove", "--circuit", f, "--snapshot", snapshot, "--opening", "account/account.opening", "--now", moment,
        "--audience", "B", "-o", out]),
    ("book to explain", example("book.json"), lambda f: [
        "explain", "--circuit", "portfolio-margin", "--book", f, "--snapshot", snapshot, "--html", out]),
    ("snapshot to explain", snapshot, lambda f: [
        "explain", "--circuit", "portfolio-margin", "--book", example("book.json"), "--snapshot", f, "--html", out]),
    ("account of verify", os.path.join(work, "account/account.json"), lambda f: [
        "verify", proof, "--at", "issued", "--snapshot", snapshot, "--account", f, "--summary", out]),
    ("states of accounts", accounts, lambda f: [
        "verify", proof, "--at", "issued", "--snapshot", snapshot, "--accounts", f, "--summary", out]),
    ("snapshot of an audit", snapshot, lambda f: [
        "verify", proof, "--at", "issued", "--snapshot", f, "--summary", out]),
    ("summary of an audit", summary, lambda f: ["verify", "merge", f, "-o", out]),
    ("proof", proof, lambda f: ["inspect", f]),
    ("listing of a market", example("market/market.json"), None),
]


def damages(good):
    text = open(good, "rb").read()
    is_json = text.lstrip().startswith(b"{")
    yield "missing", None
    yield "a folder", "folder"
    yield "empty", b""
    yield "cut in half", text[: len(text) // 2]
    yield "100 MB", b" " * 50_000_000 + b"x" * 50_000_000
    yield "of another kind", b"[1, 2, 3]\n" if is_json else b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    yield "another kind of JSON", b'{"version": 1, "kind": "nothing"}\n'
    if is_json:
        value = json.loads(text.splitlines()[0] if good.endswith("jsonl") else text)
        rest = {key: member for key, member in value.items() if key != "version"}
        whole = json.dumps({"version": 99, **rest})
        yield "another version", whole.encode() + b"\n"
        key = sorted(rest)[0]
        whole = json.dumps(value)
        yield "a key twice", (whole[:-1] + f', {json.dumps(key)}: {json.dumps(rest[key])}}}\n').encode()
    else:
        yield "another version", text.replace(b" version 1", b" version 99 language 7", 1)
        yield "a name twice", text + b"\ncommitted cash in 0 ... 1\n"


for name, good, command in readers:
    suffix = ".circuit" if good.endswith(".circuit") else ".jsonl" if good.endswith(".jsonl") else ".json"
    for damage, content in damages(good):
        if command is None:
            folder = os.path.join(work, "market-copy")
            subprocess.run(["rm", "-rf", folder]), subprocess.run(["cp", "-r", os.path.dirname(good), folder])
            place = os.path.join(folder, "market.json")
            os.remove(place)
            arguments = ["snapshot", "build", "--market", folder, "-o", out]
        else:
            place = os.path.join(work, f"bad{suffix}")
            arguments = command(place)
        subprocess.run(["rm", "-rf", place, os.path.join(work, out)])
        if content == "folder":
            os.mkdir(place)
        elif content is not None:
            with open(place, "wb") as file:
                file.write(content)
        runs += 1
        try:
            result = run(arguments)
        except subprocess.TimeoutExpired:
            faults += 1
            print(f"{name}, {damage}: not done within a minute")
            continue
        said = result.stderr.decode(errors="replace").strip()
        first = said.splitlines()[0] if said else ""
        expected = [66] if damage in ("missing", "a folder") else [65]
        problems = []
        if result.returncode not in expected:
            problems.append(f"exit {result.returncode}, not {expected[0]}")
        if os.path.basename(place) not in first:
            problems.append("the first line does not name the file")
        # Mistakes of a circuit are listed below the first line, each with its place.
        if len(said.splitlines()) > 1 and suffix != ".circuit":
            problems.append(f"{len(said.splitlines())} lines")
        if os.path.exists(os.path.join(work, out)):
            problems.append("something was written")
        if problems:
            faults += 1
            print(f"{name}, {damage}: {'; '.join(problems)}: {(said or result.stdout.decode())[:300]!r}")

subprocess.run(["rm", "-rf", work])
print(f"{len(readers)} readers, {runs} runs, {faults} faults")
sys.exit(1 if faults else 0)
