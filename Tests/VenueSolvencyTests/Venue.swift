import CanonicalBytes
import CircuitLanguage
import MarginRules
import ProofCore
import Ristretto
import Solvency
import SolvencyProver
import TestSupport
import TransparencyLog
import VenueSolvency
import VenueSolvencyProver

/// A small venue whose openings are known: documents, accounts, roll, totals.
struct Venue {
  /// An account as the test knows it.
  struct Member {
    var name: String
    var amounts: [String: Int64]
    var isOpened = false
    var sequence = 0
  }

  static let moment = Timestamp(seconds: 1_770_000_060)
  static let log = "example.com/ledger"

  static func ledger(_ byte: UInt8 = 7) throws -> Audience {
    try Audience("Example Exchange", ledger: .sha256(of: [byte]))
  }

  /// One perpetual, marked 100 to 101, and one asset, worth 10 a lot and owed at 12.
  static func draft() -> SnapshotDraft {
    var perp = Instrument(
      id: "P", lot: "1", group: "g", markFloor: 100, markCeil: 101, pnlLong: [-10, 10], pnlShort: [9, -11])
    perp.long = [Bracket(capLots: nil, imPerLot: 20, mmPerLot: 10)]
    perp.short = perp.long
    let asset = CollateralAsset(
      id: "A", lot: "1", tranches: [Tranche(capLots: nil, valIM: 9, valMM: 10)], debtIM: 13, debtMM: 12)
    let down = Scenario(weight: 1_000_000, price: -100_000, vol: 0)
    let up = Scenario(weight: 1_000_000, price: 100_000, vol: 0)
    return SnapshotDraft(
      epoch: 3, validFrom: 1_770_000_000, validTo: 1_770_003_600,
      tiers: Tiers(maintenance: 1_000_000, initial: 1_050_000, closeOnly: 1_100_000),
      groups: [ScenarioGroup(id: "g", scenarios: [down, up])], collateral: [asset], instruments: [perp])
  }

  static let book = """
    parameters snapshot
    committed holding[a in collateral] in 0 ... 255, debt[a in collateral] in 0 ... 255, cash
    committed position[i in instruments]
    advice plus  in 0 ... 65535 := max(cash, 0)
    advice minus in 0 ... 65535 := max(-cash, 0)
    link cash == plus - minus
    advice long [i in instruments] in 0 ... 255 := max(position[i], 0)
    advice short[i in instruments] in 0 ... 255 := max(-position[i], 0)
    link for i in instruments : position[i] == long[i] - short[i]
    let equity = plus - minus + sum(a in collateral : 10 * holding[a] - 12 * debt[a])
      + sum(i in instruments : i.markFloor * long[i] - i.markCeil * short[i])
    """

  /// Circuits that say what the shipped ones say, with ranges small enough for many proofs.
  static func circuits() throws -> RollDocuments.Circuits {
    RollDocuments.Circuits(
      rule: try Circuit(
        parsing: "circuit tiny_rule version 1\n" + book
          + "\nrequire \"margin\" : equity - sum(i in instruments : 10 * long[i] + 10 * short[i]) >= 0\n",
        named: "tiny-rule"),
      bounded: try Circuit(
        parsing: "circuit tiny_bounded version 1\n" + book + "\nrequire \"equity\" : equity >= 0\n",
        named: "tiny-bounded"),
      totals: try Circuit(
        parsing: """
          circuit tiny_totals version 1
          parameters snapshot
          committed holding[a in collateral], debt[a in collateral], cash
          advice over [a in collateral] in 0 ... 65535 := max( holding[a], 0)
          advice under[a in collateral] in 0 ... 65535 := max(-holding[a], 0)
          advice lent [a in collateral] in 0 ... 65535 := -debt[a]
          link for a in collateral : holding[a] == over[a] - under[a]
          link for a in collateral : debt[a] == 0 - lent[a]
          advice cash_over  in 0 ... 1048575 := max( cash, 0)
          advice cash_under in 0 ... 1048575 := max(-cash, 0)
          link cash == cash_over - cash_under
          require "reserves of {a}" for a in collateral : over[a] - under[a] + lent[a] >= 0
          require "reserves of cash" : cash_over - cash_under >= 0
          """, named: "tiny-totals"))
  }

  let documents: RollDocuments
  var listings: [RollListing] = []
  var salts: [Bytes32] = []
  /// Plain openings in the order of the roll.
  var openings: [[UInt8]] = []
  /// The members' places in the roll, from 0, by name.
  var places: [String: Int] = [:]

  static func salt(_ index: Int) -> Bytes32 { Digest.sha256(of: Array("salt \(index)".utf8)).value }

  static func reserve(
    _ asset: String, _ amount: Int64, by key: borrowing SigningKey, pledgedTo: Audience? = nil,
    asOf: Timestamp = moment, references: [String] = []
  ) throws -> Signed<ReserveAttestation> {
    try Signed(
      ReserveAttestation(
        asset: asset, amount: amount, asOf: asOf, pledgedTo: pledgedTo ?? ledger(), references: references),
      by: key)
  }

