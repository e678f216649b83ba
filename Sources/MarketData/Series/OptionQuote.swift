/// Whether an option is to buy or to sell.
public enum OptionKind: String, CaseIterable, Hashable, Sendable {
  /// To buy.
  case call
  /// To sell.
  case put
}

/// One option of a chain as a venue quoted it.
public struct OptionQuote: Hashable, Sendable {
  /// The instant of expiry, in seconds since 1970 UTC.
  public var expiry: Int64
  /// The strike in the quote currency; positive.
  public var strike: Double
  /// Call or put.
  public var kind: OptionKind
  /// The forward price of the underlying at expiry; positive.
  public var forward: Double
  /// The best bid in USD per unit of the underlying, if there is one.
  public var bid: Double?
  /// The best offer in USD per unit of the underlying, if there is one.
  public var ask: Double?
  /// The venue's mark in USD per unit of the underlying, if it publishes one.
  public var mark: Double?
  /// The venue's implied volatility of the mark, per √year as a fraction, if it publishes one.
  public var markVolatility: Double?
  /// The volatility that the bid implies, per √year as a fraction, if the venue publishes it.
  public var bidVolatility: Double?
  /// The volatility that the offer implies, per √year as a fraction, if the venue publishes it.
  public var askVolatility: Double?
  /// Open interest in units of the underlying; 0 where it is not known.
  public var openInterest: Double

  /// A quote without prices.
  public init(expiry: Int64, strike: Double, kind: OptionKind, forward: Double) {
    self.expiry = expiry
    self.strike = strike
    self.kind = kind
    self.forward = forward
    bid = nil
    ask = nil
    mark = nil
    markVolatility = nil
    bidVolatility = nil
    askVolatility = nil
    openInterest = 0
  }
}

/// The options on one underlying at one instant.
public struct OptionChain: Hashable, Sendable {
  /// The instant, in seconds since 1970 UTC.
  public var time: Int64
  /// The quotes, by expiry, then strike, then kind.
  public var quotes: [OptionQuote]

  /// A chain at an instant.
  public init(time: Int64, quotes: [OptionQuote]) {
    self.time = time
    self.quotes = quotes
  }
}
