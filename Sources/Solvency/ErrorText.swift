// What the errors of this module mean to their readers.

internal import CircuitLanguage

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
    case .undecodableDelta: "what the hidden fill adds is not a point"
    case .chargeOfOtherThanCash:
      "a charge moves cash and nothing else; leave the other changes out, or --charge"
    }
  }
}

extension RegistryError: CustomStringConvertible {
  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .empty: "it has no names"
    case .tooManyNames(let limit): "it has more than \(limit) names"
    case .invalidName(let index):
      "name \(index + 1) is empty, longer than 256 bytes, or has other than visible ASCII"
    case .duplicate(let name): "\(name) is listed twice"
    }
  }
}

extension MarginRuleError: CustomStringConvertible {
  /// What is wrong; of a circuit, every mistake with its excerpt.
  public var description: String {
    switch self {
    case .circuit(let error): error.description
    case .coordinates(.empty): "the list of coordinates has no names"
    case .coordinates(.duplicate(let name)): "the list of coordinates has \(name) twice"
    case .reduction: "the circuit has no such position to reduce, or no room for the row that shows it"
    }
  }
}

extension KeyDerivationCost {
  /// What is said of a file that asks for another amount of work.
  package static let advice =
    "asks for less or more work than a passphrase takes: from \(interactive.operations) passes over "
    + "\(interactive.memory >> 20) MiB to \(limit.operations) over \(limit.memory >> 20) MiB; restore it from a copy"
}

extension AttestationError: CustomStringConvertible {
  /// What is wrong and what to do, in words.
  public var description: String {
    switch self {
    case .emptyWindow: "there is no moment at which it holds; choose a later end"
    case .none: "give at least one attestation"
    case .differentAccounts: "are of different accounts"
    case .differentRegistries: "are under different lists of instruments and assets"
    case .differentVenues: "are pledged to different venues"
    case .repeatedCustodian(let key): "custodian \(key) attests twice; give its latest word only"
    case .unknownCustodian(let key): "is signed by \(key), which is not one of the custodians given"
    case .noCustodianSet:
      "does not name all custodians of the account's book; attest it anew with this version"
    case .incompleteSet(let expected, let actual):
      "name \(expected) custodians of the account's book, and \(actual) of them are here, or others; give the "
        + "attestations of all, each naming the same"
    case .numberOutOfRange: "states a number of its custodian that is not from 1 to the number of custodians"
    case .otherNumber(let key):
      "custodian \(key) states another number than it has among the custodians in the order of their keys; have it "
        + "attest anew, naming the keys of the others"
    case .signature(let error): error.description
    }
  }
}
