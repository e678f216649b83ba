import CanonicalBytes
import CircuitProofs
import MarginRules
import ProofCore
import Solvency
import SolvencyProver
import SolvencyVerifier
import Testing

@Suite("Batches and streams")
struct BatchTests {
  private let verifier: ProofVerifier
  private let expectations = Expectations(now: Fixture.now)

  init() throws { verifier = try Fixture.verifier() }

  /// Proofs of all circuits and both kinds under two snapshots.
  private static let mixed = Result { () -> [ProofEnvelope] in
    var envelopes: [ProofEnvelope] = []
    for snapshot in [try Fixture.smallSnapshot(), try laterSnapshot()] {
      for (circuit, amounts) in [
        ("portfolio-margin", Fixture.coveredAmounts), ("cross-margin", ["cash": 5]),
        ("collateral-ratio", ["holding/BTC": 10, "debt/USDC": 20]),
        ("value-at-risk", ["cash": 50_000_000, "position/ETH-PERP": 3]),
      ] {
        for kind in MarginKind.allCases {
          let rule = try MarginRule(
            circuit: Fixture.circuit(circuit), snapshot: snapshot, kind: kind,
            registry: Registry(of: snapshot))
          let opening = AccountOpening(of: try Fixture.book(amounts, rule.registry))
          envelopes.append(try opening.prove(rule, for: Fixture.request(), at: Fixture.now))
        }
      }
    }
    return envelopes
  }

  /// The small snapshot of a later epoch.
  private static func laterSnapshot() throws -> RiskSnapshot {
    var draft = Fixture.draft()
    draft.epoch += 1
    draft.instruments[0].contLong += 1
    let snapshot = try RiskSnapshot(draft)
    try Fixture.catalog().register(snapshot)
    return snapshot
  }

  /// Envelopes that are rejected, each for another reason.
  private func bad() throws -> [ProofEnvelope] {
    let honest = try Fixture.coveredAccount().envelope
    var flipped = honest.proof.bytes
    flipped[0] ^= 1
    var last = honest.proof.bytes
    last[last.count - 32] ^= 1
    return [
      try honest.replacing(proof: flipped), try honest.replacing(proof: last),
      try honest.replacing(context: honest.context.replacing(audience: "nobody")),
      try honest.replacing(suite: "other"), try honest.replacing(proof: []),
      try honest.replacing(context: honest.context.replacing(snapshot: .zero)),
      try honest.replacing(commitments: [[UInt8](repeating: 0, count: 32)]),
    ]
  }

  @Test("proofs of all circuits and two snapshots are accepted together")
  func acceptsMixed() throws {
    let envelopes = try Self.mixed.get()
    #expect(envelopes.count == 16)
    let verdicts = verifier.verify(envelopes, expecting: expectations)
    #expect(verdicts.allSatisfy { $0.isAccepted })
  }

  @Test
  func `A42: bad proofs anywhere leave the verdicts on the others as they are`() throws {
    var envelopes = try Self.mixed.get()
    for (offset, envelope) in try bad().enumerated() { envelopes.insert(envelope, at: 3 * offset) }
    let batch = verifier.verify(envelopes, expecting: expectations)
    #expect(batch == envelopes.map { verifier.verify($0, expecting: expectations) })
    #expect(batch.count { !$0.isAccepted } == 7)
  }

  @Test
  func `A41: a batch of one says what the single verification says; an empty batch says nothing`() throws {
    #expect(verifier.verify([], expecting: expectations).isEmpty)
    for envelope in try bad() + Self.mixed.get().prefix(2) {
      let single = verifier.verify(envelope, expecting: expectations)
      #expect(verifier.verify([envelope], expecting: expectations) == [single])
    }
  }

  @Test
  func `A40: a batch with duplicates, or in another order, has the same verdicts`() throws {
    let envelopes = try Self.mixed.get() + bad() + Self.mixed.get() + bad()
    let verdicts = verifier.verify(envelopes, expecting: expectations)
    #expect(verdicts.prefix(verdicts.count / 2) == verdicts.suffix(verdicts.count / 2))
    let reversed = verifier.verify(envelopes.reversed(), expecting: expectations)
    #expect(reversed == verdicts.reversed())
  }

  @Test("verdicts do not depend on the number of threads", arguments: [1, 2, 3, 16])
  func threads(_ workers: Int) throws {
    let envelopes = try (0..<9).flatMap { _ in try Self.mixed.get() + bad() }
    let verdicts = verifier.verify(envelopes, expecting: expectations, workers: workers)
    #expect(verdicts == verifier.verify(envelopes, expecting: expectations, workers: 1))
    #expect(verdicts.count { $0.isAccepted } == 9 * 16)
  }

  @Test("parallel results stand in order", arguments: [0, 1, 2, 7, 1_000])
  func parallelMap(_ count: Int) {
    for workers in [nil, 1, 2, 64] {
      #expect(Parallel.map(count: count, workers: workers) { $0 * $0 } == (0..<count).map { $0 * $0 })
    }
  }

  @Test("a stream's verdicts come in order, malformed lines among them")
  func stream() throws {
    let good = try Self.mixed.get().map { $0.encoded() }
    let lines = [Array("{".utf8), good[0], [], good[1], [0xFF], Array("{\"version\":9}".utf8), good[2]]
    var remaining = lines[...]
    var verdicts: [ProofVerdict] = []
    let summary = verifier.verify(stream: { remaining.popFirst() }, expecting: expectations) {
      #expect($0 == verdicts.count)
      verdicts.append($1)
    }
    #expect(verdicts.map(\.isAccepted) == [false, true, false, true, false, false, true])
    #expect(verdicts[5] == .rejected(.unsupportedVersion(9)))
    #expect(summary == StreamSummary(accepted: 3, rejected: 4))
  }

  @Test(arguments: [2, 1_000_000])
  func `A43: a stream holds a bounded number of envelopes and bytes`(_ size: Int) {
    let line = [UInt8](repeating: UInt8(ascii: " "), count: size)
    let total = size < 1_000 ? 10_000 : 64
    var (read, emitted, most) = (0, 0, 0)
    let summary = verifier.verify(
      stream: {
        guard read < total else { return nil }
        read += 1
        most = max(most, read - emitted)
        return line
      }, expecting: expectations
    ) { _, _ in emitted += 1 }
    #expect(summary == StreamSummary(accepted: 0, rejected: total))
    #expect(most <= 2_048)
    #expect(most * size <= (8 << 20) + size)
  }

  @Test("a stream stops with the error of its source or its sink")
  func streamErrors() throws {
    enum Broken: Error { case source, sink }
    #expect(throws: Broken.source) {
      try verifier.verify(
        stream: { () throws(Broken) in throw .source }, expecting: expectations
      ) { _, _ throws(Broken) in }
    }
    #expect(throws: Broken.sink) {
      try verifier.verify(
        stream: { () throws(Broken) in [0] }, expecting: expectations
      ) { _, _ throws(Broken) in throw .sink }
    }
  }
}
