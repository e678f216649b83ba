#!/usr/bin/env python3
"""The risk matrix that Deribit publishes, for the books of `OptionMatrixTests`, sharing no code with the engine.

    python3 -m venv /tmp/oracles && /tmp/oracles/bin/pip install numpy scipy
    /tmp/oracles/bin/python Scripts/oracles/option-matrix.py

Price 40,000, options of 7, 30 and 180 days with volatility 0.6 + 0.002·step², strikes by steps of a tenth. Prints what the
matrix asks of each book in USD; the figures are frozen in `Tests/RiskEngineTests/OptionMatrixTests.swift`.
"""
import numpy as np
from scipy.stats import norm

PRICE = 40_000.0


def black(forward, strike, years, vol, call):
    d1 = (np.log(forward / strike) + vol * vol * years / 2) / (vol * np.sqrt(years))
    d2 = d1 - vol * np.sqrt(years)
    sign = 1 if call else -1
    return sign * (forward * norm.cdf(sign * d1) - strike * norm.cdf(sign * d2))


def option(days, step, call):
    return dict(days=days, strike=PRICE * (1 + 0.1 * step), vol=0.6 + 0.002 * step * step, call=call, size=0.01)


PERPETUAL = dict(days=None, size=0.001)
ROWS = [(0.04 * k, v, 1.0) for k in range(-4, 5) for v in (-1, 0, 1)]
ROWS += [(m, 1, 0.16 / abs(m)) for m in (-0.66, -0.33, 0.5, 1, 2, 3)]


def matrix(book):
    worst, short = 0.0, 0.0
    for move, direction, weight in ROWS:
        gain = 0.0
        for leg, lots in book:
            if leg["days"] is None:
                gain += PRICE * move * leg["size"] * lots
                continue
            term = (30 / leg["days"]) ** (0.3 if leg["days"] < 30 else 0.13)
            vol = leg["vol"]
            if direction > 0:
                vol = max(vol * (1 + 0.5 * term), 0.5)
            elif direction < 0:
                vol *= max(0.1, 1 - 0.25 * term)
            years = leg["days"] / 365
            now = black(PRICE, leg["strike"], years, leg["vol"], leg["call"])
            moved = black(PRICE * (1 + move), leg["strike"], years, vol, leg["call"])
            gain += (moved - now) * leg["size"] * lots
        worst = max(worst, -gain * weight)
    for leg, lots in book:
        if leg["days"] is not None and lots < 0:
            short += 0.01 * PRICE * leg["size"] * -lots
    return worst + short


for name, book in [
    ("short perpetual", [(PERPETUAL, -1_000)]),
    ("long perpetual", [(PERPETUAL, 1_000)]),
    ("short straddle 30 d", [(option(30, 0, True), -100), (option(30, 0, False), -100)]),
    ("short far call 30 d", [(option(30, 6, True), -100)]),
    ("short put with short perpetual", [(option(30, -1, False), -100), (PERPETUAL, -350)]),
    ("risk reversal 30 d", [(option(30, 1, True), 100), (option(30, -1, False), -100)]),
    ("long straddle 180 d", [(option(180, 0, True), 100), (option(180, 0, False), 100)]),
]:
    print(f'("{name}", {matrix(book):.6f}),')
