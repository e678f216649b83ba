internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Liquidation
internal import MarketData
internal import ProofCore
internal import RiskEngine
internal import StressLab

/// What all commands of the laboratory have in common: scenarios, market, population, seeds.
struct StressOptions: ParsableArguments {
  @Argument(help: "Scenarios: files, or folders of them.", completion: .file(extensions: ["json"]))
  var scenarios: [String]

  @Option(
    help: "The market before the scenario, a directory with market.json; without it one is made up.",
    completion: .directory)
  var market: String?

  @Option(help: "How many underlyings a made-up market has, 1 to 64.")
  var underlyings = 3

  @Option(help: "How many accounts are drawn.")
  var accounts = 2_000

  @Option(help: "What all longs are worth in sum, in USD; without it what the accounts come to.")
  var openInterest: Double?

  @Option(help: "The share of accounts that are long, 0 to 1.")
  var longShare = 0.6

  @Option(help: "The first seed. The same seed gives the same result to the bit.")
  var seed: UInt64 = 1

  @Option(help: "How many seeds each scenario is run with.")
  var seeds = 1

  func validate() throws {
    guard (1...64).contains(underlyings) else { throw ValidationError("--underlyings is 1 to 64.") }
    guard (1...5_000_000).contains(accounts) else { throw ValidationError("--accounts is 1 to 5000000.") }
    guard (1...1_000).contains(seeds) else { throw ValidationError("--seeds is 1 to 1000.") }
    guard (0...1).contains(longShare) else { throw ValidationError("--long-share is 0 to 1.") }
    guard openInterest.map({ $0 > 0 && $0 < 1e15 }) ?? true else {
      throw ValidationError("--open-interest is positive.")
    }
  }

  /// The scenarios, in the order in which they are named, those of a folder by name.
  func load() throws(ToolFailure) -> [StressScenario] {
    var loaded: [StressScenario] = []
    for path in scenarios {
      let files =
        InputFile.names(inFolder: path).map { names in
          names.filter { $0.hasSuffix(".json") }.sorted().map { "\(path)/\($0)" }
        } ?? [path]
      guard !files.isEmpty else {
        throw ToolFailure(.missingInput, path, "holds no scenario; name a folder of .json files")
      }
      for file in files {
        loaded.append(try Documents.read(file, 1 << 22, as: .scenario) { try StressScenario(json: $0) })
      }
    }
    var names: Set<String> = []
    for scenario in loaded where !names.insert(scenario.id).inserted {
      throw ToolFailure(.malformedInput, scenario.id, "two scenarios have this id; rename one")
    }
    return loaded
  }

  /// The market that the scenarios begin in.
  func labMarket() throws(ToolFailure) -> LabMarket {
    guard let market else { return LabMarket(seed: 20_260_101, underlyings: underlyings) }
    let loaded = try MarketOptions.load(market)
    guard let lab = LabMarket(loaded) else {
      throw ToolFailure(.malformedInput, market, "has no perpetual with ten days of hourly bars")
    }
    return lab
  }

  var population: PopulationTerms {
    var terms = PopulationTerms(accounts: accounts)
    terms.longShare = longShare
    terms.openInterest = openInterest
    return terms
  }
}

/// Runs of several scenarios with several seeds, side by side.
enum StressRunner {
  static func run(
    _ scenarios: [StressScenario], _ options: StressOptions, _ terms: LabTerms, named place: String
  ) throws(ToolFailure) -> [StressOutcome] {
    let market = try options.labMarket()
    let (count, population, seed) = (options.seeds, options.population, options.seed)
    let results = Parallel.map(count: scenarios.count * count) { place in
      let scenario = scenarios[place / count]
      return Result { () throws(StressError) in
        try StressRun.run(
          scenario, in: market, population: population, terms: terms, seed: seed &+ UInt64(place % count)
        ) { step in
          if place == 0 { Console.progress(scenario.id, step + 1, of: scenario.steps) }
        }
      }
    }
    var outcomes: [StressOutcome] = []
    for (index, scenario) in scenarios.enumerated() {
      var found: [StressResult] = []
      for result in results[index * count..<(index + 1) * count] {
        do throws(StressError) {
          found.append(try result.get())
        } catch {
          throw Self.failure(error, of: scenario, place)
        }
      }
      if let outcome = StressOutcome(found) { outcomes.append(outcome) }
    }
    return outcomes
  }

  private static func failure(_ error: StressError, of scenario: StressScenario, _ place: String)
    -> ToolFailure
  {
    switch error {
    case .engine(let text):
      ToolFailure(.malformedInput, "\(place), \(scenario.id)", "the engine could not publish: \(text)")
    case .parameter(let text): ToolFailure(.malformedInput, "\(place), \(scenario.id)", text)
    case .notConserved(let step, let difference):
      ToolFailure(
        .internalFault, scenario.id,
        "step \(step): \(difference) quanta or lots were made or lost; this is a defect, please report it")
    }
  }

  /// A venue of a file, or the standard one.
  static func terms(_ path: String?) throws(ToolFailure) -> LabTerms {
    guard let path else { return .standard }
    return try Documents.read(path, 1 << 22, as: .venue) { try LabTerms(json: $0) }
  }
}

/// What a venue might do against a failure, each tried on the scenarios that fail.
enum StressRemedy: String, CaseIterable {
  case fund = "a fund three times as large, at least 1 % of notional"
  case backstop = "a backstop three times as large, at least 2 % of notional"
  case margin = "initial and maintenance margins half again as large"
  case liquidators = "liquidators with three times the capital, at least four depths an hour"

  func applied(to terms: LabTerms) -> LabTerms {
    var terms = terms
    switch self {
    case .fund: terms.fundShare = min(1, max(0.01, terms.fundShare * 3))
    case .backstop: terms.backstopShare = min(1, max(0.02, terms.backstopShare * 3))
    case .margin:
      scale(.maintenanceFloor, by: 1.5, &terms)
      scale(.lossMultiple, by: 1.5, &terms)
    case .liquidators: terms.liquidatorCapacity = max(4, terms.liquidatorCapacity * 3)
    }
    return terms
  }

  /// Raises a parameter as far as governance allows.
  private func scale(_ parameter: Parameter, by factor: Double, _ terms: inout LabTerms) {
    let value = Int64(Double(terms.engine[parameter]) * factor)
    let bounds = parameter.descriptor.bounds
    try? terms.engine.set(parameter, to: min(max(value, bounds.lowerBound), bounds.upperBound))
  }
}
