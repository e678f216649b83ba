internal import CanonicalBytes
internal import CommandSupport
internal import KnownAnswers
internal import Merlin
internal import RangeProofs
internal import Ristretto

/// A range proof as a file or a line: `{"transcriptLabel", "n", "commitments": [hex], "proof": hex}`.
struct RangeProofDocument {
  /// The most bytes of a document: 64 commitments and the longest proof in hexadecimal, and ample space.
  static let byteLimit = 1 << 16
  /// The longest label, in bytes.
  static let labelLimit = 256

  let label: String
  let width: RangeWidth
  let commitments: [EncodedPoint]
  let proof: RangeProof

  /// Reads a document.
  init(decoding bytes: [UInt8]) throws(DocumentError) {
    let object = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit).object(
      required: ["transcriptLabel", "n", "commitments", "proof"], optional: [])
    label = try object["transcriptLabel"].string(maximumLength: Self.labelLimit)
    width = try object["n"].rangeWidth()
    var commitments: [EncodedPoint] = []
    for node in try object["commitments"].array(maximumCount: RangeGenerators.partyLimit) {
      commitments.append(try node.point())
    }
    self.commitments = commitments
    proof = RangeProof(bytes: try object["proof"].bytes(hexOfAtMost: 1 << 12))
  }

  init(label: String, width: RangeWidth, commitments: [EncodedPoint], proof: RangeProof) {
    (self.label, self.width, self.commitments, self.proof) = (label, width, commitments, proof)
  }

  /// The transcript that prover and verifier start with.
  var transcript: Transcript { Self.transcript(label: label) }

  /// The transcript under a label.
  static func transcript(label: String) -> Transcript { Transcript(label: Array(label.utf8)) }

  var json: JSONValue {
    [
      "transcriptLabel": .string(label), "n": .integer(width.rawValue),
      "commitments": .array(commitments.map { .hex($0.bytes) }), "proof": .hex(proof.bytes),
    ]
  }

  /// Why the proof does not hold, if it does not.
  func verify() -> RangeVerificationError? {
    var transcript = transcript
    do throws(RangeVerificationError) {
      try proof.verify(commitments, width: width, transcript: &transcript)
      return nil
    } catch {
      return error
    }
  }
}

/// Values to prove: `{"transcriptLabel", "n", "values": [integer], "blindings": [hex]}`. Without blindings,
/// fresh ones are drawn.
struct RangeValuesDocument: ~Copyable {
  static let byteLimit = 1 << 16

  let label: String
  let width: RangeWidth
  let values: SecretBlock<UInt64>
  let blindings: SecretBlock<Scalar>
  /// Whether the blindings were drawn here, so that nobody else knows them.
  let areBlindingsFresh: Bool

  init(decoding bytes: [UInt8]) throws(DocumentError) {
    let object = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit).object(
      required: ["transcriptLabel", "n", "values"], optional: ["blindings"])
    let label = try object["transcriptLabel"].string(maximumLength: RangeProofDocument.labelLimit)
    let width = try object["n"].rangeWidth()
    let nodes = try object["values"].array(maximumCount: RangeGenerators.partyLimit)
    let given = object.optional("blindings")
    let values = try SecretBlock(count: nodes.count) { index throws(DocumentError) in
      try nodes[index].unsigned()
    }
    let blindings = try given.map { node throws(DocumentError) in try Self.blindings(node) }
    self.label = label
    self.width = width
    self.values = values
    self.blindings = blindings ?? SecretBlock(count: nodes.count) { _ in .random() }
    areBlindingsFresh = given == nil
  }

  private static func blindings(_ node: JSONNode) throws(DocumentError) -> SecretBlock<Scalar> {
    let nodes = try node.array(maximumCount: RangeGenerators.partyLimit)
    return try SecretBlock(count: nodes.count) { index throws(DocumentError) in
      let bytes = try nodes[index].bytes(hexOfCount: Scalar.byteCount)
      guard let scalar = try? Scalar(canonicalBytes: bytes) else {
        throw nodes[index].failure(
          .outOfRange("a blinding", lower: "0", upper: "the order of the group less 1"))
      }
      return scalar
    }
  }

  /// Values and blindings, to open the commitments with later.
  func openingJSON() -> JSONValue {
    [
      "transcriptLabel": .string(label), "n": .integer(width.rawValue),
      "values": .array((0..<values.count).map { .integer(values[$0]) }),
      "blindings": .array((0..<blindings.count).map { .hex(blindings[$0].encoded()) }),
    ]
  }
}

extension JSONNode {
  fileprivate func rangeWidth() throws(DocumentError) -> RangeWidth {
    let widths = RangeWidth.allCases.map { Int64($0.rawValue) }
    let bits: Int64 = try integer(in: 8...64)
    guard widths.contains(bits), let width = RangeWidth(rawValue: Int(bits)) else {
      throw failure(.unknownWord(bits.description, known: widths.map(\.description)))
    }
    return width
  }
}

extension RangeVerificationError {
  /// What is wrong, in one line.
  var explanation: String {
    switch self {
    case .unsupportedCount(let count): "\(count) commitments; a proof is for 1, 2, 4, … 64"
    case .wrongProofLength(let expected, let actual): "\(actual) bytes instead of \(expected)"
    case .undecodable(let field, _): "field \(field) of the proof is not canonical"
    case .identity(let field): "field \(field) of the proof is the identity"
    case .undecodableCommitment(let index, _): "commitment \(index) is not canonical"
    case .degenerateChallenge, .equationFails: "the proof does not hold"
    }
  }
}
