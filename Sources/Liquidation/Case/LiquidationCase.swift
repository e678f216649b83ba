public import CanonicalBytes
public import MarginRules

/// The liquidation of one account, from the ladder to the last line of the waterfall.
///
/// A case opens on a book that misses its maintenance requirement and goes through these steps; each is a
/// function of what it is given, so that anyone who has the book, the snapshot, the terms and the bids finds
/// the same case:
///
///     open ─▶ auction of each leg ─▶ (backstop) ─▶ (deleveraging) ─▶ settle: penalty, waterfall ─▶ closed
///
/// Money is exchanged by transfers between purses, lots between the account and those who take them; after
/// every step the sum of all purses and the sum of all lots are what they were.
public struct LiquidationCase: Hashable, Sendable {
  /// Whose book it is.
  public let account: String
  /// Which rule the account misses.
  public let rule: AccountRule
  /// Under which snapshot.
  public let snapshot: Digest
  /// The venue's terms.
  public let terms: LiquidationTerms
  /// Where on the ladder the case began.
  public let stage: LadderStage
  /// Health at the beginning.
  public let before: AccountHealth
  /// The book as it is now; its cash is in the account's purse.
  public private(set) var portfolio: Portfolio
  /// What is still to be sold or bought back, in order.
  public private(set) var pending: [Order]
  /// What nobody took in an auction.
  public private(set) var unsold: [Order] = []
  /// Lots that others took over from the account, positive where they bought, by name and leg.
  public private(set) var takenOver: [String: [CaseLeg: Int64]] = [:]
  /// The value of what was closed, at the mark, in quanta.
  public private(set) var closedValue: Int64 = 0
  /// What liquidators took, in quanta at the mark, by name.
  public private(set) var takenValue: [String: Int64] = [:]
  /// Whether the case has been settled.
  public private(set) var isSettled = false
  private let penaltyPpm: Int64

  /// Lots of a leg that are to be closed.
  public struct Order: Hashable, Sendable {
    /// What.
    public let leg: CaseLeg
    /// How many lots: positive ones are sold, negative ones bought back.
    public let lots: Int64

    /// An order.
    public init(leg: CaseLeg, lots: Int64) {
      self.leg = leg
      self.lots = lots
    }
  }

  /// Opens a case.
  ///
  /// - Throws: ``LiquidationError/healthy`` for an account that meets its requirement, and what planning
  ///   throws.
  public init(
    of account: String, _ portfolio: Portfolio, rule: AccountRule, _ table: MarginTable,
    _ terms: LiquidationTerms
  ) throws(LiquidationError) {
    try terms.check()
    let health = try AccountHealth(of: portfolio, under: table.snapshot, rule: rule)
    guard health.isLiquidatable else { throw .healthy }
    (self.account, self.rule, self.terms) = (account, rule, terms)
    snapshot = table.snapshot.digest
    before = health
    stage = LadderStage(health, terms)
    penaltyPpm = Penalty.ratePpm(at: health, terms)
    var orders: [Order] = []
    let isWhole = stage == .liquidated || stage == .takenOver
    switch rule {
    case .portfolioMargin, .crossMargin:
      let plan = try ReductionPlan(for: portfolio, table, rule: rule, terms)
      orders = plan.closings.map { Order(leg: .position($0.instrument), lots: $0.lots) }
    case .valueAtRisk:
      orders = portfolio.positions.indices.filter { portfolio.positions[$0] != 0 }
        .map { Order(leg: .position($0), lots: portfolio.positions[$0]) }
    case .collateralRatio:
      orders = try Self.repayment(portfolio, table.snapshot, terms, penaltyPpm)
    }
    if isWhole, rule != .collateralRatio {
      orders += portfolio.debts.indices.filter { portfolio.debts[$0] > 0 }
        .map { Order(leg: .debt($0), lots: -portfolio.debts[$0]) }
    }
    self.portfolio = portfolio
    self.portfolio.cash = 0
    pending = orders
  }

