internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Liquidation
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// `solvency ledger rules`
struct LedgerRules: Verb {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "Put rules of liquidations in force: what every case is held to.",
    discussion: """
      Terms of ladder, penalty and auctions, the layers of the insurance, who may bid and who stands behind, the edges \
      of ranks. They change between cases, never while one is open. `liquidation rules` writes a file to begin with.

        solvency ledger rules --ledger desk --key venue.key rules.json
      """)

  @OptionGroup var desk: DeskOptions
  @Argument(help: "The rules.", completion: .file(extensions: ["json"])) var rules: String
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let bytes = try InputFile.read(rules, limit: LiquidationRules.byteLimit, as: .liquidationRules)
    let rules = try LiquidationRules(file: bytes, at: self.rules)
    let admission = try desk.desk()
    let head = try ToolFailure.wrapping(self.rules) { try admission.adopt(rules, at: desk.now) }
    return .recorded(
      "rules of liquidations: \(rules.liquidators.count) liquidators, \(rules.layers.count) layers of insurance",
      head)
  }
}

extension LiquidationRules {
  /// The rules in a file, or what is wrong with it.
  init(file bytes: [UInt8], at path: String) throws {
    do {
      try self.init(decoding: bytes)
    } catch let error as LiquidationRulesError {
      throw ToolFailure(.malformedInput, path, "these rules of liquidations are refused: \(error)")
    } catch {
      let failure = error
      try ToolFailure.wrapping(path, bytes, as: .liquidationRules) { _ in throw failure }
      throw failure
    }
  }
}

/// `solvency ledger fund`
struct LedgerFund: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fund",
    abstract: "Record a custodian's word that money for losses was put aside or taken back.",
    discussion: """
      `liquidation fund` signs one. Movements are numbered; `ledger status` shows the next number.

        solvency ledger fund --ledger desk --key venue.key fund.sig.json
      """)

  @OptionGroup var desk: DeskOptions
  @Argument(help: "The signed movement.", completion: .file(extensions: ["json"])) var movement: String
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let signed = try Documents.signed(movement, as: FundMovement.self)
    let admission = try desk.desk()
    let head = try ToolFailure.wrapping(movement) { try admission.move(signed, at: desk.now) }
    let content = signed.unverified
    return .recorded("\(content.amount) quanta to \(content.purse.name)", head)
  }
}

/// `solvency ledger band`
struct LedgerBand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "band", abstract: "Take an account's proof of its band in the queue of deleveraging.",
    discussion: """
      `liquidation band` makes one for a call. Anyone who proves none until the call's deadline stands first.

        solvency ledger band --ledger desk --key venue.key answer.json
      """)

  @OptionGroup var desk: DeskOptions
  @Argument(help: "The answer.", completion: .file(extensions: ["json"])) var answer: String
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let answer = try Documents.read(self.answer, DeleveragingAnswer.byteLimit, as: .deleveragingAnswer) {
      try DeleveragingAnswer(decoding: $0)
    }
    let admission = try desk.desk()
    let head = try ToolFailure.wrapping(self.answer) { try admission.answer(answer, at: desk.now) }
    return .recorded(
      "\(answer.envelope.context.account) proved band \(answer.band.rank), size \(answer.band.size)", head)
  }
}

/// `solvency ledger liquidate`
struct LedgerLiquidate: Verb {
  static let configuration = CommandConfiguration(
    commandName: "liquidate",
    abstract: "Close a liquidatable account: open its case, or take every step of it that can be taken now.",
    discussion: """
      The first call opens the case on the book that a committee has recovered from escrow (`escrow recover`), and begins \
      the auctions. Each further call takes bids, clears what can be cleared, lets the backstop take what is left, calls \
      winners, closes against them, and settles. All steps of a call are recorded together or not at all; after a crash, \
      call again. Exits 0 also while the case waits; the report says for what.

        solvency ledger liquidate alice --ledger desk --key venue.key \\
          --opening recovered/account.opening
        solvency ledger liquidate alice --ledger desk --key venue.key \\
          --bid bid-1.json --bid bid-2.json
      """)

