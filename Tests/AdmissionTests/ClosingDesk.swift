import Admission
import CanonicalBytes
import Liquidation
import MarginRules
import Ristretto
import Solvency
import SolvencyProver
import Testing

/// A desk whose market has fallen by six percent, with an account that has been silent through it, two
/// liquidators and two accounts that are short.
struct ClosingDesk {
  /// When the market has fallen and the account is liquidatable.
  static let fallen = Market.now.advanced(by: 40_000)

  let desk: Desk
  let store = MemoryStore()
  let silent: Trader
  let liquidators: [Trader]
  let winners: [Trader]
  /// The key that signs a liquidator's bids.
  private static func key(_ number: Int) -> SigningKey {
    SigningKey(role: .trader, seed: SecretBlock(count: 32) { _ in UInt8(40 + number) })
  }

  var admission: Admission { desk.admission }

  /// The silent account has this cash beside a hundred lots of BTC-PERP, which cost 6.0e9 quanta now.
  init(
    cash: Int64, fund: Int64 = 2_000_000_000, backstop: Int64 = 0, amounts: [String: Int64] = [:],
    dust: Int64 = 0
  ) throws {
    silent = try Trader("silent", ["cash": cash, "position/BTC-PERP": 100].merging(amounts) { $1 })
    liquidators = try (0..<3).map {
      try Trader("maker-\($0)", ["cash": 100_000_000_000, "holding/USDC": 1_000_000])
    }
    winners = try [70, 45].enumerated().map { index, lots in
      try Trader(
        "winner-\(index)", ["cash": 8_000_000_000, "position/BTC-PERP": Int64(-lots)])
    }
    desk = try Desk(traders: [silent] + winners, store: store)
    try desk.publish(Self.snapshot(), at: Self.fallen)
    for liquidator in liquidators { try desk.open(liquidator, at: Self.fallen) }
    try admission.adopt(rules(fund: fund, backstop: backstop, dust: dust), at: Self.fallen)
    try put(fund, into: .insurance(0))
  }

  /// The second snapshot, in which a lot of BTC-PERP is worth 60 USD.
  static func snapshot() throws -> RiskSnapshot {
    try Market.variant { draft in
      draft.instruments[0].markFloor = 60_000_000
      draft.instruments[0].markCeil = 60_000_000
    }
  }

  func rules(fund: Int64, backstop: Int64 = 0, dust: Int64 = 0) throws -> LiquidationRules {
    var terms = LiquidationTerms.standard
    terms.dust = dust
    terms.auction.dust = 0
    var keys: [AccountID: VerificationKey] = [:]
    for (index, liquidator) in liquidators.enumerated() {
      keys[liquidator.commitment.account] = Self.key(index).verificationKey
    }
    return try LiquidationRules(
      terms: terms, layers: fund > 0 ? [InsuranceLayer(attachment: 0, exhaustion: fund)] : [],
      backstop: backstop == 0
        ? nil
        : LiquidationRules.Backstop(
          account: liquidators[2].commitment.account, discountPpm: 20_000, capacity: backstop),
      liquidators: keys, callSeconds: 600)
  }

  func put(_ amount: Int64, into purse: FundPurse) throws {
    guard amount != 0 else { return }
    let number = try admission.ledger.withState { $0.nextFundMovement }
    try admission.move(
      Signed(
        FundMovement(venue: admission.venue, number: number, purse: purse, amount: amount),
        by: desk.keys.custodian), at: Self.fallen)
  }

  /// What a committee has opened.
  static func opened(_ trader: Trader) throws -> OpenedAccount {
    try OpenedAccount(decoding: OpeningFile.plain(trader.opening))
  }

  func bid(
    _ bidder: Int, lots: Int64, limit: Int64, number: UInt64 = 1, leg: String = "position/BTC-PERP",
    signedBy signer: Int? = nil, sequence: UInt64 = 0, at time: Timestamp = ClosingDesk.fallen
  ) throws -> Signed<LiquidationBid> {
    try Signed(
      LiquidationBid(
        venue: admission.venue, account: silent.commitment.account, sequence: sequence, leg: leg,
        bid: AuctionBid(
          bidder: liquidators[bidder].commitment.account.description, number: number, limit: limit,
          lots: lots,
          placed: Int64(time.seconds))), by: Self.key(signer ?? bidder))
  }

  func request(
    _ bids: [Signed<LiquidationBid>] = [], winners: [OpenedAccount] = []
  ) throws -> LiquidationRequest {
    LiquidationRequest(
      silent.commitment.account, opening: try Self.opened(silent), bids: bids, winners: winners)
  }

  func liquidate(
    _ bids: [Signed<LiquidationBid>] = [], winners: [OpenedAccount] = [], after seconds: UInt64 = 0
  ) throws -> LiquidationReport {
    try admission.liquidate(request(bids, winners: winners), at: Self.fallen.advanced(by: seconds))
  }

  /// The proof of a winner's band, or of another one.
  func answer(
    _ trader: Trader, band other: DeleveragingBand? = nil, at time: Timestamp
  ) throws -> DeleveragingAnswer {
    let call = try admission.call(for: silent.commitment.account)
    let values = try Self.opened(trader).values
    let registry = try Market.registry()
    let held = -values[try #require(registry.index(of: "position/BTC-PERP"))]
    let equity = Int128(values[0]) - Int128(held) * 60_000_000
    let band =
      try other
      ?? #require(
        DeleveragingBand(
          held: held, gross: Int128(held) * 60_000_000, equity: equity, gainPpm: call.record.gainPpm,
          edges: call.edges))
    let circuit = try #require(
      band.circuit(
        place: call.place, isLong: call.record.isLong, gainPpm: call.record.gainPpm, edges: call.edges))
    let rule = try MarginRule(
      circuit: circuit, snapshot: call.snapshot, kind: .maintenance, registry: registry)
    let envelope = try trader.opening.prove(
      rule,
      for: ProofRequest(
        audience: call.venue, nonce: call.nonce, issued: time, expires: time.advanced(by: 300)), at: time)
    return DeleveragingAnswer(to: silent.commitment.account, band: band, envelope: envelope)
  }

  func account(_ trader: Trader) throws -> AccountState {
    let account = trader.commitment.account
    return try #require(try admission.ledger.withState { $0.account(account) })
  }

  var funds: [FundPurse: Int64] { get throws { try admission.ledger.withState { $0.funds } } }

  /// What all steps so far have added to an account, by coordinate.
  func added(to trader: Trader) throws -> [String: Int64] {
    let names = try Market.registry().names
    var sums: [String: Int64] = [:]
    for item in store.allItems {
      guard case .liquidationStepped(let record) = item.entry.event else { continue }
      for move in record.moves where move.account == trader.commitment.account {
        for delta in move.deltas { sums[names[Int(delta.coordinate)], default: 0] += delta.amount }
      }
    }
    return sums.filter { $0.value != 0 }
  }

  func audit(_ items: [LogBatch.Item]? = nil) -> AuditReport {
    var audit = Audit(of: desk.keys.venue.verificationKey)
    for item in items ?? store.allItems { audit.check(item) }
    return audit.report()
  }

  /// What an audit says of the log when the last entry says something else.
  func findings(replacing event: LedgerEvent, evidence: [UInt8]? = nil) throws -> [AuditFinding] {
    let items = store.allItems
    let last = try #require(items.last)
    let entry = LogEntry(
      after: LogHead(count: last.entry.index, digest: last.entry.previous), time: last.entry.time,
      event: event)
    return audit(items.dropLast() + [LogBatch.Item(entry: entry, evidence: evidence ?? last.evidence)])
      .findings
  }
}
