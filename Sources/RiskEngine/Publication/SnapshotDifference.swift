public import MarginRules

/// What changed from one snapshot to another, as traders feel it: which terms tightened, which relaxed, and
/// what of the market drove it.
public struct SnapshotDifference: Hashable, Sendable {
  /// Which way a term moved.
  public enum Direction: String, Hashable, Sendable {
    /// An account owes more, may hold less, or may do less.
    case tightened
    /// The other way.
    case relaxed
    /// A mark, which is neither.
    case moved
  }

  /// One term with another value than before.
  public struct Change: Hashable, Sendable {
    /// Whose term it is; nil for the snapshot as a whole.
    public let subject: OverrideTarget?
    /// The term: "maintenance rate (long)".
    public let term: String
    /// What it is counted in.
    public let unit: String
    /// The value before.
    public let before: Int64
    /// The value after.
    public let after: Int64
    /// Which way it moved.
    public let direction: Direction
  }

  /// An input of the market that moved.
  public struct Driver: Hashable, Sendable {
    /// What moved: "measured depth".
    public let name: String
    /// Its value before; nil if it was not known.
    public let before: Double?
    /// Its value after.
    public let after: Double?
    /// |after - before| / max(|after|, |before|), 1 where one is not known.
    public let relativeMove: Double
  }

  /// The terms that differ, in the order of the snapshot.
  public let changes: [Change]
  /// Instruments and assets of the second snapshot that the first does not have.
  public let added: [OverrideTarget]
  /// Instruments and assets of the first snapshot that the second does not have.
  public let removed: [OverrideTarget]

  /// Compares two snapshots.
  public init(from old: RiskSnapshot, to new: RiskSnapshot) {
    var found: [Change] = []
    for (after, before) in Self.pairs(Self.header(new), Self.header(old)) {
      found += Self.change(nil, before, after)
    }
    var (added, removed) = ([OverrideTarget](), [OverrideTarget]())
    for asset in new.collateral {
      let target = OverrideTarget.asset(asset.id)
      guard let before = old.collateral.first(where: { $0.id == asset.id }) else {
        added.append(target)
        continue
      }
      for (after, before) in Self.pairs(Self.terms(asset), Self.terms(before)) {
        found += Self.change(target, before, after)
      }
    }
    for instrument in new.instruments {
      let target = OverrideTarget.instrument(instrument.id)
      guard let before = old.instruments.first(where: { $0.id == instrument.id }) else {
        added.append(target)
        continue
      }
      for (after, before) in Self.pairs(Self.terms(instrument), Self.terms(before)) {
        found += Self.change(target, before, after)
      }
    }
    removed += old.collateral.filter { asset in !new.collateral.contains { $0.id == asset.id } }
      .map { .asset($0.id) }
    removed += old.instruments.filter { item in !new.instruments.contains { $0.id == item.id } }
      .map { .instrument($0.id) }
    (self.changes, self.added, self.removed) = (found, added, removed)
  }

  /// The inputs of a subject that moved between two traces, the furthest first.
  public static func drivers(
    of subject: OverrideTarget, from old: Trace, to new: Trace
  ) -> [Driver] {
    let before = (old.steps(subject) ?? []).filter(\.isInput)
    let moved = (new.steps(subject) ?? []).filter(\.isInput).compactMap { step -> Driver? in
      let earlier = before.first { $0.name == step.name }?.value.magnitude
      let now = step.value.magnitude
      guard earlier != now else { return nil }
      var move = 1.0
      if let earlier, let now { move = abs(now - earlier) / max(abs(now), abs(earlier)) }
      return Driver(name: step.name, before: earlier, after: now, relativeMove: move)
    }
    return moved.sorted { ($1.relativeMove, $0.name) < ($0.relativeMove, $1.name) }
  }

  // MARK: Terms

  /// A term and whether more of it is tighter.
  private struct Term {
    let name: String
    let unit: String
    let value: Int64
    /// Whether a greater value asks more of accounts; nil for marks.
    let risesWithTightness: Bool?
  }

