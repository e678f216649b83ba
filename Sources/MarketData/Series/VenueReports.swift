// What only the venue itself can report: what it liquidated, what its insurance holds, and what is lent.

/// What a venue liquidated.
public struct LiquidationPrint: Hashable, Sendable {
  /// When, in seconds since 1970.
  public var time: Int64
  /// The notional that was closed by force, in USD.
  public var notionalUSD: Double

  /// A liquidation, or the sum of those that were reported together.
  public init(time: Int64, notionalUSD: Double) {
    self.time = time
    self.notionalUSD = notionalUSD
  }
}

/// What an insurance fund holds.
public struct InsurancePrint: Hashable, Sendable {
  /// When, in seconds since 1970.
  public var time: Int64
  /// What it holds, in USD.
  public var fundUSD: Double
  /// What it should hold, in USD: the loss of the two largest members under stress, or what else the venue
  /// promised.
  public var requiredUSD: Double

  /// The state of a fund.
  public init(time: Int64, fundUSD: Double, requiredUSD: Double) {
    self.time = time
    self.fundUSD = fundUSD
    self.requiredUSD = requiredUSD
  }

  /// What it holds over what it should hold; 1 when it need not hold anything.
  public var share: Double { requiredUSD > 0 ? fundUSD / requiredUSD : 1 }
}

/// How much of an asset all accounts of a venue together hold and owe.
public struct AssetUsagePrint: Hashable, Sendable {
  /// When, in seconds since 1970.
  public var time: Int64
  /// What may be lent, lent or not, in units of the asset.
  public var supplied: Double
  /// What is lent, in units of the asset.
  public var borrowed: Double
  /// The debt that holdings of the asset back, in USD.
  public var backedUSD: Double

  /// The state of an asset.
  public init(time: Int64, supplied: Double, borrowed: Double, backedUSD: Double) {
    self.time = time
    self.supplied = supplied
    self.borrowed = borrowed
    self.backedUSD = backedUSD
  }

  /// The share that is lent, 0 to 1: 0 if nothing is lent, 1 if something is lent of nothing supplied.
  public var utilisation: Double {
    guard borrowed > 0 else { return 0 }
    return supplied > borrowed ? borrowed / supplied : 1
  }
}
