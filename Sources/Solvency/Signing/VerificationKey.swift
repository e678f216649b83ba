internal import CSodium
internal import CanonicalBytes

/// The public key of a signer: an Ed25519 point, canonical and of prime order.
public struct VerificationKey: Hashable, Sendable, CustomStringConvertible {
  /// Number of bytes.
  public static let byteCount = 32

  /// The encoding of RFC 8032, section 5.1.2.
  public let bytes: [UInt8]

  /// Checks a key that came from outside.
  ///
  /// - Throws: ``SigningError/notAKey`` unless the bytes are the canonical encoding of a point of the
  ///   prime-order group other than the identity: with any other point, signatures would not bind.
  public init(_ bytes: [UInt8]) throws(SigningError) {
    guard bytes.count == Self.byteCount,
      unsafe crypto_core_ed25519_is_valid_point(bytes) == 1
    else { throw .notAKey }
    self.bytes = bytes
  }

  /// The key of a secret seed.
  init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// The key written as 64 lower-case hexadecimal digits.
  ///
  /// - Throws: ``SigningError/notAKey``.
  public init(hex: String) throws(SigningError) {
    guard let bytes = Base16.decode(hex, byteCount: Self.byteCount) else { throw .notAKey }
    try self.init(bytes)
  }

  /// 64 lower-case hexadecimal digits.
  public var description: String { Base16.encode(bytes) }
}

/// An Ed25519 signature: 64 bytes that claim to be one.
public struct Signature: Hashable, Sendable {
  /// Number of bytes.
  public static let byteCount = 64

  /// The encoding of RFC 8032, section 5.1.6.
  public let bytes: [UInt8]

  /// The signature of these bytes, if there are 64 of them.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  init(unchecked bytes: [UInt8]) { self.bytes = bytes }
}

/// Why a key or a signature is refused.
public enum SigningError: Error, Hashable, Sendable {
  /// These bytes are not a verification key.
  case notAKey
  /// A key of this role does not sign such a thing.
  case wrongRole(expected: SignerRole, actual: SignerRole)
  /// The thing is signed by another key than the one it was checked against.
  case otherSigner
  /// The signature is not that of the key on this content.
  case invalidSignature
}

extension SigningError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .notAKey: "these bytes are not a verification key"
    case .wrongRole(let expected, let actual):
      "a key of a \(actual.rawValue) does not sign for a \(expected.rawValue)"
    case .otherSigner: "it is signed by another key"
    case .invalidSignature: "the signature does not hold on what is signed"
    }
  }
}
