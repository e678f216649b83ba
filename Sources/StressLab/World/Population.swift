public import Liquidation
public import MarginRules
internal import MarketData
internal import RiskModels

/// The accounts of a run, in flat arrays: 100,000 of them are looked at in every step.
public struct Population: Sendable {
  /// Number of accounts.
  public let count: Int
  /// Where the legs of an account begin, with one entry more.
  public private(set) var start: [Int]
  /// All legs, those of an account side by side in the order of instruments; closed ones have no lots.
  public internal(set) var legs: [BookLeg]
  /// The value of each leg at entry in quanta, with the sign of the lots.
  public internal(set) var entry: [Int64]
  /// Cash in quanta.
  public internal(set) var cash: [Int64]
  /// Lots of the stable asset.
  public internal(set) var stable: [Int64]
  /// Equity at which an account closes by itself, in quanta; nil for never.
  public internal(set) var stop: [Int64?]
  /// The accounts that were drawn as whales, the last ones.
  public private(set) var whales: Range<Int>

  /// Accounts with these legs.
  ///
  /// - Parameter books: for each account its legs by instrument, entry values, cash and stable asset.
  init(_ books: [(legs: [BookLeg], entry: [Int64], cash: Int64, stable: Int64, stop: Int64?)]) {
    count = books.count
    (start, legs, entry) = ([0], [], [])
    whales = books.count..<books.count
    (cash, stable, stop) = (books.map(\.cash), books.map(\.stable), books.map(\.stop))
    for book in books {
      legs += book.legs
      entry += book.entry
      start.append(legs.count)
    }
  }

  /// Reads accounts from portfolios in the order of the snapshot, which keep their positions and the first
  /// asset.
  public init(_ portfolios: [Portfolio], under snapshot: RiskSnapshot) {
    self.init(
      portfolios.map { portfolio in
        let held = portfolio.positions.indices.filter { portfolio.positions[$0] != 0 }
        return (
          held.map { BookLeg(instrument: $0, lots: portfolio.positions[$0]) },
          held.map { portfolio.positions[$0] * snapshot.draft.instruments[$0].markFloor }, portfolio.cash,
          portfolio.holdings.first ?? 0, nil
        )
      })
  }

