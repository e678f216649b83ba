public import MarginRules

/// Size-dependent margin (M25): brackets of notional, each with its own rate on what falls into it.
///
///     R(n) = Σₖ mₖ·min(max(n - bₖ₋₁, 0), wₖ) = maxₖ (mₖ·n - dedₖ)
///
/// With rates that never fall, R is convex and a split of a position over brackets can only overstate it.
public struct BracketTable: Hashable, Sendable {
  /// A bracket of lots or money and its rates.
  public struct Row: Hashable, Sendable {
    /// How much falls into it; nil for all the rest, in the last.
    public var width: Int64?
    /// The initial rate in ppm.
    public var initial: Int64
    /// The maintenance rate in ppm.
    public var maintenance: Int64

    /// A bracket.
    public init(width: Int64?, initial: Int64, maintenance: Int64) {
      self.width = width
      self.initial = initial
      self.maintenance = maintenance
    }
  }

  /// The two rates of a whole position.
  public struct Rates: Hashable, Sendable {
    /// The initial rate in ppm.
    public var initial: Int64
    /// The maintenance rate in ppm.
    public var maintenance: Int64

    /// These rates.
    public init(initial: Int64, maintenance: Int64) {
      self.initial = initial
      self.maintenance = maintenance
    }
  }

  /// The brackets, cheapest first.
  public private(set) var rows: [Row]

  /// Brackets in this order, made sound: those of no width are left out, each rate is at least the one
  /// before, initial is at least maintenance, and the last takes the rest. Without any, everything has margin
  /// 100 %.
  public init(_ rows: [Row]) {
    var sound: [Row] = []
    for row in rows {
      if let width = row.width, width <= 0 { continue }
      var row = row
      row.width = row.width.map { min($0, SnapshotLimits.caps.upperBound) }
      row.maintenance = max(row.maintenance, sound.last?.maintenance ?? 0)
      row.initial = max(row.initial, row.maintenance, sound.last?.initial ?? 0)
      sound.append(row)
      if row.width == nil { break }
    }
    if sound.isEmpty { sound = [Row(width: nil, initial: 1_000_000, maintenance: 1_000_000)] }
    sound[sound.count - 1].width = nil
    self.rows = sound
  }

  /// The brackets of a whole-position rule: a position above each threshold has one rate on all of it. Such a
  /// requirement jumps at tₖ from mₖ·tₖ to mₖ₊₁·tₖ and is not convex. This one is, and nowhere below it: at
  /// each threshold it asks what the rule asks just above, in between it is linear, and its slopes never
  /// fall, so it overstates by up to one step at the thresholds and by more beyond the last.
  ///
  /// - Parameters:
  ///   - thresholds: where the rate rises, ascending and positive.
  ///   - rates: initial and maintenance rate up to the first threshold, then beyond each.
  /// - Returns: nil unless there is one more rate than thresholds, none less than the one before.
  public static func majorant(
    thresholds: [Int64], rates: [Rates]
  ) -> BracketTable? {
    guard rates.count == thresholds.count + 1,
      zip([0] + thresholds, thresholds).allSatisfy({ $0 < $1 }),
      zip(rates, rates.dropFirst()).allSatisfy({
        $0.initial <= $1.initial && $0.maintenance <= $1.maintenance
      })
    else { return nil }
    var rows: [Row] = []
    var (start, before) = (Int64(0), (initial: Int128(0), maintenance: Int128(0)))
    for (k, end) in thresholds.enumerated() {
      // What the rule asks just above the end.
      let after = (
        initial: Int128(rates[k + 1].initial) * Int128(end),
        maintenance: Int128(rates[k + 1].maintenance) * Int128(end)
      )
      let width = end - start
      rows.append(
        Row(
          width: width, initial: ceilingQuotient(after.initial - before.initial, Int128(width)),
          maintenance: ceilingQuotient(after.maintenance - before.maintenance, Int128(width))))
      (start, before) = (end, after)
    }
    if let last = rates.last {
      rows.append(Row(width: nil, initial: last.initial, maintenance: last.maintenance))
    }
    return BracketTable(rows)
  }

  /// R(n) in millionths of the unit of n, exactly.
  public func requirement(_ amount: Int64, _ kind: MarginKind) -> Int128 {
    zip(rows, fill(amount, caps: rows.map(\.width))).reduce(0) { sum, part in
      sum + Int128(part.0.rate(kind)) * Int128(part.1)
    }
  }

  /// dedₖ in millionths: what mₖ·n overstates R by, in the form rate·n - deduction.
  public func deductions(_ kind: MarginKind) -> [Int128] {
    var (edge, last, deduction) = (Int128(0), Int64(0), Int128(0))
    return rows.map { row in
      let rate = row.rate(kind)
      deduction += Int128(rate - last) * edge
      last = rate
      edge += Int128(row.width ?? 0)
      return deduction
    }
  }

  /// The brackets of a snapshot for lots of this value in quanta, which each charge rounds up.
  public func brackets(lotValue: Int64) -> [Bracket] {
    rows.map { row in
      Bracket(
        capLots: row.width, imPerLot: Quanta.charge(lotValue, ppm: row.initial),
        mmPerLot: Quanta.charge(lotValue, ppm: row.maintenance))
    }
  }
}

extension BracketTable.Row {
  /// The rate of a kind in ppm.
  public func rate(_ kind: MarginKind) -> Int64 {
    switch kind {
    case .initial: initial
    case .maintenance: maintenance
    }
  }
}
