/// What a run over several scenarios found: everything that its page shows, as it stands in `result.json`.
public struct StressReport: Hashable, Sendable {
  /// What was put through the scenarios, in a line: accounts, seeds, market, venue.
  public var subtitle: String
  /// The verdict in a line.
  public var verdict: String
  /// What came of each scenario.
  public var outcomes: [StressOutcome]
  /// What was tried on those that fail.
  public var remedies: [StressRemedyOutcome]

  /// A report of these parts.
  public init(
    subtitle: String, verdict: String, outcomes: [StressOutcome], remedies: [StressRemedyOutcome] = []
  ) {
    (self.subtitle, self.verdict, self.outcomes, self.remedies) = (subtitle, verdict, outcomes, remedies)
  }
}

/// One scenario and what came of it with each seed.
public struct StressOutcome: Hashable, Sendable {
  /// The results, by seed; at least one, all of the same scenario.
  public let results: [StressResult]

  /// Results of one scenario; nil without any, or of several.
  public init?(_ results: [StressResult]) {
    guard let first = results.first, results.allSatisfy({ $0.scenario == first.scenario }) else { return nil }
    self.results = results
  }

  /// The result of the first seed, which pictures show.
  public var first: StressResult { results[0] }
  /// The scenario.
  public var scenario: StressScenario { first.scenario }
  /// Whether fund and backstop bore everything with every seed.
  public var isCovered: Bool { results.allSatisfy(\.isCovered) }

  /// The mean of a figure over seeds.
  public func mean(_ figure: (StressResult) -> Double) -> Double {
    results.reduce(0) { $0 + figure($1) } / Double(results.count)
  }

  /// The greatest of a figure over seeds.
  public func most(_ figure: (StressResult) -> Double) -> Double { results.map(figure).max() ?? 0 }

  /// What is not borne, the worst of all seeds.
  public var shortfall: StressShortfall {
    StressShortfall(
      scenario: scenario.id, deleveraged: most(\.deleveraged), socialised: most(\.socialised),
      unpaid: most(\.unpaid))
  }
}

/// What insurance and backstop do not bear in a scenario, in USD.
public struct StressShortfall: Hashable, Sendable {
  /// The scenario.
  public let scenario: String
  /// The value of winners' positions that were closed because nobody else took them.
  public let deleveraged: Double
  /// What winners gave up.
  public let socialised: Double
  /// What nobody bore.
  public let unpaid: Double

  /// A shortfall of these parts.
  public init(scenario: String, deleveraged: Double, socialised: Double, unpaid: Double) {
    self.scenario = scenario
    (self.deleveraged, self.socialised, self.unpaid) = (deleveraged, socialised, unpaid)
  }

  /// Whether there is none.
  public var isNone: Bool { deleveraged == 0 && socialised == 0 && unpaid == 0 }
}

/// What a remedy would do to the scenarios that fail.
public struct StressRemedyOutcome: Hashable, Sendable {
  /// The remedy in words.
  public let name: String
  /// What would still not be borne, by scenario.
  public let shortfalls: [StressShortfall]

  /// An outcome of these parts.
  public init(name: String, shortfalls: [StressShortfall]) {
    (self.name, self.shortfalls) = (name, shortfalls)
  }
}
