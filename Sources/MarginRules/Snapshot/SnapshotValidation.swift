import CanonicalBytes

/// What makes a draft sound: first every field by itself, then the rules between fields.
enum SnapshotValidation {
  static func check(_ draft: SnapshotDraft) throws(SnapshotError) {
    var copy = draft
    var bounds = BoundsCheck()
    try copy.visit(&bounds)
    try checkTimes(draft)
    try checkIdentifiers(draft)
    try checkAttributes(draft)
    for (index, asset) in draft.collateral.enumerated() {
      try check(asset, in: draft, at: "collateral[\(index)]")
    }
    for (index, instrument) in draft.instruments.enumerated() {
      try check(instrument, in: draft, at: "instruments[\(index)]")
    }
    try checkTerms(draft)
  }

  private static func checkTimes(_ draft: SnapshotDraft) throws(SnapshotError) {
    let from = draft.validFrom
    guard draft.asOf <= from else {
      throw .invalid(path: "asOf", rule: .late(draft.asOf, latest: from, field: "validFrom"))
    }
    guard draft.validTo > from else {
      throw .invalid(path: "validTo", rule: .early(draft.validTo, earliest: from + 1, field: "validFrom"))
    }
  }

  private static func checkIdentifiers(_ draft: SnapshotDraft) throws(SnapshotError) {
    try requireUnique(draft.factors.map(\.id)) { "factors[\($0)]" }
    try requireUnique(draft.groups.map(\.id)) { "groups[\($0)].id" }
    try requireUnique(draft.collateral.map(\.id)) { "collateral[\($0)].id" }
    try requireUnique(draft.instruments.map(\.id)) { "instruments[\($0)].id" }
  }

  /// Each instrument and asset has the numbers that are declared, and no others. Declared names are not
  /// empty.
  private static func checkAttributes(_ draft: SnapshotDraft) throws(SnapshotError) {
    guard let names = draft.attributes else {
      for (index, instrument) in draft.instruments.enumerated() {
        try requireCount(instrument.attributes, 0, at: "instruments[\(index)].attributes")
      }
      for (index, asset) in draft.collateral.enumerated() {
        try requireCount(asset.attributes, 0, at: "collateral[\(index)].attributes")
      }
      return
    }
    guard !names.instruments.isEmpty || !names.collateral.isEmpty else {
      throw .invalid(path: "attributes", rule: .noAttributes)
    }
    try requireUnique(names.instruments) { "attributes.instruments[\($0)]" }
    try requireUnique(names.collateral) { "attributes.collateral[\($0)]" }
  }

  private static func check(
    _ asset: CollateralAsset, in draft: SnapshotDraft, at path: @autoclosure () -> String
  ) throws(SnapshotError) {
    if let group = asset.group { _ = try find(group, in: draft, at: path()) }
    try checkCaps(asset.tranches.map(\.capLots), at: "\(path()).tranches")
    for (k, tranche) in asset.tranches.enumerated() {
      func here() -> String { "\(path()).tranches[\(k)]" }
      try require(tranche.valIM, "\(here()).valIM", atMost: tranche.valMM, "\(here()).valMM")
      guard k > 0 else { continue }
      let before = asset.tranches[k - 1]
      func there() -> String { "\(path()).tranches[\(k - 1)]" }
      try require(tranche.valIM, "\(here()).valIM", atMost: before.valIM, "\(there()).valIM")
      try require(tranche.valMM, "\(here()).valMM", atMost: before.valMM, "\(there()).valMM")
    }
    // Owing a lot costs no less than holding one brings, so holding and owing the same never helps.
    let first = asset.tranches[0]
    func there() -> String { "\(path()).tranches[0]" }
    try require(asset.debtIM, "\(path()).debtIM", atLeast: asset.debtMM, "\(path()).debtMM")
    try require(asset.debtIM, "\(path()).debtIM", atLeast: first.valIM, "\(there()).valIM")
    try require(asset.debtMM, "\(path()).debtMM", atLeast: first.valMM, "\(there()).valMM")
  }

