import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import MarginRules
import ProofCore
import Ristretto
import Solvency
import SolvencyProver
import SolvencyVerifier
import Testing

@Suite("Verifier")
struct VerifierTests {
  private let honest: Fixture.Covered
  private let verifier: ProofVerifier
  private let expectations = Expectations(now: Fixture.now)

  init() throws {
    honest = try Fixture.coveredAccount()
    verifier = try Fixture.verifier()
  }

  @Test("an honest proof is accepted and says what it establishes")
  func accepts() throws {
    var strict = expectations
    strict.audience = try Audience("lender")
    strict.nonce = honest.envelope.context.nonce
    strict.kind = .initial
    strict.accounts = [honest.account.account: honest.account]
    guard case .accepted(let claim) = verifier.verify(honest.envelope, expecting: strict) else {
      Issue.record("rejected")
      return
    }
    #expect(claim.circuitName == "portfolio_margin")
    #expect(claim.context == honest.envelope.context)
    #expect(claim.commitments == [honest.account.commitment.encoded])
    let bytes = honest.envelope.encoded()
    #expect(verifier.verify(encoded: bytes, expecting: strict) == .accepted(claim))
  }

  @Test
  func `A28: a proof for another commitment, state or account than the ledger's is rejected`() throws {
    let account = honest.account
    func verdict(_ current: AccountCommitment) -> ProofVerdict {
      var known = expectations
      known.accounts = [current.account: current]
      return verifier.verify(honest.envelope, expecting: known)
    }
    #expect(verdict(account).isAccepted)
    let fill = try Fill(
      account: account.account, sequence: 0, deltas: [Fill.Delta(coordinate: "cash", amount: 1)])
    #expect(
      verdict(try account.updated(by: fill, in: honest.rule.registry))
        == .rejected(.staleSequence(current: 1)))
    let other = try AccountOpening(of: Fixture.book([:], honest.rule.registry)).commitment()
    #expect(verdict(other) == .rejected(.commitmentMismatch))
    let moved = AccountCommitment(
      account: account.account, registry: .zero, commitment: account.commitment, sequence: 0)
    #expect(verdict(moved) == .rejected(.unknownRegistry))
  }

  @Test
  func `A26: an account that the ledger does not know is rejected, not taken for an empty one`() {
    var known = expectations
    known.accounts = [:]
    #expect(verifier.verify(honest.envelope, expecting: known) == .rejected(.unknownAccount))
  }

  @Test
  func `A31: a nonce or audience of another request is rejected`() throws {
    var asked = expectations
    asked.nonce = .random()
    #expect(verifier.verify(honest.envelope, expecting: asked) == .rejected(.wrongNonce))
    asked.nonce = honest.envelope.context.nonce
    #expect(verifier.verify(honest.envelope, expecting: asked).isAccepted)
    asked.audience = try Audience("exchange")
    #expect(verifier.verify(honest.envelope, expecting: asked) == .rejected(.wrongAudience))
    // Writing the other nonce into the envelope does not help: it is in the transcript.
    let context = try honest.envelope.context.replacing(nonce: .random())
    let forged = try honest.envelope.replacing(context: context)
    #expect(verifier.verify(forged, expecting: expectations) == .rejected(.proofInvalid))
  }

  @Test
  func `A30: every part of the context is bound`() throws {
    for context in try ProofContextTests.variants(of: honest.envelope.context) {
      let forged = try honest.envelope.replacing(context: context)
      let later = Expectations(now: Fixture.now.advanced(by: 1))
      let verdict = verifier.verify(forged, expecting: later)
      #expect(!verdict.isAccepted)
    }
  }

  struct Moment: Sendable {
    let seconds: Int64
    let clockSkew, snapshotGrace: UInt64
    let reason: RejectionReason?
  }

  /// Relative to the fixture's moment: the snapshot applies from -60 to 3540, the proof from 0 to 600.
  @Test(arguments: [
    Moment(seconds: 0, clockSkew: 0, snapshotGrace: 0, reason: nil),
    Moment(seconds: 599, clockSkew: 0, snapshotGrace: 0, reason: nil),
    Moment(seconds: 600, clockSkew: 0, snapshotGrace: 0, reason: .expired),
    Moment(seconds: 600, clockSkew: 30, snapshotGrace: 30, reason: .expired),
    Moment(seconds: -1, clockSkew: 0, snapshotGrace: 0, reason: .notYetIssued),
    Moment(seconds: -1, clockSkew: 1, snapshotGrace: 0, reason: nil),
    Moment(seconds: -60, clockSkew: 59, snapshotGrace: 0, reason: .notYetIssued),
    Moment(seconds: -61, clockSkew: 0, snapshotGrace: 0, reason: .snapshotNotYetValid),
    Moment(seconds: 3_539, clockSkew: 0, snapshotGrace: 0, reason: .expired),
    Moment(seconds: 3_540, clockSkew: 0, snapshotGrace: 0, reason: .snapshotExpired),
    Moment(seconds: 3_540, clockSkew: 0, snapshotGrace: 1, reason: .expired),
  ])
  func `A34: times before, inside and after the windows, to the second`(_ moment: Moment) {
    let base = Int64(Fixture.now.seconds)
    let now = Timestamp(seconds: UInt64(base + moment.seconds))
    let verdict = verifier.verify(
      honest.envelope,
      expecting: Expectations(
        now: now, clockSkew: moment.clockSkew, snapshotGrace: moment.snapshotGrace))
    if let reason = moment.reason {
      #expect(verdict == .rejected(reason))
    } else {
      #expect(verdict.isAccepted)
    }
  }

  @Test
  func `A33: a proof under a snapshot past its time is accepted in the grace alone`() throws {
    let opening = AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, honest.rule.registry))
    let long = try opening.prove(honest.rule, for: Fixture.request(seconds: 100_000), at: Fixture.now)
    let after = Timestamp(seconds: honest.rule.snapshot.validTo.magnitude + 59)
    #expect(verifier.verify(long, expecting: Expectations(now: after)) == .rejected(.snapshotExpired))
    #expect(verifier.verify(long, expecting: Expectations(now: after, snapshotGrace: 60)).isAccepted)
  }

  @Test("a proof of the other kind is not the one asked for")
  func kind() {
    var asked = expectations
    asked.kind = .maintenance
    #expect(verifier.verify(honest.envelope, expecting: asked) == .rejected(.wrongKind))
  }

  @Test
  func `A35: a proof under the prover's own circuit or snapshot proves nothing, however consistent`() throws {
    let generous = try Circuit(
      parsing: """
        circuit portfolio_margin version 1
        parameters snapshot
        committed cash
        advice plus  in 0 ... 2^62 - 1 := max(cash, 0)
        advice minus in 0 ... 2^62 - 1 := max(-cash, 0)
        link cash == plus - minus
        require "always" : plus + minus >= 0
        """, named: "generous.circuit")
    var draft = Fixture.draft()
    draft.bufferPpm = 1_000_000
    let cheap = try RiskSnapshot(draft)
    let registry = honest.rule.registry
    let cases: [(Circuit, RiskSnapshot, RejectionReason)] = [
      (generous, honest.rule.snapshot, .unknownCircuit),
      (try Fixture.circuit("portfolio-margin"), cheap, .unknownSnapshot),
    ]
    for (circuit, snapshot, reason) in cases {
      let rule = try MarginRule(
        circuit: circuit, snapshot: snapshot, kind: .initial, registry: registry)
      let opening = AccountOpening(of: try Fixture.book(["cash": 1], registry))
      let envelope = try opening.prove(rule, for: Fixture.request(), at: Fixture.now)
      #expect(verifier.verify(envelope, expecting: expectations) == .rejected(reason))
      // Claiming the trusted digests instead does not help either.
      let context = try envelope.context.replacing(
        circuit: honest.rule.key.circuit, snapshot: honest.rule.key.snapshot)
      let forged = try envelope.replacing(context: context)
      #expect(!verifier.verify(forged, expecting: expectations).isAccepted)
    }
  }

  @Test
  func `A25: a proof over a registry that leaves a liability out is rejected`() throws {
    let subset = try Registry(names: honest.rule.registry.names.filter { $0 != "position/BTC-CALL" })
    #expect(throws: MarginRuleError.self) {
      try MarginRule(
        circuit: Fixture.circuit("portfolio-margin"), snapshot: honest.rule.snapshot, kind: .initial,
        registry: subset)
    }
    let context = try honest.envelope.context.replacing(registry: subset.digest)
    let forged = try honest.envelope.replacing(context: context)
    #expect(verifier.verify(forged, expecting: expectations) == .rejected(.unknownRegistry))
    let trusting = RuleCatalog()
    trusting.register(try Fixture.circuit("portfolio-margin"))
    trusting.register(honest.rule.snapshot)
    trusting.register(subset)
    #expect(
      ProofVerifier(catalog: trusting).verify(forged, expecting: expectations)
        == .rejected(.unusableRule))
  }

  @Test
  func `A36: another suite, or another circuit's name, is rejected`() throws {
    let suite = try honest.envelope.replacing(suite: "Default")
    #expect(verifier.verify(suite, expecting: expectations) == .rejected(.unknownSuite))
    let name = try honest.envelope.replacing(circuitName: "cross_margin")
    #expect(verifier.verify(name, expecting: expectations) == .rejected(.unknownCircuit))
  }

  @Test
  func `A37: a proof that was accepted is not accepted for another commitment, nor the reverse`() throws {
    for _ in 0..<2 { #expect(verifier.verify(honest.envelope, expecting: expectations).isAccepted) }
    let other = try Fixture.covered(account: "desk-7")
    let crossed = [
      try honest.envelope.replacing(commitments: other.envelope.commitments.map(\.bytes)),
      try honest.envelope.replacing(proof: other.envelope.proof.bytes),
    ]
    for envelope in crossed {
      #expect(verifier.verify(envelope, expecting: expectations) == .rejected(.proofInvalid))
    }
    #expect(verifier.verify(honest.envelope, expecting: expectations).isAccepted)
  }

  @Test
  func `A38: bytes cannot move between commitments and proof`() throws {
    let points = honest.envelope.commitments.map(\.bytes)
    let proof = honest.envelope.proof.bytes
    let longer = try honest.envelope.replacing(
      commitments: points + [Array(proof.prefix(32))], proof: Array(proof.dropFirst(32)))
    #expect(
      verifier.verify(longer, expecting: expectations)
        == .rejected(.wrongCommitmentCount(expected: 1, actual: 2)))
    let shorter = try honest.envelope.replacing(commitments: [], proof: points[0] + proof)
    #expect(
      verifier.verify(shorter, expecting: expectations)
        == .rejected(.wrongCommitmentCount(expected: 1, actual: 0)))
  }

  @Test
  func `A43: proofs of another length and commitments that do not decode have their own reasons`() throws {
    let proof = honest.envelope.proof.bytes
    for bytes in [[], Array(proof.dropLast()), proof + [0], proof + proof] {
      let envelope = try honest.envelope.replacing(proof: bytes)
      #expect(
        verifier.verify(envelope, expecting: expectations)
          == .rejected(.wrongProofLength(expected: proof.count, actual: bytes.count)))
    }
    let noPoint = try honest.envelope.replacing(commitments: [[UInt8](repeating: 0xFF, count: 32)])
    #expect(verifier.verify(noPoint, expecting: expectations) == .rejected(.undecodable))
  }

  @Test
  func `A44: damage to any 32-byte field of the proof is rejected on every path`() throws {
    let proof = honest.envelope.proof.bytes
    var damaged: [ProofEnvelope] = []
    for field in 0..<(proof.count / 32) {
      for (offset, mask) in [(0, 1 as UInt8), (31, 0x80)] {
        var bytes = proof
        bytes[32 * field + offset] ^= mask
        damaged.append(try honest.envelope.replacing(proof: bytes))
      }
      var zero = proof
      zero.replaceSubrange((32 * field)..<(32 * field + 32), with: [UInt8](repeating: 0, count: 32))
      damaged.append(try honest.envelope.replacing(proof: zero))
    }
    damaged.append(try honest.envelope.replacing(commitments: [[UInt8](repeating: 0, count: 32)]))
    let single = damaged.map { verifier.verify($0, expecting: expectations) }
    #expect(single.allSatisfy { $0 == .rejected(.proofInvalid) || $0 == .rejected(.undecodable) })
    let encoded = damaged.map { verifier.verify(encoded: $0.encoded(), expecting: expectations) }
    #expect(encoded == single)
    #expect(verifier.verify(damaged, expecting: expectations) == single)
    var lines = damaged[...]
    var streamed: [ProofVerdict] = []
    verifier.verify(stream: { lines.popFirst()?.encoded() }, expecting: expectations) { _, verdict in
      streamed.append(verdict)
    }
    #expect(streamed == single)
  }

  @Test("every reason has a code of its own")
  func codes() {
    let reasons: [RejectionReason] = [
      .malformed(.emptyWindow), .unsupportedVersion(2), .unknownSuite, .unknownCircuit,
      .unknownSnapshot, .unknownRegistry, .unusableRule, .snapshotExpired, .snapshotNotYetValid,
      .notYetIssued, .expired, .wrongAudience, .wrongNonce, .wrongKind, .unknownAccount,
      .staleSequence(current: 1), .unknownState, .unknownReceipt, .commitmentMismatch,
      .wrongCommitmentCount(expected: 1, actual: 2), .wrongProofLength(expected: 1, actual: 2),
      .undecodable, .proofInvalid,
    ]
    #expect(Set(reasons.map(\.code)).count == reasons.count)
  }
}
