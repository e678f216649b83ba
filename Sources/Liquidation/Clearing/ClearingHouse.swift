/// A trade between two members, before it is novated.
public struct ClearedTrade: Hashable, Sendable {
  /// Who buys.
  public let buyer: String
  /// Who sells.
  public let seller: String
  /// Of which instrument, by its place.
  public let instrument: Int
  /// How many lots; positive.
  public let lots: Int64
  /// The price per lot in quanta; not negative.
  public let price: Int64

  /// A trade.
  public init(buyer: String, seller: String, instrument: Int, lots: Int64, price: Int64) {
    self.buyer = buyer
    self.seller = seller
    self.instrument = instrument
    self.lots = lots
    self.price = price
  }
}

/// A house between buyers and sellers (mechanism M63): every trade becomes two, one with each side, so that
/// the house never has a position and what it pays out it has been paid.
///
///     Σ positions = 0 in every instrument,   Σ variation margin = 0 in every epoch
public struct ClearingHouse: Hashable, Sendable {
  /// The net position of a member in an instrument.
  public struct Position: Hashable, Sendable {
    /// Whose it is.
    public let member: String
    /// Of which instrument, by its place.
    public let instrument: Int

    /// A member's position in an instrument.
    public init(member: String, instrument: Int) {
      self.member = member
      self.instrument = instrument
    }
  }

  /// Net lots; positions of nothing are not here.
  public private(set) var positions: [Position: Int64] = [:]
  /// Lots that were traded in all, one side counted.
  public private(set) var grossLots: Int128 = 0
  /// The price per lot at which each instrument was settled last.
  public private(set) var settled: [Int: Int64] = [:]
  /// What members owe or are owed for trades since the last settlement, in quanta: lots·(settled price -
  /// trade price).
  private var pending: [String: Int128] = [:]

  /// A house without trades.
  public init() {}

  /// Takes the place of each side for the other.
  ///
  /// - Throws: ``LiquidationError/malformed`` for a trade of nothing, with oneself, or below a price of zero;
  ///   ``LiquidationError/overflow``.
  public mutating func novate(_ trade: ClearedTrade) throws(LiquidationError) {
    guard trade.lots > 0, trade.price >= 0, trade.buyer != trade.seller else { throw .malformed }
    let buyer = Position(member: trade.buyer, instrument: trade.instrument)
    let seller = Position(member: trade.seller, instrument: trade.instrument)
    let (bought, o1) = (positions[buyer] ?? 0).addingReportingOverflow(trade.lots)
    let (sold, o2) = (positions[seller] ?? 0).subtractingReportingOverflow(trade.lots)
    guard !o1, !o2 else { throw .overflow }
    let reference = settled[trade.instrument] ?? trade.price
    let difference = Int128(trade.lots) * (Int128(reference) - Int128(trade.price))
    settled[trade.instrument] = reference
    positions[buyer] = bought == 0 ? nil : bought
    positions[seller] = sold == 0 ? nil : sold
    pending[trade.buyer, default: 0] += difference
    pending[trade.seller, default: 0] -= difference
    grossLots += Int128(trade.lots)
  }

  /// Pays the variation margin of an epoch: lots·(price - last price), and what trades since then were worth.
  ///
  /// - Parameter prices: the new price per lot of every instrument that somebody has a position in.
  /// - Returns: what each member is paid, negative where it pays; the sum is zero.
  /// - Throws: ``LiquidationError/malformed`` if a price is missing or negative,
  ///   ``LiquidationError/overflow``, ``LiquidationError/notConserved(difference:)`` if the sum is not zero:
  ///   never.
  public mutating func settle(at prices: [Int: Int64]) throws(LiquidationError) -> [String: Int64] {
    var due = pending
    for (position, lots) in positions {
      guard let price = prices[position.instrument], price >= 0 else { throw .malformed }
      let last = settled[position.instrument] ?? price
      due[position.member, default: 0] += Int128(lots) * (Int128(price) - Int128(last))
    }
    var (paid, sum) = ([String: Int64](), 0 as Int128)
    for (member, amount) in due {
      sum += amount
      if amount != 0 { paid[member] = try ExactMoney.amount(amount) }
    }
    guard sum == 0 else { throw .notConserved(difference: try ExactMoney.amount(sum)) }
    for (instrument, price) in prices where settled[instrument] != nil { settled[instrument] = price }
    pending = [:]
    return paid
  }

  /// The sum of all positions in each instrument: all zero.
  public var openSums: [Int: Int128] {
    var sums: [Int: Int128] = [:]
    for (position, lots) in positions { sums[position.instrument, default: 0] += Int128(lots) }
    return sums
  }

  /// The share of traded lots that netting has made unnecessary to hold, in ppm; nil before any trade.
  public var nettingEfficiencyPpm: Int64? {
    guard grossLots > 0 else { return nil }
    let net = positions.values.reduce(0 as Int128) { $0 + Int128(max(0, $1)) }
    return Int64(clamping: (grossLots - net) * Int128(onePpm) / grossLots)
  }

  /// Whether a default fund bears the two largest losses that margin leaves open.
  ///
  /// - Parameters:
  ///   - losses: what each member loses in one scenario, in quanta.
  ///   - margins: what each member has posted, in quanta.
  public static func covers2(fund: Int64, losses: [String: Int64], margins: [String: Int64]) -> Bool {
    let open = losses.map { Int64(clamping: Int128($0.value) - Int128(margins[$0.key] ?? 0)) }
    return InsuranceLayers.covers2(fund: fund, losses: open)
  }
}
