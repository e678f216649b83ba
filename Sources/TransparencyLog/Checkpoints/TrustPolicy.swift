/// Whom a reader of checkpoints trusts: the logs, the witnesses, and which of these together are enough.
///
/// - SeeAlso: c2sp.org/tlog-policy.
public struct TrustPolicy: Hashable, Sendable {
  /// A witness, and what the policy calls it.
  public struct Witness: Hashable, Sendable {
    /// The name in the policy.
    public let name: ExactText
    /// Its key.
    public let key: NoteKey
  }

  /// Which witnesses are enough.
  indirect enum Quorum: Hashable, Sendable {
    /// None are needed.
    case none
    /// This one.
    case witness(ExactText)
    /// At least this number of these.
    case group(threshold: Int, members: [Quorum])

    func isMet(by names: Set<ExactText>) -> Bool {
      switch self {
      case .none: true
      case .witness(let name): names.contains(name)
      case .group(let threshold, let members): members.count { $0.isMet(by: names) } >= threshold
      }
    }
  }

  /// The keys of the logs; a key's name is the origin that it signs for.
  public let logs: [NoteKey]
  /// The witnesses.
  public let witnesses: [Witness]
  let quorum: Quorum

  init(logs: [NoteKey], witnesses: [Witness], quorum: Quorum) {
    self.logs = logs
    self.witnesses = witnesses
    self.quorum = quorum
  }

  /// A policy that asks for cosignatures of `threshold` of some witnesses.
  ///
  /// - Throws: ``TrustPolicyError`` if keys are of the wrong type or there twice, or the threshold is more
  ///   than the number of witnesses.
  public init(
    logs: [NoteKey], witnesses: [NoteKey] = [], threshold: Int = 0
  ) throws(TrustPolicyError) {
    var builder = TrustPolicyBuilder()
    for key in logs { try builder.add(log: key) }
    for key in witnesses { try builder.add(Witness(name: key.name, key: key)) }
    guard (0...witnesses.count).contains(threshold) else { throw .threshold(threshold, of: witnesses.count) }
    let members = builder.witnesses.map { Quorum.witness($0.name) }
    self.init(
      logs: builder.logs, witnesses: builder.witnesses,
      quorum: threshold == 0 ? .none : .group(threshold: threshold, members: members))
  }

  /// Checks a checkpoint: its log's signature, every cosignature of a witness that the policy names, and that
  /// they are enough.
  ///
  /// - Throws: ``CheckpointTrustError``.
  public func verify(_ signed: SignedCheckpoint) throws(CheckpointTrustError) -> WitnessedCheckpoint {
    let checkpoint = try signed.checkpoint(signedBy: logs)
    let cosignatures = try signed.cosignatures(by: witnesses.map(\.key))
    var cosigned: [WitnessedCheckpoint.Cosigned] = []
    for witness in witnesses {
      let times = cosignatures.lazy.filter { $0.key == witness.key }.compactMap(\.time)
      guard let time = times.max() else { continue }
      cosigned.append(WitnessedCheckpoint.Cosigned(witness: witness.name, time: time))
    }
    guard quorum.isMet(by: Set(cosigned.map(\.witness))) else {
      throw .noQuorum(cosigned: cosigned.map(\.witness))
    }
    return WitnessedCheckpoint(checkpoint: checkpoint, cosigned: cosigned)
  }
}

/// A checkpoint that a policy accepts, and which of its witnesses have cosigned.
public struct WitnessedCheckpoint: Hashable, Sendable {
  /// A witness, and when it cosigned last.
  public struct Cosigned: Hashable, Sendable {
    /// What the policy calls the witness.
    public let witness: ExactText
    /// Seconds since 1970, by the witness's clock.
    public let time: UInt64
  }

  /// The checkpoint.
  public let checkpoint: Checkpoint
  /// The witnesses that have cosigned, in the policy's order.
  public let cosigned: [Cosigned]
}

/// Why a policy cannot be used.
public enum TrustPolicyError: Error, Hashable, Sendable {
  /// The file is larger than is read, or has a byte that no policy has.
  case notAPolicy
  /// This line, from 1, is not one of a policy.
  case malformedLine(Int)
  /// The key in this line cannot be used; line 0 if the policy was not read from a file.
  case key(line: Int, NoteKeyError)
  /// The key signs as a witness and stands for a log, or the other way round.
  case wrongKeyType(NoteKey)
  /// The same public key stands in the policy twice.
  case duplicateKey(NoteKey)
  /// The name is defined twice, or is `none`.
  case duplicateName(ExactText)
  /// The name is not defined on an earlier line.
  case undefinedName(ExactText)
  /// The name is a member of two groups, or of one twice.
  case memberTwice(ExactText)
  /// A group asks for more members than it has.
  case threshold(Int, of: Int)
  /// The policy has no quorum, or more than one.
  case quorumCount(Int)
  /// There are more logs, witnesses or groups than are read.
  case tooMany(limit: Int)
}

/// A policy while it is put together.
struct TrustPolicyBuilder {
  static let listLimit = 1024

  private(set) var logs: [NoteKey] = []
  private(set) var witnesses: [TrustPolicy.Witness] = []

  mutating func add(log key: NoteKey) throws(TrustPolicyError) {
    guard key.algorithm == .ed25519 else { throw .wrongKeyType(key) }
    guard !logs.contains(where: { $0.publicKey == key.publicKey }) else { throw .duplicateKey(key) }
    guard logs.count < Self.listLimit else { throw .tooMany(limit: Self.listLimit) }
    logs.append(key)
  }

  mutating func add(_ witness: TrustPolicy.Witness) throws(TrustPolicyError) {
    let key = witness.key
    guard key.algorithm == .cosignature else { throw .wrongKeyType(key) }
    guard !witnesses.contains(where: { $0.key.publicKey == key.publicKey }) else { throw .duplicateKey(key) }
    guard !witnesses.contains(where: { $0.name == witness.name }) else { throw .duplicateName(witness.name) }
    guard witnesses.count < Self.listLimit else { throw .tooMany(limit: Self.listLimit) }
    witnesses.append(witness)
  }
}
