internal import CanonicalBytes
internal import CircuitProofs
internal import ExactIntegers
internal import ProofCore
internal import Ristretto

/// Why a file of vectors cannot be run.
enum VectorFailure: Error, Hashable, Sendable {
  /// The file is not in the schema.
  case document(DocumentError)
  /// What it describes is not a statement.
  case statement(StatementError)
}

/// One known answer of the circuit argument: a statement, commitments and a proof, and if they are given
/// also the witness, the blindings and the seed that reproduce the proof.
struct KnownAnswer {
  /// What the prover starts from.
  struct Secrets {
    let values: [Integer]
    let blindings: [[UInt8]]
    let seed: [UInt8]
  }

  private static let statementKeys = [
    "suite", "context", "base", "n_coords", "x_max", "rows", "gates", "links",
  ]
  private static let secretKeys = ["x", "blindings", "rng_seed"]
  private static let repetitionKeys = ["block", "K_repeated"]

  let name: String?
  let suite: String
  let context: [UInt8]
  let statement: Statement
  let commitments: [EncodedPoint]
  let proof: CircuitProof
  let secrets: Secrets?
  /// Whether the proof is to be accepted.
  let isValid: Bool
  /// What the statement repeats, and how often, if it is said to be a repetition (protocol 3.7).
  let repetition: (block: Statement, count: Int)?
  /// Everything the file says beyond that: expected intermediate values.
  let expected: [JSONEntry]

  /// Reads a known answer. The form of the statement is checked as always.
  init(_ node: JSONNode) throws(VectorFailure) {
    let members: JSONMembers
    let block: (members: JSONMembers, count: Int)?
    do throws(DocumentError) {
      members = try JSONMembers(node)
      block = try members.optional("block").map { block throws(DocumentError) in
        let count = try members.required("K_repeated").integer(in: 1...Int64(Statement.repetitionLimit))
        return (try JSONMembers(block), Int(count))
      }
      name = try members.optional("name")?.string(maximumLength: 256)
      suite = try members.required("suite").string(maximumLength: 256)
      context = Array(try members.required("context").string(maximumLength: 1 << 16).utf8)
      commitments = try Self.points(members.required("commitments"))
      proof = CircuitProof(bytes: try members.required("proof").bytes(hexOfAtMost: 1 << 20))
      isValid = try members.optional("valid")?.bool() ?? true
      secrets = try Self.secrets(members)
      let own = Self.statementKeys + Self.secretKeys + Self.repetitionKeys + ["name", "proof", "valid"]
      expected = try node.entries(maximumCount: 1 << 10).filter { !own.contains($0.key) }
    } catch {
      throw .document(error)
    }
    statement = try StatementJSON.statement(members)
    repetition = try block.map { block throws(VectorFailure) in
      (try StatementJSON.statement(block.members), block.count)
    }
  }

  private static func points(_ node: JSONNode) throws(DocumentError) -> [EncodedPoint] {
    var points: [EncodedPoint] = []
    for element in try node.array(maximumCount: StatementLimits.links) {
      points.append(try element.point())
    }
    return points
  }

  private static func secrets(_ members: JSONMembers) throws(DocumentError) -> Secrets? {
    guard secretKeys.allSatisfy({ members.optional($0) != nil }) else { return nil }
    var values: [Integer] = []
    for element in try members.required("x").array(maximumCount: StatementLimits.count) {
      values.append(try element.integer(in: -Integer.powerOfTwo(254)...Integer.powerOfTwo(254)))
    }
    var blindings: [[UInt8]] = []
    for element in try members.required("blindings").array(maximumCount: StatementLimits.links) {
      blindings.append(try element.bytes(hexOfCount: Scalar.byteCount))
    }
    let seed = try members.required("rng_seed").bytes(hexOfAtMost: 1 << 10)
    return Secrets(values: values, blindings: blindings, seed: seed)
  }
}
