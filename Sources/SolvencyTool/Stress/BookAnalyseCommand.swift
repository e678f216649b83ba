internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Liquidation
internal import MarginRules
internal import MarketData
internal import RiskModels
internal import SolvencyProver

/// `solvency book analyse`
struct BookAnalyseCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "analyse",
    abstract:
      "Analyse a trader's own book: health, headroom, price of liquidation and margin by leg, hedges.",
    discussion: """
      Everything happens on the trader's own machine. With a market, also Sharpe ratio, diversification, and the mixtures of \
      least variance and greatest Sharpe ratio of its underlyings. --hedge tells the cheapest trades that bring the book back \
      within its requirement.

        solvency book analyse Examples/book.json \\
          --snapshot Examples/snapshot.json --html book.html
      """)

  @Argument(help: "The book.", completion: .file(extensions: ["json"])) var path: String
  @OptionGroup var snapshot: SnapshotOption

  /// The rules that a book is analysed under.
  enum Rule: String, CaseIterable, ExpressibleByArgument {
    case portfolioMargin = "portfolio-margin"
    case crossMargin = "cross-margin"

    var accountRule: AccountRule {
      switch self {
      case .portfolioMargin: .portfolioMargin
      case .crossMargin: .crossMargin
      }
    }
  }

  @Option(help: "The margin rule that the book is held to.") var rule = Rule.portfolioMargin
  @Option(help: "A market directory, for the theory of portfolios.", completion: .directory) var market:
    String?
  @Option(help: "The band of net delta, in USD, within which the book counts as neutral.") var deltaBand:
    Double = 1_000
  @Option(help: "Where one page with pictures is written.", completion: .file(extensions: ["html"])) var html:
    String?
  @Flag(help: "Find the cheapest hedge.") var hedge = false
  @Flag(help: "Replace a file that is there.") var force = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard deltaBand >= 0, deltaBand < 1e12 else { throw ValidationError("--delta-band is 0 or more.") }
  }

  func perform() throws -> Report {
    if let html { try OutputFile.checkFree(html, replacing: force) }
    let (snapshot, registry) = try self.snapshot.load()
    let book = try Documents.book(path, registry: registry, under: snapshot).portfolio(under: snapshot)
    let table = MarginTable(snapshot)
    let analysis = try ToolFailure.wrapping(path) {
      try BookAnalysis(book, table, rule.accountRule, deltaBand: deltaBand)
    }
    let plan =
      analysis.health.isLiquidatable || hedge
      ? try ToolFailure.wrapping(path) { try analysis.hedge(book, table) } : nil
    let theory = try market.map { path throws(ToolFailure) in try BookTheory(path) }
    var lines = analysis.lines
    if let plan { lines += ["", plan] }
    if let theory { lines += [""] + theory.lines }
    if let html {
      var body =
        "<h1>Book under \(StressPicture.escaped(rule.rawValue))</h1>\n" + StressPage.table(analysis.rows)
      body += "<p>\(StressPicture.escaped(analysis.summary.joined(separator: " ")))</p>\n"
      body += StressPicture.bars(
        "Value of each leg, USD", analysis.legs.map { ($0.name, $0.value) }, unit: " USD")
      body += StressPicture.bars(
        "Requirement that each leg adds, USD", analysis.legs.map { ($0.name, max(0, $0.marginal)) },
        unit: " USD")
      if let theory {
        body += StressPicture.bars(
          "Least variance", theory.names.indices.map { (theory.names[$0], theory.least[$0]) }, unit: "")
        body += "<p>\(StressPicture.escaped(theory.lines.joined(separator: " ")))</p>"
      }
      let page = StressPage.document("Book", body)
      try OutputFile.write(Array(page.utf8), to: html, access: .ownerOnly, replacing: force)
    }
    return Report(
      text: lines.joined(separator: "\n"), data: analysis.json(hedge: plan, theory),
      isPositive: !analysis.health.isLiquidatable)
  }
}

/// What there is to say of a book.
private struct BookAnalysis {
  struct Leg {
    let name: String
    let lots: Int64
    /// In USD, without sign.
    let value: Double
    /// What the requirement would be less without the leg, in USD.
    let marginal: Double
    /// The mark at which the book is liquidated if this leg alone moves, in USD per lot; nil if no price
    /// does.
    let liquidation: Double?
    let mark: Double
    let delta: Double
  }

