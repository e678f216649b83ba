internal import CanonicalBytes
internal import Liquidation

/// Money that a venue keeps for losses, apart from the accounts' (mechanism M48).
public enum FundPurse: Hashable, Sendable, Comparable {
  /// Penalties that were taken and not yet shared out.
  case penaltyPot
  /// A layer of the insurance, by its place.
  case insurance(UInt8)
  /// Those who have promised to bear losses after the insurance.
  case backstop
  /// The venue's own.
  case venue

  /// The most layers.
  public static let layerLimit = 32

  /// The purse of this name.
  ///
  ///     "penalty-pot", "insurance/0" … "insurance/31", "backstop", "venue"
  public init?(_ name: String) {
    switch name {
    case "penalty-pot": self = .penaltyPot
    case "backstop": self = .backstop
    case "venue": self = .venue
    default:
      guard name.hasPrefix("insurance/"), let layer = UInt8(name.dropFirst(10)), layer < Self.layerLimit,
        name == "insurance/\(layer)"
      else { return nil }
      self = .insurance(layer)
    }
  }

  /// The name in documents.
  public var name: String {
    switch self {
    case .penaltyPot: "penalty-pot"
    case .insurance(let layer): "insurance/\(layer)"
    case .backstop: "backstop"
    case .venue: "venue"
    }
  }

  /// The number in entries, which stays the same between versions.
  var code: UInt8 {
    switch self {
    case .penaltyPot: 1
    case .backstop: 2
    case .venue: 3
    case .insurance(let layer): 64 + layer
    }
  }

  init(code: UInt8) throws {
    switch code {
    case 1: self = .penaltyPot
    case 2: self = .backstop
    case 3: self = .venue
    case 64..<64 + UInt8(Self.layerLimit): self = .insurance(code - 64)
    default: throw CanonicalBytesError.invalidField
    }
  }

  /// By code.
  public static func < (a: FundPurse, b: FundPurse) -> Bool { a.code < b.code }

  /// The same purse in a case.
  var purse: Purse {
    switch self {
    case .penaltyPot: .penaltyPot
    case .insurance(let layer): .insurance(Int(layer))
    case .backstop: .backstop
    case .venue: .venue
    }
  }

  /// The purse of a fund; nil for that of an account.
  init?(_ purse: Purse) {
    switch purse {
    case .penaltyPot: self = .penaltyPot
    case .insurance(let layer):
      guard (0..<Self.layerLimit).contains(layer) else { return nil }
      self = .insurance(UInt8(layer))
    case .backstop: self = .backstop
    case .venue: self = .venue
    case .account, .liquidator: return nil
    }
  }
}
