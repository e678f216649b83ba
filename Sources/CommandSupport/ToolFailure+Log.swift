internal import Solvency
internal import TransparencyLog

/// What errors of notes, checkpoints, tiles and witnesses mean for the user of the command.
extension ToolFailure {
  /// The failure of such an error; `nil` for any other.
  init?(log error: any Error, in place: String) {
    switch error {
    case let error as NoteKeyError: self.init(.malformedInput, place, error.advice)
    case let error as CheckpointError: self.init(.malformedInput, place, error.advice)
    case let error as TrustPolicyError: self.init(.malformedInput, place, error.advice)
    case let error as CheckpointTrustError: self.init(.refused, place, error.advice)
    case let error as WitnessRequestError: self.init(.malformedInput, place, error.advice)
    case let error as WitnessRefusal: self.init(.refused, place, error.advice)
    case let error as TreeProofError: self.init(.refused, place, error.advice)
    case LogProofError.untrusted(let error): self.init(.refused, place, error.advice)
    case LogProofError.notIncluded(let error): self.init(.refused, place, error.advice)
    case let error as LogProofError: self.init(.malformedInput, place, error.advice)
    case let error as TileError<ToolFailure>: self.init(error, in: place)
    case LogKeyError.role(let error):
      self = ToolFailure(signing: error, in: place) ?? ToolFailure(.malformedInput, place, "is another key")
    case LogKeyError.name(let error): self.init(.usage, place, error.advice)
    default: return nil
    }
  }

  private init(_ error: TileError<ToolFailure>, in place: String) {
    switch error {
    case .missing(let path):
      self.init(.missingInput, "\(place)/\(path)", "is missing; was the directory copied completely?")
    case .malformed(let path):
      self.init(
        .malformedInput, "\(place)/\(path)", "does not hold what its name says; restore it from a copy")
    case .outsideLog(let size): self.init(.refused, place, "the log has \(size) entries")
    case .entryTooLong(let index):
      self.init(.malformedInput, place, "entry \(index) has more than the 65,535 bytes that a log can hold")
    case .source(let failure): self = failure
    }
  }
}

extension NoteKeyError {
  fileprivate var advice: String {
    switch self {
    case .malformed: "is not a key of a log or a witness; one reads name+12345678+base64"
    case .malformedName: "the name of a key has 1 to 255 bytes, and neither spaces nor plus signs"
    case .unsupportedType(let type): "is a key of type \(type); this program verifies Ed25519, types 1 and 4"
    case .notAKey: "holds no verification key"
    case .otherID(let stated, let actual):
      "states the ID \(String(stated, radix: 16)), and name and key give \(String(actual, radix: 16)); was it copied completely?"
    }
  }
}

extension CheckpointError {
  fileprivate var advice: String {
    switch self {
    case .note(.tooLong(let limit)): "has more than the \(limit) bytes of a note"
    case .note(.notText): "is not a note: its text is not UTF-8 without control characters"
    case .note(.noSignatures): "is not a note: no empty line with signatures below it"
    case .note(.malformedSignature(let line)): "is not a note: signature \(line) is malformed"
    case .note(.tooManySignatures(let limit)): "has more than \(limit) signatures"
    case .tooFewLines: "is not a checkpoint: it has fewer than three lines"
    case .malformedOrigin: "is not a checkpoint: its first line is not the name of a log"
    case .malformedSize: "is not a checkpoint: its second line is not a number of entries"
    case .malformedRoot: "is not a checkpoint: its third line is not a hash in base 64"
    case .malformedExtension: "is not a checkpoint: a line after the third is empty"
    }
  }
}

extension CheckpointTrustError {
  fileprivate var advice: String {
    switch self {
    case .unknownOrigin(let origin): "is of the log \(origin), for which no key was given"
    case .notSigned(let origin): "is not signed by the key that was given for \(origin)"
    case .invalidSignature(let name):
      "the signature of \(name) does not hold; the file was changed, or never signed"
    case .noQuorum(let cosigned):
      cosigned.isEmpty
        ? "no witness has cosigned"
        : "only \(cosigned.map(\.description).joined(separator: ", ")) have cosigned; that is too few"
    }
  }
}

extension TrustPolicyError {
  fileprivate var advice: String {
    switch self {
    case .notAPolicy: "is not a policy: it is too large, or has a control character"
    case .malformedLine(let line):
      "line \(line) is not one of log, witness, group and quorum as c2sp.org/tlog-policy has them"
    case .key(let line, let error): "line \(line): \(error.advice)"
    case .wrongKeyType(let key): "the key \(key) is of the wrong type: logs have type 1, witnesses type 4"
    case .duplicateKey(let key): "the key of \(key.name) stands there twice"
    case .duplicateName(let name): "the name \(name) is defined twice, or reserved"
    case .undefinedName(let name): "the name \(name) is not defined above its use"
    case .memberTwice(let name): "\(name) is a member twice"
    case .threshold(let threshold, let count): "asks for \(threshold) of \(count)"
    case .quorumCount(let count): "has \(count) quorum lines; write one"
    case .tooMany(let limit): "has more than \(limit) logs, witnesses or groups"
    }
  }
}

extension TreeProofError {
  fileprivate var advice: String {
    switch self {
    case .outsideTree(let size): "is about a place that a log of \(size) entries does not have"
    case .wrongLength: "has a proof of the wrong length for its place"
    case .otherRoot: "the hashes lead to another root than the checkpoint's"
    }
  }
}

extension LogProofError {
  fileprivate var advice: String {
    switch self {
    case .tooLong(let limit): "has more than the \(limit) bytes of a receipt"
    case .notAProof: "is not a receipt: its first line is not c2sp.org/tlog-proof@v1"
    case .malformedExtra: "is not a receipt: its extra data is not base 64, or too long"
    case .malformedIndex: "is not a receipt: it names no index"
    case .malformedPath: "is not a receipt: its proof is not hashes in base 64 with an empty line after them"
    case .checkpoint(let error): error.advice
    case .untrusted(let error): error.advice
    case .notIncluded(let error): error.advice
    }
  }
}

extension WitnessRequestError {
  fileprivate var advice: String {
    switch self {
    case .tooLong(let limit): "has more than the \(limit) bytes of a request"
    case .malformedOldSize: "is not a request: its first line is not \"old\" and a number"
    case .malformedPath:
      "is not a request: its proof is not at most 63 hashes in base 64 with an empty line after them"
    case .checkpoint(let error): error.advice
    }
  }
}

extension WitnessRefusal {
  fileprivate var advice: String {
    switch self {
    case .untrusted(let error): error.advice
    case .oldSizeTooLarge(let old, let new): "the old size \(old) is more than the checkpoint's \(new)"
    case .conflict(let size): "the checkpoint cosigned last has \(size) entries; make the request from there"
    case .inconsistent(let error):
      "is not shown to go on from the checkpoint cosigned last, and was not cosigned: \(error.advice)"
    case .clock(let last): "the clock is behind the last cosignature, of second \(last); set it right"
    case .record:
      "the witness's record of this log is not one that it has cosigned; restore it, never delete it"
    }
  }
}
