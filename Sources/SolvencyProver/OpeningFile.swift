internal import CSodium
internal import Ristretto
internal import Solvency

/// The encrypted file an opening is kept in.
///
///     magic ‖ version ‖ operations ‖ memory ‖ salt ‖ nonce ‖ length ‖ check ‖ ciphertext
///
/// | part | bytes | |
/// |---|---|---|
/// | magic | 16 | `solvency opening` |
/// | version | 4 | 1 |
/// | operations, memory | 8 + 8 | the cost of argon2id |
/// | salt, nonce | 16 + 24 | random |
/// | length | 8 | of the ciphertext |
/// | check | 32 | tells a wrong passphrase from a damaged file |
/// | ciphertext | length | `crypto_secretbox_easy` of the opening |
///
/// Numbers are little-endian. Everything before `check` is bound into the key.
public enum OpeningFile {
  static let magic = Array("solvency opening".utf8)
  static let version: UInt32 = 1
  private static let nonceByteCount = 24
  private static let tagByteCount = 16
  private static let headerByteCount =
    magic.count + 4 + 8 + 8 + DerivedKeys.saltByteCount + nonceByteCount + 8

  /// Locks an opening.
  ///
  /// - Throws: ``OpeningFileError/outOfMemory`` when the memory that `cost` asks for cannot be had.
  public static func sealed(
    _ opening: borrowing AccountOpening, with passphrase: borrowing Passphrase,
    cost: KeyDerivationCost = .moderate
  ) throws(OpeningFileError) -> [UInt8] {
    let plaintext = OpeningPayload.encode(opening)
    let salt = SystemRandom.bytes(DerivedKeys.saltByteCount)
    let nonce = SystemRandom.bytes(nonceByteCount)
    var header = magic
    header.append(littleEndian: version)
    header.append(littleEndian: cost.operations)
    header.append(littleEndian: cost.memory)
    header += salt + nonce
    header.append(littleEndian: UInt64(plaintext.count + tagByteCount))
    guard let keys = DerivedKeys(passphrase, salt: salt, cost: cost, header: header) else {
      throw .outOfMemory
    }
    var ciphertext = [UInt8](repeating: 0, count: plaintext.count + tagByteCount)
    unsafe plaintext.withPointer { plaintext, length in
      unsafe keys.key.withPointer { key, _ in
        _ = unsafe crypto_secretbox_easy(&ciphertext, plaintext, UInt64(length), nonce, key)
      }
    }
    return header + keys.check + ciphertext
  }

  /// Unlocks a file.
  public static func open(
    _ file: [UInt8], with passphrase: borrowing Passphrase
  ) throws(OpeningFileError) -> AccountOpening {
    let parts = try Parts(file)
    let header = Array(file.prefix(headerByteCount))
    guard
      let keys = DerivedKeys(passphrase, salt: parts.salt, cost: parts.cost, header: header)
    else { throw .outOfMemory }
    guard unsafe sodium_memcmp(keys.check, parts.check, keys.check.count) == 0 else {
      throw .wrongPassphrase
    }
    var plaintext = SecretBlock<UInt8>(
      repeating: 0, count: parts.ciphertext.count - tagByteCount)
    let status = unsafe keys.key.withPointer { key, _ in
      unsafe plaintext.withMutablePointer { plaintext, _ in
        unsafe crypto_secretbox_open_easy(
          plaintext, parts.ciphertext, UInt64(parts.ciphertext.count), parts.nonce, key)
      }
    }
    guard status == 0 else { throw .tampered }
    return try OpeningPayload.decode(plaintext)
  }

  /// The parts of a file; every length is checked here.
  private struct Parts {
    let cost: KeyDerivationCost
    let salt, nonce, check, ciphertext: [UInt8]

    init(_ file: [UInt8]) throws(OpeningFileError) {
      guard file.starts(with: magic) || magic.starts(with: file) else { throw .notAnOpeningFile }
      var reader = ByteCursor(file, from: magic.count)
      let version = try reader.uint32()
      guard version == OpeningFile.version else { throw .unsupportedVersion(version) }
      guard
        let cost = KeyDerivationCost(stated: try reader.uint64(), memory: try reader.uint64())
      else { throw .costOutOfBounds }
      self.cost = cost
      salt = try reader.take(DerivedKeys.saltByteCount)
      nonce = try reader.take(nonceByteCount)
      let stated = try reader.uint64()
      check = try reader.take(DerivedKeys.keyByteCount)
      guard stated >= UInt64(tagByteCount), stated <= UInt64(OpeningPayload.byteLimit) else {
        throw .tampered
      }
      ciphertext = try reader.take(Int(stated))
      guard reader.isAtEnd else { throw .tampered }
    }
  }
}

/// Why an opening file does not open.
public enum OpeningFileError: Error, Hashable, Sendable {
  /// The file does not begin as an opening file does.
  case notAnOpeningFile
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
  /// The contents decrypt and are no opening.
  case malformedContents
  /// The memory for the key derivation cannot be had.
  case outOfMemory
}

/// Reads a file from the left.
struct ByteCursor {
  private let bytes: [UInt8]
  private var offset: Int

  init(_ bytes: [UInt8], from offset: Int) {
    self.bytes = bytes
    self.offset = min(offset, bytes.count)
  }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func take(_ count: Int) throws(OpeningFileError) -> [UInt8] {
    guard count <= bytes.count - offset else { throw .truncated }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  mutating func uint32() throws(OpeningFileError) -> UInt32 {
    try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func uint64() throws(OpeningFileError) -> UInt64 {
    try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension [UInt8] {
  /// Appends a number, the least significant byte first.
  fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
