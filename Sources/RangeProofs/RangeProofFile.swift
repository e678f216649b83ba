package import CanonicalBytes
package import Merlin
internal import ProofCore
internal import Ristretto

/// The two kinds of range proofs.
package enum RangeProofKind: String, CaseIterable, Sendable {
  /// ``RangeProof``, in the format of the dalek crate.
  case bulletproofs
  /// ``ReciprocalRangeProof``.
  case reciprocal
}

/// A range proof as a file or a line: `{"transcriptLabel", "n", "commitments": [hex], "proof": hex}`.
///
/// Where commitments to 0 complete a power of two, or values have bounds, the file says so and has a version:
/// `{"version": 2, "transcriptLabel", "n", "padding", "bounds": {"lower", "upper"}, "commitments", "proof"}`.
/// What the proof is then for is ``RangeStatement``.
///
/// A reciprocal proof has version 3 and `n` or `bounds`, never both:
/// `{"version": 3, "kind": "reciprocal", "transcriptLabel", "n", "commitments", "proof"}`.
package struct RangeProofFile {
  /// What is proved, and the proof.
  package enum Content {
    case bulletproofs(RangeStatement, RangeProof)
    case reciprocal(ReciprocalRangeStatement, ReciprocalRangeProof)
  }

  /// The version of files with padding or bounds; those without have none.
  private static let version: Int64 = 2
  /// The version of files with a kind.
  private static let versionOfKinds: Int64 = 3
  /// The most bytes of a document: 256 commitments and the longest proof in hexadecimal, and ample space.
  package static let byteLimit = 1 << 16
  /// The longest label, in bytes.
  package static let labelLimit = 256

  package let label: String
  package let content: Content

  /// Reads a document.
  package init(decoding bytes: [UInt8]) throws(DocumentError) {
    let root = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    var version: Int64?
    if case .object(let members) = root.value, let member = members.first(where: { $0.key == "version" }) {
      // Another version may have other members, so it is looked at first.
      version = try JSONNode(member.value, at: root.path.appending("version")).integer(
        in: Self.version...Self.versionOfKinds)
    }
    switch version {
    case Self.versionOfKinds:
      let object = try root.object(
        required: ["version", "kind", "transcriptLabel", "commitments", "proof"], optional: ["n", "bounds"])
      label = try object["transcriptLabel"].string(maximumLength: Self.labelLimit)
      content = try Self.reciprocal(object, of: root)
      isPlain = false
    case Self.version:
      let object = try root.object(
        required: ["version", "transcriptLabel", "n", "padding", "commitments", "proof"], optional: ["bounds"]
      )
      label = try object["transcriptLabel"].string(maximumLength: Self.labelLimit)
      content = try Self.bulletproofs(object)
      isPlain = false
    default:
      let object = try root.object(required: ["transcriptLabel", "n", "commitments", "proof"])
      label = try object["transcriptLabel"].string(maximumLength: Self.labelLimit)
      content = try Self.bulletproofs(object)
      isPlain = true
    }
  }

  private static func bulletproofs(_ object: JSONObject) throws(DocumentError) -> Content {
    let width = try object["n"].rangeWidth()
    let statement = RangeStatement(
      commitments: try commitments(object, atMost: RangeGenerators.partyLimit), width: width,
      bounds: try object.optional("bounds")?.rangeBounds())
    if let padding = object.optional("padding") {
      _ = try padding.integer(in: Int64(statement.padding)...Int64(statement.padding))
    }
    return .bulletproofs(statement, RangeProof(bytes: try proof(object)))
  }

  private static func reciprocal(_ object: JSONObject, of root: JSONNode) throws(DocumentError) -> Content {
    let kind = try object["kind"].string(maximumLength: labelLimit)
    guard kind == RangeProofKind.reciprocal.rawValue else {
      throw try object["kind"].failure(.unknownWord(kind, known: [RangeProofKind.reciprocal.rawValue]))
    }
    let bounds: RangeBounds
    switch (object.optional("n"), object.optional("bounds")) {
    case (let n?, nil):
      bounds = try n.bitBounds()
    case (nil, let node?):
      bounds = try node.rangeBounds()
      // One file for each statement.
      guard bounds.bits == nil else { throw root.failure(.unknownKey("bounds", suggestion: "n")) }
    case (.some, .some):
      throw root.failure(.unknownKey("bounds", suggestion: nil))
    case (nil, nil):
      throw root.failure(.missingKey("n"))
    }
    return .reciprocal(
      ReciprocalRangeStatement(
        commitments: try commitments(object, atMost: ReciprocalRangeStatement.countLimit), bounds: bounds),
      ReciprocalRangeProof(bytes: try proof(object)))
  }

  private static func commitments(
    _ object: JSONObject, atMost limit: Int
  ) throws(DocumentError) -> [EncodedPoint] {
    var commitments: [EncodedPoint] = []
    for node in try object["commitments"].array(maximumCount: limit) { commitments.append(try node.point()) }
    return commitments
  }

  private static func proof(_ object: JSONObject) throws(DocumentError) -> [UInt8] {
    try object["proof"].bytes(hexOfAtMost: 1 << 12)
  }

  /// Whether the file has no version, so that its commitments must be all that the proof covers.
  private let isPlain: Bool

  package init(label: String, statement: RangeStatement, proof: RangeProof) {
    self.label = label
    content = .bulletproofs(statement, proof)
    isPlain = statement.bounds == nil && statement.padding == 0
  }

  package init(label: String, statement: ReciprocalRangeStatement, proof: ReciprocalRangeProof) {
    self.label = label
    content = .reciprocal(statement, proof)
    isPlain = false
  }

  /// The kind of the proof.
  package var kind: RangeProofKind {
    switch content {
    case .bulletproofs: .bulletproofs
    case .reciprocal: .reciprocal
    }
  }

  /// The commitments to the values.
  package var commitments: [EncodedPoint] {
    switch content {
    case .bulletproofs(let statement, _): statement.commitments
    case .reciprocal(let statement, _): statement.commitments
    }
  }

  /// The bytes of the proof.
  package var proofBytes: [UInt8] {
    switch content {
    case .bulletproofs(_, let proof): proof.bytes
    case .reciprocal(_, let proof): proof.bytes
    }
  }

  /// The transcript that prover and verifier of a Bulletproof start with.
  var transcript: Transcript { Self.transcript(label: label) }

  /// The transcript under a label.
  package static func transcript(label: String) -> Transcript { Transcript(label: Array(label.utf8)) }

  package var json: JSONValue {
    var members: [JSONMember] = []
    switch content {
    case .bulletproofs(let statement, _):
      if !isPlain { members.append(JSONMember("version", .integer(Self.version))) }
      members.append(JSONMember("transcriptLabel", .string(label)))
      members.append(JSONMember("n", .integer(statement.width.rawValue)))
      if !isPlain { members.append(JSONMember("padding", .integer(statement.padding))) }
      if let bounds = statement.bounds { members.append(Self.member(bounds)) }
    case .reciprocal(let statement, _):
      members.append(JSONMember("version", .integer(Self.versionOfKinds)))
      members.append(JSONMember("kind", .string(kind.rawValue)))
      members.append(JSONMember("transcriptLabel", .string(label)))
      members.append(
        statement.bounds.bits.map { JSONMember("n", .integer($0)) } ?? Self.member(statement.bounds))
    }
    members.append(JSONMember("commitments", .array(commitments.map { .hex($0.bytes) })))
    members.append(JSONMember("proof", .hex(proofBytes)))
    return .object(members)
  }

  private static func member(_ bounds: RangeBounds) -> JSONMember {
    JSONMember("bounds", ["lower": .integer(bounds.lower), "upper": .integer(bounds.upper)])
  }

  /// Why a file without a version has the wrong number of commitments, if it has.
  var countError: RangeVerificationError? {
    guard case .bulletproofs(let statement, _) = content, isPlain, statement.padding > 0 else { return nil }
    return .unsupportedCount(statement.commitments.count)
  }

  /// Why the proof does not hold, if it does not.
  package func verify() -> RangeVerificationError? {
    if let countError { return countError }
    do throws(RangeVerificationError) {
      switch content {
      case .bulletproofs(let statement, let proof):
        var transcript = transcript
        try proof.verify(statement, transcript: &transcript)
      case .reciprocal(let statement, let proof):
        try proof.verify(statement, label: Array(label.utf8))
      }
      return nil
    } catch {
      return error
    }
  }

  /// Verifies documents of both kinds together, each kind as one batch.
  ///
  /// - Returns: for each document `nil` if its proof holds, and the reason if not.
  package static func verify(_ documents: [RangeProofFile]) -> [RangeVerificationError?] {
    var (bulletproofs, reciprocal) = (RangeProofBatch(), ReciprocalRangeProofBatch())
    for document in documents {
      switch document.content {
      case .bulletproofs(let statement, let proof):
        bulletproofs.add(proof, statement: statement, transcript: document.transcript)
      case .reciprocal(let statement, let proof):
        reciprocal.add(proof, statement: statement, label: Array(document.label.utf8))
      }
    }
    let verdicts = (bulletproofs.verdicts(), reciprocal.verdicts())
    var next = (0, 0)
    return documents.map { document in
      switch document.kind {
      case .bulletproofs:
        defer { next.0 += 1 }
        return document.countError ?? verdicts.0[next.0]
      case .reciprocal:
        defer { next.1 += 1 }
        return verdicts.1[next.1]
      }
    }
  }
}

extension JSONNode {
  /// `{"lower": 18, "upper": 65}`
  func rangeBounds() throws(DocumentError) -> RangeBounds {
    let object = try object(required: ["lower", "upper"])
    let lower = try object["lower"].unsigned()
    let upper = try object["upper"].unsigned()
    guard let bounds = RangeBounds(lower, upper) else {
      throw try object["upper"].failure(.outOfRange("\(upper)", lower: "\(lower)", upper: "\(UInt64.max)"))
    }
    return bounds
  }

  /// `n`, the number of bits, of values from 0 on.
  func bitBounds() throws(DocumentError) -> RangeBounds {
    let bits: Int64 = try integer(in: 1...64)
    guard let bounds = RangeBounds(bits: Int(bits)) else {
      throw failure(.outOfRange("\(bits)", lower: "1", upper: "64"))
    }
    return bounds
  }

  func rangeWidth() throws(DocumentError) -> RangeWidth {
    let widths = RangeWidth.allCases.map { Int64($0.rawValue) }
    let bits: Int64 = try integer(in: 0...Int64.max)
    guard widths.contains(bits), let width = RangeWidth(rawValue: Int(bits)) else {
      throw failure(.unknownWord(bits.description, known: widths.map(\.description)))
    }
    return width
  }
}