  @OptionGroup var desk: DeskOptions
  @Argument(help: "The account.") var account: String

  @Option(
    help: "Its opening as it is now, to open the case with. The book is public in the log from then on.",
    completion: .file(extensions: ["opening"]))
  var opening: String?

  @Option(help: "A signed bid; repeat it for each.", completion: .file(extensions: ["json"]))
  var bid: [String] = []

  @Option(
    help: "The opening of an account that was called and proved no band; repeat it for each.",
    completion: .file(extensions: ["opening"]))
  var winner: [String] = []

  @Option(
    help: "Where the call of winners is written, once there is one.", completion: .file(extensions: ["json"]))
  var call: String?

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    guard let id = try? AccountID(account) else {
      throw ToolFailure(.usage, "account", "write 1 to 128 bytes of printable text")
    }
    var request = LiquidationRequest(id)
    if let opening { request.opening = try opened(opening) }
    for path in bid { request.bids.append(try Documents.signed(path, as: LiquidationBid.self)) }
    for path in winner { request.winners.append(try opened(path)) }
    let admission = try desk.desk()
    let (asked, now) = (request, desk.now)
    let report = try ToolFailure.wrapping(account) { try admission.liquidate(asked, at: now) }
    if let call, case .winners = report.status {
      let made = try ToolFailure.wrapping(account) { try admission.call(for: id) }
      try OutputFile.write(
        made.json.encoded(.indented), to: call, access: .everybody, replacing: true, isUpdate: true)
    }
    return Report(text: lines(report).joined(separator: "\n"), data: json(report))
  }

  private func opened(_ path: String) throws(ToolFailure) -> OpenedAccount {
    let secret = try Documents.opening(path, desk.passphrase)
    let bytes = OpeningFile.plain(secret)
    return try ToolFailure.wrapping(path) { try OpenedAccount(decoding: bytes) }
  }

  private func lines(_ report: LiquidationReport) -> [String] {
    var lines = ["case of \(report.account), opened at sequence \(report.sequence)"]
    for step in report.steps {
      let movers = step.moves.map(\.account.description).filter { $0 != report.account.description }
      lines.append(
        "  \(step.kind): \(movers.isEmpty ? "nobody else" : movers.joined(separator: ", "))"
          + step.payments.map { ", \($0.purse.name) \($0.amount)" }.joined())
    }
    for auction in report.auctions {
      lines.append("  auction  \(auction.lots) lots of \(auction.leg), now at \(auction.price) quanta a lot")
    }
    if let settlement = report.settlement {
      lines.append("  penalty  \(settlement.penalty.charged) quanta; loss \(settlement.loss)")
      for line in settlement.waterfall?.lines ?? [] {
        lines.append("  \(line.step.rawValue)  \(line.amount)")
      }
    }
    switch report.status {
    case .auctions(let until): lines.append("  waits for bids until \(until.text)")
    case .winners(let until):
      lines.append("  waits for winners to prove their bands until \(until.text)")
    case .settled: lines.append("  settled")
    }
    return lines
  }

  private func json(_ report: LiquidationReport) -> JSONValue {
    let (word, until): (String, Timestamp?) =
      switch report.status {
      case .auctions(let until): ("auctions", until)
      case .winners(let until): ("winners", until)
      case .settled: ("settled", nil)
      }
    return [
      "account": .string(report.account.description), "sequence": .integer(report.sequence),
      "status": .string(word), "until": until.map { .integer($0.seconds) } ?? .null,
      "steps": .array(report.steps.map { .string("\($0.kind)") }),
      "auctions": .array(
        report.auctions.map {
          ["leg": .string($0.leg), "lots": .integer($0.lots), "price": .integer($0.price)]
        }),
      "settlement": report.settlement.map { settlement in
        [
          "penalty": .integer(settlement.penalty.charged), "loss": .integer(settlement.loss),
          "waterfall": .array(
            (settlement.waterfall?.lines ?? []).map {
              ["step": .string($0.step.rawValue), "amount": .integer($0.amount)]
            }),
        ]
      } ?? .null,
    ]
  }
}
