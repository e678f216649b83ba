internal import CircuitLanguage
internal import ExactIntegers
internal import MarginRules
internal import Ristretto
public import Solvency

/// How far a book is from missing a rule, in money and in price moves. Secret: it stays with the trader.
public struct MarginHeadroom: Hashable, Sendable {
  /// The cash that may leave the account before the rule fails, in quanta; less than 0 what must be added for
  /// it to hold. Nil where no amount of cash decides.
  public let quanta: Int64?
  /// Moves of prices at which the rule fails, if its requirement stays as it is: for each group of
  /// instruments at most one down and one up.
  public let moves: [Move]

  /// A move of the price of one group.
  public struct Move: Hashable, Sendable {
    /// The scenario group.
    public let group: String
    /// The move in ppm of the price.
    public let ppm: Int64
    /// Whether the move is beyond the scenarios of the snapshot, on a straight line through the last two.
    public let isBeyondScenarios: Bool
    /// The price now, in quanta for one unit of the asset; nil where no instrument of the group follows it.
    public let price: Int64?

    /// The price after the move.
    public var priceAfter: Int64? {
      price.map { Int64(clamping: Int128($0) * Int128(1_000_000 + ppm) / 1_000_000) }
    }
  }
}

extension Book {
  /// How far the book is from missing a rule.
  ///
  /// - Throws: ``ProverError/wrongRegistry`` or ``ProverError/inconsistent``.
  public borrowing func headroom(_ rule: MarginRule) throws(ProverError) -> MarginHeadroom {
    guard registry == rule.registry else { throw .wrongRegistry }
    return try values.headroom(under: rule)
  }
}

extension AccountOpening {
  /// How far the book is from missing a rule.
  ///
  /// - Throws: ``ProverError/wrongRegistry`` or ``ProverError/inconsistent``.
  public borrowing func headroom(_ rule: MarginRule) throws(ProverError) -> MarginHeadroom {
    guard registry == rule.registry.digest else { throw .wrongRegistry }
    return try values.headroom(under: rule)
  }
}

extension SecretBlock<Int64> {
  fileprivate borrowing func headroom(under rule: MarginRule) throws(ProverError) -> MarginHeadroom {
    let quanta = try cashHeadroom(rule)
    guard let quanta, quanta >= 0 else { return MarginHeadroom(quanta: quanta, moves: []) }
    var moves: [MarginHeadroom.Move] = []
    for index in rule.snapshot.groups.indices {
      let gains = self.gains(rule, group: index)
      let price = Self.price(rule.snapshot, group: index)
      for gains in [gains.down, gains.up] {
        guard let ppm = Self.crossing(gains, quanta) else { continue }
        moves.append(
          MarginHeadroom.Move(
            group: rule.snapshot.groups[index].id, ppm: ppm,
            isBeyondScenarios: ppm.magnitude > gains.last?.ppm.magnitude ?? 0, price: price))
      }
    }
    return MarginHeadroom(quanta: quanta, moves: moves)
  }

  // MARK: Cash

  /// What may leave, or must be added, found by doubling and then halving: more cash never makes a rule fail.
  private borrowing func cashHeadroom(_ rule: MarginRule) throws(ProverError) -> Int64? {
    guard let cash = rule.registry.index(of: Registry.cash) else { return nil }
    let now = try holds(rule, cash, adding: 0)
    guard let now else { return nil }
    let sign: Int64 = now ? -1 : 1
    // The answer is the same at `same`, and another at `other`.
    var (same, other) = (Int64(0), Int64(1))
    while true {
      guard let answer = try holds(rule, cash, adding: sign * other) else {
        // Beyond what the circuit has room for: below, the rule fails there as well.
        if now { break }
        return nil
      }
      if answer != now { break }
      same = other
      guard other < 1 << 61 else { return nil }
      other *= 2
    }
    while other - same > 1 {
      let middle = same + (other - same) / 2
      if try holds(rule, cash, adding: sign * middle) ?? !now == now { same = middle } else { other = middle }
    }
    return now ? same : -other
  }

  /// Whether the rule holds with so much more cash; nil where the circuit has no room for the book.
  private borrowing func holds(_ rule: MarginRule, _ cash: Int, adding quanta: Int64) throws(ProverError)
    -> Bool?
  {
    let (sum, overflow) = self[cash].addingReportingOverflow(quanta)
    guard !overflow, SnapshotLimits.cash.contains(sum) else { return nil }
    let changed = SecretBlock<Int64>(count: count) { $0 == cash ? sum : self[$0] }
    let evaluation: Evaluation
    do throws(WitnessError) {
      evaluation = try changed.withSpan { span throws(WitnessError) in try rule.compiled.evaluate(span) }
    } catch {
      throw .inconsistent
    }
    guard evaluation.admission == .admitted else { return nil }
    return evaluation.requirements.allSatisfy(\.holds)
  }

  // MARK: Prices

  /// What the book gains at a move, in quanta.
  private struct Gain {
    let ppm: Int64
    let quanta: Int128
  }

