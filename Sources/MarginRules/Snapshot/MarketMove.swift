/// How much of what moved from one snapshot to another a move of the market explains.
///
/// A market move has few numbers for each scenario group: by what the price moved, and by what margins moved with
/// volatility, the same for every instrument and bracket of the group. Whoever chooses snapshots to learn of a book must
/// move numbers of instruments against each other, and that is left over:
///
///     explained number = number · price ratio                  of marks
///     explained number = number · price ratio · margin ratio   of margins, contingency and scenario gains
///     left over        = |new - explained| / max |number| of the instrument
///
/// Of an option nothing is proportional: what its numbers move by is explained up to the move of the underlying value of a
/// lot, since an option moves no further than what it is written on, and up to the margin ratio.
///
/// The ratios are the venue's own. Whoever uses the measure compares the price ratio with a public price.
public struct MarketMove: Hashable, Sendable {
  /// The move of one scenario group.
  public struct Group: Hashable, Sendable {
    /// New over old mark: the median of the instruments that follow the price; 1 without any.
    public var price: Double
    /// New over old margin at an unmoved price: the median of all brackets; 1 without any.
    public var margin: Double
  }

  /// The moves by group.
  public let groups: [String: Group]
  /// By how much the numbers of each instrument that both have moved, in ppm of its greatest.
  public let moved: [String: Int64]
  /// What of it the group's move leaves over, in ppm likewise; never above what moved.
  public let unexplained: [String: Int64]

  /// The share of all moves that the market explains, of the instrument that it explains the least: from 0 to 1, and 1
  /// when nothing moved.
  public var explainedShare: Double {
    moved.map { id, ppm in
      ppm > 0 ? 1 - Double(unexplained[id] ?? ppm) / Double(ppm) : 1
    }.min() ?? 1
  }

  /// The greatest number that is left over, in ppm, and the instrument that it is of; nil when the snapshots have no
  /// instrument in common.
  public var greatest: (id: String, ppm: Int64)? {
    unexplained.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { ($0.key, $0.value) }
  }

  /// Compares two snapshots.
  public init(from old: RiskSnapshot, to new: RiskSnapshot) {
    let later = Dictionary(new.instruments.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let pairs = old.instruments.compactMap { a in later[a.id].map { (a, $0) } }.filter {
      $0.0.group == $0.1.group
    }
    var groups: [String: Group] = [:]
    for group in old.groups {
      let linear = pairs.filter { $0.0.group == group.id && $0.0.isOfPrice }
      let price = Self.median(linear.map { Self.ratio($0.0.markCeil, $0.1.markCeil) }) ?? 1
      let margins = linear.flatMap { a, b in
        zip(a.long + a.short, b.long + b.short).flatMap { x, y in
          [Self.ratio(x.mmPerLot, y.mmPerLot), Self.ratio(x.imPerLot, y.imPerLot)]
        }
      }
      groups[group.id] = Group(price: price, margin: (Self.median(margins) ?? price) / max(price, 1e-9))
    }
    self.groups = groups
    // The underlying value of a lot of an option moves as a perpetual of the group does.
    let units = Dictionary(
      pairs.filter(\.0.isOfPrice).compactMap { a, b in
        a.lotSize.map { (a.group, Double((b.markCeil - a.markCeil).magnitude) / $0) }
      }, uniquingKeysWith: { max($0, $1) })
    var (moved, unexplained) = ([String: Int64](), [String: Int64]())
    for (a, b) in pairs {
      let group = groups[a.group] ?? Group(price: 1, margin: 1)
      let (before, after) = (Self.numbers(a), Self.numbers(b))
      let scale = before.reduce(1.0) { max($0, $1.value.magnitude) }
      guard before.count == after.count else {
        (moved[a.id], unexplained[a.id]) = (.max, .max)
        continue
      }
      let allowance = a.isOfPrice ? 0 : (units[a.group] ?? 0) * (a.lotSize ?? 0)
      var (most, left) = (0.0, 0.0)
      for (x, y) in zip(before, after) {
        most = max(most, (y.value - x.value).magnitude)
        let factor = x.isMark ? group.price : group.price * group.margin
        let rest =
          a.isOfPrice
          ? (y.value - x.value * factor).magnitude
          : (y.value - x.value).magnitude - allowance * max(1, group.margin)
            - x.value.magnitude * (group.margin - 1).magnitude
        left = max(left, min(rest, (y.value - x.value).magnitude))
      }
      // A quantum of each number is rounding.
      moved[a.id] = Self.ppm(most, scale)
      unexplained[a.id] = Self.ppm(max(0, left - 2), scale)
    }
    (self.moved, self.unexplained) = (moved, unexplained)
  }

  /// A number of quanta per lot.
  private struct Number {
    var value: Double
    var isMark: Bool
  }

  private static func numbers(_ one: Instrument) -> [Number] {
    let marks = [one.markFloor, one.markCeil]
    let brackets = (one.long + one.short).flatMap { [$0.imPerLot, $0.mmPerLot] }
    let margins = [one.contLong, one.contShort] + one.pnlLong + one.pnlShort + brackets
    return marks.map { Number(value: Double($0), isMark: true) }
      + margins.map { Number(value: Double($0), isMark: false) }
  }

  private static func ratio(_ a: Int64, _ b: Int64) -> Double { Double(max(1, b)) / Double(max(1, a)) }

  private static func ppm(_ move: Double, _ scale: Double) -> Int64 {
    let x = (move / scale * 1e6).rounded(.up)
    return x < 0x1p62 ? Int64(x) : .max
  }

  private static func median(_ numbers: [Double]) -> Double? {
    guard !numbers.isEmpty else { return nil }
    return numbers.sorted()[numbers.count / 2]
  }
}

extension Instrument {
  /// Whether its value follows the price.
  fileprivate var isOfPrice: Bool { kind?.isLinear == true || (kind == nil && !long.isEmpty) }

  /// The number at the beginning of its lot: 0.001 of "0.001 BTC".
  fileprivate var lotSize: Double? {
    lot.split(separator: " ").first.flatMap { Double($0) }.flatMap { $0 > 0 && $0 < .infinity ? $0 : nil }
  }
}
