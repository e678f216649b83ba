#!/usr/bin/env python3
"""What a snapshot asks of options on a recorded chain, against the matrix that Deribit publishes, sharing no code with the engine.

    solvency snapshot build --market MARKET -o snapshot.json
    /tmp/oracles/bin/python Scripts/oracles/real-chain.py snapshot.json CHAIN.json.gz

The chain is one of StochVolModels (rows of time to expiry, forward, strike, bid and ask volatility). For each option alone, short and long,
and for 1,000 random books with the perpetual: the worst scenario and contingency of the snapshot over what the matrix asks.
"""
import gzip
import json
import sys

import numpy as np
from scipy.stats import norm

snapshot = json.load(open(sys.argv[1]))
chain = next(iter(json.load(gzip.open(sys.argv[2])).values()))
ROWS = [(0.04 * k, v, 1.0) for k in range(-4, 5) for v in (-1, 0, 1)]
ROWS += [(m, 1, 0.16 / abs(m)) for m in (-0.66, -0.33, 0.5, 1, 2, 3)]


def black(forward, strike, years, vol, call):
    d1 = (np.log(forward / strike) + vol * vol * years / 2) / (vol * np.sqrt(years))
    sign = 1 if call else -1
    return sign * (forward * norm.cdf(sign * d1) - strike * norm.cdf(sign * (d1 - vol * np.sqrt(years))))


perpetual = next(i for i in snapshot["instruments"] if i["kind"] == "perpetual")
spot = int(perpetual["markCeil"]) / 1e6 / float(perpetual["lot"].split()[0])
legs = []
for _, years, forward, _, right, strike, bid, ask in chain["rows"]:
    vol = (bid + ask) / 2
    mark = black(forward, strike, years, vol, right == "C")
    match = [i for i in snapshot["instruments"] if i["kind"] == {"C": "call", "P": "put"}[right] and f"-{int(strike)}-" in i["id"]
             and abs(int(i["markCeil"]) / 1e6 / float(i["lot"].split()[0]) / mark - 1) < 0.03]
    if len(match) != 1:
        continue
    gains = []
    for move, direction, weight in ROWS:
        term = (30 / (years * 365)) ** (0.3 if years * 365 < 30 else 0.13)
        moved = max(vol * (1 + 0.5 * term), 0.5) if direction > 0 else vol * max(0.1, 1 - 0.25 * term) if direction < 0 else vol
        gains.append(weight * (black(forward * (1 + move), strike, years, moved, right == "C") - mark))
    legs.append((match[0], np.array(gains)))
linear = np.array([w * spot * m for m, _, w in ROWS])


def ours(book):
    count = len(snapshot["groups"][0]["scenarios"])
    gain, contingency = np.zeros(count), 0.0
    for instrument, units in book:
        lots = abs(units) / float(instrument["lot"].split()[0])
        side = "Long" if units > 0 else "Short"
        gain += lots * np.array([int(x) for x in instrument["pnl" + side]]) / 1e6
        contingency += lots * int(instrument["cont" + side]) / 1e6
    return max(0.0, -gain.min()) + contingency


def theirs(book):
    gain, short = np.zeros(len(ROWS)), 0.0
    for (instrument, gains), units in book:
        gain += units * gains
        if units < 0 and instrument["kind"] != "perpetual":
            short += 0.01 * spot * -units
    return max(0.0, -gain.min()) + short


print(f"{len(legs)} options of the chain are in the snapshot")
for side, units in (("short", -1.0), ("long", 1.0)):
    ratios = np.array([ours([(leg[0], units)]) / theirs([(leg, units)]) for leg in legs])
    print(f"{side:5} alone: {ratios.min():.2f} to {ratios.max():.2f}, median {np.median(ratios):.2f}")
random = np.random.default_rng(20211021)
ratios = []
for _ in range(1_000):
    book = [(legs[k], float(random.integers(-10, 11))) for k in random.choice(len(legs), random.integers(1, 6), replace=False)]
    book.append(((perpetual, linear), float(random.integers(-10, 11))))
    book = [(leg, units) for leg, units in book if units != 0]
    if book and theirs(book) > 0:
        ratios.append(ours([(leg[0], units) for leg, units in book]) / theirs(book))
ratios = np.array(ratios)
print(f"{len(ratios)} random books: 1st percentile {np.quantile(ratios, 0.01):.2f}, median {np.median(ratios):.2f}, 99th {np.quantile(ratios, 0.99):.2f}; "
      f"{np.mean((ratios >= 0.8) & (ratios <= 1.5)) * 100:.1f} % within 0.8 and 1.5")
