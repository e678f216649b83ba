package import Admission
internal import Solvency

/// What errors of ledgers and their stores mean for the user of the command.
extension ToolFailure {
  /// The failure of such an error; `nil` for any other.
  package init?(ledger error: any Error, in place: String) {
    switch error {
    case let error as StoreError: self.init(error.kind, place, error.advice)
    case let error as LedgerFailure: self.init(error, in: place)
    case let error as DeskError: self.init(error, in: place)
    default: return nil
    }
  }

  /// A failure for which decisions were not recorded: whatever its kind, reading or writing is what failed.
  package init(unrecorded failure: LedgerFailure, in place: String) {
    let cause = ToolFailure(failure, in: place)
    self.init(.inputOutput, place, "decisions could not be recorded: \(cause.problem)")
  }

  private init(_ failure: LedgerFailure, in place: String) {
    switch failure {
    case .store(let error): self.init(error.kind, place, error.advice)
    case .replay(.log(let fault)): self.init(.malformedInput, place, "the log \(fault.text)")
    case .replay(.event(let index, let error)):
      self.init(.malformedInput, place, "entry \(index) of the log cannot have happened: \(error)")
    case .evidence(let index):
      self.init(.malformedInput, place, "the document of entry \(index) is missing, or another one")
    case .checkpoint(let index, let fault):
      self.init(
        .malformedInput, place,
        "the checkpoint at entry \(index) \(fault.text); `ledger show --rebuild` reads the log without it, and "
          + "`ledger checkpoint --rebuild` writes a new one")
    case .event(let error): self.init(.refused, place, error.description)
    case .notChartered:
      self.init(
        .refused, place,
        "is a ledger of an older form, which can be read and no longer be decided on; `ledger upgrade` writes the entry "
          + "that binds it, after which every account proves its standing anew")
    case .otherCharter(let inForce):
      self.init(
        .refused, place,
        "is bound by another charter, \(inForce); another process may have changed it: run the command again")
    case .behind(let published, let actual):
      self.init(
        .refused, place,
        "the log has \(actual) entries, and its venue has signed \(published.count): an older copy was put back, or "
          + "entries \(actual) to \(published.count - 1) were lost, and the venue has to answer for them; `ledger recover` "
          + "brings them back from receipts, exports and copies, `ledger restore` puts back a later copy")
    case .otherThanPublished(let published):
      self.init(
        .refused, place,
        "entry \(published.count - 1) is not the one that its venue has signed: this is another log under the same name, "
          + "or the head is of entries that were given up as lost. Keep that head, it convicts the venue; `audit replay` "
          + "with --signed-head says whether the log states a loss there")
    case .behindCheckpoint(let size, let actual):
      self.init(
        .refused, place,
        "the log has \(actual) entries, and a checkpoint of it covers \(size): an older copy was put back, or entries "
          + "\(actual) to \(size - 1) were lost, and the venue has to answer for them; `ledger recover` brings them back "
          + "from receipts, exports and copies")
    case .otherThanCheckpoint(let size):
      self.init(
        .refused, place,
        "its first \(size) entries are not those of the checkpoint that was signed: this is another log under the same name"
      )
    case .notUndone(let index, let objection): self.init(.refused, place, objection.text(from: index))
    case .signing:
      self.init(.internalFault, place, "the log cannot be signed; this is a defect, please report it")
    }
  }

