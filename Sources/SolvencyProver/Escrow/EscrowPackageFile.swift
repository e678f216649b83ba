internal import CanonicalBytes
internal import Ristretto
internal import Solvency

extension EscrowPackage {
  /// The largest package file that is read, in bytes.
  public static let fileByteLimit = 4 << 20
  private static let keys = [
    "account", "threshold", "members", "points", "shares", "nonce", "contents",
  ]

  /// The package as a file. Public: with it and fewer than t keys nothing of the book can be learnt.
  ///
  ///     {"version": 1, "account": <an account file>, "threshold": 2,
  ///      "members": [<64 hex digits>], "points": [<64 hex digits>], "shares": [<base64>],
  ///      "nonce": <48 hex digits>, "contents": <base64>}
  public func encoded() -> [UInt8] {
    let json: JSONValue = [
      "version": 1,
      "account": account.json,
      "threshold": .integer(threshold),
      "members": .array(members.map { .hex($0.bytes) }),
      "points": .array(points.map { .hex($0.bytes) }),
      "shares": .array(sealedShares.map { .base64($0) }),
      "nonce": .hex(nonce),
      "contents": .base64(contents),
    ]
    return json.encoded(.indented)
  }

  /// Reads a package file.
  ///
  /// - Throws: ``EscrowError/document(_:)``, ``EscrowError/unsupportedVersion(_:)``,
  ///   ``EscrowError/invalidValue(path:)`` or ``EscrowError/committee``.
  public init(decoding file: [UInt8]) throws(EscrowError) {
    let node = try Self.reading { () throws(DocumentError) in
      try JSONDocument.parse(file, maximumBytes: Self.fileByteLimit)
    }
    let object = try Self.reading { () throws(DocumentError) in
      try node.object(version: 1, required: Self.keys)
    }
    guard
      let account = try? AccountCommitment(
        try Self.reading { () throws(DocumentError) in try object["account"] })
    else { throw .invalidValue(path: "account") }
    let limit = Self.memberLimit
    let parts = try Self.reading { () throws(DocumentError) in
      Parts(
        threshold: try object["threshold"].integer(in: 1...Int64(limit)),
        members: try Self.list(object["members"]) { node throws(DocumentError) in
          try node.bytes(hexOfCount: EscrowPublicKey.byteCount)
        },
        points: try Self.list(object["points"]) { node throws(DocumentError) in
          try node.bytes(hexOfCount: 32)
        },
        shares: try Self.list(object["shares"]) { node throws(DocumentError) in
          try node.base64(maximumBytes: Self.sealedShareByteCount)
        },
        nonce: try object["nonce"].bytes(hexOfCount: Self.nonceByteCount),
        contents: try object["contents"].base64(maximumBytes: OpeningPayload.byteLimit + Self.tagByteCount))
    }
    var points: [EncodedPoint] = []
    for (index, bytes) in parts.points.enumerated() {
      guard let point = try? EncodedPoint(bytes), (try? point.decoded()) != nil else {
        throw .invalidValue(path: "points[\(index)]")
      }
      points.append(point)
    }
    try self.init(
      account: account, threshold: Int(parts.threshold),
      members: parts.members.compactMap { EscrowPublicKey($0) }, points: points,
      sealedShares: parts.shares, nonce: parts.nonce, contents: parts.contents)
  }

  private struct Parts {
    let threshold: Int64
    let members, points, shares: [[UInt8]]
    let nonce, contents: [UInt8]
  }

  private static func list(
    _ node: JSONNode, _ element: (JSONNode) throws(DocumentError) -> [UInt8]
  ) throws(DocumentError) -> [[UInt8]] {
    var elements: [[UInt8]] = []
    for node in try node.array(maximumCount: memberLimit) { elements.append(try element(node)) }
    return elements
  }

  private static func reading<Value>(
    _ step: () throws(DocumentError) -> Value
  ) throws(EscrowError) -> Value {
    do throws(DocumentError) {
      return try step()
    } catch {
      throw EscrowError(error)
    }
  }
}
