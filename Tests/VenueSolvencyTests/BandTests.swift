import CanonicalBytes
import CircuitLanguage
import ProofCore
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport
import Testing
import VenueSolvency
import VenueSolvencyProver

/// Accounts that are proved in bands of health and size, and counted.
@Suite("Bands on a roll")
struct BandTests {
  /// The small rule with a margin that is chosen, and a cap on lots.
  private static let rule = """
    circuit tiny_band version 1 language 2
    parameters snapshot
    parameter margin in 0 ... 1_000 := 10
    parameter lots in 0 ... 255 := 255
    """ + "\n"
    + Venue.book.split(separator: "\n").filter { !$0.hasPrefix("parameters ") }.joined(separator: "\n") + """

      require "margin" : equity - margin * sum(i in instruments : long[i] + short[i]) >= 0
      require "size of {i}" for i in instruments where lots < 255 : long[i] + short[i] <= lots
      """

  static func circuits(_ bands: [[String: Int]]) throws -> RollDocuments.Circuits {
    let rule = try Circuit(parsing: Self.rule, named: "tiny-band")
    let plain = try Venue.circuits()
    return RollDocuments.Circuits(
      rule: rule, bounded: plain.bounded, totals: plain.totals,
      bands: try bands.map { try rule.binding($0.mapValues { .init($0) }) })
  }

  /// Health: 100 of margin a lot, then 200 with at most one lot.
  static let ladder = [["margin": 100], ["margin": 200, "lots": 1]]

  static let members =
    [
      // 400 - 300 · … : three lots long, worth 300 beside the cash.
      Venue.Member(name: "weak", amounts: ["cash": -250, "position/P": 3]),
      Venue.Member(name: "middle", amounts: ["cash": 100, "position/P": 3]),
      Venue.Member(name: "big and healthy", amounts: ["cash": 5_000, "position/P": -2]),
      Venue.Member(name: "healthy", amounts: ["cash": 900, "position/P": -1]),
      Venue.Member(name: "short of margin", amounts: ["cash": 20, "position/P": -3, "holding/A": 1]),
    ] + (0..<5).map { Venue.Member(name: "flat \($0)", amounts: ["cash": Int64($0)]) }

  static func documents(_ bands: [[String: Int]] = ladder) throws -> RollDocuments {
    try Venue.documents(
      accounts: members.count, reserves: ["cash": 9_000, "holding/A": 1], circuits: circuits(bands))
  }

  private let documents: RollDocuments

  init() throws { documents = try Self.documents() }

  /// What plain arithmetic says: the last band whose margin and cap the book meets; nil if not even the
  /// rule's.
  private static func expected(_ amounts: [String: Int64]) -> Int? {
    let lots = abs(amounts["position/P"] ?? 0)
    let equity = RandomVenueTests.equity(amounts)
    guard equity >= 10 * lots else { return nil }
    if equity >= 200 * lots, lots <= 1 { return 2 }
    return equity >= 100 * lots ? 1 : 0
  }

  @Test(
    "each account is proved in the last band that its book meets, and the audit counts what arithmetic counts"
  )
  func counts() throws {
    let venue = try Venue(Self.members, under: documents)
    let audit = venue.audit()
    #expect(audit.findings == [])
    var counts: [UInt64] = [0, 0, 0]
    var short = 0
    for member in Self.members {
      let place = try #require(venue.places[member.name])
      let band = Self.expected(member.amounts)
      #expect(venue.listings[place].account.band == band, "\(member.name)")
      if let band { counts[band] += 1 } else { short += 1 }
    }
    #expect(audit.bands == counts && counts == [1, 2, 6] && short == 1)
    #expect(audit.count(of: .solvent) == counts.reduce(0, +) && audit.count(of: .bounded) == 1)
    #expect(documents.bandNames == ["", "margin=100", "margin=200,lots=1"])
    // A part's file keeps the counts.
    let read = try PartialAudit(JSONDocument.parse(audit.json.encoded(), maximumBytes: 1 << 20))
    #expect(read == audit && read.canonicalBytes == audit.canonicalBytes)
  }

