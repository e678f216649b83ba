public import Solvency

/// A key of a venue that signs elsewhere: in a hardware security module, or a service of its own.
public protocol HeadSigner: Sendable {
  /// What its signatures are checked with.
  var verificationKey: VerificationKey { get }

  /// Ed25519 (RFC 8032) over these bytes; they begin with the domain `solvency/signature/v1`, the role
  /// `venue` and the kind `log-head`, so that nothing else of the venue's is ever signed by it.
  ///
  /// The call blocks the commit that waits for it.
  ///
  /// - Throws: ``Solvency/SigningError`` where it does not sign; the commit then fails and nothing has
  ///   happened.
  func signature(on message: [UInt8]) throws(SigningError) -> Signature
}

/// What signs the heads of a venue's log: a key in guarded memory, or one that is kept elsewhere.
public final class LogSigner: Sendable {
  private let signer: any HeadSigner

  /// A signer with a venue's key.
  ///
  /// - Throws: ``Solvency/SigningError/wrongRole(expected:actual:)`` for a key of another role.
  public init(_ key: consuming SigningKey) throws(SigningError) {
    guard key.role == LogHead.signer else {
      throw .wrongRole(expected: LogHead.signer, actual: key.role)
    }
    signer = HeldKey(key)
  }

  /// A signer whose key is kept elsewhere. What it signs is checked before it is used: a module that answers
  /// with another key's signature, or none, fails the commit.
  public init(_ signer: any HeadSigner) { self.signer = signer }

  /// What its signatures are checked with.
  public var verificationKey: VerificationKey { signer.verificationKey }

  func sign(_ head: LogHead) throws(SigningError) -> SignedLogHead {
    let signature = try signer.signature(on: SignedLogHead.message(head))
    let signed = Signed(head, signer: verificationKey, signature: signature)
    if !(signer is HeldKey) { _ = try signed.content(verifiedBy: verificationKey) }
    return signed
  }

  /// A key in guarded memory.
  private final class HeldKey: HeadSigner {
    private let key: SigningKey

    init(_ key: consuming SigningKey) { self.key = key }

    var verificationKey: VerificationKey { key.verificationKey }

    func signature(on message: [UInt8]) -> Signature { key.signature(on: message) }
  }
}
