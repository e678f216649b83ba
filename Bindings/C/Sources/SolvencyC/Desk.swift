internal import Admission
internal import AdmissionStore
internal import CanonicalBytes
internal import CircuitLanguage
internal import MarginRules
internal import Solvency
public import SolvencyHeader
internal import SolvencyVerifier

/// What a handle of a desk owns.
final class DeskBox: Sendable {
  let desk: Admission

  init(_ desk: Admission) { self.desk = desk }

  static func of(_ handle: OpaquePointer?) throws(CallError) -> DeskBox {
    try Handle.object(handle, .desk, as: DeskBox.self)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_desk_free(_ desk: OpaquePointer?) { Handle.free(desk, .desk) }

/// See `solvency.h`.
@c @implementation
public func solvency_desk_open(
  _ catalog: OpaquePointer?, _ description: UnsafePointer<UInt8>?, _ description_count: Int,
  _ store: UnsafePointer<CChar>?, _ store_count: Int, _ key_file: UnsafePointer<UInt8>?,
  _ key_file_count: Int,
  _ passphrase: UnsafePointer<UInt8>?, _ passphrase_count: Int, _ desk: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("desk", error) {
    guard let desk else { throw CallError.usage("there is no place for the desk") }
    let box = try CatalogBox.of(catalog)
    let file = try DeskFile(decoding: Bytes.copy(description, description_count, "the description"))
    guard let passphrase = Passphrase(try Bytes.secret(passphrase, passphrase_count, "the passphrase")) else {
      throw CallError.usage("the passphrase is empty")
    }
    let key = try KeyFile.open(Bytes.copy(key_file, key_file_count, "the key file"), with: passphrase)
    guard key.verificationKey == file.parties.venue else {
      throw CallError(code: SOLVENCY_REFUSED, message: "the key is not that of the venue in the description")
    }
    let signer = try LogSigner(key)
    let ledger: Ledger
    if store == nil {
      ledger = try Ledger(store: MemoryStore(), signer: signer)
    } else {
      let path = try Bytes.text(store, store_count, "the store's path")
      guard !path.isEmpty, !path.utf8.contains(0) else {
        throw CallError.usage("the store's path is empty or holds a zero")
      }
      let opened: SQLiteStore
      do throws(StoreError) {
        opened = try SQLiteStore(opening: path)
      } catch .notFound {
        opened = try SQLiteStore(creating: path)
      } catch {
        throw error
      }
      ledger = try Ledger(store: opened, signer: signer)
    }
    let circuits = box.catalog.circuits
    guard !circuits.isEmpty else {
      throw CallError.missing(
        "the catalog has no circuit; a desk decides by those that are in it when it is opened")
    }
    desk.pointee = Handle.make(
      DeskBox(
        try Admission(
          policy: file.policy, venue: file.venue, parties: file.parties, ledger: ledger, circuits: circuits,
          convexity: file.convexity)), .desk)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_desk_publish(
  _ desk: OpaquePointer?, _ snapshot: UnsafePointer<UInt8>?, _ snapshot_count: Int,
  _ signature: UnsafePointer<UInt8>?,
  _ signature_count: Int, _ now: UInt64, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("snapshot", error) {
    let box = try DeskBox.of(desk)
    let published = PublishedSnapshot(
      try RiskSnapshot(json: Bytes.copy(snapshot, snapshot_count, "the snapshot")),
      endorsement: try Signed(decoding: Bytes.copy(signature, signature_count, "the signature")))
    try box.desk.publish(published, at: Timestamp(seconds: now))
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_desk_open_account(
  _ desk: OpaquePointer?, _ attestations: UnsafePointer<UnsafePointer<UInt8>?>?,
  _ attestation_counts: UnsafePointer<Int>?, _ count: Int, _ now: UInt64,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("attestation", error) {
    let box = try DeskBox.of(desk)
    let files = try Bytes.copies(attestations, attestation_counts, count, "attestation")
    let signed = try files.map { try Signed<Attestation>(decoding: $0) }
    try box.desk.open(signed, at: Timestamp(seconds: now))
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_desk_review_many(
  _ desk: OpaquePointer?, _ requests: UnsafePointer<UnsafePointer<UInt8>?>?,
  _ request_counts: UnsafePointer<Int>?,
  _ count: Int, _ now: UInt64, _ decisions: UnsafeMutablePointer<solvency_buffer>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("requests", error) {
    let box = try DeskBox.of(desk)
    let files = try Bytes.copies(requests, request_counts, count, "request")
    guard let decisions else { throw CallError.usage("there is no place for the decisions") }
    let read = files.map { try? AdmissionRequest(json: $0) }
    var verdicts = try box.desk.decide(read.compactMap(\.self), at: Timestamp(seconds: now)).makeIterator()
    var lines: [UInt8] = []
    for request in read {
      let verdict =
        request == nil ? Verdict.refused([.malformed]) : verdicts.next() ?? .refused([.unavailable])
      lines += verdict.line.encoded()
      lines.append(UInt8(ascii: "\n"))
    }
    decisions.pointee = Bytes.buffer(lines)
  }
}

extension Verdict {
  fileprivate var line: JSONValue {
    switch self {
    case .admitted(let receipt): receipt.line("admitted")
    case .reduceOnly(let receipt): receipt.line("reduce-only")
    case .refused(let reasons):
      ["decision": "refused", "reasons": .array(reasons.map { .string($0.code) })]
    }
  }
}

extension Receipt {
  fileprivate func line(_ decision: String) -> JSONValue {
    [
      "decision": .string(decision), "account": .string(account.description), "sequence": .integer(sequence),
      "epoch": .integer(epoch), "until": .integer(until.seconds), "entry": .integer(entry), "head": head.json,
    ]
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_desk_status(
  _ desk: OpaquePointer?, _ now: UInt64, _ json: UnsafeMutablePointer<solvency_buffer>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("desk", error) {
    let box = try DeskBox.of(desk)
    guard let json else { throw CallError.usage("there is no place for the status") }
    let moment = Timestamp(seconds: now)
    let (counts, epoch) = try box.desk.ledger.withState {
      ($0.statusCounts(at: moment), $0.currentEpoch?.epoch)
    }
    let document: JSONValue = [
      "identity": box.desk.venue.ledger.map { .string($0.description) } ?? .null,
      "entries": .integer(box.desk.ledger.head.count), "epoch": epoch.map { .integer($0) } ?? .null,
      "accounts": .object(
        AccountStatus.allCases.map { JSONMember($0.rawValue, .integer(counts[$0] ?? 0)) }),
    ]
    json.pointee = Bytes.buffer(document.encoded())
  }
}
