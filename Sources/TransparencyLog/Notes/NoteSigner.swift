/// The secret key that a log signs its notes with. Lies in guarded memory and is wiped; it cannot be copied,
/// printed or compared.
public struct NoteSigner: ~Copyable, Sendable {
  /// What its signatures are checked with.
  public let key: NoteKey
  private let secret: SecretKey

  /// The signer of this name with the Ed25519 key of a seed of 32 bytes.
  ///
  /// - Throws: ``NoteKeyError/malformedName``.
  public init(name: ExactText, seed: Span<UInt8>) throws(NoteKeyError) {
    guard NoteKey.isName(name) else { throw .malformedName }
    secret = SecretKey(seed: seed)
    key = NoteKey(unchecked: name, .ed25519, secret.verificationKey)
  }

  /// Signs a text.
  borrowing func sign(_ text: [UInt8]) -> NoteSignature {
    NoteSignature(name: key.name, keyID: key.id, bytes: secret.signature(on: text))
  }
}

/// The secret key that a witness cosigns checkpoints with.
///
/// The message names no witness: a key cosigns under one name only.
public struct Cosigner: ~Copyable, Sendable {
  /// What its cosignatures are checked with.
  public let key: NoteKey
  private let secret: SecretKey

  /// The cosigner of this name with the Ed25519 key of a seed of 32 bytes.
  ///
  /// - Throws: ``NoteKeyError/malformedName``.
  public init(name: ExactText, seed: Span<UInt8>) throws(NoteKeyError) {
    guard NoteKey.isName(name) else { throw .malformedName }
    secret = SecretKey(seed: seed)
    key = NoteKey(unchecked: name, .cosignature, secret.verificationKey)
  }

  /// Cosigns the text of a checkpoint at a time. Only ``Witness`` calls this, after it has checked the
  /// checkpoint.
  borrowing func cosign(_ text: [UInt8], at time: UInt64) -> NoteSignature {
    NoteSignature(
      name: key.name, keyID: key.id,
      bytes: Digits.bigEndian(time) + secret.signature(on: Cosignature.message(time, text)))
  }
}

/// The form of a cosignature: a time in eight big-endian bytes, and an Ed25519 signature on
///
///     cosignature/v1
///     time <seconds since 1970>
///     <the text of the checkpoint>
///
/// - SeeAlso: c2sp.org/tlog-cosignature.
enum Cosignature {
  static let timeByteCount = 8

  static func message(_ time: UInt64, _ text: [UInt8]) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n".utf8) + text
  }
}
