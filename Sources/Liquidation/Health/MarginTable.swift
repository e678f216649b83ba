public import MarginRules

/// The coefficients of a snapshot's maintenance rule in flat arrays, for many evaluations.
///
/// It says what ``AccountHealth`` says of every portfolio, for the rules of portfolio margin and cross
/// margin, without making any array: the two are compared on random books by the tests.
public struct MarginTable: Sendable {
  /// Number of instruments.
  public let count: Int
  /// The snapshot it was made of.
  public let snapshot: RiskSnapshot
  /// β and θ of the maintenance requirement, in ppm.
  let buffer: Int128
  let tier: Int128
  /// What a lot held brings and a lot sold costs, in quanta.
  let markFloor: [Int64]
  let markCeil: [Int64]
  let contLong: [Int64]
  let contShort: [Int64]
  /// The scenario group of an instrument, and where its rows begin in ``pnlLong`` and ``pnlShort``.
  let group: [Int]
  let pnlStart: [Int]
  let pnlLong: [Int64]
  let pnlShort: [Int64]
  /// Where the rows of a group begin in ``BookMeter/gains``, with one entry more than groups.
  let rowStart: [Int]
  /// Where the brackets of an instrument and side begin, 2·i for long and 2·i + 1 for short, with one entry
  /// more.
  let bracketStart: [Int]
  let bracketCap: [Int64]
  let bracketRate: [Int64]

  /// The table of a snapshot.
  public init(_ snapshot: RiskSnapshot, kind: MarginKind = .maintenance) {
    let instruments = snapshot.draft.instruments
    self.snapshot = snapshot
    count = instruments.count
    buffer = Int128(snapshot.draft.buffer(kind))
    tier = Int128(snapshot.draft.tiers.multiplier(kind))
    markFloor = instruments.map(\.markFloor)
    markCeil = instruments.map(\.markCeil)
    contLong = instruments.map(\.contLong)
    contShort = instruments.map(\.contShort)
    var groups = [Int](repeating: 0, count: instruments.count)
    for (g, members) in snapshot.instrumentIndices.enumerated() {
      for i in members { groups[i] = g }
    }
    group = groups
    var (starts, long, short) = ([Int](), [Int64](), [Int64]())
    for instrument in instruments {
      starts.append(long.count)
      long += instrument.pnlLong
      short += instrument.pnlShort
    }
    (pnlStart, pnlLong, pnlShort) = (starts, long, short)
    var rows = [0]
    for group in snapshot.draft.groups { rows.append((rows.last ?? 0) + group.scenarios.count) }
    rowStart = rows
    var (places, caps, rates) = ([Int](), [Int64](), [Int64]())
    for instrument in instruments {
      for side in [instrument.long, instrument.short] {
        places.append(caps.count)
        for bracket in side {
          caps.append(bracket.capLots ?? .max)
          rates.append(bracket.margin(kind))
        }
      }
    }
    places.append(caps.count)
    (bracketStart, bracketCap, bracketRate) = (places, caps, rates)
  }

  /// The bracket margin of a position in quanta, cheaper brackets filled first.
  func bracketMargin(_ i: Int, _ position: Int64) -> Int128 {
    let side = 2 * i + (position < 0 ? 1 : 0)
    var rest = Int64(clamping: position.magnitude)
    var sum: Int128 = 0
    for k in bracketStart[side]..<bracketStart[side + 1] {
      guard rest > 0 else { break }
      let part = min(rest, bracketCap[k])
      sum += Int128(part) * Int128(bracketRate[k])
      rest -= part
    }
    return sum
  }

  /// What a position brings to equity in quanta.
  func markValue(_ i: Int, _ position: Int64) -> Int128 {
    Int128(position) * Int128(position >= 0 ? markFloor[i] : markCeil[i])
  }

  /// The value of a position without regard to its side, at the higher mark, in quanta.
  func grossValue(_ i: Int, _ position: Int64) -> Int128 {
    let value = Int128(position) * Int128(markCeil[i])
    return value < 0 ? -value : value
  }

  func contingency(_ i: Int, _ position: Int64) -> Int128 {
    position >= 0 ? Int128(position) * Int128(contLong[i]) : -Int128(position) * Int128(contShort[i])
  }
}

/// The sums of one account's margin rule, kept up to date as positions change.
public struct BookMeter: Sendable {
  /// What the sums are made with.
  public let table: MarginTable
  /// Which rule counts.
  public let rule: AccountRule
  /// The positions in lots.
  public private(set) var positions: [Int64]
  /// Equity in quanta.
  public private(set) var equity: Int128
  private var bracket: Int128 = 0
  private var contingency: Int128 = 0
  /// The gain of each group in each of its scenarios.
  private var gains: [Int128]
  /// The sum of the groups' worst losses, and each of them.
  private var losses: [Int128]
  private var lossSum: Int128 = 0

