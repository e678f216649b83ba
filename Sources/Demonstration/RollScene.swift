internal import CanonicalBytes
internal import CircuitLanguage
internal import CommandSupport
internal import MarginRules
internal import MarketData
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyProver
internal import VenueSolvency
internal import VenueSolvencyProver

/// The venue of the third act: two perpetuals, one asset, a snapshot, reserves, and books that are drawn.
struct RollScene {
  /// An account, committed to.
  struct Row: Sendable {
    let commitment: [UInt8]
    let secret: RollSecret
  }

  static let instruments = ["BTC-PERP", "ETH-PERP"]
  private static let moment = Timestamp(seconds: 1_770_000_060)

  let documents: RollDocuments
  private let books: [[String: Int64]]

  /// What the venue makes public of the totals.
  var published: [String: ClosedRange<Int64>] {
    var totals: [String: ClosedRange<Int64>] = ["debt/USDT": 0...1 << 40]
    for name in Self.instruments { totals[Registry.position(name)] = 0...0 }
    return totals
  }

  init(accounts: Int, random: inout SeededGenerator) throws {
    let snapshot = try RiskSnapshot(Self.draft())
    let registry = try Registry(of: snapshot)
    let drawn = Self.books(accounts, &random)
    books = drawn
    func total(_ name: String) -> Int64 { drawn.reduce(0) { $0 + ($1[name] ?? 0) } }
    // One account in a thousand falls short, by less than 8 million.
    let fund = 10_000_000 * Int64(accounts / 1_000 + 1)
    let ledger = try Audience(RollAct.venueName, ledger: .sha256(of: Array("demo".utf8)))
    let key = SigningKey.random(role: .custodian)
    let amounts = [
      "cash": total("cash") + fund, "holding/USDT": total("holding/USDT"),
    ]
    var attestations: [Signed<ReserveAttestation>] = []
    for (asset, amount) in amounts {
      attestations.append(
        try Signed(
          ReserveAttestation(asset: asset, amount: amount, asOf: Self.moment, pledgedTo: ledger), by: key))
    }
    let reserves = try Reserves(
      of: attestations, trusting: [key.verificationKey], ledger: ledger, at: Self.moment)
    let circuits = RollDocuments.Circuits(
      rule: try Documents.circuit("cross-margin"), bounded: try Documents.circuit("bounded-shortfall"),
      totals: try Documents.circuit("venue-solvency"))
    let header = try RollHeader(
      log: "example.com/ledger", ledger: ledger, epoch: 1, moment: Self.moment,
      documents: RollDigests(
        snapshot: snapshot.digest, registry: registry.digest, rule: circuits.rule.digest,
        bounded: circuits.bounded.digest, totals: circuits.totals.digest, reserves: reserves.digest,
        house: HousePositions.none.digest), step: 1_000_000, fund: fund, accountCount: UInt64(accounts))
    documents = try RollDocuments(
      header: header, snapshot: snapshot, registry: registry, circuits: circuits, reserves: reserves,
      house: .none)
  }

  private static func draft() -> SnapshotDraft {
    let marks: [(String, Int64, Int64)] = [("BTC-PERP", 60_000, 60_030), ("ETH-PERP", 3_000, 3_002)]
    let instruments = marks.map { id, floor, ceil in
      var perp = Instrument(
        id: id, lot: "0.001", group: id, markFloor: floor, markCeil: ceil,
        pnlLong: [-floor / 10, floor / 10], pnlShort: [floor / 10, -ceil / 10])
      perp.long = [Bracket(capLots: nil, imPerLot: floor / 10, mmPerLot: floor / 20)]
      perp.short = perp.long
      return perp
    }
    let asset = CollateralAsset(
      id: "USDT", lot: "1", tranches: [Tranche(capLots: nil, valIM: 950, valMM: 980)], debtIM: 1_020,
      debtMM: 1_010)
    let scenarios = [-100_000, 100_000].map { Scenario(weight: 1_000_000, price: $0, vol: 0) }
    return SnapshotDraft(
      epoch: 1, validFrom: 1_770_000_000, validTo: 1_770_003_600,
      tiers: Tiers(maintenance: 1_000_000, initial: 1_050_000, closeOnly: 1_100_000),
      groups: marks.map { ScenarioGroup(id: $0.0, scenarios: scenarios) }, collateral: [asset],
      instruments: instruments)
  }

