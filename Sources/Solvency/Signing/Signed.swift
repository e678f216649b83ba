public import CanonicalBytes
internal import MarginRules

/// Something that is signed: it has canonical bytes and one role that may sign it.
public protocol Signable: Hashable, Sendable {
  /// Who signs such things.
  static var signer: SignerRole { get }
  /// What it is called in files: "attestation".
  static var kind: String { get }
  /// The content without ambiguity, beginning with its own domain.
  var canonicalBytes: [UInt8] { get }
  /// The content as it stands in a file.
  var json: JSONValue { get }
  /// Reads the content as it stands in a file.
  init(_ node: JSONNode) throws(FileError)
}

/// Content that claims to be signed. What it says is reached by ``content(verifiedBy:)`` alone, so that a
/// forgotten check does not compile.
///
///     signature = Ed25519(key, "solvency/signature/v1" ‖ role ‖ kind ‖ canonical bytes)
///
/// - SeeAlso: RFC 8032, section 5.1.
public struct Signed<Content: Signable>: Hashable, Sendable {
  /// What the file says, before anything is checked.
  public let unverified: Content
  /// The key that the signature is claimed to be of.
  public let signer: VerificationKey
  /// The signature.
  public let signature: Signature

  /// Signs content.
  ///
  /// - Throws: ``SigningError/wrongRole(expected:actual:)``.
  public init(_ content: Content, by key: borrowing SigningKey) throws(SigningError) {
    guard key.role == Content.signer else {
      throw .wrongRole(expected: Content.signer, actual: key.role)
    }
    unverified = content
    signer = key.verificationKey
    signature = key.signature(on: Self.message(content))
  }

  /// A claim that came from outside.
  public init(_ content: Content, signer: VerificationKey, signature: Signature) {
    unverified = content
    self.signer = signer
    self.signature = signature
  }

  /// The content, if this key signed it.
  ///
  /// - Throws: ``SigningError/otherSigner`` or ``SigningError/invalidSignature``.
  public func content(verifiedBy key: VerificationKey) throws(SigningError) -> Content {
    guard signer == key else { throw .otherSigner }
    guard key.accepts(signature, on: Self.message(unverified)) else { throw .invalidSignature }
    return unverified
  }

  /// The bytes that are signed, for a signer that keeps its key elsewhere, such as a hardware module.
  public static func message(_ content: Content) -> [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/signature/v1")
    writer.append(text: Array(Content.signer.rawValue.utf8))
    writer.append(text: Array(Content.kind.utf8))
    writer.append(text: content.canonicalBytes)
    return writer.bytes
  }
}

extension Signed {
  /// The largest file that is read, in bytes.
  public static var fileByteLimit: Int { 1 << 20 }

  /// Reads a file:
  ///
  ///     {"version": 1, "kind": "attestation", "content": {…}, "signer": <64 hex digits>,
  ///      "signature": <128 hex digits>}
  ///
  /// The signature is not checked.
  ///
  /// - Throws: ``FileError``, among them ``FileError/otherKind(expected:found:)`` for another signed content.
  public init(decoding file: [UInt8]) throws(FileError) {
    try self.init(VersionedFile(file, maximumBytes: Self.fileByteLimit, keys: Self.keys))
  }

  /// Reads the JSON value of a file.
  ///
  /// - Throws: as ``init(decoding:)``.
  public init(_ node: JSONNode) throws(FileError) {
    try self.init(VersionedFile(node, keys: Self.keys))
  }

  private static var keys: [String] { ["kind", "content", "signer", "signature"] }

  private init(_ file: VersionedFile) throws(FileError) {
    let kind = try file.read("kind") { node throws(DocumentError) in
      try node.string(maximumLength: 64)
    }
    guard kind == Content.kind else { throw .otherKind(expected: Content.kind, found: kind) }
    let content = try Content(file.read("content") { $0 })
    let key = try file.verificationKey("signer")
    let signature = try file.read("signature") { node throws(DocumentError) in
      try node.bytes(hexOfCount: Signature.byteCount)
    }
    self.init(content, signer: key, signature: Signature(unchecked: signature))
  }

  /// The JSON value of the file.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version),
      "kind": .string(Content.kind),
      "content": unverified.json,
      "signer": .hex(signer.bytes),
      "signature": .hex(signature.bytes),
    ]
  }
}