  @Test(
    "accounts of a band share proofs, groups of different bands cross each other, and splits give equal bytes"
  )
  func groups() throws {
    let prover = RollProver(documents)
    var secrets: [(commitment: [UInt8], secret: RollSecret)] = []
    for (index, member) in (Self.members + Self.members).enumerated() {
      let opening = AccountOpening(
        of: try Book(account: AccountID("\(member.name) \(index)"), registry: documents.registry) {
          member.amounts[$0] ?? 0
        })
      secrets.append(
        (
          try opening.commitment().commitment.encoded.bytes,
          RollSecret(salt: Venue.salt(index), opening: OpeningFile.plain(opening))
        ))
    }
    secrets.sort { $0.commitment.lexicographicallyPrecedes($1.commitment) }
    let listings = try prover.listings(of: secrets.map(\.secret), sharing: .four)
    // As files have it: evidence once, with the first account that states it.
    var seen: Set<Digest> = []
    let entries =
      [(entry: documents.header.entry, evidence: [UInt8]?.none)]
      + listings.map { listing in
        (
          entry: listing.account.entry,
          evidence: seen.insert(listing.account.evidence).inserted ? listing.evidence : nil
        )
      }
    #expect(seen.count < listings.count)
    func audit(_ range: Range<Int>) -> PartialAudit {
      var auditor = RollAuditor(documents, from: UInt64(range.lowerBound), workers: 1)
      for (entry, evidence) in entries[..<range.lowerBound] { auditor.pass(entry, evidence: evidence) }
      for (entry, evidence) in entries[range] { auditor.add(entry, evidence: evidence) }
      return auditor.finish()
    }
    let whole = audit(0..<entries.count)
    #expect(whole.findings == [] && whole.bands == [2, 4, 12])
    for cut in [3, 7, 11, 16] {
      let parts = [audit(cut..<entries.count), audit(0..<cut)]
      #expect(try PartialAudit.merging(parts).canonicalBytes == whole.canonicalBytes, "cut at \(cut)")
    }
  }

  @Test(
    "an account listed in a higher band than its proof is of, or in one that the roll does not have, is found"
  )
  func forged() throws {
    let venue = try Venue(Self.members, under: documents)
    let place = try #require(venue.places["middle"])
    let account = venue.listings[place].account
    #expect(account.band == 1)
    for (band, fault) in [
      (2, RollFault.otherCircuit), (0, .otherCircuit), (3, .unknownBand), (15, .unknownBand),
    ] {
      var entries = venue.entries
      entries[place + 1].entry = account.replacing(amount: Int64(band)).entry
      let audit = Venue.audit(entries, under: documents)
      #expect(audit.findings.map(\.fault) == [fault], "band \(band)")
      #expect(audit.findings.map(\.entry) == [UInt64(place + 1)])
    }
    // Beyond what any roll has, an entry is malformed.
    var entries = venue.entries
    entries[place + 1].entry = account.replacing(amount: 16).entry
    #expect(Venue.audit(entries, under: documents).findings.map(\.fault) == [.malformed])
    #expect(RollFault(code: RollFault.unknownBand.code) == .unknownBand)
  }

  @Test("a proof under the band's circuit by a book that does not meet it cannot be made")
  func unprovable() throws {
    let opening = AccountOpening(
      of: try Book(account: AccountID("weak"), registry: documents.registry) {
        Self.members[0].amounts[$0] ?? 0
      })
    var group = try RollProver(documents).group(of: .two, inBand: 1)
    #expect(throws: RollListingError.self) { try group.add(opening, salt: Venue.salt(1)) }
    #expect(RollProver(documents).band(of: opening) == 0)
  }

