import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import Foundation
import MarginRules
import Ristretto
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport

/// Documents, accounts and proofs that several suites use.
enum Fixture {
  /// A moment at which the small snapshot applies.
  static let now = Timestamp(seconds: 1_770_000_060)

  /// The circuits that are shipped.
  static let circuitNames = [
    "portfolio-margin", "cross-margin", "collateral-ratio", "value-at-risk",
  ]

  private static let circuits = Result {
    try Dictionary(uniqueKeysWithValues: circuitNames.map { ($0, try readCircuit($0)) })
  }
  private static let small = Result { try RiskSnapshot(draft()) }
  private static let golden = Result {
    try RiskSnapshot(json: Array(Vectors.data("margin/snapshot_example.json")))
  }
  private static let trusted = Result {
    let catalog = RuleCatalog()
    for name in circuitNames { catalog.register(try circuit(name)) }
    catalog.register(try smallSnapshot())
    catalog.register(try goldenSnapshot())
    return catalog
  }
  private static let proved = Result { try covered(account: "desk-7") }

  private static func readCircuit(_ name: String) throws -> Circuit {
    let path = Vectors.packageRoot.appending(path: "circuits/\(name).circuit")
    return try Circuit(parsing: Array(try Data(contentsOf: path)), named: "\(name).circuit")
  }

  /// A shipped circuit.
  static func circuit(_ name: String) throws -> Circuit {
    guard let circuit = try circuits.get()[name] else { throw FixtureError.noSuchCircuit }
    return circuit
  }

  /// A snapshot with two perpetuals, an option, two assets, two groups and two factors.
  static func smallSnapshot() throws -> RiskSnapshot { try small.get() }

  /// The snapshot that the golden accounts were computed under.
  static func goldenSnapshot() throws -> RiskSnapshot { try golden.get() }

  /// A catalog that trusts all circuits and both snapshots.
  static func catalog() throws -> RuleCatalog { try trusted.get() }

  /// A verifier with that catalog.
  static func verifier() throws -> ProofVerifier { ProofVerifier(catalog: try catalog()) }

  /// The rule of a circuit under a snapshot and the snapshot's own registry.
  static func rule(
    _ circuit: String = "portfolio-margin", _ kind: MarginKind = .initial,
    under snapshot: RiskSnapshot
  ) throws -> MarginRule {
    try catalog().rule(
      MarginRule.Key(
        circuit: try Fixture.circuit(circuit).digest, snapshot: snapshot.digest,
        registry: try Registry(of: snapshot).digest, kind: kind))
  }

  /// A request for the present moment.
  static func request(
    audience: String = "lender", nonce: UInt8 = 1, seconds: UInt64 = 600
  ) throws -> ProofRequest {
    guard let nonce = Nonce([UInt8](repeating: nonce, count: 32)) else {
      throw FixtureError.noSuchCircuit
    }
    return ProofRequest(
      audience: try Audience(audience), nonce: nonce, issued: now,
      expires: now.advanced(by: seconds))
  }

  /// An account of the small snapshot that is well covered, and its proof of portfolio margin.
  struct Covered {
    let rule: MarginRule
    let account: AccountCommitment
    let envelope: ProofEnvelope
  }

  /// Such an account, the same for every caller.
  static func coveredAccount() throws -> Covered { try proved.get() }

  /// Such an account of this name.
  static func covered(account: String) throws -> Covered {
    let rule = try rule(under: smallSnapshot())
    let opening = AccountOpening(of: try book(coveredAmounts, account: account, rule.registry))
    let envelope = try opening.prove(rule, for: request(), at: now)
    return Covered(rule: rule, account: try opening.commitment(), envelope: envelope)
  }

  /// Amounts that meet every requirement of the small snapshot with room.
  static let coveredAmounts: [String: Int64] = [
    "cash": 50_000_000, "holding/USDC": 5_000_000, "holding/BTC": 10, "position/BTC-PERP": 12,
    "position/ETH-PERP": -8, "position/BTC-CALL": -2, "debt/USDC": 100,
  ]

  /// A book of these amounts, zero where nothing is named.
  static func book(
    _ amounts: [String: Int64], account: String = "desk-7", _ registry: Registry
  ) throws -> Book {
    try Book(account: AccountID(account), registry: registry) { amounts[$0] ?? 0 }
  }

