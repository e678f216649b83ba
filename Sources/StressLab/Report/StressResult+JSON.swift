internal import CanonicalBytes

extension StressResult {
  /// The most steps, instruments and figures of a list that are read.
  private static let limit = 10_000

  var json: JSONValue {
    let pictures = mapSteps.indices.map { place -> JSONValue in
      let (map, health, k) = (maps[place], self.health[place], fragility[place])
      return [
        "step": .integer(mapSteps[place]), "longs": .array(map.longs.map(JSONValue.figure)),
        "shorts": .array(map.shorts.map(JSONValue.figure)), "beyond": .figure(map.beyond),
        "healthCounts": .array(health.counts.map { .integer($0) }),
        "healthWeights": .array(health.weights.map(JSONValue.figure)),
        "healthEndless": .integer(health.endless), "fragilityOfFall": .figure(k.fall),
        "fragilityOfRise": .figure(k.rise),
      ]
    }
    return [
      "seed": .string("\(seed)"), "accounts": .integer(accounts),
      "instruments": .array(instruments.map { .string($0) }),
      "openInterestAtStart": .figure(openInterestAtStart), "fundAtStart": .figure(fundAtStart),
      "leastFund": .figure(leastFund), "cases": .integer(cases), "forced": .figure(forced),
      "losses": .figure(losses), "deleveraged": .figure(deleveraged), "socialised": .figure(socialised),
      "unpaid": .figure(unpaid), "greatestBacklog": .integer(greatestBacklog),
      "overAbsorption": .integer(overAbsorption), "amplification": .figure(amplification),
      "raisedCases": .integer(raisedCases), "raisedForced": .figure(raisedForced),
      "isCovered": .bool(isCovered), "largestLosses": .array(largestLosses.map(JSONValue.figure)),
      "conservationChecks": .integer(conservationChecks),
      "waterfall": .object(
        waterfall.sorted { $0.key < $1.key }.map { JSONMember($0.key, .figure($0.value)) }),
      "mapEdges": .array(LiquidationMap().edges.map(JSONValue.figure)),
      "healthEdges": .array(HealthDistribution.edges.map(JSONValue.figure)), "pictures": .array(pictures),
      "groups": .array(lossesByGroup.map(\.json)), "agents": agents.json, "forecasts": forecasts.json,
      "steps": .array(steps.map(\.json)),
    ]
  }

  init(_ node: JSONNode, of scenario: StressScenario) throws(DocumentError) {
    let object = try node.object(required: [
      "seed", "accounts", "instruments", "openInterestAtStart", "fundAtStart", "leastFund", "cases", "forced",
      "losses", "deleveraged", "socialised", "unpaid", "greatestBacklog", "overAbsorption", "amplification",
      "raisedCases", "raisedForced", "isCovered", "largestLosses", "conservationChecks", "waterfall",
      "mapEdges", "healthEdges", "pictures", "groups", "agents", "forecasts", "steps",
    ])
    let instruments = try object["instruments"].elements(maximumCount: Self.limit) {
      node throws(DocumentError) in try node.string(maximumLength: 256)
    }
    self.init(
      scenario: scenario, seed: try object["seed"].unsigned(), instruments: instruments,
      accounts: try object["accounts"].count(),
      steps: try object["steps"].elements(maximumCount: Self.limit) {
        node throws(DocumentError) in try StressStep(node, instruments: instruments.count)
      },
      fundAtStart: try object["fundAtStart"].figure(),
      openInterestAtStart: try object["openInterestAtStart"].figure(), maps: [], mapSteps: [], health: [],
      fragility: [], waterfall: [:],
      lossesByGroup: try object["groups"].elements(maximumCount: Self.limit) {
        node throws(DocumentError) in try GroupLoss(node)
      },
      largestLosses: try object["largestLosses"].figures(maximumCount: Self.limit),
      forecasts: try ForecastRecord(object["forecasts"]), agents: try AgentFigures(object["agents"]),
      conservationChecks: try object["conservationChecks"].count())
    for entry in try object["waterfall"].entries(maximumCount: 16) {
      waterfall[entry.key] = try entry.node.figure()
    }
    let bins = LiquidationMap().longs.count
    for node in try object["pictures"].array(maximumCount: Self.limit) {
      let picture = try node.object(required: [
        "step", "longs", "shorts", "beyond", "healthCounts", "healthWeights", "healthEndless",
        "fragilityOfFall", "fragilityOfRise",
      ])
      mapSteps.append(try picture["step"].count())
      maps.append(
        LiquidationMap(
          longs: try picture["longs"].figures(count: bins),
          shorts: try picture["shorts"].figures(count: bins),
          beyond: try picture["beyond"].figure()))
      let bands = HealthDistribution.edges.count
      health.append(
        HealthDistribution(
          counts: try picture["healthCounts"].counts(count: bands),
          weights: try picture["healthWeights"].figures(count: bands),
          endless: try picture["healthEndless"].count()))
      fragility.append(
        FragilityPair(
          fall: try picture["fragilityOfFall"].figure(), rise: try picture["fragilityOfRise"].figure()))
    }
  }
}