  @Test(
    "a band is the rule's own file with other numbers; any other circuit, and another number of bands, is refused"
  )
  func ladders() throws {
    let circuits = try Self.circuits(Self.ladder)
    func refusal(_ bands: [Circuit], given: [Circuit]? = nil) throws -> RollError? {
      try Self.refusal(of: bands, under: circuits.rule, given: given)
    }
    #expect(try refusal(circuits.bands) == nil)
    // The rule of shortfalls proves less than the maintenance rule, and would count as health.
    #expect(try refusal([circuits.bounded]) == .unrelatedBand(1))
    #expect(try refusal([circuits.bands[0], circuits.totals]) == .unrelatedBand(2))
    #expect(try refusal(circuits.bands, given: []) == .otherBandCount(stated: 2, given: 0))
    #expect(
      try refusal(circuits.bands, given: circuits.bands.reversed())
        == .otherDocument(
          .bands, stated: circuits.bands[0].digest, given: circuits.bands[1].digest))
    let digests = circuits.bands.map(\.digest)
    #expect(throws: RollHeaderError.bands) {
      try RollHeader(
        log: Venue.log, ledger: Venue.ledger(), epoch: 0, moment: Venue.moment,
        documents: RollDigests(
          snapshot: .zero, registry: .zero, rule: .zero, bounded: .zero, totals: .zero, reserves: .zero,
          house: .zero, bands: [digests[0], digests[0]]), step: 1, fund: 0, accountCount: 0)
    }
  }

  /// What is said of a roll with these bands above a rule.
  private static func refusal(
    of bands: [Circuit], under rule: Circuit, given: [Circuit]? = nil
  ) throws -> RollError? {
    let plain = try Venue.circuits()
    func circuits(_ bands: [Circuit]) -> RollDocuments.Circuits {
      RollDocuments.Circuits(rule: rule, bounded: plain.bounded, totals: plain.totals, bands: bands)
    }
    let sound = try Venue.documents(accounts: 1, circuits: circuits([]))
    let header = sound.header
    let stated = RollDigests(
      snapshot: header.documents.snapshot, registry: header.documents.registry, rule: rule.digest,
      bounded: header.documents.bounded, totals: header.documents.totals, reserves: header.documents.reserves,
      house: header.documents.house, bands: bands.map(\.digest))
    let banded = try RollHeader(
      log: header.log, ledger: header.ledger, epoch: header.epoch, moment: header.moment, documents: stated,
      step: header.step, fund: header.fund, accountCount: header.accountCount)
    do throws(RollError) {
      _ = try RollDocuments(
        header: banded, snapshot: sound.snapshot, registry: sound.registry,
        circuits: circuits(given ?? bands),
        reserves: sound.reserves, house: sound.house)
      return nil
    } catch {
      return error
    }
  }

  @Test("a band is harder than the rule and than the bands before it: anything else is no count of health")
  func harder() throws {
    // The small rule of these bands with a factor that changes its rows and nothing of what they say.
    let source = Self.rule.replacing("equity - margin", with: "scale * equity - scale * margin")
      .replacing("parameter margin", with: "parameter scale in 1 ... 9 := 1\nparameter margin")
    let rule = try Circuit(parsing: source, named: "tiny-band").binding(["lots": 8])
    func refusal(_ bands: [[String: Int]]) throws -> RollError? {
      try Self.refusal(
        of: bands.map { try rule.binding($0.mapValues { .init($0) }) }, under: rule)
    }
    #expect(try refusal([["margin": 20], ["margin": 20, "lots": 4], ["margin": 40, "lots": 4]]) == nil)
    // The rule under another name.
    #expect(try refusal([["scale": 7]]) == .idleBand(1, as: 0))
    #expect(try refusal([["margin": 20], ["margin": 20, "scale": 3]]) == .idleBand(2, as: 1))
    // Less than the rule, in the one number or in the other: whoever meets it may miss the rule.
    #expect(try refusal([["margin": 9]]) == .weakerBand(1))
    #expect(try refusal([["margin": 20], ["margin": 50, "lots": 9]]) == .weakerBand(2))
    #expect(try refusal([["margin": 50, "lots": 255]]) == .weakerBand(1))
    // More than the rule, and less than the band before: it would take every account from that one.
    #expect(try refusal([["margin": 50], ["margin": 20]]) == .idleBand(2, as: 1))
    // Neither is harder than the other: both count.
    #expect(try refusal([["margin": 50], ["lots": 2]]) == nil)
  }

  @Test("the rule itself is band 0, and no header lists it above")
  func ruleAmongBands() throws {
    let header = documents.header
    let stated = header.documents
    #expect(throws: RollHeaderError.bands) {
      try RollHeader(
        log: header.log, ledger: header.ledger, epoch: 0, moment: header.moment,
        documents: RollDigests(
          snapshot: stated.snapshot, registry: stated.registry, rule: stated.rule, bounded: stated.bounded,
          totals: stated.totals, reserves: stated.reserves, house: stated.house,
          bands: [stated.bands[0], stated.rule]), step: 1, fund: 0, accountCount: 1)
    }
    let file = String(decoding: header.json.encoded(), as: UTF8.self)
      .replacing(stated.bands[1].description, with: stated.rule.description)
    #expect(throws: FileError.self) { try RollHeader(decoding: Array(file.utf8)) }
  }

  @Test("a header without bands has the bytes that it had before there were any; one with bands reads back")
  func headers() throws {
    let plain = try Self.documents([]).header
    let banded = documents.header
    #expect(plain.entry.starts(with: CanonicalWriter(domain: "solvency/roll/header/v1").bytes))
    #expect(banded.entry.starts(with: CanonicalWriter(domain: "solvency/roll/header/v2").bytes))
    for header in [plain, banded] {
      #expect(try RollHeader(decoding: header.json.encoded()) == header)
    }
    #expect(plain.digest != banded.digest && plain.evidenceNonce != banded.evidenceNonce)
  }
}
