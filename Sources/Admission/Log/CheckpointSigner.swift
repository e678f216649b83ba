internal import CanonicalBytes
public import Solvency
internal import Synchronization
public import TransparencyLog

/// What signs the checkpoints of a ledger's log: one after each commit, over everything that is durable by
/// then.
///
/// A log signs with a key of its own under a name that holds the digest of the ledger's first entry. Nothing
/// is signed that is not on the disk, so that two checkpoints of one ledger are never of two histories.
public final class CheckpointSigner: Sendable {
  /// The signer under the log's whole name, which is known with the first entry.
  private final class Named: Sendable {
    let signer: NoteSigner
    init(_ signer: consuming NoteSigner) { self.signer = signer }
  }

  private let key: SigningKey
  private let name: String
  private let keep: @Sendable (SignedCheckpoint) -> Void
  private let signer = Mutex<Named?>(nil)

  /// A signer with a log's key.
  ///
  /// - Parameters:
  ///   - name: what the log's name begins with: a URL without its scheme.
  ///   - keep: is given every checkpoint before the commit that led to it returns.
  /// - Throws: ``Solvency/SigningError/wrongRole(expected:actual:)`` for a key of another role.
  public init(
    _ key: consuming SigningKey, named name: String,
    keeping keep: @escaping @Sendable (SignedCheckpoint) -> Void = { _ in }
  ) throws(SigningError) {
    guard key.role == .log else { throw .wrongRole(expected: .log, actual: key.role) }
    self.key = key
    self.name = name
    self.keep = keep
  }

  /// Signs the head of a log with this first entry.
  ///
  /// - Throws: ``Solvency/LogKeyError`` if the name is not one that a log can have.
  func sign(_ head: TreeHead, of first: LogEntry) throws(LogKeyError) -> SignedCheckpoint {
    let named = try signer.withLock { signer throws(LogKeyError) in
      if let signer { return signer }
      let named = Named(try key.noteSigner(origin: first.origin(named: name)))
      signer = named
      return named
    }
    let signed: SignedCheckpoint
    do throws(CheckpointError) {
      let checkpoint = try Checkpoint(origin: named.signer.key.name, head: head)
      signed = try SignedCheckpoint(checkpoint, by: named.signer)
    } catch {
      throw .name(.malformedName)
    }
    keep(signed)
    return signed
  }
}
