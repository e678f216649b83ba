package import CanonicalBytes
package import Ristretto

/// Values to prove: `{"transcriptLabel", "n", "values": [integer], "blindings": [hex], "bounds": {"lower",
/// "upper"}}`. Without blindings, fresh ones are drawn; without bounds, values are below 2ⁿ.
package struct RangeValuesFile: ~Copyable {
  package static let byteLimit = 1 << 16

  package let label: String
  package let width: RangeWidth
  package let bounds: RangeBounds?
  package let values: SecretBlock<UInt64>
  package let blindings: SecretBlock<Scalar>
  /// Whether the blindings were drawn here, so that nobody else knows them.
  package let areBlindingsFresh: Bool

  package init(decoding bytes: [UInt8]) throws(DocumentError) {
    let object = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit).object(
      required: ["transcriptLabel", "n", "values"], optional: ["blindings", "bounds"])
    let label = try object["transcriptLabel"].string(maximumLength: RangeProofFile.labelLimit)
    let width = try object["n"].rangeWidth()
    let nodes = try object["values"].array(maximumCount: RangeGenerators.partyLimit)
    let given = object.optional("blindings")
    let values = try SecretBlock(count: nodes.count) { index throws(DocumentError) in
      try nodes[index].unsigned()
    }
    let blindings = try given.map { node throws(DocumentError) in try Self.blindings(node) }
    let bounds = try object.optional("bounds")?.rangeBounds()
    self.label = label
    self.width = width
    self.bounds = bounds
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
  package func openingJSON() -> JSONValue {
    var members = [JSONMember("transcriptLabel", .string(label)), JSONMember("n", .integer(width.rawValue))]
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
