internal import CanonicalBytes
internal import Solvency

// What the errors of this module mean for those who meet them.

extension LedgerError: CustomStringConvertible {
  /// What is wrong and what to do, in words.
  public var description: String {
    switch self {
    case .timeRunsBackwards: "the present moment is before the ledger's last entry; check the clock"
    case .epochNotLater(let current): "the snapshot is not later than epoch \(current), which is in force"
    case .brokenSnapshotChain: "the snapshot does not name the one in force as the one before it"
    case .noEpoch: "no snapshot is in force yet; publish one first"
    case .epochNotAccepted(let epoch): "proofs under epoch \(epoch) are accepted no longer"
    case .accountExists: "the account is open already; `ledger renew` takes new attestations"
    case .unknownAccount: "the account is not open here"
    case .attestationExpired: "the attestation is over already"
    case .alreadyPledged: "another account has pledged the same commitment"
    case .noParts: "no custodian attests anything"
    case .wrongSequence(let current): "the account is at sequence \(current)"
    case .nonceUsed: "was used before"
    case .unknownChallenge: "answers no open challenge"
    case .invalidWindow: "its moments are not in order"
    case .invalidHeadroom: "the account's own standing is not proven"
    case .rollOmits(let account): "leaves out \(account), which is overdue"
    case .rollInvents(let account): "names \(account), which is not overdue so"
    case .rollMiscounts(let actual): "miscounts the accounts; there are \(actual)"
    case .unknownRegistry: "is over a list of instruments and assets that was not published here"
    case .registryNotLonger: "the list of instruments and assets is no longer than the one before"
    case .checkpointDiffers: "the checkpoint states another state than the log makes"
    case .inLiquidation:
      "a case is open, and only its steps happen until it is settled; run `ledger liquidate`"
    case .notLiquidatable: "the account is not liquidatable: nobody may close it"
    case .noLiquidationRules: "no rules of liquidations are in force; state them with `ledger rules`"
    case .noCase: "the account has no open case, or no winners are called in it"
    case .notBalanced: "what the step takes from some and gives to others is not the same"
    case .fundOverdrawn(let purse): "the fund \(purse.name) has not so much"
    case .wrongMovement(let expected): "the next movement of this ledger's funds has the number \(expected)"
    case .rollNotLater(let current):
      "the log states roll \(current) already; a later one has a higher number and no earlier moment"
    case .full: "the ledger has no room for another account"
    case .notChartered, .outdatedRecord: "the ledger is of an older form; run `ledger upgrade`"
    case .unsupportedCharter(let version):
      "the ledger has rules of version \(version), which is not known here; this program keeps \(CharterRecord.version)"
    case .foreignCharter: "is not of this ledger's venue, or was written for another place in its log"
    case .circuitNotListed: "the ledger's charter does not list the circuit"
    case .clockJumps(let limit):
      "the present moment is after everything that the epoch in force speaks of, which ends at \(limit.text); check "
        + "the clock, or publish the next snapshot first"
    case .implausible:
      "holds a time after the year 9999 or a number out of its range; were milliseconds given for seconds?"
    }
  }
}

extension DeskError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .ledger(let failure): failure.description
    case .signature(let error): error.description
    case .attestation(let error): error.description
    case .pledgedElsewhere: "it is pledged to another venue"
    case .attestationNotInForce: "it does not hold yet, or no longer"
    case .otherState: "it is about another state of the account than the ledger's"
    case .registryDoesNotGrow: "it does not begin with the instruments and assets that are listed already"
    case .unknownRegistry: "it is over a list of instruments and assets that was not published here"
    case .registry(let error): "it gives no list of coordinates: \(error)"
    case .fill(let error): "the fill does not apply: \(error)"
    case .unknownAccount: "the account is not open here"
    case .liquidation(let fault): fault.description
    case .rollCheckpoint: "it is not the checkpoint of the roll that is stated"
    }
  }
}

extension LedgerFailure: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .store(let error): error.description
    case .replay(.log(let fault)): "the log \(fault.text)"
    case .replay(.event(let index, let error)): "entry \(index) of the log cannot have happened: \(error)"
    case .checkpoint(let index, _):
      "the stored state of the checkpoint at entry \(index) is not to be trusted"
    case .event(let error): error.description
    case .evidence(let index): "the document of entry \(index) is missing, or another one"
    case .notChartered: "the ledger is of the form before ledgers had charters, and has to be upgraded"
    case .otherCharter(let inForce): "the ledger is bound by another charter, \(inForce)"
    case .behind(let published, let actual):
      "the log has \(actual) entries, and its venue has signed \(published.count)"
    case .otherThanPublished(let published):
      "entry \(published.count - min(published.count, 1)) is not the one that the venue has signed"
    case .behindCheckpoint(let size, let actual):
      "the log has \(actual) entries, and a checkpoint of it covers \(size)"
    case .otherThanCheckpoint(let size):
      "its first \(size) entries are not those of the checkpoint that was signed"
    case .notUndone(let index, _): "entries from \(index) on are known outside, or are not there, and stay"
    case .signing(let error): "the log cannot be signed: \(error)"
    }
  }
}

extension StoreError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .notFound: "there is no ledger"
    case .notALedger: "it is not a ledger"
    case .unsupportedVersion(let version): "the ledger has version \(version), which is not known here"
    case .corrupt: "the ledger is damaged"
    case .alteredSchema(let name): "the ledger has been altered: \(name) is not as a ledger has it"
    case .notWritten: "an entry was not written, though no error was reported"
    case .full: "the disk is full"
    case .readOnly: "it cannot be written"
    case .busy: "another process is using the ledger"
    case .wrongIndex(let expected): "another process has written to the ledger: the next entry is \(expected)"
    case .system(let code): "reading or writing failed (SQLite says \(code))"
    case .unreachable: "the server that keeps the ledger cannot be reached"
    case .undecided: "the connection broke while an entry was made durable"
    case .notWriter: "another desk writes to the ledger"
    case .notDurable(let setting): "the server would lose what it acknowledges: \(setting)"
    case .unsuitableServer(let reason): "the server does not suit: \(reason)"
    case .server(let code): "the server refused (SQLSTATE \(code))"
    }
  }
}
