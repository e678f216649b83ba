#!/bin/sh
# ccxt's unified liquidation has a side, "buy" or "sell": of Binance and OKX that of the order which closes. Of a row of Bybit's
# stream allLiquidation it is the letter "s", whichever side the row states, and of Gate's it is missing: counting what was sold
# and what was bought finds only two of the four exchanges, and a test of the first letter counts all of Bybit as sold.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install ccxt==4.5.22
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import ccxt
import ccxt.pro

TIME = 1770969600000


def side(exchange, row):
    market = exchange.safe_market_structure({"symbol": "BTC/USDT:USDT", "contract": True, "swap": True, "linear": True})
    return exchange.parse_ws_liquidation(row, market).get("side")


def sides(exchange, row):
    return tuple(side(exchange, row(order)) for order in ("Sell", "Buy"))


rows = {
    "Binance": sides(ccxt.pro.binance(), lambda order: {
        "s": "BTCUSDT", "S": order.upper(), "o": "LIMIT", "f": "IOC", "q": "2", "p": "60000", "ap": "60000", "X": "FILLED",
        "l": "2", "z": "2", "T": TIME}),
    "OKX": sides(ccxt.pro.okx(), lambda order: {
        "instId": "BTC-USDT-SWAP", "instType": "SWAP", "details": [{
            "side": order.lower(), "posSide": "long" if order == "Sell" else "short", "bkPx": "60000", "sz": "200",
            "ts": str(TIME)}]}),
    "Bybit": sides(ccxt.pro.bybit(), lambda order: {"T": TIME, "s": "BTCUSDT", "S": order, "v": "2", "p": "60000"}),
    "Gate": sides(ccxt.pro.gate(), lambda order: {
        "contract": "BTC_USDT", "size": -20000 if order == "Sell" else 20000, "left": 0, "price": 60000, "time": TIME // 1000,
        "time_ms": TIME}),
}
print("ccxt", ccxt.__version__)
print("guessed: sell and buy from all")
for name, found in rows.items():
    print("seen:   ", name, *found)
expected = {"Binance": ("sell", "buy"), "OKX": ("sell", "buy"), "Bybit": ("s", "s"), "Gate": (None, None)}
sys.exit(0 if rows == expected else 1)
PYTHON
