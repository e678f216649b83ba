internal import MarketData
internal import RiskModels

/// Whether the series of an underlying are of one price: a file of another coin, in cents or in euros has
/// bars, books or options that are sound in themselves and no neighbours of the others.
///
/// Each series states a level: the last close of bars, the middle of each venue's last book, the forward of
/// options. It is taken over the price that sources said within ten minutes of it; where none did, over the
/// last price, and then it may be further off, since a market can move in between. Of three levels and more
/// the middle one is right; of two the price is.
struct SeriesAgreement {
  /// What is too far from the others to be of the same thing, by series as inputs are named, with why.
  private(set) var contradictions: [String: Disagreement] = [:]
  /// What is further off than markets are from each other, though it may be of the same thing.
  private(set) var deviations: [String: Disagreement] = [:]

  /// What a series says, and how far it is from the others.
  struct Disagreement: Hashable {
    /// What the series is.
    let kind: SeriesKind
    /// What it says, in words.
    let text: String
  }

  /// Within this many seconds of each other a level and a price are of one moment.
  private static let moment: Int64 = 600
  /// How many times another a level may be that is of the same moment.
  private static let factor = 1.25
  /// How many times another a level may be that is not: more than any hour on record, but of tokens that die.
  private static let factorOfHours = 2.0
  /// From here on a level of the same moment is worth a word.
  private static let deviation = 1.03
  /// How far from its middle a book's depth is held against the volume of a day.
  private static let near = 0.01
  /// No strike of a chain is nearer than this many times the forward, or the forward the strike: they count
  /// something else.
  private static let factorOfStrikes = 3.0
  /// The least number of quotes with price and volatility by which a chain is judged.
  private static let leastQuotes = 8
  /// How many times what the underlying has moved the volatilities of a chain may be, or a part of it: beyond
  /// any event that options were ever priced for, and within what ten times too much makes of most.
  private static let factorOfVolatility = 5.0
  /// Over how many seconds moves are taken: the volatilities must be out of reach of each stretch that is
  /// there.
  private static let stretches: [Int64] = [7 * 86_400, 30 * 86_400, 365 * 86_400]

  /// One series' level over the price of its time.
  private struct Level {
    let series: String
    let kind: SeriesKind
    let value: Double
    let ratio: Double
    let isOfTheMoment: Bool
  }

  /// What the series of an underlying say that count at an instant.
  ///
  /// - Parameter stale: the series that do not count anyway.
  init(_ view: UnderlyingView, without stale: Set<String>) {
    let levels = Self.levels(view, without: stale)
    let bars = stale.contains("\(view.id)/bars") ? [] : view.hourly
    if let chain = view.chain, !stale.contains("\(view.id)/chain"),
      let text = Self.misfit(of: chain) ?? Self.misfit(of: chain, to: bars, interval: view.hourlyInterval)
    {
      contradictions["\(view.id)/chain"] = Disagreement(kind: .chain, text: text)
    }
    defer {
      compareDepth(view, without: stale)
      compareOpenInterest(view, without: stale)
      compareTimes(view, without: stale)
    }
    guard levels.count > 1 else { return }
    let ratios = levels.map(\.ratio).sorted()
    let upper = ratios[ratios.count / 2]
    var consensus = upper
    if ratios.count == 2 {
      consensus = levels[0].ratio
    } else if ratios.count % 2 == 0 {
      let lower = ratios[ratios.count / 2 - 1]
      consensus =
        Self.distance(lower, levels[0].ratio) <= Self.distance(upper, levels[0].ratio) ? lower : upper
    }
    for level in levels {
      let off = Self.distance(level.ratio, consensus)
      let say = Disagreement(
        kind: level.kind,
        text:
          "\(Self.title(level.kind)) \(Self.rounded(level.value)), \(Self.rounded(level.ratio / consensus)) "
          + "times what the other series say")
      if off > (level.isOfTheMoment ? Self.factor : Self.factorOfHours) {
        if contradictions[level.series] == nil { contradictions[level.series] = say }
      } else if level.isOfTheMoment, off > Self.deviation {
        deviations[level.series] = Disagreement(
          kind: say.kind, text: "\(say.text) at the same moment; are they in one currency?")
      }
    }
  }