  /// Documents of a roll of the given number of accounts.
  static func documents(
    accounts: Int, reserves amounts: [String: Int64] = [:], fund: Int64 = 1000, house: [String: Int64] = [:],
    epoch: UInt64 = 4, step: Int64 = 50, ledger: Audience? = nil, snapshot: SnapshotDraft = draft(),
    registry: Registry? = nil, circuits: RollDocuments.Circuits? = nil
  ) throws -> RollDocuments {
    let ledger = try ledger ?? Self.ledger()
    let key = SigningKey.random(role: .custodian)
    var attestations: [Signed<ReserveAttestation>] = []
    for (asset, amount) in amounts {
      attestations.append(try reserve(asset, amount, by: key, pledgedTo: ledger))
    }
    let reserves = try Reserves(of: attestations, trusting: [key.verificationKey], ledger: ledger, at: moment)
    let snapshot = try RiskSnapshot(snapshot)
    let registry = try registry ?? Registry(of: snapshot)
    let circuits = try circuits ?? Self.circuits()
    let house = try HousePositions(house)
    let header = try RollHeader(
      log: log, ledger: ledger, epoch: epoch, moment: moment,
      documents: RollDigests(
        snapshot: snapshot.digest, registry: registry.digest, rule: circuits.rule.digest,
        bounded: circuits.bounded.digest, totals: circuits.totals.digest, reserves: reserves.digest,
        house: house.digest, bands: circuits.bands.map(\.digest)), step: step, fund: fund,
      accountCount: UInt64(accounts))
    return try RollDocuments(
      header: header, snapshot: snapshot, registry: registry, circuits: circuits, reserves: reserves,
      house: house)
  }

  /// Commits to the members' books, lists them in order, with proofs.
  init(_ members: [Member], under documents: RollDocuments) throws {
    self.documents = documents
    let prover = RollProver(documents)
    var rows: [(listing: RollListing, salt: Bytes32, opening: [UInt8], name: String)] = []
    for (index, member) in members.enumerated() {
      let opening = AccountOpening(
        of: try Book(account: AccountID(member.name), registry: documents.registry) {
          member.amounts[$0] ?? 0
        })
      let salt = Self.salt(index)
      let listing =
        member.isOpened
        ? try prover.openedListing(of: opening, salt: salt) : try prover.listing(of: opening, salt: salt)
      rows.append((listing, salt, OpeningFile.plain(opening), member.name))
    }
    rows.sort {
      $0.listing.account.commitment.bytes.lexicographicallyPrecedes($1.listing.account.commitment.bytes)
    }
    for (place, row) in rows.enumerated() {
      listings.append(row.listing)
      salts.append(row.salt)
      openings.append(row.opening)
      places[row.name] = place
    }
  }

  /// The entries with their evidence, the header first.
  var entries: [(entry: [UInt8], evidence: [UInt8]?)] {
    [(documents.header.entry, nil)] + listings.map { ($0.account.entry, $0.evidence) }
  }

  func audit(_ range: Range<Int>? = nil) -> PartialAudit {
    Self.audit(entries, range, under: documents)
  }

  static func audit(
    _ entries: [(entry: [UInt8], evidence: [UInt8]?)], _ range: Range<Int>? = nil,
    under documents: RollDocuments
  ) -> PartialAudit {
    let range = range ?? 0..<entries.count
    var auditor = RollAuditor(documents, from: UInt64(range.lowerBound), workers: 1)
    for (entry, evidence) in entries[range] { auditor.add(entry, evidence: evidence) }
    return auditor.finish()
  }

  func totalsProver() throws -> TotalsProver {
    var prover = TotalsProver(documents)
    for opening in openings { try prover.add(OpeningFile.open(plain: opening)) }
    return prover
  }

  /// The tree, and its checkpoint signed by a log key of this seed.
  func signed(seed: UInt8 = 1) throws -> (builder: RollBuilder, checkpoint: SignedCheckpoint, key: NoteKey) {
    var builder = RollBuilder(documents.header)
    for listing in listings { try builder.append(listing.account) }
    let signer = try NoteSigner(
      name: documents.header.origin, seed: [UInt8](repeating: seed, count: 32).span)
    return (builder, try builder.checkpoint(signedBy: signer), signer.key)
  }

  func receipt(of name: String) throws -> (receipt: RollReceipt, own: AccountCommitment, policy: TrustPolicy)
  {
    var (builder, checkpoint, key) = try signed()
    guard let place = places[name] else { throw TestError.noSuchMember }
    let opening = try OpeningFile.open(plain: openings[place])
    return (
      try builder.receipt(
        at: UInt64(place + 1), of: listings[place].account, salt: salts[place], under: checkpoint),
      try opening.commitment(), try TrustPolicy(logs: [key])
    )
  }
}

enum TestError: Error {
  case noSuchMember
}

extension RollAccount {
  /// The account with other parts in place of its own.
  func replacing(
    commitment: EncodedPoint? = nil, sequence: UInt64? = nil, accountClass: AccountClass? = nil,
    amount: Int64? = nil, evidence: [UInt8]? = nil
  ) -> RollAccount {
    RollAccount(
      name: name, commitment: commitment ?? self.commitment, sequence: sequence ?? self.sequence,
      accountClass: accountClass ?? self.accountClass, amount: amount ?? self.amount,
      evidence: evidence.map { .sha256(of: $0) } ?? self.evidence)
  }
}

extension Venue {
  /// A venue with every class of account, whose totals are covered, proved once for all tests.
  static let sound = Result {
    let members = [
      // Long against short, cash against cash: 400 + 1_000 + 5.
      Member(name: "alice", amounts: ["cash": 400, "position/P": 3]),
      Member(name: "bob", amounts: ["cash": 1_000, "position/P": -3, "holding/A": 4]),
      // Equity 12 · 10 - 150 = -30, listed with the next step of the grid.
      Member(name: "carol", amounts: ["cash": -150, "holding/A": 12]),
      Member(name: "dave", amounts: ["cash": 5, "debt/A": 2], isOpened: true),
      Member(name: "padding", amounts: [:]),
    ]
    return try Venue(
      members, under: documents(accounts: members.count, reserves: ["cash": 2_300, "holding/A": 14]))
  }

  /// The proof of its totals.
  static let soundTotals = Result { try sound.get().totalsProver().prove() }
}
