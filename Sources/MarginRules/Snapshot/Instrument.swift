/// An instrument in which accounts hold positions. Values are per lot, in quanta, rounded against the
/// account.
public struct Instrument: Hashable, Sendable {
  /// The name of the instrument.
  public var id: String
  /// What one lot is: "0.001 BTC".
  public var lot: String
  /// What sort of contract it is, if the venue says.
  public var kind: InstrumentKind?
  /// The scenario group that it belongs to.
  public var group: String
  /// The value of one lot held, in quanta, of either sign; at most `markCeil`.
  public var markFloor: Int64
  /// The value of one lot sold, in quanta.
  public var markCeil: Int64
  /// Margin of long lots by bracket, at most 64, later ones no less than earlier ones. An empty list means
  /// no margin beyond the scenarios, for any number of lots.
  public var long: [Bracket]
  /// Margin of short lots by bracket, as ``long``.
  public var short: [Bracket]
  /// Contingency per long lot in quanta, 0 or more, added to scenario losses.
  public var contLong: Int64
  /// Contingency per short lot in quanta, 0 or more.
  public var contShort: Int64
  /// The cost of closing one lot in quanta, 0 or more; informs only.
  public var feeExit: Int64
  /// The gain of one long lot in each scenario of the group, in quanta, rounded down; one for each scenario.
  public var pnlLong: [Int64]
  /// The gain of one short lot in each scenario of the group, in quanta, rounded down. With that of a long
  /// lot it is at most 0.
  public var pnlShort: [Int64]
  /// The most lots that one account may be long; nil for no bound but ``SnapshotLimits/amounts``.
  public var maxLongLots: Int64?
  /// The most lots that one account may be short; nil for no bound but ``SnapshotLimits/amounts``.
  public var maxShortLots: Int64?
  /// The loss of one lot in quanta when each factor of the snapshot moves by its confidence quantile, with
  /// sign; nil when the instrument is outside the factor model.
  public var factors: [Int64]?
  /// What may be done with the instrument now.
  public var flags: InstrumentFlags
  /// The venue's own numbers, one for each name of ``SnapshotAttributes/instruments``, |x| < 2⁵⁰.
  public var attributes: [Int64]

  /// An instrument without margin, contingency, limits and factor loadings.
  public init(
    id: String, lot: String, group: String, markFloor: Int64, markCeil: Int64,
    pnlLong: [Int64], pnlShort: [Int64]
  ) {
    self.id = id
    self.lot = lot
    kind = nil
    self.group = group
    self.markFloor = markFloor
    self.markCeil = markCeil
    long = []
    short = []
    contLong = 0
    contShort = 0
    feeExit = 0
    self.pnlLong = pnlLong
    self.pnlShort = pnlShort
    maxLongLots = nil
    maxShortLots = nil
    factors = nil
    flags = InstrumentFlags()
    attributes = []
  }
}

/// What sort of contract an instrument is.
public enum InstrumentKind: String, CaseIterable, Hashable, Sendable {
  /// A future without expiry, held near its index by funding payments.
  case perpetual
  /// A future with expiry.
  case future
  /// An option to buy.
  case call
  /// An option to sell.
  case put
  /// The asset itself.
  case spot
}

extension InstrumentKind {
  /// Whether the value moves in proportion to the price.
  public var isLinear: Bool { self != .call && self != .put }
}

/// What may be done with an instrument while a snapshot applies.
public struct InstrumentFlags: Hashable, Sendable {
  /// Whether long positions may be opened or grown.
  public var openLong: Bool
  /// Whether short positions may be opened or grown.
  public var openShort: Bool
  /// Whether positions may only be reduced.
  public var closeOnly: Bool
  /// Whether the price is older than it should be.
  public var stale: Bool

  /// These flags; without any, everything is open and fresh.
  public init(
    openLong: Bool = true, openShort: Bool = true, closeOnly: Bool = false, stale: Bool = false
  ) {
    self.openLong = openLong
    self.openShort = openShort
    self.closeOnly = closeOnly
    self.stale = stale
  }
}

/// A part of a position and the margin of its lots.
public struct Bracket: Hashable, Sendable {
  /// How many lots it holds, 1 or more; nil in the last, which takes the rest.
  public var capLots: Int64?
  /// The initial margin of one lot in quanta, at least `mmPerLot`.
  public var imPerLot: Int64
  /// The maintenance margin of one lot in quanta, 0 or more.
  public var mmPerLot: Int64

  /// A bracket that holds `capLots` lots, or all further ones if nil; margins in quanta per lot.
  public init(capLots: Int64?, imPerLot: Int64, mmPerLot: Int64) {
    self.capLots = capLots
    self.imPerLot = imPerLot
    self.mmPerLot = mmPerLot
  }

  /// The margin of one lot, in quanta.
  public func margin(_ kind: MarginKind) -> Int64 {
    switch kind {
    case .initial: imPerLot
    case .maintenance: mmPerLot
    }
  }
}