  /// Books that hold more than a day's volume near their middle count another unit, or are of another venue
  /// than the bars.
  private mutating func compareDepth(_ view: UnderlyingView, without stale: Set<String>) {
    guard !stale.contains("\(view.id)/bars"), let last = view.bars.last else { return }
    let day = view.bars.reversed().prefix { $0.openTime > last.openTime - 86_400 }
    let volume = day.reduce(0.0) { $0 + $1.baseVolume * $1.close }
    guard volume > 0, view.interval > 0, 2 * Int64(day.count) * view.interval >= 86_400 else { return }
    for venue in view.books {
      let name = "\(view.id)/books/\(venue.venue)"
      guard let book = venue.books.last, contradictions[name] == nil, !stale.contains(name),
        let bid = book.bids.first?.price, let ask = book.asks.first?.price
      else { continue }
      let (low, high) = ((bid + ask) / 2 * (1 - Self.near), (bid + ask) / 2 * (1 + Self.near))
      let depth =
        book.bids.lazy.filter { $0.price >= low }.reduce(0.0) { $0 + $1.sizeUSD }
        + book.asks.lazy.filter { $0.price <= high }.reduce(0.0) { $0 + $1.sizeUSD }
      guard depth > volume, deviations[name] == nil else { continue }
      deviations[name] = Disagreement(
        kind: .books,
        text:
          "the last book holds \(Self.rounded(depth / volume)) times a day's volume within 1 % of its middle; do its sizes or the "
          + "volumes of bars count another unit?")
    }
  }

  /// How many days' volume open interest may be, and what part of one.
  private static let turnover = (most: 200.0, least: 1.0 / 2_000)

  /// Open interest of hundreds of days' volume, or of a minute's, counts another unit.
  private mutating func compareOpenInterest(_ view: UnderlyingView, without stale: Set<String>) {
    let name = "\(view.id)/open-interest"
    guard !stale.contains("\(view.id)/bars"), !stale.contains(name), let last = view.bars.last,
      let open = view.openInterest.last, view.interval > 0
    else { return }
    let day = view.bars.reversed().prefix { $0.openTime > last.openTime - 86_400 }
    let volume = day.reduce(0.0) { $0 + $1.baseVolume * $1.close }
    guard volume > 0, 2 * Int64(day.count) * view.interval >= 86_400 else { return }
    let amount = (open.longUSD + open.shortUSD) / 2
    guard amount > 0, amount > Self.turnover.most * volume || amount < Self.turnover.least * volume else {
      return
    }
    deviations[name] = Disagreement(
      kind: .openInterest,
      text:
        "open interest is \(Self.rounded(amount / volume)) times a day's volume; does it or the volume of bars count another unit?"
    )
  }

  /// How many bars are held against prices, and how far off times are looked for.
  private static let timed = (bars: 48, hours: Int64(14))
  /// How far closes may be from prices of their time, in the middle, before other times are tried.
  private static let usualDistance = 0.001

  /// Bars whose closes are the prices of another hour are stamped in local time, or with their end.
  private mutating func compareTimes(_ view: UnderlyingView, without stale: Set<String>) {
    let name = "\(view.id)/bars"
    guard !stale.contains(name), !stale.contains("\(view.id)/prices"), view.interval > 0,
      deviations[name] == nil,
      contradictions[name] == nil
    else { return }
    let bars = view.bars.suffix(Self.timed.bars)
    func distance(_ shift: Int64) -> Double? {
      let distances = bars.compactMap { bar -> Double? in
        guard let price = view.price(within: Self.moment, of: bar.openTime + view.interval + shift) else {
          return nil
        }
        return Self.distance(bar.close, price) - 1
      }.sorted()
      return 2 * distances.count >= Self.timed.bars ? distances[distances.count / 2] : nil
    }
    guard let now = distance(0), now > Self.usualDistance else { return }
    let hours = (-Self.timed.hours...Self.timed.hours).map { $0 * 3_600 }
    let shifts = (hours + [-view.interval, view.interval]).filter { $0 != 0 && abs($0) <= 86_400 }
    let found = shifts.compactMap { shift in distance(shift).map { (shift, $0) } }.min { $0.1 < $1.1 }
    guard let (shift, best) = found, 5 * best < now else { return }
    deviations[name] = Disagreement(
      kind: .bars,
      text:
        "closes are the prices of \(abs(shift)) s \(shift > 0 ? "later" : "earlier") than bars end; are bars stamped in local "
        + "time, or with their end?")
  }

