#!/bin/sh
# A level of ccxt's unified order book is not always a pair: of Kraken it has a third element, the time in seconds.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install ccxt==4.5.22
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import ccxt

kraken = ccxt.kraken().parse_order_book(
    {"bids": [["10", "2", 1770969600]], "asks": [["11", "3", 1770969600]]}, "BTC/USD")
deribit = ccxt.deribit().parse_order_book({"bids": [[10, 2]], "asks": [[11, 3]]}, "BTC/USD:BTC")
seen = (kraken["bids"], deribit["bids"], kraken["timestamp"])
print("ccxt", ccxt.__version__)
print("guessed: [[10.0, 2.0]] from both")
print("seen:    Kraken", kraken["bids"], "with timestamp", kraken["timestamp"], "and Deribit", deribit["bids"])
sys.exit(0 if seen == ([[10.0, 2.0, 1770969600]], [[10.0, 2.0]], None) else 1)
PYTHON
