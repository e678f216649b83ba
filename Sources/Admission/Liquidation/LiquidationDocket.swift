internal import CanonicalBytes
internal import Liquidation
internal import MarginRules
internal import Solvency

/// An open case as its entries made it: the plain rules of `Liquidation` over the opened book, and which
/// account and fund each of their purses is.
///
/// It is rebuilt from the log's documents by anyone who continues the case or audits it, and takes the same
/// steps.
struct LiquidationDocket: Sendable {
  let account: AccountID
  let snapshot: RiskSnapshot
  let registry: Registry
  let rules: LiquidationRules
  /// What certifies the loss: the entry's document, which names account and state.
  let certificate: Digest
  private(set) var one: LiquidationCase
  /// The account's cash, in quanta.
  private(set) var cash: Int64
  /// When the running auctions began; nil if none run.
  private(set) var began: Int64?
  /// Whether the backstop has taken what it takes of this case.
  private(set) var isBackstopped = false
  /// The call of winners that is open.
  private(set) var call: DeleveragingCallRecord?
  /// What winners that were closed against have gained on the lots they gave up, in quanta.
  private(set) var gains: [String: Int64] = [:]

  /// Opens a case at a moment; its first auctions begin then.
  init(
    of opened: OpenedAccount, _ portfolio: Portfolio, rule: AccountRule, under snapshot: RiskSnapshot,
    in registry: Registry, _ rules: LiquidationRules, certificate: Digest, at time: Timestamp
  ) throws(LiquidationError) {
    account = opened.account
    (self.snapshot, self.registry, self.rules) = (snapshot, registry, rules)
    self.certificate = certificate
    one = try LiquidationCase(
      of: account.description, portfolio, rule: rule, MarginTable(snapshot), rules.terms)
    cash = portfolio.cash
    began = Int64(clamping: time.seconds)
  }

  /// What a step moves: coordinates by account, and funds.
  struct Moves {
    var accounts: [String: [String: Int64]] = [:]
    var funds: [FundPurse: Int64] = [:]
    /// Lots of debts that were paid back, by asset's place.
    var repaid: [Int: Int64] = [:]

    mutating func add(_ amount: Int64, _ coordinate: String, to account: String) throws(LiquidationError) {
      let (sum, overflow) = (accounts[account]?[coordinate] ?? 0).addingReportingOverflow(amount)
      guard !overflow, sum.magnitude <= Fill.amountLimit else { throw .overflow }
      accounts[account, default: [:]][coordinate] = sum
    }
  }

  /// One auction of the running round.
  struct Running {
    let order: LiquidationCase.Order
    let auction: DutchAuction
    /// The name of what is sold: "position/BTC-PERP".
    let leg: String
  }

  // What is to be done

  /// The auctions that run.
  func running() throws(LiquidationError) -> [Running] {
    guard let began else { return [] }
    var (trial, found) = (one, [Running]())
    var purses = try Purses([one.purse: cash])
    while let next = try trial.nextAuction(at: began, under: snapshot, purses) {
      found.append(
        Running(order: next.order, auction: next.auction, leg: next.order.leg.name(in: snapshot)))
      // A holding is sold for what is owed, of which nothing is known before the auction before it is over.
      if case .holding = next.order.leg { break }
      _ = try trial.run(next.order, next.auction, bids: [], until: began, purses: &purses)
      if trial.pending.isEmpty { break }
    }
    return found
  }

  /// Whether there is something that no auction runs for, and could: what nobody took, or a holding for cash
  /// that is owed.
  func canBegin() throws(LiquidationError) -> Bool {
    guard began == nil else { return false }
    return try one.nextAuction(at: 0, under: snapshot, Purses([one.purse: cash])) != nil
  }

  // Steps

  /// Clears the running auctions with bids by leg, up to a second.
  ///
  /// - Throws: ``LiquidationError/auctionClosed`` if none run, or one may take more bids still.
  mutating func clear(_ bids: [String: [AuctionBid]], until end: Int64) throws(LiquidationError) -> Moves {
    let running = try running()
    guard let began, !running.isEmpty else { throw .auctionClosed }
    for leg in running {
      var auction = leg.auction
      _ = auction.clear(bids[leg.leg] ?? [], until: end)
      guard auction.isOver || auction.isStale(at: end) else { throw .auctionClosed }
    }
    let count = running.count
    let snapshot = snapshot
    let moves = try moving { one, purses throws(LiquidationError) in
      for _ in 0..<count {
        guard let next = try one.nextAuction(at: began, under: snapshot, purses) else { break }
        _ = try one.run(
          next.order, next.auction, bids: bids[next.order.leg.name(in: snapshot)] ?? [], until: end,
          purses: &purses)
      }
    }
    self.began = nil
    return moves
  }

