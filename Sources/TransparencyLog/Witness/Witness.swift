/// A witness: cosigns a checkpoint of a log only if it is consistent with the one it has cosigned last, so
/// that two checkpoints that it has cosigned are of one history.
///
/// What must hold: **of one origin, the checkpoints that leave a witness form one growing history**, whatever
/// crashes, runs at the same time or is asked twice. The record is therefore replaced before a cosignature
/// leaves, in one step with the comparison, and a record that cannot be read is never taken for none.
///
/// - SeeAlso: c2sp.org/tlog-witness.
public struct Witness: ~Copyable {
  private let cosigner: Cosigner
  /// The keys of the logs that it knows; a key's name is the log's origin.
  public let logs: [NoteKey]

  /// A witness for some logs.
  public init(_ cosigner: consuming Cosigner, logs: [NoteKey]) {
    self.cosigner = cosigner
    self.logs = logs
  }

  /// What its cosignatures are checked with.
  public var key: NoteKey { cosigner.key }

  /// Cosigns the checkpoint of a request.
  ///
  /// - Parameters:
  ///   - request: the checkpoint, and the proof that it is consistent with the one cosigned last.
  ///   - now: seconds since 1970.
  ///   - store: where the last checkpoints are kept.
  /// - Returns: the checkpoint as the log signed it, with this witness's cosignature alone added to the log's
  ///   signatures.
  /// - Throws: ``WitnessError``; nothing was then cosigned.
  public borrowing func cosign<Store: WitnessStore>(
    _ request: WitnessRequest, at now: UInt64, in store: Store
  ) throws(WitnessError<Store.Failure>) -> Cosigned {
    let checkpoint: Checkpoint
    do throws(CheckpointTrustError) {
      checkpoint = try request.checkpoint.checkpoint(signedBy: logs)
    } catch {
      throw .refused(.untrusted(error))
    }
    guard now <= Digits.limit else { throw .refused(.clock(last: Digits.limit)) }
    var outcome = Result<Cosigned, WitnessRefusal>.failure(.record)
    do throws(Store.Failure) {
      let logs = logs
      try store.update(checkpoint.origin) { record in
        outcome = Result { () throws(WitnessRefusal) in
          try decide(request, checkpoint, record, at: now, logs)
        }
        guard case .success(let cosigned) = outcome else { return nil }
        return cosigned.checkpoint.encoded()
      }
    } catch {
      // The cosignature does not leave: what it says may not be remembered.
      throw .store(error)
    }
    do throws(WitnessRefusal) {
      return try outcome.get()
    } catch {
      throw .refused(error)
    }
  }

  private borrowing func decide(
    _ request: WitnessRequest, _ checkpoint: Checkpoint, _ record: [UInt8]?, at now: UInt64, _ logs: [NoteKey]
  ) throws(WitnessRefusal) -> Cosigned {
    let new = checkpoint.head
    guard request.oldSize <= new.size else { throw .oldSizeTooLarge(old: request.oldSize, new: new.size) }
    let last = try record.map { record throws(WitnessRefusal) in try read(record, of: checkpoint.origin) }
    guard request.oldSize == last?.head.size ?? 0 else { throw .conflict(lastSize: last?.head.size ?? 0) }
    if let last, now < last.time { throw .clock(last: last.time) }
    do throws(TreeProofError) {
      try ConsistencyProof(oldSize: request.oldSize, newSize: new.size, path: request.path)
        .verify(old: last?.head ?? .empty, new: new)
    } catch {
      throw .inconsistent(error)
    }
    let cosignature = cosigner.cosign(request.checkpoint.note.text, at: now)
    do throws(CheckpointError) {
      return try Cosigned(request.checkpoint.keeping(logs), cosignature)
    } catch {
      throw .record
    }
  }

  /// The head of a record, and when it was cosigned. A record that this witness has not cosigned is not one.
  private borrowing func read(
    _ record: [UInt8], of origin: ExactText
  ) throws(WitnessRefusal) -> (head: TreeHead, time: UInt64) {
    guard let signed = try? SignedCheckpoint(decoding: record), signed.unverified.origin == origin,
      let times = try? signed.cosignatures(by: [key]).compactMap(\.time), let time = times.max()
    else { throw .record }
    return (signed.unverified.head, time)
  }

  /// What a witness hands out.
  public struct Cosigned: Hashable, Sendable {
    /// The checkpoint with the log's signatures and the cosignature: what the store keeps.
    public let checkpoint: SignedCheckpoint
    /// The cosignature alone.
    public let cosignature: NoteSignature

    init(_ checkpoint: SignedCheckpoint, _ cosignature: NoteSignature) throws(CheckpointError) {
      var cosigned = checkpoint
      try cosigned.add([cosignature])
      self.checkpoint = cosigned
      self.cosignature = cosignature
    }
  }
}

/// Why a witness does not cosign.
public enum WitnessError<Failure: Error>: Error {
  /// The rule does not allow it.
  case refused(WitnessRefusal)
  /// The store failed. It may hold the checkpoint, but no cosignature has left.
  case store(Failure)
}

/// Why the rule does not allow a cosignature.
public enum WitnessRefusal: Error, Hashable, Sendable {
  /// The log is unknown, or has not signed.
  case untrusted(CheckpointTrustError)
  /// The request's old size is more than its checkpoint's.
  case oldSizeTooLarge(old: UInt64, new: UInt64)
  /// The checkpoint cosigned last has another size than the request starts from: ask again from this one.
  case conflict(lastSize: UInt64)
  /// The checkpoint is not shown to be consistent with the one cosigned last.
  case inconsistent(TreeProofError)
  /// The clock is behind the last cosignature.
  case clock(last: UInt64)
  /// What the store holds for this log is not a checkpoint that this witness has cosigned.
  case record
}
