package import CanonicalBytes
internal import MarginRules

/// A public change of a committed book: what one or more trades did to its coordinates.
///
/// A fill names the sequence number of the commitment it applies to, so that it applies once. It never
/// holds a zero, which would move the sequence without moving the book.
public struct Fill: Hashable, Sendable {
  /// The change of one coordinate.
  public struct Delta: Hashable, Sendable {
    /// The coordinate's name: "position/BTC-PERP", "cash".
    public let coordinate: String
    /// What is added to it: lots, or value quanta for cash. Not zero, at most 2⁶² − 1 in magnitude.
    public let amount: Int64

    /// A change of one coordinate.
    public init(coordinate: String, amount: Int64) {
      self.coordinate = coordinate
      self.amount = amount
    }
  }

  /// The largest magnitude of one change: 2⁶² − 1 lots or quanta.
  public static let amountLimit: Int64 = 1 << 62 - 1

  /// The account whose book changes.
  public let account: AccountID
  /// The sequence number of the commitment this fill applies to.
  public let sequence: UInt64
  /// The changes, ordered by coordinate name. At least one.
  public let deltas: [Delta]

  /// Checks and orders the changes.
  ///
  /// - Throws: ``FillError/noDeltas``, ``FillError/zeroDelta(_:)``,
  ///   ``FillError/amountOutOfRange(_:)`` or ``FillError/duplicateCoordinate(_:)``.
  public init(account: AccountID, sequence: UInt64, deltas: [Delta]) throws(FillError) {
    guard !deltas.isEmpty else { throw .noDeltas }
    var seen: Set<String> = []
    for delta in deltas {
      guard delta.amount != 0 else { throw .zeroDelta(delta.coordinate) }
      guard delta.amount.magnitude <= Self.amountLimit else {
        throw .amountOutOfRange(delta.coordinate)
      }
      guard seen.insert(delta.coordinate).inserted else {
        throw .duplicateCoordinate(delta.coordinate)
      }
    }
    self.account = account
    self.sequence = sequence
    self.deltas = deltas.sorted { $0.coordinate < $1.coordinate }
  }
}

/// Why a fill is malformed, or does not apply. The texts are coordinate names.
public enum FillError: Error, Hashable, Sendable {
  /// A fill changes at least one coordinate.
  case noDeltas
  /// The change of this coordinate is zero.
  case zeroDelta(String)
  /// The change of this coordinate is beyond ±(2⁶² − 1), or takes the coordinate out of its range.
  case amountOutOfRange(String)
  /// The coordinate is changed twice.
  case duplicateCoordinate(String)
  /// The registry has no such coordinate.
  case unknownCoordinate(String)
  /// The fill is for another account.
  case wrongAccount
  /// The fill applies to another state of the account.
  case wrongSequence(expected: UInt64, actual: UInt64)
  /// The commitment was made under another registry.
  case wrongRegistry
  /// What a hidden fill adds does not encode a point.
  case undecodableDelta
  /// A charge moves cash and nothing else.
  case chargeOfOtherThanCash
}

extension Fill {
  /// Checks that the fill applies to this state of this account.
  package func checkApplies(
    to account: AccountID, sequence: UInt64, registry: Digest, under actual: Registry
  ) throws(FillError) {
    guard self.account == account else { throw .wrongAccount }
    guard self.sequence == sequence, sequence < .max else {
      throw .wrongSequence(expected: sequence, actual: self.sequence)
    }
    guard registry == actual.digest else { throw .wrongRegistry }
  }

  /// The changes by index of coordinate.
  package func indexedDeltas(
    in registry: Registry
  ) throws(FillError) -> [(coordinate: Int, amount: Int64)] {
    var indexed: [(coordinate: Int, amount: Int64)] = []
    for delta in deltas {
      guard let index = registry.index(of: delta.coordinate) else {
        throw .unknownCoordinate(delta.coordinate)
      }
      indexed.append((index, delta.amount))
    }
    return indexed
  }
}
