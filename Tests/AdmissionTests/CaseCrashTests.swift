import Admission
import AdmissionStore
import CanonicalBytes
import Foundation
import Liquidation
import Ristretto
import Solvency
import SolvencyProver
import TestSupport
import Testing

/// A process that carries out liquidations is killed: at each durable step, at all of them, and at random
/// moments. The log is afterwards that of a process that nobody killed, entry by entry.
@Suite("Crashes of liquidations", .serialized, .enabled(if: Load.executable != nil))
struct CaseCrashTests {
  private let folder: TemporaryFolder
  private let cases: CrashCases

  init() throws {
    folder = try TemporaryFolder()
    cases = try CrashCases(folder: folder)
  }

  @Test
  func `A42: an undisturbed run makes every kind of entry and of step, and is what the audit makes of it`()
    throws
  {
    let items = cases.items
    let audited = CrashCases.audit(items)
    #expect(audited.findings == [])
    #expect(audited.settledCaseCount == 3 && audited.bandCount == 1)
    var steps: Set<CaseStepRecord.Kind> = []
    var kinds: Set<Int> = []
    for item in items {
      switch item.entry.event {
      case .liquidationRulesAdopted: kinds.insert(18)
      case .fundMoved: kinds.insert(19)
      case .liquidationOpened: kinds.insert(20)
      case .liquidationStepped(let record):
        kinds.insert(21)
        steps.insert(record.kind)
      case .winnersCalled: kinds.insert(22)
      case .bandProven: kinds.insert(23)
      default: break
      }
    }
    #expect(kinds == Set(18...23))
    #expect(steps == Set(CaseStepRecord.Kind.allCases))
  }

  @Test
  func `A42: killed before or after any commit of a case, it goes on to the same log`() throws {
    var moment = 1
    while true {
      let path = try cases.copy("moment-\(moment)")
      let said = try cases.run(path, killedAt: moment)
      guard !said.isDone else { break }
      try cases.check(said, path)
      let rest = try cases.run(path)
      #expect(rest.isDone, "after a kill at moment \(moment)")
      try cases.check(rest, path)
      try cases.compare(path)
      moment += 1
    }
    // Nine commits, each with three moments at least.
    #expect(moment > 27)
  }

  @Test
  func `A42: killed at every commit, each process takes one step, and nothing is done twice`() throws {
    var stepwise = 0
    for moment in 1...4 {
      let path = try cases.copy("every-\(moment)")
      var (rounds, isStuck, isDone) = (0, false, false)
      while !isStuck, !isDone {
        rounds += 1
        let before = try cases.count(path)
        let said = try cases.run(path, killedAt: moment)
        try cases.check(said, path)
        isDone = said.isDone
        // It dies before anything is durable, again and again.
        isStuck = try !isDone && cases.count(path) == before
      }
      if isStuck { #expect(try cases.run(path).isDone) }
      if !isStuck, rounds > 9 { stepwise += 1 }
      try cases.compare(path)
    }
    #expect(stepwise > 0)
  }

  @Test
  func `A42: killed at random moments, again and again, nothing acknowledged is lost`() throws {
    var random = SystemRandomNumberGenerator()
    var left = max(8, Load.killCount / 2)
    while left > 0 {
      let path = try cases.copy("random-\(left)")
      while left > 0 {
        let said = try cases.run(path, after: .microseconds(Int.random(in: 0...60_000, using: &random)))
        try cases.check(said, path)
        left -= 1
        if said.isDone { break }
      }
      _ = try cases.run(path)
      try cases.compare(path)
    }
  }
}

/// Three accounts that were silent through a fall of the market, and what is done with them: one gives up a
/// part, of the second the insurance bears a loss, for the third winners are called. The run that nobody
/// kills is made first.
struct CrashCases {
  private let folder: TemporaryFolder
  private let base: String
  private static let seed = [UInt8](repeating: 1, count: 32)
  /// The log of the run without kills.
  let items: [LogBatch.Item]
  private let funds: [FundPurse: Int64]

  /// What a process said before its end.
  struct Said {
    var heads: [UInt64: String] = [:]
    var isDone = false
  }

