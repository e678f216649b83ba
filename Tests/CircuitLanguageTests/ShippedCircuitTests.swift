import CircuitLanguage
import CircuitProofs
import ExactIntegers
import Testing
import TestSupport

@Suite("Shipped circuits")
struct ShippedCircuitTests {
  @Test("compile under a market of their shape", arguments: shippedNames)
  func compile(_ name: String) throws {
    let market = try SyntheticMarket.random(seed: 1)
    do {
      let compiled = try shipped(name).compiled(with: market.tree, coordinates: market.coordinates)
      print(compiled.report)
    } catch let error as CircuitError {
      Issue.record("\(error)")
    }
  }
}
