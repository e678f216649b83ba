internal import Admission
internal import CanonicalBytes
internal import CommandSupport
internal import Liquidation
internal import MarginRules
internal import MarketData
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyProver

/// What follows a margin call: the accounts that could prove nothing are closed, on the books that a
/// committee opens.
///
/// | when | what |
/// |---|---|
/// | a new epoch | the custodian puts insurance aside, three makers are opened |
/// | a minute later | the committee opens the books, every case that misses its margin is opened and auctioned |
/// | a quarter of an hour | makers' bids are cleared; nobody takes the largest long position |
/// | and five minutes | accounts on the other side prove their bands, some stay silent and are opened |
/// | then | winners are closed against, funds pay, cases are settled |
struct ClosingHours {
  private static let start: Int64 = 5 * 3_600 + 420
  private static let callSeconds: UInt64 = 300
  private static let tailSeconds: Int64 = 400
  private static let insurance: Int64 = 5_000_000_000_000
  /// Those who bid in a round. A maker that has won has to prove its new book within ten minutes, so that
  /// others bid in the next one.
  private static let makersOfRound = 3
  private static let rounds = 8
  /// How many winners prove their bands, and how many others are opened.
  private static let answering = 24
  private static let silent = 4

  /// Cases that were opened, and accounts that met their margin again under the new epoch.
  private(set) var opened = 0
  private(set) var healthy = 0
  private(set) var settled = 0
  /// Cases whose books have no position afterwards.
  private(set) var flat = 0
  private(set) var penalties: Int64 = 0
  private(set) var losses: Int64 = 0
  /// Losses that insurance and penalty pot bore, and those that winners did.
  private(set) var insured: Int64 = 0
  private(set) var socialised: Int64 = 0
  /// Losses that nothing bore: claims that stay open, with the venue as their debtor.
  private(set) var unpaid: Int64 = 0
  /// Accounts that proved a band, were opened for want of one, and were closed against.
  private(set) var bands = 0
  private(set) var openedWinners = 0
  private(set) var closedAgainst = 0
  /// Books that, with every move applied, do not open the ledger's commitment.
  private(set) var mismatches = 0
  /// What all steps added to accounts.
  private var moves: [AccountID: [UInt32: Int64]] = [:]
  /// What the funds had at the end less what was put aside, and what they should have.
  private(set) var fundChange: Int64 = 0
  private(set) var stuck = ""

  init(
    of traders: [DemoTrader], on venue: inout CrashVenue, attestations: inout [Signed<Attestation>]
  ) throws(ToolFailure) {
    let rules = try venue.publish(at: Self.start)
    let path = venue.folder.path
    let desk = venue.desk
    let now = venue.moment(Self.start + 60)
    let snapshot = rules.snapshot
    let liquidatable = try ToolFailure.wrapping(path) {
      try desk.ledger.withState { state in
        traders.map { state.account($0.commitment.account, at: now)?.status == .liquidatable }
      }
    }
    let silent = traders.indices.filter { liquidatable[$0] }
    guard !silent.isEmpty else { return }
    let makers = try Self.makers(of: venue, snapshot)
    attestations += try venue.open(makers, at: now)
    try Self.prepare(venue, makers, at: now)

    // The committee opens the books.
    Console.progress("open books", 0, of: silent.count)
    let committee = Committee()
    let recovered = Parallel.map(count: silent.count) { place in
      Result { () throws(ToolFailure) in try committee.book(of: traders[silent[place]]) }
    }
    var books: [(trader: Int, book: OpenedAccount)] = []
    for (index, result) in zip(silent, recovered) { books.append((index, try result.get())) }
    Console.progress("open books", silent.count, of: silent.count)

    // Cases open; an account that meets its margin again is left alone.
    var cases: [AccountID: Int] = [:]
    let missing = books.filter { !Self.isHealthy(traders[$0.trader], under: snapshot) }
    healthy = books.count - missing.count
    let first = try ToolFailure.wrapping(path) {
      try desk.liquidate(
        missing.map { LiquidationRequest($0.book.account, opening: $0.book) }, at: now)
    }
    for (report, one) in zip(first, missing) { cases[report.account] = one.trader }
    opened = first.count

    // Makers bid for everything but the largest long position.
    let abandoned = Self.largestLong(first, under: snapshot)
    stuck = abandoned?.account.description ?? ""
    var time = Self.start + 60
    var unsettled = first.filter { $0.status != .settled }
    note(first)
    for round in 0..<Self.rounds where !unsettled.isEmpty {
      let placed = venue.moment(time)
      time += Self.tailSeconds + 1
      var requests: [LiquidationRequest] = []
      for report in unsettled {
        guard case .auctions = report.status else { continue }
        let bids = try Self.bids(
          for: report, but: report.account == abandoned?.account, venue,
          makers[(round * Self.makersOfRound)...].prefix(Self.makersOfRound), at: placed)
        requests.append(LiquidationRequest(report.account, bids: bids))
      }
      guard !requests.isEmpty else { break }
      let moment = venue.moment(time)
      let asked = requests
      let reports = try ToolFailure.wrapping(path) { try desk.liquidate(asked, at: moment) }
      note(reports)
      unsettled = reports.filter { $0.status != .settled }
      for report in reports {
        guard case .winners(let until) = report.status else { continue }
        let closed = Set(cases.values)
        let others = traders.indices.filter { !closed.contains($0) }
        let closing = try deleverage(
          report.account, against: others.map { traders[$0] }, until: until, on: venue, snapshot, committee,
          at: moment)
        note(closing)
        // What is left of the account is auctioned in the next round.
        unsettled.removeAll { $0.account == report.account }
        unsettled += closing.filter { $0.status != .settled }
      }
    }
    try finish(cases, traders, venue)
  }

