#!/usr/bin/env python3
"""The rows of `solvency bench` by two builds or more, in turn.

    Benchmarks/compare.py OLD NEW … [--only PART …] [--rounds N] [--core N] [--quick] [--process FOLDER]

Each round runs every command once, in another order each time; printed are, for each row that all of them have, the medians of its
ratio to S over the rounds, and the last command's beside the first's. With --process the processor time of whole processes comes
after: one `verify`, `range verify` of a file of 32 values, `range verify-batch` of 1,024 proofs and `--version`, the least of 15
runs each; FOLDER keeps the files, made by the first command. Needs Python 3.9.
"""

import argparse
import json
import pathlib
import statistics

from audits import run

PARTS = ["range", "shapes", "margin"]


def rows(command, part, options):
    """Name of a row → its ratio to S; "the same, …" is named with what it is the same as."""
    output, *_ = run(command, "bench", "--only", part, "--json", *(["--quick"] if options.quick else []), core=options.core)
    document = json.loads(output)
    result, subject = {}, ""
    for row in document:
        name = row["name"]
        if name.startswith("the same"):
            name = f"{subject} – {name}"
        else:
            subject = name
        result[name] = row["ratio"]
    return result


def figures(options):
    """Name of a row → for each command the ratios of all rounds."""
    result = {}
    for number in range(options.rounds):
        for part in options.only or PARTS:
            order = list(range(len(options.commands)))
            for place in order if number % 2 == 0 else reversed(order):
                for name, ratio in rows(options.commands[place], part, options).items():
                    result.setdefault(name, [[] for _ in order])[place].append(ratio)
    return {name: each for name, each in result.items() if all(each)}


def processes(options):
    """Name of a process → for each command the least processor time in seconds."""
    folder = options.process
    folder.mkdir(parents=True, exist_ok=True)
    first, snapshot, moment = options.commands[0], "Examples/snapshot.json", ["--now", "2026-02-06T00:00:00Z"]
    if not (folder / "proof.json").exists():
        run(first, "commit", "--book", "Examples/book.json", "--snapshot", snapshot, "--plain", "-o", folder / "account")
        run(first, "prove", "--circuit", "portfolio-margin", "--snapshot", snapshot, "--opening",
            folder / "account/account.opening", *moment, "-o", folder / "proof.json")
        for name, count in [("range", 32), ("one", 1)]:
            values = {"transcriptLabel": "side by side", "n": 64, "values": list(range(1000, 1000 + count))}
            (folder / "values.json").write_text(json.dumps(values))
            run(first, "range", "prove", folder / "values.json", "--opening", folder / f"{name}.opening", "-o", folder / f"{name}.json")
        line = json.dumps(json.loads((folder / "one.json").read_text()), separators=(",", ":"))
        (folder / "ranges.jsonl").write_text((line + "\n") * 1024)
    work = {
        "verify of one proof": ["verify", "--circuit", "portfolio-margin", "--snapshot", snapshot, *moment, folder / "proof.json"],
        "range verify of 32 x 64": ["range", "verify", folder / "range.json"],
        "range verify-batch of 1,024": ["range", "verify-batch", folder / "ranges.jsonl"],
        "--version": ["--version"],
    }
    return {
        name: [[run(command, *arguments, core=options.core)[1] for _ in range(15)] for command in options.commands]
        for name, arguments in work.items()
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commands", nargs="+", type=lambda text: str(pathlib.Path(text).resolve()))
    parser.add_argument("--only", action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--core", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--process", type=lambda text: pathlib.Path(text).resolve())
    options = parser.parse_args()
    for name, each in figures(options).items():
        medians = [statistics.median(ratios) for ratios in each]
        print(f"{name}: " + " -> ".join(f"{median:.3g} S" for median in medians) + f"  ({medians[-1] / medians[0]:.3f})", flush=True)
    if options.process:
        for name, each in processes(options).items():
            least = [min(times) * 1000 for times in each]
            print(f"{name}: " + " -> ".join(f"{time:.1f} ms" for time in least) + f"  ({least[-1] / least[0]:.3f})", flush=True)


if __name__ == "__main__":
    main()
