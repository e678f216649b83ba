public import CanonicalBytes

extension RiskSnapshot {
  /// The snapshot as JSON, with every member but those that are nil; ``init(json:)`` gives the snapshot
  /// back.
  public var json: JSONValue {
    var members = [
      JSONMember("version", .integer(Self.version(of: draft))),
      JSONMember("epoch", .integer(draft.epoch)),
      JSONMember("asOf", .string(UTCTime.text(draft.asOf))),
      JSONMember("validFrom", .string(UTCTime.text(draft.validFrom))),
      JSONMember("validTo", .string(UTCTime.text(draft.validTo))),
      JSONMember("prevHash", .hex(draft.prevHash.bytes)),
      JSONMember("inputRoot", .hex(draft.inputRoot.bytes)),
      JSONMember("beacon", .hex(draft.beacon.bytes)),
      JSONMember("regime", .string(draft.regime.rawValue)),
      JSONMember("haltLevel", .integer(draft.haltLevel)),
      JSONMember("graceEpochs", .integer(draft.graceEpochs)),
      JSONMember("quantumUSD", .string(Self.quantumUSD)),
    ]
    if let note = draft.note { members.append(JSONMember("note", .string(note))) }
    members += [
      JSONMember("tiers", draft.tiers.json),
      JSONMember("bufferPpm", .integer(draft.bufferPpm)),
      JSONMember("factors", .array(draft.factors.map { .string($0.id) })),
      JSONMember("groups", .array(draft.groups.map(\.json))),
    ]
    if let names = draft.attributes { members.append(JSONMember("attributes", names.json)) }
    let (ofAssets, ofInstruments) = (draft.attributes?.collateral ?? [], draft.attributes?.instruments ?? [])
    members += [
      JSONMember("collateral", .array(draft.collateral.map { $0.json(naming: ofAssets) })),
      JSONMember("instruments", .array(draft.instruments.map { $0.json(naming: ofInstruments) })),
    ]
    return .object(members)
  }
}

extension SnapshotAttributes {
  fileprivate var json: JSONValue {
    [
      "instruments": .array(instruments.map { .string($0) }),
      "collateral": .array(collateral.map { .string($0) }),
    ]
  }

  /// The member with an element's numbers, if any are declared.
  fileprivate static func members(_ names: [String], _ numbers: [Int64]) -> [JSONMember] {
    guard !names.isEmpty else { return [] }
    return [JSONMember("attributes", .object(zip(names, numbers).map { JSONMember($0, .integer($1)) }))]
  }
}

extension Tiers {
  fileprivate var json: JSONValue {
    [
      "maintenance": .integer(maintenance), "initial": .integer(initial),
      "closeOnly": .integer(closeOnly), "healthy": .integer(healthy),
    ]
  }
}

extension ScenarioGroup {
  fileprivate var json: JSONValue {
    ["id": .string(id), "scenarios": .array(scenarios.map(\.json))]
  }
}

extension Scenario {
  fileprivate var json: JSONValue {
    ["weight": .millionths(weight), "price": .millionths(price), "vol": .millionths(vol)]
  }
}

extension CollateralAsset {
  fileprivate func json(naming names: [String]) -> JSONValue {
    var members = [JSONMember("id", .string(id)), JSONMember("lot", .string(lot))]
    if let group { members.append(JSONMember("group", .string(group))) }
    members += [
      JSONMember("tranches", .array(tranches.map(\.json))),
      JSONMember("debtIM", .integer(debtIM)),
      JSONMember("debtMM", .integer(debtMM)),
    ]
    if let isolationCeiling {
      members.append(JSONMember("isolationCeiling", .integer(isolationCeiling)))
    }
    if let maxBorrow { members.append(JSONMember("maxBorrow", .integer(maxBorrow))) }
    members += SnapshotAttributes.members(names, attributes)
    return .object(members)
  }
}

extension Tranche {
  fileprivate var json: JSONValue {
    ["capLots": .cap(capLots), "valIM": .integer(valIM), "valMM": .integer(valMM)]
  }
}

extension Instrument {
  fileprivate func json(naming names: [String]) -> JSONValue {
    var members = [JSONMember("id", .string(id)), JSONMember("lot", .string(lot))]
    if let kind { members.append(JSONMember("kind", .string(kind.rawValue))) }
    members += [
      JSONMember("group", .string(group)),
      JSONMember("markFloor", .integer(markFloor)),
      JSONMember("markCeil", .integer(markCeil)),
      JSONMember("long", .array(long.map(\.json))),
      JSONMember("short", .array(short.map(\.json))),
      JSONMember("contLong", .integer(contLong)),
      JSONMember("contShort", .integer(contShort)),
      JSONMember("feeExit", .integer(feeExit)),
      JSONMember("pnlLong", .array(pnlLong.map { .integer($0) })),
      JSONMember("pnlShort", .array(pnlShort.map { .integer($0) })),
    ]
    let limits = [("long", maxLongLots), ("short", maxShortLots)].compactMap { side, limit in
      limit.map { JSONMember(side, .integer($0)) }
    }
    if !limits.isEmpty { members.append(JSONMember("maxLots", .object(limits))) }
    if let factors {
      members.append(JSONMember("factors", .array(factors.map { .integer($0) })))
    }
    members.append(JSONMember("flags", flags.json))
    members += SnapshotAttributes.members(names, attributes)
    return .object(members)
  }
}

extension Bracket {
  fileprivate var json: JSONValue {
    ["capLots": .cap(capLots), "imPerLot": .integer(imPerLot), "mmPerLot": .integer(mmPerLot)]
  }
}

extension InstrumentFlags {
  fileprivate var json: JSONValue {
    [
      "openLong": .bool(openLong), "openShort": .bool(openShort), "closeOnly": .bool(closeOnly),
      "stale": .bool(stale),
    ]
  }
}

extension JSONValue {
  /// A number of lots, or null for no bound.
  fileprivate static func cap(_ lots: Int64?) -> JSONValue {
    lots.map { .integer($0) } ?? .null
  }

  /// A number of millionths as a decimal number: 250000 is 0.25.
  fileprivate static func millionths(_ value: Int64) -> JSONValue {
    let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    var fraction = String(1_000_000 + rest).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    let sign = value < 0 ? "-" : ""
    return .number("\(sign)\(whole)\(fraction.isEmpty ? "" : ".")\(fraction)")
  }
}