  // MARK: Steps

  private static func makers(of venue: CrashVenue, _ snapshot: RiskSnapshot) throws(ToolFailure)
    -> [DemoTrader]
  {
    var makers: [DemoTrader] = []
    for number in 0..<Self.rounds * Self.makersOfRound {
      let portfolio = Portfolio(
        positions: snapshot.instruments.map { _ in 0 },
        holdings: snapshot.collateral.map { _ in 1 << 36 }, debts: snapshot.collateral.map { _ in 0 },
        cash: 1 << 54)
      makers.append(
        try DemoTrader(
          SyntheticBook(kind: .levered, name: "maker-\(number + 1)", portfolio: portfolio),
          registry: venue.registry,
          snapshot: snapshot))
    }
    return makers
  }

  /// The rules of liquidations come into force, and the custodian puts insurance aside.
  private static func prepare(
    _ venue: CrashVenue, _ makers: [DemoTrader], at now: Timestamp
  ) throws(ToolFailure) {
    let (desk, audience, keys) = (venue.desk, venue.audience, venue.keys)
    try ToolFailure.wrapping(venue.folder.path) {
      var terms = LiquidationTerms.standard
      terms.auction.tailSeconds = tailSeconds
      terms.auction.dust = 0
      var bidders: [AccountID: VerificationKey] = [:]
      for (number, maker) in makers.enumerated() {
        bidders[maker.commitment.account] = Self.key(number).verificationKey
      }
      try desk.adopt(
        LiquidationRules(
          terms: terms, layers: [InsuranceLayer(attachment: 0, exhaustion: insurance)], liquidators: bidders,
          callSeconds: callSeconds), at: now)
      try desk.move(
        Signed(
          FundMovement(venue: audience, number: 0, purse: .insurance(0), amount: insurance),
          by: keys.custodian),
        at: now)
    }
  }

  private static func key(_ number: Int) -> SigningKey {
    SigningKey(role: .trader, seed: SecretBlock(count: SigningKey.seedByteCount) { _ in UInt8(200 + number) })
  }

  private static func isHealthy(_ trader: DemoTrader, under snapshot: RiskSnapshot) -> Bool {
    let rule = AccountRule(rawValue: trader.kind.circuit) ?? .portfolioMargin
    guard let health = try? AccountHealth(of: trader.portfolio, under: snapshot, rule: rule) else {
      return true
    }
    return !health.isLiquidatable
  }

