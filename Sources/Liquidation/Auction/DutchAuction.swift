/// A price at which somebody takes lots of an auction as soon as it asks no more.
public struct AuctionBid: Hashable, Sendable {
  /// Whose bid it is.
  public let bidder: String
  /// What tells bids of a bidder apart.
  public let number: UInt64
  /// The worst price per lot that is accepted, in quanta: the highest for what is bought, the lowest for what
  /// is sold.
  public let limit: Int64
  /// How many lots at most.
  public let lots: Int64
  /// When the bid was placed, in seconds since 1970.
  public let placed: Int64

  /// A bid.
  public init(bidder: String, number: UInt64, limit: Int64, lots: Int64, placed: Int64) {
    self.bidder = bidder
    self.number = number
    self.limit = limit
    self.lots = lots
    self.placed = placed
  }
}

/// One part of an auction that was taken.
public struct AuctionTake: Hashable, Sendable {
  /// Who took it.
  public let bidder: String
  /// The number of the bid.
  public let number: UInt64
  /// How many lots.
  public let lots: Int64
  /// The price per lot in quanta.
  public let price: Int64
  /// When, in seconds since 1970.
  public let time: Int64
}

/// Lots of one instrument that a liquidated account gives up, at a price that moves towards the buyer
/// (mechanism M45).
///
/// A long position is sold from above the mark downwards, a short one is bought back from below the mark
/// upwards, each the mirror image of the other:
///
///     asked = mark·buffer·share(t)          for lots that are sold
///     asked = mark·(2 - buffer·share(t))    for lots that are bought back
///
/// Who takes what at which price is a function of the bids and the clock alone: a bid takes at the first
/// second at which it was placed and the price had reached it. Bids of the same second come in the order of
/// their limits, best for the account first, then of time placed, bidder and number. All of a second pay the
/// price of that second.
public struct DutchAuction: Hashable, Sendable {
  /// The terms.
  public let terms: AuctionTerms
  /// Whether lots of a long position are sold; otherwise those of a short one are bought back.
  public let isSale: Bool
  /// The mark per lot at the beginning, in quanta; positive.
  public private(set) var mark: Int64
  /// When it began, or was begun anew, in seconds since 1970.
  public private(set) var start: Int64
  /// The lots that nobody has taken.
  public private(set) var lots: Int64
  /// What is still to be raised, in quanta; nil for an auction that sells all lots.
  public private(set) var tab: Int64?

  /// Begins an auction.
  ///
  /// - Parameters:
  ///   - lots: positive.
  ///   - start: from 0 to 2⁶².
  ///   - tab: the sum at which the sale ends, for collateral of a loan; nil to sell all.
  /// - Throws: ``LiquidationError/auctionClosed`` while beginning is stopped, ``LiquidationError/malformed``
  ///   for other numbers.
  public init(
    lots: Int64, isSale: Bool, mark: Int64, at start: Int64, tab: Int64? = nil, _ terms: AuctionTerms
  ) throws(LiquidationError) {
    try terms.check()
    guard terms.stop == .nothing else { throw .auctionClosed }
    guard lots > 0, mark > 0, start >= 0, start <= 1 << 62, (tab ?? 1) > 0, tab == nil || isSale,
      Int128(lots) * Int128(mark) < ExactMoney.limit / 4
    else { throw .malformed }
    self.terms = terms
    self.isSale = isSale
    self.mark = mark
    self.start = start
    self.lots = lots
    self.tab = tab
  }

  /// The first price, in quanta per lot, that of a sale rounded up and that of a purchase down.
  private var top: Int128 { Int128(mark) * Int128(terms.bufferPpm) }

  /// The price per lot at a second, in quanta: for sales rounded up, for purchases down, in favour of the
  /// account.
  public func price(at time: Int64) -> Int64 {
    let share = terms.curve.share(after: time - start)
    // mark·buffer·share is below 2⁵²·2²¹·2⁶⁰: two steps keep it inside 128 bits.
    let (quotient, rest) = (top * (share / 1_000_000)).quotientAndRemainder(
      dividingBy: Int128(onePpm) * 1_000_000_000_000)
    let asked = Int64(clamping: quotient + (rest > 0 ? 1 : 0))
    return isSale ? asked : max(0, 2 * mark - asked)
  }

  /// Whether the auction must be begun anew before anybody takes more: it has lasted too long, or come too
  /// far.
  public func isStale(at time: Int64) -> Bool {
    time - start > terms.tailSeconds
      || terms.curve.share(after: time - start) * Int128(onePpm)
        < Int128(terms.cuspPpm) * AuctionCurve.one
  }

  /// The last second at which somebody may take something.
  public var lastSecond: Int64 {
    var (low, high) = (start, start + terms.tailSeconds)
    while low < high {
      let middle = low + (high - low + 1) / 2
      if isStale(at: middle) { high = middle - 1 } else { low = middle }
    }
    return low
  }

  /// Whether anything is left to do.
  public var isOver: Bool { lots == 0 || tab == 0 }

