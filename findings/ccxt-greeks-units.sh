#!/bin/sh
# The members of ccxt's unified greeks have a unit for each exchange. An implied volatility of 60 % is 60 from Deribit and 0.6 from
# Bybit, Binance and OKX. Of OKX's two sets of greeks, in coins and in USD, parse_greeks takes the one in coins, and the delta there
# is less the premium: the same option has another delta and gamma than elsewhere, of the same names. The mark is in coins from
# Deribit and in USD from Bybit.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install ccxt==4.5.22
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import ccxt

TIME = 1770969600000
NAMES = ("markImpliedVolatility", "delta", "gamma", "vega", "markPrice")


def greeks(exchange, row):
    exchange.markets_by_id = {}
    market = exchange.safe_market_structure({"symbol": "BTC/USD:BTC-260327-100000-C", "contract": True, "option": True})
    parsed = exchange.parse_greeks(row, market)
    return tuple(parsed[name] for name in NAMES)


# One option, worth 5,000 USD or 0.05 coins of 100,000 USD, as each exchange answers.
usd = {"delta": "0.5", "gamma": "0.00001", "vega": "100", "theta": "-80"}
rows = {
    "Deribit": greeks(ccxt.deribit(), {
        "timestamp": TIME, "mark_iv": 60.0, "mark_price": 0.05, "underlying_price": 100000.0, "stats": {},
        "greeks": {"delta": 0.5, "gamma": 0.00001, "vega": 100.0, "theta": -80.0, "rho": 20.0}}),
    "Bybit": greeks(ccxt.bybit(), {**usd, "markIv": "0.6", "markPrice": "5000", "underlyingPrice": "100000"}),
    "Binance": greeks(ccxt.binance(), {**usd, "markIV": "0.6", "markPrice": "5000"}),
    "OKX": greeks(ccxt.okx(), {
        "instId": "BTC-USD-260327-100000-C", "instType": "OPTION", "uly": "BTC-USD", "ts": str(TIME), "markVol": "0.6",
        "delta": "0.45", "gamma": "0.95", "vega": "0.001", "theta": "-0.0008",
        "deltaBS": "0.5", "gammaBS": "0.00001", "vegaBS": "100", "thetaBS": "-80"}),
}
print("ccxt", ccxt.__version__)
print("guessed: the same", *NAMES, "from all, or none")
for name, found in rows.items():
    print("seen:   ", name, *found)
expected = {"Deribit": (60.0, 0.5, 0.00001, 100.0, 0.05), "Bybit": (0.6, 0.5, 0.00001, 100.0, 5000.0),
            "Binance": (0.6, 0.5, 0.00001, 100.0, 5000.0), "OKX": (0.6, 0.45, 0.95, 0.001, None)}
sys.exit(0 if rows == expected else 1)
PYTHON
