extension SyntheticMarket {
  /// One venue with order books.
  struct Venue {
    let id: String
    let weightPpm: Int64
    let unit: AmountUnit
    /// How deep its books are beside the usual.
    let depth: Double
  }

  static let venues = [
    Venue(id: "alpha", weightPpm: 950_000, unit: .base, depth: 1),
    Venue(id: "beta", weightPpm: 700_000, unit: .quote, depth: 0.4),
  ]

  /// How many hours before the end each book was taken: in a crash every hour, so that depth is seen to
  /// vanish.
  var bookAges: [Int] { scenario == .crash ? (0...72).reversed() : [72, 48, 24, 1, 0] }

  /// How many hours until the end have prices of sources: a crash has some of the day before it.
  var pricedHours: Int { scenario == .crash ? 72 : 48 }

  /// How many prices each side of a book has.
  static let levels = 24

  /// The rows of the books of a venue: prices from one basis point off the mid outwards, each a quarter
  /// farther than the last, with more on offer the farther.
  func bookRows(_ underlying: Underlying, _ series: BarSeries, _ venue: Venue, part: UInt64) -> String {
    var random = generator(part)
    var text = "venue,symbol,ts,side,price,size\n"
    for age in bookAges {
      let time = end - Int64(age) * Self.hour
      let bar = series.bars[series.bars.count - 1 - age]
      let isThin = scenario == .crash && time > start + Int64(crashHour) * Self.hour
      let depth = venue.depth * underlying.volume / 40 * (isThin ? 0.1 : 1)
      for (side, sign) in [("bid", -1.0), ("ask", 1.0)] {
        var distance = isThin ? 0.001 : 0.0001
        for level in 0..<Self.levels {
          let price = rounded(bar.close * (1 + sign * distance), places: underlying.priceDecimals + 1)
          let amount = depth * (0.5 + random.uniform()) * (1 + Double(level) / 4)
          let size = venue.unit == .base ? amount : amount * price
          let places = venue.unit == .base ? 4 : 0
          text += "\(venue.id),\(underlying.id),\(time),\(side),"
          text += decimalText(price, places: underlying.priceDecimals + 1) + ","
          text += decimalText(max(size, 1), places: places) + "\n"
          distance *= 1.25
        }
      }
    }
    return text
  }

  /// The rows of six sources of prices over the last ``pricedHours``, one each hour: four with noise of two
  /// basis points, one that says a fifth too much, and one that is silent for the last three hours.
  func priceRows(_ prices: [(time: Int64, price: Double)], places: Int, part: UInt64) -> String {
    var random = generator(part)
    var rows: [(time: Int64, text: String)] = []
    for (time, price) in prices {
      for source in ["alpha", "beta", "gamma", "delta", "liar", "silent"] {
        let noise = 1 + 0.0002 * random.nearlyNormal()
        let delay = Int64(random.next() % 2_000)
        if source == "silent", time > end - 3 * Self.hour { continue }
        let said = price * noise * (source == "liar" ? 1.2 : 1)
        let confidence = source == "gamma" ? "0.0005" : "0"
        let stamp = time * 1_000 - delay
        rows.append((stamp, "\(source),\(stamp),\(decimalText(said, places: places)),\(confidence)\n"))
      }
    }
    rows.sort { ($0.time, $0.text) < ($1.time, $1.text) }
    return "source,time_ms,price,confidence\n" + rows.map(\.text).joined()
  }
}
