import Admission
import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import MarginRules
import ProofCore
import Ristretto
import Solvency
import Synchronization
import Testing

/// What the suites of refusals share. Each reason is reached by a request that has no other fault.
protocol RefusalSuite {}

extension RefusalSuite {
  func expect(
    _ expected: RefusalReason, _ reasons: [RefusalReason],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(reasons == [expected], sourceLocation: sourceLocation)
  }

  func order(
    _ order: Order, of request: String = "order", kind: MarginKind? = nil
  ) throws -> AdmissionRequest {
    let base = try Trader.request(request)
    return try base.replacing(order: order)
      .changing(kind: kind, nonce: AdmissionRequest.nonce(for: order, salt: base.salt))
  }

  /// Why the order is refused with another snapshot in force, under which the standing is proven.
  func reasonsForOrder(
    under snapshot: RiskSnapshot, _ order: Order = Trader.buy, policy: Policy = .production
  ) throws -> [RefusalReason] {
    let desk = try Desk(policy: policy)
    try desk.publish(snapshot)
    let trader = try Trader.desk7()
    let standing = try trader.request(under: snapshot, salt: "standing")
    guard case .admitted = desk.review(standing) else { return desk.reasons(standing) }
    return desk.reasons(try trader.request(order: order, under: snapshot, salt: "order"))
  }
}

/// A store that can be broken.
final class SwitchStore: LedgerStore {
  private let inner = MemoryStore()
  private let broken = Mutex(false)

  var isBroken: Bool {
    get { broken.withLock { $0 } }
    set { broken.withLock { $0 = newValue } }
  }

  func head() -> SignedLogHead? { inner.head() }

  func append(_ batch: LogBatch) throws(StoreError) {
    if isBroken { throw .full }
    try inner.append(batch)
  }

  func items(from index: UInt64, limit: Int) -> [LogBatch.Item] {
    inner.items(from: index, limit: limit)
  }
}
