internal import CanonicalBytes
internal import Ristretto

/// The files a signing key is kept in: the secret under a passphrase, and the public part as JSON.
public enum KeyFile {
  /// The largest file of either kind that is read, in bytes.
  public static let fileByteLimit = 4 << 10

  /// A byte for the role, and the seed.
  private static let sealedFile = SealedFile(
    magic: "solvency signkey", byteLimit: 1 + SigningKey.seedByteCount)

  /// Locks a key.
  ///
  /// - Throws: ``SealedFileError/outOfMemory``.
  public static func sealed(
    _ key: borrowing SigningKey, with passphrase: borrowing Passphrase,
    cost: KeyDerivationCost = .moderate
  ) throws(SealedFileError) -> [UInt8] {
    let seed = key.seed()
    let role = code(of: key.role)
    let payload = seed.withSpan { seed in
      SecretBlock<UInt8>(count: 1 + seed.count) { $0 == 0 ? role : seed[$0 - 1] }
    }
    return try sealedFile.sealed(payload, with: passphrase, cost: cost)
  }

  /// Unlocks a file.
  ///
  /// - Throws: ``SealedFileError``, among them ``SealedFileError/wrongPassphrase`` for a wrong passphrase or
  ///   a changed file.
  public static func open(
    _ file: [UInt8], with passphrase: borrowing Passphrase
  ) throws(SealedFileError) -> SigningKey {
    let payload = try sealedFile.open(file, with: passphrase)
    guard payload.count == 1 + SigningKey.seedByteCount, let role = role(of: payload[0]) else {
      throw .tampered
    }
    let seed = payload.withSpan { span in
      SecretBlock<UInt8>(count: SigningKey.seedByteCount) { span[$0 + 1] }
    }
    return SigningKey(role: role, seed: seed)
  }

  private static func code(of role: SignerRole) -> UInt8 {
    switch role {
    case .venue: 1
    case .custodian: 2
    case .trader: 3
    case .matchingEngine: 4
    case .log: 5
    case .witness: 6
    case .auditor: 7
    }
  }

  private static func role(of code: UInt8) -> SignerRole? {
    SignerRole.allCases.first { Self.code(of: $0) == code }
  }
}

/// The public part of a signing key, as it is handed around.
public struct PublicKeyFile: Hashable, Sendable {
  /// What the key signs as.
  public let role: SignerRole
  /// The key.
  public let key: VerificationKey

  /// The public part of a key.
  public init(of key: borrowing SigningKey) {
    role = key.role
    self.key = key.verificationKey
  }

  /// Reads a file:
  ///
  ///     {"version": 1, "role": "venue", "key": <64 hex digits>}
  ///
  /// - Throws: ``FileError`` for a file that is not of this form, with the path of the value at fault.
  public init(decoding file: [UInt8]) throws(FileError) {
    let file = try VersionedFile(file, maximumBytes: KeyFile.fileByteLimit, keys: ["role", "key"])
    role = try file.read("role") { node throws(DocumentError) in try node.word() }
    key = try file.verificationKey("key")
  }

  /// The file.
  public func encoded() -> [UInt8] {
    let json: JSONValue = [
      "version": .integer(VersionedFile.version), "role": .string(role.rawValue),
      "key": .hex(key.bytes),
    ]
    return json.encoded(.indented)
  }
}