  private static func check(
    _ instrument: Instrument, in draft: SnapshotDraft, at path: @autoclosure () -> String
  ) throws(SnapshotError) {
    let group = try find(instrument.group, in: draft, at: path())
    try check(instrument.long, at: "\(path()).long")
    try check(instrument.short, at: "\(path()).short")
    try require(
      instrument.markCeil, "\(path()).markCeil", atLeast: instrument.markFloor, "\(path()).markFloor")
    let rows = group.scenarios.count
    try requireCount(instrument.pnlLong, rows, at: "\(path()).pnlLong")
    try requireCount(instrument.pnlShort, rows, at: "\(path()).pnlShort")
    for (row, pair) in zip(instrument.pnlLong, instrument.pnlShort).enumerated() {
      let gain = pair.0 + pair.1
      guard gain <= 0 else {
        throw .invalid(path: "\(path()).pnlShort[\(row)]", rule: .offsettingLotsGain(gain))
      }
    }
    try checkLoadings(of: instrument, in: draft, at: path())
    try checkCharges(of: instrument, at: path())
  }

  /// Loadings, where an instrument has them, are one for each factor and not all zero: value at risk admits
  /// the instrument because it has loadings, and would ask nothing for it. Outside the factor model is nil.
  private static func checkLoadings(
    of instrument: Instrument, in draft: SnapshotDraft, at path: @autoclosure () -> String
  ) throws(SnapshotError) {
    guard let loadings = instrument.factors else { return }
    guard !draft.factors.isEmpty else {
      throw .invalid(path: "\(path()).factors", rule: .loadingsWithoutFactors)
    }
    try requireCount(loadings, draft.factors.count, at: "\(path()).factors")
    guard loadings.contains(where: { $0 != 0 }) else {
      throw .invalid(path: "\(path()).factors", rule: .noCharge)
    }
  }

  /// Every lot that may be held is charged by the rule that admits it. Cross margin admits brackets, so each
  /// of them has a margin. Portfolio margin admits every lot, so a side without brackets has a contingency or
  /// loses in a scenario. A long lot valued at 0 alone is without charge: it counts for nothing and has
  /// nothing to lose.
  private static func checkCharges(
    of instrument: Instrument, at path: @autoclosure () -> String
  ) throws(SnapshotError) {
    // Margins ascend along a list, so the first is the least.
    for (name, brackets) in [("long", instrument.long), ("short", instrument.short)] {
      guard let first = brackets.first, first.mmPerLot < 1 else { continue }
      throw .invalid(path: "\(path()).\(name)[0].mmPerLot", rule: .noCharge)
    }
    let isWorthless = instrument.markFloor == 0
    if instrument.long.isEmpty, instrument.maxLongLots != 0, !isWorthless, instrument.contLong == 0,
      instrument.pnlLong.allSatisfy({ $0 >= 0 })
    {
      throw .invalid(path: "\(path()).pnlLong", rule: .noCharge)
    }
    if instrument.short.isEmpty, instrument.maxShortLots != 0, instrument.contShort == 0,
      instrument.pnlShort.allSatisfy({ $0 >= 0 })
    {
      throw .invalid(path: "\(path()).pnlShort", rule: .noCharge)
    }
  }

  private static func check(_ brackets: [Bracket], at path: @autoclosure () -> String) throws(SnapshotError) {
    try checkCaps(brackets.map(\.capLots), at: path())
    for (k, bracket) in brackets.enumerated() {
      func here() -> String { "\(path())[\(k)]" }
      try require(bracket.imPerLot, "\(here()).imPerLot", atLeast: bracket.mmPerLot, "\(here()).mmPerLot")
      guard k > 0 else { continue }
      let before = brackets[k - 1]
      func there() -> String { "\(path())[\(k - 1)]" }
      try require(bracket.imPerLot, "\(here()).imPerLot", atLeast: before.imPerLot, "\(there()).imPerLot")
      try require(bracket.mmPerLot, "\(here()).mmPerLot", atLeast: before.mmPerLot, "\(there()).mmPerLot")
    }
  }

