#!/usr/bin/env python3
"""Replays crashes from recorded bars through the laboratory: what a venue under the standard parameters would have lost.

    python3 Scripts/replays/replay.py DATA --solvency .build/release/solvency -o replays

DATA holds bars of BTC as gzipped CSV with the columns ts,open,high,low,close,volume_base: btc_usd_1h_bitstamp.csv.gz and
btc_usdt_2h_binance.csv.gz. Nothing of it is copied into the repository. For each window the script writes a market
directory of forty days before it and a scenario whose path is the window's bars, bar by bar: open, then the extreme on the far
side of the close, then the other extreme, then the close, at even distances. The engine sees nothing of the window before it
happens. Two-hour bars before the window are halved at their middle, since the engine reads hours. Standard library alone.
"""
import argparse
import csv
import gzip
import hashlib
import json
import os
import subprocess
import sys

HOUR = 3600
# Name, file, first bar of the window (UTC), hours, what was reported then.
WINDOWS = [
    ("covid-2020-03-12", "btc_usd_1h_bitstamp", 1583992800, 34, "12 March 2020"),
    ("may-2021-05-19", "btc_usd_1h_bitstamp", 1621382400, 36, "19 May 2021"),
    ("luna-2022-05", "btc_usdt_2h_binance", 1652054400, 96, "LUNA, 9 to 12 May 2022"),
    ("ftx-2022-11", "btc_usdt_2h_binance", 1667865600, 72, "FTX, 8 to 10 November 2022"),
    ("usdc-2023-03", "btc_usdt_2h_binance", 1678406400, 72, "USDC, 10 to 12 March 2023"),
]
PEG = {"usdc-2023-03": [[0, 1], [86400 - 3600, 0.97], [86400 + 7 * 3600, 0.882], [2 * 86400, 0.96], [3 * 86400, 1]]}


def bars(path):
    with gzip.open(path, "rt") as file:
        rows = [
            (int(r["ts"]), float(r["open"]), float(r["high"]), float(r["low"]), float(r["close"]), float(r["volume_base"]))
            for r in csv.DictReader(file)
        ]
    return rows, rows[1][0] - rows[0][0]


def halved(rows, length):
    """Bars of an hour."""
    if length == HOUR:
        return rows
    made = []
    for ts, o, h, l, c, v in rows:
        m = (o + c) / 2
        made.append((ts, o, max(o, m, h), min(o, m), m, v / 2))
        made.append((ts + HOUR, m, max(m, c), min(m, c, l), c, v / 2))
    return made


def knots(rows, length, start, first):
    points = [[0, 1.0]]
    for ts, o, h, l, c, _ in rows:
        t = ts - start
        middle = [h, l] if c < o else [l, h]
        for part, price in zip((length // 3, 2 * length // 3, length), middle + [c]):
            points.append([t + part, round(price / first, 6)])
    return points


def market(folder, rows, start):
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/BTC.csv", "w") as file:
        file.write("ts,open,high,low,close,volume_base\n")
        for ts, o, h, l, c, v in rows:
            file.write(f"{ts},{o},{h},{l},{c},{v}\n")
    last = rows[-1][4]
    for name, price in (("BTC-prices", last), ("USDC-prices", 1)):
        with open(f"{folder}/{name}.csv", "w") as file:
            file.write("source,time_ms,price,confidence\n")
            for source in "abc":
                file.write(f"{source},{start * 1000},{price},0\n")
    listing = {
        "version": 1,
        "underlyings": [{"id": "BTC", "bars": "BTC.csv", "prices": "BTC-prices.csv"}],
        "instruments": [{"id": "BTC-PERP", "kind": "perpetual", "underlying": "BTC", "lot": "0.001"}],
        "assets": [{"id": "USDC", "stable": True, "prices": "USDC-prices.csv", "lot": "0.01"}],
    }
    with open(f"{folder}/market.json", "w") as file:
        json.dump(listing, file, indent=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--solvency", default=".build/release/solvency")
    parser.add_argument("-o", "--output", default="replays")
    parser.add_argument("--accounts", default="5000")
    parser.add_argument("--seeds", default="3")
    parser.add_argument("--open-interest", default="1e9")
    parser.add_argument("--venue", help="a venue's file; without it the standard venue")
    options = parser.parse_args()
    columns = None
    failed = False
    for name, source, start, hours, title in WINDOWS:
        rows, length = bars(f"{options.data}/{source}.csv.gz")
        before = [r for r in rows if start - 40 * 24 * HOUR <= r[0] < start]
        window = [r for r in rows if start <= r[0] < start + hours * HOUR]
        if len(before) < 0.95 * 40 * 24 * HOUR / length or len(window) != hours * HOUR // length:
            print(f"{name}: bars are missing: {len(before)} before, {len(window)} within", file=sys.stderr)
            return 1
        used = "".join(f"{r}\n" for r in before + window)
        digest = hashlib.sha256(used.encode()).hexdigest()
        folder = f"{options.output}/{name}"
        market(f"{folder}/market", halved(before, length), start)
        step = 600
        scenario = {
            "version": 1, "id": name, "title": title, "source": f"{source}, {len(window)} bars, sha256 {digest}",
            "stepSeconds": step, "steps": hours * HOUR // step,
            "paths": {"*": knots(window, length, start, before[-1][4])}, "noise": 0,
        }
        if name in PEG:
            scenario["peg"] = PEG[name]
        path = f"{folder}/{name}.json"
        with open(path, "w") as file:
            json.dump(scenario, file)
        run = subprocess.run(
            [options.solvency, "stress", "run", path, "--market", f"{folder}/market", "--accounts", options.accounts,
             "--seeds", options.seeds, "--open-interest", options.open_interest, "--no-remedies",
             "-o", f"{folder}/result", "--force", "--json"] + (["--venue", options.venue] if options.venue else []),
            capture_output=True, text=True)
        if run.returncode not in (0, 2):
            print(run.stderr, file=sys.stderr)
            return 1
        with open(f"{folder}/result/summary.csv") as file:
            summary = list(csv.DictReader(file))[0]
        lowest = min(r[3] for r in window) / before[-1][4]
        if columns is None:
            columns = [key for key in summary if key != "scenario"]
            print("| window | bars | SHA-256 of them | lowest bar | " + " | ".join(columns) + " |")
            print("|---" * (4 + len(columns)) + "|")
        print(f"| {title} | {len(window)} of {length // HOUR} h | {digest[:16]} | {100 * lowest:.1f} % | "
              + " | ".join(summary[key] for key in columns) + " |")
        failed = failed or run.returncode == 2
    return 2 if failed else 0


sys.exit(main())
