// What the errors of this module mean for whoever meets them.

extension FillError: CustomStringConvertible {
  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .noDeltas: "the fill changes nothing; name at least one coordinate"
    case .zeroDelta(let name): "\(name) changes by zero; leave it out"
    case .amountOutOfRange(let name): "\(name) would leave its range"
    case .duplicateCoordinate(let name): "\(name) is named twice"
    case .unknownCoordinate(let name): "the snapshot has no coordinate \(name)"
    case .wrongAccount: "the fill is for another account"
    case .wrongSequence(let expected, let actual):
      "the fill applies to sequence \(actual), the account is at \(expected)"
    case .wrongRegistry: "was made under another snapshot's list of coordinates"
    case .undecodableDelta: "what the hidden fill adds is no point"
    case .chargeOfOtherThanCash:
      "a charge moves cash and nothing else; leave the other changes out, or --charge"
    }
  }
}

extension KeyDerivationCost {
  /// What is said of a file that asks for another amount of work.
  package static let advice =
    "asks for less or more work than a passphrase takes: from \(interactive.operations) passes over "
    + "\(interactive.memory >> 20) MiB to \(limit.operations) over \(limit.memory >> 20) MiB; restore it from a copy"
}
