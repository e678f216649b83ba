public import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
public import Liquidation
internal import MarginRules
internal import SolvencyProver

/// `solvency liquidation`
struct LiquidationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "liquidation", abstract: "What a venue does with a book that misses its margin.",
    subcommands: [
      LiquidationPlanCommand.self, LiquidationRunCommand.self, LiquidationAuctionCommand.self,
      LiquidationWaterfallCommand.self, LiquidationDeleverageCommand.self, LiquidationReplayCommand.self,
      LiquidationRulesCommand.self, LiquidationFundCommand.self, LiquidationBidCommand.self,
      LiquidationBandCommand.self,
    ])
}

/// The book, the rule and the terms of a case.
struct LiquidationOptions: ParsableArguments {
  @Argument(help: "The book.", completion: .file(extensions: ["json"])) var path: String
  @OptionGroup var snapshot: SnapshotOption
  @Option(help: "The margin rule that the account is held to.") var rule = AccountRule.portfolioMargin
  @Option(help: "The venue's terms; without them the standard ones.", completion: .file(extensions: ["json"]))
  var terms: String?

  func load() throws(ToolFailure) -> (book: Portfolio, table: MarginTable, terms: LiquidationTerms) {
    let (snapshot, registry) = try self.snapshot.load()
    let book = try Documents.book(path, registry: registry, under: snapshot).portfolio(under: snapshot)
    return (book, MarginTable(snapshot), try Documents.liquidationTerms(terms))
  }
}

extension AccountRule: ExpressibleByArgument {}

/// `solvency liquidation plan`
struct LiquidationPlanCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Plan the cheapest closings that restore a book's health.",
    discussion: """
      Prints where on the ladder the book is, and the closings in their order. Exits with 2 if the book is liquidatable.

        solvency liquidation plan Examples/book-insolvent.json \\
          --snapshot Examples/snapshot.json
      """)

  @OptionGroup var options: LiquidationOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let (book, table, terms) = try options.load()
    let rule = options.rule
    guard rule == .portfolioMargin || rule == .crossMargin else {
      throw ToolFailure(
        .usage, "--rule", "plans are of portfolio-margin and cross-margin; `liquidation run` takes every rule"
      )
    }
    let plan = try ToolFailure.wrapping(options.path) {
      try ReductionPlan(for: book, table, rule: rule, terms)
    }
    func health(_ health: AccountHealth) -> String {
      health.ppm.map { (Double($0) / 1e6).formatted(decimals: 4) } ?? "without end"
    }
    var lines = ["Health \(health(plan.before)): \(plan.stage.rawValue)."]
    var closings: [JSONValue] = []
    if !plan.closings.isEmpty {
      var rows = TextTable(["close", ">lots", ">expected cost, USD"])
      for closing in plan.closings {
        let id = table.snapshot.instruments[closing.instrument].id
        rows.add([id, "\(closing.lots)", (Double(closing.cost) / 1e6).formatted(decimals: 2)])
        closings.append([
          "instrument": .string(id), "lots": .integer(closing.lots), "cost": .integer(closing.cost),
        ])
      }
      lines += rows.lines
      lines.append(
        "Health afterwards \(health(plan.after)); it costs \((Double(plan.cost) / 1e6).formatted(decimals: 2)) USD"
          + (plan.isFullClose ? ", and everything is closed." : "."))
    }
    return Report(
      text: lines.joined(separator: "\n"),
      data: [
        "stage": .string(plan.stage.rawValue), "healthPpm": plan.before.ppm.map { .integer($0) } ?? .null,
        "healthAfterPpm": plan.after.ppm.map { .integer($0) } ?? .null,
        "isFullClose": .bool(plan.isFullClose),
        "closings": .array(closings),
      ], isPositive: !plan.before.isLiquidatable)
  }
}

/// `solvency liquidation run`
struct LiquidationRunCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Carry a case through: auctions over the bids of a file, backstop, penalty, waterfall.",
    discussion: """
      Bids are a file of { "version": 1, "fund": quanta, "backstop": quanta, "backstopDiscountPpm": 30000, "bids": \
      [{ "leg": "position/BTC-PERP", "bidder": "mm1", "number": 1, "limit": quanta per lot, "lots": 100, "placed": \
      seconds }] }. The same files give the same case, no matter who runs it.

        solvency liquidation run book.json --snapshot snapshot.json \\
          --bids bids.json --at 1767225600
      """)

  @OptionGroup var options: LiquidationOptions
  @Option(help: "The bids and funds.", completion: .file(extensions: ["json"])) var bids: String
  @Option(help: "When the first auction begins, in seconds since 1970; the snapshot's validFrom without it.")
  var at: Int64?
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let (book, table, terms) = try options.load()
    let bytes = try InputFile.read(bids, limit: BidList.byteLimit)
    let (snapshot, file) = (table.snapshot, bids)
    let market = try ToolFailure.wrapping(file) { try CaseBids(json: bytes) }
    for bid in market.bids.keys where !CaseReport.legs(of: snapshot).keys.contains(bid) {
      throw ToolFailure(.malformedInput, file, "the snapshot lists no \(bid)")
    }
    let (rule, time, path) = (options.rule, at ?? snapshot.draft.validFrom, options.path)
    let report: CaseReport
    do throws(LiquidationError) {
      report = try CaseReport(book, rule, table, terms, market, at: time)
    } catch {
      switch error {
      case .healthy:
        throw ToolFailure(.refused, path, "meets its maintenance requirement: nobody may close it")
      case .auctionClosed:
        throw ToolFailure(
          .refused, file,
          "nobody takes all that must be closed, and the backstop's capacity does not suffice; winners must be closed against"
        )
      default: throw ToolFailure(.malformedInput, path, "the case has no result: \(error)")
      }
    }
    return Report(text: report.lines.joined(separator: "\n"), data: report.json)
  }
}

