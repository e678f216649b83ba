internal import Ristretto
public import TransparencyLog

extension SigningKey {
  /// The signer of a log's checkpoints, from a key of the role ``SignerRole/log``.
  ///
  /// - Parameter origin: the name of the log.
  /// - Throws: ``LogKeyError``.
  public borrowing func noteSigner(origin: ExactText) throws(LogKeyError) -> NoteSigner {
    try check(.log)
    do throws(NoteKeyError) {
      return try seed().withSpan { seed throws(NoteKeyError) in try NoteSigner(name: origin, seed: seed) }
    } catch {
      throw .name(error)
    }
  }

  /// The cosigner of a witness, from a key of the role ``SignerRole/witness``.
  ///
  /// - Parameter name: the witness's name. A key cosigns under one name only.
  /// - Throws: ``LogKeyError``.
  public borrowing func cosigner(named name: ExactText) throws(LogKeyError) -> Cosigner {
    try check(.witness)
    do throws(NoteKeyError) {
      return try seed().withSpan { seed throws(NoteKeyError) in try Cosigner(name: name, seed: seed) }
    } catch {
      throw .name(error)
    }
  }

  private borrowing func check(_ expected: SignerRole) throws(LogKeyError) {
    guard role == expected else { throw .role(.wrongRole(expected: expected, actual: role)) }
  }
}

extension PublicKeyFile {
  /// The key of a log or a witness as others know it, under a name.
  ///
  /// - Throws: ``LogKeyError`` if the key is of another role, or the name is not one.
  public func noteKey(named name: ExactText) throws(LogKeyError) -> NoteKey {
    let algorithm: NoteKey.Algorithm
    switch role {
    case .log: algorithm = .ed25519
    case .witness: algorithm = .cosignature
    default: throw .role(.wrongRole(expected: .log, actual: role))
    }
    do throws(NoteKeyError) {
      return try NoteKey(name: name, algorithm: algorithm, publicKey: key.bytes)
    } catch {
      throw .name(error)
    }
  }
}

/// Why a key does not sign for a log or a witness.
public enum LogKeyError: Error, Hashable, Sendable {
  /// The key is of another role.
  case role(SigningError)
  /// The name cannot be that of a key.
  case name(NoteKeyError)
}
