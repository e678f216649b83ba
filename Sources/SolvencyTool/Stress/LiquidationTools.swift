internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Liquidation
internal import MarginRules
internal import Solvency

/// `solvency liquidation rules`
struct LiquidationRulesCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Write rules of liquidations to begin with: what `ledger rules` puts in force.",
    discussion: """
      Standard terms, one layer of insurance, and the liquidators that are given, each as account=key.pub.

        solvency liquidation rules --insurance 5000000000 \\
          --liquidator maker-1=maker.key.pub -o rules.json
      """)

  @Option(help: "What the insurance covers, in quanta.") var insurance: Int64 = 0
  @Option(help: "A liquidator's account and public key: account=file; repeat it for each.") var liquidator:
    [String] = []
  @Option(help: "The venue's terms; without them the standard ones.", completion: .file(extensions: ["json"]))
  var terms: String?
  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the rules are written.",
    completion: .file(extensions: ["json"]))
  var path: String
  @Flag(help: "Replace a file that is there.") var force = false
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    var keys: [AccountID: VerificationKey] = [:]
    for text in liquidator {
      let parts = text.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let account = try? AccountID(String(parts[0])) else {
        throw ToolFailure(.usage, "--liquidator", "write account=key.pub")
      }
      keys[account] = try Documents.verificationKey(String(parts[1]), of: .trader)
    }
    let chosen = try Documents.liquidationTerms(terms)
    let rules: LiquidationRules
    do throws(LiquidationRulesError) {
      rules = try LiquidationRules(
        terms: chosen,
        layers: insurance > 0 ? [InsuranceLayer(attachment: 0, exhaustion: insurance)] : [], liquidators: keys
      )
    } catch {
      throw ToolFailure(.usage, "--insurance", "these rules are refused: \(error)")
    }
    try OutputFile.write(rules.json.encoded(.indented), to: path, access: .everybody, replacing: force)
    return Report(
      text: "rules of liquidations\n  file  \(path)", data: ["file": .string(path), "rules": rules.json])
  }
}

/// `solvency liquidation auction`
struct LiquidationAuctionCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "auction",
    abstract: "Show how the price of an auction falls, and clear it with the bids of a file.",
    discussion: """
      The same bids and the same clock give the same takes, no matter who clears. A file of bids is { "version": 1, "bids": [{ \
      "bidder": "mm1", "number": 1, "limit": quanta per lot, "lots": 10, "placed": seconds }] }.

        solvency liquidation auction --lots 100 --mark 60000000 \\
          --bids bids.json
      """)

  @Option(help: "How many lots.") var lots: Int64
  @Option(help: "The mark per lot, in quanta.") var mark: Int64
  @Flag(help: "Lots of a short position are bought back.") var buyBack = false
  @Option(help: "When it begins, in seconds since 1970.") var at: Int64 = 0
  @Option(help: "The venue's terms; without them the standard ones.", completion: .file(extensions: ["json"]))
  var terms: String?
  @Option(help: "The bids.", completion: .file(extensions: ["json"])) var bids: String?
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let chosen = try Documents.liquidationTerms(terms)
    var auction: DutchAuction
    do throws(LiquidationError) {
      auction = try DutchAuction(lots: lots, isSale: !buyBack, mark: mark, at: at, chosen.auction)
    } catch {
      throw ToolFailure(.usage, "--lots, --mark", "make no auction: \(error)")
    }
    var offers: [AuctionBid] = []
    if let bids {
      let bytes = try InputFile.read(bids, limit: BidList.byteLimit)
      offers = try ToolFailure.wrapping(bids) { try BidList(json: bytes).bids }
    }
    let last = auction.lastSecond
    var table = TextTable([">seconds", ">asked per lot"])
    var prices: [JSONValue] = []
    for place in 0...8 {
      let time = at + (last - at) * Int64(place) / 8
      table.add(["\(time - at)", "\(auction.price(at: time))"])
      prices.append(["time": .integer(time), "price": .integer(auction.price(at: time))])
    }
    let takes = auction.clear(offers, until: last)
    var lines = table.lines
    for take in takes {
      lines.append("\(take.bidder) takes \(take.lots) at \(take.price), \(take.time - at) s in")
    }
    lines.append("\(auction.lots) lots are left after \(last - at) s")
    return Report(
      text: lines.joined(separator: "\n"),
      data: [
        "prices": .array(prices), "left": .integer(auction.lots), "lastSecond": .integer(last),
        "takes": .array(
          takes.map {
            [
              "bidder": .string($0.bidder), "number": .integer($0.number), "lots": .integer($0.lots),
              "price": .integer($0.price), "time": .integer($0.time),
            ]
          }),
      ])
  }
}

