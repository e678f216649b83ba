import Admission
import CanonicalBytes
import CircuitLanguage
import MarginRules
import Solvency
import SolvencyProver
import TestSupport
import Testing

/// Bands of ranks and sizes, in plain numbers and as the circuit that proves them.
@Suite("Bands of deleveraging")
struct DeleveragingBandTests {
  private static let edges: [Int64] = [50_000, 400_000, 3_200_000]

  @Test(
    "a rank of ten percent at four times is within the edge of 0.4, and one quantum less of equity is not")
  func edges() {
    func rank(_ equity: Int128) -> UInt8? {
      DeleveragingBand(held: 5, gross: 100, equity: equity, gainPpm: 100_000, edges: Self.edges)?.rank
    }
    #expect(rank(25) == 1 && rank(24) == 2)
    #expect(rank(200) == 0 && rank(199) == 1)
    #expect(rank(3) == nil && rank(4) == 2)
    #expect(rank(0) == nil && rank(-5) == nil)
    for (held, size, lots) in [(-9, 0, 0), (0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 2, 2), (4, 3, 4), (7, 3, 4)] {
      let band = DeleveragingBand(
        held: Int64(held), gross: 1, equity: 1_000, gainPpm: 1, edges: Self.edges)
      #expect(band?.size == UInt8(size) && band?.lots == Int64(lots))
    }
    #expect(DeleveragingBand(rank: 0, size: 41) == nil)
    #expect(
      DeleveragingBand(rank: 3, size: 1)?.circuit(place: 0, isLong: true, gainPpm: 1, edges: Self.edges)
        == nil)
  }

  @Test("the circuit is met by a book exactly where the plain band says so, on both sides")
  func parity() throws {
    var random = SplitMix64(seed: 5)
    let (snapshot, registry) = (try Market.snapshot(), try Market.registry())
    var met = 0
    for turn in 0..<24 {
      let lots = Int64.random(in: -40...40, using: &random)
      let other = Int64.random(in: -40...40, using: &random)
      let gross = Int128(lots.magnitude) * 63_718_971 + Int128(other.magnitude) * 19_000_005
      let equity = Int64.random(in: 0...4_000_000_000, using: &random)
      let marks = max(lots, 0) * 63_718_970 + min(lots, 0) * 63_718_971
      let others = max(other, 0) * 19_000_000 + min(other, 0) * 19_000_005
      let cash = equity - marks - others
      let amounts = ["cash": cash, "position/BTC-PERP": lots, "position/ETH-PERP": other]
      let book = try Book(account: AccountID("b"), registry: registry) { amounts[$0] ?? 0 }
      let isLong = turn % 2 == 0
      let gain = Int64.random(in: 0...300_000, using: &random)
      let plain = DeleveragingBand(
        held: isLong ? lots : -lots, gross: gross, equity: Int128(equity), gainPpm: gain, edges: Self.edges)
      for rank in 0..<UInt8(3) {
        for size in 0..<UInt8(8) {
          let band = try #require(DeleveragingBand(rank: rank, size: size))
          let circuit = try #require(
            band.circuit(place: 0, isLong: isLong, gainPpm: gain, edges: Self.edges))
          guard rank == plain?.rank || size == plain?.size || turn < 2 else { continue }
          let rule = try MarginRule(
            circuit: circuit, snapshot: snapshot, kind: .maintenance, registry: registry)
          let evaluation = try book.explain(rule)
          let holds = evaluation.requirements.allSatisfy(\.holds)
          let expected = plain.map { $0.rank <= rank && $0.size == size } ?? false
          #expect(holds == expected, "\(turn): \(band) of \(String(describing: plain))")
          met += holds ? 1 : 0
        }
      }
    }
    #expect(met > 15)
  }
}
