internal import CanonicalBytes

/// The public key of a signer of notes, with its name: what C2SP calls a verifier key, or vkey.
///
///     vkey   = name + "+" + hexadecimal(key ID) + "+" + base64(type ‖ public key)
///     key ID = the first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key)
///
/// - SeeAlso: c2sp.org/signed-note, c2sp.org/tlog-cosignature.
public struct NoteKey: Hashable, Sendable, CustomStringConvertible {
  /// What a signature is on; the number is the type byte.
  public enum Algorithm: UInt8, Hashable, Sendable {
    /// Ed25519 on the text of a note: how a log signs.
    case ed25519 = 0x01
    /// Ed25519 on a time and the text of a checkpoint: how a witness cosigns.
    case cosignature = 0x04
  }

  /// The most bytes of a name.
  public static let nameByteLimit = 255

  /// The signer's name, for a log its origin.
  public let name: ExactText
  /// What its signatures are on.
  public let algorithm: Algorithm
  /// The Ed25519 point: 32 bytes, canonical and of prime order.
  public let publicKey: [UInt8]
  /// What signature lines name it by, beside its name. It is short: another key may have the same.
  public let id: UInt32

  /// A key of these parts.
  ///
  /// - Throws: ``NoteKeyError/malformedName`` unless the name has 1 to 255 bytes and neither spaces, plus
  ///   signs nor control characters; ``NoteKeyError/notAKey`` unless the bytes are the canonical encoding of
  ///   a point of prime order.
  public init(name: ExactText, algorithm: Algorithm, publicKey: [UInt8]) throws(NoteKeyError) {
    guard Self.isName(name) else { throw .malformedName }
    guard Sodium.isVerificationKey(publicKey) else { throw .notAKey }
    self.init(unchecked: name, algorithm, publicKey)
  }

  /// A key whose parts are known to be sound.
  init(unchecked name: ExactText, _ algorithm: Algorithm, _ publicKey: [UInt8]) {
    self.name = name
    self.algorithm = algorithm
    self.publicKey = publicKey
    id = Digits.word(SHA256.digest(of: name.utf8, [0x0A, algorithm.rawValue], publicKey).bytes.prefix(4))
  }

  /// Reads a vkey.
  ///
  /// - Throws: ``NoteKeyError``.
  public init(decoding text: String) throws(NoteKeyError) {
    // The base 64 of the key may have plus signs too, the name has none.
    let parts = Array(text.utf8.prefix(1024)).split(
      separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3,
      let stated = Base16.decode(String(decoding: parts[1], as: UTF8.self), byteCount: 4),
      let material = Base64.decode(parts[2]), let type = material.first
    else { throw .malformed }
    guard let name = ExactText(line: parts[0]) else { throw .malformedName }
    guard let algorithm = Algorithm(rawValue: type) else { throw .unsupportedType(type) }
    try self.init(name: name, algorithm: algorithm, publicKey: Array(material.dropFirst()))
    guard Digits.word(stated) == id else { throw .otherID(stated: Digits.word(stated), actual: id) }
  }

  /// The vkey.
  public var description: String {
    let material = Base64.encode([algorithm.rawValue] + publicKey)
    return "\(name)+\(Digits.bigEndian(id).hex)+\(String(decoding: material, as: UTF8.self))"
  }

  /// Whether a text can be the name of a key.
  public static func isName(_ name: ExactText) -> Bool {
    (1...nameByteLimit).contains(name.utf8.count)
      && name.description.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && $0 != "+" && !$0.properties.isWhitespace
      }
  }
}

/// Why something is not the public key of a signer of notes.
public enum NoteKeyError: Error, Hashable, Sendable {
  /// The text is not "name+hex+base64".
  case malformed
  /// The name is empty, too long, or has a space, a plus sign or a control character.
  case malformedName
  /// The signature type is not one that this library verifies.
  case unsupportedType(UInt8)
  /// The public key is not a point of prime order.
  case notAKey
  /// The key ID is not the one that name, type and key give.
  case otherID(stated: UInt32, actual: UInt32)
}
