/// What a witness is asked with: a checkpoint, and that it is consistent with the one the witness has
/// cosigned last.
///
///     old <number of entries, decimal>
///     <base 64>                the hashes of the consistency proof
///     …
///                              an empty line
///     <the checkpoint, with its signatures>
///
/// - SeeAlso: c2sp.org/tlog-witness, add-checkpoint.
public struct WitnessRequest: Hashable, Sendable {
  /// The largest request that is read, in bytes.
  public static let byteLimit = SignedNote.byteLimit + 1 << 13

  /// Number of entries of the checkpoint that the witness is taken to have cosigned last; 0 for none.
  public let oldSize: UInt64
  /// The consistency proof from there.
  public let path: [MerkleHash]
  /// The checkpoint to be cosigned.
  public let checkpoint: SignedCheckpoint

  /// A request of these parts.
  public init(oldSize: UInt64, path: [MerkleHash], checkpoint: SignedCheckpoint) {
    self.oldSize = oldSize
    self.path = path
    self.checkpoint = checkpoint
  }

  /// Makes the request for a checkpoint.
  ///
  /// - Precondition: `oldSize` is at most the checkpoint's size.
  /// - Throws: what the source throws.
  public init<Source: NodeSource>(
    from oldSize: UInt64, to checkpoint: SignedCheckpoint, of source: inout Source
  ) throws(Source.Failure) {
    let proof = try ConsistencyProof(from: oldSize, to: checkpoint.unverified.head.size, of: &source)
    self.init(oldSize: oldSize, path: proof.path, checkpoint: checkpoint)
  }

  /// Reads a request.
  ///
  /// - Throws: ``WitnessRequestError``.
  public init(decoding bytes: [UInt8]) throws(WitnessRequestError) {
    guard bytes.count <= Self.byteLimit else { throw .tooLong(limit: Self.byteLimit) }
    var lines = Lines(bytes)
    guard let decimal = lines.next()?.dropping(prefix: "old "), let size = Digits.decimal(decimal) else {
      throw .malformedOldSize
    }
    oldSize = size
    guard let path = try? lines.hashes() else { throw .malformedPath }
    self.path = path
    do throws(CheckpointError) {
      checkpoint = try SignedCheckpoint(decoding: Array(lines.rest))
    } catch {
      throw .checkpoint(error)
    }
  }

  /// The request.
  public func encoded() -> [UInt8] {
    var bytes = Array("old \(oldSize)\n".utf8)
    for hash in path { bytes += Array("\(hash)\n".utf8) }
    return bytes + [0x0A] + checkpoint.encoded()
  }
}

/// Why bytes are not a request to a witness.
public enum WitnessRequestError: Error, Hashable, Sendable {
  /// There are more bytes than a request has.
  case tooLong(limit: Int)
  /// The first line is not "old" and a number.
  case malformedOldSize
  /// A line of the proof is not a hash in base 64, or there are more than 63.
  case malformedPath
  /// What follows the proof is not a checkpoint.
  case checkpoint(CheckpointError)
}