  private static func largestLong(
    _ reports: [LiquidationReport], under snapshot: RiskSnapshot
  ) -> LiquidationReport? {
    func value(_ report: LiquidationReport) -> Int64 {
      report.auctions.filter { $0.leg == "position/BTC-PERP" && $0.lots > 0 }
        .map { Int64(clamping: Int128($0.lots) * Int128($0.price)) }.max() ?? 0
    }
    return reports.filter { value($0) > 0 }.max { value($0) < value($1) }
  }

  private static func bids(
    for report: LiquidationReport, but isAbandoned: Bool, _ venue: CrashVenue,
    _ makers: ArraySlice<DemoTrader>,
    at placed: Timestamp
  ) throws(ToolFailure) -> [Signed<LiquidationBid>] {
    var bids: [Signed<LiquidationBid>] = []
    let audience = venue.audience
    for (place, auction) in report.auctions.enumerated() {
      if isAbandoned, auction.leg == "position/BTC-PERP" { continue }
      let maker = makers.startIndex + (place + Int(report.sequence)) % makers.count
      // Three percent below the first price, or above it.
      let limit = auction.lots > 0 ? auction.price / 100 * 97 : auction.price / 100 * 103
      let bid = LiquidationBid(
        venue: audience, account: report.account, sequence: report.sequence, leg: auction.leg,
        bid: AuctionBid(
          bidder: makers[maker].name, number: UInt64(place), limit: max(1, limit),
          lots: Int64(auction.lots.magnitude), placed: Int64(clamping: placed.seconds)))
      bids.append(try ToolFailure.wrapping(report.account.description) { try Signed(bid, by: key(maker)) })
    }
    return bids
  }

  /// Winners are called; some prove their bands, the books of some silent ones are opened.
  private mutating func deleverage(
    _ account: AccountID, against others: [DemoTrader], until: Timestamp, on venue: CrashVenue,
    _ snapshot: RiskSnapshot,
    _ committee: Committee, at now: Timestamp
  ) throws(ToolFailure) -> [LiquidationReport] {
    let (desk, registry, path) = (venue.desk, venue.registry, venue.folder.path)
    let call = try ToolFailure.wrapping(path) { DeleveragingCallFile(try desk.call(for: account)) }
    let winning = others.filter { trader in
      let lots = trader.portfolio.positions[call.place]
      return call.isLong ? lots > 0 : lots < 0
    }
    let answering = Array(winning.prefix(Self.answering))
    let proved = Parallel.map(count: answering.count) { place in
      let count = answering.count
      Console.progress("winners prove their bands", place, of: count)
      return Result {
        try answering[place].opening.answer(call, under: snapshot, registry: registry, at: now)
      }
    }
    Console.progress("winners prove their bands", answering.count, of: answering.count)
    var answers: [DeleveragingAnswer] = []
    for (trader, result) in zip(answering, proved) {
      let answer = try ToolFailure.wrapping(trader.name) { try result.get() }
      if let answer { answers.append(answer) }
    }
    bands = answers.count
    let made = answers
    _ = try ToolFailure.wrapping(path) { try desk.answer(made, at: now) }
    var books: [OpenedAccount] = []
    for trader in winning.dropFirst(Self.answering).prefix(Self.silent) {
      books.append(try committee.book(of: trader))
    }
    openedWinners = books.count
    let request = LiquidationRequest(account, winners: books)
    let report = try ToolFailure.wrapping(path) { try desk.liquidate(request, at: until) }
    for step in report.steps where step.kind == .deleveraged {
      closedAgainst = step.moves.count { $0.account != account }
    }
    return [report]
  }

  private mutating func note(_ reports: [LiquidationReport]) {
    for report in reports {
      for move in report.steps.flatMap(\.moves) {
        for delta in move.deltas {
          moves[move.account, default: [:]][delta.coordinate, default: 0] += delta.amount
        }
      }
      guard let settlement = report.settlement else { continue }
      settled += 1
      penalties += settlement.penalty.charged
      losses += settlement.loss
      for line in settlement.waterfall?.lines ?? [] {
        switch line.step {
        case .penaltyPot, .insurance: insured += line.amount
        case .socialised, .deleveraging: socialised += line.amount
        case .unpaid: unpaid += line.amount
        case .backstop: break
        }
      }
    }
  }

