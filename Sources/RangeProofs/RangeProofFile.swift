package import CanonicalBytes
package import Merlin
internal import ProofCore
internal import Ristretto

/// A range proof as a file or a line: `{"transcriptLabel", "n", "commitments": [hex], "proof": hex}`.
///
/// Where commitments to 0 complete a power of two, or values have bounds, the file says so and has a version:
/// `{"version": 2, "transcriptLabel", "n", "padding", "bounds": {"lower", "upper"}, "commitments", "proof"}`.
/// What the proof is then for is ``RangeStatement``.
package struct RangeProofFile {
  /// The version of files with padding or bounds; those without have none.
  static let version: Int64 = 2
  /// The most bytes of a document: 64 commitments and the longest proof in hexadecimal, and ample space.
  package static let byteLimit = 1 << 16
  /// The longest label, in bytes.
  package static let labelLimit = 256

  package let label: String
  package let statement: RangeStatement
  package let proof: RangeProof

  /// Reads a document.
  package init(decoding bytes: [UInt8]) throws(DocumentError) {
    let root = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let object: JSONObject
    if case .object(let members) = root.value, let version = members.first(where: { $0.key == "version" }) {
      // Another version may have other members, so it is looked at first.
      _ = try JSONNode(version.value, at: root.path.appending("version")).integer(
        in: Self.version...Self.version)
      object = try root.object(
        required: ["version", "transcriptLabel", "n", "padding", "commitments", "proof"], optional: ["bounds"]
      )
    } else {
      object = try root.object(required: ["transcriptLabel", "n", "commitments", "proof"])
    }
    label = try object["transcriptLabel"].string(maximumLength: Self.labelLimit)
    let width = try object["n"].rangeWidth()
    var commitments: [EncodedPoint] = []
    for node in try object["commitments"].array(maximumCount: RangeGenerators.partyLimit) {
      commitments.append(try node.point())
    }
    statement = RangeStatement(
      commitments: commitments, width: width, bounds: try object.optional("bounds")?.rangeBounds())
    if let padding = object.optional("padding") {
      _ = try padding.integer(in: Int64(statement.padding)...Int64(statement.padding))
    }
    proof = RangeProof(bytes: try object["proof"].bytes(hexOfAtMost: 1 << 12))
    isPlain = object.optional("version") == nil
  }

  /// Whether the file has no version, so that its commitments must be all that the proof covers.
  private let isPlain: Bool

  package init(label: String, statement: RangeStatement, proof: RangeProof) {
    (self.label, self.statement, self.proof) = (label, statement, proof)
    isPlain = statement.bounds == nil && statement.padding == 0
  }

  /// The transcript that prover and verifier start with.
  package var transcript: Transcript { Self.transcript(label: label) }

  /// The transcript under a label.
  package static func transcript(label: String) -> Transcript { Transcript(label: Array(label.utf8)) }

  package var json: JSONValue {
    var members = [
      JSONMember("transcriptLabel", .string(label)), JSONMember("n", .integer(statement.width.rawValue)),
    ]
    if !isPlain {
      members.insert(JSONMember("version", .integer(Self.version)), at: 0)
      members.append(JSONMember("padding", .integer(statement.padding)))
    }
    if let bounds = statement.bounds {
      members.append(
        JSONMember("bounds", ["lower": .integer(bounds.lower), "upper": .integer(bounds.upper)]))
    }
    members.append(JSONMember("commitments", .array(statement.commitments.map { .hex($0.bytes) })))
    members.append(JSONMember("proof", .hex(proof.bytes)))
    return .object(members)
  }

  /// Why a file without a version has the wrong number of commitments, if it has.
  package var countError: RangeVerificationError? {
    isPlain && statement.padding > 0 ? .unsupportedCount(statement.commitments.count) : nil
  }

  /// Why the proof does not hold, if it does not.
  package func verify() -> RangeVerificationError? {
    if let countError { return countError }
    var transcript = transcript
    do throws(RangeVerificationError) {
      try proof.verify(statement, transcript: &transcript)
      return nil
    } catch {
      return error
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

  func rangeWidth() throws(DocumentError) -> RangeWidth {
    let widths = RangeWidth.allCases.map { Int64($0.rawValue) }
    let bits: Int64 = try integer(in: 8...64)
    guard widths.contains(bits), let width = RangeWidth(rawValue: Int(bits)) else {
      throw failure(.unknownWord(bits.description, known: widths.map(\.description)))
    }
    return width
  }
}
