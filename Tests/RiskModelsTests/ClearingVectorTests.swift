import RiskModels
import TestSupport
import Testing

@Suite("Clearing vector")
struct ClearingVectorTests {
  @Test
  func `G16: three parties, of whom one defaults`() throws {
    let clearing = try #require(
      ClearingVector(liabilities: [[0, 6, 4], [2, 0, 3], [1, 1, 0]], equity: [3, 1, 0.5]))
    for (found, expected) in zip(clearing.payments, [6.0, 5, 2]) { #expect(agree(found, expected)) }
    #expect(clearing.defaults == [0])
  }

  @Test("payments solve the clearing equations for any network")
  func equations() throws {
    var random = SplitMix64(seed: 59)
    for _ in 0..<300 {
      let n = Int.random(in: 1...8, using: &random)
      var L = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
      for i in 0..<n {
        for j in 0..<n where i != j && Bool.random(using: &random) {
          L[i][j] = Double.random(in: 0...10, using: &random)
        }
      }
      let e = (0..<n).map { _ in Double.random(in: 0.1...8, using: &random) }
      let clearing = try #require(ClearingVector(liabilities: L, equity: e))
      let owed = L.map { $0.reduce(0, +) }
      for i in 0..<n {
        var worth = e[i]
        for j in 0..<n where owed[j] > 0 { worth += clearing.payments[j] * L[j][i] / owed[j] }
        let expected = min(owed[i], worth)
        #expect((clearing.payments[i] - expected).magnitude <= 1e-9)
      }
    }
    #expect(ClearingVector(liabilities: [[1]], equity: [1]) == nil)
    #expect(ClearingVector(liabilities: [[0, -1], [0, 0]], equity: [1, 1]) == nil)
  }
}