  private static func levels(_ view: UnderlyingView, without stale: Set<String>) -> [Level] {
    var levels: [Level] = []
    let hasPrices = !view.prices.isEmpty && !stale.contains("\(view.id)/prices")
    let closes = stale.contains("\(view.id)/bars") ? nil : view.bars.last
    func add(_ series: String, _ kind: SeriesKind, _ value: Double, at time: Int64) {
      let name = "\(view.id)/\(series)"
      guard value > 0, value < .infinity, !stale.contains(name) else { return }
      let near = hasPrices ? view.price(within: moment, of: time) : nil
      guard let price = near ?? (hasPrices ? view.prices.last?.price : closes?.close), price > 0 else {
        return
      }
      levels.append(
        Level(series: name, kind: kind, value: value, ratio: value / price, isOfTheMoment: near != nil))
    }
    if hasPrices, let last = view.prices.last {
      let price = view.price(within: moment, of: last.timeMilliseconds / 1_000) ?? last.price
      levels.append(
        Level(series: "\(view.id)/prices", kind: .prices, value: price, ratio: 1, isOfTheMoment: true))
    }
    if let bar = closes { add("bars", .bars, bar.close, at: bar.openTime + view.interval) }
    for venue in view.books {
      guard let book = venue.books.last, let bid = book.bids.first?.price, let ask = book.asks.first?.price
      else { continue }
      add("books/\(venue.venue)", .books, (bid + ask) / 2, at: book.timeMilliseconds / 1_000)
    }
    if let chain = view.chain, let first = chain.quotes.map(\.expiry).min() {
      // The nearest expiry's forward is the nearest to the price.
      let forwards = chain.quotes.lazy.filter { $0.expiry == first }.map(\.forward).sorted()
      if !forwards.isEmpty { add("chain", .chain, forwards[forwards.count / 2], at: chain.time) }
    }
    return levels
  }

  /// What may be wrong with a chain, each of which makes its prices fit its volatilities.
  private static let mistakes: [(what: String, price: Double?, volatility: Double, isFlipped: Bool)] = [
    ("prices are in coins", nil, 1, false), ("volatilities count percent", 1, 0.01, false),
    ("volatilities are a hundredth of what they should be", 1, 100, false),
    ("puts and calls are exchanged", 1, 1, true),
    ("prices are in coins and volatilities count percent", nil, 0.01, false),
    ("volatilities are ten times what they should be", 1, 0.1, false),
    ("volatilities are a tenth of what they should be", 1, 10, false),
  ]

  /// What is wrong with a chain whose prices are not those that Black's formula makes of its volatilities, in
  /// words; nil if enough of them are, or no one mistake makes them so: prices of thin options are old and
  /// wide.
  private static func misfit(of chain: OptionChain) -> String? {
    if let quote = chain.quotes.min(by: { distance($0.strike, $0.forward) < distance($1.strike, $1.forward) }
    ),
      distance(quote.strike, quote.forward) > factorOfStrikes
    {
      return
        "of all strikes \(rounded(quote.strike)) is the nearest to its forward, \(rounded(quote.forward))"
    }
    let quotes = chain.quotes.filter { $0.mark != nil && $0.markVolatility != nil }
    guard quotes.count >= leastQuotes else { return nil }
    func fitting(price: Double?, volatility factor: Double, isFlipped: Bool) -> Int {
      count(quotes, at: chain.time, price: price, volatility: factor, isFlipped: isFlipped)
    }
    let found = fitting(price: 1, volatility: 1, isFlipped: false)
    guard 2 * found < quotes.count else { return nil }
    let mistake = mistakes.first {
      4 * fitting(price: $0.price, volatility: $0.volatility, isFlipped: $0.isFlipped) >= 3 * quotes.count
    }
    guard let mistake else { return nil }
    return
      "prices and volatilities of \(quotes.count - found) of \(quotes.count) options contradict each other, and fit if \(mistake.what)"
  }

