internal import Solvency
internal import SolvencyVerifier

// What the errors of this module mean for those who meet them.

extension BookError: CustomStringConvertible {
  /// Where, what is wrong, and what to do, in one line. It quotes no amount.
  public var description: String {
    switch self {
    case .document(let error): error.description
    case .notJSON(let position):
      "is not JSON" + (position.map { " at line \($0.line), column \($0.column)" } ?? "")
        + "; was it written completely?"
    case .unsupportedVersion: "has a version that is not known here; this program reads version 1"
    case .invalidAccount: "account: write 1 to 128 bytes of printable text"
    case .unknownCoordinate(let path):
      "\(path): the snapshot lists no such instrument or asset; correct the name, or take the snapshot that lists it"
    case .notAnInteger(let path):
      "\(path): write a whole number of lots in decimal digits, or an amount with its asset, such as \"0.5633 BTC\""
    case .notWholeLots(let path, let lot): "\(path): is not a whole number of lots of \(lot.text)"
    case .otherAsset(let path, let lot): "\(path): is in another asset; it counts lots of \(lot.text)"
    case .outOfRange(let path):
      "\(path): is out of range; holdings and debts are not below zero, lots stay below 2^40, cash below 2^62"
    }
  }
}

extension OpeningFileError: CustomStringConvertible {
  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .notAnOpeningFile: "is not an opening; name the file account.opening that `commit` wrote"
    case .unsupportedVersion(let version):
      "has version \(version), which is not known here; this program reads version 1"
    case .truncated: "ends early; restore it from a copy"
    case .costOutOfBounds: KeyDerivationCost.advice
    case .wrongPassphrase: "the passphrase does not open it; try again"
    case .tampered: "was changed after it was written; restore it from a copy"
    case .malformedContents: "holds no opening; restore it from a copy"
    case .outOfMemory: "there is not enough memory to derive its key"
    }
  }
}

extension OpeningError: CustomStringConvertible {
  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .mismatch(let part): "does not open this account: the \(part) differs"
    case .fill(let error): error.description
    case .generators(let error): "cannot be committed to: \(error)"
    }
  }
}

extension ProverError: CustomStringConvertible {
  /// What is wrong, in one line. It tells about the book.
  public var description: String {
    switch self {
    case .wrongRegistry:
      "was made for another list of instruments and assets; use the snapshot it was committed under"
    case .emptyWindow, .expiredWindow: "the proof would have expired already; choose a later end"
    case .insolvent(let row): "the book does not meet the rule: \"\(row)\" fails"
    case .beyondCircuit(let name):
      "the book is beyond what the circuit has room for at \(name); that says nothing about solvency"
    case .opening(let error): error.description
    case .proving(let error): "no proof was made: \(error); this is a defect, please report it"
    case .inconsistent:
      "no proof was made: circuit and statement disagree; this is a defect, please report it"
    case .selfVerification(let reason):
      "no proof was made: \(reason.code); this is a defect, please report it"
    }
  }
}
