#!/usr/bin/env python3
"""What a day of proofs and the audit of a roll cost beside bare batches of the same proofs.

    Benchmarks/audits.py [--command PATH ...] [--accounts N] [--rounds N] [--core N] [--keep FOLDER]

Makes 100 snapshots (epochs) with ten proofs each, repeats the proofs to a day of 100,000, and a roll of N accounts (4,096); then
measures, in turn and on one core, bare batches (`bench --only margin`), the day and the audit, and for the audit two processes
that share it on two cores. Printed are medians of processor time a proof, ratios to bare batches, and peak memory. What an audit
costs whatever its size, nearly all of it the passphrase of the auditor's key, is measured by an audit of 16 entries and taken off.
With several commands they take turns, so that builds can be compared. Needs `make build` and Python 3.9; takes some minutes.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
EPOCHS, PROOFS, DAY = 100, 10, 100_000
MOMENT = ["--now", "2026-02-06T00:00:00Z"]


def run(command, *arguments, core=None):
    """Runs to the end; gives standard output, processor seconds, seconds by the clock and peak memory in MB."""
    bind = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
    began = time.monotonic()
    process = subprocess.Popen([command, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=bind)
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, arguments))}\n{errors.decode()}{output.decode()[-2000:]}")
    return output, usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024


def make_day(command, work):
    """100 snapshots, 1,000 distinct proofs, a day of 100,000 lines in the order of epochs."""
    epochs, account = work / "epochs", work / "account"
    epochs.mkdir()
    example = json.loads((ROOT / "Examples/snapshot.json").read_text())
    run(command, "commit", "--book", "Examples/book.json", "--snapshot", "Examples/snapshot.json", "--plain", "-o", account)
    lines = []
    for number in range(EPOCHS):
        path = epochs / f"{number}.json"
        path.write_text(json.dumps({**example, "epoch": example["epoch"] + number}))
        proofs = []
        for _ in range(PROOFS):
            run(command, "prove", "--circuit", "portfolio-margin", "--snapshot", path, "--opening",
                account / "account.opening", *MOMENT, "--force", "-o", work / "proof.json")
            proofs.append(json.dumps(json.loads((work / "proof.json").read_text()), separators=(",", ":")))
        lines += proofs * (DAY // EPOCHS // PROOFS)
    (work / "day.jsonl").write_text("\n".join(lines) + "\n")


def make_roll(command, work, accounts):
    """A roll of accounts with cash alone under portfolio margin, proved one by one; gives the arguments of its audit."""
    (work / "balances.csv").write_text("account,cash\n" + "".join(f"trader {n},{1000 + n}\n" for n in range(accounts)))
    for role in ("custodian", "log", "auditor"):
        run(command, "keygen", "--role", role, "-o", work / f"{role}.key")
    reserve, roll = work / "reserve.json", work / "roll"
    run(command, "roll", "reserve", "--asset", "cash", "--amount", 10**12, "--pledged-to", "Example Exchange", *MOMENT,
        "--key", work / "custodian.key", "-o", reserve)
    documents = ["--snapshot", "Examples/snapshot.json", "--reserve", reserve, "--custodian", work / "custodian.key.pub"]
    run(command, "roll", "build", "--balances", work / "balances.csv", "--venue", "Example Exchange", "--log",
        "example.com/ledger", *MOMENT, *documents, "-o", roll)
    run(command, "roll", "prove", roll, "--key", work / "log.key", *documents)
    return ["roll", "audit", roll, *documents, "--log-key", work / "log.key.pub", "--key", work / "auditor.key"]


def bare(command, core):
    output, *_ = run(command, "bench", "--only", "margin", "--json", core=core)
    rows = [row for row in json.loads(output) if row["name"].endswith("each") and "in a batch of" in row["name"]]
    return rows[0]["nanoseconds"] / 1000


def day(command, work, core):
    _, seconds, _, memory = run(command, "verify", work / "day.jsonl", "--at", "issued", "--snapshots", work / "epochs",
                                "--only-rejected", core=core)
    return seconds * 1e6 / DAY, memory


def audit(command, work, arguments, entries, core):
    """Processor seconds, seconds by the clock and memory of an audit of the entries from 1 on."""
    output = work / f"audit-{core}.json"
    output.unlink(missing_ok=True)
    _, *figures = run(command, *arguments, "--range", f"1-{entries}", "-o", output, core=core)
    return figures


def audit_rows(command, work, arguments, accounts, core):
    """Microseconds an account, memory, and how many times faster two auditors are, each on a core with half of the entries."""
    seconds, clock, memory = audit(command, work, arguments, accounts, core)
    fixed_seconds, fixed_clock, _ = audit(command, work, arguments, 16, core)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        began = time.monotonic()
        list(pool.map(lambda core: audit(command, work, arguments, accounts // 2, core), (0, 1)))
        both = time.monotonic() - began
    return (seconds - fixed_seconds) * 1e6 / (accounts - 16), memory, (clock - fixed_clock) / (both - fixed_clock)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", action="append")
    parser.add_argument("--accounts", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the inputs; used again if they are there")
    options = parser.parse_args()
    commands = [str(pathlib.Path(path).resolve()) for path in options.command or [ROOT / ".build/release/solvency"]]
    os.environ["SOLVENCY_PASSPHRASE"] = "correct horse battery staple"
    with tempfile.TemporaryDirectory() as temporary:
        work = (options.keep or pathlib.Path(temporary)).resolve()
        kept = work / "audit-arguments.json"
        if not kept.exists():
            work.mkdir(exist_ok=True)
            make_day(commands[0], work)
            arguments = make_roll(commands[0], work, options.accounts)
            kept.write_text(json.dumps([str(argument) for argument in arguments]))
        arguments = json.loads(kept.read_text())
        accounts = json.loads((work / "roll/header.json").read_text())["accounts"]
        found = {command: {"bare": [], "day": [], "audit": []} for command in commands}
        for _ in range(options.rounds):
            for command in commands:
                rows = found[command]
                rows["bare"].append(bare(command, options.core))
                rows["day"].append(day(command, work, options.core))
                rows["audit"].append(audit_rows(command, work, arguments, accounts, options.core))
        for command in commands:
            rows = found[command]
            batch = statistics.median(rows["bare"])
            print(command)
            print(f"  bare batch of 1,024      {batch:7.1f} us a proof")
            for name in ("day", "audit"):
                cost = statistics.median(row[0] for row in rows[name])
                memory = max(row[1] for row in rows[name])
                print(f"  {name:24} {cost:7.1f} us a proof   {cost / batch:.3f} times   "
                      f"{100 * batch / cost:.0f} % of its speed   {memory:.0f} MB")
            print(f"  two auditors             {statistics.median(row[2] for row in rows['audit']):7.2f} times one")


if __name__ == "__main__":
    main()
