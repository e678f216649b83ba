/// The cost of trading against a book by the square-root law (M10): trading all of the depth D moves the
/// price by Y times the band b in which that depth was counted.
///
///     I(Q) = Y·b·√(Q/D)        the move
///     C(Q) = ⅔·I(Q)·Q          the cost, which is convex: Q^1.5
public struct ImpactCost: Hashable, Sendable {
  /// Y, about 1.
  public var coefficient: Double
  /// b as a fraction.
  public var band: Double
  /// D in USD.
  public var depth: Double

  /// A law.
  public init(coefficient: Double, band: Double, depth: Double) {
    self.coefficient = coefficient
    self.band = band
    self.depth = depth
  }

  /// C(Q)/Q: the mean cost of an amount as a fraction of it; 1 without depth.
  public func meanCost(_ amount: Double) -> Double {
    guard depth > 0 else { return 1 }
    return min(1, 2 / 3 * coefficient * band * (amount / depth).squareRoot())
  }

  /// The slope of the chord of C between two amounts, lower < upper, as a fraction.
  ///
  /// Between a node and twice the node the chord overstates C by at most 4.56 % and never understates it.
  public func chord(from lower: Double, to upper: Double) -> Double {
    guard depth > 0, upper > lower else { return 1 }
    // C(u) - C(l) over u - l, with C(Q) = ⅔·Y·b·Q·√(Q/D)
    let cost = upper * (upper / depth).squareRoot() - lower * (lower / depth).squareRoot()
    return 2 / 3 * coefficient * band * cost / (upper - lower)
  }
}

/// Brackets that follow depth (M27): node k at f·2ᵏ·D, rates that rise by the slopes of the chords of
/// ``ImpactCost`` between nodes.
///
///     width₁ = ⌊f·D / lot⌋, widthₖ = ⌊nodeₖ / lot⌋ - ⌊nodeₖ₋₁ / lot⌋
///     mₖ = m₁ + ⌈chordₖ - chord₁⌉
///
/// The last bracket has the rate of one more node and takes the rest. Without depth there is one bracket, at
/// 100 %. Less depth gives narrower brackets, so no position ever costs less for it.
public struct DepthBrackets: Hashable, Sendable {
  /// f: the first node as a share of depth.
  public var firstShare: Double
  /// How many brackets, at least 1.
  public var count: Int

  /// Brackets of this shape.
  public init(firstShare: Double, count: Int) {
    self.firstShare = firstShare
    self.count = count
  }

  /// The table of one side.
  ///
  /// - Parameters:
  ///   - base: the rates m₁ of the first bracket.
  ///   - ratio: initial over maintenance in ppm, by which the rise of initial rates exceeds that of
  ///     maintenance rates.
  ///   - lotValue: the value of one lot in quanta.
  public func table(
    base: BracketTable.Rates, cost: ImpactCost, ratio: Int64, lotValue: Int64
  ) -> BracketTable {
    guard cost.depth > 0, count > 0, lotValue > 0 else {
      return BracketTable([
        BracketTable.Row(
          width: nil, initial: max(1_000_000, base.initial),
          maintenance: max(1_000_000, base.maintenance))
      ])
    }
    let first = firstShare * cost.depth
    let lowest = cost.chord(from: 0, to: first)
    var (rows, filled, before, node) = ([BracketTable.Row](), Int64(0), 0.0, first)
    for k in 1...count {
      let rise = Rate.ceiling(cost.chord(from: before, to: node) - lowest)
      let lots = Quanta.lots(dollars: node, lotValue: lotValue)
      rows.append(
        BracketTable.Row(
          width: k == count ? nil : lots - filled,
          initial: min(Rate.greatest, base.initial + Rate.product(rise, ratio)),
          maintenance: min(Rate.greatest, base.maintenance + rise)))
      (filled, before, node) = (lots, node, 2 * node)
    }
    return BracketTable(rows)
  }
}
