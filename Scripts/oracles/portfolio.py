#!/usr/bin/env python3
"""Weights of least variance and of the greatest Sharpe ratio by PyPortfolioOpt, for the tests of the portfolio corner.

    python3 -m venv venv && venv/bin/pip install PyPortfolioOpt
    venv/bin/python Scripts/oracles/portfolio.py PRICES.csv.gz

PRICES holds a column Date and one column of adjusted closes for each stock, such as the 20 stocks that the package skfolio ships. The last 2,000
days make a covariance of daily returns in percent squared and mean returns in percent, rounded to six decimals, so that both sides see the same
numbers. Printed are these and the weights, as Tests/RiskModelsTests/PortfolioOracleTests.swift holds them: derived
numbers alone.
"""
import csv
import gzip
import sys

import numpy as np
import pandas as pd
from pypfopt import EfficientFrontier


def main():
    with gzip.open(sys.argv[1], "rt") as file:
        rows = list(csv.reader(file))
    names = rows[0][1:]
    prices = np.array([[float(x) for x in row[1:]] for row in rows[-2001:]])
    returns = 100 * (prices[1:] / prices[:-1] - 1)
    covariance = np.round(np.cov(returns.T), 6)
    means = np.round(returns.mean(axis=0), 6)
    print("names", names)
    print("means", list(means))
    print("covariance, lower triangle")
    for i in range(len(names)):
        print("    [" + ", ".join(repr(float(covariance[i][j])) for j in range(i + 1)) + "],")
    for cap in (1.0, 0.15):
        for goal in ("min_volatility", "max_sharpe"):
            frontier = EfficientFrontier(
                pd.Series(means, index=names), pd.DataFrame(covariance, names, names), weight_bounds=(0, cap),
                solver_options={"eps_abs": 1e-12, "eps_rel": 1e-12, "max_iter": 1000000}, solver="OSQP")
            frontier.min_volatility() if goal == "min_volatility" else frontier.max_sharpe(risk_free_rate=0)
            w = np.clip(frontier.weights, 0, None)
            w = w / w.sum()
            print(goal, cap, [round(float(x), 6) for x in w], "variance", repr(float(w @ covariance @ w)),
                  "ratio", repr(float(w @ means / np.sqrt(w @ covariance @ w))))


main()
