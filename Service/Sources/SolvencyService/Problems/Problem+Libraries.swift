internal import Admission
internal import CanonicalBytes
internal import HTTPTypes
internal import SolvencyVerifier
internal import TransparencyLog

// What the libraries object to, as problem documents.
extension Problem {
  init(_ error: DocumentError) {
    self.init(.badRequest, "malformed", "The request is not of its form", error.description)
    members = [JSONMember("path", .string(error.path))]
    if let position = error.position {
      members += [
        JSONMember("line", .integer(position.line)), JSONMember("column", .integer(position.column)),
      ]
    }
    if case .tooLarge(_, let limit) = error.problem { self = .tooLarge(limit) }
  }

  init(_ error: FileError) {
    switch error {
    case .document(let error): self.init(error)
    case .unsupportedVersion:
      self.init(
        .badRequest, "unsupported-version", "The document has a version that is not read here",
        error.description)
    default: self.init(.badRequest, "malformed", "The request is not of its form", error.description)
    }
  }

  init(_ error: BatchingError) {
    switch error {
    case .overloaded: self = .overloaded
    case .cancelled: self = .stopping
    }
  }

  init(_ error: DeskError) {
    func refused(_ code: String, _ detail: String) -> Problem {
      Problem(.unprocessableContent, code, "The document is not accepted", detail)
    }
    switch error {
    case .ledger(let failure): self.init(failure)
    case .signature(.otherSigner):
      self = refused("foreign-signature", "the signature is of a key that the ledger's charter does not list")
    case .signature(.invalidSignature):
      self = refused("invalid-signature", "the signature does not hold on what is signed")
    case .signature(let error):
      self = refused("invalid-signature", "the document is not signed as it should be: \(error)")
    case .attestation(let error): self = Self.attestation(error)
    case .pledgedElsewhere:
      self = refused("pledged-elsewhere", "the attestations are pledged to another venue or ledger")
    case .attestationNotInForce:
      self = refused(
        "attestation-not-in-force", "the attestations do not hold yet, or no longer; compare the clocks")
    case .otherState:
      self = Problem(
        .conflict, "stale-state", "The account has moved on",
        "the document is about another state of the account")
    case .registryDoesNotGrow:
      self = refused(
        "registry-does-not-grow", "the list of coordinates does not begin with those of the one before")
    case .unknownRegistry:
      self = refused(
        "unknown-registry", "the list of coordinates was not published here, or is shorter than the account's"
      )
    case .registry: self = refused("unusable-snapshot", "the snapshot gives no list of coordinates")
    case .fill(let error): self = refused("fill-does-not-apply", "\(error)")
    case .unknownAccount: self = .unknownAccount
    case .rollCheckpoint:
      self = refused("roll-checkpoint", "the document is not the checkpoint of the roll that is stated")
    case .liquidation(let fault): self = refused("liquidation", "the liquidation does not go so: \(fault)")
    }
  }

  static let unknownAccount = Problem(
    .notFound, "unknown-account", "No such account is open", "the ledger has no account of this name")

  private static func attestation(_ error: AttestationError) -> Problem {
    let (code, detail): (String, String) =
      switch error {
      case .emptyWindow: ("attestation-window", "the attestation would expire before it holds")
      case .none: ("no-attestation", "there is no attestation")
      case .differentAccounts: ("attestations-differ", "the attestations are of different accounts")
      case .differentRegistries: ("attestations-differ", "the attestations are under different registries")
      case .differentVenues: ("attestations-differ", "the attestations are pledged to different venues")
      case .noCustodianSet:
        ("incomplete-attestations", "the attestations do not say who else keeps a part of the book")
      case .incompleteSet(let expected, let actual):
        ("incomplete-attestations", "\(actual) of \(expected) parts are here")
      case .numberOutOfRange, .otherNumber:
        ("attestations-differ", "a custodian states another number than it has among those that attest")
      case .repeatedCustodian: ("attestations-differ", "one custodian attests twice")
      case .unknownCustodian: ("foreign-signature", "a signer is not a custodian that the charter lists")
      case .signature: ("invalid-signature", "a signature does not hold on what is signed")
      }
    return Problem(.unprocessableContent, code, "The document is not accepted", detail)
  }

  init(_ failure: LedgerFailure) {
    switch failure {
    case .event(let error): self.init(error)
    case .store(.readOnly): self = .notWriter
    case .store(.busy):
      self = Problem(
        .serviceUnavailable, "ledger-busy", "The ledger is in use",
        "another process is writing; nothing was recorded"
      ).retry(after: 1)
    case .store(.full):
      self = Problem(
        HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), "disk-full", "The disk is full",
        "nothing was recorded; the operator has to make room"
      ).retry(after: 60)
    case .otherCharter, .notChartered:
      self = Problem(
        .serviceUnavailable, "charter-changed", "The ledger is bound by other rules than before",
        "nothing was recorded; the server takes up the new charter"
      ).retry(after: 2)
    default:
      self = Problem(
        .serviceUnavailable, "ledger-unavailable", "The ledger cannot be written or read",
        "nothing was acknowledged; the log of the server says why"
      ).retry(after: 5)
    }
  }

  init(_ error: LedgerError) {
    func conflict(_ code: String, _ detail: String) -> Problem {
      Problem(.conflict, code, "The ledger stands otherwise", detail)
    }
    self =
      switch error {
      case .accountExists:
        conflict("account-exists", "the account is open already; renew its attestations instead")
      case .unknownAccount: .unknownAccount
      case .alreadyPledged: conflict("already-pledged", "another account has pledged the same commitment")
      case .wrongSequence(let current): conflict("stale-state", "the account is at sequence \(current)")
      case .nonceUsed: conflict("replayed", "the nonce was used before")
      case .epochNotLater(let current):
        conflict("epoch-not-later", "the snapshot is not later than epoch \(current), which is in force")
      case .brokenSnapshotChain:
        conflict("broken-snapshot-chain", "the snapshot does not name the one in force as the one before it")
      case .noEpoch: conflict("no-epoch", "no snapshot is in force yet; publish one first")
      case .attestationExpired: conflict("attestation-expired", "the attestation is over already")
      case .clockJumps(let limit):
        conflict(
          "clock-jumps",
          "the present moment is after what the epoch in force speaks of, which ends at \(limit.text)")
      case .timeRunsBackwards:
        conflict("clock-behind", "the present moment is before the ledger's last entry; compare the clocks")
      case .unknownRegistry: conflict("unknown-registry", "the list of coordinates was not published here")
      case .registryNotLonger: conflict("registry-does-not-grow", "the list is no longer than the one before")
      case .inLiquidation:
        conflict("in-liquidation", "the account is being closed; its case is settled first")
      case .full: conflict("ledger-full", "the ledger has no room for another account")
      case .implausible:
        conflict(
          "implausible",
          "a time is after the year 9999 or a number out of its range; milliseconds for seconds?")
      default: conflict("refused", "the event cannot happen to the ledger as it stands")
      }
  }

  /// Why a request could not be decided on.
  init(unavailable failure: LedgerFailure?) {
    self = failure.map { Problem($0) } ?? .overloaded
  }
}
