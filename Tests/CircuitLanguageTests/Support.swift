import CircuitLanguage
import CircuitProofs
import ExactIntegers
import Foundation
import Ristretto
import TestSupport

/// A circuit of the folder `circuits`.
func shipped(_ name: String) throws -> Circuit {
  let file = Vectors.packageRoot.appending(path: "circuits/\(name).circuit")
  return try Circuit(parsing: Array(try Data(contentsOf: file)), named: "\(name).circuit")
}

let shippedNames = [
  "collateral-ratio", "cross-margin", "option-minimum", "portfolio-margin", "value-at-risk",
]

/// A small circuit: the header and some lines.
func circuit(_ lines: String) throws(CircuitError) -> Circuit {
  try Circuit(parsing: "circuit test version 1\nparameters snapshot\n" + lines, named: "test.circuit")
}

/// What is wrong with a small circuit, with parameters and coordinates as far as it comes to them.
func complaint(
  _ lines: String, with parameters: ParameterValue = [:], coordinates: [String] = ["cash"]
) throws -> CircuitError? {
  let map = try CoordinateMap(coordinates)
  do {
    _ = try circuit(lines).compiled(with: parameters, coordinates: map)
    return nil
  } catch {
    return error
  }
}

/// A witness with the given variables.
func witness(_ values: [Int]) -> Witness {
  Witness(SecretBlock<Int256>(count: values.count) { Int256(values[$0]) })
}