  /// The lots of the debt that are bought back.
  private static func repayment(
    _ portfolio: Portfolio, _ snapshot: RiskSnapshot, _ terms: LiquidationTerms, _ penaltyPpm: Int64
  ) throws(LiquidationError) -> [Order] {
    guard let owed = portfolio.debts.firstIndex(where: { $0 > 0 }) else { return [] }
    let price = Int128(snapshot.draft.collateral[owed].debtMM)
    var value: Int128 = 0
    for (a, lots) in portfolio.holdings.enumerated() where lots > 0 {
      value += Int128(lots) * Int128(snapshot.draft.collateral[a].tranches[0].valMM)
    }
    let lots = portfolio.debts[owed]
    // Value counts by 1/healthy of the snapshot: LT.
    let threshold = Int64(Int128(onePpm) * Int128(onePpm) / Int128(snapshot.draft.tiers.healthy))
    let repayment = try? LoanRepayment(
      collateral: ExactMoney.amount(value), thresholdPpm: threshold,
      debt: ExactMoney.amount(price * Int128(lots)),
      bonusPpm: min(terms.slippagePpm + penaltyPpm, Penalty.mostPpm(threshold: threshold)),
      targetPpm: terms.targetPpm)
    guard let repayment, price > 0 else { return [Order(leg: .debt(owed), lots: -lots)] }
    return [Order(leg: .debt(owed), lots: -min(lots, Int64((Int128(repayment.repaid) + price - 1) / price)))]
  }

  /// The purse of the account.
  public var purse: Purse { .account(account) }

  /// Begins the auction of the next leg, or of the next holding that must be sold because cash is owed; nil
  /// when nothing is left to auction.
  ///
  /// - Throws: ``LiquidationError/auctionClosed`` while beginning is stopped.
  public func nextAuction(
    at time: Int64, under snapshot: RiskSnapshot, _ purses: Purses
  ) throws(LiquidationError) -> (order: Order, auction: DutchAuction)? {
    guard !isSettled else { return nil }
    if let order = pending.first {
      let auction = try DutchAuction(
        lots: Int64(order.lots.magnitude), isSale: order.lots > 0, mark: order.leg.mark(in: snapshot),
        at: time,
        terms.auction)
      return (order, auction)
    }
    // While positions are open, cash below zero is what they cost when they were opened, and their marks are
    // against it.
    guard portfolio.positions.allSatisfy({ $0 == 0 }), purses[purse] < 0 else { return nil }
    // The penalty is part of what must be raised.
    let owed =
      Int128(-purses[purse])
      + (try ExactMoney.ceil(Int128(closedValue), times: Int128(penaltyPpm), over: Int128(onePpm)))
    guard owed > 0,
      let asset = portfolio.holdings.indices.first(where: { a in
        portfolio.holdings[a] > 0 && !unsold.contains { $0.leg == .holding(a) }
      })
    else { return nil }
    let order = Order(leg: .holding(asset), lots: portfolio.holdings[asset])
    let auction = try DutchAuction(
      lots: order.lots, isSale: true, mark: order.leg.mark(in: snapshot), at: time,
      tab: ExactMoney.amount(owed), terms.auction)
    return (order, auction)
  }

  /// Runs an auction that ``nextAuction(at:under:_:)`` has begun, to its end.
  ///
  /// - Parameters:
  ///   - bids: all bids for the leg.
  ///   - end: the last second that counts.
  /// - Returns: what was taken.
  /// - Throws: ``LiquidationError/overflow``; nothing is changed then.
  public mutating func run(
    _ order: Order, _ auction: DutchAuction, bids: [AuctionBid], until end: Int64, purses: inout Purses
  ) throws(LiquidationError) -> [AuctionTake] {
    var (auction, purses_, next) = (auction, purses, self)
    let takes = auction.clear(bids, until: end)
    let sign: Int64 = order.lots > 0 ? 1 : -1
    for take in takes {
      let amount = try ExactMoney.amount(Int128(take.price) * Int128(take.lots))
      let buyer = Purse.liquidator(take.bidder)
      try purses_.post([
        sign > 0 ? Transfer(amount, from: buyer, to: purse) : Transfer(amount, from: purse, to: buyer)
      ])
      try next.hand(sign * take.lots, of: order.leg, to: take.bidder, mark: auction.mark)
      next.takenValue[take.bidder, default: 0] += try ExactMoney.amount(
        Int128(take.lots) * Int128(auction.mark))
    }
    next.pending.removeAll { $0 == order }
    // Of a holding only as much as is needed is sold.
    if auction.lots > 0, auction.tab != 0 {
      next.unsold.append(Order(leg: order.leg, lots: sign * auction.lots))
    }
    (self, purses) = (next, purses_)
    return takes
  }

