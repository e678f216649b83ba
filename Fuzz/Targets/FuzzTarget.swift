import Foundation
import TestSupport

/// One decoder of outside bytes: an input may be refused, but nothing traps, hangs or takes memory without
/// bound, and what is accepted comes back from its own encoding.
package struct FuzzTarget: Sendable {
  /// How inputs are changed, besides as bytes.
  package enum Form: Sendable {
    case bytes, json, table, text
  }

  /// The name on the command line.
  package let name: String
  /// What its inputs look like.
  package let form: Form
  /// Good inputs to begin with: files of the package, by their paths.
  private let files: [String]
  /// Good inputs that are made.
  private let made: @Sendable () throws -> [[UInt8]]
  /// Decodes an input.
  ///
  /// - Throws: ``FuzzFailure`` if a property does not hold; what the decoder throws is caught inside.
  package let run: @Sendable ([UInt8]) throws -> Void

  init(
    _ name: String, _ form: Form, seeds files: [String] = [],
    made: @escaping @Sendable () throws -> [[UInt8]] = { [] },
    run: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    (self.name, self.form, self.files, self.made, self.run) = (name, form, files, made, run)
  }

  /// The inputs to begin with, an empty one first.
  package func seeds() throws -> [[UInt8]] {
    try [[]] + files.map(file) + made()
  }

  private func file(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: Vectors.packageRoot.appending(path: path)))
  }

  /// The target of a name.
  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

  /// Every target.
  package static let all = documents + ledgers + logs + markets + marketBlocks + proofs + [parity]
}

extension FuzzTarget {
  /// Decodes, and compares what comes back with what was encoded.
  ///
  /// - Throws: ``FuzzFailure`` if an accepted input is another value after encoding, or is refused then.
  static func roundTrip<Value: Equatable>(
    _ bytes: [UInt8], _ decode: ([UInt8]) throws -> Value, _ encode: (Value) throws -> [UInt8]
  ) throws {
    guard let value = try? decode(bytes) else { return }
    let encoded = try encode(value)
    guard let again = try? decode(encoded) else {
      throw FuzzFailure("what was accepted is refused after encoding: \(value)")
    }
    guard again == value else { throw FuzzFailure("what was accepted is another after encoding: \(value)") }
  }
}
