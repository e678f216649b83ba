import CanonicalBytes
import ProofCore
import Ristretto
import Solvency
import SolvencyProver
import TestSupport
import Testing
import TransparencyLog
import VenueSolvency
import VenueSolvencyProver

/// Random venues whose openings are known: what the audit says is compared with plain arithmetic.
@Suite("Random venues")
struct RandomVenueTests {
  /// Random books in which nothing is owed to or by nobody.
  static func members(_ random: inout SplitMix64) -> [Venue.Member] {
    (0..<Int.random(in: 1...6, using: &random)).map { index in
      Venue.Member(
        name: "account \(index)",
        amounts: [
          "cash": Int64.random(in: -400...900, using: &random),
          "position/P": Int64.random(in: -3...3, using: &random),
          "holding/A": Int64.random(in: 0...20, using: &random),
          "debt/A": Int64.random(in: 0...3, using: &random),
        ], isOpened: true)
    }
  }

  static func equity(_ amounts: [String: Int64]) -> Int64 {
    let position = amounts["position/P"] ?? 0
    return (amounts["cash"] ?? 0) + 10 * (amounts["holding/A"] ?? 0) - 12 * (amounts["debt/A"] ?? 0)
      + (position > 0 ? 100 * position : 101 * position)
  }

  @Test(
    "of 1,000 venues, counts, shortfalls, sums, frauds and what reserves cover are those of plain arithmetic")
  func venues() throws {
    var random = SplitMix64(seed: 22)
    var (covered, frauds, short) = (0, 0, 0)
    for round in 0..<1_000 {
      let members = Self.members(&random)
      func total(_ name: String) -> Int64 { members.reduce(0) { $0 + ($1.amounts[name] ?? 0) } }
      let net = total("position/P")
      let cash = max(0, total("cash") + 100 + 101 * abs(net) + Int64.random(in: -60...60, using: &random))
      let asset = max(0, total("holding/A") - total("debt/A") + Int64.random(in: -1...1, using: &random))
      // The house publishes its side, or, now and then, does not.
      let house = round % 7 == 0 ? 0 : -net
      let documents = try Venue.documents(
        accounts: members.count, reserves: ["cash": cash, "holding/A": asset], fund: 100,
        house: house == 0 ? [:] : ["P": house])
      let venue = try Venue(members, under: documents)
      var entries = venue.entries
      // One fraud in three rounds: an opened equity that is stated too high.
      let fraud = round % 3 == 0 ? Int.random(in: 1..<entries.count, using: &random) : nil
      var expected = members.reduce(UInt128(0)) { $0 + UInt128(max(0, -Self.equity($1.amounts))) }
      if let fraud {
        let account = venue.listings[fraud - 1].account
        let stated = account.amount + 1
        expected = expected - account.shortfall + UInt128(max(0, -stated))
        entries[fraud].entry = account.replacing(amount: stated).entry
        frauds += 1
      }
      let audit = Venue.audit(entries, under: documents)
      #expect(audit.count(of: .opened) == UInt64(members.count))
      #expect(audit.shortfall == expected)
      #expect(audit.findings.map(\.entry) == (fraud.map { [UInt64($0)] } ?? []))
      #expect(audit.findings.allSatisfy { $0.fault == .otherEquity })
      // What the venue could prove of its totals, in plain integers.
      let owed = -house * (house < 0 ? 101 : 100)
      let isCovered =
        cash - 100 - owed >= total("cash") && asset >= total("holding/A") - total("debt/A") && net == -house
      let isProvable = try venue.totalsProver().refusal() == nil
      #expect(isProvable == isCovered, "round \(round)")
      if isCovered { covered += 1 } else { short += 1 }
    }
    #expect(covered > 100 && short > 100 && frauds > 300)
  }

  @Test("random splits, merged in random order, are equal to the whole byte for byte")
  func splits() throws {
    var random = SplitMix64(seed: 23)
    for _ in 0..<100 {
      let members = (0..<40).map {
        Venue.Member(
          name: "account \($0)", amounts: ["cash": Int64.random(in: -50...50, using: &random)], isOpened: true
        )
      }
      let documents = try Venue.documents(accounts: members.count)
      var entries = try Venue(members, under: documents).entries
      // Frauds of every kind, some of them at the edges of parts.
      for _ in 0..<6 {
        let place = Int.random(in: 1..<entries.count - 1, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: entries[place] = entries[place + 1]
        case 1: entries.swapAt(place, place + 1)
        case 2: entries[place].evidence = nil
        default: entries[place].entry.append(0)
        }
      }
      let whole = Venue.audit(entries, under: documents)
      #expect(whole.findingCount > 0)
      var cuts = Set(
        (0..<Int.random(in: 1...12, using: &random)).map { _ in
          Int.random(in: 1..<entries.count, using: &random)
        })
      cuts.formUnion([0, entries.count])
      let bounds = cuts.sorted()
      var parts = zip(bounds, bounds.dropFirst()).map { Venue.audit(entries, $0..<$1, under: documents) }
      #expect(try PartialAudit.merging(parts.shuffled(using: &random)).canonicalBytes == whole.canonicalBytes)
      // Neighbours first, in any order: merging is associative.
      while parts.count > 1 {
        let place = Int.random(in: 0..<parts.count - 1, using: &random)
        parts.replaceSubrange(place...place + 1, with: [try parts[place].merged(with: parts[place + 1])])
      }
      #expect(parts[0].canonicalBytes == whole.canonicalBytes)
      let tree = MemoryTree(entries.map(\.entry))
      var source = tree
      #expect(whole.entries.head == source.head(at: tree.size))
    }
  }

  @Test("the chance that hidden accounts are noticed is 1 - (1 - p)^m, counted on random traders")
  func sampling() {
    #expect(SamplingBound.detection(share: 0, hidden: 10) == 0)
    #expect(SamplingBound.detection(share: 1, hidden: 1) == 1)
    #expect(abs(SamplingBound.detection(share: 0.01, hidden: 100) - 0.633_967_658_726_770_5) < 1e-12)
    var random = SplitMix64(seed: 24)
    var noticed = 0
    for _ in 0..<20_000
    where (0..<5).contains(where: { _ in Double.random(in: 0..<1, using: &random) < 0.1 }) { noticed += 1 }
    #expect(abs(Double(noticed) / 20_000 - SamplingBound.detection(share: 0.1, hidden: 5)) < 0.02)
  }
}
