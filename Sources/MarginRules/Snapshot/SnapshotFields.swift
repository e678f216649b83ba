// Every field of a snapshot: its name, its place in the canonical order, its range. The order and the
// names are frozen with version 1.

extension SnapshotDraft: SnapshotRecord {
  package static let blank = SnapshotDraft(
    epoch: 0, validFrom: 0, validTo: 0, tiers: .blank, groups: [], collateral: [], instruments: [])

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    try visitor.integer(&epoch, "epoch", in: SnapshotLimits.totals)
    try visitor.integer(&asOf, "asOf", in: SnapshotLimits.times)
    try visitor.integer(&validFrom, "validFrom", in: SnapshotLimits.times)
    try visitor.integer(&validTo, "validTo", in: SnapshotLimits.times)
    try visitor.digest(&prevHash, "prevHash")
    try visitor.digest(&inputRoot, "inputRoot")
    try visitor.digest(&beacon, "beacon")
    try visitor.word(&regime, "regime")
    try visitor.integer(&haltLevel, "haltLevel", in: SnapshotLimits.haltLevels)
    try visitor.integer(&graceEpochs, "graceEpochs", in: SnapshotLimits.graceEpochs)
    try visitor.record(&tiers, "tiers")
    try visitor.integer(&bufferPpm, "bufferPpm", in: SnapshotLimits.multipliers)
    try visitor.optionalText(&note, "note", .note)
    try visitor.records(&factors, "factors", counts: SnapshotLimits.factors)
    try visitor.records(&groups, "groups", counts: SnapshotLimits.groups)
    try visitor.records(&collateral, "collateral", counts: SnapshotLimits.collateral)
    try visitor.records(&instruments, "instruments", counts: SnapshotLimits.instruments)
    // Of version 2 alone.
    try visitAttributes(&visitor)
  }
}

extension Tiers: SnapshotRecord {
  package static let blank = Tiers(maintenance: 0, initial: 0, closeOnly: 0, healthy: 0)

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    try visitor.integer(&maintenance, "maintenance", in: SnapshotLimits.multipliers)
    try visitor.integer(&initial, "initial", in: SnapshotLimits.multipliers)
    try visitor.integer(&closeOnly, "closeOnly", in: SnapshotLimits.multipliers)
    try visitor.integer(&healthy, "healthy", in: SnapshotLimits.multipliers)
  }
}

extension RiskFactor: SnapshotRecord {
  package static let blank = RiskFactor(id: "")

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    // In JSON a factor is its name, so the path ends at the element.
    try visitor.text(&id, "", .identifier)
  }
}

extension ScenarioGroup: SnapshotRecord {
  package static let blank = ScenarioGroup(id: "", scenarios: [])

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    try visitor.text(&id, "id", .identifier)
    try visitor.records(&scenarios, "scenarios", counts: SnapshotLimits.scenarios)
  }
}

extension Scenario: SnapshotRecord {
  package static let blank = Scenario(weight: 0, price: 0, vol: 0)

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    try visitor.integer(&weight, "weight", in: SnapshotLimits.rates)
    try visitor.integer(&price, "price", in: SnapshotLimits.shocks)
    try visitor.integer(&vol, "vol", in: SnapshotLimits.shocks)
  }
}

extension CollateralAsset: SnapshotRecord {
  package static let blank = CollateralAsset(id: "", lot: "", tranches: [], debtIM: 0, debtMM: 0)

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    try visitor.text(&id, "id", .identifier)
    try visitor.text(&lot, "lot", .label)
    try visitor.optionalText(&group, "group", .identifier)
    try visitor.records(&tranches, "tranches", counts: SnapshotLimits.tranches)
    try visitor.integer(&debtIM, "debtIM", in: SnapshotLimits.charges)
    try visitor.integer(&debtMM, "debtMM", in: SnapshotLimits.charges)
    try visitor.optionalInteger(&isolationCeiling, "isolationCeiling", in: SnapshotLimits.totals)
    try visitor.optionalInteger(&maxBorrow, "maxBorrow", in: SnapshotLimits.amounts)
  }
}

extension Tranche: SnapshotRecord {
  package static let blank = Tranche(capLots: nil, valIM: 0, valMM: 0)

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    try visitor.optionalInteger(&capLots, "capLots", in: SnapshotLimits.caps)
    try visitor.integer(&valIM, "valIM", in: SnapshotLimits.charges)
    try visitor.integer(&valMM, "valMM", in: SnapshotLimits.charges)
  }
}

extension Instrument: SnapshotRecord {
  package static let blank = Instrument(
    id: "", lot: "", group: "", markFloor: 0, markCeil: 0, pnlLong: [], pnlShort: [])

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    try visitor.text(&id, "id", .identifier)
    try visitor.text(&lot, "lot", .label)
    try visitor.optionalWord(&kind, "kind", blank: .perpetual)
    try visitor.text(&group, "group", .identifier)
    try visitor.integer(&markFloor, "markFloor", in: SnapshotLimits.coefficients)
    try visitor.integer(&markCeil, "markCeil", in: SnapshotLimits.coefficients)
    try visitor.records(&long, "long", counts: SnapshotLimits.brackets)
    try visitor.records(&short, "short", counts: SnapshotLimits.brackets)
    try visitor.integer(&contLong, "contLong", in: SnapshotLimits.charges)
    try visitor.integer(&contShort, "contShort", in: SnapshotLimits.charges)
    try visitor.integer(&feeExit, "feeExit", in: SnapshotLimits.charges)
    try visitor.integers(
      &pnlLong, "pnlLong", counts: SnapshotLimits.scenarios, in: SnapshotLimits.coefficients)
    try visitor.integers(
      &pnlShort, "pnlShort", counts: SnapshotLimits.scenarios, in: SnapshotLimits.coefficients)
    visitor.enter("maxLots", nil)
    try visitor.optionalInteger(&maxLongLots, "long", in: SnapshotLimits.amounts)
    try visitor.optionalInteger(&maxShortLots, "short", in: SnapshotLimits.amounts)
    visitor.leave()
    try visitor.optionalIntegers(
      &factors, "factors", counts: SnapshotLimits.factors, in: SnapshotLimits.coefficients)
    try visitor.record(&flags, "flags")
  }
}

extension Bracket: SnapshotRecord {
  package static let blank = Bracket(capLots: nil, imPerLot: 0, mmPerLot: 0)

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    try visitor.optionalInteger(&capLots, "capLots", in: SnapshotLimits.caps)
    try visitor.integer(&imPerLot, "imPerLot", in: SnapshotLimits.charges)
    try visitor.integer(&mmPerLot, "mmPerLot", in: SnapshotLimits.charges)
  }
}

extension InstrumentFlags: SnapshotRecord {
  package static let blank = InstrumentFlags()

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    try visitor.flag(&openLong, "openLong")
    try visitor.flag(&openShort, "openShort")
    try visitor.flag(&closeOnly, "closeOnly")
    try visitor.flag(&stale, "stale")
  }
}