  /// The sums of a portfolio.
  ///
  /// - Throws: ``LiquidationError/margin(_:)`` for a portfolio that does not fit the snapshot, and
  ///   ``LiquidationError/malformed`` for a rule that is not one of sums: value at risk and collateral ratio.
  public init(
    _ portfolio: Portfolio, _ table: MarginTable, rule: AccountRule, kind: MarginKind = .maintenance
  ) throws(LiquidationError) {
    guard rule == .portfolioMargin || rule == .crossMargin else { throw .malformed }
    do throws(MarginError) {
      try portfolio.checkBounds(under: table.snapshot)
    } catch {
      throw .margin(error)
    }
    self.table = table
    self.rule = rule
    positions = portfolio.positions
    gains = [Int128](repeating: 0, count: table.rowStart.last ?? 0)
    losses = [Int128](repeating: 0, count: table.rowStart.count - 1)
    equity = Int128(portfolio.cash)
    for (a, asset) in table.snapshot.draft.collateral.enumerated() {
      var rest = portfolio.holdings[a]
      for tranche in asset.tranches where rest > 0 {
        let part = min(rest, tranche.capLots ?? rest)
        equity += Int128(part) * Int128(tranche.value(kind))
        rest -= part
      }
      equity -= Int128(asset.debt(kind)) * Int128(portfolio.debts[a])
    }
    for i in 0..<table.count where positions[i] != 0 {
      equity += table.markValue(i, positions[i])
      bracket += table.bracketMargin(i, positions[i])
      contingency += table.contingency(i, positions[i])
      addGains(i, positions[i])
    }
    for g in losses.indices {
      losses[g] = worstLoss(g)
      lossSum += losses[g]
    }
  }

  private mutating func addGains(_ i: Int, _ position: Int64) {
    let rows = table.rowStart[table.group[i]]..<table.rowStart[table.group[i] + 1]
    let start = table.pnlStart[i]
    let lots = Int128(position.magnitude)
    for row in rows {
      let k = start + row - rows.lowerBound
      gains[row] += lots * Int128(position >= 0 ? table.pnlLong[k] : table.pnlShort[k])
    }
  }

  private func worstLoss(_ g: Int) -> Int128 {
    var worst: Int128 = 0
    for row in table.rowStart[g]..<table.rowStart[g + 1] { worst = min(worst, gains[row]) }
    return -worst
  }

  /// The health now.
  public var health: AccountHealth {
    AccountHealth(equity: equity, requirement: requirement(lossSum, contingency, bracket))
  }

  private func requirement(_ losses: Int128, _ contingency: Int128, _ bracket: Int128) -> Int128 {
    let brackets = table.tier * bracket
    guard rule == .portfolioMargin else { return AccountHealth.rounded(brackets) }
    return AccountHealth.rounded(max(table.buffer * (losses + contingency), brackets))
  }

  /// The health if position `i` were `position` and `cost` quanta had been paid for the change, other than
  /// the marks that the lots were exchanged at.
  public func health(changing i: Int, to position: Int64, cost: Int128) -> AccountHealth {
    let old = positions[i]
    let bracket = self.bracket + table.bracketMargin(i, position) - table.bracketMargin(i, old)
    guard rule == .portfolioMargin else {
      return AccountHealth(equity: equity - cost, requirement: requirement(0, 0, bracket))
    }
    let contingency = self.contingency + table.contingency(i, position) - table.contingency(i, old)
    let (g, start) = (table.group[i], table.pnlStart[i])
    let first = table.rowStart[g]
    var worst: Int128 = 0
    for row in first..<table.rowStart[g + 1] {
      let k = start + row - first
      let before =
        Int128(old.magnitude) * Int128(old >= 0 ? table.pnlLong[k] : table.pnlShort[k])
      let after =
        Int128(position.magnitude) * Int128(position >= 0 ? table.pnlLong[k] : table.pnlShort[k])
      worst = min(worst, gains[row] - before + after)
    }
    return AccountHealth(
      equity: equity - cost,
      requirement: requirement(lossSum - losses[g] - worst, contingency, bracket))
  }

  /// Changes position `i`, the lots exchanged at the mark of their side, for `cost` quanta besides.
  public mutating func change(_ i: Int, to position: Int64, cost: Int128) {
    let old = positions[i]
    bracket += table.bracketMargin(i, position) - table.bracketMargin(i, old)
    contingency += table.contingency(i, position) - table.contingency(i, old)
    addGains(i, position)
    let (g, start) = (table.group[i], table.pnlStart[i])
    let first = table.rowStart[g]
    for row in first..<table.rowStart[g + 1] {
      let k = start + row - first
      gains[row] -= Int128(old.magnitude) * Int128(old >= 0 ? table.pnlLong[k] : table.pnlShort[k])
    }
    let loss = worstLoss(g)
    lossSum += loss - losses[g]
    losses[g] = loss
    positions[i] = position
    equity -= cost
  }

  /// The value of all positions without regard to their sides, in quanta.
  public var grossValue: Int128 {
    var sum: Int128 = 0
    for i in positions.indices where positions[i] != 0 { sum += table.grossValue(i, positions[i]) }
    return sum
  }
}
