import RiskModels
import Testing

@Suite("Year")
struct YearTests {
  @Test("a year has 8760 hours")
  func hours() {
    #expect(Year.bars(of: 3600) == 8760)
  }
}