  let rule: AccountRule
  let health: AccountHealth
  let initial: AccountHealth
  let legs: [Leg]
  let isNeutral: Bool
  let netDelta: Double

  init(_ book: Portfolio, _ table: MarginTable, _ rule: AccountRule, deltaBand: Double)
    throws(LiquidationError)
  {
    self.rule = rule
    let snapshot = table.snapshot
    let meter = try BookMeter(book, table, rule: rule)
    health = meter.health
    initial = try AccountHealth(of: book, under: snapshot, rule: rule, kind: .initial)
    var (legs, net) = ([Leg](), 0.0)
    for (i, lots) in book.positions.enumerated() where lots != 0 {
      let instrument = snapshot.instruments[i]
      let mark = Double(instrument.markCeil) / 1e6
      let value = Double(lots.magnitude) * mark.magnitude
      // Leaving the leg at its own mark changes the requirement alone.
      let without = meter.health(changing: i, to: 0, cost: 0)
      let marginal = Double(health.requirement - without.requirement) / 1e6
      let (slack, own) = (Double(health.equity - health.requirement) / 1e6, max(0, marginal))
      let slope = (lots > 0 ? value : -value) - own
      let factor = slope != 0 ? 1 - slack / slope : 1
      let isReal = instrument.kind?.isLinear == true && factor > 0 && (lots > 0 ? factor < 1 : factor > 1)
      let delta = instrument.kind?.isLinear == true ? Double(lots) * mark : 0
      net += delta
      legs.append(
        Leg(
          name: instrument.id, lots: lots, value: value, marginal: marginal,
          liquidation: isReal ? mark * factor : nil,
          mark: mark, delta: delta))
    }
    self.legs = legs
    netDelta = net
    isNeutral = net.magnitude <= deltaBand
  }

  private var slack: Double { Double(health.equity - health.requirement) / 1e6 }

  var summary: [String] {
    let notional = legs.reduce(0) { $0 + $1.value }
    let requirement = Double(health.requirement) / 1e6
    let efficiency = CapitalUse.efficiency(notional: notional, requirement: requirement)
    return [
      "Equity \(StressPicture.money(Double(health.equity) / 1e6)) USD, maintenance requirement \(StressPicture.money(requirement)) USD,",
      "health \(health.ppm.map { (Double($0) / 1e6).formatted(decimals: 3) } ?? "without end"),",
      "headroom \(StressPicture.money(slack)) USD to maintenance and "
        + "\(StressPicture.money(Double(initial.equity - initial.requirement) / 1e6)) USD to initial margin.",
      "Notional over requirement: \(efficiency?.formatted(decimals: 1) ?? "-").",
      "Net delta of futures and perpetuals: \(StressPicture.money(netDelta)) USD, \(isNeutral ? "neutral" : "not neutral").",
    ]
  }

  var rows: [[String]] {
    [["leg", ">lots", ">value USD", ">requirement it adds", ">mark", ">liquidation at"]]
      + legs.map {
        [
          $0.name, "\($0.lots)", StressPicture.money($0.value), StressPicture.money($0.marginal),
          StressPicture.number($0.mark), $0.liquidation.map(StressPicture.number) ?? "-",
        ]
      }
  }

  var lines: [String] { summary + [""] + StressTables.lines(rows) }