/// A case from its beginning to its end.
private struct CaseReport {
  private(set) var lines: [String] = []
  private var takes: [JSONValue] = []
  private let settlement: LiquidationCase.Settlement
  private let one: LiquidationCase
  private let purses: Purses

  static func legs(of snapshot: RiskSnapshot) -> [String: CaseLeg] {
    var legs: [String: CaseLeg] = [:]
    for i in snapshot.draft.instruments.indices {
      legs[CaseLeg.position(i).name(in: snapshot)] = .position(i)
    }
    for a in snapshot.draft.collateral.indices {
      legs[CaseLeg.holding(a).name(in: snapshot)] = .holding(a)
      legs[CaseLeg.debt(a).name(in: snapshot)] = .debt(a)
    }
    return legs
  }

  init(
    _ book: Portfolio, _ rule: AccountRule, _ table: MarginTable, _ terms: LiquidationTerms,
    _ market: CaseBids, at start: Int64
  ) throws(LiquidationError) {
    let snapshot = table.snapshot
    var one = try LiquidationCase(of: "account", book, rule: rule, table, terms)
    var purses = try Purses([one.purse: book.cash, .insurance(0): market.fund, .backstop: market.backstop])
    var layers = try InsuranceLayers(
      market.fund > 0 ? [InsuranceLayer(attachment: 0, exhaustion: market.fund)] : [])
    lines.append("Stage: \(one.stage.rawValue).")
    var time = start
    var (said, sold) = ([String](), [JSONValue]())
    func auctions() throws(LiquidationError) {
      while let next = try one.nextAuction(at: time, under: snapshot, purses) {
        let name = next.order.leg.name(in: snapshot)
        let end = time + terms.auction.tailSeconds
        let taken = try one.run(
          next.order, next.auction, bids: market.bids[name] ?? [], until: end, purses: &purses)
        said.append(
          "Auction of \(next.order.lots.magnitude) lots of \(name) from \(next.auction.price(at: time)) quanta:"
        )
        for take in taken {
          said.append("  \(take.bidder) takes \(take.lots) at \(take.price), \(take.time - time) s in")
          sold.append([
            "leg": .string(name), "bidder": .string(take.bidder), "lots": .integer(take.lots),
            "price": .integer(take.price),
            "time": .integer(take.time),
          ])
        }
        if taken.isEmpty { said.append("  nobody takes any") }
        time = end
      }
    }
    try auctions()
    lines += said
    said = []
    if !one.unsold.isEmpty, market.backstop > 0 {
      try one.backstop(
        "backstop", discountPpm: market.discountPpm, capacity: Int64(clamping: Int128(market.backstop) * 5),
        under: snapshot,
        purses: &purses)
      lines.append("The backstop takes what it can of the rest.")
    }
    // What the backstop took leaves cash that is owed: a holding is sold for it.
    try auctions()
    lines += said
    takes = sold
    settlement = try one.settle(
      certificate: table.snapshot.digest, gains: [:], under: snapshot, layers: &layers, purses: &purses)
    let penalty = settlement.penalty
    lines.append(
      "Penalty \(penalty.charged) quanta: liquidators \(penalty.liquidator), insurance \(penalty.insurance), venue \(penalty.venue)."
    )
    if let waterfall = settlement.waterfall {
      lines.append("Loss of \(settlement.loss) quanta:")
      lines += waterfall.lines.map { "  \($0.step.rawValue): \($0.amount)" }
    } else {
      lines.append("No loss; the account has \(purses[one.purse]) quanta.")
    }
    (self.one, self.purses) = (one, purses)
  }

  var json: JSONValue {
    [
      "stage": .string(one.stage.rawValue), "takes": .array(takes),
      "penalty": .integer(settlement.penalty.charged),
      "loss": .integer(settlement.loss), "cash": .integer(purses[one.purse]),
      "waterfall": .array(
        (settlement.waterfall?.lines ?? []).map {
          ["step": .string($0.step.rawValue), "amount": .integer($0.amount)]
        }),
    ]
  }
}