  init(folder: TemporaryFolder) throws {
    self.folder = folder
    base = folder.path("base.sqlite")
    let silent = try [("a", -5_020_000_000), ("b", -6_100_000_000), ("c", -6_100_000_000)].map {
      try Trader("silent-\($0.0)", ["cash": Int64($0.1), "position/BTC-PERP": 100])
    }
    let makers = try (0..<4).map {
      try Trader("maker-\($0)", ["cash": 100_000_000_000, "holding/USDC": 1_000_000])
    }
    let winner = try Trader("winner", ["cash": 8_000_000_000, "position/BTC-PERP": -70])
    let fallen = ClosingDesk.fallen
    do {
      let store = try SQLiteStore(creating: base)
      let desk = try Desk(traders: silent + [winner], store: store, seed: Self.seed)
      try desk.publish(ClosingDesk.snapshot(), at: fallen)
      for maker in makers { try desk.open(maker, at: fallen) }
      try store.fold()
    }
    let undisturbed = try Self.copied(base, to: folder.path("undisturbed.sqlite"))
    let store = try SQLiteStore(opening: undisturbed)
    let keys = Keys(seed: Self.seed)
    let charter = try Market.charter(parties: keys.parties)
    let admission = try Admission(
      charter, ledger: Market.ledger(in: store, keys, charter, checkpoints: .never))
    var schedule = ""
    func put(_ bytes: [UInt8], _ name: String) throws -> String {
      try Data(bytes).write(to: URL(filePath: folder.path(name)))
      return name
    }
    func key(_ number: Int) -> SigningKey {
      SigningKey(role: .trader, seed: SecretBlock(count: 32) { _ in UInt8(60 + number) })
    }
    func bid(_ maker: Int, _ account: Trader, lots: Int64, limit: Int64, at time: Timestamp) throws
      -> Signed<LiquidationBid>
    {
      try Signed(
        LiquidationBid(
          venue: admission.venue, account: account.commitment.account, sequence: 0, leg: "position/BTC-PERP",
          bid: AuctionBid(
            bidder: makers[maker].commitment.account.description, number: 1, limit: limit, lots: lots,
            placed: Int64(time.seconds))), by: key(maker))
    }
    // What is done at which moment, each once.
    var terms = LiquidationTerms.standard
    (terms.dust, terms.auction.dust) = (0, 0)
    let rules = try LiquidationRules(
      terms: terms, layers: [InsuranceLayer(attachment: 0, exhaustion: 250_000_000)],
      backstop: .init(account: makers[3].commitment.account, discountPpm: 20_000, capacity: 600_000_000),
      liquidators: Dictionary(
        uniqueKeysWithValues: makers.enumerated().map { ($1.commitment.account, key($0).verificationKey) }),
      callSeconds: 600)
    var time = fallen.advanced(by: 1)
    schedule += "\(time.seconds) rules \(try put(rules.encoded(), "rules.json"))\n"
    try admission.adopt(rules, at: time)
    for (number, purse) in [FundPurse.insurance(0), .backstop].enumerated() {
      time = fallen.advanced(by: 2 + UInt64(number))
      let movement = try Signed(
        FundMovement(
          venue: admission.venue, number: UInt64(number), purse: purse,
          amount: purse == .backstop ? 1_000_000 : 250_000_000), by: keys.custodian)
      schedule +=
        "\(time.seconds) fund \(try put(movement.json.encoded(), "fund-\(number).json"))\n"
      try admission.move(movement, at: time)
    }
    func liquidate(
      after seconds: UInt64, _ requests: [(Trader, opens: Bool, bids: [Signed<LiquidationBid>])]
    ) throws {
      let time = fallen.advanced(by: seconds)
      var (lines, made) = ([String](), [LiquidationRequest]())
      for (trader, opens, bids) in requests {
        let account = trader.commitment.account
        var request = LiquidationRequest(account, bids: bids)
        var line = "\(account)"
        if opens {
          let bytes = OpeningFile.plain(trader.opening)
          request.opening = try OpenedAccount(decoding: bytes)
          line += " opening=\(try put(bytes, "\(account).opening"))"
        }
        for (place, bid) in bids.enumerated() {
          line += " bid=\(try put(bid.json.encoded(), "bid-\(account)-\(seconds)-\(place).json"))"
        }
        lines.append(line)
        made.append(request)
      }
      schedule += "\(time.seconds) liquidate \(lines.joined(separator: " ; "))\n"
      _ = try admission.liquidate(made, at: time)
    }
    try liquidate(after: 10, silent.map { ($0, true, []) })
    try liquidate(
      after: 60,
      [(silent[0], false, [bid(0, silent[0], lots: 1_000, limit: 62_000_000, at: fallen.advanced(by: 11))])])
    try liquidate(
      after: 300,
      [(silent[1], false, [bid(1, silent[1], lots: 500, limit: 59_000_000, at: fallen.advanced(by: 12))])])
    try liquidate(after: 2_000, [(silent[2], false, [])])
    time = fallen.advanced(by: 2_100)
    let call = DeleveragingCallFile(try admission.call(for: silent[2].commitment.account))
    let answer = try Self.answer(call, of: winner, at: time)
    schedule += "\(time.seconds) band \(try put(answer.encoded(), "answer.json"))\n"
    try admission.answer(answer, at: time)
    try liquidate(after: 2_700, [(silent[2], false, [])])
    try liquidate(
      after: 2_800,
      [(silent[2], false, [bid(2, silent[2], lots: 100, limit: 61_000_000, at: fallen.advanced(by: 2_750))])])
    _ = try put(Array(schedule.utf8), "schedule")
    items = try store.items(from: 0, limit: .max)
    funds = try admission.ledger.withState { $0.funds }
  }