  /// The cheapest hedge in words.
  func hedge(_ book: Portfolio, _ table: MarginTable) throws(LiquidationError) -> String {
    let snapshot = table.snapshot
    let held = Set(
      book.positions.indices.filter { book.positions[$0] != 0 }.map { snapshot.instruments[$0].group })
    // What is held first, then perpetuals of the same groups.
    let wanted = snapshot.instruments.indices.filter { i in
      book.positions[i] != 0
        || (held.contains(snapshot.instruments[i].group) && snapshot.instruments[i].kind == .perpetual)
    }.prefix(24)
    let offers = wanted.map { i in
      let instrument = snapshot.instruments[i]
      let most: Int64 = 1 << 36
      let limits = (instrument.maxLongLots ?? most, instrument.maxShortLots ?? most)
      let closing = book.positions[i]
      return HedgeOffer(
        instrument: i,
        buyable: instrument.flags.openLong ? max(0, limits.0 - closing) : max(0, -closing),
        sellable: instrument.flags.openShort ? max(0, limits.1 + closing) : max(0, closing),
        costPerLot: instrument.feeExit)
    }
    guard
      let found = try CheapestHedge(of: book, table, rule: rule, offers: Array(offers), targetPpm: 1_000_000)
    else { return "No trades in what it holds bring the book back within its requirement." }
    guard !found.trades.isEmpty else { return "The book needs no hedge." }
    let trades = found.trades.sorted { $0.key < $1.key }.map { i, lots in
      "\(lots > 0 ? "buy" : "sell") \(lots.magnitude) lots of \(snapshot.instruments[i].id)"
    }
    return "Cheapest hedge: \(trades.joined(separator: ", ")); beside the marks it costs "
      + "\(StressPicture.money(Double(found.cost) / 1e6)) USD."
  }

  func json(hedge: String?, _ theory: BookTheory?) -> JSONValue {
    func number(_ value: Double) -> JSONValue { .number(value.formatted(decimals: 6)) }
    return [
      "rule": .string(rule.rawValue), "equity": number(Double(health.equity) / 1e6),
      "requirement": number(Double(health.requirement) / 1e6),
      "health": health.ppm.map { .integer($0) } ?? .null,
      "headroom": number(slack), "netDelta": number(netDelta), "isNeutral": .bool(isNeutral),
      "hedge": hedge.map { .string($0) } ?? .null,
      "legs": .array(
        legs.map {
          [
            "name": .string($0.name), "lots": .integer($0.lots), "value": number($0.value),
            "marginal": number($0.marginal),
            "liquidation": $0.liquidation.map(number) ?? .null,
          ]
        }),
      "theory": theory.map { .array($0.lines.map { .string($0) }) } ?? .null,
    ]
  }
}

/// What the theory of portfolios says of a market's underlyings.
private struct BookTheory {
  let names: [String]
  let least: [Double]
  let lines: [String]

  init(_ path: String) throws(ToolFailure) {
    let market = try MarketOptions.load(path)
    let series = market.underlyings.map { $0.upTo(.max).hourly.suffix(721).map(\.close) }
    let count = series.map(\.count).min() ?? 0
    guard count > 30 else { throw ToolFailure(.malformedInput, path, "has fewer than 31 hours in common") }
    let names = market.underlyings.map(\.id)
    self.names = names
    var sample = Matrix(rows: count - 1, columns: names.count)
    for (column, closes) in series.enumerated() {
      let last = Array(closes.suffix(count))
      for row in 0..<count - 1 { sample[row, column] = last[row + 1] / last[row] - 1 }
    }
    guard let shrunk = Correlation.ledoitWolf(sample),
      let least = PortfolioTheory.minimumVariance(shrunk.covariance)
    else {
      throw ToolFailure(.malformedInput, path, "has returns that are not finite")
    }
    self.least = least
    let means = names.indices.map { j in (0..<count - 1).reduce(0) { $0 + sample[$1, j] } / Double(count - 1)
    }
    let best = PortfolioTheory.maximumSharpe(shrunk.covariance, expected: means)
    func mixture(_ w: [Double]) -> String {
      zip(names, w).map { "\($0) \(($1 * 100).formatted(decimals: 1)) %" }.joined(separator: ", ")
    }
    let returns = (0..<count - 1).map { row in names.indices.reduce(0) { $0 + least[$1] * sample[row, $1] } }
    lines = [
      "Least variance: \(mixture(least)).",
      best.map { "Greatest Sharpe ratio: \(mixture($0))." } ?? "No mixture earned more than nothing.",
      "Diversification ratio of the first: "
        + (PortfolioTheory.diversificationRatio(least, covariance: shrunk.covariance)?.formatted(decimals: 3)
          ?? "-") + ";",
      "its Sharpe ratio over a year of such hours: "
        + (PortfolioTheory.sharpe(returns, periods: 8_760)?.formatted(decimals: 2) ?? "-") + ".",
    ]
  }
}
