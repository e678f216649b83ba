"""Feeds the command with files as exchanges, libraries and people write them, and compares what it makes of them
with what the plain file of the same rows gives.

    python3 Scripts/oracles/market-cases.py [--solvency PATH] [--cases FOLDER] [--only NAME]

Every kind of file is made up here from Examples/market; with --cases (by default ../shared/cases, where that is
there) the files of that folder are tried too. One line for each file: "right", or "WRONG" with what happened.
Exits 1 if anything is wrong. Only the Python library is needed.
"""
import argparse
import base64
import csv
import datetime
import email.utils
import gzip
import io
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zoneinfo

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLE = os.path.join(ROOT, "Examples", "market")
END = 1772409600  # 2026-03-02T00:00:00Z, the end of the example market
UTC = datetime.timezone.utc


class Outcome:
    """What the command made of a market: exit codes, notes, the snapshot's numbers of BTC-PERP and its trace."""

    def __init__(self, tool, folder, arguments=()):
        out = os.path.join(folder, "s.json")
        built = subprocess.run([tool, "snapshot", "build", "--market", folder, "-o", out, "--force", *arguments],
                               capture_output=True, text=True)
        self.code, self.notes, self.text = built.returncode, built.stderr, built.stdout
        self.trace, self.terms = {}, None
        if self.code == 0:
            snapshot = json.load(open(out))
            self.terms = [{k: v for k, v in i.items()} for i in snapshot["instruments"] if i["id"] == "BTC-PERP"]
            explained = subprocess.run([tool, "snapshot", "explain", "BTC-PERP", "--snapshot", out, "--market", folder],
                                       capture_output=True, text=True)
            for line in explained.stdout.splitlines():
                parts = re.split(r"  +", line.strip())
                if parts and parts[0] in ("market", "defaults"):
                    parts = parts[1:]
                if len(parts) >= 2:
                    self.trace.setdefault(parts[0], parts[1])

    def number(self, name):
        try:
            return float(self.trace[name].replace(",", ""))
        except (KeyError, ValueError):
            return None


class Bench:
    """Markets that differ from the example in one file of BTC."""

    PLACES = {"bars": "bars", "funding": "funding", "oi": "openInterest", "options": "options", "prices": "prices",
              "book": "books"}

    def __init__(self, tool):
        self.tool, self.controls = tool, {}

    def market(self, kind=None, files=None, change=None):
        """A copy of the example, BTC's series of a kind replaced by files of these names and bytes."""
        folder = tempfile.mkdtemp()
        market = os.path.join(folder, "market")
        shutil.copytree(EXAMPLE, market)
        path = os.path.join(market, "market.json")
        listing = json.load(open(path))
        btc = listing["underlyings"][0]
        if files is not None:
            names = []
            for name, data in files:
                full = os.path.join(market, "given", name)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                open(full, "wb").write(data if isinstance(data, bytes) else data.encode())
                names.append("given/" + name)
            value = names[0] if len(names) == 1 else names
            if kind == "book":
                btc["books"] = [{"venue": "alpha", "file": value, "unit": "base"}]
            else:
                btc[self.PLACES[kind]] = value
        if change:
            change(btc, listing)
        json.dump(listing, open(path, "w"))
        return market

    def run(self, kind, files, change=None, arguments=()):
        market = self.market(kind, files, change)
        try:
            return Outcome(self.tool, market, arguments)
        finally:
            shutil.rmtree(os.path.dirname(market))

    def control(self, key, kind, files, change=None):
        if key not in self.controls:
            self.controls[key] = self.run(kind, files, change)
            if self.controls[key].code != 0:
                raise SystemExit(f"the control {key} fails: {self.controls[key].notes}")
        return self.controls[key]


# What is right: each returns None, or what is wrong.

def same(control):
    def check(found):
        if found.code != 0:
            return f"exit {found.code}: {found.notes.strip().splitlines()[-1][:300] if found.notes.strip() else ''}"
        if found.terms != control.terms:
            differing = [f"{k} {v} for {control.trace.get(k)}" for k, v in found.trace.items() if v != control.trace.get(k)]
            return "other numbers than the plain file: " + "; ".join(differing[:4])
    return check


def near(control, tolerance, *names):
    def check(found):
        if found.code != 0:
            return f"exit {found.code}: {found.notes.strip()[-300:]}"
        for name in names:
            a, b = found.number(name), control.number(name)
            if (a is None) != (b is None) or (a is not None and abs(a - b) > tolerance * max(abs(a), abs(b), 1e-12)):
                return f"{name} is {a}, and {b} from the plain file"
    return check


def noted(pattern, *others):
    def check(found):
        if found.code != 0:
            return f"exit {found.code}: {found.notes.strip()[-300:]}"
        if not re.search(pattern, found.notes):
            return f"no note like /{pattern}/; notes: {found.notes.strip()[:400]!r}"
        for other in others:
            wrong = other(found)
            if wrong:
                return wrong
    return check


def refused(pattern):
    def check(found):
        if found.code == 0:
            return f"accepted; notes: {found.notes.strip()[:300]!r}"
        if found.code not in (2, 64, 65):
            return f"exit {found.code}: {found.notes[:300]}"
        if not re.search(pattern, found.notes):
            return f"refused without /{pattern}/: {found.notes.strip()[:400]}"
    return check


def either(*checks):
    def check(found):
        wrongs = [c(found) for c in checks]
        return None if None in wrongs else " | ".join(w for w in wrongs if w)
    return check


def within(name, low, high):
    def check(found):
        value = found.number(name)
        return None if value is not None and low <= value <= high else f"{name} is {found.trace.get(name)}"
    return check


def never_nan(found):
    bad = [k for k, v in found.trace.items() if re.search(r"\b(nan|inf)\b", v)]
    return f"{bad} are nan or inf" if bad else None


# Rows of the example.

def rows(path):
    return list(csv.reader(open(os.path.join(EXAMPLE, path))))[1:]


BARS = [[int(r[0])] + [float(x) for x in r[1:]] + [0.0] for r in rows("bars/BTC.csv")]
for bar in BARS:
    bar[6] = round(bar[5] * (bar[2] + bar[3]) / 2, 4)
FUNDING = [(int(t), float(r)) for t, r in rows("funding/BTC.csv")]
OI = [(int(t), float(a), float(b)) for t, a, b in rows("open-interest/BTC.csv")]
BOOK = rows("books/BTC-alpha.csv")


def iso(t, pattern="%Y-%m-%dT%H:%M:%SZ"):
    return datetime.datetime.fromtimestamp(t, UTC).strftime(pattern)


def num(x):
    return repr(x)


def table(header, lines, separator=",", end="\n"):
    return end.join([separator.join(header)] * bool(header) + [separator.join(map(str, l)) for l in lines]) + end


def plain_bars(bars=BARS, quote=False):
    head = ["ts", "open", "high", "low", "close", "volume_base"] + (["volume_quote"] if quote else [])
    return table(head, [[b[0]] + [num(x) for x in b[1:7 if quote else 6]] for b in bars])