  /// The draft of the small snapshot.
  static func draft() -> SnapshotDraft {
    var btc = Instrument(
      id: "BTC-PERP", lot: "0.001 BTC", group: "btc", markFloor: 63_718_970, markCeil: 63_718_971,
      pnlLong: [-10_195_036, -5_097_518, 5_097_517], pnlShort: [10_195_035, 5_097_517, -5_097_518])
    btc.long = [
      Bracket(capLots: 100, imPerLot: 1_274_380, mmPerLot: 637_190),
      Bracket(capLots: nil, imPerLot: 6_371_898, mmPerLot: 3_185_949),
    ]
    btc.short = btc.long
    btc.contLong = 10
    btc.factors = [3_100_000, 0]
    var eth = Instrument(
      id: "ETH-PERP", lot: "0.01 ETH", group: "eth", markFloor: 19_000_000, markCeil: 19_000_005,
      pnlLong: [-3_800_000, 3_799_999], pnlShort: [3_799_999, -3_800_000])
    eth.long = [Bracket(capLots: nil, imPerLot: 1_900_000, mmPerLot: 950_000)]
    eth.short = [Bracket(capLots: nil, imPerLot: 2_000_000, mmPerLot: 1_000_000)]
    eth.maxLongLots = 5_000
    eth.maxShortLots = 4_000
    eth.factors = [700_000, -900_000]
    var call = Instrument(
      id: "BTC-CALL", lot: "0.1 BTC", group: "btc", markFloor: 1_634_000, markCeil: 1_635_000,
      pnlLong: [-900_000, -500_000, 700_000], pnlShort: [899_000, 499_000, -701_000])
    call.contShort = 6_371
    var usdc = CollateralAsset(
      id: "USDC", lot: "0.01 USDC", tranches: [Tranche(capLots: nil, valIM: 9_990, valMM: 9_990)],
      debtIM: 10_100, debtMM: 10_050)
    usdc.maxBorrow = 1_000_000_000
    let coin = CollateralAsset(
      id: "BTC", lot: "0.0001 BTC",
      tranches: [
        Tranche(capLots: 1_000, valIM: 5_734_707, valMM: 6_053_302),
        Tranche(capLots: nil, valIM: 3_185_948, valMM: 3_823_138),
      ],
      debtIM: 7_009_087, debtMM: 6_690_492)
    let move = Scenario(weight: 1_000_000, price: -160_000, vol: 0)
    var draft = SnapshotDraft(
      epoch: 9, validFrom: 1_770_000_000, validTo: 1_770_003_600,
      tiers: Tiers(maintenance: 1_000_000, initial: 1_050_000, closeOnly: 1_100_000),
      groups: [
        ScenarioGroup(id: "btc", scenarios: [move, move, move]),
        ScenarioGroup(id: "eth", scenarios: [move, move]),
      ],
      collateral: [usdc, coin], instruments: [btc, eth, call])
    draft.bufferPpm = 1_150_000
    draft.factors = [RiskFactor(id: "level"), RiskFactor(id: "spread")]
    return draft
  }
}

enum FixtureError: Error {
  case noSuchCircuit
}

extension MarginReport {
  /// Whether the plain rule says that these amounts by coordinate name are covered.
  static func covers(
    _ amounts: [String: Int64], under snapshot: RiskSnapshot, _ kind: MarginKind
  ) -> Bool {
    let portfolio = Portfolio(
      positions: snapshot.instruments.map { amounts[Registry.position($0.id)] ?? 0 },
      holdings: snapshot.collateral.map { amounts[Registry.holding($0.id)] ?? 0 },
      debts: snapshot.collateral.map { amounts[Registry.debt($0.id)] ?? 0 },
      cash: amounts[Registry.cash] ?? 0)
    return verdict(on: portfolio, under: snapshot, kind: kind) == .covered
  }
}

extension ProofEnvelope {
  /// The envelope with other parts in place of its own.
  func replacing(
    suite: String? = nil, circuitName: String? = nil, context: ProofContext? = nil,
    commitments: [[UInt8]]? = nil, proof: [UInt8]? = nil
  ) throws -> ProofEnvelope {
    ProofEnvelope(
      suite: suite ?? self.suite, circuitName: circuitName ?? self.circuitName,
      context: context ?? self.context,
      commitments: try commitments.map { try $0.map { try EncodedPoint($0) } } ?? self.commitments,
      proof: proof.map { CircuitProof(bytes: $0) } ?? self.proof)
  }
}

extension ProofContext {
  /// The context with other parts in place of its own.
  func replacing(
    circuit: Digest? = nil, snapshot: Digest? = nil, registry: Digest? = nil,
    kind: MarginKind? = nil, account: String? = nil, sequence: UInt64? = nil,
    audience: String? = nil, nonce: Nonce? = nil, issued: UInt64? = nil, expires: UInt64? = nil
  ) throws -> ProofContext {
    try ProofContext(
      circuit: circuit ?? self.circuit, snapshot: snapshot ?? self.snapshot,
      registry: registry ?? self.registry, kind: kind ?? self.kind,
      account: try account.map { try AccountID($0) } ?? self.account,
      sequence: sequence ?? self.sequence,
      audience: try audience.map { try Audience($0) } ?? self.audience,
      nonce: nonce ?? self.nonce,
      issued: issued.map { Timestamp(seconds: $0) } ?? self.issued,
      expires: expires.map { Timestamp(seconds: $0) } ?? self.expires)
  }
}