  /// Every cap but the last is there, and the last is not.
  private static func checkCaps(_ caps: [Int64?], at path: @autoclosure () -> String) throws(SnapshotError) {
    for (k, cap) in caps.enumerated() {
      let isLast = k == caps.count - 1
      guard isLast == (cap == nil) else {
        throw .invalid(
          path: "\(path())[\(k)].capLots", rule: isLast ? .lastIsBounded : .unboundedBeforeLast)
      }
    }
  }

  /// The portfolio requirement has the most terms of all rows: cash twice, each tranche and debt, each
  /// bracket, and a reserve for each group.
  private static func checkTerms(_ draft: SnapshotDraft) throws(SnapshotError) {
    let collateral = draft.collateral.reduce(0) { $0 + $1.tranches.count + 1 }
    let instruments = draft.instruments.reduce(0) { sum, instrument in
      sum + max(1, instrument.long.count) + max(1, instrument.short.count)
    }
    let terms = 2 + collateral + instruments + draft.groups.count
    guard terms <= SnapshotLimits.rowTerms else {
      throw .invalid(
        path: "instruments", rule: .tooManyTerms(terms, limit: SnapshotLimits.rowTerms))
    }
  }

  // MARK: Rules

  private static func require(
    _ value: Int64, _ path: @autoclosure () -> String, atLeast minimum: Int64,
    _ field: @autoclosure () -> String
  ) throws(SnapshotError) {
    guard value >= minimum else {
      throw .invalid(path: path(), rule: .below(value, minimum: minimum, field: field()))
    }
  }

  private static func require(
    _ value: Int64, _ path: @autoclosure () -> String, atMost maximum: Int64,
    _ field: @autoclosure () -> String
  ) throws(SnapshotError) {
    guard value <= maximum else {
      throw .invalid(path: path(), rule: .above(value, maximum: maximum, field: field()))
    }
  }

  private static func requireCount(
    _ values: [Int64], _ count: Int, at path: @autoclosure () -> String
  ) throws(SnapshotError) {
    guard values.count == count else {
      throw .invalid(path: path(), rule: .wrongCount(values.count, lower: count, upper: count))
    }
  }

  private static func requireUnique(
    _ identifiers: [String], path: (Int) -> String
  ) throws(SnapshotError) {
    var first: [String: Int] = [:]
    for (index, identifier) in identifiers.enumerated() {
      if let earlier = first.updateValue(index, forKey: identifier) {
        throw .invalid(path: path(index), rule: .duplicate(of: path(earlier)))
      }
    }
  }

  private static func find(
    _ group: String, in draft: SnapshotDraft, at path: @autoclosure () -> String
  ) throws(SnapshotError) -> ScenarioGroup {
    guard let found = draft.groups.first(where: { $0.id == group }) else {
      throw .invalid(path: "\(path()).group", rule: .unknownGroup(group))
    }
    return found
  }
}

/// Checks every field against its own range or form.
private struct BoundsCheck: SnapshotVisitor {
  private var path: [JSONPath] = [.root]

  private func invalid(_ name: String, _ rule: SnapshotRule) -> SnapshotError {
    let here = path[path.count - 1]
    return .invalid(path: (name.isEmpty ? here : here.appending(name)).description, rule: rule)
  }

  mutating func integer(
    _ value: inout Int64, _ name: String, in range: ClosedRange<Int64>
  ) throws(SnapshotError) {
    guard range.contains(value) else {
      throw invalid(
        name, .outOfRange(value, lower: range.lowerBound, upper: range.upperBound))
    }
  }

  mutating func text(
    _ value: inout String, _ name: String, _ form: TextForm
  ) throws(SnapshotError) {
    guard form.admits(value) else { throw invalid(name, .malformedText) }
  }

  mutating func count(
    _ value: inout Int, _ name: String, in range: ClosedRange<Int>
  ) throws(SnapshotError) {
    guard range.contains(value) else {
      throw invalid(
        name, .wrongCount(value, lower: range.lowerBound, upper: range.upperBound))
    }
  }

  mutating func flag(_: inout Bool, _: String) {}
  mutating func digest(_: inout Digest, _: String) {}

  mutating func enter(_ name: String, _ index: Int?) {
    let inner = path[path.count - 1].appending(name)
    path.append(index.map(inner.appending) ?? inner)
  }

  mutating func leave() {
    path.removeLast()
  }
}