  /// Draws accounts that were opened in the hours before a scenario, at the initial margin of its first
  /// snapshot, and that meet their maintenance margin now.
  ///
  /// Those whose market has moved so far against them that they would have been closed before are drawn anew.
  ///
  /// Whales come after all others, in the first instrument, at its present mark. What is asked of open
  /// interest is with them.
  public init(
    _ terms: PopulationTerms, whales: WhaleTerms = WhaleTerms(), seed: UInt64, market: LabMarket,
    table: MarginTable, initial: MarginTable
  ) {
    var random = SeededGenerator(seed: seed ^ 0x706F_7075_6C61_7465)
    let n = market.instruments.count
    let histories = market.instruments.map { one in
      market.market.underlyings[one.series].bars.bars.suffix(max(terms.entryHours, 1)).map(\.close)
    }
    let weight = terms.leverages.reduce(0) { $0 + $1.weight }
    let stablePrice = table.snapshot.draft.collateral.first?.tranches.first?.valMM ?? 0
    var books: [(legs: [BookLeg], entry: [Int64], cash: Int64, stable: Int64, stop: Int64?)] = []
    var longs = 0.0
    for _ in 0..<terms.accounts {
      for attempt in 0..<50 {
        let legs = 1 + Int(random.next() % UInt64(max(1, min(terms.legs, n))))
        var pick = random.uniform() * weight
        var leverage = terms.leverages.last?.leverage ?? 1
        for choice in terms.leverages {
          pick -= choice.weight
          if pick < 0 {
            leverage = choice.leverage
            break
          }
        }
        let notional = terms.medianNotional * DeterministicMath.exp(terms.inequality * random.nearlyNormal())
        var chosen: Set<Int> = []
        // The first instruments are held most.
        while chosen.count < legs { chosen.insert(Int(Double(n) * random.uniform() * random.uniform())) }
        let isLong = random.uniform() < terms.longShare
        var (found, entry, margin, value): ([BookLeg], [Int64], Int128, Int128) = ([], [], 0, 0)
        for i in chosen.sorted() {
          let mark = table.snapshot.draft.instruments[i].markCeil
          let lots = max(1, Int64(notional / Double(legs) * 1e6 / Double(max(mark, 1))))
          let history = histories[i]
          let share =
            history.isEmpty ? 1 : history[Int(random.next() % UInt64(history.count))] / (history.last ?? 1)
          let signed = isLong ? lots : -lots
          found.append(BookLeg(instrument: i, lots: signed))
          let paid = Double(signed) * Double(mark) * share
          entry.append(Int64(paid))
          value += Int128(paid.magnitude)
        }
        margin = initial.health(of: found[...], other: 0, rule: .portfolioMargin).requirement
        let equity = max(margin, Int128(Double(value) / leverage))
        var other = equity - entry.reduce(0) { $0 + Int128($1) }
        guard
          !table.health(of: found[...], other: other, rule: .portfolioMargin).isLiquidatable || attempt == 49
        else {
          continue
        }
        var stable: Int64 = 0
        if random.uniform() < terms.stableShare, stablePrice > 0 {
          stable = Int64(equity / Int128(stablePrice))
          other -= Int128(stable) * Int128(stablePrice)
        }
        let stops = random.uniform() < terms.stopShare
        if isLong { longs += Double(value) / 1e6 }
        books.append(
          (
            found, entry, Int64(clamping: other), stable,
            stops ? Int64(Double(equity) * (1 - terms.stopLoss)) : nil
          ))
        break
      }
    }
    // Whales have w/(1 - w) of what the others have.
    let part = whales.count > 0 ? whales.share / (1 - whales.share) : 0
    let whaleLongs = (whales.longShare * Double(whales.count)).rounded()
    if let target = terms.openInterest, longs > 0 {
      var all = 0.0
      if part > 0 {
        for book in books { for value in book.entry { all += Double(value.magnitude) / 1e6 } }
      }
      let scale = target / (longs + part * all * whaleLongs / Double(max(1, whales.count)))
      func scaled(_ value: Int64) -> Int64 { Int64(Double(value) * scale) }
      books = books.map { book in
        // Each sum is scaled in proportion, whole lots rounded, so that leverage stays.
        let legs = book.legs.map { leg in
          BookLeg(
            instrument: Int(leg.instrument),
            lots: leg.lots.signum() * max(1, Int64(Double(leg.lots.magnitude) * scale)))
        }
        return (legs, book.entry.map(scaled), scaled(book.cash), scaled(book.stable), book.stop.map(scaled))
      }
    }
    let others = books.count
    if part > 0, let mark = table.snapshot.draft.instruments.first?.markCeil, mark > 0 {
      var sum: Int128 = 0
      for book in books { for leg in book.legs { sum += table.value(of: leg) } }
      let lots = Int64(clamping: Int128(Double(sum) * part / Double(whales.count)) / Int128(mark))
      for number in 0..<whales.count where lots > 0 {
        let leg = BookLeg(instrument: 0, lots: Double(number) < whaleLongs ? lots : -lots)
        let value = Int64(clamping: Int128(leg.lots) * Int128(mark))
        let margin = initial.health(of: [leg][...], other: 0, rule: .portfolioMargin).requirement
        let equity = max(margin, Int128(Double(value.magnitude) / whales.leverage))
        books.append(
          (
            [leg], [value], Int64(clamping: equity - Int128(value)), 0,
            whales.stopLoss < 1 ? Int64(Double(equity) * (1 - whales.stopLoss)) : nil
          ))
      }
    }
    self.init(books)
    self.whales = others..<books.count
  }

  /// The legs of an account that have lots.
  func open(_ account: Int) -> ArraySlice<BookLeg> {
    let slice = legs[start[account]..<start[account + 1]]
    guard slice.contains(where: { $0.lots == 0 }) else { return slice }
    return slice.filter { $0.lots != 0 }[...]
  }

  /// The book of an account in the order of a snapshot.
  public func portfolio(_ account: Int, under snapshot: RiskSnapshot) -> Portfolio {
    var portfolio = Portfolio(
      positions: [Int64](repeating: 0, count: snapshot.draft.instruments.count),
      holdings: [Int64](repeating: 0, count: snapshot.draft.collateral.count),
      debts: [Int64](repeating: 0, count: snapshot.draft.collateral.count), cash: cash[account])
    for leg in legs[start[account]..<start[account + 1]] {
      portfolio.positions[Int(leg.instrument)] += leg.lots
    }
    if !portfolio.holdings.isEmpty { portfolio.holdings[0] = stable[account] }
    return portfolio
  }
}
