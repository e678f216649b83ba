internal import CSodium
internal import CanonicalBytes
package import Ristretto

/// A file that keeps secret bytes under a passphrase.
///
///     magic ‖ version ‖ operations ‖ memory ‖ salt ‖ nonce ‖ length ‖ check ‖ ciphertext
///
/// | part | bytes | |
/// |---|---|---|
/// | magic | 16 | what kind of secret it is |
/// | version | 4 | 1 |
/// | operations, memory | 8 + 8 | the cost of argon2id |
/// | salt, nonce | 16 + 24 | random |
/// | length | 8 | of the ciphertext |
/// | check | 32 | tells a wrong passphrase from a damaged file |
/// | ciphertext | length | `crypto_secretbox_easy` of the secret |
///
/// Numbers are little-endian. Everything before `check` is bound into the key.
package struct SealedFile: Sendable {
  /// The number of bytes that the encryption adds.
  package static let tagByteCount = 16
  static let version: UInt32 = 1
  private static let nonceByteCount = 24

  private let magic: [UInt8]
  private let byteLimit: Int

  /// The files of one kind.
  ///
  /// - Parameters:
  ///   - magic: 16 ASCII characters that every file of the kind begins with.
  ///   - byteLimit: the most bytes of secret that such a file holds.
  package init(magic: StaticString, byteLimit: Int) {
    self.magic = Array(magic.description.utf8)
    self.byteLimit = byteLimit
    precondition(self.magic.count == 16, "the magic of a sealed file has 16 bytes")
  }

  /// Whether a file begins as files of this kind do.
  package func matches(_ file: [UInt8]) -> Bool { file.starts(with: magic) }

  /// Locks a secret.
  ///
  /// - Throws: ``SealedFileError/outOfMemory`` when the memory that `cost` asks for cannot be had.
  package func sealed(
    _ secret: borrowing SecretBlock<UInt8>, with passphrase: borrowing Passphrase,
    cost: KeyDerivationCost
  ) throws(SealedFileError) -> [UInt8] {
    let salt = SystemRandom.bytes(DerivedKeys.saltByteCount)
    let nonce = SystemRandom.bytes(Self.nonceByteCount)
    var header = magic
    header.append(littleEndian: Self.version)
    header.append(littleEndian: cost.operations)
    header.append(littleEndian: cost.memory)
    header += salt + nonce
    header.append(littleEndian: UInt64(secret.count + Self.tagByteCount))
    guard let keys = DerivedKeys(passphrase, salt: salt, cost: cost, header: header) else {
      throw .outOfMemory
    }
    var ciphertext = [UInt8](repeating: 0, count: secret.count + Self.tagByteCount)
    unsafe secret.withPointer { secret, length in
      unsafe keys.key.withPointer { key, _ in
        _ = unsafe crypto_secretbox_easy(&ciphertext, secret, UInt64(length), nonce, key)
      }
    }
    return header + keys.check + ciphertext
  }

  /// Unlocks a file.
  package func open(
    _ file: [UInt8], with passphrase: borrowing Passphrase
  ) throws(SealedFileError) -> SecretBlock<UInt8> {
    let parts = try Parts(file, magic: magic, byteLimit: byteLimit)
    guard
      let keys = DerivedKeys(passphrase, salt: parts.salt, cost: parts.cost, header: parts.header)
    else { throw .outOfMemory }
    guard unsafe sodium_memcmp(keys.check, parts.check, keys.check.count) == 0 else {
      throw .wrongPassphrase
    }
    var secret = SecretBlock<UInt8>(
      repeating: 0, count: parts.ciphertext.count - Self.tagByteCount)
    let status = unsafe keys.key.withPointer { key, _ in
      unsafe secret.withMutablePointer { secret, _ in
        unsafe crypto_secretbox_open_easy(
          secret, parts.ciphertext, UInt64(parts.ciphertext.count), parts.nonce, key)
      }
    }
    guard status == 0 else { throw .tampered }
    return secret
  }

  /// The parts of a file; every length is checked here.
  private struct Parts {
    let header: [UInt8]
    let cost: KeyDerivationCost
    let salt, nonce, check, ciphertext: [UInt8]

    init(_ file: [UInt8], magic: [UInt8], byteLimit: Int) throws(SealedFileError) {
      guard file.starts(with: magic) || magic.starts(with: file) else { throw .otherKind }
      var reader = ByteCursor(file, from: magic.count)
      let version = try reader.uint32()
      guard version == SealedFile.version else { throw .unsupportedVersion(version) }
      guard
        let cost = KeyDerivationCost(stated: try reader.uint64(), memory: try reader.uint64())
      else { throw .costOutOfBounds }
      self.cost = cost
      salt = try reader.take(DerivedKeys.saltByteCount)
      nonce = try reader.take(nonceByteCount)
      let stated = try reader.uint64()
      header = Array(file.prefix(reader.offset))
      check = try reader.take(DerivedKeys.keyByteCount)
      let least = UInt64(tagByteCount + 1)
      guard stated >= least, stated <= UInt64(byteLimit + tagByteCount) else { throw .tampered }
      ciphertext = try reader.take(Int(stated))
      guard reader.isAtEnd else { throw .tampered }
    }
  }
}

/// Why a file of secrets does not open.
public enum SealedFileError: Error, Hashable, Sendable {
  /// The file does not begin as files of its kind do.
  case otherKind
  /// The file has a version that this library does not read.
  case unsupportedVersion(UInt32)
  /// The file ends early.
  case truncated
  /// The file asks for less or more work than is sensible.
  case costOutOfBounds
  /// The passphrase is another, or the header was changed.
  case wrongPassphrase
  /// The passphrase is right and the contents were changed.
  case tampered
  /// The memory for the key derivation cannot be had.
  case outOfMemory
}

/// Reads a file from the left.
private struct ByteCursor {
  private let bytes: [UInt8]
  private(set) var offset: Int

  init(_ bytes: [UInt8], from offset: Int) {
    self.bytes = bytes
    self.offset = min(offset, bytes.count)
  }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func take(_ count: Int) throws(SealedFileError) -> [UInt8] {
    guard count <= bytes.count - offset else { throw .truncated }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  mutating func uint32() throws(SealedFileError) -> UInt32 {
    try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func uint64() throws(SealedFileError) -> UInt64 {
    try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension SealedFileError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .otherKind: "it is a file of another kind"
    case .unsupportedVersion(let version): "it has version \(version), which is not known here"
    case .truncated: "it ends early"
    case .costOutOfBounds: KeyDerivationCost.advice
    case .wrongPassphrase: "the passphrase does not open it"
    case .tampered: "it was changed after it was written"
    case .outOfMemory: "there is not enough memory to derive its key"
    }
  }
}
