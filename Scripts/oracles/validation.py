#!/usr/bin/env python3
"""Recomputes what `solvency snapshot validate` says, sharing no code with it.

    solvency snapshot history  --market MARKET --strategies buffer predictive -o history.csv
    solvency snapshot validate --market MARKET --strategies buffer predictive --json > validation.json
    python3 -m venv /tmp/oracles && /tmp/oracles/bin/pip install numpy scipy pandas
    /tmp/oracles/bin/python Scripts/oracles/validation.py history.csv validation.json BARS.csv.gz INTERVAL

Rates are taken from the history; coverage, the benchmarks at equal mean rate, Kupiec, Christoffersen, rank correlation,
QLIKE of the averages and procyclicality are computed from them and the bars with numpy and scipy. Exits 1 when a figure
differs by more than rounding.
"""
import json
import sys

import numpy as np
import pandas as pd
from scipy.stats import chi2, spearmanr

history, report, bars, interval = sys.argv[1:5]
interval = int(interval)
rates = pd.read_csv(history)
bars = pd.read_csv(bars)
time = bars.ts.values
close, low, high = bars.close.values, bars.low.values, bars.high.values
report = json.load(open(report))
problems = 0


def same(what, ours, theirs, tolerance=2e-4):
    global problems
    if ours is None or theirs is None:
        return
    ours, theirs = float(ours), float(theirs)
    if abs(ours - theirs) > tolerance * max(1, abs(theirs)):
        problems += 1
        print(f"DIFFERS {what}: {ours} here, {theirs} there")


def moves(t, horizon):
    k = max(1, horizon // interval)
    i = np.searchsorted(time, t)
    ok = (i > 0) & (i < len(time))
    ok[ok] &= time[i[ok]] - time[i[ok] - 1] <= 2 * interval
    lowest = pd.Series(low)[::-1].rolling(k, min_periods=1).min()[::-1].values
    highest = pd.Series(high)[::-1].rolling(k, min_periods=1).max()[::-1].values
    j = np.where(ok, i, 1)
    fall = np.maximum(0, 1 - lowest[j] / close[j - 1])
    rise = np.maximum(0, highest[j] / close[j - 1] - 1)
    return fall, rise, ok


def likelihood_ratios(hit, p):
    n, x = len(hit), int(hit.sum())

    def log(events, others, rate):
        return (events * np.log(rate) if events else 0) + (others * np.log1p(-rate) if others else 0)

    kupiec = 2 * (log(x, n - x, x / n) - log(x, n - x, p))
    n00 = n01 = n10 = n11 = 0
    for a, b in zip(hit[:-1], hit[1:]):
        n00 += (not a) and (not b)
        n01 += (not a) and b
        n10 += a and (not b)
        n11 += a and b
    every = (n01 + n11) / max(1, n00 + n01 + n10 + n11)
    free = log(n01, n00, n01 / max(1, n00 + n01)) + log(n11, n10, n11 / max(1, n10 + n11))
    independence = max(0, 2 * (free - log(n01 + n11, n00 + n10, every)))
    return kupiec, independence


r = np.diff(np.log(close), prepend=np.log(close[0]))
per_day = 86_400 / interval


def fading(x, days):
    decay = 0.5 ** (1 / max(1, days * per_day))
    value, out = np.mean(x[1:1 + int(30 * per_day)]), []
    for one in x:
        value = decay * value + (1 - decay) * one
        out.append(value * per_day)
    return np.array(out)


fast, slow = fading(r**2, 1), fading(r**2, 11.2)
for strategy in report["instruments"][0]["strategies"]:
    mine = rates[rates.strategy == strategy["strategy"]]
    if mine.empty:
        print(f"{strategy['strategy']} is not in the history: not compared")
        continue
    t = mine.time.values
    long, short = mine.maintenance_long.values, mine.maintenance_short.values
    same("epochs", len(mine), strategy["epochs"])
    same("mean maintenance", ((long + short) / 2).mean(), strategy["meanMaintenance"])
    last = np.maximum(0, np.searchsorted(time + interval, t, side="right") - 1)
    mean = ((long + short) / 2).mean()
    scaled = [np.sqrt(v[last]) * mean / np.sqrt(v[last]).mean() for v in (fast, slow)]
    for row in strategy["coverage"]:
        if row["side"] == "both":
            continue
        fall, rise, ok = moves(t, row["horizon"])
        move, rate = (fall, long) if row["side"] == "long" else (rise, short)
        for name, one in (("own", rate), ("flat", np.full(len(t), mean)), ("ewmaDay", scaled[0]),
                          ("ewmaElevenDays", scaled[1])):
            over = np.where(ok, np.maximum(0, move - one), 0)
            # Rates of the history are rounded to a millionth: a breach by less may be counted either way.
            near = int((np.abs(move - one)[ok] < 2e-6).sum())
            same(f"{strategy['strategy']} {row['horizon']} {row['side']} {name} shortfall", over.sum(),
                 row[name]["shortfall"], 1e-3)
            same(f"{strategy['strategy']} {row['horizon']} {row['side']} {name} breaches", (over > 0).sum(),
                 row[name]["breaches"], (near + 0.5) / max(1, row[name]["breaches"]))
        hit, due = [], -1
        for one, m, q, k in zip(t, move, rate, ok):
            if k and one >= due:
                hit.append(bool(m > q))
                due = one + row["horizon"]
        kupiec, independence = likelihood_ratios(np.array(hit), 0.01)
        test = row["test"]
        if sum(hit) == test["breaches"]:
            same("Kupiec", kupiec, test["kupiec"], 1e-5)
            same("Kupiec p", chi2.sf(kupiec, 1), test["kupiecP"], 1e-5)
            same("independence", independence, test["independence"], 1e-5)
            same("both p", chi2.sf(kupiec + independence, 2), test["conditionalP"], 1e-5)
    # Days of fewer than six bars: what whole bars show, the gap at the open and Garman and Klass within.
    o, h, l = (np.log(x) for x in (bars.open.values, high, low))
    gap = np.append(0, o[1:] - np.log(close)[:-1])
    ranges = gap**2 + np.maximum(0, 0.5 * (h - l)**2 - (2 * np.log(2) - 1) * (np.log(close) - o)**2)
    sums = np.concatenate([[0], np.cumsum(r**2 if per_day >= 6 else ranges)])
    a, b = np.searchsorted(time, t), np.searchsorted(time, t + 86_400)
    known = (a > 0) & (b - a >= int(per_day))
    realised = sums[b] - sums[a]
    known &= realised > 0
    same("rank correlation", spearmanr(((long + short) / 2)[known], realised[known])[0],
         strategy["rankCorrelation"], 1e-3)
    for loss in strategy["forecasts"]:
        v = {"EWMA of r², half-life a day": fast, "EWMA of r², half-life 11 days": slow}.get(loss["name"])
        if v is None or loss["qlike"] is None or loss["count"] != known.sum():
            continue
        q = realised[known] / v[last][known]
        same(loss["name"], np.mean(q - np.log(q) - 1), loss["qlike"], 1e-3)
    initial = pd.Series(mine.initial_long.values, index=pd.to_datetime(t, unit="s"))
    for name, days in (("day", 1), ("fiveDays", 5), ("month", 30)):
        least = initial.rolling(f"{days * 86_400 + 1}s").min()
        same(name, (initial / least).max(), strategy["initialLong"][name], 1e-3)
    same("peak to trough", initial.max() / initial.min(), strategy["initialLong"]["peakToTrough"], 1e-3)
print("the same" if problems == 0 else f"{problems} figures differ")
sys.exit(1 if problems else 0)
