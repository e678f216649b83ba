internal import MarginRules

/// A position of a book that has few.
public struct BookLeg: Hashable, Sendable {
  /// The instrument, by its place in the snapshot.
  public var instrument: Int32
  /// Lots, not zero.
  public var lots: Int64

  /// A position.
  public init(instrument: Int, lots: Int64) {
    self.instrument = Int32(instrument)
    self.lots = lots
  }
}

extension MarginTable {
  /// The health of a book of few legs: what ``AccountHealth`` says of it, without making an array.
  ///
  /// - Parameters:
  ///   - legs: each instrument once, those of a group side by side.
  ///   - other: what the book has besides, cash and collateral less debts, in quanta.
  ///   - rule: portfolio margin or cross margin; another counts as portfolio margin.
  /// - Complexity: legs·rows products.
  public func health(of legs: ArraySlice<BookLeg>, other: Int128, rule: AccountRule) -> AccountHealth {
    var (equity, bracket, contingency, losses): (Int128, Int128, Int128, Int128) = (other, 0, 0, 0)
    for leg in legs {
      let i = Int(leg.instrument)
      equity += markValue(i, leg.lots)
      bracket += bracketMargin(i, leg.lots)
      contingency += self.contingency(i, leg.lots)
    }
    if rule == .crossMargin {
      return AccountHealth(equity: equity, requirement: AccountHealth.rounded(tier * bracket))
    }
    var first = legs.startIndex
    while first < legs.endIndex {
      let g = group[Int(legs[first].instrument)]
      var end = first + 1
      while end < legs.endIndex, group[Int(legs[end].instrument)] == g { end += 1 }
      var worst: Int128 = 0
      for row in 0..<rowStart[g + 1] - rowStart[g] {
        var gain: Int128 = 0
        for place in first..<end {
          let (i, lots) = (Int(legs[place].instrument), legs[place].lots)
          let k = pnlStart[i] + row
          gain += Int128(lots.magnitude) * Int128(lots >= 0 ? pnlLong[k] : pnlShort[k])
        }
        worst = min(worst, gain)
      }
      losses -= worst
      first = end
    }
    return AccountHealth(
      equity: equity, requirement: AccountHealth.rounded(max(buffer * (losses + contingency), tier * bracket))
    )
  }

  /// By how much equity less requirement of a book can differ between two tables, at most, in quanta per lot
  /// held or sold of each instrument; exact for positions within ``firstBracket(_:)`` of both.
  ///
  /// - Parameter other: a table of the same instruments, groups and scenarios.
  /// - Returns: nil if they are not the same.
  public func distances(to other: MarginTable) -> [Double]? {
    guard count == other.count, rowStart == other.rowStart, group == other.group, pnlStart == other.pnlStart
    else {
      return nil
    }
    let scale = Double(max(buffer, other.buffer, tier, other.tier)) / Double(onePpm)
    return (0..<count).map { i in
      func gap(_ a: Int64, _ b: Int64) -> Double { Double((Int128(a) - Int128(b)).magnitude) }
      let marks = max(gap(markFloor[i], other.markFloor[i]), gap(markCeil[i], other.markCeil[i]))
      var worst = 0.0
      for row in pnlStart[i]..<(i + 1 < count ? pnlStart[i + 1] : pnlLong.count) {
        worst = max(worst, gap(pnlLong[row], other.pnlLong[row]), gap(pnlShort[row], other.pnlShort[row]))
      }
      let cont = max(gap(contLong[i], other.contLong[i]), gap(contShort[i], other.contShort[i]))
      var brackets = 0.0
      for side in [2 * i, 2 * i + 1] {
        let (a, b) = (bracketStart[side], other.bracketStart[side])
        let rate = a < bracketStart[side + 1] ? bracketRate[a] : 0
        let rateAfter = b < other.bracketStart[side + 1] ? other.bracketRate[b] : 0
        brackets = max(brackets, gap(rate, rateAfter))
      }
      let multipliers =
        buffer == other.buffer && tier == other.tier ? 0 : Double(markCeil[i].magnitude) * 16
      return marks + scale * max(worst + cont, brackets) + multipliers + 2
    }
  }

  /// The lots of the smaller first bracket of an instrument: up to there margin is in proportion to lots.
  public func firstBracket(_ i: Int) -> Int64 {
    [2 * i, 2 * i + 1].map { side in
      bracketStart[side] < bracketStart[side + 1] ? bracketCap[bracketStart[side]] : .max
    }.min() ?? .max
  }
}