  /// What the book gains in one group at the price moves of the snapshot's scenarios without a move of
  /// volatility, from the nearest outwards.
  private borrowing func gains(_ rule: MarginRule, group: Int) -> (down: [Gain], up: [Gain]) {
    let snapshot = rule.snapshot
    var gains: [Gain] = []
    for (s, scenario) in snapshot.groups[group].scenarios.enumerated()
    where scenario.vol == 0 && scenario.weight == 1_000_000 {
      let ppm = scenario.price
      var sum = collateral(rule, group: group) * Int128(ppm) / 1_000_000
      for index in snapshot.instrumentIndices[group] {
        let instrument = snapshot.instruments[index]
        guard let coordinate = rule.registry.index(of: Registry.position(instrument.id)) else { continue }
        let lots = Int128(self[coordinate])
        sum += lots >= 0 ? lots * Int128(instrument.pnlLong[s]) : -lots * Int128(instrument.pnlShort[s])
      }
      gains.append(Gain(ppm: ppm, quanta: sum))
    }
    let sorted = gains.filter { $0.ppm != 0 }.sorted { $0.ppm.magnitude < $1.ppm.magnitude }
    return (sorted.filter { $0.ppm < 0 }, sorted.filter { $0.ppm > 0 })
  }

  /// What holdings and debts of the group's asset are worth under the rule, in quanta.
  private borrowing func collateral(_ rule: MarginRule, group: Int) -> Int128 {
    let snapshot = rule.snapshot
    let assets = Set(
      snapshot.instrumentIndices[group].compactMap { snapshot.instruments[$0].lot.split(separator: " ").last }
    )
    var sum = Int128(0)
    for asset in snapshot.collateral where asset.lot.split(separator: " ").last.map(assets.contains) ?? false
    {
      if let coordinate = rule.registry.index(of: Registry.holding(asset.id)) {
        var rest = self[coordinate]
        for tranche in asset.tranches {
          let lots = Swift.min(rest, tranche.capLots ?? rest)
          sum += Int128(lots) * Int128(tranche.value(rule.key.kind))
          rest -= lots
        }
      }
      if let coordinate = rule.registry.index(of: Registry.debt(asset.id)) {
        sum -= Int128(self[coordinate]) * Int128(asset.debt(rule.key.kind))
      }
    }
    return sum
  }

  /// For each requirement, by how much one USD more of cash changes its value.
  borrowing func slopes(under rule: MarginRule) throws(ProverError) -> [Int256] {
    guard let cash = rule.registry.index(of: Registry.cash) else { return [] }
    let usd: Int64 = 1_000_000
    let step = self[cash] > SnapshotLimits.cash.upperBound - usd ? -usd : usd
    var values: [[Int256]] = []
    for quanta in [0, step] {
      let changed = SecretBlock<Int64>(count: count) { $0 == cash ? self[$0] + quanta : self[$0] }
      do throws(WitnessError) {
        let evaluation = try changed.withSpan { span throws(WitnessError) in try rule.compiled.evaluate(span)
        }
        values.append(evaluation.requirements.map(\.value))
      } catch {
        throw .inconsistent
      }
    }
    guard values[0].count == values[1].count else { return [] }
    return zip(values[0], values[1]).map { before, after in step > 0 ? after &- before : before &- after }
  }

  /// The farthest moves that are looked at, in ppm: everything lost, and eleven times the price.
  private static var farthest: ClosedRange<Int128> { -1_000_000...10_000_000 }

  /// The first move at which the gain eats the headroom up, on straight lines between scenarios and beyond
  /// the last; nil if none does.
  private static func crossing(_ gains: [Gain], _ headroom: Int64) -> Int64? {
    var last = Gain(ppm: 0, quanta: 0)
    var beforeLast = last
    for gain in gains {
      let (before, after) = (Int128(headroom) + last.quanta, Int128(headroom) + gain.quanta)
      if after < 0 {
        // before ≥ 0 > after
        let share = Int128(gain.ppm - last.ppm) * before / (before - after)
        return last.ppm + Int64(clamping: share)
      }
      (beforeLast, last) = (last, gain)
    }
    // quanta lost for each ppm further
    let (loss, run) = (beforeLast.quanta - last.quanta, Int128(last.ppm - beforeLast.ppm))
    guard loss > 0, run != 0 else { return nil }
    let ppm = Int128(last.ppm) + (Int128(headroom) + last.quanta) * run / loss
    return farthest.contains(ppm) ? Int64(clamping: ppm) : nil
  }

  /// The price of one unit of a group's asset in quanta, from the first instrument that follows it.
  private static func price(_ snapshot: RiskSnapshot, group: Int) -> Int64? {
    for index in snapshot.instrumentIndices[group] {
      let instrument = snapshot.instruments[index]
      guard instrument.kind == .perpetual || instrument.kind == .spot || instrument.kind == .future,
        let amount = instrument.lot.split(separator: " ").first,
        let lot = try? ExactDecimal(parsing: String(amount)).integer(inUnitsOfTenTo: -12).int64, lot > 0
      else { continue }
      return Int64(clamping: Int128(instrument.markFloor) * 1_000_000_000_000 / Int128(lot))
    }
    return nil
  }
}