  /// Begins a stale auction anew from another mark.
  ///
  /// - Throws: ``LiquidationError/auctionClosed`` unless it is stale and resetting is not stopped.
  public mutating func reset(mark: Int64, at time: Int64) throws(LiquidationError) {
    guard isStale(at: time), !isOver, terms.stop.rawValue < AuctionStop.resetting.rawValue else {
      throw .auctionClosed
    }
    guard mark > 0, Int128(lots) * Int128(mark) < ExactMoney.limit / 4 else { throw .malformed }
    (self.mark, start) = (mark, time)
  }

  /// The payment to the one who begins the auction, in quanta: tip + chip·value.
  public var reward: Int64 {
    let value = Int128(lots) * Int128(mark)
    return terms.tip + Int64(clamping: value * Int128(terms.chipPpm) / Int128(onePpm))
  }

  /// Somebody takes lots.
  ///
  /// Of an auction with a tab no more is taken than pays it, and no part that would leave a tab smaller than
  /// the dust.
  ///
  /// - Throws: ``LiquidationError/auctionClosed`` when stale, over or stopped, ``LiquidationError/dust`` for
  ///   a part that is too small or leaves too little, ``LiquidationError/malformed`` for a limit that is not
  ///   met.
  public mutating func take(_ bid: AuctionBid, at time: Int64) throws(LiquidationError) -> AuctionTake {
    guard time >= start, !isOver, !isStale(at: time), terms.stop != .taking else { throw .auctionClosed }
    let price = price(at: time)
    guard bid.lots > 0, bid.placed <= time, isSale ? price <= bid.limit : price >= bid.limit else {
      throw .malformed
    }
    var slice = min(bid.lots, lots)
    guard let tab else {
      try checkDust(slice)
      lots -= slice
      return AuctionTake(bidder: bid.bidder, number: bid.number, lots: slice, price: price, time: time)
    }
    var owed = try ExactMoney.amount(Int128(slice) * Int128(price))
    if owed >= tab {
      // Enough lots to pay the tab, rounded up.
      slice = price > 0 ? (tab + price - 1) / price : slice
      owed = tab
    } else if slice < lots, tab - owed < terms.dust {
      guard tab > terms.dust else { throw .dust }
      slice = price > 0 ? (tab - terms.dust) / price : slice
      guard slice > 0 else { throw .dust }
      owed = try ExactMoney.amount(Int128(slice) * Int128(price))
    }
    lots -= slice
    self.tab = max(0, tab - owed)
    return AuctionTake(bidder: bid.bidder, number: bid.number, lots: slice, price: price, time: time)
  }

  private func checkDust(_ slice: Int64) throws(LiquidationError) {
    guard slice < lots else { return }
    let dust = Int128(terms.dust)
    guard Int128(slice) * Int128(mark) >= dust, Int128(lots - slice) * Int128(mark) >= dust else {
      throw .dust
    }
  }

  /// Matches bids with the clock, up to a second.
  ///
  /// A bid that would leave less than the dust takes fewer lots, or nothing if that does not help.
  ///
  /// - Parameter end: the last second that counts.
  /// - Returns: what was taken, in order of time.
  public mutating func clear(_ bids: [AuctionBid], until end: Int64) -> [AuctionTake] {
    guard terms.stop != .taking else { return [] }
    let last = min(end, lastSecond)
    var ready: [(time: Int64, bid: AuctionBid)] = []
    for bid in bids where bid.lots > 0 {
      if let time = firstSecond(of: bid, last: last) { ready.append((time, bid)) }
    }
    ready.sort { a, b in
      if a.time != b.time { return a.time < b.time }
      if a.bid.limit != b.bid.limit { return isSale ? a.bid.limit > b.bid.limit : a.bid.limit < b.bid.limit }
      if a.bid.placed != b.bid.placed { return a.bid.placed < b.bid.placed }
      if a.bid.bidder != b.bid.bidder { return a.bid.bidder < b.bid.bidder }
      return a.bid.number < b.bid.number
    }
    var takes: [AuctionTake] = []
    for (time, bid) in ready where !isOver {
      if let take = try? take(bid, at: time) {
        takes.append(take)
      } else if let most = largestPart(of: bid), let take = try? take(most, at: time) {
        takes.append(take)
      }
    }
    return takes
  }

  /// The first second at which a bid may take: placed, and the price has reached its limit.
  private func firstSecond(of bid: AuctionBid, last: Int64) -> Int64? {
    func isMet(_ time: Int64) -> Bool { isSale ? price(at: time) <= bid.limit : price(at: time) >= bid.limit }
    var (low, high) = (max(bid.placed, start), last)
    guard low <= high, isMet(high) else { return nil }
    while low < high {
      let middle = low + (high - low) / 2
      if isMet(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The same bid for as many lots as leave the dust.
  private func largestPart(of bid: AuctionBid) -> AuctionBid? {
    let kept = Int64(clamping: (Int128(terms.dust) + Int128(mark) - 1) / Int128(mark))
    guard lots > kept else { return nil }
    return AuctionBid(
      bidder: bid.bidder, number: bid.number, limit: bid.limit, lots: min(bid.lots, lots - kept),
      placed: bid.placed)
  }
}