  private mutating func hand(
    _ lots: Int64, of leg: CaseLeg, to other: String, mark: Int64
  ) throws(LiquidationError) {
    leg.close(lots, in: &portfolio)
    takenOver[other, default: [:]][leg, default: 0] += lots
    // A holding is sold to pay for what has been counted already.
    if case .holding = leg { return }
    closedValue = try ExactMoney.amount(
      Int128(closedValue) + Int128(lots.magnitude) * Int128(mark))
  }

  /// Puts what no auction sold up for auction once more, holdings excepted.
  ///
  /// - Throws: ``LiquidationError/auctionClosed`` for a case that is settled, has orders pending, or has
  ///   nothing unsold.
  public mutating func retry() throws(LiquidationError) {
    let again = unsold.filter { if case .holding = $0.leg { false } else { true } }
    guard !isSettled, pending.isEmpty, !again.isEmpty else { throw .auctionClosed }
    pending = again
    unsold.removeAll { again.contains($0) }
  }

  /// Positions that nobody has taken: only winners can be closed against them.
  public var stuck: [Order] {
    unsold.filter { if case .position = $0.leg { true } else { false } }
  }

  /// The backstop takes what no auction sold, at the mark less a discount, as far as its money goes.
  ///
  /// - Parameters:
  ///   - name: who stands behind the backstop and has the lots afterwards.
  ///   - discountPpm: what it is granted, in ppm of the mark.
  ///   - capacity: the value at the mark that it takes at most, in quanta.
  /// - Throws: ``LiquidationError/malformed`` for a discount or capacity out of range,
  ///   ``LiquidationError/overflow``.
  public mutating func backstop(
    _ name: String, discountPpm: Int64, capacity: Int64, under snapshot: RiskSnapshot, purses: inout Purses
  ) throws(LiquidationError) {
    guard (0...onePpm).contains(discountPpm), capacity >= 0 else { throw .malformed }
    var (next, money, left) = (self, purses, Int128(capacity))
    var rest: [Order] = []
    for order in unsold {
      let mark = order.leg.mark(in: snapshot)
      let lots = Int64(min(Int128(order.lots.magnitude), left / Int128(mark)))
      let sign: Int64 = order.lots > 0 ? 1 : -1
      if lots > 0 {
        let factor = Int128(sign > 0 ? onePpm - discountPpm : onePpm + discountPpm)
        let amount = try ExactMoney.amount(Int128(lots) * Int128(mark) * factor / Int128(onePpm))
        let buyer = Purse.liquidator(name)
        try money.post([
          sign > 0 ? Transfer(amount, from: buyer, to: purse) : Transfer(amount, from: purse, to: buyer)
        ])
        try next.hand(sign * lots, of: order.leg, to: name, mark: mark)
        left -= Int128(lots) * Int128(mark)
      }
      let remaining = Int64(order.lots.magnitude) - lots
      if remaining > 0 { rest.append(Order(leg: order.leg, lots: sign * remaining)) }
    }
    next.unsold = rest
    (self, purses) = (next, money)
  }

  /// Closes what is left of a position against winners at the mark: they give up lots here, and money in the
  /// waterfall.
  ///
  /// - Returns: what was closed against each; nil if nothing of the position is left.
  /// - Throws: what ``Deleveraging`` throws.
  public mutating func deleverage(
    _ instrument: Int, against winners: [Winner], policy: DeleveragingPolicy, under snapshot: RiskSnapshot,
    purses: inout Purses
  ) throws(LiquidationError) -> Deleveraging? {
    let leg = CaseLeg.position(instrument)
    guard leg.isListed(in: snapshot), let place = unsold.firstIndex(where: { $0.leg == leg }) else {
      return nil
    }
    let order = unsold[place]
    let plan = try Deleveraging(
      lots: Int64(order.lots.magnitude), deficit: 0, winners: winners, policy: policy)
    let (sign, mark): (Int64, Int64) = (order.lots > 0 ? 1 : -1, leg.mark(in: snapshot))
    var (next, money) = (self, purses)
    for share in plan.shares where share.lots > 0 {
      let amount = try ExactMoney.amount(Int128(share.lots) * Int128(mark))
      let winner = Purse.account(share.account)
      try money.post([
        sign > 0 ? Transfer(amount, from: winner, to: purse) : Transfer(amount, from: purse, to: winner)
      ])
      try next.hand(sign * share.lots, of: leg, to: share.account, mark: mark)
    }
    next.unsold.remove(at: place)
    if plan.lotsLeft > 0 { next.unsold.append(Order(leg: leg, lots: sign * plan.lotsLeft)) }
    (self, purses) = (next, money)
    return plan
  }

