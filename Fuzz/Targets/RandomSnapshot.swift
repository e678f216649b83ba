import CanonicalBytes
import MarginRules

/// Risk snapshots of all shapes: few and many elements in each list, values at the ends of their ranges.
enum RandomSnapshot {
  /// A draft in which lists that belong together have equal lengths and values are in order, so that it is
  /// mostly sound; one time in three a list is then made longer, shorter or empty, or a number is put to an
  /// end of its range.
  static func draft(_ input: inout InputBytes) -> SnapshotDraft {
    var draft = shape(&input)
    for _ in 0..<max(0, input.choice(of: 6) - 3) {
      var damage = FieldChange(field: Int(input.next() % 400), by: input)
      try? draft.visit(&damage)
      input = damage.input
    }
    return draft
  }

  private static func shape(_ input: inout InputBytes) -> SnapshotDraft {
    let groups = (0..<1 + input.choice(of: 3)).map { index in
      ScenarioGroup(
        id: "g\(index)",
        scenarios: (0..<1 + input.choice(of: 4)).map { _ in
          Scenario(weight: 1_000_000, price: input.integer(in: SnapshotLimits.shocks), vol: 0)
        })
    }
    let factors = (0..<input.choice(of: 4)).map { RiskFactor(id: "f\($0)") }
    let instruments = (0..<input.choice(of: 4)).map { index in
      instrument("i\(index)", input.element(of: groups), factors.count, &input)
    }
    // The names that the circuit of the collateral ratio knows come first.
    let names = ["BTC", "USDC", "a2"]
    let collateral = names.prefix(input.choice(of: 4)).map { asset($0, &input) }
    var draft = SnapshotDraft(
      epoch: 1, validFrom: 1_770_000_000, validTo: 1_770_003_600, tiers: tiers(&input), groups: groups,
      collateral: collateral, instruments: instruments)
    draft.bufferPpm = input.integer(in: SnapshotLimits.multipliers)
    draft.factors = factors
    return draft
  }

  private static func tiers(_ input: inout InputBytes) -> Tiers {
    func multiplier() -> Int64 { input.integer(in: SnapshotLimits.multipliers) }
    return Tiers(
      maintenance: multiplier(), initial: multiplier(), closeOnly: multiplier(), healthy: multiplier())
  }

  private static func instrument(
    _ id: String, _ group: ScenarioGroup, _ factorCount: Int, _ input: inout InputBytes
  ) -> Instrument {
    let mark = value(&input)
    let gains = group.scenarios.map { _ in input.isOne(in: 2) ? value(&input) : -value(&input) }
    var instrument = Instrument(
      id: id, lot: "1", group: group.id, markFloor: mark,
      markCeil: min(mark + Int64(input.choice(of: 3)), SnapshotLimits.coefficients.upperBound),
      pnlLong: gains, pnlShort: gains.map { -$0 - Int64(input.choice(of: 2)) })
    instrument.pnlShort = instrument.pnlShort.map { max($0, SnapshotLimits.coefficients.lowerBound) }
    instrument.long = brackets(&input)
    instrument.short = brackets(&input)
    instrument.contLong = input.isOne(in: 2) ? 0 : value(&input)
    instrument.contShort = input.isOne(in: 2) ? 0 : value(&input)
    instrument.maxLongLots = limit(&input)
    instrument.maxShortLots = limit(&input)
    if factorCount > 0, !input.isOne(in: 3) {
      instrument.factors = (0..<factorCount).map { _ in input.isOne(in: 2) ? value(&input) : -value(&input) }
    }
    return instrument
  }

  /// Brackets with margins that ascend.
  private static func brackets(_ input: inout InputBytes) -> [Bracket] {
    let count = input.choice(of: 4)
    let most = SnapshotLimits.charges.upperBound
    var (initial, maintenance) = (0 as Int64, 0 as Int64)
    return (0..<count).map { k in
      maintenance = min(max(maintenance, 1) + value(&input) / 4, most)
      initial = min(max(initial, maintenance) + value(&input) / 4, most)
      return Bracket(capLots: k == count - 1 ? nil : cap(&input), imPerLot: initial, mmPerLot: maintenance)
    }
  }

  private static func asset(_ id: String, _ input: inout InputBytes) -> CollateralAsset {
    let count = 1 + input.choice(of: 3)
    let (first, second) = (value(&input), value(&input))
    var (initial, maintenance) = (min(first, second), max(first, second))
    let debt = min(maintenance + Int64(input.choice(of: 4)), SnapshotLimits.charges.upperBound)
    var asset = CollateralAsset(id: id, lot: "1", tranches: [], debtIM: debt, debtMM: debt)
    asset.tranches = (0..<count).map { k in
      defer {
        maintenance /= Int64(1 + input.choice(of: 3))
        initial = min(initial, maintenance)
      }
      return Tranche(capLots: k == count - 1 ? nil : cap(&input), valIM: initial, valMM: maintenance)
    }
    asset.maxBorrow = limit(&input)
    return asset
  }

  /// A value of a lot: mostly of a usual size, now and then at the end of the range.
  private static func value(_ input: inout InputBytes) -> Int64 {
    switch input.choice(of: 16) {
    case 0: 0
    case 1: 1
    case 2: SnapshotLimits.charges.upperBound
    default: Int64(input.next() % (1 << UInt64(8 + input.choice(of: 28))))
    }
  }

  private static func cap(_ input: inout InputBytes) -> Int64 {
    input.isOne(in: 4) ? SnapshotLimits.caps.upperBound : 1 + Int64(input.next() % 200)
  }

  private static func limit(_ input: inout InputBytes) -> Int64? {
    switch input.choice(of: 6) {
    case 0: 0
    case 1: SnapshotLimits.amounts.upperBound
    case 2, 3: Int64(input.next() % 500)
    default: nil
    }
  }
}

/// Changes one field on a walk over all of them: the length of a list, or a number.
private struct FieldChange: SnapshotVisitor {
  private var left: Int
  private(set) var input: InputBytes

  /// Changes the field of this number, or none if there are fewer.
  init(field: Int, by input: InputBytes) {
    left = field
    self.input = input
  }

  private mutating func isHere() -> Bool {
    left -= 1
    return left == -1
  }

  mutating func integer(_ value: inout Int64, _ name: String, in range: ClosedRange<Int64>) {
    if isHere() { value = input.integer(in: range) }
  }

  mutating func count(_ value: inout Int, _ name: String, in range: ClosedRange<Int>) {
    // Lists are few among the fields, and what most matters.
    guard isHere() || input.isOne(in: 24) else { return }
    switch input.choice(of: 4) {
    case 0: value = 0
    case 1: value = max(0, value - 1)
    case 2: value += 1
    default: value = min(value + 3, range.upperBound)
    }
  }

  mutating func flag(_ value: inout Bool, _ name: String) {
    if isHere() { value.toggle() }
  }

  mutating func text(_: inout String, _: String, _: TextForm) {}
  mutating func digest(_: inout Digest, _: String) {}
  mutating func enter(_: String, _: Int?) {}
  mutating func leave() {}
}
