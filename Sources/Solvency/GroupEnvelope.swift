public import CanonicalBytes
public import CircuitProofs
internal import MarginRules
public import Ristretto

/// A proof about several accounts with everything that says what it proves, as ``ProofEnvelope`` for one.
///
/// It is one claim: a verdict about one of the accounts is a verdict about the whole group, and a proof that
/// fails says nothing about which account is at fault.
public struct GroupEnvelope: Hashable, Sendable {
  /// The name of the suite as stated.
  public let suite: String
  /// The name of the circuit as stated.
  public let circuitName: String
  /// What the proof is bound to.
  public let context: GroupContext
  /// The commitments the proof speaks about, in the order of the context's accounts. Not decoded yet.
  public let commitments: [EncodedPoint]
  /// The proof. Not decoded yet.
  public let proof: CircuitProof

  /// An envelope of these parts, with a commitment for each account (precondition).
  public init(
    suite: String = ProofEnvelope.suite, circuitName: String, context: GroupContext,
    commitments: [EncodedPoint], proof: CircuitProof
  ) {
    precondition(commitments.count == context.members.count, "a commitment for each account")
    self.suite = suite
    self.circuitName = circuitName
    self.context = context
    self.commitments = commitments
    self.proof = proof
  }
}

extension GroupEnvelope {
  private static let keys = [
    "suite", "circuit", "circuitDigest", "snapshot", "registry", "kind", "members", "audience", "nonce",
    "issued", "expires", "proof",
  ]
  private static let textLimit = 128

  /// Reads an envelope from a file or a line. Its form is checked, and none of its claims.
  ///
  /// - Throws: ``FileError``.
  public init(decoding bytes: [UInt8]) throws(FileError) {
    let file = try VersionedFile(bytes, maximumBytes: ProofEnvelope.byteLimit, keys: Self.keys)
    suite = try file.read("suite") { node throws(DocumentError) in
      try node.string(maximumLength: Self.textLimit)
    }
    circuitName = try file.read("circuit") { node throws(DocumentError) in
      try node.string(maximumLength: Self.textLimit)
    }
    var (members, commitments): ([GroupMember], [EncodedPoint]) = ([], [])
    let nodes = try file.read("members") { node throws(DocumentError) in
      try node.array(maximumCount: GroupSize.sixtyFour.rawValue)
    }
    for node in nodes {
      let (member, commitment) = try Self.member(node)
      members.append(member)
      commitments.append(commitment)
    }
    let kind = try file.read("kind") { node throws(DocumentError) in
      try node.word(MarginKind.self)
    }
    let (circuit, snapshot) = (try file.digest("circuitDigest"), try file.digest("snapshot"))
    let (registry, audience) = (try file.digest("registry"), try file.audience("audience"))
    let (nonce, issued) = (try file.nonce("nonce"), Timestamp(seconds: try file.word("issued")))
    let expires = Timestamp(seconds: try file.word("expires"))
    do throws(GroupContextError) {
      context = try GroupContext(
        circuit: circuit, snapshot: snapshot, registry: registry, kind: kind, members: members,
        audience: audience, nonce: nonce, issued: issued, expires: expires)
    } catch {
      switch error {
      case .emptyWindow: throw .emptyWindow
      case .noGroup, .repeatedAccount: throw .invalidName(path: "members", .notPrintable)
      }
    }
    self.commitments = commitments
    proof = try file.read("proof") { node throws(DocumentError) in
      CircuitProof(bytes: try node.base64(maximumBytes: ProofEnvelope.byteLimit))
    }
  }

  private static func member(_ node: JSONNode) throws(FileError) -> (GroupMember, EncodedPoint) {
    do throws(DocumentError) {
      let members = try node.object(required: ["account", "sequence", "commitment"])
      let text = try members["account"].string(maximumLength: AccountID.byteLimit)
      guard let account = try? AccountID(text) else { throw try members["account"].failure(.notHexadecimal) }
      let sequence = try members["sequence"].unsigned()
      let bytes = try members["commitment"].bytes(hexOfCount: EncodedPoint.byteCount)
      guard let commitment = try? EncodedPoint(bytes) else {
        throw try members["commitment"].failure(.notHexadecimal)
      }
      return (GroupMember(account: account, sequence: sequence), commitment)
    } catch {
      throw FileError(error)
    }
  }

  /// The JSON value of the envelope.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version), "suite": .string(suite), "circuit": .string(circuitName),
      "circuitDigest": .hex(context.circuit.bytes), "snapshot": .hex(context.snapshot.bytes),
      "registry": .hex(context.registry.bytes), "kind": .string(context.kind.rawValue),
      "members": .array(
        zip(context.members, commitments).map { member, commitment in
          [
            "account": .string(member.account.description), "sequence": .integer(member.sequence),
            "commitment": .hex(commitment.bytes),
          ]
        }),
      "audience": context.audience.json, "nonce": .hex(context.nonce.bytes),
      "issued": .integer(context.issued.seconds), "expires": .integer(context.expires.seconds),
      "proof": .base64(proof.bytes),
    ]
  }

  /// The envelope as one line of JSON, without the line's end.
  public func encoded() -> [UInt8] { json.encoded(.compact) }
}
