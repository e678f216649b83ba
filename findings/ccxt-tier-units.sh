#!/bin/sh
# A tier's maxNotional is a notional in the tier's currency only where the exchange answers one. ccxt's
# parse_market_leverage_tiers passes on numbers of contracts for OKX and MEXC and numbers of coins for Binance's
# coin-margined contracts, and states the currency that the market is quoted in beside them. Binance spells the lower edge
# qtylFloor, so that those tiers have no minNotional either.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install ccxt==4.5.22
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import ccxt

linear = {"symbol": "BTC/USDT:USDT", "id": "x", "base": "BTC", "quote": "USDT", "settle": "USDT", "type": "swap",
          "swap": True, "contract": True, "linear": True, "inverse": False}
inverse = {**linear, "symbol": "BTC/USD:BTC", "quote": "USD", "settle": "BTC", "linear": False, "inverse": True}
# 1,500 contracts of 0.01 BTC, 150,000 contracts of 0.0001 BTC, 50 BTC
okx = ccxt.okx().parse_market_leverage_tiers(
    [{"instFamily": "BTC-USDT", "tier": "1", "minSz": "0", "maxSz": "1500", "mmr": "0.004", "imr": "0.01",
      "maxLever": "100"}], {**linear, "contractSize": 0.01})
mexc = ccxt.mexc().parse_market_leverage_tiers(
    {"maintenanceMarginRate": "0.004", "initialMarginRate": "0.008", "maxVol": "150000", "riskIncrVol": "150000",
     "riskIncrMmr": "0.004", "riskIncrImr": "0.004", "riskLevelLimit": 1, "quoteCoin": "USDT"},
    {**linear, "contractSize": 0.0001})
binance = ccxt.binance().parse_market_leverage_tiers(
    {"symbol": "BTCUSD_PERP", "brackets": [{"bracket": 1, "initialLeverage": 125, "qtyCap": 50, "qtylFloor": 0,
                                            "maintMarginRatio": 0.004, "cum": 0.0}]}, {**inverse, "contractSize": 100})
seen = [(t[0]["currency"], t[0]["minNotional"], t[0]["maxNotional"]) for t in (okx, mexc, binance)]
print("ccxt", ccxt.__version__)
print("guessed: maxNotional as an amount of the currency beside it, such as 900,000 USDT and 50 BTC")
print("seen:    OKX, MEXC, Binance coin-margined", *seen)
sys.exit(0 if seen == [("USDT", 0.0, 1500.0), ("USDT", 0.0, 150000.0), ("USD", None, 50.0)] else 1)
PYTHON
