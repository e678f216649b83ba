import Admission
import CircuitProofs
import MarginRules
import ProofCore
import Solvency
import SolvencyVerifier
import Testing

@Suite("Reviews in batches")
struct BatchReviewTests {
  /// Standing, orders, replays, forgeries and strangers, in an order in which one depends on another.
  private static let mixed = Result { () -> [AdmissionRequest] in
    let standing = try Trader.request("standing")
    let order = try Trader.request("order")
    var flipped = standing.envelope.proof.bytes
    flipped[flipped.count - 32] ^= 1
    return [
      order, standing.replacing(proof: flipped), standing, order, standing, order,
      try Trader.request("maintenance"), try Trader.request("reduce"),
      try standing.changing(account: "nobody"), try Trader.request("epoch 2"),
      order.replacing(order: .some(nil)),
    ]
  }

  @Test
  func `A40: a batch decides as its requests one after the other, in any order, on any number of threads`()
    throws
  {
    let requests = try Self.mixed.get()
    for (turn, workers) in [nil, 1, 2, 8].enumerated() {
      let order = requests.indices.map { requests[($0 + 3 * turn) % requests.count] }
      let (single, together) = (try Desk(), try Desk())
      let expected = order.map { summary(single.review($0)) }
      let verdicts = together.admission.review(order, at: Market.now, workers: workers)
      #expect(verdicts.map(summary) == expected)
      #expect(try single.state(.desk7()) == together.state(.desk7()))
      if turn == 0 {
        #expect(
          expected == [
            "standing-not-proven", "proof-invalid", "admitted", "admitted", "replayed", "replayed",
            "reduceOnly", "reduceOnly", "unknown-account", "unknown-snapshot",
            "replayed stale-state wrong-nonce",
          ])
      }
    }
  }

  private func summary(_ verdict: Verdict) -> String {
    switch verdict {
    case .admitted: "admitted"
    case .reduceOnly: "reduceOnly"
    case .refused(let reasons): reasons.map(\.code).sorted().joined(separator: " ")
    }
  }

  @Test("a batch of nothing decides nothing, and writes nothing")
  func empty() throws {
    let desk = try Desk()
    let head = desk.admission.ledger.head
    #expect(desk.admission.review([AdmissionRequest](), at: Market.now) == [])
    #expect(desk.admission.ledger.head == head)
  }

  @Test("all receipts of a batch carry one signed head, and entries of their own")
  func receipts() throws {
    let traders = try (0..<4).map { try Trader("batch-\($0)") }
    let desk = try Desk(traders: traders)
    let requests = try traders.map { try $0.request(salt: "s") }
    let receipts = desk.admission.review(requests, at: Market.now).compactMap(\.receipt)
    #expect(receipts.count == 4)
    #expect(Set(receipts.map(\.head)).count == 1)
    #expect(receipts.map(\.entry) == [7, 8, 9, 10])
  }

  @Test
  func `A39: two false proofs whose errors cancel do not pass together`() throws {
    let traders = try (0..<2).map { try Trader("cancel-\($0)") }
    let desk = try Desk(traders: traders)
    // The last scalar of the one is raised by as much as that of the other is lowered.
    let requests = try traders.enumerated().map { index, trader in
      let request = try trader.request(salt: "s")
      var bytes = request.envelope.proof.bytes
      let last = bytes.count - 32
      bytes[last] = index == 0 ? bytes[last] &+ 1 : bytes[last] &- 1
      return request.replacing(proof: bytes)
    }
    for verdict in desk.admission.review(requests, at: Market.now) {
      #expect(verdict == .refused([.proofInvalid]) || verdict == .refused([.undecodable]))
    }
  }

  @Test
  func `A42: a store that fails refuses the whole batch, and the state is as before`() throws {
    let traders = try (0..<3).map { try Trader("fail-\($0)") }
    let store = SwitchStore()
    let desk = try Desk(traders: traders, store: store)
    let requests = try traders.map { try $0.request(salt: "s") }
    store.isBroken = true
    #expect(
      desk.admission.review(requests, at: Market.now)
        == [Verdict](repeating: .refused([.unavailable]), count: 3))
    store.isBroken = false
    for trader in traders { #expect(try desk.state(trader).lastProof == nil) }
    let again = desk.admission.review(requests, at: Market.now)
    #expect(again.allSatisfy { $0.receipt != nil })
  }

  @Test("reviews from many threads lose nothing and accept nothing twice")
  func threads() throws {
    let traders = try (0..<6).map { try Trader("thread-\($0)") }
    let desk = try Desk(traders: traders)
    let requests = try traders.map { try $0.request(salt: "s") }
    let all = requests + requests + requests
    let verdicts = try concurrently(all) { desk.review($0) }
    #expect(verdicts.count { $0.receipt != nil } == 6)
    #expect(verdicts.count { $0 == .refused([.replayed]) } == 12)
    let again = try desk.reopened()
    for trader in traders { #expect(try again.state(trader).status == .current) }
  }

  private func concurrently(
    _ requests: [AdmissionRequest], _ body: @escaping @Sendable (AdmissionRequest) -> Verdict
  ) throws -> [Verdict] {
    Parallel.map(count: requests.count) { body(requests[$0]) }
  }
}