extension StressStep {
  private static let figures: [(name: String, path: any WritableKeyPath<StressStep, Double> & Sendable)] = [
    ("margin", \.marginRate), ("forced", \.forced), ("absorption", \.absorption), ("fund", \.fund),
    ("backstop", \.backstop), ("losses", \.losses), ("deleveraged", \.deleveraged),
    ("socialised", \.socialised), ("unpaid", \.unpaid), ("openInterest", \.openInterest),
    ("raisedForced", \.raisedForced), ("arbitrage", \.arbitrage),
  ]
  private static let counts: [(name: String, path: any WritableKeyPath<StressStep, Int> & Sendable)] = [
    ("backlog", \.backlog), ("cases", \.cases), ("stopped", \.stopped), ("raisedCases", \.raisedCases),
  ]

  var json: JSONValue {
    var members = [
      JSONMember("seconds", .integer(seconds)), JSONMember("prices", .array(prices.map(JSONValue.figure))),
      JSONMember("undisturbed", .array(undisturbed.map(JSONValue.figure))),
      JSONMember("halt", .integer(haltLevel)), JSONMember("isPublished", .bool(isPublished)),
    ]
    for (name, path) in Self.figures { members.append(JSONMember(name, .figure(self[keyPath: path]))) }
    for (name, path) in Self.counts { members.append(JSONMember(name, .integer(self[keyPath: path]))) }
    return .object(members)
  }

  init(_ node: JSONNode, instruments: Int) throws(DocumentError) {
    let object = try node.object(
      required: ["seconds", "prices", "undisturbed", "halt", "isPublished"] + Self.figures.map(\.name)
        + Self.counts.map(\.name))
    self.init(seconds: try object["seconds"].integer(in: 0...1 << 40))
    prices = try object["prices"].figures(count: instruments)
    undisturbed = try object["undisturbed"].figures(count: instruments)
    haltLevel = try object["halt"].integer(in: 0...3)
    isPublished = try object["isPublished"].bool()
    for (name, path) in Self.figures { self[keyPath: path] = try object[name].figure() }
    for (name, path) in Self.counts { self[keyPath: path] = try object[name].count() }
  }
}

extension StressResult.GroupLoss {
  var json: JSONValue {
    [
      "name": .string(name), "accounts": .integer(accounts), "liquidated": .integer(liquidated),
      "before": .figure(before), "after": .figure(after),
    ]
  }

  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: ["name", "accounts", "liquidated", "before", "after"])
    self.init(
      name: try object["name"].string(maximumLength: 256), accounts: try object["accounts"].count(),
      liquidated: try object["liquidated"].count(), before: try object["before"].figure(),
      after: try object["after"].figure())
  }
}

extension StressResult.AgentFigures {
  var json: JSONValue {
    [
      "liquidators": .figure(liquidators), "arbitrageurs": .figure(arbitrageurs),
      "frontRunner": .figure(frontRunner), "frontRunnerTrades": .integer(frontRunnerTrades),
      "frontRunnerHits": .integer(frontRunnerHits),
    ]
  }

  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: [
      "liquidators", "arbitrageurs", "frontRunner", "frontRunnerTrades", "frontRunnerHits",
    ])
    self.init()
    liquidators = try object["liquidators"].figure()
    arbitrageurs = try object["arbitrageurs"].figure()
    frontRunner = try object["frontRunner"].figure()
    frontRunnerTrades = try object["frontRunnerTrades"].count()
    frontRunnerHits = try object["frontRunnerHits"].count()
  }
}

extension ForecastRecord {
  var json: JSONValue {
    [
      "counts": .array(counts.map { .integer($0) }), "sums": .array(sums.map(JSONValue.figure)),
      "events": .array(events.map { .integer($0) }), "squares": .figure(squares),
      "brier": brierScore.map(JSONValue.figure) ?? .null,
      "climatology": climatologyScore.map(JSONValue.figure) ?? .null,
    ]
  }

  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: ["counts", "sums", "events", "squares", "brier", "climatology"])
    self.init(
      counts: try object["counts"].counts(count: 10), sums: try object["sums"].figures(count: 10),
      events: try object["events"].counts(count: 10), squares: try object["squares"].figure())
    // What they are follows from the others, and is compared with it.
    _ = try object["brier"].unlessNull?.figure()
    _ = try object["climatology"].unlessNull?.figure()
  }
}

extension JSONNode {
  /// A number of things.
  fileprivate func count() throws(DocumentError) -> Int { Int(try integer(in: 0...1 << 52) as Int64) }

  fileprivate func figures(maximumCount: Int) throws(DocumentError) -> [Double] {
    try elements(maximumCount: maximumCount) { node throws(DocumentError) in try node.figure() }
  }

  fileprivate func figures(count: Int) throws(DocumentError) -> [Double] {
    let found = try figures(maximumCount: count)
    guard found.count == count else {
      throw failure(.outOfRange("\(found.count) long", lower: "\(count)", upper: "\(count)"))
    }
    return found
  }

  fileprivate func counts(count: Int) throws(DocumentError) -> [Int] {
    let found = try elements(maximumCount: count) { node throws(DocumentError) in try node.count() }
    guard found.count == count else {
      throw failure(.outOfRange("\(found.count) long", lower: "\(count)", upper: "\(count)"))
    }
    return found
  }
}
