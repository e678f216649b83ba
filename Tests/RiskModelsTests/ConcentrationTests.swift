import RiskModels
import Testing

@Suite("Concentration")
struct ConcentrationTests {
  @Test("n equals have index 1/n and Gini's coefficient 0", arguments: 1...8)
  func equals(_ n: Int) {
    let sizes = [Double](repeating: 7, count: n)
    #expect(agree(Concentration.herfindahl(sizes), 1 / Double(n)))
    #expect(Concentration.gini(sizes) == 0)
    #expect(agree(Concentration.topShare(1, of: sizes), 1 / Double(n)))
  }

  @Test("by hand: 1, 2, 3, 4")
  func byHand() {
    let sizes = [4.0, 1, 3, 2]
    #expect(agree(Concentration.herfindahl(sizes), 0.3))
    #expect(agree(Concentration.gini(sizes), 0.25))
    #expect(agree(Concentration.topShare(2, of: sizes), 0.7))
    #expect(Concentration.topShare(9, of: sizes) == 1)
    #expect(Concentration.gini([0, 0, 0, 5]) == 0.75)
    #expect(Concentration.cover(2, fund: 14, losses: sizes) == 2)
    #expect(agree(Concentration.liquidationDays(openInterestUSD: 100, dailyVolumeUSD: 50, share: 0.1), 20))
  }

  @Test("there is none of nothing")
  func nothing() {
    for sizes in [[], [0, 0], [-1, -2], [Double.nan]] {
      #expect(Concentration.herfindahl(sizes) == nil)
      #expect(Concentration.gini(sizes) == nil)
      #expect(Concentration.topShare(1, of: sizes) == nil)
      #expect(Concentration.cover(2, fund: 1, losses: sizes) == nil)
    }
    #expect(Concentration.liquidationDays(openInterestUSD: 100, dailyVolumeUSD: 0, share: 0.1) == nil)
  }
}