  /// Books in pairs: what one is long the other is short. One in a thousand owes more than it has.
  private static func books(_ count: Int, _ random: inout SeededGenerator) -> [[String: Int64]] {
    var books: [[String: Int64]] = []
    var opposite: [String: Int64] = [:]
    for index in 0..<count {
      var book: [String: Int64] = ["holding/USDT": Int64.random(in: 0...5_000, using: &random)]
      for name in instruments {
        let coordinate = Registry.position(name)
        if index.isMultiple(of: 2) {
          // The last of an odd number trades with nobody.
          let lots = index + 1 < count ? Int64.random(in: -200...200, using: &random) : 0
          book[coordinate] = lots
          opposite[coordinate] = -lots
        } else {
          book[coordinate] = opposite[coordinate]
        }
      }
      let btc = abs(book["position/BTC-PERP"] ?? 0), eth = abs(book["position/ETH-PERP"] ?? 0)
      // A short is owed for, and a long paid for, in cash; then margin, and more or less of a cushion.
      let marked =
        -(book["position/BTC-PERP"] ?? 0) * 60_015 - (book["position/ETH-PERP"] ?? 0) * 3_001
      let margin = btc * 3_100 + eth * 160
      book["cash"] = marked + margin + Int64.random(in: 100_000...2_000_000, using: &random)
      if index % 1_000 == 37 {
        book["cash"] = marked - 5_000 * 980 - Int64.random(in: 1...3_000_000, using: &random)
      }
      if index % 7 == 3 { book["debt/USDT"] = Int64.random(in: 0...90, using: &random) }
      books.append(book)
    }
    return books
  }

  /// Commits to all books on all cores, and puts them in the order of a roll.
  func committed() throws -> [Row] {
    let (books, registry) = (books, documents.registry)
    let rows = Parallel.map(count: books.count) { index in
      Result { try Self.row(index, books[index], under: registry) }
    }
    return try rows.map { try $0.get() }
      .sorted { $0.commitment.lexicographicallyPrecedes($1.commitment) }
  }

  private static func row(
    _ index: Int, _ amounts: [String: Int64], under registry: Registry
  ) throws -> Row {
    let book = try Book(account: AccountID("trader \(index)"), registry: registry) { amounts[$0] ?? 0 }
    let opening = AccountOpening(of: book)
    return Row(
      commitment: try opening.commitment().commitment.encoded.bytes,
      secret: RollSecret(
        salt: Bytes32(filling: SystemRandom.bytes(32)), opening: OpeningFile.plain(opening)))
  }

  /// The entries as files have them: evidence that accounts share stands with the first of them.
  static func entries(
    _ header: RollHeader, _ listings: [RollListing]
  ) -> [(entry: [UInt8], evidence: [UInt8]?)] {
    var last: Digest?
    return [(header.entry, nil)]
      + listings.map { listing in
        let isShared = listing.account.accountClass == .solvent && listing.account.evidence == last
        if listing.account.accountClass == .solvent { last = listing.account.evidence }
        return (listing.account.entry, isShared ? nil : listing.evidence)
      }
  }

  /// Audits a range of entries.
  static func audit(
    _ documents: RollDocuments, _ entries: [(entry: [UInt8], evidence: [UInt8]?)], _ range: Range<Int>
  ) -> PartialAudit {
    var auditor = RollAuditor(documents, from: UInt64(range.lowerBound))
    for (entry, evidence) in entries[max(0, range.lowerBound - RollAct.window)..<range.lowerBound] {
      auditor.pass(entry, evidence: evidence)
    }
    for (entry, evidence) in entries[range] { auditor.add(entry, evidence: evidence) }
    return auditor.finish()
  }
}

enum RollActError: Error { case noAccount }
