/// A checkpoint that claims to be signed by its log, perhaps by witnesses too.
///
/// What it says is reached by ``checkpoint(signedBy:)`` or through a ``TrustPolicy``, so that a forgotten
/// check does not compile.
public struct SignedCheckpoint: Hashable, Sendable {
  /// The note.
  public private(set) var note: SignedNote
  /// What the note says, before any signature is checked.
  public let unverified: Checkpoint

  /// Signs a checkpoint. The signer's name is the origin.
  ///
  /// - Throws: ``CheckpointError/malformedOrigin`` if the signer has another name.
  public init(_ checkpoint: Checkpoint, by signer: borrowing NoteSigner) throws(CheckpointError) {
    guard signer.key.name == checkpoint.origin else { throw .malformedOrigin }
    unverified = checkpoint
    do throws(NoteError) {
      note = try SignedNote(checkpoint.text, signedBy: signer)
    } catch {
      throw .note(error)
    }
  }

  /// Reads a signed checkpoint. That its form is right says nothing about its signatures.
  ///
  /// - Throws: ``CheckpointError``.
  public init(decoding bytes: [UInt8]) throws(CheckpointError) {
    do throws(NoteError) {
      note = try SignedNote(decoding: bytes)
    } catch {
      throw .note(error)
    }
    unverified = try Checkpoint(decoding: note.text)
  }

  /// The note.
  public func encoded() -> [UInt8] { note.encoded() }

  /// The checkpoint, if one of these keys of its log signed it.
  ///
  /// - Parameter keys: what the reader trusts for the log; a key's name is the log's origin.
  /// - Throws: ``CheckpointTrustError``.
  public func checkpoint(signedBy keys: some Sequence<NoteKey>) throws(CheckpointTrustError) -> Checkpoint {
    let keys = keys.filter { $0.algorithm == .ed25519 && $0.name == unverified.origin }
    guard !keys.isEmpty else { throw .unknownOrigin(unverified.origin) }
    guard try !verified(by: keys).isEmpty else { throw .notSigned(origin: unverified.origin) }
    return unverified
  }

  /// The cosignatures of these witnesses, each verified; those of others are ignored.
  ///
  /// - Throws: ``CheckpointTrustError/invalidSignature(name:)``.
  public func cosignatures(
    by witnesses: some Sequence<NoteKey>
  ) throws(CheckpointTrustError) -> [VerifiedSignature] {
    try verified(by: witnesses.filter { $0.algorithm == .cosignature })
  }

  private func verified(by keys: [NoteKey]) throws(CheckpointTrustError) -> [VerifiedSignature] {
    do throws(NoteVerificationError) {
      return try note.signatures(by: keys)
    } catch {
      switch error {
      case .invalidSignature(let name): throw .invalidSignature(name: name)
      }
    }
  }

  /// The checkpoint with those signatures alone that name one of these keys.
  func keeping(_ keys: [NoteKey]) -> SignedCheckpoint {
    var kept = self
    kept.note.keep { signature in keys.contains { $0.id == signature.keyID && $0.name == signature.name } }
    return kept
  }

  /// Adds cosignatures.
  ///
  /// - Throws: ``CheckpointError/note(_:)`` if there would be too many.
  public mutating func add(_ cosignatures: some Sequence<NoteSignature>) throws(CheckpointError) {
    do throws(NoteError) {
      try note.add(cosignatures)
    } catch {
      throw .note(error)
    }
  }
}

/// Why a checkpoint is not believed.
public enum CheckpointTrustError: Error, Hashable, Sendable {
  /// No key is trusted for this log.
  case unknownOrigin(ExactText)
  /// No key that is trusted for the log has signed.
  case notSigned(origin: ExactText)
  /// A line that names a trusted key is not its signature.
  case invalidSignature(name: ExactText)
  /// Too few of the witnesses have cosigned: these have.
  case noQuorum(cosigned: [ExactText])
}

extension CheckpointTrustError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .unknownOrigin(let origin): "no key is trusted for the log \(origin)"
    case .notSigned(let origin): "no key that is trusted for the log \(origin) has signed"
    case .invalidSignature(let name): "the signature of \(name) does not hold"
    case .noQuorum(let cosigned): "too few witnesses have cosigned: \(cosigned.count)"
    }
  }
}
