internal import CanonicalBytes
internal import CircuitProofs
package import CommandSupport
internal import MarginRules
internal import MarketData
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyProver
internal import SolvencyVerifier

/// One attempt to be accepted without being covered, or with a proof that is not one's own.
package struct DemoAttack {
  package let name: String
  /// Codes of the reasons that are right here.
  package let expected: [String]
  /// What came of it: a code, or a sentence of the prover.
  package let result: String
  package let isStopped: Bool
}

/// The attempts of the demonstration, each carried out with real proofs.
package struct DemoAttacks {
  private let run: DemoRun
  private let venue: DemoVenue
  private let verifier: ProofVerifier
  private let honest: Account
  private let insolvent: Account
  private var expectations: Expectations
  private var attacks: [DemoAttack] = []

  /// An account whose opening stays at hand.
  private final class Account: Sendable {
    let opening: AccountOpening
    let commitment: AccountCommitment

    init(
      _ kind: BookKind, named name: String, venue: DemoVenue, random: inout SeededGenerator
    ) throws(ToolFailure) {
      let drawn = SyntheticBook(kind, named: name, under: venue.snapshot, using: &random)
      // One who proves under both snapshots has a book that both admit.
      let book =
        kind == .insolvent ? drawn : drawn.careful(under: venue.snapshot, and: venue.previous)
      let opening = try book.opening(registry: venue.registry, snapshot: venue.snapshot)
      commitment = try ToolFailure.wrapping(name) { try opening.commitment() }
      self.opening = opening
    }
  }

  /// Carries out every attempt.
  package static func carriedOut(on run: DemoRun, seed: UInt64) throws(ToolFailure) -> [DemoAttack] {
    var attacks = try DemoAttacks(run, seed: seed)
    try attacks.tamper()
    try attacks.reuseStale()
    try attacks.misdirect()
    try attacks.pretend()
    try attacks.hideInBatch()
    return attacks.attacks
  }

  private init(_ run: DemoRun, seed: UInt64) throws(ToolFailure) {
    self.run = run
    venue = run.venue
    verifier = run.venue.verifier()
    var random = SeededGenerator(seed: seed &+ 2)
    honest = try Account(.hedged, named: "honest", venue: venue, random: &random)
    insolvent = try Account(.insolvent, named: "broke", venue: venue, random: &random)
    expectations = run.expectations
    for account in [honest, insolvent] {
      expectations.accounts?[account.commitment.account] = account.commitment
    }
  }

  // MARK: The attempts

  private mutating func tamper() throws(ToolFailure) {
    let proof = try prove(honest, .hedged)
    let bytes = proof.proof.bytes
    var changed = bytes
    changed[changed.count - 32] ^= 1
    add("one byte of a scalar changed", proof.with(proof: changed), ["proof-invalid"])
    changed = bytes
    changed[0] ^= 2
    add(
      "one byte of a point changed", proof.with(proof: changed), ["undecodable", "proof-invalid"])
    add("proof cut short", proof.with(proof: Array(bytes.dropLast(32))), ["wrong-proof-length"])
    let other = VectorCommitment(honest.commitment.commitment.point + .basepoint)
    add(
      "another commitment put in", proof.with(commitments: [other.encoded]),
      ["commitment-mismatch"])
  }

  private mutating func reuseStale() throws(ToolFailure) {
    let hour: UInt64 = 3_600
    let earlier = Timestamp(seconds: venue.now.seconds - min(hour, venue.now.seconds))
    let old = try prove(honest, .hedged, under: venue.previous, at: earlier, lasting: 2 * hour)
    add("made under the snapshot before", old, ["snapshot-expired"])
    let short = try prove(honest, .hedged, at: earlier, lasting: hour / 2)
    add("used after its window", short, ["expired"])
    let moved = try ToolFailure.wrapping("demo fill") {
      let delta = Fill.Delta(coordinate: Registry.position("BTC-PERP"), amount: 25_000)
      let fill = try Fill(account: honest.commitment.account, sequence: 0, deltas: [delta])
      return try honest.commitment.updated(by: fill, in: venue.registry)
    }
    var afterFill = expectations
    afterFill.accounts?[moved.account] = moved
    add(
      "shown again after a fill", try prove(honest, .hedged), ["stale-sequence"],
      expecting: afterFill)
  }

  private mutating func misdirect() throws(ToolFailure) {
    let proof = try prove(honest, .hedged)
    var elsewhere = expectations
    elsewhere.audience = try? Audience("Another Bank")
    add("replayed to another audience", proof, ["wrong-audience"], expecting: elsewhere)
    var later = expectations
    later.nonce = .random()
    add("replayed against a new nonce", proof, ["wrong-nonce"], expecting: later)
  }

  /// What an insolvent account can try.
  private mutating func pretend() throws(ToolFailure) {
    let rule = try venue.rule(for: .insolvent)
    let request = try DemoRun.request(nonce: run.nonce, now: venue.now)
    var refusal = "a proof was made"
    var isRefused = false
    do throws(ProverError) {
      _ = try insolvent.opening.prove(rule, for: request, at: venue.now)
    } catch {
      if case .insolvent(let row) = error { (refusal, isRefused) = ("no proof: \"\(row)\" fails", true) }
    }
    attacks.append(
      DemoAttack(
        name: "insolvent book, honest prover", expected: ["no proof"], result: refusal,
        isStopped: isRefused))

    let borrowed = try prove(honest, .hedged).with(account: insolvent.commitment)
    add("insolvent account, a solvent one's proof", borrowed, ["proof-invalid"])

    let kinder = try kinderSnapshot()
    let claim = try prove(insolvent, .insolvent, under: kinder)
    add("insolvent book, proved under kinder margins", claim, ["unknown-snapshot"])
    add(
      "the same, relabelled as the venue's snapshot", try claim.with(snapshot: rule.key.snapshot),
      ["proof-invalid", "wrong-proof-length"])
  }

  private mutating func hideInBatch() throws(ToolFailure) {
    let good = try prove(honest, .hedged)
    var changed = good.proof.bytes
    changed[changed.count - 32] ^= 1
    let middle = run.proofs.count / 2
    var proofs = run.proofs
    proofs.insert(good.with(proof: changed), at: middle)
    var verdicts = verifier.verify(proofs, expecting: expectations)
    let verdict = verdicts.remove(at: middle)
    record(
      "hidden among \(run.proofs.count) good proofs in a batch", verdict, ["proof-invalid"],
      andAlso: verdicts == run.batch)
  }

  // MARK: Helpers

  private func prove(
    _ account: Account, _ kind: BookKind, under snapshot: RiskSnapshot? = nil,
    at now: Timestamp? = nil, lasting seconds: UInt64 = 3_600
  ) throws(ToolFailure) -> ProofEnvelope {
    let rule = try venue.rule(for: kind, under: snapshot)
    let issued = now ?? venue.now
    return try ToolFailure.wrapping("demo") {
      let request = ProofRequest(
        audience: try Audience(DemoRun.audience), nonce: run.nonce, issued: issued,
        expires: issued.advanced(by: seconds))
      return try account.opening.prove(rule, for: request, at: issued)
    }
  }

  /// The snapshot with every loss and margin left out, and the least contingency that there may be.
  private func kinderSnapshot() throws(ToolFailure) -> RiskSnapshot {
    var draft = venue.snapshot.draft
    for i in draft.instruments.indices {
      let none = draft.instruments[i].pnlLong.map { _ in Int64(0) }
      (draft.instruments[i].pnlLong, draft.instruments[i].pnlShort) = (none, none)
      (draft.instruments[i].long, draft.instruments[i].short) = ([], [])
      (draft.instruments[i].contLong, draft.instruments[i].contShort) = (1, 1)
    }
    return try ToolFailure.wrapping("demo") { [draft] in try RiskSnapshot(draft) }
  }

  private mutating func add(
    _ name: String, _ envelope: ProofEnvelope, _ expected: [String],
    expecting other: Expectations? = nil
  ) {
    record(name, verifier.verify(envelope, expecting: other ?? expectations), expected)
  }

  private mutating func record(
    _ name: String, _ verdict: ProofVerdict, _ expected: [String], andAlso condition: Bool = true
  ) {
    let result: String
    switch verdict {
    case .accepted: result = "accepted"
    case .rejected(let reason): result = reason.code
    }
    attacks.append(
      DemoAttack(
        name: name, expected: expected, result: result,
        isStopped: expected.contains(result) && condition))
  }
}