  /// What settling did.
  public struct Settlement: Hashable, Sendable {
    /// What the account was charged.
    public let penalty: Penalty
    /// The loss that it left, in quanta; 0 if none.
    public let loss: Int64
    /// Who bore the loss; nil without one.
    public let waterfall: Waterfall?
  }

  /// Charges the penalty, lets the waterfall bear what is missing, and closes the case.
  ///
  /// - Parameters:
  ///   - certificate: the digest of what certifies the loss.
  ///   - gains: unrealised gains of other accounts, for the last step of the waterfall.
  /// - Throws: ``LiquidationError/auctionClosed`` for a case that is settled, has orders pending, has
  ///   positions and debts that nobody took, or owes cash for which a holding was not offered yet; what
  ///   ``Waterfall`` throws. Nothing is changed then.
  public mutating func settle(
    certificate: Digest, gains: [String: Int64], under snapshot: RiskSnapshot, layers: inout InsuranceLayers,
    purses: inout Purses
  ) throws(LiquidationError) -> Settlement {
    let isStuck = unsold.contains { if case .holding = $0.leg { false } else { true } }
    guard !isSettled, pending.isEmpty, !isStuck else { throw .auctionClosed }
    // Settled before, an account would keep its holding, owe its cash, and nobody would bear what is missing.
    guard try nextAuction(at: 0, under: snapshot, purses) == nil else { throw .auctionClosed }
    var money = purses
    // Nothing is charged beyond what the rest of the book is worth.
    let penalty = try Penalty(
      value: closedValue, ratePpm: penaltyPpm, equity: equity(under: snapshot, cash: money[purse]), terms)
    let names = takenValue.keys.sorted()
    let parts = try Apportionment.parts(
      of: names.isEmpty ? 0 : penalty.liquidator, by: names.map { takenValue[$0] ?? 0 })
    var transfers = zip(names, parts).map { Transfer($1, from: purse, to: .liquidator($0)) }
    // Without a liquidator its share is the insurance's.
    let rest = penalty.liquidator - parts.reduce(0, +)
    transfers.append(Transfer(penalty.insurance + rest, from: purse, to: .penaltyPot))
    transfers.append(Transfer(penalty.venue, from: purse, to: .venue))
    try money.post(transfers)
    // An account is short of money when it is flat and nothing that it holds can be sold.
    let isFlat =
      portfolio.positions.allSatisfy { $0 == 0 } && portfolio.debts.allSatisfy { $0 == 0 }
      && portfolio.holdings.indices.allSatisfy { a in
        portfolio.holdings[a] == 0 || unsold.contains { $0.leg == .holding(a) }
      }
    let loss = isFlat ? max(0, -money[purse]) : 0
    var (waterfall, insured) = (Waterfall?.none, layers)
    if loss > 0 {
      waterfall = try Waterfall(
        of: account, loss: loss, certificate: certificate, position: nil, gains: gains, layers: &insured,
        purses: &money)
    }
    (purses, layers) = (money, insured)
    isSettled = true
    return Settlement(penalty: penalty, loss: loss, waterfall: waterfall)
  }

  /// Equity of what is left of the book, with what is in its purse, in quanta.
  private func equity(under snapshot: RiskSnapshot, cash: Int64) throws(LiquidationError) -> Int64 {
    var book = portfolio
    book.cash = cash
    let health = try AccountHealth(of: book, under: snapshot, rule: .portfolioMargin)
    return try ExactMoney.amount(health.equity)
  }
}
