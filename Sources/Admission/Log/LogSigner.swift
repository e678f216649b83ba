public import Solvency

/// What signs the heads of a venue's log. Its key lies in guarded memory.
public final class LogSigner: Sendable {
  private let key: SigningKey

  /// A signer with a venue's key.
  ///
  /// - Throws: ``Solvency/SigningError/wrongRole(expected:actual:)`` for a key of another role.
  public init(_ key: consuming SigningKey) throws(SigningError) {
    guard key.role == LogHead.signer else {
      throw .wrongRole(expected: LogHead.signer, actual: key.role)
    }
    self.key = key
  }

  /// What its signatures are checked with.
  public var verificationKey: VerificationKey { key.verificationKey }

  func sign(_ head: LogHead) throws(SigningError) -> SignedLogHead { try Signed(head, by: key) }
}
