#!/bin/sh
# Checks the readers of exchanges' JSON against ccxt's own parsers, offline: made-up answers go through both, and the markets made of
# the answers and of what ccxt makes of them must give the same snapshot. Needs python3, the network once, and the command
# (SOLVENCY=path, by default .build/release/solvency). Not part of CI.
set -eu
solvency=${SOLVENCY:-.build/release/solvency}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install ccxt==4.5.22
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import json
import random
import sys

import ccxt

folder = sys.argv[1]
random.seed(7)
bars, price = [], 100000.0
for i in range(400):
    o = price
    c = round(o * (1 + random.gauss(0, 0.004)), 1)
    h, l = round(max(o, c) * 1.001 + 1, 1), round(min(o, c) * 0.999 - 1, 1)
    v = round(random.uniform(100, 900), 3)
    bars.append((1770969600000 + 3600000 * i, o, h, l, c, v, round(v * (l + h) / 2, 2)))
    price = c
s = str
iso = ccxt.Exchange().iso8601
answers = {
    "binance": (ccxt.binance(), {"inverse": False, "spot": True},
                [[t, s(o), s(h), s(l), s(c), s(v), t + 3599999, s(q), 5, "1", "1", "0"] for t, o, h, l, c, v, q in bars]),
    "bybit": (ccxt.bybit(), {"inverse": False}, [[s(t), s(o), s(h), s(l), s(c), s(v), s(q)] for t, o, h, l, c, v, q in bars]),
    "okx": (ccxt.okx(), {"type": "swap", "contract": True, "spot": False, "inverse": False},
            [[s(t), s(o), s(h), s(l), s(c), s(v * 100), s(v), s(q), "1"] for t, o, h, l, c, v, q in bars]),
    "coinbaseexchange": (ccxt.coinbaseexchange(), None, [[t // 1000, l, h, o, c, v] for t, o, h, l, c, v, q in bars]),
    "coinbase": (ccxt.coinbase(), None, [{"start": s(t // 1000), "low": s(l), "high": s(h), "open": s(o), "close": s(c), "volume": s(v)}
                                         for t, o, h, l, c, v, q in bars]),
    "kraken": (ccxt.kraken(), None, [[t // 1000, s(o), s(h), s(l), s(c), s(round((l + h) / 2, 1)), s(v), 7] for t, o, h, l, c, v, q in bars]),
    "kucoin": (ccxt.kucoin(), None, [[s(t // 1000), s(o), s(c), s(h), s(l), s(v), s(q)] for t, o, h, l, c, v, q in bars]),
    "gate": (ccxt.gate(), None, [[s(t // 1000), s(q), s(c), s(h), s(l), s(o), s(v), "true"] for t, o, h, l, c, v, q in bars]),
    "bitfinex": (ccxt.bitfinex(), None, [[t, o, c, h, l, v] for t, o, h, l, c, v, q in bars]),
    "bitget": (ccxt.bitget(), {"inverse": False}, [[s(t), s(o), s(h), s(l), s(c), s(v), s(q), s(q)] for t, o, h, l, c, v, q in bars]),
    "mexc": (ccxt.mexc(), {"spot": True}, [[t, s(o), s(h), s(l), s(c), s(v), t + 3600000, s(q)] for t, o, h, l, c, v, q in bars]),
    "htx": (ccxt.htx(), None, [{"id": t // 1000, "open": o, "close": c, "low": l, "high": h, "amount": v, "vol": q, "count": 7}
                               for t, o, h, l, c, v, q in bars]),
    "hyperliquid": (ccxt.hyperliquid(), None, [{"T": t + 3599999, "t": t, "s": "BTC", "i": "1h", "o": s(o), "c": s(c), "h": s(h),
                                                "l": s(l), "v": s(v), "n": 7} for t, o, h, l, c, v, q in bars]),
    "dydx": (ccxt.dydx(), None, [{"startedAt": iso(t), "ticker": "BTC-USD", "low": s(l), "high": s(h), "open": s(o), "close": s(c),
                                  "baseTokenVolume": s(v), "usdVolume": s(q)} for t, o, h, l, c, v, q in bars]),
}
for name, (exchange, market, rows) in answers.items():
    parsed = [exchange.parse_ohlcv(row, market) for row in rows]
    json.dump(rows, open(f"{folder}/{name}-BTC.json", "w"))
    # ccxt keeps no quote volume; the answer without it is what must be the same.
    json.dump(parsed, open(f"{folder}/{name}-ccxt.json", "w"))
print("\n".join(answers))
PYTHON
status=0
for file in "$folder"/*-BTC.json; do
  name=$(basename "$file" -BTC.json)
  "$solvency" market import auto "$file" --underlying BTC --lot 0.001 -o "$folder/$name-a" >/dev/null
  "$solvency" market import ccxt "$folder/$name-ccxt.json" --underlying BTC --lot 0.001 -o "$folder/$name-b" >/dev/null
  for side in a b; do
    "$solvency" snapshot build --market "$folder/$name-$side" --at 2026-03-01T00:00:00Z -o "$folder/$name-$side.json" >/dev/null 2>&1
  done
  # Prices and volatility must be the same; volumes in dollars differ by rounding where only one side states them.
  if "$folder/venv/bin/python" - "$folder/$name-a.json" "$folder/$name-b.json" <<'PYTHON'
import json
import sys

a, b = (json.load(open(path)) for path in sys.argv[1:])
marks = lambda s: [(i["id"], i["lot"], i["markFloor"], i["markCeil"]) for i in s["instruments"]]
rates = lambda s: [r["imPerLot"] for i in s["instruments"] for r in i["long"]]
near = all(abs(x - y) <= 0.01 * max(x, 1) for x, y in zip(rates(a), rates(b)))
sys.exit(0 if marks(a) == marks(b) and len(rates(a)) == len(rates(b)) and near else 1)
PYTHON
  then echo "$name: the same market"; else
    echo "$name: ccxt and the reader differ" >&2
    status=1
  fi
done
exit $status
