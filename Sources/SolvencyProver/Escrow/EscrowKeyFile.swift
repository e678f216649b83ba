internal import CanonicalBytes
internal import Ristretto
public import Solvency

/// The file that a member of a liquidation committee keeps its key in: a sealed file whose magic is
/// `solvency escrkey`, as `Solvency/Secrets/SealedFile.swift` lays it out.
public enum EscrowKeyFile {
  /// The largest file of either kind, secret or public, that is read, in bytes.
  public static let fileByteLimit = 4 << 10

  private static let sealedFile = SealedFile(
    magic: "solvency escrkey", byteLimit: EscrowSecretKey.byteCount)

  /// Locks a key.
  ///
  /// - Throws: ``Solvency/SealedFileError/outOfMemory``.
  public static func sealed(
    _ key: borrowing EscrowSecretKey, with passphrase: borrowing Passphrase,
    cost: KeyDerivationCost = .moderate
  ) throws(SealedFileError) -> [UInt8] {
    let payload = key.bytes.withSpan { span in SecretBlock(count: span.count) { span[$0] } }
    return try sealedFile.sealed(payload, with: passphrase, cost: cost)
  }

  /// Unlocks a file.
  ///
  /// - Throws: `SealedFileError`, among them `SealedFileError.wrongPassphrase`.
  public static func open(
    _ file: [UInt8], with passphrase: borrowing Passphrase
  ) throws(SealedFileError) -> EscrowSecretKey {
    let payload = try sealedFile.open(file, with: passphrase)
    guard let key = EscrowSecretKey(keeping: payload) else { throw .tampered }
    return key
  }
}

extension EscrowPublicKey {
  /// What the file says the key is for, so that it is not taken for a signer's.
  private static let role = "escrow-member"

  /// The key as a file that is handed to the party that seals:
  ///
  ///     {"version": 1, "role": "escrow-member", "key": <64 hex digits>}
  public func encoded() -> [UInt8] {
    let json: JSONValue = ["version": 1, "role": .string(Self.role), "key": .hex(bytes)]
    return json.encoded(.indented)
  }

  /// Reads a file written by ``encoded()``.
  ///
  /// - Throws: ``EscrowError/document(_:)``, ``EscrowError/unsupportedVersion(_:)``, or
  ///   ``EscrowError/invalidValue(path:)`` for the key of another role.
  public init(decoding file: [UInt8]) throws(EscrowError) {
    let parts: (role: String, key: [UInt8])
    do throws(DocumentError) {
      let object = try JSONDocument.parse(file, maximumBytes: EscrowKeyFile.fileByteLimit)
        .object(version: 1, required: ["role", "key"])
      parts = (
        try object["role"].string(maximumLength: 64), try object["key"].bytes(hexOfCount: Self.byteCount)
      )
    } catch {
      throw EscrowError(error)
    }
    guard parts.role == Self.role else { throw .invalidValue(path: "role") }
    guard let key = EscrowPublicKey(parts.key) else { throw .invalidValue(path: "key") }
    self = key
  }
}