  /// Applies every move to the books, as their owners do, and compares with the ledger.
  private mutating func finish(
    _ cases: [AccountID: Int], _ traders: [DemoTrader], _ venue: CrashVenue
  ) throws(ToolFailure) {
    let (desk, registry, names) = (venue.desk, venue.registry, Array(cases.keys))
    let (commitments, funds, open) = try ToolFailure.wrapping(venue.folder.path) {
      try desk.ledger.withState { state in
        (
          names.map { state.account($0)?.commitment }, state.funds.values.reduce(0, +), state.openCases.count
        )
      }
    }
    fundChange = funds - Self.insurance
    mismatches = open
    for (account, commitment) in zip(names, commitments) {
      guard let index = cases[account] else { continue }
      let trader = traders[index]
      let changes = (moves[account] ?? [:]).filter { $0.value != 0 }
      let deltas = changes.map { Fill.Delta(coordinate: registry.names[Int($0.key)], amount: $0.value) }
      var positions: [String: Int64] = [:]
      for (instrument, lots) in zip(venue.snapshots.last?.instruments ?? [], trader.portfolio.positions) {
        positions[Registry.position(instrument.id)] = lots
      }
      for delta in deltas where positions[delta.coordinate] != nil {
        positions[delta.coordinate, default: 0] += delta.amount
      }
      if positions.values.allSatisfy({ $0 == 0 }) { flat += 1 }
      guard !deltas.isEmpty else { continue }
      let moved = try ToolFailure.wrapping(trader.name) {
        let fill = try Fill(account: account, sequence: trader.commitment.sequence, deltas: deltas)
        return try trader.opening.applying(fill, in: registry).commitment().commitment.encoded
      }
      if moved != commitment { mismatches += 1 }
    }
  }

  // MARK: What came of it

  /// Whether every case was settled, and the funds have what penalties brought less what losses took.
  var isAsItShouldBe: Bool {
    opened == settled && mismatches == 0 && (stuck.isEmpty || closedAgainst > 0)
  }

  var lines: [String] {
    func usd(_ quanta: Int64) -> String { (Double(quanta) / 1e6).formatted(decimals: 0) + " USD" }
    var lines = [
      "Closing: a committee opens the books of \(opened + healthy) silent accounts; \(healthy) meet their margin again,",
      "  \(settled) of \(opened) cases are auctioned and settled, \(flat) books flat. Penalties \(usd(penalties)), losses \(usd(losses)):",
      "  penalty pot and insurance bear \(usd(insured)), winners \(usd(socialised));",
      "  the venue stays the debtor of \(usd(unpaid)). The funds changed by \(usd(fundChange)).",
    ]
    if !stuck.isEmpty {
      lines.append(
        "  Nobody bid for the position of \(stuck): \(bands) hidden winners proved their bands, \(openedWinners) silent ones "
          + "were opened, \(closedAgainst) closed against")
    }
    return lines
  }

  var json: JSONValue {
    [
      "opened": .integer(opened), "healthy": .integer(healthy), "settled": .integer(settled),
      "flat": .integer(flat),
      "penalties": .integer(penalties), "losses": .integer(losses), "insured": .integer(insured),
      "socialised": .integer(socialised), "unpaid": .integer(unpaid), "fundChange": .integer(fundChange),
      "bands": .integer(bands),
      "openedWinners": .integer(openedWinners), "closedAgainst": .integer(closedAgainst),
      "isAsItShouldBe": .bool(isAsItShouldBe),
    ]
  }
}

/// A committee that opens what was sealed to it.
private final class Committee: Sendable {
  private let keys = EscrowCommittee(count: EscrowOutcome.members)

  /// The book of an account, from the package in which its custodian sealed the opening.
  func book(of trader: DemoTrader) throws(ToolFailure) -> OpenedAccount {
    do {
      let opening = try keys.recovered(trader)
      return try OpenedAccount(decoding: OpeningFile.plain(opening))
    } catch {
      throw ToolFailure(.internalFault, trader.name, "its escrow failed: \(error)")
    }
  }
}
