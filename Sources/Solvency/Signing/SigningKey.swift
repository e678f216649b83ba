internal import CSodium
package import Ristretto

/// The secret key of a signer in one role. Lies in guarded memory and is wiped; it cannot be copied,
/// printed or compared.
public struct SigningKey: ~Copyable, Sendable {
  package static let seedByteCount = 32

  /// What the key signs as.
  public let role: SignerRole
  /// What its signatures are checked with.
  public let verificationKey: VerificationKey
  /// Seed and public key, as libsodium keeps them.
  private let secret: SecretBlock<UInt8>

  /// A fresh key from the system's generator.
  public static func random(role: SignerRole) -> SigningKey {
    let seed = SystemRandom.bytes(seedByteCount)
    return SigningKey(role: role, seed: SecretBlock(count: seedByteCount) { seed[$0] })
  }

  /// The key of a seed of 32 bytes.
  package init(role: SignerRole, seed: consuming SecretBlock<UInt8>) {
    precondition(seed.count == Self.seedByteCount, "a seed has 32 bytes")
    self.role = role
    var secret = SecretBlock<UInt8>(repeating: 0, count: 64)
    var key = [UInt8](repeating: 0, count: VerificationKey.byteCount)
    unsafe seed.withPointer { seed, _ in
      unsafe secret.withMutablePointer { secret, _ in
        _ = unsafe crypto_sign_seed_keypair(&key, secret, seed)
      }
    }
    self.secret = secret
    verificationKey = VerificationKey(unchecked: key)
  }

  /// The seed, to be kept in an encrypted file.
  borrowing func seed() -> SecretBlock<UInt8> {
    secret.withSpan { span in SecretBlock(count: Self.seedByteCount) { span[$0] } }
  }

  /// Ed25519 over the bytes, which ``Signed/message(_:)`` made: with the role and the kind in front.
  package borrowing func signature(on message: [UInt8]) -> Signature {
    var signature = [UInt8](repeating: 0, count: Signature.byteCount)
    unsafe secret.withPointer { secret, _ in
      _ = unsafe crypto_sign_detached(&signature, nil, message, UInt64(message.count), secret)
    }
    return Signature(unchecked: signature)
  }
}

extension VerificationKey {
  /// Whether the signature is this key's on the bytes. Refuses what RFC 8032 lets pass ambiguously, as
  /// libsodium does: s ≥ ℓ and points of small order.
  func accepts(_ signature: Signature, on message: [UInt8]) -> Bool {
    unsafe crypto_sign_verify_detached(
      signature.bytes, message, UInt64(message.count), bytes) == 0
  }
}
