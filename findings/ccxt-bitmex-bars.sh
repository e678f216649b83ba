#!/bin/sh
# BitMEX stamps a bucket with its end. ccxt's parse_ohlcv leaves the stamp as it is, so a bar parsed from a saved answer is
# stamped an interval later than the same bar of other exchanges.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install ccxt==4.5.22
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import ccxt

begin = 1770969600000  # 2026-02-13 08:00 UTC, an hourly bar
bitmex = ccxt.bitmex()
bitmex.symbols = []
bucket = {"timestamp": "2026-02-13T09:00:00.000Z", "open": 10, "high": 12, "low": 9, "close": 11, "volume": 22}
seen = bitmex.parse_ohlcv(bucket, {"symbol": "BTC/USD:BTC", "inverse": True})[0]
other = ccxt.hyperliquid().parse_ohlcv(
    {"t": begin, "T": begin + 3599999, "o": "10", "c": "11", "h": "12", "l": "9", "v": "2"})[0]
print("ccxt", ccxt.__version__)
print("guessed: the beginning of the bar,", begin, "from both")
print("seen:    BitMEX", seen, "and Hyperliquid", other)
sys.exit(0 if (seen, other) == (begin + 3600000, begin) else 1)
PYTHON