  private init(_ error: DeskError, in place: String) {
    switch error {
    case .ledger(.store(let error)): self.init(error.kind, place, error.advice + error.outcome)
    case .ledger(let failure): self.init(failure, in: place)
    case .signature(.otherSigner):
      self.init(.refused, place, "is not signed by whom this ledger trusts with it, or is for another venue")
    case .signature(let error):
      self = ToolFailure(signing: error, in: place) ?? ToolFailure(.refused, place, "is not signed")
    case .attestation(let error):
      self = ToolFailure(signing: error, in: place) ?? ToolFailure(.refused, place, "is not an attestation")
    case .pledgedElsewhere: self.init(.refused, place, "is pledged to another venue")
    case .attestationNotInForce: self.init(.refused, place, "does not hold yet, or no longer")
    case .otherState: self.init(.refused, place, "is about another state of the account than the ledger's")
    case .registryDoesNotGrow:
      self.init(.refused, place, "does not begin with the instruments and assets that are listed already")
    case .unknownRegistry:
      self.init(.refused, place, "is over a list of instruments and assets that was not published here")
    case .registry(let error): self.init(.malformedInput, place, "gives no list of coordinates: \(error)")
    case .fill(let error): self.init(.refused, place, "the fill does not apply: \(error)")
    case .unknownAccount: self.init(.refused, place, "the account is not open here")
    case .liquidation(let fault): self.init(.refused, place, fault.description)
    case .rollCheckpoint: self.init(.refused, place, "is not the checkpoint of the roll that is stated")
    }
  }
}

extension StoreError {
  fileprivate var kind: ToolFailure.Kind {
    switch self {
    case .notFound: .missingInput
    case .notALedger, .unsupportedVersion, .corrupt, .alteredSchema: .malformedInput
    case .notWritten, .full, .readOnly, .busy, .wrongIndex, .system, .unreachable, .undecided, .notWriter,
      .notDurable, .unsuitableServer, .server:
      .inputOutput
    }
  }

  fileprivate var advice: String {
    switch self {
    case .notFound: "no such ledger, or its folder cannot be reached; check the path and its permissions"
    case .notALedger: "is not a ledger; name the directory that `ledger init` made"
    case .unsupportedVersion(let version):
      "the ledger has version \(version), which is not known here; this program reads 1 to 3"
    case .corrupt: "the ledger is damaged; restore it from a copy"
    case .alteredSchema(let name):
      "the file has been altered: \(name) is not as a ledger has it; restore it from a copy"
    case .notWritten: "the file took no entry, though no error was reported"
    case .full: "the disk is full; make room and try again"
    case .readOnly: "cannot be written; check its permissions"
    case .busy: "another process is writing to the ledger; try again"
    case .wrongIndex: "another process has written to the ledger; try again"
    case .system(let code): "reading or writing failed (SQLite says \(code))"
    case .unreachable: "the server that keeps the ledger cannot be reached; try again when it can"
    case .undecided: "the connection broke while the entry was made durable"
    case .notWriter: "another desk writes to the ledger; ask that one"
    case .notDurable(let setting): "the server would lose what it acknowledges: \(setting); set it on"
    case .unsuitableServer(let reason): "the server does not suit: \(reason)"
    case .server(let code): "the server refused (SQLSTATE \(code))"
    }
  }
}

extension StoreError {
  /// What became of the one thing that was to be recorded.
  fileprivate var outcome: String {
    switch self {
    case .notWritten, .full, .readOnly, .busy, .wrongIndex, .unreachable, .notWriter, .notDurable,
      .unsuitableServer, .server:
      ". Nothing was recorded"
    // The disk may have taken it before it failed.
    case .system, .undecided: ". `ledger status` shows whether it was recorded"
    case .notFound, .notALedger, .unsupportedVersion, .corrupt, .alteredSchema: ""
    }
  }
}

extension UndoObjection {
  fileprivate func text(from index: UInt64) -> String {
    switch self {
    case .witnessed(let size):
      "a checkpoint of its first \(size) entries was signed or cosigned, so that nothing before entry \(size) is undone"
    case .decided(let entry):
      "entry \(entry) decided on a request or gave out a challenge, and somebody has it in writing; it is not undone"
    case .outside(let count):
      "has entries 0 to \(count - min(count, 1)); any of them but the first can be the first to undo, not \(index)"
    case .tooMany(let limit): "at most \(limit) entries are undone at once"
    }
  }
}

extension CheckpointFault {
  fileprivate var text: String {
    switch self {
    case .notInLog: "is not in the log"
    case .otherState: "holds another state than the log says"
    case .malformed: "is damaged, or of another version"
    }
  }
}
