/// An asset that accounts hold as collateral or owe. Values are per lot, in quanta, rounded against
/// the account: what is held down, what is owed up.
public struct CollateralAsset: Hashable, Sendable {
  /// The name of the asset.
  public var id: String
  /// What one lot is: "0.01 USDC".
  public var lot: String
  /// The scenario group that it belongs to, if any.
  public var group: String?
  /// What holdings are worth, tranche by tranche, 1 to 64, later ones no more than earlier ones.
  public var tranches: [Tranche]
  /// What one owed lot takes from equity for initial margin, in quanta; at least `debtMM`.
  public var debtIM: Int64
  /// What one owed lot takes from equity for maintenance margin, in quanta; at least what the first tranche
  /// of a holding brings.
  public var debtMM: Int64
  /// The most debt, in quanta, that all accounts of the venue together may back with this asset. The
  /// venue watches it; no statement about one account contains it.
  public var isolationCeiling: Int64?
  /// The most lots that one account may owe; nil for no bound but ``SnapshotLimits/amounts``.
  public var maxBorrow: Int64?
  /// The venue's own numbers, one for each name of ``SnapshotAttributes/collateral``, |x| < 2⁵⁰.
  public var attributes: [Int64]

  /// An asset without group, ceiling and limit.
  public init(
    id: String, lot: String, tranches: [Tranche], debtIM: Int64, debtMM: Int64
  ) {
    self.id = id
    self.lot = lot
    group = nil
    self.tranches = tranches
    self.debtIM = debtIM
    self.debtMM = debtMM
    isolationCeiling = nil
    maxBorrow = nil
    attributes = []
  }

  /// What one owed lot takes from equity, in quanta.
  public func debt(_ kind: MarginKind) -> Int64 {
    switch kind {
    case .initial: debtIM
    case .maintenance: debtMM
    }
  }
}

/// A part of a holding and what its lots are worth.
public struct Tranche: Hashable, Sendable {
  /// How many lots it holds, 1 or more; nil in the last, which takes the rest.
  public var capLots: Int64?
  /// The value of one lot for initial margin in quanta, 0 or more; at most `valMM`.
  public var valIM: Int64
  /// The value of one lot for maintenance margin in quanta, 0 or more.
  public var valMM: Int64

  /// A tranche that holds `capLots` lots, or all further ones if nil; values in quanta per lot.
  public init(capLots: Int64?, valIM: Int64, valMM: Int64) {
    self.capLots = capLots
    self.valIM = valIM
    self.valMM = valMM
  }

  /// The value of one lot, in quanta.
  public func value(_ kind: MarginKind) -> Int64 {
    switch kind {
    case .initial: valIM
    case .maintenance: valMM
    }
  }
}
