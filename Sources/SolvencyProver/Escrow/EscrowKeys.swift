internal import CSodium
public import Ristretto
internal import Solvency

/// The public key of a member of a liquidation committee: an X25519 key that shares are sealed to.
public struct EscrowPublicKey: Hashable, Sendable {
  /// Number of bytes.
  public static let byteCount = Int(crypto_box_PUBLICKEYBYTES)

  /// The key.
  public let bytes: [UInt8]

  /// The key of these bytes, if there are 32 of them.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }
}

/// The secret key of a member of a liquidation committee. Lies in guarded memory and is wiped.
public struct EscrowSecretKey: ~Copyable, Sendable {
  /// Number of bytes.
  public static let byteCount = Int(crypto_box_SECRETKEYBYTES)

  let bytes: SecretBlock<UInt8>
  /// The key that shares for this member are sealed to.
  public let publicKey: EscrowPublicKey

  /// A fresh key from the system's generator.
  public static func random() -> EscrowSecretKey {
    let bytes = SystemRandom.bytes(byteCount)
    return EscrowSecretKey(SecretBlock(count: byteCount) { bytes[$0] })
  }

  /// Takes over a key that was kept, if it has 32 bytes.
  public init?(keeping bytes: consuming SecretBlock<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init(bytes)
  }

  private init(_ bytes: consuming SecretBlock<UInt8>) {
    var point = [UInt8](repeating: 0, count: EscrowPublicKey.byteCount)
    unsafe bytes.withPointer { secret, _ in
      _ = unsafe crypto_scalarmult_base(&point, secret)
    }
    publicKey = EscrowPublicKey(unchecked: point)
    self.bytes = bytes
  }

  /// Calls `body` with the bytes, to keep them in an encrypted file.
  ///
  /// - Throws: what `body` throws.
  public borrowing func withBytes<Result, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> Result
  ) throws(E) -> Result {
    try bytes.withSpan(body)
  }
}

extension EscrowPublicKey {
  fileprivate init(unchecked bytes: [UInt8]) { self.bytes = bytes }
}
