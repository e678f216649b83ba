internal import CanonicalBytes
internal import Solvency
public import SolvencyHeader
internal import SolvencyVerifier
internal import Synchronization

/// What a handle of accounts owns.
final class AccountsBox: Sendable {
  private let accounts = Mutex<[AccountID: AccountCommitment]>([:])

  func add(_ account: AccountCommitment) { accounts.withLock { $0[account.account] = account } }
  var all: [AccountID: AccountCommitment] { accounts.withLock { $0 } }
}

/// See `solvency.h`.
@c @implementation
public func solvency_accounts_create(
  _ accounts: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("accounts", error) {
    guard let accounts else { throw CallError.usage("there is no place for the accounts") }
    accounts.pointee = Handle.make(AccountsBox(), .accounts)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_accounts_free(_ accounts: OpaquePointer?) { Handle.free(accounts, .accounts) }

/// See `solvency.h`.
@c @implementation
public func solvency_accounts_add(
  _ accounts: OpaquePointer?, _ json: UnsafePointer<UInt8>?, _ json_count: Int,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("account", error) {
    let box = try Handle.object(accounts, .accounts, as: AccountsBox.self)
    box.add(try AccountCommitment(decoding: Bytes.copy(json, json_count, "the account")))
  }
}

extension Expectations {
  /// What a caller demands, and with how many threads at most.
  static func of(
    _ pointer: UnsafePointer<solvency_expectations>?
  ) throws(CallError) -> (expectations: Expectations, workers: Int?) {
    guard let given = pointer?.pointee else { throw .usage("the expectations are NULL") }
    guard given.size == MemoryLayout<solvency_expectations>.size else {
      throw .usage(
        "the expectations have \(given.size) bytes, not \(MemoryLayout<solvency_expectations>.size); set size, and "
          + "build against the header of this version")
    }
    var expectations = Expectations(
      now: Timestamp(seconds: given.now), clockSkew: given.clock_skew,
      greatestWindow: given.greatest_window == .max ? nil : given.greatest_window,
      snapshotGrace: given.snapshot_grace)
    if given.audience != nil {
      expectations.audience = try Name.audience(given.audience, given.audience_count)
    }
    if let nonce = given.nonce {
      expectations.nonce = Nonce(Array(UnsafeBufferPointer(start: nonce, count: Nonce.byteCount)))
    }
    if let accounts = given.accounts {
      expectations.accounts = try Handle.object(accounts, .accounts, as: AccountsBox.self).all
    }
    if given.kind != SOLVENCY_KIND_ANY { expectations.kind = try MarginKind.of(given.kind) }
    return (expectations, given.threads == 0 ? nil : Int(given.threads))
  }
}

/// Names that callers give.
enum Name {
  /// "Example Bank", or with the identity of a ledger after `#`, 64 hexadecimal digits.
  static func audience(_ pointer: UnsafePointer<CChar>?, _ count: Int) throws(CallError) -> Audience {
    let text = try Bytes.text(pointer, count, "the audience")
    let parts = text.split(separator: "#", omittingEmptySubsequences: false)
    do throws(NameError) {
      if parts.count == 2, let ledger = Digest(hex: String(parts[1])) {
        return try Audience(String(parts[0]), ledger: ledger)
      }
      return try Audience(text)
    } catch {
      throw .malformed("the audience is not a name of 1 to 128 printable bytes: \(error)")
    }
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_verify(
  _ catalog: OpaquePointer?, _ expectations: UnsafePointer<solvency_expectations>?,
  _ proof: UnsafePointer<UInt8>?,
  _ proof_count: Int, _ verdict: UnsafeMutablePointer<solvency_verdict>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("proof", error) {
    let box = try CatalogBox.of(catalog)
    let demanded = try Expectations.of(expectations).expectations
    guard let verdict else { throw CallError.usage("there is no place for the verdict") }
    let bytes = try Bytes.copy(proof, proof_count, "the proof")
    verdict.pointee = VerdictCode.number(box.verifier.verify(encoded: bytes, expecting: demanded))
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_verify_many(
  _ catalog: OpaquePointer?, _ expectations: UnsafePointer<solvency_expectations>?,
  _ proofs: UnsafePointer<UnsafePointer<UInt8>?>?, _ proof_counts: UnsafePointer<Int>?, _ count: Int,
  _ verdicts: UnsafeMutablePointer<solvency_verdict>?, _ names: UnsafeMutablePointer<solvency_names>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("proofs", error) {
    let box = try CatalogBox.of(catalog)
    let (demanded, workers) = try Expectations.of(expectations)
    let files = try Bytes.copies(proofs, proof_counts, count, "proof")
    guard verdicts != nil || files.isEmpty else {
      throw CallError.usage("there is no place for the verdicts")
    }
    let results = box.verifier.verify(encoded: files, expecting: demanded, workers: workers)
    for (index, result) in results.enumerated() { verdicts?[index] = VerdictCode.number(result.verdict) }
    guard let names else { return }
    var text: [UInt8] = []
    for (index, result) in results.enumerated() {
      let account = result.envelope.map { Array($0.context.account.description.utf8) } ?? []
      let circuit = result.envelope.map { Array($0.circuitName.utf8) } ?? []
      names.pointee.account_counts?[index] = UInt32(account.count)
      names.pointee.circuit_counts?[index] = UInt32(circuit.count)
      text += account
      text += circuit
    }
    names.pointee.text = Bytes.buffer(text)
  }
}
