internal import CSodium

/// What this library takes from libsodium: Ed25519 (RFC 8032) and guarded memory.
enum Sodium {
  /// Initialises libsodium once; safe to touch from any thread, any number of times.
  static let isReady: Bool = {
    guard sodium_init() >= 0 else { fatalError("libsodium cannot be initialised") }
    return true
  }()

  /// Whether 32 bytes are the canonical encoding of a point of prime order: with any other, signatures do not
  /// bind.
  static func isVerificationKey(_ bytes: [UInt8]) -> Bool {
    unsafe bytes.count == 32 && isReady && crypto_core_ed25519_is_valid_point(bytes) == 1
  }

  /// Whether 64 bytes are the key's signature on the message. Refuses what RFC 8032 lets pass ambiguously: s
  /// ≥ ℓ and points of small order.
  static func isSignature(_ signature: [UInt8], on message: [UInt8], by key: [UInt8]) -> Bool {
    unsafe signature.count == 64 && key.count == 32
      && crypto_sign_verify_detached(signature, message, UInt64(message.count), key) == 0
  }
}

/// An Ed25519 secret key in guarded memory, wiped at its end. It cannot be copied, printed or compared.
@safe
struct SecretKey: ~Copyable, @unchecked Sendable {
  private static let byteCount = 64

  /// Seed and public key, as libsodium keeps them.
  private let base: UnsafeMutablePointer<UInt8>
  /// The public key, 32 bytes.
  let verificationKey: [UInt8]

  /// The key of a seed of 32 bytes.
  init(seed: Span<UInt8>) {
    precondition(seed.count == 32, "a seed has 32 bytes")
    precondition(Sodium.isReady)
    guard let memory = unsafe sodium_malloc(Self.byteCount) else { fatalError("no memory for secrets") }
    unsafe base = memory.bindMemory(to: UInt8.self, capacity: Self.byteCount)
    var key = [UInt8](repeating: 0, count: 32)
    let base = unsafe base
    unsafe seed.withUnsafeBufferPointer { seed in
      guard let seed = seed.baseAddress else { return }
      _ = unsafe crypto_sign_seed_keypair(&key, base, seed)
    }
    verificationKey = key
  }

  /// 64 bytes: the signature on a message.
  borrowing func signature(on message: [UInt8]) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: 64)
    _ = unsafe crypto_sign_detached(&signature, nil, message, UInt64(message.count), base)
    return signature
  }

  deinit { unsafe sodium_free(base) }
}