/// `solvency liquidation waterfall`
struct LiquidationWaterfallCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "waterfall", abstract: "Show who bears a loss: penalty pot, insurance, backstop, winners.",
    discussion: """
      The file is { "version": 1, "loss": quanta, "penaltyPot": quanta, "layers": [quanta of each], "backstop": quanta, \
      "gains": [{ "account": "a", "gain": quanta }] }. Exits 2 if somebody bears a part that is not insured.

        solvency liquidation waterfall loss.json
      """)

  @Argument(help: "The loss and the funds.", completion: .file(extensions: ["json"])) var file: String
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let bytes = try InputFile.read(file, limit: LossFile.byteLimit)
    let stated = try ToolFailure.wrapping(file) { try LossFile(json: bytes) }
    let waterfall: Liquidation.Waterfall
    do throws(LiquidationError) {
      var (insured, purses) = (try InsuranceLayers(stated.layers), try Purses(stated.balances))
      waterfall = try Liquidation.Waterfall(
        of: LossFile.debtor, loss: stated.loss, certificate: .sha256(of: bytes), position: nil,
        gains: stated.gains,
        layers: &insured, purses: &purses)
    } catch {
      throw ToolFailure(.malformedInput, file, "the loss cannot be borne so: \(error)")
    }
    var table = TextTable(["step", ">layer", ">quanta"])
    for line in waterfall.lines { table.add([line.step.rawValue, "\(line.layer)", "\(line.amount)"]) }
    let isCovered = waterfall.unpaid == 0 && waterfall.socialised.isEmpty
    return Report(
      text: table.lines.joined(separator: "\n"),
      data: [
        "lines": .array(
          waterfall.lines.map {
            ["step": .string($0.step.rawValue), "layer": .integer($0.layer), "amount": .integer($0.amount)]
          }),
        "socialised": .array(
          waterfall.socialised.sorted { $0.key < $1.key }.map {
            ["account": .string($0.key), "amount": .integer($0.value)]
          }), "unpaid": .integer(waterfall.unpaid),
      ], isPositive: isCovered)
  }
}

