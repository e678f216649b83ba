internal import CanonicalBytes

/// A receipt that is checked offline: an entry's place in a log, the hashes from there to a root, and the
/// checkpoint with that root. Its file ends in `.tlog-proof`.
///
///     c2sp.org/tlog-proof@v1
///     extra <base 64>          only if there is extra data
///     index <decimal>
///     <base 64>                the hashes of the inclusion proof
///     …
///                              an empty line
///     <the checkpoint, with its signatures>
///
/// - SeeAlso: c2sp.org/tlog-proof.
public struct LogProof: Hashable, Sendable {
  /// The largest file that is read, in bytes.
  public static let fileByteLimit = SignedNote.byteLimit + extraByteLimit * 2 + 1 << 13
  /// The most bytes of extra data.
  public static let extraByteLimit = 1 << 18
  private static let header = Array("c2sp.org/tlog-proof@v1".utf8)
  private static let extraKey = Array("extra ".utf8)
  private static let indexKey = Array("index ".utf8)

  /// What the maker has added. Nothing vouches for it.
  public let extra: [UInt8]?
  /// The entry's place, from 0.
  public let index: UInt64
  /// The hashes of the inclusion proof.
  public let path: [MerkleHash]
  /// The checkpoint.
  public let checkpoint: SignedCheckpoint

  /// A receipt of these parts.
  ///
  /// - Precondition: the extra data has 1 to ``extraByteLimit`` bytes, if there are any.
  public init(
    index: UInt64, path: [MerkleHash], checkpoint: SignedCheckpoint, extra: [UInt8]? = nil
  ) {
    precondition(extra.map { (1...Self.extraByteLimit).contains($0.count) } ?? true, "too much extra data")
    self.index = index
    self.path = path
    self.checkpoint = checkpoint
    self.extra = extra
  }

  /// Makes the receipt for an entry.
  ///
  /// - Throws: what the source throws.
  public init<Source: NodeSource>(
    of index: UInt64, under checkpoint: SignedCheckpoint, from source: inout Source, extra: [UInt8]? = nil
  ) throws(Source.Failure) {
    let proof = try InclusionProof(of: index, in: checkpoint.unverified.head.size, from: &source)
    self.init(index: index, path: proof.path, checkpoint: checkpoint, extra: extra)
  }

  /// Reads a file. That its form is right says nothing about what it claims.
  ///
  /// - Throws: ``LogProofError``.
  public init(decoding file: [UInt8]) throws(LogProofError) {
    guard file.count <= Self.fileByteLimit else { throw .tooLong(limit: Self.fileByteLimit) }
    var lines = Lines(file)
    guard lines.next() == Self.header[...] else { throw .notAProof }
    var line = lines.next()
    if let encoded = line?.dropping(prefix: "extra ") {
      guard let bytes = Base64.decode(encoded), (1...Self.extraByteLimit).contains(bytes.count) else {
        throw .malformedExtra
      }
      extra = bytes
      line = lines.next()
    } else {
      extra = nil
    }
    guard let decimal = line?.dropping(prefix: "index "), let index = Digits.decimal(decimal) else {
      throw .malformedIndex
    }
    self.index = index
    path = try lines.hashes()
    do throws(CheckpointError) {
      checkpoint = try SignedCheckpoint(decoding: Array(lines.rest))
    } catch {
      throw .checkpoint(error)
    }
  }

  /// The file.
  public func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    appendBeginning(to: &bytes)
    return bytes + checkpoint.encoded()
  }

  /// Adds the file up to the checkpoint: what tells receipts under one checkpoint apart.
  package func appendBeginning(to bytes: inout [UInt8]) {
    bytes += Self.header
    bytes.append(0x0A)
    if let extra {
      bytes += Self.extraKey
      Base64.append(extra.span, to: &bytes)
      bytes.append(0x0A)
    }
    bytes += Self.indexKey
    bytes += index.description.utf8
    bytes.append(0x0A)
    for hash in path {
      hash.append(base64To: &bytes)
      bytes.append(0x0A)
    }
    bytes.append(0x0A)
  }

  /// Checks that an entry stands in a log that a policy trusts.
  ///
  /// - Parameter leaf: the entry's hash, ``MerkleHash/leaf(_:)`` of its bytes, which the reader has from
  ///   elsewhere.
  /// - Throws: ``LogProofError/untrusted(_:)`` or ``LogProofError/notIncluded(_:)``.
  @discardableResult
  public func verify(
    leaf: MerkleHash, under policy: TrustPolicy
  ) throws(LogProofError) -> WitnessedCheckpoint {
    let witnessed: WitnessedCheckpoint
    do throws(CheckpointTrustError) {
      witnessed = try policy.verify(checkpoint)
    } catch {
      throw .untrusted(error)
    }
    let head = witnessed.checkpoint.head
    do throws(TreeProofError) {
      try InclusionProof(index: index, size: head.size, path: path).verify(leaf: leaf, root: head.root)
    } catch {
      throw .notIncluded(error)
    }
    return witnessed
  }
}

/// Why a file is not a receipt, or does not prove what it claims.
public enum LogProofError: Error, Hashable, Sendable {
  /// There are more bytes than a receipt has.
  case tooLong(limit: Int)
  /// The first line is another: the file is of another kind or version.
  case notAProof
  /// The extra data is empty, too long, or not base 64.
  case malformedExtra
  /// The index is missing, or not decimal.
  case malformedIndex
  /// A line of the proof is not a hash in base 64, or there are more than a tree can need.
  case malformedPath
  /// What follows the proof is not a checkpoint.
  case checkpoint(CheckpointError)
  /// The checkpoint is not believed.
  case untrusted(CheckpointTrustError)
  /// The entry is not at this place in the log.
  case notIncluded(TreeProofError)
}
