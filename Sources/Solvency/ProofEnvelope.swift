public import CanonicalBytes
public import CircuitProofs
internal import MarginRules
public import Ristretto

/// A proof with everything that says what it proves: what `proof.json` and a line of `proofs.jsonl`
/// hold.
///
/// The envelope names its public documents by digest and contains none of them: the verifier compiles
/// the statement from documents it trusts already.
public struct ProofEnvelope: Hashable, Sendable {
  /// The suite of generators that proofs of this version are over.
  public static let suite = "default"
  /// The largest envelope that is read, in bytes.
  public static let byteLimit = 1 << 20
  /// The most commitments of one envelope.
  public static let commitmentLimit = StatementLimits.links

  /// The name of the suite as stated.
  public let suite: String
  /// The name of the circuit as stated.
  public let circuitName: String
  /// What the proof is bound to.
  public let context: ProofContext
  /// The commitments the proof speaks about, the account's first. Not decoded yet.
  public let commitments: [EncodedPoint]
  /// The proof. Not decoded yet.
  public let proof: CircuitProof

  /// An envelope of these parts.
  public init(
    suite: String = Self.suite, circuitName: String, context: ProofContext,
    commitments: [EncodedPoint], proof: CircuitProof
  ) {
    self.suite = suite
    self.circuitName = circuitName
    self.context = context
    self.commitments = commitments
    self.proof = proof
  }
}

extension ProofEnvelope {
  private static let keys = [
    "suite", "circuit", "circuitDigest", "snapshot", "registry", "kind", "account", "sequence",
    "commitments", "audience", "nonce", "issued", "expires", "proof",
  ]
  private static let textLimit = 128

  /// Reads an envelope from a file or a line. Its form is checked, and none of its claims.
  ///
  /// - Throws: ``FileError``, among them ``FileError/unsupportedVersion(_:)`` for any version but 1.
  public init(decoding bytes: [UInt8]) throws(FileError) {
    if let line = EnvelopeLine.read(bytes), line.receivedAt == nil {
      self = line.envelope
      return
    }
    let node: JSONNode
    do throws(DocumentError) {
      node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    } catch {
      throw FileError(error)
    }
    try self.init(node)
  }

  /// Reads the JSON value of an envelope. A proof that a position is reduced has the member `reduction`,
  /// `{"instrument": "BTC-PERP", "side": "long"}`.
  ///
  /// - Throws: as ``init(decoding:)``.
  public init(_ node: JSONNode) throws(FileError) {
    var keys = Self.keys
    if case .object(let members) = node.value, members.contains(where: { $0.key == "reduction" }) {
      keys.append("reduction")
    }
    try self.init(VersionedFile(node, keys: keys), hasReduction: keys.count > Self.keys.count)
  }

  private init(_ file: VersionedFile, hasReduction: Bool) throws(FileError) {
    suite = try file.read("suite") { node throws(DocumentError) in
      try node.string(maximumLength: Self.textLimit)
    }
    circuitName = try file.read("circuit") { node throws(DocumentError) in
      try node.string(maximumLength: Self.textLimit)
    }
    context = try Self.context(file, hasReduction: hasReduction)
    commitments = try file.read("commitments") { node throws(DocumentError) in
      var points: [EncodedPoint] = []
      for element in try node.array(maximumCount: Self.commitmentLimit) {
        let bytes = try element.bytes(hexOfCount: EncodedPoint.byteCount)
        do throws(DecodingError) {
          points.append(try EncodedPoint(bytes))
        } catch {
          throw element.failure(
            .wrongByteCount(expected: EncodedPoint.byteCount, actual: bytes.count))
        }
      }
      return points
    }
    proof = try file.read("proof") { node throws(DocumentError) in
      CircuitProof(bytes: try node.base64(maximumBytes: Self.byteLimit))
    }
  }

  private static func context(
    _ file: VersionedFile, hasReduction: Bool
  ) throws(FileError) -> ProofContext {
    let circuit = try file.digest("circuitDigest")
    let snapshot = try file.digest("snapshot")
    let registry = try file.digest("registry")
    let kind = try file.read("kind") { node throws(DocumentError) in
      try node.word(MarginKind.self)
    }
    let account = try file.account("account")
    let sequence = try file.word("sequence")
    let audience = try file.audience("audience")
    let nonce = try file.nonce("nonce")
    let issued = Timestamp(seconds: try file.word("issued"))
    let expires = Timestamp(seconds: try file.word("expires"))
    let reduction =
      !hasReduction
      ? nil
      : try file.read("reduction") { node throws(DocumentError) in
        try Reduction(node)
      }
    do throws(ProofContextError) {
      return try ProofContext(
        circuit: circuit, snapshot: snapshot, registry: registry, kind: kind, account: account,
        sequence: sequence, audience: audience, nonce: nonce, issued: issued, expires: expires,
        reduction: reduction)
    } catch {
      throw .emptyWindow
    }
  }

  /// The JSON value of the envelope.
  public var json: JSONValue {
    var members = [
      JSONMember("version", .integer(VersionedFile.version)),
      JSONMember("suite", .string(suite)),
      JSONMember("circuit", .string(circuitName)),
      JSONMember("circuitDigest", .hex(context.circuit.bytes)),
      JSONMember("snapshot", .hex(context.snapshot.bytes)),
      JSONMember("registry", .hex(context.registry.bytes)),
      JSONMember("kind", .string(context.kind.rawValue)),
      JSONMember("account", .string(context.account.description)),
      JSONMember("sequence", .integer(context.sequence)),
      JSONMember("commitments", .array(commitments.map { .hex($0.bytes) })),
      JSONMember("audience", context.audience.json),
      JSONMember("nonce", .hex(context.nonce.bytes)),
      JSONMember("issued", .integer(context.issued.seconds)),
      JSONMember("expires", .integer(context.expires.seconds)),
      JSONMember("proof", .base64(proof.bytes)),
    ]
    if let reduction = context.reduction { members.append(JSONMember("reduction", reduction.json)) }
    return .object(members)
  }

  /// The envelope as one line of JSON, without the line's end.
  public func encoded() -> [UInt8] { json.encoded(.compact) }
}