  /// Begins auctions of what is left.
  mutating func begin(at time: Timestamp) throws(LiquidationError) {
    guard began == nil, !one.isSettled else { throw .auctionClosed }
    var next = one
    if try !canBegin() { try next.retry() }
    one = next
    began = Int64(clamping: time.seconds)
  }

  mutating func backstop() throws(LiquidationError) -> Moves {
    guard began == nil, one.pending.isEmpty, !one.unsold.isEmpty, !isBackstopped,
      let backstop = rules.backstop
    else { throw .auctionClosed }
    let snapshot = snapshot
    let moves = try moving { one, purses throws(LiquidationError) in
      try one.backstop(
        backstop.account.description, discountPpm: backstop.discountPpm, capacity: backstop.capacity,
        under: snapshot, purses: &purses)
    }
    isBackstopped = true
    return moves
  }

  /// Winners are called.
  mutating func note(_ call: DeleveragingCallRecord) { self.call = call }

  /// Closes a position against winners.
  ///
  /// - Throws: ``LiquidationError/auctionClosed`` if nothing of it is left.
  mutating func deleverage(
    _ instrument: Int, against winners: [Winner], gainPerLot: Int64
  ) throws(LiquidationError) -> Moves {
    guard began == nil else { throw .auctionClosed }
    let (snapshot, policy) = (snapshot, rules.policy)
    var plan: Deleveraging?
    let moves = try moving { one, purses throws(LiquidationError) in
      plan = try one.deleverage(
        instrument, against: winners, policy: policy, under: snapshot, purses: &purses)
    }
    guard let plan else { throw .auctionClosed }
    call = nil
    for share in plan.shares where share.lots > 0 {
      let gain = Int128(share.lots) * Int128(gainPerLot)
      gains[share.account] = Int64(clamping: Int128(gains[share.account] ?? 0) + gain)
    }
    return moves
  }

  /// Books penalty and loss with the money that the funds have now.
  ///
  /// - Returns: the moves, and what the insurance was asked for.
  mutating func settle(
    funds: [FundPurse: Int64], insuredLosses: Int64
  ) throws(LiquidationError) -> (moves: Moves, insured: Int64, settlement: LiquidationCase.Settlement) {
    guard began == nil else { throw .auctionClosed }
    var layers = try InsuranceLayers(rules.layers, losses: insuredLosses)
    let before = layers.losses
    var done: LiquidationCase.Settlement?
    let (snapshot, certificate, gains) = (snapshot, certificate, gains)
    let moves = try moving(funds) { one, purses throws(LiquidationError) in
      done = try one.settle(
        certificate: certificate, gains: gains, under: snapshot, layers: &layers, purses: &purses)
    }
    guard let done else { throw .auctionClosed }
    return (moves, layers.losses - before, done)
  }

  /// Runs a step and says what it moved; nothing is changed if it throws.
  private mutating func moving(
    _ funds: [FundPurse: Int64] = [:],
    _ body: (inout LiquidationCase, inout Purses) throws(LiquidationError) -> Void
  ) throws(LiquidationError) -> Moves {
    var next = one
    var balances: [Purse: Int64] = [one.purse: cash]
    for (purse, amount) in funds { balances[purse.purse] = amount }
    let before = try Purses(balances)
    var purses = before
    try body(&next, &purses)
    var moves = Moves()
    for (purse, balance) in purses.balances where balance != before[purse] {
      let change = balance - before[purse]
      switch purse {
      case .account(let name), .liquidator(let name): try moves.add(change, Registry.cash, to: name)
      case .penaltyPot, .insurance, .backstop, .venue:
        guard let fund = FundPurse(purse) else { throw .malformed }
        moves.funds[fund] = change
      }
    }
    let name = account.description
    for (other, legs) in next.takenOver {
      for (leg, lots) in legs {
        let more = lots - (one.takenOver[other]?[leg] ?? 0)
        guard more != 0 else { continue }
        switch leg {
        case .position(let i):
          let coordinate = Registry.position(snapshot.instruments[i].id)
          try moves.add(more, coordinate, to: other)
          try moves.add(-more, coordinate, to: name)
        case .holding(let a):
          let coordinate = Registry.holding(snapshot.collateral[a].id)
          try moves.add(more, coordinate, to: other)
          try moves.add(-more, coordinate, to: name)
        case .debt(let a):
          // The other sells the asset, and the account's debt is paid back with it.
          try moves.add(more, Registry.holding(snapshot.collateral[a].id), to: other)
          try moves.add(more, Registry.debt(snapshot.collateral[a].id), to: name)
          moves.repaid[a, default: 0] -= more
        }
      }
    }
    (one, cash) = (next, purses[one.purse])
    return moves
  }
}
