package import CanonicalBytes
package import CircuitLanguage
package import CommandSupport
package import MarginRules
package import MarketData
internal import ProofCore
internal import RiskEngine
package import Solvency
package import SolvencyProver
package import SolvencyVerifier
internal import Synchronization

/// Public documents of the demonstration: two epochs that the margin engine publishes from a market, and a
/// rule for each kind of book.
package struct DemoVenue {
  /// How long it is from one epoch to the next, in seconds: as long as any snapshot applies.
  private static let epochLength = EngineConfiguration.standard[.callMost]

  package let now: Timestamp
  /// What the engine computes from.
  package let market: Market
  /// The snapshot before it, which no longer applies.
  package let previous: RiskSnapshot
  /// The snapshot that applies now.
  package let snapshot: RiskSnapshot
  /// How long the engine took for it.
  package let publishTime: Duration
  package let registry: Registry
  package let circuits: [String: Circuit]
  private let rules: [String: MarginRule]

  /// A venue on a made-up market that ends now.
  package init(seed: UInt64, now: Timestamp) throws(ToolFailure) {
    let days = 60
    let synthetic = SyntheticMarket(
      seed: seed, days: days, start: Int64(clamping: now.seconds) - Int64(days) * 86_400)
    let market = try ToolFailure.wrapping("demo market") { try synthetic.market() }
    try self.init(market)
  }

  /// A venue on a market, at the last instant that the market knows.
  package init(_ market: Market) throws(ToolFailure) {
    self.market = market
    guard let time = market.latest?.time else {
      throw ToolFailure(.malformedInput, "--market", "the market has no data at all")
    }
    now = Timestamp(seconds: UInt64(clamping: time) + 60)
    (previous, snapshot, publishTime) = try ToolFailure.wrapping("demo market") {
      let engine = try SnapshotPublisher(
        market: market, configuration: .standard, tracing: .none)
      let first = try engine.publish(
        at: time - Self.epochLength, state: .initial, previous: .zero, beacon: .zero)
      let clock = ContinuousClock()
      let start = clock.now
      let second = try engine.publish(
        at: time, state: first.state, previous: first.snapshot.digest, beacon: .zero)
      let elapsed = clock.now - start
      return (first.snapshot, second.snapshot, elapsed)
    }
    registry = try Documents.registry(of: snapshot, at: "demo market")
    var circuits: [String: Circuit] = [:]
    var rules: [String: MarginRule] = [:]
    for name in Set(BookKind.allCases.map(\.circuit)) {
      let circuit = try Documents.circuit(name)
      circuits[name] = circuit
      rules[name] = try Self.rule(circuit, snapshot, registry)
    }
    self.circuits = circuits
    self.rules = rules
  }

  /// The rule that a kind of book proves, under the current snapshot or another one.
  package func rule(
    for kind: BookKind, under other: RiskSnapshot? = nil
  ) throws(ToolFailure) -> MarginRule {
    if other == nil, let rule = rules[kind.circuit] { return rule }
    return try Self.rule(Documents.circuit(kind.circuit), other ?? snapshot, registry)
  }

  /// A verifier that trusts the circuits and both snapshots.
  package func verifier() -> ProofVerifier {
    let catalog = RuleCatalog()
    for circuit in circuits.values { catalog.register(circuit) }
    catalog.register(previous)
    catalog.register(snapshot)
    return ProofVerifier(catalog: catalog)
  }

  private static func rule(
    _ circuit: Circuit, _ snapshot: RiskSnapshot, _ registry: Registry
  ) throws(ToolFailure) -> MarginRule {
    try ToolFailure.wrapping(circuit.name) {
      try MarginRule(circuit: circuit, snapshot: snapshot, kind: .initial, registry: registry)
    }
  }
}

/// What became of one account of the demonstration.
package struct DemoOutcome: Sendable {
  package let kind: BookKind
  package let commitment: AccountCommitment
  /// The proof, or why the prover made none.
  package let proof: Result<ProofEnvelope, ProverError>
  package let proveTime: Duration
}

