#!/bin/sh
# Bybit states the margin of inverse contracts' risk limits in percent. ccxt's parse_market_leverage_tiers passes the
# number on as maintenanceMarginRate: half a percent reads as one half, above the initial margin that the leverage beside it gives.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install ccxt==4.5.22
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import ccxt

bybit = ccxt.bybit()
market = {"symbol": "BTC/USD:BTC", "id": "BTCUSD", "base": "BTC", "quote": "USD", "settle": "BTC", "type": "swap",
          "swap": True, "contract": True, "linear": False, "inverse": True}
tier = bybit.parse_market_leverage_tiers(
    [{"id": 1, "symbol": "BTCUSD", "riskLimitValue": "150", "maintenanceMargin": "0.5", "initialMargin": "1",
      "isLowestRisk": 1, "maxLeverage": "100.00"}], market)[0]
seen = (tier["maintenanceMarginRate"], tier["maxLeverage"])
print("ccxt", ccxt.__version__)
print("guessed: a maintenance rate of 0.005 at a leverage of 100")
print("seen:   ", *seen)
sys.exit(0 if seen == (0.5, 100.0) else 1)
PYTHON