  private static func answer(
    _ call: DeleveragingCallFile, of winner: Trader, at time: Timestamp
  ) throws -> DeleveragingAnswer {
    let snapshot = try ClosingDesk.snapshot()
    let band = try #require(
      DeleveragingBand(
        held: 70, gross: 70 * 60_000_000, equity: 8_000_000_000 - 70 * 60_000_000, gainPpm: call.gainPpm,
        edges: call.edges))
    let circuit = try #require(
      band.circuit(place: call.place, isLong: call.isLong, gainPpm: call.gainPpm, edges: call.edges))
    let rule = try MarginRule(
      circuit: circuit, snapshot: snapshot, kind: .maintenance, registry: Market.registry())
    let envelope = try winner.opening.prove(
      rule,
      for: ProofRequest(
        audience: call.venue, nonce: call.nonce, issued: time, expires: time.advanced(by: 300)), at: time)
    return DeleveragingAnswer(to: call.liquidated, band: band, envelope: envelope)
  }

  private static func copied(_ path: String, to other: String) throws -> String {
    try FileManager.default.copyItem(atPath: path, toPath: other)
    return other
  }

  /// The ledger before anything of this is done.
  func copy(_ name: String) throws -> String { try Self.copied(base, to: folder.path("\(name).sqlite")) }

  func count(_ path: String) throws -> UInt64 { try SQLiteStore(opening: path).count() }

  /// Runs the process on a ledger: to its end, to the moment at which it kills itself, or until it is killed.
  func run(_ path: String, killedAt moment: Int = 0, after delay: Duration? = nil) throws -> Said {
    let process = Process()
    process.executableURL = Load.executable
    process.arguments = ["close", path, Hex.encode(Self.seed), "\(moment)", folder.path("")]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    if let delay {
      Thread.sleep(forTimeInterval: delay / .seconds(1))
      kill(process.processIdentifier, SIGKILL)
    }
    let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    var said = Said()
    for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let words = line.split(separator: " ")
      if words.first == "ack", let count = UInt64(words[1]) { said.heads[count] = String(words[2]) }
      if words.first == "done" { said.isDone = true }
    }
    let wasKilled = process.terminationReason == .uncaughtSignal
    #expect(wasKilled || (said.isDone && process.terminationStatus == 0), "\(output)")
    return said
  }

  /// What was acknowledged is in the log, and the log is a part of that without kills.
  func check(_ said: Said, _ path: String) throws {
    let store = try SQLiteStore(opening: path)
    try store.checkIntegrity()
    let found = try store.items(from: 0, limit: .max)
    #expect(found.count <= items.count && zip(found, items).allSatisfy { $0 == $1 })
    for (count, digest) in said.heads {
      #expect(count <= found.count && items[Int(count) - 1].entry.digest.description == digest)
    }
  }

  /// The log is that without kills, its state the same from its checkpoint and from its first entry, and the
  /// audit finds nothing.
  func compare(_ path: String) throws {
    let store = try SQLiteStore(opening: path)
    let found = try store.items(from: 0, limit: .max)
    #expect(found == items)
    let signer = try LogSigner(Keys(seed: Self.seed).venueAgain())
    let quick = try Ledger(store: store, signer: signer).withState { copy $0 }
    #expect(try Ledger(store: store, signer: signer, from: .beginning).withState { copy $0 } == quick)
    #expect(quick.funds == funds && quick.openCases.isEmpty)
    // It opens from a checkpoint as well.
    let ledger = try Ledger(store: store, signer: signer)
    _ = try ledger.checkpoint(at: quick.clock)
    #expect(try Ledger(store: store, signer: signer).withState { $0.funds } == funds)
    #expect(Self.audit(found).findings == [])
  }

  static func audit(_ items: [LogBatch.Item]) -> AuditReport {
    var audit = Audit(of: Keys(seed: seed).venue.verificationKey)
    for item in items { audit.check(item) }
    return audit.report()
  }
}
