import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import MarginRules
import ProofCore
import Ristretto
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport
import Testing

@Suite("Prover")
struct ProverTests {
  private let rule: MarginRule
  private let verifier: ProofVerifier
  private let expectations = Expectations(now: Fixture.now)

  init() throws {
    rule = try Fixture.rule(under: Fixture.smallSnapshot())
    verifier = try Fixture.verifier()
  }

  private func prove(_ amounts: [String: Int64]) throws -> ProofEnvelope {
    try AccountOpening(of: Fixture.book(amounts, rule.registry))
      .prove(rule, for: Fixture.request(), at: Fixture.now)
  }

  /// An opening with the blinding 0, which no honest account has.
  private func unblinded(_ amounts: [String: Int64]) throws -> AccountOpening {
    let values = rule.registry.names.map { "\(amounts[$0] ?? 0)" }.joined(separator: ",")
    let text = """
      {"version":1,"account":"desk-7","registry":"\(rule.registry.digest)","sequence":0,
       "values":[\(values)],"blinding":"\(String(repeating: "0", count: 64))"}
      """
    return try OpeningFile.open(plain: Array(text.utf8))
  }

  @Test("an insolvent book is refused here, with the row it fails by most")
  func insolvent() {
    #expect(throws: ProverError.insolvent(row: "portfolio margin")) {
      try prove(["position/BTC-PERP": 1, "cash": -63_718_970])
    }
    #expect(throws: ProverError.insolvent(row: "bracket margin")) {
      // Hedged by the options in every scenario, and still short of its bracket margin.
      try prove(["position/BTC-PERP": -1, "position/BTC-CALL": 9, "cash": 50_012_971])
    }
  }

  @Test
  func `A14: a negative holding cannot be written down, so it cannot hide behind another`() throws {
    #expect(throws: BookError.outOfRange(path: "holding/BTC")) {
      _ = try Fixture.book(["holding/BTC": -1, "holding/USDC": 1_000_000], rule.registry)
    }
    // An opening file made by hand may say so; the circuit has no witness for it.
    let opening = try unblinded(["holding/BTC": -1, "holding/USDC": 1_000_000_000])
    #expect(throws: ProverError.self) {
      try opening.prove(rule, for: Fixture.request(), at: Fixture.now)
    }
  }

  @Test
  func `A11: a debt of -1, which modulo the group order is enormous, has no proof`() throws {
    for amounts in [["debt/BTC": -1], ["debt/BTC": -1, "cash": 1 << 50], ["holding/BTC": .min]]
      as [[String: Int64]]
    {
      let opening = try unblinded(amounts)
      #expect(throws: ProverError.self) {
        try opening.prove(rule, for: Fixture.request(), at: Fixture.now)
      }
    }
  }

  @Test
  func `A24: collateral beyond the first tranche of an asset counts for less`() throws {
    let tranches = rule.snapshot.collateral[1].tranches
    let first = 1_000 * tranches[0].valIM
    func covers(_ lots: Int64, cash: Int64) -> Bool {
      (try? prove(["holding/BTC": lots, "cash": cash])) != nil
    }
    #expect(covers(1_000, cash: -first))
    #expect(!covers(1_000, cash: -first - 1))
    #expect(covers(1_001, cash: -first - tranches[1].valIM))
    #expect(!covers(1_001, cash: -first - tranches[1].valIM - 1))
  }

  @Test
  func `A12: amounts at their limits are refused or proved, as the plain rule says`() throws {
    let lots: Int64 = (1 << 40) - 1
    let books: [[String: Int64]] = [
      ["holding/USDC": lots, "holding/BTC": lots, "cash": (1 << 62) - 1],
      ["holding/USDC": lots, "debt/BTC": lots, "cash": (1 << 62) - 1],
      ["position/BTC-PERP": lots, "position/ETH-PERP": -4_000, "cash": (1 << 62) - 1],
      ["position/ETH-PERP": 5_000, "cash": (1 << 40)], ["position/ETH-PERP": 5_001, "cash": 1 << 40],
      ["position/ETH-PERP": -4_000, "cash": 1 << 40], ["position/ETH-PERP": -4_001, "cash": 1 << 40],
      ["debt/USDC": 1_000_000_000, "cash": 1 << 50], ["debt/USDC": 1_000_000_001, "cash": 1 << 50],
      ["cash": -(1 << 62) + 1],
    ]
    for amounts in books {
      let isCovered = PortfolioMargin.covers(amounts, under: rule.snapshot, .initial)
      let envelope = try? prove(amounts)
      #expect((envelope != nil) == isCovered)
    }
  }

  @Test(
    arguments: [
      [:], ["cash": 1], ["position/BTC-PERP": 1, "position/BTC-CALL": -1, "cash": 100_000_000],
      ["holding/USDC": 101, "debt/USDC": 99], ["holding/USDC": 1, "debt/USDC": 0],
    ] as [[String: Int64]])
  func `A51: degenerate books that are covered are proved and accepted`(_ amounts: [String: Int64]) throws {
    #expect(PortfolioMargin.covers(amounts, under: rule.snapshot, .initial))
    #expect(verifier.verify(try prove(amounts), expecting: expectations).isAccepted)
  }

  @Test
  func `A51: a blinding of zero, even with an empty book, makes a proof that verifies`() throws {
    let empty = try unblinded([:])
    #expect(try empty.commitment().commitment.point.isIdentity)
    for opening in [try prove(empty), try prove(unblinded(Fixture.coveredAmounts))] {
      #expect(verifier.verify(opening, expecting: expectations).isAccepted)
    }
  }

  private func prove(_ opening: borrowing AccountOpening) throws -> ProofEnvelope {
    try opening.prove(rule, for: Fixture.request(), at: Fixture.now)
  }

  @Test
  func `A46: two proofs of one commitment in one context share no field`() throws {
    let opening = AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, rule.registry))
    let envelopes = try (0..<2).map { _ in try prove(opening) }
    #expect(envelopes[0].context == envelopes[1].context)
    #expect(envelopes[0].commitments == envelopes[1].commitments)
    func fields(_ envelope: ProofEnvelope) -> [ArraySlice<UInt8>] {
      stride(from: 0, to: envelope.proof.bytes.count, by: 32).map {
        envelope.proof.bytes[$0..<($0 + 32)]
      }
    }
    let all = envelopes.flatMap(fields)
    #expect(Set(all).count == all.count)
  }

  @Test
  func `A48: envelopes of an empty book and of a full one have the same length`() throws {
    let full = try prove(Fixture.coveredAmounts)
    let empty = try prove([:])
    #expect(full.proof.bytes.count == empty.proof.bytes.count)
    #expect(full.encoded().count == empty.encoded().count)
  }

  @Test("a proof for a window that is over or empty is not made")
  func windows() throws {
    let opening = AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, rule.registry))
    #expect(throws: ProverError.expiredWindow) {
      try opening.prove(
        rule, for: Fixture.request(seconds: 600), at: Fixture.now.advanced(by: 600))
    }
    #expect(throws: ProverError.emptyWindow) {
      try opening.prove(
        rule, for: Fixture.request(seconds: 0), at: Timestamp(seconds: Fixture.now.seconds - 1))
    }
  }

  @Test("an opening of another registry is refused")
  func registry() throws {
    let longer = try Registry(names: rule.registry.names + ["position/NEW-PERP"])
    let opening = AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, longer))
    #expect(throws: ProverError.wrongRegistry) {
      try opening.prove(rule, for: Fixture.request(), at: Fixture.now)
    }
    #expect(throws: ProverError.wrongRegistry) { _ = try opening.explain(rule) }
  }

  @Test
  func `A25: a coordinate that the circuit does not know must be zero`() throws {
    let longer = try Registry(names: rule.registry.names + ["position/NEW-PERP"])
    let long = try MarginRule(
      circuit: Fixture.circuit("portfolio-margin"), snapshot: rule.snapshot, kind: .initial,
      registry: longer)
    var amounts = Fixture.coveredAmounts
    let zero = AccountOpening(of: try Fixture.book(amounts, longer))
    let envelope = try zero.prove(long, for: Fixture.request(), at: Fixture.now)
    let catalog = RuleCatalog()
    catalog.register(try Fixture.circuit("portfolio-margin"))
    catalog.register(rule.snapshot)
    catalog.register(longer)
    #expect(ProofVerifier(catalog: catalog).verify(envelope, expecting: expectations).isAccepted)
    amounts["position/NEW-PERP"] = 1
    let nonzero = AccountOpening(of: try Fixture.book(amounts, longer))
    #expect(throws: ProverError.beyondCircuit(at: "position/NEW-PERP")) {
      try nonzero.prove(long, for: Fixture.request(), at: Fixture.now)
    }
  }

  @Test("the evaluation names the row that binds")
  func explains() throws {
    let covered = AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, rule.registry))
    let evaluation = try covered.explain(rule)
    #expect(evaluation.isProvable)
    #expect(evaluation.requirements.map(\.name).contains("scenario btc 2"))
    let short = AccountOpening(of: try Fixture.book(["cash": -1], rule.registry))
    #expect(try !short.explain(rule).isProvable)
  }

  @Test("why no proof was made is said in words")
  func words() {
    let errors: [ProverError] = [
      .wrongRegistry, .emptyWindow, .expiredWindow, .insolvent(row: "margin"), .beyondCircuit(at: "cash"),
      .opening(.mismatch(.book)), .opening(.generators(.coincidence)), .proving(.inconsistent),
      .proving(.commitmentMismatch(index: 0)), .proving(.selfVerification(.equationFails)), .inconsistent,
      .selfVerification(.proofInvalid),
    ]
    for error in errors { #expect(isPlainWords("\(error)"), "\(error)") }
  }
}