def zipped(members, method=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return data.getvalue()


def variants(bench):
    """(kind, name, outcome, check) for files that are made up here."""
    plain = bench.control("bars", "bars", [("b.csv", plain_bars())])
    both = bench.control("both", "bars", [("b.csv", plain_bars(quote=True))])
    example = bench.control("example", None, None)

    def bars(kind, name, data, check=None, change=None, file="b.csv", arguments=()):
        files = data if isinstance(data, list) else [(file, data)]
        return kind, name, lambda: bench.run("bars", files, change, arguments), check or same(plain)

    def times(write, head="time"):
        return table([head, "open", "high", "low", "close", "volume"], [[write(b[0])] + [num(x) for x in b[1:6]] for b in BARS])

    # Instants.
    for name, write in {
        "microseconds": lambda t: t * 1000000, "float seconds": lambda t: f"{t}.000",
        "offset": lambda t: iso(t + 7200, "%Y-%m-%dT%H:%M:%S") + "+02:00",
        "offset without colon": lambda t: iso(t - 18000, "%Y-%m-%d %H:%M:%S") + "-0500",
        "slashes": lambda t: iso(t, "%Y/%m/%d %H:%M"), "basic": lambda t: iso(t, "%Y%m%dT%H%M%SZ"),
        "fourteen digits": lambda t: iso(t, "%Y%m%d%H%M%S"), "nine decimals": lambda t: iso(t, "%Y-%m-%dT%H:%M:%S.000000000Z"),
        "exponent of nanoseconds": lambda t: f"{t * 1e9:.9e}", "float nanoseconds": lambda t: f"{t}000000000.0",
        "words UTC": lambda t: iso(t, "%Y-%m-%d %H:%M:%S UTC"), "quoted": lambda t: '"' + iso(t, "%Y-%m-%d %H:%M:%S") + '"',
        "MetaTrader dots": lambda t: iso(t, "%Y.%m.%d %H:%M"),
    }.items():
        yield bars("instants", name, times(write))
    yield bars("instants", "day first", times(lambda t: iso(t, "%d/%m/%Y %H:%M")), either(same(plain), refused("time|date|1970")))
    yield bars("instants", "spreadsheet's power of ten", times(lambda t: f"{t * 1000:.5e}".upper()), refused("1970|date"))
    yield bars("instants", "year 1971 by seconds for minutes", times(lambda t: t // 60), refused("1980|not from|time|days|bars of"))

    # Separators, headers, quotes.
    head = ["timestamp", "open", "high", "low", "close", "volume"]
    body = [[b[0]] + [num(x) for x in b[1:6]] for b in BARS]
    for name, sep in {"tab": "\t", "bar": "|", "semicolon and spaces": " ; ", "spaces": "   "}.items():
        yield bars("separators", name, table(head, body, sep))
    yield bars("separators", "CRLF and byte order mark", ("\ufeff" + table(head, body, ",", "\r\n")).encode())
    yield bars("separators", "everything quoted", table([f'"{h}"' for h in head], [[f'"{x}"' for x in r] for r in body]))
    yield bars("separators", "semicolon with decimal commas",
               table(head, [[r[0]] + [x.replace(".", ",") for x in r[1:]] for r in body], ";"),
               either(same(plain), refused("point|comma")))
    yield bars("separators", "thousands separators",
               table(head, [[r[0]] + [f'"{float(x):,.1f}"' for x in r[1:]] for r in body]), refused("comma|point|decimal"))

    # Names of columns.
    for name, header in {
        "upper case": ["TIMESTAMP", "OPEN", "HIGH", "LOW", "CLOSE", "VOLUME"],
        "spaces": ["Open time", "Open Price", "High Price", "Low Price", "Close Price", "Base Volume"],
        "one letter": ["t", "o", "h", "l", "c", "v"], "angles": ["<DATE>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<VOL>"],
        "pandas index": ["", "open", "high", "low", "close", "volume"],
        "open_time_ms": ["open_time_ms", "open", "high", "low", "close", "volume"],
        "timestamp unit": ["Timestamp (UTC)", "Open", "High", "Low", "Close", "Volume (BTC)"],
        "bar_time": ["bar_time", "px_open", "px_high", "px_low", "px_last", "px_volume"],
    }.items():
        check = either(same(plain), refused("no column of")) if name in ("pandas index", "bar_time") else None
        yield bars("column-names", name, table(header, body), check)
    yield bars("column-names", "index before", table(["", *head], [[i, *r] for i, r in enumerate(body)]))
    yield bars("column-names", "adjusted close beside", table([*head, "Adj Close"], [[*r, r[4]] for r in body]))
    yield bars("column-names", "no volume", table(head[:5], [r[:5] for r in body]), refused("volume"))
    metatrader = table(["<DATE>", "<TIME>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<TICKVOL>", "<VOL>", "<SPREAD>"],
                       [[iso(b[0], "%Y.%m.%d"), iso(b[0], "%H:%M:%S"), *map(num, b[1:5]), 17, num(b[5]), 3] for b in BARS], "\t")
    yield bars("column-names", "MetaTrader with date and time apart", metatrader)
    yield bars("column-names", "date and hour apart", table(
        ["Date", "Hour", "Open", "High", "Low", "Close", "Volume"],
        [[iso(b[0], "%Y-%m-%d"), iso(b[0], "%H:%M"), *map(num, b[1:6])] for b in BARS]), either(same(plain), refused("time|date|hour")))
    yield bars("column-names", "days of hourly bars", table(
        ["Date", "Open", "High", "Low", "Close", "Volume"],
        [[iso(b[0], "%Y-%m-%d"), *map(num, b[1:6])] for b in BARS]), refused("time of another"))

    def funding(kind, name, data, check=None, change=None):
        return kind, name, lambda: bench.run("funding", [("f.csv", data)], change), check or same(example)

    fund = [(t, num(r)) for t, r in FUNDING]
    for name, (header, lines) in {
        "fundingTime": (["symbol", "fundingTime", "fundingRate", "markPrice"], [["BTCUSDT", t * 1000, r, ""] for t, r in fund]),
        "calc_time": (["calc_time", "funding_interval_hours", "last_funding_rate"], [[t * 1000, 8, r] for t, r in fund]),
        "Funding Rate": (["Time", "Funding Rate"], [[iso(t, "%Y-%m-%d %H:%M:%S"), r] for t, r in fund]),
        "stamped late": (["time", "rate"], [[t * 1000 + 7, r] for t, r in fund]),
        "with realized rate": (["instId", "fundingRate", "realizedRate", "fundingTime"], [["BTC-USDT-SWAP", "0.9", r, t * 1000] for t, r in fund]),
    }.items():
        yield funding("column-names", name, table(header, lines))
    percent = table(["time", "funding_rate"], [[t, f"{float(r) * 100:.6f}%"] for t, r in fund])
    yield funding("column-names", "rates in percent with their sign", percent, either(same(example), refused("percent|%|decimal")))

    def book(kind, name, data, check, change=None, file="k.csv"):
        return kind, name, lambda: bench.run("book", [(file, data)], change), check

    plain_book = bench.control("book", "book", [("k.csv", table(["venue", "symbol", "ts", "side", "price", "size"], BOOK))])
    for name, (header, lines) in {
        "venue qty px": (["venue", "instId", "time", "side", "px", "qty"], BOOK),
        "Quantity": (["Exchange", "Symbol", "Timestamp", "Side", "Price", "Quantity"], [r[:3] + [r[3].upper()] + r[4:] for r in BOOK]),
        "Buy and Sell": (["symbol", "timestamp", "side", "price", "size"],
                         [[r[1], iso(int(r[2]), "%Y-%m-%dT%H:%M:%S.000Z"), {"bid": "Buy", "ask": "Sell"}[r[3]], r[4], r[5]] for r in BOOK]),
    }.items():
        yield book("column-names", name, table(header, lines), same(plain_book))
    yield book("column-names", "trades", table(["id", "timestamp", "side", "price", "amount", "takerOrMaker"],
                                               [[i, r[2], "buy", r[4], r[5], "taker"] for i, r in enumerate(BOOK)]), refused("trades"))
    yield book("column-names", "trades as ccxt saves them", table(["timestamp", "datetime", "symbol", "side", "price", "amount", "cost", "fee"],
                                               [[int(r[2]) * 1000 + i, "x", "BTC/USDT", "buy", r[4], r[5], "1", ""] for i, r in enumerate(BOOK)]), refused("trades"))
    snapshots = {}
    for r in BOOK:
        snapshots.setdefault(int(r[2]), {"bid": [], "ask": []})[r[3]].append((float(r[4]), float(r[5])))
    for s in snapshots.values():
        s["bid"].sort(reverse=True)
        s["ask"].sort()
    depth = min(min(len(s["bid"]), len(s["ask"])) for s in snapshots.values())
    wide = [f"{side}[{i}].{part}" for i in range(depth) for side in ("asks", "bids") for part in ("price", "amount")]
    cut = [[t] + [x for i in range(depth) for side in ("ask", "bid") for x in s[side][i]] for t, s in sorted(snapshots.items())]
    cut_plain = table(["ts", "side", "price", "size"], [[t, side, p, q] for t, s in sorted(snapshots.items())
                                                      for side in ("bid", "ask") for p, q in s[side][:depth]])
    plain_cut = bench.control("cut", "book", [("k.csv", cut_plain)])
    yield book("column-names", "Tardis book_snapshot", table(["exchange", "symbol", "timestamp", "local_timestamp", *wide],
               [["binance-futures", "BTCUSDT", c[0] * 1000000, c[0] * 1000000 + 7, *c[1:]] for c in cut]), same(plain_cut))

    # Containers.
    text = plain_bars()
    month = {}
    for b in BARS:
        month.setdefault(iso(b[0], "%Y-%m"), []).append(b)
    yield bars("containers", "gzip", gzip.compress(text.encode()), file="b.csv.gz")
    yield bars("containers", "gzip of two members", gzip.compress(text[:5000].encode()) + gzip.compress(text[5000:].encode()), file="b.gz")
    yield bars("containers", "zip", zipped([("BTC.csv", text)]), file="b.zip")
    yield bars("containers", "zip stored", zipped([("BTC.csv", text)], zipfile.ZIP_STORED), file="b.zip")
    yield bars("containers", "zip of months in no order, with checksums",
               zipped([(f"{m}.csv", plain_bars(r)) for m, r in sorted(month.items(), reverse=True)] + [("x.csv.CHECKSUM", "0  x")]), file="b.zip")
    yield bars("containers", "gzip in zip", zipped([("b.csv.gz", gzip.compress(text.encode()))]), file="b.zip")
    yield bars("containers", "zip cut", zipped([("BTC.csv", text)])[:-100], refused("zip|copied"), file="b.zip")
    damaged = bytearray(zipped([("BTC.csv", text)]))
    damaged[200] ^= 0x55
    yield bars("containers", "zip damaged", bytes(damaged), refused("corrupt|ends too early"), file="b.zip")
    yield bars("containers", "gzip cut", gzip.compress(text.encode())[:-9], refused("early|copied"), file="b.gz")
    yield bars("containers", "parquet", b"PAR1" + bytes(100) + b"PAR1", refused("Parquet"), file="b.parquet")
    yield bars("containers", "feather", b"ARROW1" + bytes(100), refused("Arrow|Feather"), file="b.feather")
    yield bars("containers", "zip of a zip", zipped([("a.zip", zipped([("b.csv", text)]))]), refused("zip archive inside"), file="b.zip")
    yield bars("containers", "a web page", "<!DOCTYPE html><html>", refused("web page"))

    # Several files.
    months = [(f"{m}.csv", plain_bars(r)) for m, r in sorted(month.items())]
    yield bars("many-files", "three months", months)
    yield bars("many-files", "newest first", list(reversed(months)))
    yield bars("many-files", "overlapping", [("a.csv", plain_bars(BARS[:900])), ("b.csv", plain_bars(BARS[700:]))],
               noted("duplicates", same(plain)))
    progress = [list(b) for b in BARS[:900]]
    progress[-1][4] = round(progress[-1][1] * 1.0001, 1)
    progress[-1][2] = max(progress[-1][1], progress[-1][4])
    progress[-1][3] = min(progress[-1][1], progress[-1][4])
    progress[-1][5] = round(progress[-1][5] / 7, 3)
    yield bars("many-files", "the first ends with a bar in progress", [("a.csv", plain_bars(progress)), ("b.csv", plain_bars(BARS[899:]))],
               noted("a.csv", same(plain)))
    yield bars("many-files", "header again and again", "".join(plain_bars(r) for _, r in sorted(month.items())), noted("headers", same(plain)))
    yield bars("many-files", "header without header before", table([], body[:500]) + table(["open_time", "open", "high", "low", "close", "volume"], body[500:]),
               noted("headers", same(plain)))
    yield bars("many-files", "a bad row in the second file is named with its file",
               [("a.csv", plain_bars(BARS[:900])), ("b.csv", plain_bars(BARS[900:]).replace("\n", "\n" + f"{BARS[900][0]},1,2,3,4,5\n", 1))],
               noted(r"b\.csv.*line 2|line 2 of .*b\.csv", same(plain)))
    yield bars("many-files", "two instruments", [("a.csv", table(["symbol", *head], [["BTCUSDT", *r] for r in body])),
                                                 ("b.csv", table(["symbol", *head], [["ETHUSDT", *r] for r in body]))], refused("ETHUSDT|BTCUSDT"))

    # No header.
    yield bars("no-header", "ccxt's six columns", table([], body))
    yield bars("no-header", "Binance's twelve", table([], [[b[0] * 1000, *map(num, b[1:6]), b[0] * 1000 + 3599999, num(b[6]), 5, 1, 1, 0] for b in BARS]), same(both))
    yield bars("no-header", "Coinbase's order", table([], [[b[0], num(b[3]), num(b[2]), num(b[1]), num(b[4]), num(b[5])] for b in BARS]))
    yield bars("no-header", "Kraken's eight", table([], [[b[0], *map(num, b[1:5]), num(round((b[2] + b[3]) / 2, 1)), num(b[5]), 7] for b in BARS]))
    yield bars("no-header", "Kraken's seven, times with decimals", table([], [[f"{b[0]}.0", *map(num, b[1:6]), 7] for b in BARS]))
    yield bars("no-header", "five columns", table([], [r[:5] for r in body]), refused("header|no known"))
    yield bars("no-header", "volumes first", table([], [[num(b[5]), num(b[6]), *map(num, b[1:5]), b[0]] for b in BARS]), refused("header"))

    # CryptoDataDownload.
    for name, title, symbol, a, b_ in [("Gemini", "https://www.CryptoDataDownload.com", "BTC/USD", "BTC", "USD"),
                                       ("with comment", "#https://www.cryptodatadownload.com/data/", "BTCUSDT", "BTC", "USDT"),
                                       ("twelve hours", "https://www.CryptoDataDownload.com", "BTCUSD", "BTC", "USD"),
                                       ("base USDT", "www.CryptoDataDownload.com", "USDT/USD", "USDT", "USD")]:
        date = (lambda t: iso(t, "%Y-%m-%d %I-%p")) if name == "twelve hours" else (lambda t: iso(t, "%Y-%m-%d %H:%M:%S"))
        columns = ["date", "symbol", "open", "high", "low", "close", f"Volume {a}", f"Volume {b_}"]
        lines = [[date(b[0]), symbol, *map(num, b[1:6]), num(b[6])] for b in reversed(BARS)]
        yield bars("cryptodatadownload", name, title + "\n" + table(columns, lines), same(both))

    # Dates of eight digits.
    days = {}
    for b in BARS:
        d = days.setdefault(b[0] // 86400, [b[0], b[1], b[2], b[3], b[4], 0.0])
        d[2], d[3], d[4], d[5] = max(d[2], b[2]), min(d[3], b[3]), b[4], round(d[5] + b[5], 3)
    daily = list(days.values())
    day = bench.control("daily", "bars", [("d.csv", plain_bars([d + [0.0] for d in daily]))])
    for name, head_, write in [("Date", "Date", "%Y%m%d"), ("ts", "ts", "%Y%m%d"), ("dashes", "time", "%Y-%m-%d"), ("slashes", "day", "%Y/%m/%d"),
                               ("twelve digits", "timestamp", "%Y%m%d%H%M")]:
        yield bars("date-eight-digits", name, table([head_ if head_ != "day" else "date", "open", "high", "low", "close", "volume"],
                                                    [[iso(d[0], write), *map(num, d[1:])] for d in daily]), same(day))
    yield bars("date-eight-digits", "JSON numbers", json.dumps([[int(iso(d[0], "%Y%m%d")), *d[1:]] for d in daily]), same(day))

    # Intervals of funding.
    flat = bench.control("flat", "funding", [("f.csv", table(["ts", "rate"], [(t, "0.0001") for t, _ in FUNDING]))])
    start, steps = FUNDING[0][0], []
    t = start
    while t <= FUNDING[-1][0]:
        hours = 8 if t < start + 20 * 86400 else 4 if t < start + 40 * 86400 else 1
        steps.append((t, hours))
        t += hours * 3600
    yield funding("funding-interval", "eight, four, one hours", table(["ts", "rate"], [(t, num(0.0001 * h / 8)) for t, h in steps]),
                  near(flat, 0.02, "crowding of longs", "crowding of shorts", "initial rate (short)"))
    yield funding("funding-interval", "hours in the rows", table(["calc_time", "funding_interval_hours", "last_funding_rate"],
                                                               [(t * 1000, h, num(0.0001 * h / 8)) for t, h in steps]),
                  near(flat, 0.02, "crowding of longs", "crowding of shorts", "initial rate (short)"))
    yield funding("funding-interval", "payments missing", table(["ts", "rate"], [(t, "0.0001") for i, (t, _) in enumerate(FUNDING) if i % 20 != 7]),
                  near(flat, 0.02, "crowding of longs", "crowding of shorts", "initial rate (short)"))

    # Readings of a running rate.
    minutes = range(FUNDING[-10][0] + 28800, END, 60)
    yield funding("funding-ticker", "minutes under the names of payments", table(["timestamp", "funding_rate"], [(t, "0.0001") for t in minutes]),
                  refused("running rate|readings"))
    yield funding("funding-ticker", "ccxt's running rate", table(["timestamp", "symbol", "fundingRate", "nextFundingTimestamp", "markPrice"],
                                                               [(t * 1000, "BTC/USDT:USDT", "0.0001", (t // 28800 + 1) * 28800000, "1") for t in minutes]),
                  refused("next|foretold|readings"))
    yield funding("funding-ticker", "premium index of each minute as JSON",
                  json.dumps([{"symbol": "BTCUSDT", "time": t * 1000, "lastFundingRate": "0.0001", "nextFundingTime": (t // 28800 + 1) * 28800000} for t in minutes]),
                  refused("next|foretold|readings"))

    # Grids.
    shifted = [[t[0] + (5 * 3600 if iso(t[0]) < "2025-11-02" else 4 * 3600)] + t[1:] for t in daily]
    yield bars("grid-moves", "half an hour later for the newest ten days",
               plain_bars([[b[0] + (1800 if b[0] >= END - 10 * 86400 else 0)] + b[1:] for b in BARS[:-1]]),
               either(noted("", within("last return", -1, 1), lambda f: "BTC/bars" in f.text and "stale" or None)))
    yield bars("grid-moves", "single rows between", plain_bars(sorted(BARS + [[BARS[i][0] + 1800] + BARS[i][1:] for i in (100, 500, 900)])),
               noted("off the grid", same(plain)))
    minute = bench.control("plain-60", "bars", [("b.csv", plain_bars())])
    quarter = [[b[0] + 900 * k, b[1] if k == 0 else b[4], b[2] if k == 0 else b[4], b[3] if k == 0 else b[4], b[4], b[5] if k == 0 else 0.0, 0.0]
               for b in BARS[900:] for k in range(4)]
    yield bars("grid-moves", "hours, then quarters of an hour", plain_bars(BARS[:900] + quarter), noted("longer bars", same(minute)))

    # Short bars.
    def split(bars_, n):
        out = []
        for b in bars_:
            for k in range(n):
                out.append([b[0] + 3600 // n * k, b[1] if k == 0 else b[4], b[2] if k == 0 else b[4], b[3] if k == 0 else b[4], b[4], round(b[5] / n, 6), 0.0])
        return out
    for n in (2, 4, 12, 60):
        yield bars("short-bars", f"{60 // n} minutes", plain_bars(split(BARS, n)),
                   near(plain, 0.03, "slow volatility", "measured volatility", "maintenance rate (long)", "initial rate (long)"))

    # Stale series: each too old.
    old = END - 30 * 86400
    yield bars("stale-series", "bars", plain_bars([b for b in BARS if b[0] < old]), noted("severe: BTC/bars.*old"))
    yield funding("stale-series", "funding", table(["ts", "rate"], [(t, r) for t, r in fund if t < END - 3 * 86400]), noted("severe: BTC/funding.*old"))
    yield "stale-series", "open interest", lambda: bench.run("oi", [("o.csv", table(["time", "long", "short"], [r for r in OI if r[0] < END - 3 * 86400]))]), \
        noted("severe: BTC/open-interest.*old")
    yield book("stale-series", "books", table(["venue", "symbol", "ts", "side", "price", "size"], [r for r in BOOK if int(r[2]) < END - 4 * 3600]),
               noted("severe: BTC/books/alpha.*old"))
    prices = rows("prices/BTC.csv")
    yield "stale-series", "prices", lambda: bench.run("prices", [("p.csv", table(["source", "time_ms", "price", "confidence"],
          [r for r in prices if int(r[1]) < (END - 4 * 3600) * 1000]))]), either(noted("severe: BTC/prices.*old"), refused("no fresh price"))

    # An unfinished bar, and a feed in local time.
    yield bars("unfinished-bar", "one more bar in progress", plain_bars(BARS + [[END, BARS[-1][4], BARS[-1][4] + 9, BARS[-1][4] - 9, BARS[-1][4], 1.0, 0.0]]),
               noted("not ended|not finished", same(plain)))
    future = [[b[0] + 400 * 86400] + b[1:] for b in BARS]
    yield bars("unfinished-bar", "stamped in the future", plain_bars(future), refused("clock"))
    progress_row = [str(END * 1000), *[num(BARS[-1][4])] * 4, "1", "1", num(BARS[-1][4]), "0"]
    yield bars("unfinished-bar", "OKX says that it is not over", json.dumps({"code": "0", "data": [progress_row] + [
        [str(b[0] * 1000), *map(num, b[1:5]), "1", num(b[5]), num(b[6]), "1"] for b in reversed(BARS)]}), noted("not finished", same(both)))

    # Units of volume.
    def klines(volume, quote, header=("open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count", "taker_buy_volume", "taker_buy_quote_volume", "ignore")):
        return table(header, [[b[0] * 1000, *map(num, b[1:5]), volume(b), b[0] * 1000 + 3599999, quote(b), 5, 1, 1, 0] for b in BARS])
    daily_volume = near(both, 0.01, "daily volume", "initial rate (long)")
    yield bars("volume-unit", "contracts of 10 USD", klines(lambda b: round(b[6] / 10), lambda b: num(b[5])), noted("contracts of 10 USD", daily_volume))
    yield bars("volume-unit", "contracts of 0.01", klines(lambda b: num(round(b[5] * 100)), lambda b: num(b[6])), noted("contracts of 0.01", daily_volume))
    yield bars("volume-unit", "volumes exchanged", klines(lambda b: num(b[6]), lambda b: num(b[5])), noted("quote currency|exchanged", daily_volume))
    yield bars("volume-unit", "a size that nobody has", klines(lambda b: num(b[5] * 37.3), lambda b: num(b[6])), refused("volumeUnit"))
    yield bars("volume-unit", "contracts that are stated", klines(lambda b: round(b[6] / 100), lambda b: num(b[5])), daily_volume,
               change=lambda u, _: u.update(volumeUnit="inverseContracts", contractSize=100))
    yield bars("volume-unit", "stated wrongly", klines(lambda b: num(b[5]), lambda b: num(b[6])), refused("not in"),
               change=lambda u, _: u.update(volumeUnit="usd"))
    yield bars("volume-unit", "mark prices", klines(lambda b: 0, lambda b: 0), noted("no volume"))
    yield bars("volume-unit", "coin-margined JSON", json.dumps([[b[0] * 1000, *map(num, b[1:5]), str(round(b[6] / 100)), b[0] * 1000 + 3599999, num(b[5]), 5, "1", "1", "0"] for b in BARS]),
               noted("contracts of 100 USD", daily_volume))
    yield bars("volume-unit", "only the quote volume is zero", klines(lambda b: num(b[5]), lambda b: 0), near(plain, 0.02, "daily volume", "initial rate (long)"))

    # Open interest.
    def oi(kind, name, data, check, change=None):
        return kind, name, lambda: bench.run("oi", [("o.csv", data)], change), check
    at = {b[0]: b[4] for b in BARS}
    amounts = [(t, (a + b) / 2, (a + b) / 2 / at.get(t - 3600, BARS[0][4])) for t, a, b in OI]
    even = bench.control("even", "oi", [("o.csv", table(["time", "long", "short"], [(t, num(v), num(v)) for t, v, _ in amounts]))])
    metrics = ["create_time", "symbol", "sum_open_interest", "sum_open_interest_value", "count_toptrader_long_short_ratio",
               "sum_toptrader_long_short_ratio", "count_long_short_ratio", "sum_taker_long_short_vol_ratio"]
    def metric(ratio, value=lambda v: num(v), amount=lambda a: num(a), symbol="BTCUSDT"):
        return table(metrics, [[iso(t, "%Y-%m-%d %H:%M:%S"), symbol, amount(a), value(v), "1.5", "1.1", ratio, "0.9"] for t, v, a in amounts])
    interest = near(even, 0.001, "open interest", "crowding of longs", "crowding of shorts")
    yield oi("blank-ratio", "nan", metric("nan"), noted("ratio", interest))
    yield oi("blank-ratio", "null", metric("null"), noted("ratio", interest))
    yield oi("blank-ratio", "zero", metric("0.0"), noted("ratio", interest))
    yield oi("blank-ratio", "last row zero", metric("") + f"{iso(END, '%Y-%m-%d %H:%M:%S')},BTCUSDT,0,0,0,0,0,0\n", noted("placeholder", interest))
    yield oi("blank-ratio", "coin-margined without a size", metric("", lambda v: num(v / 1e5), lambda a: num(a), "BTCUSD_PERP"), refused("contractSize"))
    yield oi("blank-ratio", "coin-margined with a size", table(metrics, [[iso(t, "%Y-%m-%d %H:%M:%S"), "BTCUSD_PERP", num(v / 100), num(a), "", "", "", ""] for t, v, a in amounts]),
             interest, lambda u, _: u.update(contractSize=100))
    yield oi("blank-ratio", "one number without a unit", table(["timestamp", "open_interest"], [(t, num(a)) for t, _, a in amounts]), refused("openInterestUnit"))
    yield oi("blank-ratio", "one number in coins", table(["timestamp", "open_interest"], [(t, num(a)) for t, _, a in amounts]),
             near(even, 0.02, "open interest"), lambda u, _: u.update(openInterestUnit="base"))
    yield oi("blank-ratio", "one number in USD", table(["timestamp", "open_interest"], [(t, num(v)) for t, v, _ in amounts]),
             interest, lambda u, _: u.update(openInterestUnit="usd"))
    yield oi("blank-ratio", "Bybit JSON", json.dumps({"retCode": 0, "result": {"symbol": "BTCUSDT", "list": [{"openInterest": num(a), "timestamp": str(t * 1000)} for t, _, a in reversed(amounts)]}}),
             either(near(even, 0.02, "open interest"), refused("openInterestUnit")))

    # Books.
    def damaged_book(alter, only=lambda t: t == max(snapshots)):
        lines = []
        for t, s in sorted(snapshots.items()):
            sides = alter(s) if only(t) else s
            lines += [[t, side, p, q] for side in ("bid", "ask") for p, q in sides[side]]
        return table(["ts", "side", "price", "size"], lines)
    crossed = lambda s: {"bid": [(p * 1.05, q) for p, q in s["bid"]], "ask": s["ask"]}
    one_sided = lambda s: {"bid": [], "ask": s["ask"]}
    yield book("bad-book", "the last is crossed", damaged_book(crossed), noted("crossed", never_nan))
    yield book("bad-book", "all lack a side", damaged_book(one_sided, lambda t: True), noted("without a side", never_nan))
    yield book("bad-book", "the last lacks a side", damaged_book(one_sided), noted("without a side", never_nan))
    yield book("bad-book", "locked", damaged_book(lambda s: {"bid": [(s["ask"][0][0], 1.0)] + s["bid"], "ask": s["ask"]}), noted("crossed", never_nan))
    yield book("bad-book", "the last is empty", json.dumps([{"timestamp": t * 1000, "bids": s["bid"] if t != max(snapshots) else [], "asks": s["ask"] if t != max(snapshots) else []}
                                                          for t, s in sorted(snapshots.items())]), either(noted("empty", never_nan), noted("old", never_nan)), file="k.json")
    yield book("bad-book", "sizes of zero", damaged_book(lambda s: {"bid": [(p, 0) for p, _ in s["bid"]], "ask": s["ask"]}), noted("bad|without", never_nan))
    yield book("bad-book", "the same book for ever", damaged_book(lambda s: snapshots[min(snapshots)], lambda t: True), noted("repeat", never_nan))

    # JSON.
    def js(kind, name, value, check=None):
        return bars(kind, name, value if isinstance(value, str) else json.dumps(value), check, file="b.json")
    klines_ = [[b[0] * 1000, *map(num, b[1:6]), b[0] * 1000 + 3599999, num(b[6]), 5, "1", "1", "0"] for b in BARS]
    yield js("venue-json", "Binance, minified", json.dumps(klines_, separators=(",", ":")), same(both))
    yield js("venue-json", "Binance, one row a line", "[" + ",\n".join(json.dumps(k) for k in klines_) + "]\n", same(both))
    yield js("venue-json", "Bybit", {"retCode": 0, "result": {"symbol": "BTCUSDT", "list": [[str(b[0] * 1000), *map(num, b[1:7])] for b in reversed(BARS)]}}, same(both))
    yield js("venue-json", "ccxt", [[b[0] * 1000, *b[1:6]] for b in BARS])
    yield js("venue-json", "ccxt's dictionary", {"BTC/USDT": {"1h": [[b[0] * 1000, *b[1:6]] for b in BARS]}})
    yield js("venue-json", "pandas columns", {c: {str(i): (b[0] * 1000 if k == 0 else b[k]) for i, b in enumerate(BARS)} for k, c in enumerate(head)},
             either(same(plain), refused("JSON|no column|members")))
    yield js("venue-json", "dYdX", {"candles": [{"startedAt": iso(b[0], "%Y-%m-%dT%H:%M:%S.000Z"), "ticker": "BTC-USD", "open": num(b[1]), "high": num(b[2]), "low": num(b[3]), "close": num(b[4]), "baseTokenVolume": num(b[5]), "usdVolume": num(b[6])} for b in reversed(BARS)]}, same(both))
    yield js("venue-json", "Deribit", {"jsonrpc": "2.0", "result": {"ticks": [b[0] * 1000 for b in BARS], "status": "ok", **{n: [b[i] for b in BARS] for i, n in ((1, "open"), (2, "high"), (3, "low"), (4, "close"), (5, "volume"), (6, "cost"))}}}, same(both))
    yield js("venue-json", "an error", {"code": -1121, "msg": "Invalid symbol."}, refused("Invalid symbol"))
    yield js("venue-json", "cut in the middle", json.dumps(klines_)[:20000], refused("JSON"))
    twice = json.dumps([{"time": b[0], "open": b[1], "high": b[2], "low": b[3], "close": b[4], "volume": b[5]} for b in BARS]).replace('"close": 94942.6', '"close": 94942.6, "close": 94950.0')
    yield js("venue-json", "a member twice", twice, refused("twice|duplicate"))
    yield js("venue-json", "numbers as text with spaces", json.dumps([{"time": b[0], "open": f" {b[1]} ", "high": b[2], "low": b[3], "close": b[4], "volume": b[5]} for b in BARS]), either(same(plain), refused("decimal")))
    for name, value in {
        "OKX": {"code": "0", "data": [{"fundingRate": "0.9", "realizedRate": r, "fundingTime": str(t * 1000), "instId": "BTC-USDT-SWAP"} for t, r in reversed(fund)]},
        "ccxt": [{"info": {}, "symbol": "BTC/USDT:USDT", "fundingRate": float(r), "timestamp": t * 1000, "datetime": iso(t)} for t, r in fund],
        "Binance": [{"symbol": "BTCUSDT", "fundingTime": t * 1000 + 3, "fundingRate": r, "markPrice": "9"} for t, r in fund],
        "BitMEX": [{"timestamp": iso(t, "%Y-%m-%dT%H:%M:%S.000Z"), "symbol": "XBTUSD", "fundingInterval": "2000-01-01T08:00:00.000Z", "fundingRate": float(r), "fundingRateDaily": 1} for t, r in fund],
    }.items():
        yield funding("venue-json", name + " funding", json.dumps(value))
    last = max(snapshots)
    sides = {"bids": [[num(p), num(q)] for p, q in snapshots[last]["bid"]], "asks": [[num(p), num(q)] for p, q in snapshots[last]["ask"]]}
    one_book = bench.control("one-book", "book", [("k.csv", table(["ts", "side", "price", "size"], [[last, side, p, q] for side in ("bid", "ask") for p, q in snapshots[last][side]]))])
    for name, value in {
        "Binance": {"lastUpdateId": 7, "E": last * 1000, "T": last * 1000, **sides},
        "Bybit": {"retCode": 0, "result": {"s": "BTCUSDT", "b": sides["bids"], "a": sides["asks"], "ts": last * 1000}},
        "Hyperliquid": {"coin": "BTC", "time": last * 1000, "levels": [[{"px": p, "sz": q, "n": 1} for p, q in sides[s]] for s in ("bids", "asks")]},
        "ccxt": {"symbol": "BTC/USDT", "timestamp": last * 1000, "datetime": iso(last), "nonce": None, "bids": snapshots[last]["bid"], "asks": snapshots[last]["ask"]},
        "Coinbase": {"pricebook": {"product_id": "BTC-USD", "time": iso(last), "bids": [{"price": p, "size": q} for p, q in sides["bids"]], "asks": [{"price": p, "size": q} for p, q in sides["asks"]]}},
    }.items():
        yield book("venue-json", name + " book", json.dumps(value), same(one_book), file="k.json")

    # Rows of which none can be used.
    yield bars("no-usable-rows", "negative prices", table(head, [[r[0], *["-" + x for x in r[1:5]], r[5]] for r in body[:400]]), refused("400.*dropped.*positive|none of its 400"))
    yield bars("no-usable-rows", "not a number", table(head, [[r[0], "nan", *r[2:]] for r in body[:400]]), refused("none of its 400.*open is not a number"))
    yield funding("no-usable-rows", "rates above one", table(["ts", "rate"], [(t, "12") for t, _ in fund]), refused("none of its"))

    # Open interest of venues that state one number.
    coin = near(even, 0.02, "open interest")
    yield oi("venue-json", "Hyperliquid's contexts, one document an hour", "\n".join(json.dumps({"time": t * 1000, "data": [
        {"universe": [{"name": "ETH", "szDecimals": 4, "maxLeverage": 25}, {"name": "BTC", "szDecimals": 5, "maxLeverage": 40}], "marginTables": []},
        [{"funding": "0", "openInterest": "7", "oraclePx": "3", "markPx": "3"}, {"funding": "0", "openInterest": num(a), "oraclePx": "3", "markPx": "3"}]]}) for t, _, a in amounts), coin)
    yield oi("venue-json", "dYdX market rows", json.dumps([{"ticker": "BTC-USD", "oraclePrice": "3", "openInterest": num(a), "ts": t * 1000} for t, _, a in amounts]), coin)
    yield oi("venue-json", "OKX without dollars", json.dumps([{"instId": "BTC-USDT-SWAP", "oi": num(a * 100), "oiCcy": num(a), "ts": str(t * 1000)} for t, _, a in amounts]), coin)
    yield oi("venue-json", "Kraken Futures, inverse", json.dumps([{"symbol": "PI_XBTUSD", "openInterest": num(v), "time": iso(t)} for t, v, _ in amounts]), interest)
    yield oi("venue-json", "Deribit, inverse", json.dumps([{"instrument_name": "BTC-PERPETUAL", "open_interest": v, "timestamp": t * 1000} for t, v, _ in amounts]), interest)
    yield oi("venue-json", "two instruments at each time", json.dumps([{"openInterestUsd": v * k, "timestamp": t * 1000} for t, v, _ in amounts for k in (1, 3)]), refused("time of another"))
    yield js("venue-json", "two lists, the time of the answer beside the time of rows", {"ts": 1, "time": 2, "data": [
        {"time": b[0] * 1000, "open": b[1], "high": b[2], "low": b[3], "close": b[4], "volume": b[5]} for b in BARS]})
    yield js("venue-json", "HTX", {"ch": "market.btcusdt.kline.60min", "status": "ok", "ts": END * 1000, "data": [
        {"id": b[0], "open": b[1], "high": b[2], "low": b[3], "close": b[4], "amount": b[5], "vol": b[6], "count": 7} for b in reversed(BARS)]}, same(both))
    yield js("venue-json", "empty objects between", [{}] + [{"time": b[0], "open": b[1], "high": b[2], "low": b[3], "close": b[4], "volume": b[5]} for b in BARS],
             either(same(plain), refused("row|JSON|no column")))

    # Jumps.
    for factor in (10, 100, 1e6, 4):
        cut_at = 700
        changed = [[b[0]] + [round(x / factor, 8) for x in b[1:5]] + [b[5] * factor, 0.0] for b in BARS[:cut_at]] + BARS[cut_at:]
        yield bars("redenomination", f"by {factor:g}", plain_bars(changed), noted(rf"jumps.*{cut_at + 2}"))


def others(bench):
    """(kind, name, outcome, check): files of other sources, times, units and containers, one reader after the other."""
    plain = bench.control("bars", "bars", [("b.csv", plain_bars())])
    both = bench.control("both", "bars", [("b.csv", plain_bars(quote=True))])
    example = bench.control("example", None, None)
    head = ["timestamp", "open", "high", "low", "close", "volume"]
    body = [[b[0]] + [num(x) for x in b[1:6]] for b in BARS]
    fund = [(t, num(r)) for t, r in FUNDING]
    snapshots = {}
    for r in BOOK:
        snapshots.setdefault(int(r[2]), {"bid": [], "ask": []})[r[3]].append((float(r[4]), float(r[5])))
    last = max(snapshots)

    def bars(kind, name, data, check=None, change=None, file="b.csv"):
        files = data if isinstance(data, list) else [(file, data)]
        return kind, name, lambda: bench.run("bars", files, change), check or same(plain)

    def js(kind, name, value, check=None):
        return bars(kind, name, value if isinstance(value, str) else json.dumps(value), check, file="b.json")

    def funding(kind, name, data, check=None, file="f.csv"):
        return kind, name, lambda: bench.run("funding", [(file, data)]), check or same(example)

    def book(kind, name, data, check, file="k.csv", change=None):
        return kind, name, lambda: bench.run("book", [(file, data)], change), check

    def times(write, head="time"):
        return table([head, "open", "high", "low", "close", "volume"], [[write(b[0])] + [num(x) for x in b[1:6]] for b in BARS])

    # Instants.
    yield bars("instants", "month first, as Americans write", times(lambda t: iso(t, "%m/%d/%Y %H:%M")))
    yield bars("instants", "month first without zeros", times(lambda t: f"{int(iso(t, '%m'))}/{int(iso(t, '%d'))}/{iso(t, '%Y')} {iso(t, '%H:%M:%S')}"))
    yield bars("instants", "month first, hours of twelve", times(lambda t: iso(t, "%m/%d/%Y %I:%M:%S %p")))
    yield bars("instants", "day first", times(lambda t: iso(t, "%d/%m/%Y %H:%M")))
    yield bars("instants", "day first with dashes", times(lambda t: iso(t, "%d-%m-%Y %H:%M")))
    early = [b for b in BARS if int(iso(b[0], "%d")) <= 12]
    yield bars("instants", "days that may be months", table(["time", "open", "high", "low", "close", "volume"],
               [[iso(b[0], "%m/%d/%Y %H:%M")] + [num(x) for x in b[1:6]] for b in early]), refused("day or month|month or day"))
    yield bars("instants", "milliseconds in quotation marks", times(lambda t: f'"{t * 1000}"'))
    yield bars("instants", "pandas with nine decimals", times(lambda t: iso(t, "%Y-%m-%d %H:%M:%S.000000000")))
    yield bars("instants", "zero offset with minus", times(lambda t: iso(t, "%Y-%m-%dT%H:%M:%S-00:00")))
    yield bars("instants", "microseconds from a year on", [("a.csv", table([], [[b[0] * 1000, *map(num, b[1:6]), b[0] * 1000 + 3599999, num(b[6]), 5, 1, 1, 0] for b in BARS[:900]])),
                                                        ("b.csv", table([], [[b[0] * 1000000, *map(num, b[1:6]), b[0] * 1000000 + 3599999999, num(b[6]), 5, 1, 1, 0] for b in BARS[900:]]))], same(both))
    yield bars("instants", "days since 1900, as spreadsheets count", times(lambda t: f"{t / 86400 + 25569:.6f}"), refused("1980|not from|time|date"))

    # Separators.
    yield bars("separators", "a comma at the end of each line", table(head + [""], [r + [""] for r in body]))
    yield bars("separators", "sep=; of a spreadsheet", "sep=;\n" + table(head, body, ";"))
    yield bars("separators", "tabs, quoted", table([f'"{h}"' for h in head], [[f'"{x}"' for x in r] for r in body], "\t"))
    yield bars("separators", "carriage returns alone", table(head, body, ",", "\r"), either(same(plain), refused("line|carriage|row|long")))

    # Names of columns.
    yield bars("column-names", "Dukascopy", table(["Gmt time", "Open", "High", "Low", "Close", "Volume"],
               [[iso(b[0], "%d.%m.%Y %H:%M:%S.000"), *map(num, b[1:6])] for b in BARS]))
    yield bars("column-names", "CoinAPI", table(["time_period_start", "time_period_end", "time_open", "time_close", "price_open", "price_high", "price_low", "price_close", "volume_traded", "trades_count"],
               [[iso(b[0], "%Y-%m-%dT%H:%M:%S.0000000Z"), iso(b[0] + 3600, "%Y-%m-%dT%H:%M:%S.0000000Z"), iso(b[0] + 1), iso(b[0] + 3599), *map(num, b[1:6]), 7] for b in BARS]))
    yield bars("column-names", "Polygon", table(["v", "vw", "o", "c", "h", "l", "t", "n"],
               [[num(b[5]), num(round((b[2] + b[3]) / 2, 1)), num(b[1]), num(b[4]), num(b[2]), num(b[3]), b[0] * 1000, 9] for b in BARS]))
    yield bars("column-names", "CryptoCompare", table(["time", "high", "low", "open", "volumefrom", "volumeto", "close", "conversionType"],
               [[b[0], num(b[2]), num(b[3]), num(b[1]), num(b[5]), num(b[6]), num(b[4]), "direct"] for b in BARS]), same(both))
    yield bars("column-names", "Stooq", table(["<TICKER>", "<PER>", "<DATE>", "<TIME>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<VOL>", "<OPENINT>"],
               [["BTC.V", "60", iso(b[0], "%Y%m%d"), iso(b[0], "%H%M%S"), *map(num, b[1:6]), 0] for b in BARS]))
    yield bars("column-names", "Bitfinex", table(["MTS", "OPEN", "CLOSE", "HIGH", "LOW", "VOLUME"],
               [[b[0] * 1000, num(b[1]), num(b[4]), num(b[2]), num(b[3]), num(b[5])] for b in BARS]))
    yield bars("column-names", "Kaiko", table(["timestamp", "open", "high", "low", "close", "volume", "price", "count"],
               [[b[0] * 1000, *map(num, b[1:6]), num(round((b[2] + b[3]) / 2, 1)), 5] for b in BARS]))
    yield bars("column-names", "Bloomberg", table(["Dates", "PX_OPEN", "PX_HIGH", "PX_LOW", "PX_LAST", "PX_VOLUME"], body), either(same(plain), refused("no column of")))
    yield funding("column-names", "Coinalyze", table(["timestamp", "symbol", "funding_rate_close"], [[t, "BTCUSDT_PERP.A", r] for t, r in fund]), either(same(example), refused("no column of")))
    yield book("column-names", "Kaiko books", table(["timestamp", "type", "price", "amount"], [[int(r[2]) * 1000, {"bid": "b", "ask": "a"}[r[3]], r[4], r[5]] for r in BOOK]),
               either(same(bench.control("book", "book", [("k.csv", table(["venue", "symbol", "ts", "side", "price", "size"], BOOK))])), refused("side|type")))

    # Containers.
    text = plain_bars()
    import tarfile
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        info = tarfile.TarInfo("b.csv")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text.encode()))
    yield bars("containers", "tar.gz", made.getvalue(), refused("tar"), file="b.tar.gz")
    yield bars("containers", "a zip of macOS", zipped([("data/", ""), ("data/BTC.csv", text), ("__MACOSX/data/._BTC.csv", "x"), ("data/.DS_Store", "x")]), file="b.zip")
    import lzma, bz2
    yield bars("containers", "xz", lzma.compress(text.encode()), refused("xz"), file="b.csv.xz")
    yield bars("containers", "bzip2", bz2.compress(text.encode()), refused("bzip2"), file="b.csv.bz2")
    yield bars("containers", "UTF-16", text.encode("utf-16"), refused("UTF-16"))
    yield bars("containers", "an empty zip", zipped([]), refused("zip|no rows|empty|holds"), file="b.zip")
    yield bars("containers", "gzip of JSON", gzip.compress(json.dumps([[b[0] * 1000, *b[1:6]] for b in BARS]).encode()), file="b.json.gz")

    # Several files.
    yield bars("many-files", "one file twice", [("a.csv", plain_bars()), ("b.csv", plain_bars())], noted("duplicates", same(plain)))
    yield bars("many-files", "a folder with other files", [("d/a.csv", plain_bars(BARS[:700])), ("d/b.csv", plain_bars(BARS[700:])), ("d/.DS_Store", b"\0")],
               change=lambda u, _: u.update(bars="given/d"))
    yield bars("many-files", "days and hours", [("a.csv", plain_bars(BARS)), ("b.csv", table(head, [[b[0], *map(num, b[1:6])] for b in BARS[::24]]).replace("\n", "\n", 1))],
               either(noted("duplicates|time of another", same(plain)), refused("time of another|bars")))

    # No header.
    yield bars("no-header", "OKX's nine", table([], [[b[0] * 1000, *map(num, b[1:5]), num(round(b[5] * 100)), num(b[5]), num(b[6]), 1] for b in BARS]), either(same(both), near(both, 0.01, "daily volume", "initial rate (long)")))
    yield bars("no-header", "Binance in semicolons", table([], [[b[0] * 1000, *map(num, b[1:6]), b[0] * 1000 + 3599999, num(b[6]), 5, 1, 1, 0] for b in BARS], ";"), same(both))
    yield bars("no-header", "newest first", table([], list(reversed(body))))

    # CryptoDataDownload.
    yield bars("cryptodatadownload", "milliseconds, one volume", "https://www.CryptoDataDownload.com\n" + table(
        ["Unix Timestamp", "Date", "Symbol", "Open", "High", "Low", "Close", "Volume"],
        [[b[0] * 1000, iso(b[0], "%Y-%m-%d %H:%M:%S"), "BTCUSD", *map(num, b[1:6])] for b in reversed(BARS)]))
    yield bars("cryptodatadownload", "number of trades", "https://www.CryptoDataDownload.com\n" + table(
        ["unix", "date", "symbol", "open", "high", "low", "close", "Volume BTC", "Volume USDT", "tradecount"],
        [[b[0], iso(b[0], "%Y-%m-%d %H:%M:%S"), "BTC/USDT", *map(num, b[1:6]), num(b[6]), 5] for b in reversed(BARS)]), same(both))

    # Dates of eight digits.
    days = {}
    for b in BARS:
        d = days.setdefault(b[0] // 86400, [b[0], b[1], b[2], b[3], b[4], 0.0])
        d[2], d[3], d[4], d[5] = max(d[2], b[2]), min(d[3], b[3]), b[4], round(d[5] + b[5], 3)
    daily = list(days.values())
    day = bench.control("daily", "bars", [("d.csv", plain_bars([d + [0.0] for d in daily]))])
    yield bars("date-eight-digits", "as a float", table(head, [[iso(d[0], "%Y%m%d") + ".0", *map(num, d[1:6])] for d in daily]), either(same(day), refused("1980|1970|date")))
    yield bars("date-eight-digits", "with a time of six digits beside", table(["date", "time", *head[1:]],
               [[iso(b[0], "%Y%m%d"), iso(b[0], "%H%M%S"), *map(num, b[1:6])] for b in BARS]))
    yield bars("date-eight-digits", "no such day", table(head, [["2026" + f"{13 + i % 80:02d}01", *map(num, d[1:6])] for i, d in enumerate(daily)]), refused("1980|1970|date|time"))

    # Funding.
    yield funding("funding-interval", "Bybit", table(["symbol", "fundingRateTimestamp", "fundingRate"], [["BTCUSDT", t * 1000, r] for t, r in reversed(fund)]))
    hours = [t + 3600 * k for t, _ in FUNDING for k in range(8)]
    flat = bench.control("flat", "funding", [("f.csv", table(["ts", "rate"], [(t, "0.0001") for t, _ in FUNDING]))])
    yield funding("funding-interval", "Hyperliquid, every hour", json.dumps([{"coin": "BTC", "fundingRate": "0.0000125", "premium": "0", "time": t * 1000 + 61} for t in hours if t < END]),
                  near(flat, 0.02, "crowding of longs", "crowding of shorts", "initial rate (short)"), file="f.json")
    yield funding("funding-interval", "twice a day for a week", table(["ts", "rate"], [(t, "0.0001") for i, (t, _) in enumerate(FUNDING) if i < 60 or i % 3 != 1]),
                  noted("gaps", within("crowding of shorts", 1000000, 1000000)))
    minutes = range(FUNDING[-10][0] + 28800, END, 300)
    yield funding("funding-ticker", "Bybit's tickers", json.dumps([{"symbol": "BTCUSDT", "fundingRate": "0.0001", "nextFundingTime": str((t // 28800 + 1) * 28800000), "ts": t * 1000} for t in minutes]),
                  refused("next|foretold|readings"), file="f.json")
    yield funding("funding-ticker", "OKX's present rate", json.dumps({"code": "0", "data": [{"instId": "BTC-USDT-SWAP", "fundingRate": "0.0001", "fundingTime": str(END * 1000 + 28800000), "nextFundingTime": str(END * 1000 + 57600000), "ts": str(END * 1000)}]}),
                  refused("next|foretold|future|settle|none of"), file="f.json")

    # Grids and short bars.
    yield bars("grid-moves", "four hours, then hours", plain_bars([[BARS[i][0], BARS[i][1], max(b[2] for b in BARS[i:i + 4]), min(b[3] for b in BARS[i:i + 4]), BARS[i + 3][4],
               round(sum(b[5] for b in BARS[i:i + 4]), 3), 0.0] for i in range(0, 400, 4)] + BARS[400:]),
               noted("longer bars", near(plain, 0.25, "initial rate (long)")))
    yield bars("grid-moves", "seconds after the hour", plain_bars([[b[0] + 7] + b[1:] for b in BARS[:-1]]), noted("", near(plain, 0.02, "initial rate (long)")))
    yield bars("short-bars", "three minutes", plain_bars([[b[0] + 180 * k, b[1] if k == 0 else b[4], b[2] if k == 0 else b[4], b[3] if k == 0 else b[4], b[4], round(b[5] / 20, 6), 0.0] for b in BARS for k in range(20)]),
               near(plain, 0.03, "slow volatility", "measured volatility", "initial rate (long)"))
    yield bars("short-bars", "seconds", plain_bars([[BARS[0][0] + i, 100.0, 101.0, 99.0, 100.0, 1.0, 0.0] for i in range(2000)]), refused("bars of"))

    # Old series, bars in progress, local time.
    yield book("stale-series", "books of the day before yesterday", table(["venue", "symbol", "ts", "side", "price", "size"], [r[:2] + [int(r[2]) - 2 * 86400] + r[3:] for r in BOOK]), noted("severe: BTC/books/alpha.*old"))
    yield bars("stale-series", "a feed that stopped in the night", plain_bars([b for b in BARS if b[0] < END - 6 * 3600]), noted("severe: BTC/bars.*old"))
    yield bars("unfinished-bar", "Gate says that it is not over", json.dumps([[str(b[0]), num(b[6]), num(b[4]), num(b[2]), num(b[3]), num(b[1]), num(b[5]), "true"] for b in BARS]
               + [[str(END), "1", num(BARS[-1][4]), num(BARS[-1][4]), num(BARS[-1][4]), num(BARS[-1][4]), "0.001", "false"]]), noted("not finished", same(both)), file="b.json")
    yield bars("unfinished-bar", "a stream of klines that are not closed", "\n".join(json.dumps({"e": "kline", "E": b[0] * 1000 + 3600005, "s": "BTCUSDT",
               "k": {"t": b[0] * 1000, "T": b[0] * 1000 + 3599999, "s": "BTCUSDT", "i": "1h", "o": num(b[1]), "c": num(b[4]), "h": num(b[2]), "l": num(b[3]), "v": num(b[5]), "n": 7, "x": True, "q": num(b[6])}}) for b in BARS)
               + "\n" + json.dumps({"e": "kline", "E": END * 1000 + 5, "s": "BTCUSDT", "k": {"t": END * 1000, "T": END * 1000 + 3599999, "s": "BTCUSDT", "i": "1h", **{k: num(BARS[-1][4]) for k in "ochl"}, "v": "1", "n": 7, "x": False, "q": num(BARS[-1][4])}}),
               either(noted("not finished|not ended", same(both)), refused("JSON|no column")), file="b.json")

    # Units.
    def klines(volume, quote, symbol=None):
        return table(["open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count"],
                     [[b[0] * 1000, *map(num, b[1:5]), volume(b), b[0] * 1000 + 3599999, quote(b), 5] for b in BARS])
    volume = near(both, 0.01, "daily volume", "initial rate (long)")
    yield bars("volume-unit", "contracts of 0.001", klines(lambda b: round(b[5] * 1000), lambda b: num(b[6])), noted("contracts of 0.001", volume))
    yield bars("volume-unit", "contracts of 1 USD", klines(lambda b: round(b[6]), lambda b: num(b[5])), either(noted("contracts of 1 USD|quote currency|exchanged", volume)))
    yield bars("volume-unit", "quote volume in thousands", klines(lambda b: num(b[5]), lambda b: num(b[6] / 1000)), either(noted("contracts of 0.001|contracts", lambda f: None), refused("volumeUnit|not in")))
    yield bars("volume-unit", "one volume in USD by its name", table([*head[:5], "turnover"], [[b[0], *map(num, b[1:5]), num(b[6])] for b in BARS]), near(both, 0.01, "daily volume"))

    # Open interest and ratios.
    at = {b[0]: b[4] for b in BARS}
    amounts = [(t, (a + b) / 2, (a + b) / 2 / at.get(t - 3600, BARS[0][4])) for t, a, b in OI]
    even = bench.control("even", "oi", [("o.csv", table(["time", "long", "short"], [(t, num(v), num(v)) for t, v, _ in amounts]))])
    def oi(kind, name, data, check, change=None, file="o.csv"):
        return kind, name, lambda: bench.run("oi", [(file, data)], change), check
    interest = near(even, 0.02, "open interest", "crowding of longs", "crowding of shorts")
    yield oi("blank-ratio", "Coinalyze's candles", table(["timestamp", "open", "high", "low", "close"], [(t, num(v), num(v), num(v), num(v)) for t, v, _ in amounts]), refused("open interest"))
    yield oi("blank-ratio", "ratio of minus one", table(["create_time", "symbol", "sum_open_interest", "sum_open_interest_value", "count_long_short_ratio"],
             [[iso(t, "%Y-%m-%d %H:%M:%S"), "BTCUSDT", num(a), num(v), "-1"] for t, v, a in amounts]), either(noted("ratio", interest), refused("ratio")))
    yield oi("blank-ratio", "Binance JSON", json.dumps([{"symbol": "BTCUSDT", "sumOpenInterest": num(a), "sumOpenInterestValue": num(v), "CMCCirculatingSupply": "1", "timestamp": t * 1000} for t, v, a in amounts]), interest, file="o.json")
    yield oi("blank-ratio", "OKX in dollars", json.dumps({"code": "0", "data": [[str(t * 1000), num(v), num(v)] for t, v, _ in reversed(amounts)]}), either(interest, refused("openInterestUnit|no column|header")), file="o.json")

    # Books.
    def damaged(alter):
        return table(["ts", "side", "price", "size"], [[t, side, p, q] for t, s in sorted(snapshots.items())
                     for side, levels in (alter(s) if t == last else s).items() for p, q in levels])
    yield book("bad-book", "a price of nothing", damaged(lambda s: {"bid": [(0, 1.0)], "ask": s["ask"]}), noted("bad|without|crossed", never_nan))
    yield book("bad-book", "negative sizes", damaged(lambda s: {"bid": [(p, -q) for p, q in s["bid"]], "ask": s["ask"]}), noted("bad|without", never_nan))
    yield book("bad-book", "sides exchanged throughout", table(["ts", "side", "price", "size"], [[t, {"bid": "ask", "ask": "bid"}[side], p, q] for t, s in sorted(snapshots.items()) for side in s for p, q in s[side]]),
               noted("crossed", never_nan))
    yield book("bad-book", "a side that is nan", damaged(lambda s: {"bid": [("nan", "nan")], "ask": s["ask"]}), either(noted("bad|without|no number", never_nan), refused("number")))

    # JSON of other venues.
    yield js("venue-json", "Kraken", {"error": [], "result": {"XXBTZUSD": [[b[0], *map(num, b[1:5]), num(round((b[2] + b[3]) / 2, 1)), num(b[5]), 7] for b in BARS], "last": END - 3600}})
    yield js("venue-json", "KuCoin", {"code": "200000", "data": [[str(b[0]), num(b[1]), num(b[4]), num(b[2]), num(b[3]), num(b[5]), num(b[6])] for b in reversed(BARS)]}, same(both))
    yield js("venue-json", "Bitget", {"code": "00000", "msg": "success", "requestTime": END * 1000, "data": [[str(b[0] * 1000), *map(num, b[1:5]), num(b[5]), num(b[6]), num(b[6])] for b in BARS]}, same(both))
    yield js("venue-json", "HTX's rows alone", [{"id": b[0], "open": b[1], "close": b[4], "low": b[3], "high": b[2], "amount": b[5], "vol": b[6], "count": 7} for b in BARS], same(both))
    yield js("venue-json", "numbers of rows that are no times", [{"id": 1 + i, "open": b[1], "close": b[4], "low": b[3], "high": b[2], "volume": b[5]} for i, b in enumerate(BARS)], refused("no column of time|1980|time"))
    yield js("venue-json", "MEXC contracts", {"success": True, "code": 0, "data": {"time": [b[0] for b in BARS], "open": [b[1] for b in BARS], "close": [b[4] for b in BARS], "high": [b[2] for b in BARS],
             "low": [b[3] for b in BARS], "vol": [round(b[5] * 10000) for b in BARS], "amount": [b[6] for b in BARS]}}, either(near(both, 0.01, "daily volume", "initial rate (long)"), refused("volume")))
    yield js("venue-json", "Coinbase Advanced", {"candles": [{"start": str(b[0]), "low": num(b[3]), "high": num(b[2]), "open": num(b[1]), "close": num(b[4]), "volume": num(b[5])} for b in reversed(BARS)]})
    yield js("venue-json", "BitMEX", [{"timestamp": iso(b[0] + 3600, "%Y-%m-%dT%H:%M:%S.000Z"), "symbol": "XBTUSD", "open": b[1], "high": b[2], "low": b[3], "close": b[4], "trades": 5,
             "volume": round(b[6]), "vwap": b[4], "lastSize": 1, "turnover": 1, "homeNotional": b[5], "foreignNotional": b[6]} for b in BARS], near(both, 0.01, "daily volume", "initial rate (long)", "last return"))
    yield js("venue-json", "Kraken Futures", {"candles": [{"time": b[0] * 1000, "open": num(b[1]), "high": num(b[2]), "low": num(b[3]), "close": num(b[4]), "volume": num(b[5])} for b in BARS], "more_candles": False})
    yield js("venue-json", "Gate futures", [{"t": b[0], "v": round(b[5] * 10000), "c": num(b[4]), "h": num(b[2]), "l": num(b[3]), "o": num(b[1]), "sum": num(b[6])} for b in BARS],
             either(noted("contracts of 0.0001", near(both, 0.01, "daily volume", "initial rate (long)")), noted("contracts", near(both, 0.01, "daily volume")), refused("volume")))
    yield js("venue-json", "Alpha Vantage", {"Meta Data": {"1. Information": "x"}, "Time Series Crypto (60min)": {iso(b[0], "%Y-%m-%d %H:%M:%S"): {"1. open": num(b[1]), "2. high": num(b[2]), "3. low": num(b[3]), "4. close": num(b[4]), "5. volume": b[5]} for b in reversed(BARS)}},
             either(same(plain), refused("no column|JSON|members")))
    yield js("venue-json", "one object a line with a comma too many", "\n".join(json.dumps({"time": b[0], "open": b[1], "high": b[2], "low": b[3], "close": b[4], "volume": b[5]}) + "," for b in BARS), refused("JSON|document"))
    yield js("venue-json", "not a list", {"status": "error", "err-msg": "invalid symbol"}, refused("invalid symbol|no column|rows"))
    yield funding("venue-json", "dYdX funding", json.dumps({"historicalFunding": [{"ticker": "BTC-USD", "rate": num(float(r) / 8), "price": "9", "effectiveAt": iso(t + 3600 * k, "%Y-%m-%dT%H:%M:%S.000Z"), "effectiveAtHeight": "1"} for t, r in fund for k in range(8) if t + 3600 * k <= END]}),
                  noted("", lambda f: None if f.number("crowding of longs") else "no crowding"), file="f.json")
    yield funding("venue-json", "Gate funding", json.dumps([{"t": t, "r": r} for t, r in reversed(fund)]), file="f.json")
    yield funding("venue-json", "HTX funding", json.dumps({"status": "ok", "data": {"total_page": 1, "data": [{"fee_asset": "USDT", "funding_rate": r, "realized_rate": r, "funding_time": str(t * 1000), "contract_code": "BTC-USDT", "avg_premium_index": "0"} for t, r in fund]}}), file="f.json")
    sides = {"bids": [[num(p), num(q)] for p, q in snapshots[last]["bid"]], "asks": [[num(p), num(q)] for p, q in snapshots[last]["ask"]]}
    one_book = bench.control("one-book", "book", [("k.csv", table(["ts", "side", "price", "size"], [[last, side, p, q] for side in ("bid", "ask") for p, q in snapshots[last][side]]))])
    yield book("venue-json", "OKX book", json.dumps({"code": "0", "data": [{"asks": [[*l, "0", "4"] for l in sides["asks"]], "bids": [[*l, "0", "4"] for l in sides["bids"]], "ts": str(last * 1000)}]}), same(one_book), file="k.json")
    yield book("venue-json", "Gate book", json.dumps({"current": last + 0.5, "update": last, "asks": [{"p": p, "s": q} for p, q in sides["asks"]], "bids": [{"p": p, "s": q} for p, q in sides["bids"]]}), either(same(one_book), refused("time")), file="k.json")
    yield book("venue-json", "Deribit book", json.dumps({"jsonrpc": "2.0", "result": {"timestamp": last * 1000, "instrument_name": "BTC_USDC-PERPETUAL", "bids": snapshots[last]["bid"], "asks": snapshots[last]["ask"], "state": "open"}}), same(one_book), file="k.json")
    yield book("venue-json", "KuCoin book", json.dumps({"code": "200000", "data": {"time": last * 1000, "sequence": "1", **sides}}), same(one_book), file="k.json")

    # Rows of which none can be used, jumps.
    yield bars("no-usable-rows", "high below low", table(head, [[r[0], r[1], r[3], r[2], r[4], r[5]] for r in body[:400]]), refused("none of its 400|400.*dropped|no known"))
    yield bars("no-usable-rows", "a header and nothing", table(head, []), refused("no rows|rows"))
    split = [[b[0]] + [round(x / 1000, 8) for x in b[1:5]] + [b[5], 0.0] for b in BARS]
    yield bars("redenomination", "a thousandth from a day on", plain_bars(BARS[:700] + split[700:]), noted("jumps.*702", lambda f: None))
    yield bars("redenomination", "five for one", plain_bars([[b[0]] + [round(x * 5, 8) for x in b[1:5]] + [b[5], 0.0] for b in BARS[:700]] + BARS[700:]), noted("jumps.*702"))

    # Chains of options, each of the example's last chain, as other sources write them.
    chain = [r for r in rows("options/BTC.csv") if int(r[0]) == max(int(x[0]) for x in rows("options/BTC.csv"))]
    def option(name, data, check, file="o.json", change=None):
        return "option-chains", name, lambda: bench.run("options", [(file, data)], change), check
    implied = near(example, 0.03, "implied volatility", "volatility index")
    def name_of(r, coin="BTC"):
        return f"{coin}-{int(iso(int(r[1]), '%d'))}{iso(int(r[1]), '%b%y').upper()}-{r[2]}-{r[3][0].upper()}"
    yield option("Deribit's summaries", json.dumps({"jsonrpc": "2.0", "result": [{"instrument_name": name_of(r), "underlying_price": float(r[4]), "bid_price": float(r[5]) / float(r[4]), "ask_price": float(r[6]) / float(r[4]),
                 "mark_price": float(r[7]) / float(r[4]), "mark_iv": float(r[8]) * 100, "open_interest": float(r[11]), "creation_timestamp": int(r[0]) * 1000, "interest_rate": 0.0} for r in chain]}), implied)
    yield option("Bybit's tickers", json.dumps({"retCode": 0, "result": {"category": "option", "list": [{"symbol": name_of(r), "bid1Price": r[5], "bid1Iv": r[9], "ask1Price": r[6], "ask1Iv": r[10], "markPrice": r[7], "markIv": r[8],
                 "underlyingPrice": r[4], "openInterest": r[11]} for r in chain]}, "time": int(chain[0][0]) * 1000}), implied)
    yield option("ccxt's chain", json.dumps({f"BTC/USD:BTC-{iso(int(r[1]), '%y%m%d')}-{r[2]}-{r[3][0].upper()}": {"info": {}, "currency": "BTC", "symbol": f"BTC/USD:BTC-{iso(int(r[1]), '%y%m%d')}-{r[2]}-{r[3][0].upper()}",
                 "timestamp": int(r[0]) * 1000, "impliedVolatility": float(r[8]) * 100, "openInterest": float(r[11]), "bidPrice": float(r[5]) / float(r[4]), "askPrice": float(r[6]) / float(r[4]), "markPrice": float(r[7]) / float(r[4]),
                 "underlyingPrice": float(r[4])} for r in chain}), either(implied, refused("chain|volatil|expiry")))
    yield option("a chain of another coin", json.dumps({"result": [{"instrument_name": name_of(r, "ETH"), "underlying_price": float(r[4]), "bid_price": float(r[5]) / float(r[4]), "ask_price": float(r[6]) / float(r[4]),
                 "mark_price": float(r[7]) / float(r[4]), "mark_iv": float(r[8]) * 100, "open_interest": float(r[11]), "creation_timestamp": int(r[0]) * 1000} for r in chain]}), refused("ETH|no option|none|chain"))
    yield option("plain rows in percent", table(["timestamp", "symbol", "type", "strike_price", "expiration", "underlying_price", "bid_price", "ask_price", "mark_price", "mark_iv", "bid_iv", "ask_iv", "open_interest", "exchange", "local_timestamp"],
                 [[int(r[0]) * 1000000, name_of(r), r[3], r[2], int(r[1]) * 1000000, r[4], float(r[5]) / float(r[4]), float(r[6]) / float(r[4]), float(r[7]) / float(r[4]), float(r[8]) * 100, float(r[9]) * 100, float(r[10]) * 100, r[11], "deribit", int(r[0]) * 1000000] for r in chain]),
                 implied, file="o.csv")


def further(bench):
    """Further files of the kinds, of other sources, units and mistakes."""
    plain = bench.control("bars", "bars", [("b.csv", plain_bars())])
    both = bench.control("both", "bars", [("b.csv", plain_bars(quote=True))])
    example = bench.control("example", None, None)
    head = ["timestamp", "open", "high", "low", "close", "volume"]
    body = [[b[0]] + [num(x) for x in b[1:6]] for b in BARS]
    def bars(kind, name, data, check=None, change=None, file="b.csv", arguments=()):
        files = data if isinstance(data, list) else [(file, data)]
        return kind, name, lambda: bench.run("bars", files, change, arguments), check or same(plain)
    def js(kind, name, value, check=None):
        return bars(kind, name, value if isinstance(value, str) else json.dumps(value), check, file="b.json")
    def times(write, h="time"):
        return table([h] + head[1:], [[write(b[0])] + r[1:] for b, r in zip(BARS, body)])
    safe = either(same(plain), refused("."))
    safe2 = either(same(both), same(plain), refused("."))
    # instants
    for name, write in {
        "RFC 1123": lambda t: '"' + email.utils.format_datetime(datetime.datetime.fromtimestamp(t, UTC), usegmt=True) + '"',
        "month by name": lambda t: iso(t, "%d-%b-%Y %H:%M:%S"),
        "month by name first": lambda t: '"' + iso(t, "%b %d, %Y %H:%M") + '"',
        "month by name, twelve hours": lambda t: '"' + iso(t, "%b %d, %Y %I:%M %p") + '"',
        "lower case": lambda t: iso(t, "%Y-%m-%dt%H:%M:%Sz"),
        "decimal comma in quotes": lambda t: '"' + iso(t, "%Y-%m-%dT%H:%M:%S,000Z") + '"',
        "PostgreSQL": lambda t: iso(t, "%Y-%m-%d %H:%M:%S+00"),
        "PostgreSQL micro": lambda t: iso(t, "%Y-%m-%d %H:%M:%S.000000+00:00"),
        "India": lambda t: iso(t + 19800, "%Y-%m-%dT%H:%M:%S") + "+05:30",
        "named zone": lambda t: iso(t - 5*3600, "%Y-%m-%d %H:%M:%S") + " America/New_York",
        "EST": lambda t: iso(t - 5*3600, "%Y-%m-%d %H:%M:%S") + " EST",
        "GMT+2": lambda t: iso(t + 7200, "%Y-%m-%d %H:%M:%S") + " GMT+2",
        "UTC+8 brackets": lambda t: iso(t + 8*3600, "%Y-%m-%d %H:%M:%S") + " (UTC+8)",
        ".NET": lambda t: f"/Date({t*1000})/",
        "exponent of seconds": lambda t: f"{t:.9e}",
        "rounded exponent": lambda t: f"{t:.2E}",
        "hour only": lambda t: iso(t, "%Y-%m-%d %H"),
        "hour only T": lambda t: iso(t, "%Y-%m-%dT%H"),
        "T without seconds Z": lambda t: iso(t, "%Y-%m-%dT%H:%MZ"),
        "two digit year": lambda t: iso(t, "%d/%m/%y %H:%M"),
        "two digit year US": lambda t: iso(t, "%m/%d/%y %H:%M"),
        "day first dots": lambda t: iso(t, "%d.%m.%Y %H:%M:%S"),
        "day first dots ms": lambda t: iso(t, "%d.%m.%Y %H:%M:%S.000"),
        "24:00": lambda t: iso(t, "%Y-%m-%d %H:%M:%S") if iso(t,"%H")!="00" else iso(t-86400, "%Y-%m-%d 24:00:00"),
        "deciseconds": lambda t: t*10, "hundredths": lambda t: t*100,
        "Julian": lambda t: f"{t/86400+2440587.5:.6f}",
        "minutes": lambda t: t//60,
        "weekday": lambda t: iso(t, "%a %Y-%m-%d %H:%M:%S"),
        "Z with space": lambda t: iso(t, "%Y-%m-%d %H:%M:%S Z"),
        "year day": lambda t: iso(t, "%Y-%jT%H:%M:%SZ"),
        "compact with ms": lambda t: iso(t, "%Y%m%d%H%M%S000"),
        "compact blank time": lambda t: iso(t, "%Y%m%d %H%M%S"),
        "compact colon": lambda t: iso(t, "%Y%m%d %H:%M:%S"),
        "Japanese": lambda t: iso(t, "%Y年%m月%d日 %H:%M"),
    }.items():
        yield bars("instants", name, times(write), safe)
    # Berlin wall clock
    tz = zoneinfo.ZoneInfo("Europe/Berlin")
    yield bars("instants", "wall clock with both offsets", times(lambda t: datetime.datetime.fromtimestamp(t, tz).isoformat()))
    yield bars("instants", "wall clock NY Bloomberg", times(lambda t: datetime.datetime.fromtimestamp(t, zoneinfo.ZoneInfo("America/New_York")).strftime("%Y-%m-%d %H:%M:%S%z")))
    # separators
    yield bars("separators", "markdown table", "\n".join(["| " + " | ".join(head) + " |", "|" + "---|"*6] + ["| " + " | ".join(map(str, r)) + " |" for r in body]) + "\n", safe)
    yield bars("separators", "footer", table(head, body) + "Total,,,,,12345\n", safe)
    yield bars("separators", "footer of source", table(head, body) + "# Source: exchange\n", either(safe, noted("dropped|bad")))
    yield bars("separators", "comments in the middle", table(head, body[:500]) + "# part two\n" + table([], body[500:]), either(safe, noted("dropped|bad")))
    yield bars("separators", "blank lines", table(head, body).replace("\n", "\n\n"))
    yield bars("separators", "apostrophes", table(head, [[r[0]] + [f"{float(x):,.1f}".replace(",", "'") for x in r[1:5]] + r[5:] for r in body]), safe)
    yield bars("separators", "underscores", table(head, [[r[0]] + [f"{float(x):_.1f}" for x in r[1:5]] + r[5:] for r in body]), safe)
    yield bars("separators", "dollars", table(head, [[r[0]] + ["$" + x for x in r[1:5]] + r[5:] for r in body]), safe)
    yield bars("separators", "narrow spaces", table(head, [[r[0]] + [f"{float(x):,.1f}".replace(",", "\u202f") for x in r[1:5]] + r[5:] for r in body]), safe)
    yield bars("separators", "volumes with K", table(head, [r[:5] + [f"{float(r[5])/1000:.4f}K"] for r in body]), safe)
    yield bars("separators", "tab header, comma rows", table(head, body[:0], "\t") + table([], body), safe)
    yield bars("separators", "equals csv formulas", table(head, [[f'"=""{r[0]}"""'] + r[1:] for r in body]), safe)
    yield bars("separators", "single quotes", table([f"'{h}'" for h in head], [[f"'{x}'" for x in r] for r in body]), safe)
    yield bars("separators", "plus signs", table(head, [[r[0]] + ["+" + x for x in r[1:]] for r in body]), safe)
    yield bars("separators", "hex floats", table(head, [[r[0]] + [float(x).hex() for x in r[1:]] for r in body]), safe)
    yield bars("separators", "exponents", table(head, [[r[0]] + [f"{float(x):.12e}" for x in r[1:]] for r in body]))
    # names
    yield bars("column-names", "Yahoo, adjusted close differs", table(["Datetime", "Open", "High", "Low", "Close", "Adj Close", "Volume"], [[iso(r[0], "%Y-%m-%d %H:%M:%S+00:00"), *r[1:5], num(float(r[4]) / 2), r[5]] for r in body]))
    yield bars("column-names", "yfinance, three headers", "Price,Close,High,Low,Open,Volume\nTicker,BTC-USD,BTC-USD,BTC-USD,BTC-USD,BTC-USD\nDatetime,,,,,\n" + table([], [[iso(r[0], "%Y-%m-%d %H:%M:%S+00:00"), r[4], r[2], r[3], r[1], r[5]] for r in body]), either(safe, noted("")))
    yield bars("column-names", "close_time only", table(["close_time", *head[1:]], [[r[0] * 1000 + 3599999, *r[1:]] for r in body]), safe)
    yield bars("column-names", "end", table(["end", *head[1:]], [[r[0] + 3600, *r[1:]] for r in body]), safe)
    yield bars("column-names", "period_end", table(["time_period_end", *head[1:]], [[iso(r[0] + 3600), *r[1:]] for r in body]), safe)
    yield bars("column-names", "closeTime first, openTime later", table(["closeTime", *head[1:], "openTime"], [[r[0] * 1000 + 3599999, *r[1:], r[0] * 1000] for r in body]))
    yield bars("column-names", "Tardis bars", table(["type", "symbol", "exchange", "name", "interval", "open", "high", "low", "close", "volume", "buyVolume", "sellVolume", "trades", "vwap", "openTimestamp", "closeTimestamp", "timestamp", "localTimestamp"],
        [["trade_bar", "BTCUSDT", "binance", "trade_bar_1h", 3600000, *r[1:], 1, 1, 7, r[4], iso(r[0] + 1), iso(r[0] + 3599), iso(r[0] + 3600), iso(r[0] + 3600)] for r in body]), safe)
    yield bars("column-names", "Investing.com", table(['"Date"', '"Price"', '"Open"', '"High"', '"Low"', '"Vol."', '"Change %"'], [[f'"{iso(r[0], "%m/%d/%Y %H:%M")}"', f'"{float(r[4]):,.1f}"', f'"{float(r[1]):,.1f}"', f'"{float(r[2]):,.1f}"', f'"{float(r[3]):,.1f}"', f'"{float(r[5])/1000:.2f}K"', '"0.1%"'] for r in reversed(body)]), safe)
    yield bars("column-names", "Price for Close", table(["Date", "Price", "Open", "High", "Low", "Volume"], [[iso(r[0]), r[4], r[1], r[2], r[3], r[5]] for r in body]), safe)
    yield bars("column-names", "aggregate trades of Binance", table(["agg_trade_id", "price", "quantity", "first_trade_id", "last_trade_id", "transact_time", "is_buyer_maker"], [[i, r[4], r[5], i, i, r[0] * 1000, "true"] for i, r in enumerate(body)]), refused("."))
    yield bars("column-names", "tickers of a day", json.dumps([{"symbol": "BTCUSDT", "openTime": r[0] * 1000, "closeTime": r[0] * 1000 + 86399999, "openPrice": r[1], "highPrice": r[2], "lowPrice": r[3], "lastPrice": r[4], "volume": r[5], "quoteVolume": num(b[6]), "firstId": 1, "count": 3} for r, b in zip(body, BARS)]), refused("."), file="b.json")
    yield bars("column-names", "heikin ashi beside", table([*head, "ha_open", "ha_high", "ha_low", "ha_close"], [[*r, "1", "2", "1", "2"] for r in body]))
    yield bars("column-names", "bid and ask bars", table(["timestamp", "bid_open", "bid_high", "bid_low", "bid_close", "ask_open", "ask_high", "ask_low", "ask_close", "volume"], [[r[0], *r[1:5], *[num(float(x) * 1.001) for x in r[1:5]], r[5]] for r in body]), safe)
    yield bars("column-names", "mark and last", table(["timestamp", "mark_open", "mark_high", "mark_low", "mark_close", "open", "high", "low", "close", "volume"], [[r[0], 1, 1, 1, 1, *r[1:]] for r in body]))
    yield bars("column-names", "two closes", table([*head, "close"], [[*r, num(float(r[4]) * 1.01)] for r in body]), refused("."))
    yield bars("column-names", "two volumes one name", table([*head, "volume"], [[*r, num(b[6])] for r, b in zip(body, BARS)]), safe2)
    yield bars("column-names", "buy and sell volume only", table([*head[:5], "buy_volume", "sell_volume"], [[*r[:5], num(float(r[5]) / 2), num(float(r[5]) / 2)] for r in body]), safe)
    yield bars("column-names", "taker buy volume and volume", table([*head[:5], "taker_buy_volume", "volume"], [[*r[:5], num(float(r[5]) / 2), r[5]] for r in body]))
    yield bars("column-names", "volume in millions by name", table([*head[:5], "volume_musd"], [[*r[:5], num(b[6] / 1e6)] for r, b in zip(body, BARS)]), safe)
    yield bars("column-names", "volume (contracts)", table([*head[:5], "volume_contracts"], [[*r[:5], num(round(b[5] * 100))] for r, b in zip(body, BARS)]), safe)
    yield bars("column-names", "volume (lots)", table([*head[:5], "Volume (lots)"], [[*r[:5], num(round(b[5] * 100))] for r, b in zip(body, BARS)]), safe)
    yield bars("column-names", "volume (USD) alone", table([*head[:5], "Volume (USD)"], [[*r[:5], num(b[6])] for r, b in zip(body, BARS)]), either(near(both, 0.01, "daily volume", "initial rate (long)"), refused(".")))
    yield bars("column-names", "Volume USDT alone", table([*head[:5], "Volume USDT"], [[*r[:5], num(b[6])] for r, b in zip(body, BARS)]), either(near(both, 0.01, "daily volume", "initial rate (long)"), refused(".")))
    yield bars("column-names", "tick volume alone", table([*head[:5], "tick_volume"], [[*r[:5], 17] for r in body]), refused("."))
    yield bars("column-names", "number of trades as volume? trades", table([*head[:5], "trades"], [[*r[:5], 17] for r in body]), refused("."))
    # scaled prices
    def scaled(k): return table(head, [[r[0], *[num(float(x) * k) for x in r[1:5]], r[5]] for r in body])
    yield bars("price-unit", "Databento's integers of 1e-9", table(["ts_event", "rtype", "publisher_id", "instrument_id", "open", "high", "low", "close", "volume", "symbol"], [[r[0] * 10**9, 34, 1, 1, *[round(float(x) * 1e9) for x in r[1:5]], r[5], "BTC"] for r in body]), either(safe, noted("times what the other series say")))
    yield bars("price-unit", "cents", scaled(100), either(refused("."), noted("times what the other series say")))
    yield bars("price-unit", "thousandths", scaled(1e-3), either(refused("."), noted("times what the other series say")))
    yield bars("price-unit", "another coin", scaled(0.035), either(refused("."), noted("times what the other series say")))
    yield bars("price-unit", "inverse", table(head, [[r[0], *[num(1 / float(x)) for x in (r[1], r[3], r[2], r[4])], r[5]] for r in body]), either(refused("."), noted("times what the other series say")))
    yield bars("price-unit", "euros", scaled(0.92), either(refused("."), noted("times what the other series say")))
    # frozen
    frozen = [list(b) for b in BARS]
    for i in range(len(frozen) - 30, len(frozen)): frozen[i][1:] = frozen[len(frozen) - 31][1:]
    yield bars("frozen", "the newest thirty bars are one", plain_bars(frozen), either(refused("."), noted("repeat those before")))
    flat = [list(b) for b in BARS]
    for i in range(len(flat) - 30, len(flat)): c = flat[len(flat) - 31][4]; flat[i][1:] = [c, c, c, c, 0.0, 0.0]
    yield bars("frozen", "the newest thirty bars are flat, without volume", plain_bars(flat), either(refused("."), noted("without a trade")))
    lead = [list(b) for b in BARS]
    for i in range(0, 700): c = lead[700][1]; lead[i][1:] = [c, c, c, c, 0.0, 0.0]
    yield bars("frozen", "flat before the listing", plain_bars(lead), either(refused("."), noted("without a trade")))
    # Containers
    text = plain_bars()
    yield bars("containers", "zip with read-me", zipped([("README.txt", "Data by us\n"), ("BTC.csv", text)]), either(safe, noted("")), file="b.zip")
    yield bars("containers", "gzip named csv", gzip.compress(text.encode()), file="b.csv")
    yield bars("containers", "csv named gz", text, safe, file="b.csv.gz")
    yield bars("containers", "zip named csv", zipped([("BTC.csv", text)]), file="b.csv")
    yield bars("containers", "LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", refused("LFS"))
    yield bars("containers", "nothing", "", refused("."))
    yield bars("containers", "nul bytes at the end", text.encode() + bytes(4096), either(refused("."), noted(".")))
    yield bars("containers", "lz4", b"\x04\x22\x4d\x18" + bytes(60), refused("."), file="b.lz4")
    enc = bytearray(zipped([("BTC.csv", text)])); enc[6] |= 1; i = enc.rindex(b"PK\x01\x02"); enc[i + 8] |= 1
    yield bars("containers", "zip encrypted", bytes(enc), refused("encrypt|passphrase|password"), file="b.zip")
    yield bars("containers", "double gzip", gzip.compress(gzip.compress(text.encode())), safe, file="b.csv.gz")
    yield bars("containers", "rar", b"Rar!\x1a\x07\x01\x00" + bytes(60), refused("RAR|rar"), file="b.rar")
    yield bars("containers", "base64 of gzip", base64.b64encode(gzip.compress(text.encode())).decode(), refused("."))
    yield bars("containers", "pickle", pickle.dumps(body), refused("."), file="b.pkl")
    yield bars("containers", "protobuf-like noise", bytes(range(256)) * 50, refused("."), file="b.bin")
    yield bars("containers", "utf-16 without mark", text.encode("utf-16-le"), refused("UTF-16|UTF"))
    yield bars("containers", "latin-1 title", "Données de marché\n".encode("latin-1") + text.encode(), safe)
    # many files
    moved = [[b[0]] + [round(x * 1.01, 2) for x in b[1:5]] + b[5:] for b in BARS]
    yield bars("many-files", "overlap that disagrees", [("a.csv", plain_bars(BARS[:900])), ("b.csv", plain_bars(moved[700:]))], either(refused("."), noted("contradict|disagree|differ")))
    yield bars("many-files", "two venues after another, one in contracts", [("a.csv", plain_bars(BARS[:900])), ("b.csv", plain_bars([b[:5] + [b[5] * 1000, b[6]] for b in BARS[900:]]))], either(refused("."), noted("jumps of the volume")))
    yield bars("many-files", "quote column in one file only", [("a.csv", plain_bars(BARS[:900])), ("b.csv", plain_bars(BARS[900:], quote=True))], either(safe2, noted("")))
    yield bars("many-files", "a zip and a csv of JSON", [("a.zip", zipped([("a.csv", plain_bars(BARS[:900]))])), ("b.json", json.dumps([[b[0] * 1000, *b[1:6]] for b in BARS[900:]]))])
    yield bars("many-files", "hour files with a day missing", [("a.csv", plain_bars(BARS[:900])), ("b.csv", plain_bars(BARS[948:]))], noted("gap"))
    yield bars("many-files", "monthly zips and daily zips of the same month", [("m.zip", zipped([("m.csv", plain_bars())])), ("d.zip", zipped([("d.csv", plain_bars(BARS[-24:]))]))], noted("duplicate", same(plain)))
    # funding
    fund = [(t, num(r)) for t, r in FUNDING]
    def funding(kind, name, data, check=None, change=None, file="f.csv"):
        return kind, name, lambda: bench.run("funding", [(file, data)], change), check or same(example)
    fsafe = either(same(example), refused("."))
    fnear = either(near(example, 0.02, "crowding of longs", "crowding of shorts", "initial rate (short)"), refused("."))
    for name, (h, k) in {"Funding Rate (%)": ("Funding Rate (%)", 100), "funding_rate_pct": ("funding_rate_pct", 100), "fundingRatePercent": ("fundingRatePercent", 100), "rate in bps": ("funding_rate_bps", 1e4), "annual": ("funding_rate_annualized", 1095), "apr": ("funding_apr", 1095), "fundingRateDaily alone": ("fundingRateDaily", 3), "predicted": ("predicted_funding_rate", 1), "next": ("nextFundingRate", 1), "estimated": ("estimatedRate", 1)}.items():
        yield funding("funding-unit", name, table(["time", h], [[t, num(float(r) * k)] for t, r in fund]), fsafe)
    yield funding("funding-unit", "percent without a word", table(["time", "funding_rate"], [[t, num(float(r) * 100)] for t, r in fund]), either(fsafe, noted("rate|percent")))
    yield funding("funding-unit", "predicted beside", table(["time", "predicted_rate", "funding_rate"], [[t, "0.5", r] for t, r in fund]))
    yield funding("funding-unit", "ppm by name", table(["time", "funding_rate_ppm"], [[t, num(round(float(r) * 1e6))] for t, r in fund]), fsafe)
    hourly = [(t + 3600 * k, float(r) / 8, float(r)) for t, r in FUNDING for k in range(8) if t + 3600 * k <= END]
    yield funding("venue-json", "Deribit's hours", json.dumps({"result": [{"timestamp": t * 1000, "index_price": 9.0, "prev_index_price": 9.0, "interest_8h": r8, "interest_1h": r} for t, r, r8 in hourly]}), either(noted("", lambda f: None if f.number("crowding of longs") else "none"), refused(".")), file="f.json")
    yield funding("venue-json", "KuCoin", json.dumps({"code": "200000", "data": [{"symbol": "XBTUSDTM", "fundingRate": float(r), "timepoint": t * 1000} for t, r in fund]}), file="f.json")
    yield funding("venue-json", "KuCoin points", json.dumps({"code": "200000", "data": {"dataList": [{"symbol": ".XBTUSDTMFPI8H", "granularity": 28800000, "timePoint": t * 1000, "value": float(r), "predictedValue": 0.5} for t, r in fund]}}), fsafe, file="f.json")
    yield funding("venue-json", "MEXC", json.dumps({"success": True, "code": 0, "data": {"pageSize": 20, "resultList": [{"symbol": "BTC_USDT", "fundingRate": float(r), "settleTime": t * 1000} for t, r in fund]}}), file="f.json")
    yield funding("venue-json", "Bitget", json.dumps({"code": "00000", "data": [{"symbol": "BTCUSDT", "fundingRate": r, "fundingTime": str(t * 1000)} for t, r in reversed(fund)]}), file="f.json")
    yield funding("venue-json", "Phemex", json.dumps({"code": 0, "data": {"rows": [{"symbol": "BTCUSDT", "fundingRate": r, "fundingTime": t * 1000, "intervalSeconds": 28800} for t, r in fund]}}), file="f.json")
    yield funding("venue-json", "dYdX v3", json.dumps({"historicalFunding": [{"market": "BTC-USD", "rate": num(r), "price": "9", "effectiveAt": iso(t, "%Y-%m-%dT%H:%M:%S.000Z")} for t, r, _ in hourly]}), either(noted("", lambda f: None if f.number("crowding of longs") else "none"), refused(".")), file="f.json")
    yield funding("venue-json", "Coinbase INTX", json.dumps({"pagination": {}, "results": [{"instrument_id": "149", "funding_rate": num(r), "mark_price": "9", "event_time": iso(t)} for t, r, _ in hourly]}), either(noted("", lambda f: None if f.number("crowding of longs") else "none"), refused(".")), file="f.json")
    yield funding("venue-json", "Kraken's absolute rate", json.dumps({"rates": [{"timestamp": iso(t), "fundingRate": r * 95000, "relativeFundingRate": r} for t, r, _ in hourly]}), either(noted("", lambda f: None if f.number("crowding of longs") else "none"), refused(".")), file="f.json")
    yield funding("venue-json", "Kraken's absolute rate alone", json.dumps({"rates": [{"timestamp": iso(t), "fundingRate": r * 95000} for t, r, _ in hourly]}), either(refused("."), noted("rate")), file="f.json")
    yield funding("venue-json", "Bitfinex status", json.dumps([[t * 1000, None, 9, 9, None, 9, None, (t + 28800) * 1000, float(r), 0, None, float(r), None, None, 9, None, None, 9] for t, r in fund]), fsafe, file="f.json")
    yield funding("venue-json", "CoinGlass candles", json.dumps({"code": "0", "data": [{"time": t * 1000, "open": r, "high": r, "low": r, "close": r} for t, r in fund]}), fsafe, file="f.json")
    # OI
    def oi(kind, name, data, check, change=None, file="o.csv"):
        return kind, name, lambda: bench.run("oi", [(file, data)], change), check
    at = {b[0]: b[4] for b in BARS}
    amounts = [(t, (a + b) / 2, (a + b) / 2 / at.get(t - 3600, BARS[0][4])) for t, a, b in OI]
    even = bench.control("even", "oi", [("o.csv", table(["time", "long", "short"], [(t, num(v), num(v)) for t, v, _ in amounts]))])
    interest = near(even, 0.02, "open interest")
    isafe = either(interest, refused("."))
    for name, value in {
        "Gate's statistics": [{"time": t, "open_interest": round(a * 10000), "open_interest_usd": v, "lsr_taker": 1.0, "lsr_account": 1.0, "long_liq_usd": 0, "mark_price": v / a} for t, v, a in amounts],
        "ccxt's history": [{"symbol": "BTC/USDT:USDT", "openInterestAmount": a, "openInterestValue": v, "timestamp": t * 1000, "datetime": iso(t), "baseVolume": None, "info": {}} for t, v, a in amounts],
        "ccxt's contracts": [{"symbol": "BTC/USDT:USDT", "openInterestAmount": a, "openInterestValue": None, "timestamp": t * 1000, "datetime": iso(t)} for t, v, a in amounts],
        "Bitget": [{"code": "00000", "data": {"openInterestList": [{"symbol": "BTCUSDT", "size": num(a)}], "ts": str(t * 1000)}} for t, v, a in amounts],
        "Binance present": [{"openInterest": num(a), "symbol": "BTCUSDT", "time": t * 1000} for t, v, a in amounts],
        "Binance coin-margined": [{"pair": "BTCUSD", "contractType": "PERPETUAL", "sumOpenInterest": num(v / 100), "sumOpenInterestValue": num(a), "timestamp": t * 1000} for t, v, a in amounts],
        "BitMEX linear": [{"symbol": "XBTUSDT", "openInterest": round(a * 1e6), "timestamp": iso(t)} for t, v, a in amounts],
        "CoinGlass": {"code": "0", "data": [{"time": t * 1000, "open": num(v), "high": num(v), "low": num(v), "close": num(v)} for t, v, a in amounts]},
        "HTX": [{"symbol": "BTC", "volume": round(a * 1000), "amount": a, "value": v, "contract_code": "BTC-USDT", "ts": t * 1000} for t, v, a in amounts],
        "account ratio of Binance": [{"symbol": "BTCUSDT", "longAccount": "0.6", "shortAccount": "0.4", "longShortRatio": "1.5", "timestamp": t * 1000} for t, v, a in amounts],
        "OKX contracts only": {"code": "0", "data": [{"instId": "BTC-USDT-SWAP", "instType": "SWAP", "oi": num(a * 100), "ts": str(t * 1000)} for t, v, a in amounts]},
    }.items():
        yield oi("open-interest", name, json.dumps(value) if not name == "Bitget" else "\n".join(map(json.dumps, value)), isafe, file="o.json")
    for name, (h, k) in {"open_interest_usd": ("open_interest_usd", "v"), "oi_value": ("oi_value", "v"), "open_interest_contracts": ("open_interest_contracts", "c"), "open_interest_btc": ("open_interest_btc", "a"), "openInterest (M USD)": ("Open Interest (M USD)", "m"), "oi_musd": ("oi_musd", "m")}.items():
        yield oi("open-interest", name, table(["time", h], [[t, num({"v": v, "a": a, "c": a * 100, "m": v / 1e6}[k])] for t, v, a in amounts]), isafe)
    yield oi("open-interest", "long and short as shares", table(["time", "long", "short"], [(t, "0.6", "0.4") for t, v, _ in amounts]), either(refused("."), noted("open interest|open-interest")))
    yield oi("open-interest", "ratio in percent", table(["create_time", "symbol", "sum_open_interest", "sum_open_interest_value", "count_long_short_ratio"], [[iso(t, "%Y-%m-%d %H:%M:%S"), "BTCUSDT", num(a), num(v), "150"] for t, v, a in amounts]), either(refused("."), noted("ratio")))
    yield oi("open-interest", "both sides added", table(["time", "open_interest_usd", "long_oi", "short_oi"], [(t, num(v), num(v / 2), num(v / 2)) for t, v, _ in amounts]), either(isafe, near(even, 1.0, "open interest")))
    # Books
    snaps = {}
    for r in BOOK: snaps.setdefault(int(r[2]), {"bid": [], "ask": []})[r[3]].append((float(r[4]), float(r[5])))
    for s in snaps.values(): s["bid"].sort(reverse=True); s["ask"].sort()
    def book(kind, name, data, check=None, change=None, file="k.csv"):
        return kind, name, lambda: bench.run("book", [(file, data)], change), check or same(plain_book)
    plain_book = bench.control("book", "book", [("k.csv", table(["venue", "symbol", "ts", "side", "price", "size"], BOOK))])
    bsafe = either(same(plain_book), refused("."))
    def sc(k, q=1.0): return table(["ts", "side", "price", "size"], [[r[2], r[3], num(float(r[4]) * k), num(float(r[5]) * q)] for r in BOOK])
    yield book("books", "of another coin", sc(0.035), either(refused("."), noted("times what the other series say")))
    yield book("books", "in cents", sc(100), either(refused("."), noted("times what the other series say")))
    yield book("books", "percentages of Binance", table(["timestamp", "percentage", "depth", "notional"], [[iso(t, "%Y-%m-%d %H:%M:%S"), p, 100 * abs(p), 1e7 * abs(p)] for t in sorted(snaps) for p in (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)]), either(refused("."), noted("")))
    yield book("books", "differences of Binance's stream", "\n".join(json.dumps({"e": "depthUpdate", "E": t * 1000, "T": t * 1000, "s": "BTCUSDT", "U": 1, "u": 2, "pu": 0, "b": [[num(p), num(q)] for p, q in s["bid"][:3]], "a": [[num(p), num(q)] for p, q in s["ask"][:3]]}) for t, s in sorted(snaps.items())), refused("."), file="k.json")
    yield book("books", "differences of Coinbase", "\n".join(json.dumps({"type": "l2update", "product_id": "BTC-USD", "time": iso(t), "changes": [["buy", num(p), num(q)] for p, q in s["bid"][:3]]}) for t, s in sorted(snaps.items())), refused("."), file="k.json")
    yield book("books", "Bybit delta", "\n".join(json.dumps({"topic": "orderbook.50.BTCUSDT", "type": "delta", "ts": t * 1000, "data": {"s": "BTCUSDT", "b": [[num(p), num(q)] for p, q in s["bid"][:3]], "a": [], "u": 1}}) for t, s in sorted(snaps.items())), refused("."), file="k.json")
    yield book("books", "Bybit snapshots", "\n".join(json.dumps({"topic": "orderbook.50.BTCUSDT", "type": "snapshot", "ts": t * 1000, "data": {"s": "BTCUSDT", "b": [[num(p), num(q)] for p, q in s["bid"]], "a": [[num(p), num(q)] for p, q in s["ask"]], "u": 1}}) for t, s in sorted(snaps.items())), bsafe, file="k.json")
    yield book("books", "OKX updates", "\n".join(json.dumps({"arg": {"channel": "books", "instId": "BTC-USDT"}, "action": "update", "data": [{"asks": [], "bids": [[num(p), num(q), "0", "1"] for p, q in s["bid"][:3]], "ts": str(t * 1000)}]}) for t, s in sorted(snaps.items())), refused("."), file="k.json")
    yield book("books", "nanoseconds", table(["ts", "side", "price", "size"], [[r[2] + "000000000", r[3], r[4], r[5]] for r in BOOK]))
    yield book("books", "sides as B and S", table(["ts", "side", "price", "size"], [[r[2], {"bid": "B", "ask": "S"}[r[3]], r[4], r[5]] for r in BOOK]))
    yield book("books", "sides as B and A", table(["ts", "side", "price", "size"], [[r[2], {"bid": "B", "ask": "A"}[r[3]], r[4], r[5]] for r in BOOK]))
    yield book("books", "sides as 1 and 2", table(["ts", "side", "price", "size"], [[r[2], {"bid": "1", "ask": "2"}[r[3]], r[4], r[5]] for r in BOOK]), bsafe)
    yield book("books", "sides as 0 and 1", table(["ts", "side", "price", "size"], [[r[2], {"bid": "0", "ask": "1"}[r[3]], r[4], r[5]] for r in BOOK]), bsafe)
    yield book("books", "is_bid", table(["ts", "is_bid", "price", "size"], [[r[2], {"bid": "true", "ask": "false"}[r[3]], r[4], r[5]] for r in BOOK]), bsafe)
    yield book("books", "signed amounts of Bitfinex", table(["ts", "price", "count", "amount"], [[r[2], r[4], 1, r[5] if r[3] == "bid" else "-" + r[5]] for r in BOOK]), bsafe)
    cum = []
    for t, s in sorted(snaps.items()):
        for side in ("bid", "ask"):
            q = 0
            for p, x in s[side]: q += x; cum.append([t, side, p, num(q)])
    yield book("books", "cumulative sizes by name", table(["ts", "side", "price", "cumulative_size"], cum), refused("."))
    yield book("books", "total beside", table(["ts", "side", "price", "size", "total"], [[r[2], r[3], r[4], r[5], "9"] for r in BOOK]))
    yield book("books", "size in USD by name", table(["ts", "side", "price", "size_usd"], [[r[2], r[3], r[4], num(float(r[4]) * float(r[5]))] for r in BOOK]), either(bsafe, near(plain_book, 0.02, "initial rate (long)")))
    wide = [[t, *[x for i in range(5) for x in (*s["bid"][i], *s["ask"][i])]] for t, s in sorted(snaps.items())]
    yield book("books", "best bid and ask only", table(["timestamp", "bid_price", "bid_qty", "ask_price", "ask_qty"], [[t, *s["bid"][0], *s["ask"][0]] for t, s in sorted(snaps.items())]), either(refused("."), noted("best|level|one")))
    # Chains
    chain = [r for r in rows("options/BTC.csv") if int(r[0]) == max(int(x[0]) for x in rows("options/BTC.csv"))]
    def option(name, data, check, file="o.json", change=None):
        return "option-chains", name, lambda: bench.run("options", [(file, data)], change), check
    implied = near(example, 0.03, "implied volatility", "volatility index")
    osafe = either(implied, refused("."), noted("contradict each other"))
    def name_of(r, coin="BTC"): return f"{coin}-{int(iso(int(r[1]), '%d'))}{iso(int(r[1]), '%b%y').upper()}-{r[2]}-{r[3][0].upper()}"
    yield option("Deribit's USDC options", json.dumps({"result": [{"instrument_name": name_of(r, "BTC_USDC"), "underlying_price": float(r[4]), "bid_price": float(r[5]), "ask_price": float(r[6]), "mark_price": float(r[7]), "mark_iv": float(r[8]) * 100, "open_interest": float(r[11]), "creation_timestamp": int(r[0]) * 1000, "quote_currency": "USDC", "base_currency": "BTC"} for r in chain]}), osafe)
    yield option("Deribit's names with fractions", json.dumps({"result": [{"instrument_name": name_of(r), "underlying_price": float(r[4]), "bid_price": float(r[5]) / float(r[4]), "ask_price": float(r[6]) / float(r[4]), "mark_price": float(r[7]) / float(r[4]), "mark_iv": float(r[8]), "open_interest": float(r[11]), "creation_timestamp": int(r[0]) * 1000} for r in chain]}), osafe)
    h = list(csv.reader(open(os.path.join(EXAMPLE, "options/BTC.csv"))))[0]
    yield option("plain in percent", table(h, [r[:8] + [num(float(x) * 100) for x in r[8:11]] + r[11:] for r in chain]), osafe, file="o.csv")
    yield option("plain with CALL and PUT", table(h, [r[:3] + [{"c": "CALL", "p": "PUT"}[r[3][0].lower()]] + r[4:] for r in chain]), osafe, file="o.csv")
    yield option("plain prices in coins", table(h, [r[:5] + [num(float(x) / float(r[4])) for x in r[5:8]] + r[8:] for r in chain]), either(osafe, noted("times what the other series say")), file="o.csv")
    yield option("expired chain", table(h, [[r[0], str(int(r[0]) - 86400 * (1 + i % 5)), *r[2:]] for i, r in enumerate(chain)]), either(refused("."), noted("expir|option")), file="o.csv")
    yield option("calls alone", table(h, [r for r in chain if r[3][0].lower() == "c"]), either(osafe, noted("")), file="o.csv")
    yield option("puts and calls exchanged", table(h, [r[:3] + [{"c": "put", "p": "call"}[r[3][0].lower()]] + r[4:] for r in chain]), either(refused("."), noted("contradict each other")), file="o.csv")
    joined = [{"symbol": f"BTC-{iso(int(r[1]), '%y%m%d')}-{int(float(r[2]))}-{r[3][0].upper()}", "bidPrice": r[5], "askPrice": r[6], "markPrice": r[7], "markIV": r[8],
               "bidIV": r[9], "askIV": r[10], "openTime": (int(r[0]) - 86400) * 1000, "closeTime": int(r[0]) * 1000, "strikePrice": r[2], "exercisePrice": r[4]} for r in chain]
    yield option("Binance's tickers with marks", json.dumps(joined), implied)
    # JSON
    for name, value in {
        "pandas records with iso": [{"Date": iso(b[0], "%Y-%m-%dT%H:%M:%S.000"), "Open": b[1], "High": b[2], "Low": b[3], "Close": b[4], "Volume": b[5]} for b in BARS],
        "pandas split": {"columns": head, "index": list(range(len(BARS))), "data": [b[:6] for b in BARS]},
        "pandas index by time": {c: {str(b[0] * 1000): b[k + 1] for b in BARS} for k, c in enumerate(head[1:])},
        "pandas orient index": {str(b[0] * 1000): dict(zip(head[1:], b[1:6])) for b in BARS},
        "Bitstamp": {"data": {"pair": "BTC/USD", "ohlc": [{"timestamp": str(b[0]), "open": num(b[1]), "high": num(b[2]), "low": num(b[3]), "close": num(b[4]), "volume": num(b[5])} for b in BARS]}},
        "Gemini": [[b[0] * 1000, *b[1:6]] for b in reversed(BARS)],
        "Crypto.com": {"id": -1, "method": "public/get-candlestick", "code": 0, "result": {"interval": "1h", "data": [{"o": num(b[1]), "h": num(b[2]), "l": num(b[3]), "c": num(b[4]), "v": num(b[5]), "t": b[0] * 1000} for b in BARS], "instrument_name": "BTC_USDT"}},
        "Upbit": [{"market": "USDT-BTC", "candle_date_time_utc": iso(b[0], "%Y-%m-%dT%H:%M:%S"), "candle_date_time_kst": iso(b[0] + 9 * 3600, "%Y-%m-%dT%H:%M:%S"), "opening_price": b[1], "high_price": b[2], "low_price": b[3], "trade_price": b[4], "timestamp": b[0] * 1000 + 3599000, "candle_acc_trade_price": b[6], "candle_acc_trade_volume": b[5], "unit": 60} for b in reversed(BARS)],
        "Bithumb": {"status": "0000", "data": [[b[0] * 1000, num(b[1]), num(b[4]), num(b[2]), num(b[3]), num(b[5])] for b in BARS]},
        "Poloniex": [[num(b[3]), num(b[2]), num(b[1]), num(b[4]), num(b[6]), num(b[5]), "1", "1", 3, b[0] * 1000 + 3599000, num(b[4]), "HOUR_1", b[0] * 1000, b[0] * 1000 + 3599999] for b in BARS],
        "WOO": {"success": True, "rows": [{"open": b[1], "close": b[4], "low": b[3], "high": b[2], "volume": b[5], "amount": b[6], "symbol": "SPOT_BTC_USDT", "type": "1h", "start_timestamp": b[0] * 1000, "end_timestamp": b[0] * 1000 + 3600000} for b in BARS]},
        "BingX": {"code": 0, "data": [{"open": num(b[1]), "close": num(b[4]), "high": num(b[2]), "low": num(b[3]), "volume": num(b[5]), "time": b[0] * 1000} for b in reversed(BARS)]},
        "Phemex": {"code": 0, "data": {"total": -1, "rows": [[b[0], 3600, num(b[1]), num(b[1]), num(b[2]), num(b[3]), num(b[4]), num(b[5]), num(b[6])] for b in BARS]}},
        "TradingView UDF": {"s": "ok", "t": [b[0] for b in BARS], "o": [b[1] for b in BARS], "h": [b[2] for b in BARS], "l": [b[3] for b in BARS], "c": [b[4] for b in BARS], "v": [b[5] for b in BARS]},
        "UDF without data": {"s": "no_data", "t": [], "o": [], "h": [], "l": [], "c": [], "v": []},
        "CoinGecko ohlc": [[b[0] * 1000, *b[1:5]] for b in BARS],
        "CoinGecko chart": {"prices": [[b[0] * 1000, b[4]] for b in BARS], "market_caps": [[b[0] * 1000, 1] for b in BARS], "total_volumes": [[b[0] * 1000, b[6]] for b in BARS]},
        "CoinMarketCap": {"data": {"quotes": [{"time_open": iso(b[0]), "time_close": iso(b[0] + 3599), "quote": {"USD": {"open": b[1], "high": b[2], "low": b[3], "close": b[4], "volume": b[6]}}} for b in BARS]}},
        "Messari": {"data": {"schema": {"values_schema": {}}, "values": [[b[0] * 1000, *b[1:6]] for b in BARS]}},
        "Coinpaprika": [{"time_open": iso(b[0]), "time_close": iso(b[0] + 3599), "open": b[1], "high": b[2], "low": b[3], "close": b[4], "volume": b[6], "market_cap": 9} for b in BARS],
        "CryptoCompare": {"Response": "Success", "Data": {"TimeFrom": 1, "TimeTo": 2, "Data": [{"time": b[0], "high": b[2], "low": b[3], "open": b[1], "volumefrom": b[5], "volumeto": b[6], "close": b[4]} for b in BARS]}},
        "Polygon": {"ticker": "X:BTCUSD", "results": [{"v": b[5], "vw": b[4], "o": b[1], "c": b[4], "h": b[2], "l": b[3], "t": b[0] * 1000, "n": 3} for b in BARS], "status": "OK"},
        "Twelve Data": {"meta": {"symbol": "BTC/USD", "interval": "1h"}, "values": [{"datetime": iso(b[0], "%Y-%m-%d %H:%M:%S"), "open": num(b[1]), "high": num(b[2]), "low": num(b[3]), "close": num(b[4]), "volume": num(b[5])} for b in reversed(BARS)]},
        "Alpaca": {"bars": {"BTC/USD": [{"c": b[4], "h": b[2], "l": b[3], "n": 3, "o": b[1], "t": iso(b[0]), "v": b[5], "vw": b[4]} for b in BARS]}},
        "MEXC spot": [[b[0] * 1000, *map(num, b[1:6]), b[0] * 1000 + 3600000, num(b[6])] for b in BARS],
        "two symbols": {"BTC/USD": [[b[0] * 1000, *b[1:6]] for b in BARS], "ETH/USD": [[b[0] * 1000, *[x / 30 for x in b[1:5]], b[5]] for b in BARS]},
        "nulls between": [[b[0] * 1000, *(b[1:6] if i % 50 else [None] * 5)] for i, b in enumerate(BARS)],
        "NaN literals": json.dumps([[b[0] * 1000, *b[1:6]] for b in BARS]).replace("]]", "], [1772409600000, NaN, NaN, NaN, NaN, NaN]]"),
        "single quotes": str([[b[0] * 1000, *map(str, b[1:6])] for b in BARS]),
        "JSON with comments": "// hi\n" + json.dumps([[b[0] * 1000, *b[1:6]] for b in BARS]),
        "exponents": json.dumps([[b[0] * 1000, *b[1:6]] for b in BARS]).replace(".0,", ".0e0,"),
        "string of JSON": json.dumps(json.dumps([[b[0] * 1000, *b[1:6]] for b in BARS])),
        "JSONP": "callback(" + json.dumps([[b[0] * 1000, *b[1:6]] for b in BARS]) + ");",
        "HTTP response with header": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + json.dumps([[b[0] * 1000, *b[1:6]] for b in BARS]),
        "pages joined": json.dumps([[b[0] * 1000, *b[1:6]] for b in BARS[:700]]) + json.dumps([[b[0] * 1000, *b[1:6]] for b in BARS[700:]]),
    }.items():
        yield js("venue-json", name, value, either(same(plain), same(both), near(both, 0.001, "daily volume", "initial rate (long)", "slow volatility"), near(plain, 0.001, "daily volume", "initial rate (long)", "slow volatility"), refused("."), noted("[0-9]+ bad, dropped")))


def strangers(bench):
    """Files that are sound and of something else: another coin, averages, sums, another time."""
    plain = bench.control("bars", "bars", [("b.csv", plain_bars())])
    example = bench.control("example", None, None)
    head = ["ts", "open", "high", "low", "close", "volume_base"]
    body = [[b[0]] + [num(x) for x in b[1:6]] for b in BARS]
    def bars(kind, name, data, check, file="b.csv"):
        return kind, name, lambda: bench.run("bars", [(file, data)]), check
    def named(symbol): return table(["symbol"] + head, [[symbol] + r for r in body])
    for symbol in ("ETHUSDT", "ETH-USDT-SWAP", "ETH/USDT:USDT", "XETHZUSD", "PI_ETHUSD", "tETHUSD", "ETH", "ETHUSD_PERP", "ETHUSDTM",
                   "ETH-PERPETUAL", "BTCDOMUSDT", "1000PEPEUSDT", "SOL_USDT", "ETHM26", "ethusdt"):
        yield bars("other-coin", symbol, named(symbol), noted("of another coin"))
    for symbol in ("BTCUSDT", "BTC-USDT-SWAP", "BTC/USDT:USDT", "XXBTZUSD", "PI_XBTUSD", "tBTCUSD", "tBTCF0:USTF0", "BTC", "XBTUSDTM", "XBTUSD",
                   "BTC-PERPETUAL", "BTCUSD_PERP", "BTCUSDH26", "btcusdt", "USDT-BTC", "SPOT_BTC_USDT", "1h", "17"):
        yield bars("same-coin", symbol, named(symbol), same(plain))
    rows_ = [[b[0] * 1000, *b[1:6]] for b in BARS]
    yield bars("other-coin", "ccxt dictionary", json.dumps({"ETH/USDT": {"1h": rows_}}), noted("of another coin"), file="b.json")
    yield bars("other-coin", "Kraken's answer", json.dumps({"error": [], "result": {"XETHZUSD": rows_, "last": 1}}), noted("of another coin"), file="b.json")
    yield bars("other-coin", "Bybit's answer", json.dumps({"result": {"symbol": "ETHUSDT", "list": rows_}}), noted("of another coin"), file="b.json")
    yield "other-coin", "funding", lambda: bench.run("funding", [("f.csv", table(["time", "symbol", "rate"], [[t, "ETHUSDT", num(r)] for t, r in FUNDING]))]), noted("of another coin")
    yield "other-coin", "book", lambda: bench.run("book", [("k.csv", table(["symbol", "ts", "side", "price", "size"], [["ETHUSDT", *r[2:6]] for r in BOOK]))]), noted("of another coin")
    smooth, opened = [], BARS[0][1]
    for b in BARS:
        middle = sum(b[1:5]) / 4
        smooth.append([b[0], *(num(round(x, 4)) for x in (opened, max(b[2], opened, middle), min(b[3], opened, middle), middle)), num(b[5])])
        opened = (opened + middle) / 2
    yield bars("averages", "Heikin-Ashi bars", table(head, smooth), noted("Heikin-Ashi"))
    sums, total = [], 0.0
    for b, r in zip(BARS, body):
        total = b[5] if b[0] % 86400 == 0 else total + b[5]
        sums.append(r[:5] + [num(round(total, 4))])
    yield bars("sums", "volumes since midnight", table(head, sums), noted("volumes that run on"))
    for hours in (8, 1, -5):
        yield bars("other-time", f"bars stamped {hours} h off", table(head, [[r[0] + 3600 * hours, *r[1:]] for r in body]),
                   either(noted("earlier than bars end|later than bars end"), refused("."), noted("does not count")))
    sizes = []
    sides = {}
    for r in BOOK: sides.setdefault((int(r[2]), r[3]), []).append((float(r[4]), float(r[5])))
    for (t, side), levels in sorted(sides.items()):
        q = 0.0
        for price, size in sorted(levels, reverse=side == "bid"): q += size; sizes.append([t, side, num(price), num(round(q, 4))])
    yield "sums", "sizes of books", lambda: bench.run("book", [("k.csv", table(["ts", "side", "price", "size"], sizes))]), noted("sizes run on")
    header, *quotes = list(csv.reader(open(os.path.join(EXAMPLE, "options/BTC.csv"))))
    newest = max(int(r[0]) for r in quotes)
    for factor in (10, 0.1):
        lines = [r[:5] + ["", "", ""] + [num(float(x) * factor) if x else x for x in r[8:11]] + r[11:] for r in quotes if int(r[0]) == newest]
        yield "option-chains", f"volatilities times {factor}, no prices", lambda lines=lines: bench.run("options", [("o.csv", table(header, lines))]), noted("does not count|contradict")
    for factor in (1000, 1e-5):
        yield "open-interest", f"times {factor}", lambda factor=factor: bench.run("oi", [("o.csv", table(["time", "long", "short"], [[t, num(a * factor), num(b * factor)] for t, a, b in OI]))]), noted("times a day's volume")
    yield "example", "nothing to note of what is new", lambda: bench.run(None, None), either(lambda found: None if not re.search("another coin|Heikin|run on|times a day|bars end|repeat those", found.notes) else found.notes)


def shared(bench, folder):
    """(kind, name, outcome, check) for the files of a folder of cases."""
    feeds, units = os.path.join(folder, "market-feeds"), os.path.join(folder, "market-units")
    read = lambda path: open(os.path.join(feeds, path), "rb").read()
    late = lambda start: plain_bars([b for b in BARS if b[0] >= start])
    example = bench.control("example", None, None)
    bars = bench.control("bars", "bars", [("b.csv", plain_bars())])
    since = bench.control("since", "bars", [("b.csv", late(1770969600))])
    quotes = bench.control("quotes", "bars", [("b.csv", plain_bars([b for b in BARS if b[0] >= 1770969600], quote=True))])

    def given(kind, series, path, check, change=None):
        return kind, path, lambda: bench.run(series, [(os.path.basename(path), read(f"{kind}/{path}"))], change), check

    rate = near(since, 0.02, "initial rate (long)", "maintenance rate (long)", "daily volume")
    yield given("bad-book", "book", "crossed.csv", noted("crossed.*first in line", never_nan))
    yield given("blank-ratio", "oi", "metrics.csv", noted("ratio of longs to shorts is empty", within("open interest", 1.16e10, 1.17e10)))
    for name in ("freqtrade.csv", "tradingview.csv", "camel.csv"):
        yield given("column-names", "bars", name, near(bars, 0.02, "initial rate (long)", "daily volume"))
    yield given("column-names", "funding", "funding-ccxt.csv", same(example))
    yield given("column-names", "book", "book.csv", noted(""))
    yield given("containers", "bars", "BTCUSDT-1h-2026-02.zip", either(rate, noted("", within("daily volume", 1e9, 1e10))))
    for name in ("no-scheme.csv", "usdc-usd.csv"):
        yield given("cryptodatadownload", "bars", name, rate)
    days = lambda: bench.control("case-days", "bars", [("d.csv", re.sub(
        rb"(?m)^(20\d\d)(\d\d)(\d\d),", rb"\1-\2-\3,", read("date-eight-digits/bars.csv")))])
    yield given("date-eight-digits", "bars", "bars.csv", lambda found: same(days())(found))
    yield given("funding-interval", "funding", "funding.csv", noted("", within("crowding of shorts", 1000000, 1000000)))
    yield given("funding-ticker", "funding", "derivative_ticker.csv", either(noted("", within("crowding of longs", 1000000, 1100000)), refused("readings")))
    yield given("grid-moves", "bars", "bars.csv", noted("", lambda f: "stale" if "severe: BTC/bars" in f.notes else None))
    for name in ("float-milliseconds.csv", "iso-milliseconds.csv", "nanoseconds.csv", "pandas.csv"):
        yield given("instants", "bars", name, same(since))
    yield given("many-files", "bars", "concatenated.csv", noted("headers", near(bars, 0.02, "initial rate (long)", "daily volume")))
    yield "many-files", "two files", lambda: bench.run("bars", [("a.csv", plain_bars(BARS[:700])), ("b.csv", plain_bars(BARS[700:]))]), same(bars)
    yield given("no-header", "bars", "XBTUSD_60.csv", near(bars, 0.02, "initial rate (long)", "daily volume"))
    yield given("no-usable-rows", "bars", "premium-index.csv", refused("400.*line 1|line 1.*400"))
    yield given("option-chains", "options", "tardis-options_chain.csv", near(example, 0.05, "implied volatility", "volatility index"))
    yield given("option-chains", "options", "okx-opt-summary.json", near(example, 0.05, "implied volatility"))
    yield given("redenomination", "bars", "bars.csv", noted("jumps beyond any market.*line"))
    for name in ("semicolon.csv", "space.csv"):
        yield given("separators", "bars", name, same(since))
    hour = lambda: bench.control("case-hour", "bars", [("h.csv.gz", read("short-bars/1h.csv.gz"))])
    yield "short-bars", "5m.csv.gz", lambda: bench.run("bars", [("m.csv.gz", read("short-bars/5m.csv.gz"))]), \
        lambda found: near(hour(), 0.05, "slow volatility", "measured volatility", "maintenance rate (long)", "initial rate (long)")(found)
    yield given("stale-series", "bars", "bars.csv", noted("severe: BTC/bars.*old", lambda f: None if "BTC/bars" in f.text else "no exception"))
    for kind in ("tiny-price", "unfinished-bar"):
        def script(kind=kind):
            run = subprocess.run(["sh", os.path.join(feeds, kind, "run.sh")], capture_output=True, text=True,
                                 env={**os.environ, "SOLVENCY": bench.tool, "MARKET": EXAMPLE})
            found = Outcome.__new__(Outcome)
            found.code, found.notes, found.text, found.trace, found.terms = run.returncode, run.stdout + run.stderr, run.stdout, {}, None
            return found
        yield kind, "run.sh", script, (
            (lambda f: None if re.search(r"lot.*quanta", f.notes) else f.notes[-300:]) if kind == "tiny-price"
            else (lambda f: None if "from 2026-03-01T23:" in f.notes and "not ended" in f.notes else f.notes[-300:]))
    yield given("venue-json", "bars", "binance-klines.json", noted("quote volume is 1.0 in every row", rate))
    yield given("venue-json", "funding", "bybit-funding.json", same(example))
    yield given("venue-json", "book", "okx-book.json", noted("", never_nan))
    quotes_all = bench.control("quotes-all", "bars", [("b.csv", plain_bars(quote=True))])
    yield given("volume-unit", "bars", "BTCUSD_PERP-1h.csv", noted("contracts of 100 USD", near(quotes_all, 0.01, "daily volume", "initial rate (long)")))

    def plain_command(kind, name, arguments, pattern, positive=False):
        def run():
            done = subprocess.run([bench.tool, *arguments], capture_output=True, text=True, cwd=os.path.join(feeds, kind))
            found = Outcome.__new__(Outcome)
            found.code, found.notes, found.text, found.trace, found.terms = done.returncode, done.stdout + done.stderr, done.stdout, {}, None
            return found
        def check(found):
            if positive != (found.code == 0) or not re.search(pattern, found.notes):
                return f"exit {found.code}: {found.notes.strip()[-300:]}"
        return kind, name, run, check
    scratch = tempfile.mkdtemp()
    yield plain_command("book-units", "book.json", ["explain", "--circuit", "portfolio-margin", "--snapshot", os.path.join(ROOT, "Examples/snapshot.json"), "--book", "book.json"],
                        r"lots of 0\.0001 BTC; 0\.56338969 BTC is 5633 lots and a rest")
    yield plain_command("circuit-language", "decimal.circuit", ["circuit", "check", "decimal.circuit"], "numbers are integers")
    yield plain_command("range-three-values", "values.json", ["range", "prove", "values.json", "--opening", f"{scratch}/o.json", "-o", f"{scratch}/p.json"], "3 values", True)

    def unit(name, check):
        def run():
            folder = os.path.join(tempfile.mkdtemp(), "m")
            shutil.copytree(os.path.join(units, name), folder)
            os.chmod(folder, 0o755)
            return Outcome(bench.tool, folder)
        return "market-units", name, run, check
    control = Outcome(bench.tool, shutil.copytree(os.path.join(units, "klines-um"), os.path.join(tempfile.mkdtemp(), "m"), copy_function=shutil.copy))
    both = near(control, 0.01, "daily volume", "initial rate (long)", "greatest leverage (long)")
    yield unit("klines-um", noted("", within("daily volume", 3.5e9, 4.5e9)))
    yield unit("klines-coinm", noted("contracts of 100 USD", both))
    yield unit("klines-markprice", noted("no volume in the file"))
    yield unit("metrics-um-zero-interest", noted("placeholder", within("open interest", 1e9, 1e11)))
    yield unit("metrics-um-blank-ratio", noted("ratio", within("open interest", 1e9, 1e11)))
    yield unit("metrics-um-zero-ratio", noted("ratio of longs to shorts is 0", within("crowding of shorts", 1000000, 1020000)))
    yield unit("metrics-coinm-real-rows", either(noted("", within("open interest", 1e8, 1e10)), refused("contractSize|coin-margined")))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--solvency", default=os.path.join(ROOT, ".build/release/solvency"))
    parser.add_argument("--cases", default=os.path.join(os.path.dirname(ROOT), "shared", "cases"))
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    bench = Bench(os.path.abspath(options.solvency))
    sets = [("made up", variants(bench)), ("others", others(bench)), ("further", further(bench)), ("strangers", strangers(bench))]
    if os.path.isdir(options.cases):
        sets.append(("cases", shared(bench, options.cases)))
    else:
        print(f"{options.cases} is not there: its files are not tried")
    right, wrong = 0, 0
    for title, cases in sets:
        for kind, name, run, check in cases:
            if options.only not in f"{title}/{kind}/{name}":
                continue
            problem = check(run())
            right, wrong = right + (problem is None), wrong + (problem is not None)
            print(f"{'right' if problem is None else 'WRONG'}  {title}/{kind}/{name}" + (f": {problem}" if problem else ""), flush=True)
    print(f"{right} right, {wrong} wrong")
    sys.exit(1 if wrong else 0)


main()
