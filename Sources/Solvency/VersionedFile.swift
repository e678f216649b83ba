package import CanonicalBytes
internal import MarginRules
package import Ristretto

/// The members of a JSON file that states its version, read by key.
///
/// An unknown version is refused by its number before anything else of the file is looked at.
package struct VersionedFile {
  /// The version that is written and read.
  package static let version: Int64 = 1

  private let members: JSONObject

  /// Parses a file that has exactly the keys `version` and `keys`, and perhaps some of `optional`.
  package init(
    _ bytes: [UInt8], maximumBytes: Int, keys: [String], optional: [String] = []
  ) throws(FileError) {
    let node = try FileError.wrapping { () throws(DocumentError) in
      try JSONDocument.parse(bytes, maximumBytes: maximumBytes)
    }
    try self.init(node, keys: keys, optional: optional)
  }

  /// Takes the value of a file that has been parsed.
  package init(_ node: JSONNode, keys: [String], optional: [String] = []) throws(FileError) {
    members = try FileError.wrapping { () throws(DocumentError) in
      try node.object(version: Self.version, required: keys, optional: optional)
    }
  }

  /// Reads the value under a key.
  package func read<Value>(
    _ key: String, _ step: (JSONNode) throws(DocumentError) -> Value
  ) throws(FileError) -> Value {
    try FileError.wrapping { () throws(DocumentError) in try step(try members[key]) }
  }

  /// Reads the value under a key that may be missing; nil without it.
  package func readIfPresent<Value>(
    _ key: String, _ step: (JSONNode) throws(DocumentError) -> Value
  ) throws(FileError) -> Value? {
    guard let node = members.optional(key) else { return nil }
    return try FileError.wrapping { () throws(DocumentError) in try step(node) }
  }

  /// The account that a text names.
  package func account(_ key: String) throws(FileError) -> AccountID {
    let text = try read(key) { node throws(DocumentError) in try node.string(maximumLength: .max) }
    do throws(NameError) {
      return try AccountID(text)
    } catch {
      throw .invalidName(path: key, error)
    }
  }

  /// The audience that a text names, or `{"name": …, "ledger": <64 hex digits>}`.
  package func audience(_ key: String) throws(FileError) -> Audience {
    let parts = try read(key) { node throws(DocumentError) in try Audience.parts(of: node) }
    do throws(NameError) {
      return try Audience(parts.name, ledger: parts.ledger)
    } catch {
      throw .invalidName(path: key, error)
    }
  }

  /// The digest written as 64 hexadecimal digits.
  package func digest(_ key: String) throws(FileError) -> Digest {
    try read(key) { node throws(DocumentError) in
      try node.digest()
    }
  }

  /// The nonce written as 64 hexadecimal digits.
  package func nonce(_ key: String) throws(FileError) -> Nonce {
    try read(key) { node throws(DocumentError) in
      Nonce(try node.bytes32())
    }
  }

  /// An integer from 0 to 2⁶⁴ − 1.
  package func word(_ key: String) throws(FileError) -> UInt64 {
    try read(key) { node throws(DocumentError) in try node.unsigned() }
  }

  /// The amounts of a book by coordinate.
  package func amounts(_ key: String) throws(FileError) -> [Int64] {
    try read(key) { node throws(DocumentError) in
      try node.array(maximumCount: Registry.countLimit).map { element throws(DocumentError) in
        try element.integer(in: .min ... .max)
      }
    }
  }

  /// A scalar below ℓ written as 64 hexadecimal digits.
  package func scalar(_ key: String) throws(FileError) -> Scalar {
    guard let scalar = try? Scalar(canonicalBytes: bytes32(key)) else { throw .undecodablePoint(path: key) }
    return scalar
  }

  /// The key written as 64 hexadecimal digits.
  package func verificationKey(_ key: String) throws(FileError) -> VerificationKey {
    let bytes = try bytes32(key)
    do throws(SigningError) {
      return try VerificationKey(bytes)
    } catch {
      throw .undecodablePoint(path: key)
    }
  }

  /// 32 bytes written as 64 hexadecimal digits.
  package func bytes32(_ key: String) throws(FileError) -> [UInt8] {
    try read(key) { node throws(DocumentError) in try node.bytes(hexOfCount: 32) }
  }
}

extension Audience {
  /// How it stands in a file.
  package var json: JSONValue {
    guard let ledger else { return .string(description) }
    return ["name": .string(description), "ledger": .hex(ledger.bytes)]
  }

  /// Reads what ``json`` gives.
  package init(_ node: JSONNode) throws(DocumentError) {
    let parts = try Self.parts(of: node)
    guard let audience = try? Audience(parts.name, ledger: parts.ledger) else {
      throw node.failure(.unknownWord(parts.name, known: ["1 to 128 bytes of printable text"]))
    }
    self = audience
  }

  /// A name, or a name and a ledger, unchecked.
  fileprivate static func parts(of node: JSONNode) throws(DocumentError) -> (name: String, ledger: Digest?) {
    guard case .object = node.value else { return (try node.string(maximumLength: .max), nil) }
    let members = try node.object(required: ["name", "ledger"])
    let hex = try members["ledger"]
    guard let ledger = Digest(try hex.bytes(hexOfCount: Digest.byteCount)) else {
      throw hex.failure(.notHexadecimal)
    }
    return (try members["name"].string(maximumLength: .max), ledger)
  }
}

extension FileError {
  /// Runs a step of reading, wrapping its error.
  package static func wrapping<Value>(_ step: () throws(DocumentError) -> Value) throws(FileError) -> Value {
    do throws(DocumentError) {
      return try step()
    } catch {
      throw FileError(error)
    }
  }
}
