internal import CanonicalBytes
internal import Solvency

extension AuditFinding {
  /// The finding in one line.
  package var text: String {
    switch self {
    case .log(let fault): "log: \(fault.text)"
    case .event(let index, .rollOmits(let account)):
      "entry \(index): the roll leaves out \(account), which is overdue"
    case .event(let index, .rollInvents(let account)):
      "entry \(index): the roll names \(account), which is not overdue so"
    case .event(let index, let error): "entry \(index): cannot have happened: \(error)"
    case .evidence(let index): "entry \(index): its document is missing, or another one"
    case .document(let index, let error): "entry \(index): its document is not to be taken: \(error)"
    case .recordDiffers(let index): "entry \(index): says something else than its document"
    case .wronglyAdmitted(let index, let reasons):
      "entry \(index): admitted, and should have been refused: \(reasons.codes)"
    case .wronglyRefused(let index): "entry \(index): refused, and should have been admitted"
    case .otherReasons(let index, let reasons):
      "entry \(index): refused for other reasons than the policy has: \(reasons.codes)"
    case .unstatedOverdue(let index, let account):
      "entry \(index): \(account) was overdue and nobody was told"
    case .checkpointDiffers(let index): "entry \(index): its checkpoint is not the state that the log makes"
    case .otherCharter(let index):
      "entry \(index): binds the ledger to another venue, or to other rules than those given"
    case .clockJumps(let index, let limit):
      "entry \(index): its time is after everything that the epoch in force speaks of, until \(UTCTime.text(Int64(clamping: limit.seconds)))"
    case .entriesLost(let from, let to):
      "entry \(from): the venue states that entries \(from) to \(to - 1) of before were lost, and what they decided"
    case .rollTooSmall(let index, let listed, let open):
      "entry \(index): the roll lists \(listed) accounts, padding among them, and \(open) were open at its instant"
    case .notBalanced(let index):
      "entry \(index): the commitments after its step do not sum to those before"
    case .missingPart(let account, let custodian):
      "account \(account): custodian \(custodian) attests a part of it that it was opened without"
    case .missingAccount(let account): "account \(account) is attested, and not in the log"
    case .otherHead(let count): "the venue has signed another log of \(count) entries"
    }
  }
}

extension [RefusalReason] {
  fileprivate var codes: String { map(\.code).joined(separator: ", ") }
}

extension LogFault {
  /// The fault in words.
  package var text: String {
    switch self {
    case .malformed(let index, _): "entry \(index) is damaged"
    case .missing(let expected, let found): "entry \(expected) is missing; entry \(found) stands in its place"
    case .reordered(let expected, let found): "entry \(found) stands in the place of entry \(expected)"
    case .altered(let index): "entry \(index) was altered"
    case .truncated(let expected, let actual): "ends after \(actual) of \(expected) entries"
    case .unsigned(let index): "goes on after its signed end, from entry \(index)"
    case .badSignature: "has a head that the venue has not signed"
    case .notALog: "is not a log"
    }
  }
}