  private static func pairs(_ new: [Term], _ old: [Term]) -> [(Term, Term)] {
    new.compactMap { term in old.first { $0.name == term.name }.map { (term, $0) } }
  }

  private static func change(
    _ subject: OverrideTarget?, _ before: Term, _ after: Term
  ) -> [Change] {
    guard before.value != after.value else { return [] }
    let direction: Direction =
      switch after.risesWithTightness {
      case nil: .moved
      case true?: after.value > before.value ? .tightened : .relaxed
      case false?: after.value < before.value ? .tightened : .relaxed
      }
    return [
      Change(
        subject: subject, term: after.name, unit: after.unit, before: before.value,
        after: after.value, direction: direction)
    ]
  }

  private static func header(_ snapshot: RiskSnapshot) -> [Term] {
    [
      Term(name: "regime", unit: "rank", value: Int64(snapshot.regime.rank), risesWithTightness: true),
      Term(name: "halt level", unit: "level", value: snapshot.haltLevel, risesWithTightness: true),
      Term(name: "buffer", unit: "ppm", value: snapshot.bufferPpm, risesWithTightness: true),
      Term(name: "close-only zone", unit: "ppm", value: snapshot.tiers.closeOnly, risesWithTightness: true),
      Term(
        name: "validity", unit: "seconds", value: snapshot.validTo - snapshot.validFrom,
        risesWithTightness: false),
    ]
  }

  private static func terms(_ asset: CollateralAsset) -> [Term] {
    let first = asset.tranches[0]
    // Values over debt are weights whatever the price does.
    func weight(_ value: Int64, _ debt: Int64) -> Int64 {
      floorQuotient(Int128(value) * 1_000_000, Int128(max(1, debt)))
    }
    return [
      Term(name: "value of a lot", unit: "quanta", value: first.valMM, risesWithTightness: nil),
      Term(
        name: "initial weight over debt", unit: "ppm", value: weight(first.valIM, asset.debtIM),
        risesWithTightness: false),
      Term(
        name: "maintenance weight over debt", unit: "ppm", value: weight(first.valMM, asset.debtMM),
        risesWithTightness: false),
    ]
  }

  private static func terms(_ instrument: Instrument) -> [Term] {
    func rate(_ charge: Int64) -> Int64 {
      ceilingQuotient(Int128(charge) * 1_000_000, Int128(max(1, instrument.markCeil)))
    }
    func flag(_ name: String, _ isSet: Bool, isTight: Bool) -> Term {
      Term(name: name, unit: "flag", value: isSet ? 1 : 0, risesWithTightness: isTight)
    }
    var terms = [
      Term(name: "mark", unit: "quanta", value: instrument.markFloor, risesWithTightness: nil)
    ]
    for (side, brackets, limit) in [
      ("long", instrument.long, instrument.maxLongLots),
      ("short", instrument.short, instrument.maxShortLots),
    ] {
      if let first = brackets.first {
        terms += [
          Term(
            name: "initial rate (\(side))", unit: "ppm", value: rate(first.imPerLot), risesWithTightness: true
          ),
          Term(
            name: "maintenance rate (\(side))", unit: "ppm", value: rate(first.mmPerLot),
            risesWithTightness: true),
        ]
        if let width = first.capLots {
          terms.append(
            Term(name: "first bracket (\(side))", unit: "lots", value: width, risesWithTightness: false))
        }
      }
      if let limit {
        terms.append(
          Term(name: "position limit (\(side))", unit: "lots", value: limit, risesWithTightness: false))
      }
    }
    if let worst = instrument.pnlLong.min() {
      terms.append(
        Term(name: "worst scenario (long)", unit: "quanta", value: -worst, risesWithTightness: true))
    }
    if let worst = instrument.pnlShort.min() {
      terms.append(
        Term(name: "worst scenario (short)", unit: "quanta", value: -worst, risesWithTightness: true))
    }
    return terms + [
      flag("open long", instrument.flags.openLong, isTight: false),
      flag("open short", instrument.flags.openShort, isTight: false),
      flag("close only", instrument.flags.closeOnly, isTight: true),
      flag("stale", instrument.flags.stale, isTight: true),
    ]
  }
}