  /// How many quotes have the price that Black's formula makes of their volatility.
  private static func count(
    _ quotes: [OptionQuote], at time: Int64, price: Double?, volatility factor: Double, isFlipped: Bool
  ) -> Int {
    quotes.count { quote in
      guard let mark = quote.mark, let volatility = quote.markVolatility,
        let option = Black76(
          forward: quote.forward, strike: quote.strike, years: Double(quote.expiry - time) / year,
          volatility: volatility * factor, kind: isFlipped ? (quote.kind == .call ? .put : .call) : quote.kind
        )
      else { return false }
      let value = mark * (price ?? quote.forward)
      return abs(value - option.price) <= 0.25 * option.price + 0.002 * quote.forward
    }
  }

  /// What is wrong with the volatilities of a chain that no prices confirm, in words: they are far from what
  /// the underlying has moved over each stretch of time. Nil if they are not, or too little is known.
  private static func misfit(
    of chain: OptionChain, to bars: ArraySlice<Bar>, interval: Int64
  ) -> String? {
    let near = chain.quotes.compactMap { quote in
      distance(quote.strike, quote.forward) < 1.25 ? quote.markVolatility : nil
    }.filter { $0 > 0 }.sorted()
    guard near.count >= leastQuotes else { return nil }
    let priced = chain.quotes.filter { $0.mark != nil && $0.markVolatility != nil }
    if priced.count >= leastQuotes,
      2 * count(priced, at: chain.time, price: 1, volatility: 1, isFlipped: false) >= priced.count
    {
      return nil
    }
    let moved = realised(bars, interval: interval)
    guard let least = moved.min(), let most = moved.max() else { return nil }
    let middle = near[near.count / 2]
    guard middle > factorOfVolatility * most || factorOfVolatility * middle < least else { return nil }
    return
      "the middle volatility near the money is \(rounded(100 * middle)) %, and the underlying has moved by "
      + "\(rounded(100 * least)) % to \(rounded(100 * most)) % a year; do volatilities count something else?"
  }

  /// What the price moved by in each of ``stretches`` that bars reach back over, as a volatility of a year;
  /// of the whole series too, if it is a week at least.
  private static func realised(_ bars: ArraySlice<Bar>, interval: Int64) -> [Double] {
    guard let first = bars.first, let last = bars.last, interval > 0,
      last.openTime - first.openTime >= stretches[0] - interval
    else { return [] }
    return stretches.compactMap { stretch in
      let window = bars.reversed().prefix { $0.openTime > last.openTime - stretch }
      var (sum, seconds) = (0.0, 0.0)
      for (later, earlier) in zip(window, window.dropFirst()) {
        let move = DeterministicMath.log(later.close / earlier.close)
        sum += move * move
        seconds += Double(later.openTime - earlier.openTime)
      }
      return sum > 0 ? (sum / seconds * year).squareRoot() : nil
    }
  }

  private static let year = 31_536_000.0

  private static func title(_ kind: SeriesKind) -> String {
    switch kind {
    case .bars: "the last close is"
    case .books: "the middle of the last book is"
    case .chain: "the forward is"
    case .prices: "the price is"
    case .funding, .openInterest, .usage, .insurance: "its level is"
    }
  }

  /// How many times the less of two positive numbers the greater is.
  private static func distance(_ a: Double, _ b: Double) -> Double { max(a / b, b / a) }

  /// Four significant digits of a positive number.
  private static func rounded(_ value: Double) -> String {
    var scale = 1.0
    while value * scale < 1_000, scale < 1e20 { scale *= 10 }
    while value * scale >= 10_000, scale > 1e-20 { scale /= 10 }
    let digits = (value * scale).rounded()
    return scale > 1 ? "\(digits / scale)" : "\(digits * (1 / scale))"
  }
}

extension UnderlyingView {
  /// The middle of the prices that sources said within some seconds of an instant; nil if none did.
  fileprivate func price(within seconds: Int64, of time: Int64) -> Double? {
    var (lower, upper) = (prices.startIndex, prices.endIndex)
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if prices[middle].timeMilliseconds < (time - seconds) * 1_000 {
        lower = middle + 1
      } else {
        upper = middle
      }
    }
    // Of a fast feed the first some thousand are enough.
    let near = prices[lower...].prefix(4_096).prefix { $0.timeMilliseconds <= (time + seconds) * 1_000 }
    let sorted = near.map(\.price).sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }
}
