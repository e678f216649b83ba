internal import CSodium

/// The public key that a venue's logs are checked with.
public struct LogVerificationKey: Hashable, Sendable {
  /// Ed25519, 32 bytes.
  public let bytes: [UInt8]

  /// The key of these bytes, if there are 32.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard signature.count == 64 else { return false }
    return unsafe crypto_sign_verify_detached(signature, message, UInt64(message.count), bytes) == 0
  }
}

/// What signs the heads of a log.
public struct LogSigner: Sendable {
  /// The key that its signatures are checked with.
  public let publicKey: LogVerificationKey
  private let signature: @Sendable ([UInt8]) -> [UInt8]

  /// A signer of this key.
  public init(publicKey: LogVerificationKey, sign: @escaping @Sendable ([UInt8]) -> [UInt8]) {
    self.publicKey = publicKey
    signature = sign
  }

  func sign(_ message: [UInt8]) -> [UInt8] { signature(message) }
}

extension LogSigner {
  /// A signer with a fresh key that nobody keeps: for tests and simulations.
  package static func ephemeral() -> LogSigner? {
    guard sodium_init() >= 0 else { return nil }
    var publicKey = [UInt8](repeating: 0, count: 32)
    var secretKey = [UInt8](repeating: 0, count: 64)
    guard unsafe crypto_sign_keypair(&publicKey, &secretKey) == 0,
      let key = LogVerificationKey(publicKey)
    else { return nil }
    let secret = secretKey
    return LogSigner(publicKey: key) { message in
      var signature = [UInt8](repeating: 0, count: 64)
      _ = unsafe crypto_sign_detached(&signature, nil, message, UInt64(message.count), secret)
      return signature
    }
  }
}
