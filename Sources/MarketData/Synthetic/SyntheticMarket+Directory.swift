internal import CanonicalBytes

extension SyntheticMarket {
  /// The files of the market, `market.json` first: what ``Market/load(present:reading:)`` reads.
  public func directory() -> [MarketInput] {
    let series = bars()
    var files: [MarketInput] = []
    func add(_ path: String, _ text: String) {
      files.append(MarketInput(path: path, bytes: Array(text.utf8)))
    }
    add(Market.listingFile, String(decoding: listing(series).encoded(.indented), as: UTF8.self))
    for (i, underlying) in Self.underlyings.enumerated() {
      let id = underlying.id
      // Parts 16·i to 16·i + 15 belong to one underlying.
      let part = 16 * UInt64(i + 1)
      add("bars/\(id).csv", barRows(series[i], places: underlying.priceDecimals))
      add("funding/\(id).csv", fundingRows(funding(series[i], part: part)))
      add("open-interest/\(id).csv", openInterestRows(openInterest(series[i], part: part + 1)))
      for (v, venue) in Self.venues.enumerated() {
        add(
          "books/\(id)-\(venue.id).csv",
          bookRows(underlying, series[i], venue, part: part + 2 + UInt64(v)))
      }
      if let step = underlying.strikeStep {
        add("options/\(id).csv", optionRows(underlying, series[i], step: step, part: part + 8))
      }
      let prices = series[i].bars.suffix(pricedHours).map { (time: $0.openTime + Self.hour, price: $0.close) }
      add("prices/\(id).csv", priceRows(prices, places: underlying.priceDecimals + 1, part: part + 9))
    }
    let dollars = series[0].bars.suffix(pricedHours).map { (time: $0.openTime + Self.hour, price: 1.0) }
    add("prices/USDC.csv", priceRows(dollars, places: 5, part: 2))
    return files
  }

  private func barRows(_ series: BarSeries, places: Int) -> String {
    var text = "ts,open,high,low,close,volume_base\n"
    for bar in series.bars {
      let prices = [bar.open, bar.high, bar.low, bar.close].map { decimalText($0, places: places) }
      text += "\(bar.openTime),\(prices.joined(separator: ",")),\(decimalText(bar.baseVolume, places: 3))\n"
    }
    return text
  }

  private func fundingRows(_ prints: [FundingPrint]) -> String {
    prints.reduce(into: "ts,funding_rate\n") { text, print in
      text += "\(print.time),\(decimalText(print.ratePerEightHours, places: 8))\n"
    }
  }

  private func openInterestRows(_ prints: [OpenInterestPrint]) -> String {
    prints.reduce(into: "time,long,short\n") { text, print in
      text +=
        "\(print.time),\(decimalText(print.longUSD, places: 0)),\(decimalText(print.shortUSD, places: 0))\n"
    }
  }

  // MARK: The listing

  private func listing(_ series: [BarSeries]) -> JSONValue {
    let perpetuals = Self.underlyings.map { underlying -> JSONValue in
      [
        "id": .string("\(underlying.id)-PERP"), "kind": "perpetual",
        "underlying": .string(underlying.id), "lot": .string(Self.lots[underlying.id] ?? "1"),
      ]
    }
    // A future of the third tenor, and the coin itself.
    let expiry = end + Self.tenors[2] * UTCTime.day + 8 * Self.hour
    let others: [JSONValue] = [
      [
        "id": "BTC-FUTURE", "kind": "future", "underlying": "BTC", "lot": "0.001",
        "expiry": .integer(expiry),
      ],
      ["id": "ETH-SPOT", "kind": "spot", "underlying": "ETH", "lot": "0.01"],
    ]
    return [
      "version": .integer(MarketListing.version),
      "underlyings": .array(Self.underlyings.map(listing)),
      "instruments": .array(perpetuals + others),
      "optionListing": [
        ["underlying": "BTC", "lot": "0.1", "maximumCount": 12],
        ["underlying": "ETH", "lot": "1", "maximumCount": 8],
      ],
      "assets": [
        [
          "id": "USDC", "stable": true, "prices": "prices/USDC.csv", "lot": "0.01",
          "maxBorrow": 1_000_000_000,
        ],
        ["id": "BTC", "underlying": "BTC", "lot": "0.0001"],
        ["id": "ETH", "underlying": "ETH", "lot": "0.001", "maxBorrow": 10_000_000],
        ["id": "SOL", "underlying": "SOL", "lot": "0.01", "isolationCeiling": 5_000_000_000_000],
      ],
    ]
  }

  /// What one lot of a perpetual is.
  private static let lots = ["BTC": "0.001", "ETH": "0.01", "SOL": "0.1"]

  private func listing(_ underlying: Underlying) -> JSONValue {
    let id = underlying.id
    let books = Self.venues.map { venue -> JSONValue in
      [
        "venue": .string(venue.id), "file": .string("books/\(id)-\(venue.id).csv"),
        "weightPpm": .integer(venue.weightPpm), "unit": venue.unit == .base ? "base" : "usd",
      ]
    }
    var members = [
      JSONMember("id", .string(id)), JSONMember("bars", .string("bars/\(id).csv")),
      JSONMember("funding", .string("funding/\(id).csv")),
      JSONMember("openInterest", .string("open-interest/\(id).csv")), JSONMember("books", .array(books)),
    ]
    if underlying.strikeStep != nil {
      members.append(JSONMember("options", .string("options/\(id).csv")))
    }
    members.append(JSONMember("prices", .string("prices/\(id).csv")))
    return .object(members)
  }
}