/// The demonstration proper: commit, prove, verify.
package struct DemoRun {
  package static let audience = "Example Bank"

  package let venue: DemoVenue
  package let nonce: Nonce
  package let outcomes: [DemoOutcome]
  /// A verdict and the time it took, for every proof that was made, in order.
  private(set) var single: [(verdict: ProofVerdict, time: Duration)] = []
  /// The verdicts of the same proofs in one batch.
  private(set) var batch: [ProofVerdict] = []
  private(set) var batchTime = Duration.zero

  /// The proofs that were made.
  package var proofs: [ProofEnvelope] { outcomes.compactMap { try? $0.proof.get() } }

  /// What the audience demands: its own nonce, and the commitments it knows.
  package var expectations: Expectations {
    var accounts: [AccountID: AccountCommitment] = [:]
    for outcome in outcomes { accounts[outcome.commitment.account] = outcome.commitment }
    return Expectations(
      now: venue.now, audience: try? Audience(Self.audience), nonce: nonce, kind: .initial,
      accounts: accounts)
  }

  package init(accounts: Int, seed: UInt64, venue: DemoVenue) throws(ToolFailure) {
    self.venue = venue
    nonce = .random()
    let request = try Self.request(nonce: nonce, now: venue.now)
    let books = Self.books(accounts, seed: seed, under: venue.snapshot)
    outcomes = try Self.proveAll(books, venue: venue, request: request)

    verify()
  }

  private mutating func verify() {
    let (proofs, verifier, expectations) = (proofs, venue.verifier(), expectations)
    // The first proof of each rule compiles it; that is not what is measured.
    _ = verifier.verify(proofs, expecting: expectations)
    let clock = ContinuousClock()
    for (index, proof) in proofs.enumerated() {
      Console.progress("verify", index, of: proofs.count)
      let start = clock.now
      let verdict = verifier.verify(proof, expecting: expectations)
      single.append((verdict, clock.now - start))
    }
    Console.progress("verify", proofs.count, of: proofs.count)
    batchTime = clock.measure { batch = verifier.verify(proofs, expecting: expectations) }
  }

  package static func request(nonce: Nonce, now: Timestamp) throws(ToolFailure) -> ProofRequest {
    try ToolFailure.wrapping("demo") {
      ProofRequest(
        audience: try Audience(audience), nonce: nonce, issued: now,
        expires: now.advanced(by: 3_600))
    }
  }

  /// Every kind in turn, so that any number of accounts is a mixture.
  private static func books(
    _ count: Int, seed: UInt64, under snapshot: RiskSnapshot
  ) -> [SyntheticBook] {
    var random = SeededGenerator(seed: seed &+ 1)
    let kinds = BookKind.allCases
    return (0..<count).map { index in
      let kind = kinds[index % kinds.count]
      return SyntheticBook(
        kind, named: "\(kind.rawValue)-\(index + 1)", under: snapshot, using: &random)
    }
  }

  /// Commits and proves, an account on each core.
  private static func proveAll(
    _ books: [SyntheticBook], venue: DemoVenue, request: ProofRequest
  ) throws(ToolFailure) -> [DemoOutcome] {
    let finished = Atomic(0)
    let results = Parallel.map(count: books.count) { index in
      let outcome = Result { () throws(ToolFailure) in
        try prove(books[index], venue: venue, request: request)
      }
      let count = finished.wrappingAdd(1, ordering: .relaxed).newValue
      Console.progress("prove", count, of: books.count)
      return outcome
    }
    var outcomes: [DemoOutcome] = []
    for result in results { outcomes.append(try result.get()) }
    return outcomes
  }

  private static func prove(
    _ book: SyntheticBook, venue: DemoVenue, request: ProofRequest
  ) throws(ToolFailure) -> DemoOutcome {
    let opening = try book.opening(registry: venue.registry, snapshot: venue.snapshot)
    let commitment = try ToolFailure.wrapping(book.name) { try opening.commitment() }
    let rule = try venue.rule(for: book.kind)
    let start = ContinuousClock.now
    let proof = Result { () throws(ProverError) in
      try opening.prove(rule, for: request, at: venue.now)
    }
    return DemoOutcome(
      kind: book.kind, commitment: commitment, proof: proof,
      proveTime: ContinuousClock.now - start)
  }
}
