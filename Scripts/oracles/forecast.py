#!/usr/bin/env python3
"""The numbers of Tests/RiskModelsTests/ForecastOracleTests.swift, by libraries that share no code with the engine.

    python3 -m venv /tmp/oracles && /tmp/oracles/bin/pip install numpy scipy pandas statsmodels arch
    /tmp/oracles/bin/python Scripts/oracles/forecast.py

Returns and variances are made up by exact operations on binary fractions, so the test makes the same. statsmodels fits the
autoregression in logarithms, arch and pandas the exponential averages, scipy gives the probabilities of Kupiec's and
Christoffersen's tests.
"""
import numpy as np
import pandas as pd
import statsmodels.api as sm
from arch.univariate import EWMAVariance
from scipy.stats import chi2

PER_DAY, DAYS, MASK = 24, 430, (1 << 64) - 1


def series():
    state, level = 20260228, 0.0
    returns, variances = [], []

    def uniform():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        return (state >> 11) / 9007199254740992.0

    for _ in range(PER_DAY * DAYS):
        level = 0.995 * level + 0.2 * (uniform() - 0.5)
        scale = 0.003 * (1.0 + level * level)
        r = scale * (uniform() + uniform() + uniform() - 1.5) * 2.0
        returns.append(r)
        variances.append(r * r * (0.6 + 0.8 * uniform()) + 0.25 * scale * scale)
    return np.array(returns), np.array(variances)


def jumps(day):
    squares = max((day * day).sum(), 1e-10)
    n = len(day)
    bipower = max(np.pi / 2 * (np.abs(day[1:]) * np.abs(day[:-1])).sum() * n / (n - 1), 1e-10)
    return max(0.0, np.log(squares / bipower))


def levels(r, v, end):
    return [np.log(max(v[end - k:end].mean() * PER_DAY, 1e-10)) for k in (PER_DAY, 7 * PER_DAY, 30 * PER_DAY)] + [jumps(r[end - PER_DAY:end])]


r, v = series()
capacity = (30 + 365) * PER_DAY
r, v = r[-capacity:], v[-capacity:]
rows, targets = [], []
for end in range(capacity - PER_DAY, 30 * PER_DAY - 1, -PER_DAY):
    rows.append(levels(r, v, end))
    targets.append(np.log(max(v[end:end + PER_DAY].sum(), 1e-10)))
fit = sm.OLS(np.array(targets), sm.add_constant(np.array(rows))).fit()
smear = np.exp(fit.resid).mean()
expected = float(np.dot(fit.params, [1] + levels(r, v, capacity)))
print("observations     ", len(targets))
print("coefficients     ", *(f"{b:.12g}" for b in fit.params))
print("deviation        ", f"{np.sqrt(fit.scale):.12g}")
print("smear            ", f"{smear:.12g}")
print("forecast, upper  ", f"{np.exp(expected) * smear:.12g}", f"{np.exp(expected + 1.959963984540054 * np.sqrt(fit.scale)):.12g}")

# RiskMetrics: λ = 0.94, from the first square.
process = EWMAVariance(0.94)
sigma2 = np.zeros(len(r))
process.compute_variance(np.array([]), r, sigma2, r[0] ** 2, np.full((len(r), 2), [0.0, 1e9]))
after = 0.94 * sigma2[-1] + 0.06 * r[-1] ** 2
table = pd.Series(r * r).ewm(alpha=0.06, adjust=False).mean().iloc[-1]
assert abs(after / table - 1) < 1e-9, (after, table)
print("EWMA of arch     ", f"{after:.12g}")

# QLIKE of yesterday's variance as a forecast, day by day.
daily = v.reshape(-1, PER_DAY).sum(axis=1)
ratio = daily[1:] / daily[:-1]
print("QLIKE            ", f"{(ratio - np.log(ratio) - 1).mean():.12g}")

# The tests at one percent of whether a return is below -2.4 deviations of the average before it.
deviation = np.sqrt(np.concatenate([[r[0] ** 2], pd.Series(r * r).ewm(alpha=0.06, adjust=False).mean().values[:-1]]))
hit = r < -2.4 * deviation
n, x, p = len(hit), int(hit.sum()), 0.01
log = lambda k, m, q: (k * np.log(q) if k else 0) + (m * np.log1p(-q) if m else 0)
kupiec = 2 * (log(x, n - x, x / n) - log(x, n - x, p))
pairs = {(a, b): int(((hit[:-1] == a) & (hit[1:] == b)).sum()) for a in (False, True) for b in (False, True)}
n00, n01, n10, n11 = pairs[False, False], pairs[False, True], pairs[True, False], pairs[True, True]
both = (n01 + n11) / (n - 1)
independence = 2 * (log(n01, n00, n01 / (n00 + n01)) + log(n11, n10, n11 / (n10 + n11)) - log(n01 + n11, n00 + n10, both))
print("hits             ", x, "of", n)
print("Kupiec           ", f"{kupiec:.12g}", f"{chi2.sf(kupiec, 1):.12g}")
print("Christoffersen   ", f"{independence:.12g}", f"{chi2.sf(independence, 1):.12g}", f"{chi2.sf(kupiec + independence, 2):.12g}")
