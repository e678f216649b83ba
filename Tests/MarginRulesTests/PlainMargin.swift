import ExactIntegers
import MarginRules

/// A witness as a prover could choose it: lots of both sides and any division into tranches.
struct Split {
  /// For each instrument, lots in each long and each short bracket. An instrument without brackets has
  /// one part.
  var long: [[Int64]]
  var short: [[Int64]]
  /// For each asset, lots in each tranche.
  var holdings: [[Int64]]
}

/// The inequalities of margin B.4 in big integers, for any split: written apart from the engine,
/// and slow.
struct PlainMargin {
  let snapshot: RiskSnapshot
  let kind: MarginKind

  private func sum(_ terms: [(Int64, Int64)]) -> Integer {
    terms.reduce(0) { $0 + Integer($1.0) * Integer($1.1) }
  }

  func equity(_ split: Split, debts: [Int64], cash: Int64) -> Integer {
    var terms: [(Int64, Int64)] = [(1, cash)]
    for (a, asset) in snapshot.collateral.enumerated() {
      let values = asset.tranches.map { kind == .initial ? $0.valIM : $0.valMM }
      terms += Array(zip(values, split.holdings[a]))
      terms.append((kind == .initial ? -asset.debtIM : -asset.debtMM, debts[a]))
    }
    for (i, instrument) in snapshot.instruments.enumerated() {
      terms += split.long[i].map { (instrument.markFloor, $0) }
      terms += split.short[i].map { (-instrument.markCeil, $0) }
    }
    return sum(terms)
  }

  func brackets(_ split: Split) -> Integer {
    var terms: [(Int64, Int64)] = []
    for (i, instrument) in snapshot.instruments.enumerated() {
      for (brackets, parts) in [
        (instrument.long, split.long[i]), (instrument.short, split.short[i]),
      ] {
        let rates = brackets.map { kind == .initial ? $0.imPerLot : $0.mmPerLot }
        terms += Array(zip(rates, parts))
      }
    }
    return sum(terms)
  }

  func scenarioLosses(_ split: Split) -> Integer {
    snapshot.groups.reduce(0) { total, group in
      let losses = group.scenarios.indices.map { row in
        snapshot.instruments.enumerated().reduce(Integer(0)) { loss, indexed in
          let (i, instrument) = indexed
          guard instrument.group == group.id else { return loss }
          return loss
            - sum(split.long[i].map { (instrument.pnlLong[row], $0) })
            - sum(split.short[i].map { (instrument.pnlShort[row], $0) })
        }
      }
      return total + max(0, losses.max() ?? 0)
    }
  }

  func contingency(_ split: Split) -> Integer {
    snapshot.instruments.enumerated().reduce(0) { total, indexed in
      let (i, instrument) = indexed
      return total + sum(split.long[i].map { (instrument.contLong, $0) })
        + sum(split.short[i].map { (instrument.contShort, $0) })
    }
  }

  func slacks(_ split: Split, debts: [Int64], cash: Int64) -> (scenario: Integer, bracket: Integer) {
    let equity = Integer(1_000_000) * equity(split, debts: debts, cash: cash)
    let theta = kind == .initial ? snapshot.tiers.initial : snapshot.tiers.maintenance
    let beta = kind == .initial ? snapshot.bufferPpm : 1_000_000
    return (
      equity - Integer(beta) * (scenarioLosses(split) + contingency(split)),
      equity - Integer(theta) * brackets(split)
    )
  }

  /// The split that fills cheaper parts first.
  func canonical(_ portfolio: Portfolio) -> Split {
    Split(
      long: zip(snapshot.instruments, portfolio.positions).map {
        Self.greedy(max($1, 0), $0.long.map(\.capLots))
      },
      short: zip(snapshot.instruments, portfolio.positions).map {
        Self.greedy(max(-$1, 0), $0.short.map(\.capLots))
      },
      holdings: zip(snapshot.collateral, portfolio.holdings).map {
        Self.greedy($1, $0.tranches.map(\.capLots))
      })
  }

  private static func greedy(_ lots: Int64, _ caps: [Int64?]) -> [Int64] {
    guard let cap = caps.first else { return [lots] }
    guard caps.count > 1, let cap else { return [lots] }
    return [min(lots, cap)] + greedy(max(0, lots - cap), Array(caps.dropFirst()))
  }

  /// All ways to divide lots among parts with these caps.
  static func splits(of lots: Int64, caps: [Int64?]) -> [[Int64]] {
    guard let cap = caps.first else { return lots == 0 ? [[]] : [] }
    return (0...min(lots, cap ?? lots)).flatMap { part in
      splits(of: lots - part, caps: Array(caps.dropFirst())).map { [part] + $0 }
    }
  }
}
