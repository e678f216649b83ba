public import CanonicalBytes
internal import CircuitProofs
internal import ExactIntegers
internal import MarginRules

/// What a proof of an order that reduces shows besides the margin rule: after the whole order the position is
/// on the side of zero where it was, or closed.
///
/// An order to sell n > 0 lots takes the position from p to p − n. If p − n ≥ 0 then p ≥ n, so
///
///     0 ≤ p − k < p     for every part k = 1 … n of it:
///
/// each part leaves the position smaller in magnitude and its sign as it was. Buying is the same with the
/// signs exchanged. The row `0 ≤ ±position` is appended to the statement of the rule, so that what is proved
/// is a part of what the rule admits, whatever the circuit says.
public struct Reduction: Hashable, Sendable {
  /// The instrument, by its identifier in the snapshot.
  public let instrument: String
  /// The side of zero that the position does not leave.
  public let side: Side

  /// The two sides of zero.
  public enum Side: String, Hashable, Sendable, CaseIterable {
    /// The position is not negative: lots are sold.
    case long
    /// The position is not positive: lots are bought.
    case short
  }

  /// A reduction of this instrument's position.
  public init(of instrument: String, side: Side) {
    self.instrument = instrument
    self.side = side
  }

  init(_ node: JSONNode) throws(DocumentError) {
    let members = try node.object(required: ["instrument", "side"])
    instrument = try members["instrument"].string(maximumLength: Registry.nameByteLimit)
    side = try members["side"].word()
  }

  /// The JSON value of the reduction.
  public var json: JSONValue {
    ["instrument": .string(instrument), "side": .string(side.rawValue)]
  }

  /// The statement of a rule with the row of this reduction at its end; nil if the registry has no such
  /// position, or the statement no room for the row.
  func restricting(_ statement: Statement, in registry: Registry) -> Statement? {
    guard let coordinate = registry.index(of: Registry.position(instrument)) else { return nil }
    var draft = statement.draft
    // A coordinate that the circuit does not name is proved to be 0, which is on either side.
    guard let position = draft.links.first?[coordinate] else { return statement }
    draft.rows.append(
      StatementRow(
        form: side == .long ? position : position.scaled(by: -1),
        upperBound: Integer(SnapshotLimits.amounts.upperBound)))
    return try? Statement(draft)
  }
}
