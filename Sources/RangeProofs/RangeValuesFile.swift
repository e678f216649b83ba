package import CanonicalBytes
package import Ristretto

/// Values to prove: `{"transcriptLabel", "n", "values": [integer], "blindings": [hex], "bounds": {"lower",
/// "upper"}}`. Without blindings, fresh ones are drawn; without bounds, values are below 2ⁿ. With bounds n
/// bits hold upper − lower; a reciprocal proof needs no n then.
package struct RangeValuesFile: ~Copyable {
  package static let byteLimit = 1 << 16

  package let label: String
  package let range: ValueRange
  package let values: SecretBlock<UInt64>
  package let blindings: SecretBlock<Scalar>
  /// Whether the blindings were drawn here, so that nobody else knows them.
  package let areBlindingsFresh: Bool

  /// What values are proved to be in.
  package enum ValueRange {
    case bulletproofs(RangeWidth, RangeBounds?)
    case reciprocal(RangeBounds)
  }

  /// Reads values for a proof of a kind.
  package init(decoding bytes: [UInt8], for kind: RangeProofKind) throws(DocumentError) {
    let root = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let label: String
    let object: JSONObject
    let countLimit: Int
    let range: ValueRange
    switch kind {
    case .bulletproofs:
      object = try root.object(
        required: ["transcriptLabel", "n", "values"], optional: ["blindings", "bounds"])
      range = .bulletproofs(try object["n"].rangeWidth(), try object.optional("bounds")?.rangeBounds())
      countLimit = RangeGenerators.partyLimit
    case .reciprocal:
      object = try root.object(
        required: ["transcriptLabel", "values"], optional: ["n", "blindings", "bounds"])
      range = .reciprocal(try Self.reciprocalBounds(object, of: root))
      countLimit = ReciprocalRangeStatement.countLimit
    }
    label = try object["transcriptLabel"].string(maximumLength: RangeProofFile.labelLimit)
    let nodes = try object["values"].array(maximumCount: countLimit)
    let given = object.optional("blindings")
    let values = try SecretBlock(count: nodes.count) { index throws(DocumentError) in
      try nodes[index].unsigned()
    }
    let blindings = try given.map { node throws(DocumentError) in try Self.blindings(node, atMost: countLimit)
    }
    self.label = label
    self.range = range
    self.values = values
    self.blindings = blindings ?? SecretBlock(count: nodes.count) { _ in .random() }
    areBlindingsFresh = given == nil
  }

  private static func reciprocalBounds(
    _ object: JSONObject, of root: JSONNode
  ) throws(DocumentError) -> RangeBounds {
    switch (try object.optional("n")?.bitBounds(), try object.optional("bounds")?.rangeBounds()) {
    case (let wide?, nil): return wide
    case (nil, let bounds?): return bounds
    case (let wide?, let bounds?):
      guard bounds.upper - bounds.lower <= wide.upper else {
        throw try object["bounds"].failure(
          .outOfRange("\(bounds.upper) - \(bounds.lower)", lower: "0", upper: "\(wide.upper)"))
      }
      return bounds
    case (nil, nil): throw root.failure(.missingKey("n"))
    }
  }

  private static func blindings(
    _ node: JSONNode, atMost limit: Int
  ) throws(DocumentError) -> SecretBlock<Scalar> {
    let nodes = try node.array(maximumCount: limit)
    return try SecretBlock(count: nodes.count) { index throws(DocumentError) in
      let bytes = try nodes[index].bytes(hexOfCount: Scalar.byteCount)
      guard let scalar = try? Scalar(canonicalBytes: bytes) else {
        throw nodes[index].failure(
          .outOfRange("a blinding", lower: "0", upper: "the order of the group less 1"))
      }
      return scalar
    }
  }

  /// Proves the values.
  package func prove() throws(RangeProvingError) -> RangeProofFile {
    switch range {
    case .bulletproofs(let width, let bounds):
      var transcript = RangeProofFile.transcript(label: label)
      let (proof, statement) = try RangeProof.prove(
        values, blindings: blindings, width: width, bounds: bounds, transcript: &transcript)
      return RangeProofFile(label: label, statement: statement, proof: proof)
    case .reciprocal(let bounds):
      let (proof, statement) = try ReciprocalRangeProof.prove(
        values, blindings: blindings, bounds: bounds, label: Array(label.utf8))
      return RangeProofFile(label: label, statement: statement, proof: proof)
    }
  }

  /// Values and blindings, to open the commitments with later.
  package func openingJSON() -> JSONValue {
    var members = [JSONMember("transcriptLabel", .string(label))]
    let bounds: RangeBounds?
    switch range {
    case .bulletproofs(let width, let given):
      members.append(JSONMember("n", .integer(width.rawValue)))
      bounds = given
    case .reciprocal(let given):
      if let bits = given.bits { members.append(JSONMember("n", .integer(bits))) }
      bounds = given.bits == nil ? given : nil
    }
    if let bounds {
      members.append(
        JSONMember("bounds", ["lower": .integer(bounds.lower), "upper": .integer(bounds.upper)]))
    }
    members.append(JSONMember("values", .array((0..<values.count).map { .integer(values[$0]) })))
    members.append(
      JSONMember("blindings", .array((0..<blindings.count).map { .hex(blindings[$0].encoded()) })))
    return .object(members)
  }
}
