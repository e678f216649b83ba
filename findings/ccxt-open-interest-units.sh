#!/bin/sh
# ccxt's unified openInterestAmount counts coins on Binance, Bybit and contracts on OKX, and openInterestValue is not in USD for
# coin-margined contracts of Binance, where it is coins: a file of such rows does not say what it counts.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install ccxt==4.5.22
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import ccxt

TIME = 1770969600000


def market(exchange, symbol, inverse):
    return exchange.safe_market_structure(
        {"symbol": symbol, "contract": True, "swap": True, "option": False, "linear": not inverse, "inverse": inverse})


def seen(exchange, symbol, inverse, row):
    parsed = exchange.parse_open_interest(row, market(exchange, symbol, inverse))
    return parsed["openInterestAmount"], parsed["openInterestValue"]


# The same 20 coins at 100,000 USD, as each exchange answers: OKX's swap has contracts of 0.01 coins, Binance's inverse of 100 USD.
rows = {
    "Bybit": seen(ccxt.bybit(), "BTC/USDT:USDT", False, {"openInterest": "20", "timestamp": str(TIME)}),
    "Binance": seen(ccxt.binance(), "BTC/USDT:USDT", False,
                    {"symbol": "BTCUSDT", "sumOpenInterest": "20", "sumOpenInterestValue": "2000000", "timestamp": TIME}),
    "OKX": seen(ccxt.okx(), "BTC/USDT:USDT", False,
                {"instId": "BTC-USDT-SWAP", "instType": "SWAP", "oi": "2000", "oiCcy": "20", "oiUsd": "2000000", "ts": str(TIME)}),
    "Binance, inverse": seen(ccxt.binance(), "BTC/USD:BTC", True,
                             {"symbol": "BTCUSD_PERP", "sumOpenInterest": "20000", "sumOpenInterestValue": "20", "timestamp": TIME}),
}
print("ccxt", ccxt.__version__)
print("guessed: amount 20 and value 2000000 (or none) from all")
for name, found in rows.items():
    print("seen:   ", name, "amount", found[0], "value", found[1])
expected = {"Bybit": (20, None), "Binance": (20, 2000000), "OKX": (2000, 2000000), "Binance, inverse": (20000, 20)}
sys.exit(0 if rows == expected else 1)
PYTHON