/// `solvency liquidation adl`
struct LiquidationDeleverageCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "adl", abstract: "Show whom each policy of deleveraging closes against, and what it takes.",
    discussion: """
      The file is { "version": 1, "lots": 100, "deficit": quanta, "winners": [{ "account": "a", "lots": 40, "gain": quanta, \
      "rank": ppm, or null for one who proved none }] }.

        solvency liquidation adl winners.json
      """)

  @Argument(help: "The position and the winners.", completion: .file(extensions: ["json"])) var file: String
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let bytes = try InputFile.read(file, limit: WinnersFile.byteLimit)
    let stated = try ToolFailure.wrapping(file) { try WinnersFile(json: bytes) }
    var (lines, data) = ([String](), [JSONMember]())
    for policy in DeleveragingPolicy.allCases {
      let plan: Deleveraging
      do throws(LiquidationError) {
        plan = try Deleveraging(
          lots: stated.lots, deficit: stated.deficit, winners: stated.winners, policy: policy)
      } catch {
        throw ToolFailure(.malformedInput, file, "nobody can be closed against so: \(error)")
      }
      var table = TextTable(["account", ">lots closed", ">quanta taken"])
      let hit = plan.shares.filter { $0.lots > 0 || $0.taken > 0 }
      for share in hit.prefix(50) { table.add([share.account, "\(share.lots)", "\(share.taken)"]) }
      lines.append(
        "\(policy.rawValue): \(plan.taken) quanta taken of \(hit.count), \(plan.lotsLeft) lots left, \(plan.uncovered) uncovered"
      )
      lines += table.lines.map { "  " + $0 }
      if hit.count > 50 { lines.append("  and \(hit.count - 50) more") }
      data.append(
        JSONMember(
          policy.rawValue,
          [
            "taken": .integer(plan.taken), "lotsLeft": .integer(plan.lotsLeft),
            "uncovered": .integer(plan.uncovered),
            "shares": .array(
              hit.map {
                ["account": .string($0.account), "lots": .integer($0.lots), "taken": .integer($0.taken)]
              }),
          ]))
    }
    return Report(text: lines.joined(separator: "\n"), data: .object(data))
  }
}

/// `solvency liquidation replay`
struct LiquidationReplayCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Take every step of the liquidations in a log again, and show them case by case.",
    discussion: """
      Reads a log that `ledger export` wrote. The whole log is audited; a step that is not what its documents make is a \
      finding. Exits 2 if anything is wrong.

        solvency liquidation replay day.log --venue venue.key.pub
      """)

  @Argument(help: "The log.", completion: .file(extensions: ["log"])) var log: String
  @Option(help: "The venue's public key.", completion: .file(extensions: ["pub"])) var venue: String
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let key = try Documents.verificationKey(venue, of: .venue)
    var audit = Audit(of: key)
    try audit.replay(logFile: log, of: key)
    let report = audit.report()
    var cases: [String: [String]] = [:]
    var steps: [JSONValue] = []
    var entries: [LogEntry] = []
    _ = try LogDocuments.forEach(in: log) { entries.append($0.entry) }
    for entry in entries {
      let (account, what): (AccountID, String)
      switch entry.event {
      case .liquidationOpened(let record):
        (account, what) = (record.account, "opened at sequence \(record.sequence)")
      case .liquidationStepped(let record):
        let movers = record.moves.count { $0.account != record.account }
        let paid = record.payments.map { "\($0.purse.name) \($0.amount)" }.joined(separator: ", ")
        (account, what) = (
          record.account,
          "\(record.kind), \(movers) others moved"
            + (record.kind == .deleveraged ? ", \(record.silent) were silent" : "")
            + (paid.isEmpty ? "" : "; \(paid)")
        )
      case .winnersCalled(let record):
        (account, what) = (record.account, "winners called, gain \(record.gainPpm) ppm")
      case .bandProven(let record):
        (account, what) = (
          record.liquidated, "\(record.account) proved rank \(record.rank), size \(record.size)"
        )
      default: continue
      }
      cases[account.description, default: []].append("  entry \(entry.index): \(what)")
      steps.append([
        "entry": .integer(entry.index), "account": .string(account.description), "what": .string(what),
      ])
    }
    var lines = cases.sorted { $0.key < $1.key }.flatMap { ["\($0.key)"] + $0.value }
    lines.append(
      "\(report.settledCaseCount) of \(cases.count) cases settled, \(report.liquidationStepCount) steps taken again, "
        + (report.isClean ? "nothing wrong" : "\(report.findings.count) findings"))
    lines += report.findings.map { "  \($0.text)" }
    return Report(
      text: lines.joined(separator: "\n"),
      data: [
        "isClean": .bool(report.isClean), "cases": .integer(cases.count),
        "settled": .integer(report.settledCaseCount), "steps": .array(steps),
        "findings": .array(report.findings.map { .string($0.text) }),
      ], isPositive: report.isClean)
  }
}