extension ProofEnvelope {
  /// The envelope with other proof bytes or commitments.
  fileprivate func with(
    proof bytes: [UInt8]? = nil, commitments: [EncodedPoint]? = nil
  ) -> ProofEnvelope {
    ProofEnvelope(
      suite: suite, circuitName: circuitName, context: context,
      commitments: commitments ?? self.commitments,
      proof: bytes.map { CircuitProof(bytes: $0) } ?? proof)
  }

  /// The envelope in the name of another account.
  fileprivate func with(account: AccountCommitment) throws(ToolFailure) -> ProofEnvelope {
    try with(
      context: context.snapshot, account: account.account, sequence: account.sequence,
      commitments: [account.commitment.encoded])
  }

  /// The envelope with the name of another snapshot.
  fileprivate func with(snapshot: Digest) throws(ToolFailure) -> ProofEnvelope {
    try with(
      context: snapshot, account: context.account, sequence: context.sequence,
      commitments: commitments)
  }

  private func with(
    context snapshot: Digest, account: AccountID, sequence: UInt64,
    commitments: [EncodedPoint]
  ) throws(ToolFailure) -> ProofEnvelope {
    let changed = try ToolFailure.wrapping("demo") {
      try ProofContext(
        circuit: context.circuit, snapshot: snapshot, registry: context.registry,
        kind: context.kind, account: account, sequence: sequence, audience: context.audience,
        nonce: context.nonce, issued: context.issued, expires: context.expires)
    }
    return ProofEnvelope(
      suite: suite, circuitName: circuitName, context: changed, commitments: commitments,
      proof: proof)
  }
}
