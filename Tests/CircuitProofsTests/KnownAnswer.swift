import CanonicalBytes
import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import TestSupport
import Testing

/// A file `circuit-proof/kat*.json`.
struct KnownAnswer: Decodable, Sendable, CustomTestStringConvertible {
  struct Form: Decodable, Sendable {
    struct Term: Decodable, Sendable {
      let variable: Int
      let coefficient: String

      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        variable = try list.decode(Int.self)
        coefficient = try list.decode(String.self)
      }
    }

    let terms: [Term]
    let const: String

    func affine() throws -> AffineForm {
      AffineForm(
        terms: try terms.map {
          .init(variable: $0.variable, coefficient: try Integer(parsing: $0.coefficient))
        }, constant: try Integer(parsing: const))
    }
  }
  struct Row: Decodable, Sendable {
    let form: Form
    let y_max: String
  }
  struct Gate: Decodable, Sendable {
    let left: Form
    let right: Form
  }
  struct Layout: Decodable, Sendable {
    let nh, nb, Q, N0, N, L, rounds, t, lf, D: Int
  }
  struct First: Decodable, Sendable {
    let cL, cR, cO, cV: [String]
  }

  static let names = [
    "kat1_single_u64", "kat2_a2_s1", "kat3_bits_gates", "kat4_two_commitments",
    "kat5_repeated",
  ]

  let name, suite, context: String
  let base, n_coords: Int
  let x_max: [String]
  let rows: [Row]
  let gates: [Gate]
  let links: [[String: Form]]
  let x, blindings: [String]
  let rng_seed: String
  let layout: Layout
  let statement_digest: String
  let commitments: [String]
  let challenges: [String: String]
  let K: String
  let r_S, c_tau, l_tau, n_tau_first4: [String]
  let first4: First
  let generators: [String: String]
  let proof: String

  var testDescription: String { name }

  static func load(_ name: String) throws -> KnownAnswer {
    try Vectors.load("circuit-proof/\(name).json")
  }

  static func all() throws -> [KnownAnswer] { try names.map(load) }

  func draft() throws -> StatementDraft {
    StatementDraft(
      variableBounds: try x_max.map { try Integer(parsing: $0) },
      gates: try gates.map { ProductGate(left: try $0.left.affine(), right: try $0.right.affine()) },
      rows: try rows.map {
        StatementRow(form: try $0.form.affine(), upperBound: try Integer(parsing: $0.y_max))
      },
      links: try links.map { link in
        Dictionary(
          uniqueKeysWithValues: try link.map { (try #require(Int($0.key)), try $0.value.affine()) })
      }, coordinateCount: n_coords)
  }

  func example() throws -> Example {
    let digitBase: DigitBase = try #require(DigitBase(rawValue: base))
    var example = try Example(
      try draft(), base: digitBase,
      x: try x.map { try Integer(parsing: $0) },
      blindings: try blindings.map { try Scalar(canonicalBytes: Hex.decode($0)) })
    example.context = Array(context.utf8)
    return example
  }

  func encodedCommitments() throws -> [EncodedPoint] {
    try commitments.map { try EncodedPoint(Hex.decode($0)) }
  }
}

/// The generator of section 18, as a source for the reference.
final class KnownAnswerDraw {
  private let seed: [UInt8]
  private var index: UInt64 = 0

  init(seed: [UInt8]) { self.seed = seed }

  func next() -> Scalar {
    defer { index += 1 }
    let counter = (0..<8).map { UInt8(truncatingIfNeeded: index >> (8 * UInt64($0))) }
    return Scalar(reducing: SHA512.hash(Array("bppp-kat-rng".utf8) + seed + counter))
  }
}

func hex(_ scalar: Scalar) -> String { Hex.encode(scalar.encoded()) }
func hex(_ scalars: [Scalar]) -> [String] { scalars.map { hex($0) } }
