internal import CanonicalBytes
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// What errors of keys, signatures, escrow and the guard mean for the user of the command: the kind of
/// failure and what to do.
///
/// A signature that does not hold and a guard that does not answer are a no; a file that is not of its kind
/// is malformed.
extension ToolFailure {
  /// The failure of such an error; `nil` for any other.
  package init?(signing error: any Error, in place: String) {
    switch error {
    case let error as SigningError: self.init(error.kind, place, error.advice)
    case let error as AttestationError: self.init(error.kind, place, error.advice)
    case let error as SealedFileError: self.init(.malformedInput, place, error.advice)
    case let error as EscrowError: self.init(error.kind, place, error.advice)
    case let error as HiddenFillError: self.init(.malformedInput, place, error.advice)
    case let error as RegisterFileError: self.init(.malformedInput, place, error.advice)
    case let error as RegisterRefusal: self.init(.refused, place, error.advice)
    case let error as GuardFileError: self.init(.malformedInput, place, error.advice)
    case let error as GuardRefusal: self.init(.refused, place, error.advice)
    default: return nil
    }
  }
}

extension SigningError {
  fileprivate var kind: ToolFailure.Kind {
    switch self {
    case .notAKey, .wrongRole: .malformedInput
    case .otherSigner, .invalidSignature: .refused
    }
  }

  fileprivate var advice: String {
    switch self {
    case .notAKey: "holds no verification key"
    case .wrongRole(let expected, let actual):
      "is the key of a \(actual.rawValue); this is signed by a \(expected.rawValue)"
    case .otherSigner: "is signed by another key than the one given"
    case .invalidSignature: "the signature does not hold; the file was changed, or never signed"
    }
  }
}

extension AttestationError {
  fileprivate var kind: ToolFailure.Kind {
    switch self {
    case .emptyWindow, .none, .numberOutOfRange: .usage
    case .differentAccounts, .differentRegistries, .differentVenues, .repeatedCustodian,
      .unknownCustodian, .noCustodianSet, .incompleteSet, .otherNumber:
      .refused
    case .signature(let error): error.kind
    }
  }

  fileprivate var advice: String {
    if case .signature(let error) = self { error.advice } else { description }
  }
}

extension SealedFileError {
  fileprivate var advice: String {
    switch self {
    case .otherKind: "is not a secret key of this kind; name the file that `keygen` wrote, not its .pub"
    case .unsupportedVersion(let version):
      "has version \(version), which is not known here; this program reads version 1"
    case .truncated: "ends early; restore it from a copy"
    case .costOutOfBounds: KeyDerivationCost.advice
    case .wrongPassphrase: "the passphrase does not open it; try again"
    case .tampered: "was changed after it was written; restore it from a copy"
    case .outOfMemory: "there is not enough memory to derive its key"
    }
  }
}

extension RegisterFileError {
  fileprivate var advice: String {
    switch self {
    case .document(let error): error.description
    case .account(let error): error.description
    case .unsupportedVersion(let version): "version \(version) is not supported; this reads version 1"
    case .malformed: "is not a register of a custodian; was the file changed?"
    }
  }
}

extension RegisterRefusal {
  fileprivate var advice: String {
    switch self {
    case .pledgedElsewhere(let venue, let until):
      "the account is pledged to \(venue) until \(until.text); it can be pledged to another venue from then on"
    case .sameCommitment(let account):
      "the commitment is that of account \(account): one book cannot be pledged as two accounts"
    case .sameBook(let account, let venue, let until):
      "account \(account) has the very same amounts, pledged to \(venue) until \(until.text); if these are other "
        + "assets, say --separate-assets"
    case .rolledBack(let registered, let offered):
      "sequence \(registered) of the account was attested already; this is \(offered)"
    case .twoBooks(let sequence):
      "another commitment was attested for sequence \(sequence) of the account"
    }
  }
}

extension EscrowError {
  fileprivate var kind: ToolFailure.Kind {
    switch self {
    case .committee, .document, .unsupportedVersion, .invalidValue: .malformedInput
    case .notAMember, .sealedShare, .wrongShare, .repeatedShare, .foreignShare, .tooFewShares,
      .tampered, .changed, .stale, .opening:
      .refused
    }
  }

  fileprivate var advice: String {
    switch self {
    case .committee:
      "a committee has 1 to \(EscrowPackage.memberLimit) members with different keys, and a threshold of 1 "
        + "to as many"
    case .notAMember: "the key does not belong to a member of this committee"
    case .sealedShare(let member):
      "the share sealed to member \(member) does not open; ask for a new package"
    case .wrongShare(let member): "the share of member \(member) is not what the package says it is"
    case .repeatedShare(let member): "the share of member \(member) is there already"
    case .foreignShare: "the share is of another package"
    case .tooFewShares(let needed, let have):
      "takes \(needed) shares of different members; there \(have == 1 ? "is" : "are") \(have)"
    case .tampered: "the package was changed after it was sealed; nothing of it can be opened"
    case .changed: "is not the package that the custodian signed; ask for it again"
    case .stale(let sealed, let current):
      "opens the account at sequence \(sealed), which is at \(current) now; seal a new package"
    case .opening: "what was sealed does not open the account that the package names"
    case .document(let error): error.description
    case .unsupportedVersion(let version): "version \(version) is not supported; this reads version 1"
    case .invalidValue(let path): "\(path): is not what it should be; was the file changed?"
    }
  }
}

extension HiddenFillError {
  fileprivate var advice: String {
    switch self {
    case .unsupportedVersion(let version): "version \(version) is not supported; this reads version 1"
    case .malformed: "holds no hidden fill; name the file that `fill --hide` wrote"
    }
  }
}

extension GuardFileError {
  fileprivate var advice: String {
    switch self {
    case .document(let error): error.description
    case .snapshot(let error): "accepted: \(error.description)"
    case .unsupportedVersion(let version): "version \(version) is not supported; this reads version 1"
    case .withoutAccounts:
      "is of version 1, which did not say which account its questions were about; add \"account\" to each of them "
        + "and write version 2, or start a new file"
    case .malformed: "holds no guard; name the file that `prove --guard` wrote"
    }
  }
}

extension GuardRefusal {
  fileprivate var advice: String {
    switch self {
    case .notSigned: "the snapshot is not signed; give --venue and --signature"
    case .rolledBack(let accepted, let offered):
      "the snapshot is of epoch \(offered), and epoch \(accepted) was answered already with another one"
    case .unknownCircuit(let circuit):
      "nothing was answered under the circuit \(circuit) before; read it, and use --accept-circuit"
    case .epochAhead(let offered, let latest):
      "the snapshot is of epoch \(offered), and there can be \(latest) by now; if that is right, use --accept-move"
    case .brokenChain(let epoch):
      "the snapshot of epoch \(epoch) does not follow the one that was answered before it"
    case .moved(let path, let ppm, let limit):
      "\(path) moved by \(ppm) ppm, more than \(limit); if markets did that, use --accept-move"
    case .restructured(let path):
      "\(path) has changed its shape since the last answer; if that is right, use --accept-move"
    case .budgetSpent(let questions, let freeAt):
      "\(questions) questions were answered in this window; the next one from "
        + "\(Timestamp(seconds: freeAt).text) on"
    }
  }
}
