internal import CanonicalBytes
internal import MarginRules

extension PublishedTerms {
  /// The terms as JSON; ``init(_:)`` gives them back.
  var json: JSONValue {
    [
      "underlyings": .array(underlyings.map(\.json)), "fees": .array(fees.map(\.json)),
      "ramps": .array(
        ramps.map {
          [
            "id": .string($0.id), "side": .string($0.isLong ? "long" : "short"), "ratePpm": .integer($0.rate),
            "targetPpm": .integer($0.target), "perHourPpm": .integer($0.perHour),
          ]
        }),
      "assets": .array(assets.map(\.json)),
      "surcharge": ["ratePpm": .integer(surcharge.rate), "belowPpm": .integer(surcharge.multiplier)],
      "exceptions": .array(
        exceptions.map { ["id": .string($0.id), "reason": .string($0.reason.rawValue)] }),
    ]
  }

  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(
      required: ["underlyings", "fees", "ramps", "assets", "surcharge", "exceptions"])
    self.init()
    for node in try object["underlyings"].array(maximumCount: 1 << 12) {
      underlyings.append(try UnderlyingNotice(node))
    }
    for node in try object["fees"].array(maximumCount: 1 << 12) { fees.append(try InstrumentFees(node)) }
    for node in try object["ramps"].array(maximumCount: 1 << 13) {
      let ramp = try node.object(required: ["id", "side", "ratePpm", "targetPpm", "perHourPpm"])
      let side = try ramp["side"].string(maximumLength: 8)
      guard side == "long" || side == "short" else {
        throw try ramp["side"].failure(.unknownWord(side, known: ["long", "short"]))
      }
      ramps.append(
        MaintenanceRamp(
          id: try ramp["id"].name(), isLong: side == "long", rate: try ramp["ratePpm"].total(),
          target: try ramp["targetPpm"].total(), perHour: try ramp["perHourPpm"].total()))
    }
    for node in try object["assets"].array(maximumCount: 1 << 12) { assets.append(try AssetNotice(node)) }
    let terms = try object["surcharge"].object(required: ["ratePpm", "belowPpm"])
    surcharge = IncreaseSurcharge(
      rate: try terms["ratePpm"].total(), multiplier: try terms["belowPpm"].total())
    for node in try object["exceptions"].array(maximumCount: 1 << 12) {
      let exception = try node.object(required: ["id", "reason"])
      exceptions.append(
        PublicationException(
          id: try exception["id"].string(maximumLength: 2 * SnapshotLimits.identifierLength + 16),
          reason: try exception["reason"].word()))
    }
  }
}

extension UnderlyingNotice {
  fileprivate var json: JSONValue {
    [
      "id": .string(id), "strategy": .string(strategy.rawValue), "lacked": .string(lacked),
      "cyclePpm": .integer(cycle), "conditionalPpm": .integer(conditional),
      "indexPpm": .optional(index), "forecastPpm": .optional(forecast),
      "forecastUpperPpm": .optional(forecastUpper), "droughtPpm": .optional(drought),
      "droughtFactorPpm": .integer(droughtFactor), "positionSharePpm": .integer(positionShare),
      "breaker": .integer(breaker),
      "liquidationLoadPpm": .optional(liquidationLoad),
      "insuranceSharePpm": .optional(insuranceShare),
    ]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(
      required: [
        "id", "strategy", "lacked", "cyclePpm", "conditionalPpm", "indexPpm", "forecastPpm",
        "forecastUpperPpm",
        "droughtPpm", "droughtFactorPpm",
        "breaker", "liquidationLoadPpm", "insuranceSharePpm",
      ], optional: ["positionSharePpm"])
    self.init(id: try object["id"].name())
    strategy = try object["strategy"].word()
    lacked = try object["lacked"].string(maximumLength: 1_024)
    cycle = try object["cyclePpm"].total()
    conditional = try object["conditionalPpm"].total()
    index = try object["indexPpm"].unlessNull?.total()
    forecast = try object["forecastPpm"].unlessNull?.total()
    forecastUpper = try object["forecastUpperPpm"].unlessNull?.total()
    drought = try object["droughtPpm"].unlessNull?.total()
    droughtFactor = try object["droughtFactorPpm"].total()
    // Records of before do not say it.
    positionShare = try object.optional("positionSharePpm")?.total() ?? 1_000_000
    breaker = try object["breaker"].integer(in: SnapshotLimits.haltLevels)
    liquidationLoad = try object["liquidationLoadPpm"].unlessNull?.total()
    insuranceShare = try object["insuranceSharePpm"].unlessNull?.total()
  }
}

extension InstrumentFees {
  fileprivate var json: JSONValue {
    [
      "id": .string(id), "closePpm": .integer(close), "openLongPpm": .integer(openLong),
      "openShortPpm": .integer(openShort),
      "leveragePpmPerDay": .array(leverage.map { .integer($0) }),
    ]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: [
      "id", "closePpm", "openLongPpm", "openShortPpm", "leveragePpmPerDay",
    ])
    id = try object["id"].name()
    close = try object["closePpm"].total()
    openLong = try object["openLongPpm"].total()
    openShort = try object["openShortPpm"].total()
    leverage = []
    for node in try object["leveragePpmPerDay"].array(
      maximumCount: SnapshotLimits.brackets.upperBound)
    {
      leverage.append(try node.total())
    }
  }
}

extension AssetNotice {
  fileprivate var json: JSONValue {
    [
      "id": .string(id), "utilisationPpm": .optional(utilisation),
      "borrowRatePpmPerYear": .optional(borrowRate), "borrowRegimePpm": .integer(borrowRegime),
      "accrual": .accrual(accrual),
      "headroomQuanta": .optional(headroom), "paused": .bool(isPaused),
      "haircutPpm": .integer(haircut), "collapsed": .bool(hasCollapsed),
    ]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(
      required: [
        "id", "utilisationPpm", "borrowRatePpmPerYear", "accrual", "headroomQuanta", "paused", "haircutPpm",
        "collapsed",
      ], optional: ["borrowRegimePpm"])
    id = try object["id"].name()
    utilisation = try object["utilisationPpm"].unlessNull?.total()
    borrowRate = try object["borrowRatePpmPerYear"].unlessNull?.total()
    borrowRegime = try object.optional("borrowRegimePpm")?.total() ?? 1_000_000
    accrual = try object["accrual"].accrual()
    headroom = try object["headroomQuanta"].unlessNull?.total()
    isPaused = try object["paused"].bool()
    haircut = try object["haircutPpm"].total()
    hasCollapsed = try object["collapsed"].bool()
  }
}

extension JSONValue {
  fileprivate static func optional(_ value: Int64?) -> JSONValue {
    value.map { .integer($0) } ?? .null
  }
}

extension JSONNode {
  fileprivate func total() throws(DocumentError) -> Int64 { try integer(in: SnapshotLimits.totals) }

  fileprivate func name() throws(DocumentError) -> String {
    try string(maximumLength: SnapshotLimits.identifierLength)
  }
}
