import MarketData

extension FuzzTarget {
  /// Files of market data: each reader, and a whole directory.
  static let markets: [FuzzTarget] = [
    FuzzTarget("market-listing", .json, seeds: ["Examples/market/market.json"]) { bytes in
      _ = try? MarketListing(json: bytes)
    },
    FuzzTarget("gzip", .bytes, seeds: ["Fuzz/Seeds/bars.csv.gz"]) { bytes in
      guard let contents = try? Gzip.decompress(bytes, limit: 1 << 20) else { return }
      guard contents.count <= 1 << 20 else { throw FuzzFailure("more than the limit") }
    },
    FuzzTarget("bars", .table, seeds: ["Fuzz/Seeds/bars.csv"]) { bytes in
      _ = try? BarReader.read(bytes, named: "input")
    },
    FuzzTarget("funding", .table, seeds: ["Fuzz/Seeds/funding.csv"]) { bytes in
      _ = try? FundingReader.read(bytes, named: "input")
    },
    FuzzTarget("open-interest", .table, seeds: ["Fuzz/Seeds/open-interest.csv"]) { bytes in
      _ = try? OpenInterestReader.read(bytes, named: "input")
    },
    FuzzTarget("order-book", .table, seeds: ["Fuzz/Seeds/books.csv"]) { bytes in
      _ = try? OrderBookReader.read(bytes, named: "input")
    },
    FuzzTarget("prices", .table, seeds: ["Fuzz/Seeds/prices.csv"]) { bytes in
      _ = try? PriceReader.read(bytes, named: "input")
    },
    FuzzTarget("option-chain", .table, seeds: ["Fuzz/Seeds/options.csv"]) { bytes in
      _ = try? OptionChainReader.read(bytes, named: "input")
    },
    FuzzTarget("market", .table, seeds: ["Fuzz/Seeds/bars.csv"]) { bytes in
      // One file in every place of a directory that names one for each.
      _ = try? Market.load { path in path == Market.listingFile ? listing : bytes }
    },
  ]

  private static let listing = Array(
    """
    {"version": 1, "underlyings": [{"id": "BTC", "bars": "bars.csv"}],
     "instruments": [{"id": "BTC-PERP", "kind": "perpetual", "underlying": "BTC", "lot": "0.001"}], "assets": []}
    """.utf8)
}
