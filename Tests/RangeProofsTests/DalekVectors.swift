import Merlin
import RangeProofs
import Ristretto
import TestSupport
import Testing

/// Files of the dalek crate's known answers, `vectors/dalek`.
struct DalekFile: Decodable, Sendable {
  struct Proof: Decodable, Sendable {
    let n: Int
    let m: Int
    let proof: String
    let commitments: [String]
    let values: [String]?
    let blindings: [String]?
    let bitFlipped: [Mutation]?
    let others: [Mutation]?

    enum CodingKeys: String, CodingKey {
      case n, m, proof, commitments, values, blindings
      case bitFlipped = "bit_flipped_rejected"
      case others = "other_rejected"
    }

    var width: RangeWidth { get throws { try #require(RangeWidth(rawValue: n)) } }
    var rangeProof: RangeProof { get throws { RangeProof(bytes: try Hex.decode(proof)) } }
    var points: [EncodedPoint] { get throws { try commitments.map { try EncodedPoint(Hex.decode($0)) } } }
  }

  struct Mutation: Decodable, Sendable {
    let proof: String
    let commitments: [String]?
    let section: String?
    let what: String?
  }

  let label: String
  let vectors: [Proof]?
  let proofs: [Proof]?
  let outOfRange: [OutOfRange]?

  struct OutOfRange: Decodable, Sendable {
    let n: Int
    let m: Int
    let proof: String
    let commitments: [String]
  }

  enum CodingKeys: String, CodingKey {
    case vectors, proofs
    case label = "transcript_label"
    case outOfRange = "out_of_range"
  }

  var all: [Proof] { (vectors ?? []) + (proofs ?? []) }

  static func load(_ version: String) throws -> DalekFile {
    try Vectors.load("dalek/range_proofs_\(version).json")
  }

  func transcript() -> Transcript { Transcript(label: Array(label.utf8)) }
}

/// What the dalek verifier drew for each proof.
struct DalekChallenges: Decodable, Sendable {
  struct Item: Decodable, Sendable {
    let n: Int
    let m: Int
    let kat_final_32: String
  }
  let dalek_hardcoded_rangeproofs: [Item]
  let dalek_rangeproofs: [Item]
}

struct DalekGenerators: Decodable, Sendable {
  struct Party: Decodable, Sendable {
    let G: [String]
    let H: [String]
  }
  let B: String
  let B_blinding: String
  let parties: [Party]
}
