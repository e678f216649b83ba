internal import Commitments
package import MarginEngine
package import Ristretto
public import Solvency
internal import SolvencyVerifier

/// Why the desk does not take a document. The ledger is as it was.
public enum DeskError: Error, Hashable, Sendable {
  /// The ledger cannot be written, or the event cannot happen.
  case ledger(LedgerFailure)
  /// The registry does not begin with the coordinates of the one before.
  case registryDoesNotGrow
  /// The account's registry was not published here.
  case unknownRegistry
  /// The snapshot makes no registry.
  case registry(RegistryError)
  /// The parts do not add up to the account's commitment, or do not decode.
  case partsDoNotAddUp
  /// The fill does not apply.
  case fill(FillError)
  /// The account is not open.
  case unknownAccount
}

extension Admission {
  /// Puts a snapshot in force. The list of coordinates grows by what the snapshot adds to it.
  ///
  /// - Parameter evidence: the snapshot as it was published.
  @discardableResult
  package func publish(
    _ snapshot: RiskSnapshot, evidence: [UInt8], at now: Timestamp
  ) throws(DeskError) -> SignedLogHead {
    let present = try withState { state in state.registries.last }
    let current = present.flatMap { documents.catalog.registry($0.registry) }
    let longer = try Self.registry(current, for: snapshot)
    if longer != current { try publish(longer, at: now) }
    let epoch = EpochRecord(
      epoch: snapshot.epoch, snapshot: snapshot.digest, previous: snapshot.prevHash,
      validFrom: Timestamp(seconds: UInt64(clamping: snapshot.validFrom)),
      validTo: Timestamp(seconds: UInt64(clamping: snapshot.validTo)),
      graceEpochs: snapshot.graceEpochs,
      callInterval: policy.schedule.interval(under: snapshot.regime),
      fillInterval: policy.schedule.afterFill, callGrace: policy.schedule.grace)
    let head = try record(.epochPublished(epoch), evidence, now)
    documents.catalog.register(snapshot)
    return head
  }

  private static func registry(
    _ current: Registry?, for snapshot: RiskSnapshot
  ) throws(DeskError) -> Registry {
    do throws(RegistryError) {
      guard let current else { return try Registry(of: snapshot) }
      return try current.extended(for: snapshot)
    } catch {
      throw .registry(error)
    }
  }

  /// Publishes the list of coordinates, or a longer one.
  ///
  /// - Throws: ``DeskError/registryDoesNotGrow`` unless it begins with the list before it.
  @discardableResult
  public func publish(_ registry: Registry, at now: Timestamp) throws(DeskError) -> SignedLogHead {
    let present = try withState { state in state.registries.last }
    if let present {
      guard let current = documents.catalog.registry(present.registry),
        registry.names.starts(with: current.names)
      else { throw .registryDoesNotGrow }
    }
    let record = RegistryRecord(registry: registry.digest, count: UInt32(registry.count))
    let head = try self.record(.registryPublished(record), registry.listing, now)
    documents.catalog.register(registry)
    return head
  }

  /// Gives an account a challenge to answer.
  ///
  /// - Parameter seconds: for how long.
  public func challenge(
    _ account: AccountID, for seconds: UInt64, at now: Timestamp
  ) throws(DeskError) -> Nonce {
    let nonce = Nonce.random()
    let event = ChallengeRecord(
      account: account, nonce: nonce, expires: now.advanced(by: seconds))
    try record(.challengeIssued(event), [], now)
    return nonce
  }

  /// States which accounts have missed their deadlines.
  @discardableResult
  public func roll(at now: Timestamp) throws(DeskError) -> StatusRoll {
    let commit: Commit<Result<StatusRoll, LedgerError>>
    do throws(LedgerFailure) {
      commit = try ledger.commit(at: now) { transaction in
        let roll = transaction.state.dueRoll(at: transaction.time)
        return Result { () throws(LedgerError) in
          try transaction.append(.rolled(roll))
          return roll
        }
      }
    } catch {
      throw .ledger(error)
    }
    do throws(LedgerError) {
      return try commit.result.get()
    } catch {
      throw .ledger(.event(error))
    }
  }

  /// Where an account stands.
  public func status(of account: AccountID, at now: Timestamp) throws(DeskError) -> AccountStatus {
    guard let state = try withState({ state in state.account(account, at: now) }) else {
      throw .unknownAccount
    }
    return state.status
  }

  /// Opens an account on a commitment that is the sum of what custodians attested.
  @discardableResult
  package func open(
    _ account: AccountCommitment, parts: [EncodedPoint], attestedUntil: Timestamp,
    evidence: [UInt8], at now: Timestamp
  ) throws(DeskError) -> SignedLogHead {
    try checkSum(of: parts, is: account.commitment.encoded)
    let event = OpeningRecord(
      account: account.account, registry: account.registry,
      commitment: account.commitment.encoded, sequence: account.sequence, parts: parts,
      attestedUntil: attestedUntil, evidence: .sha256(of: evidence))
    return try record(.accountOpened(event), evidence, now)
  }

  /// Renews the attestation of an account's present state.
  @discardableResult
  package func renew(
    _ account: AccountID, sequence: UInt64, parts: [EncodedPoint], attestedUntil: Timestamp,
    evidence: [UInt8], at now: Timestamp
  ) throws(DeskError) -> SignedLogHead {
    guard let state = try withState({ state in state.account(account, at: now) }) else {
      throw .unknownAccount
    }
    try checkSum(of: parts, is: state.commitment)
    let event = RenewalRecord(
      account: account, sequence: sequence, parts: parts, attestedUntil: attestedUntil,
      evidence: .sha256(of: evidence))
    return try record(.attestationRenewed(event), evidence, now)
  }

  /// Moves an account's commitment by a public fill.
  @discardableResult
  package func fill(_ fill: Fill, evidence: [UInt8], at now: Timestamp) throws(DeskError) -> SignedLogHead {
    let event = try Self.record(
      of: fill, evidence: .sha256(of: evidence),
      account: try withState { state in state.account(fill.account, at: now) },
      registry: try withState { state in state.registries.last }.flatMap {
        documents.catalog.registry($0.registry)
      })
    return try record(.filled(event), evidence, now)
  }

  /// The event that a public fill is, computed from the account's present commitment.
  static func record(
    of fill: Fill, evidence: Digest, account: AccountState?, registry: Registry?
  ) throws(DeskError) -> FillRecord {
    guard let account else { throw .unknownAccount }
    guard let registry else { throw .unknownRegistry }
    do throws(FillError) {
      guard let start = try? VectorCommitment(decoding: account.commitment) else {
        throw .wrongRegistry
      }
      let current = AccountCommitment(
        account: account.account, registry: registry.digest, commitment: start,
        sequence: account.sequence)
      let next = try current.updated(by: fill, in: registry)
      let deltas = try fill.indexedDeltas(in: registry).map {
        CoordinateChange(coordinate: UInt32($0.coordinate), amount: $0.amount)
      }
      return FillRecord(
        account: account.account, sequence: account.sequence,
        commitment: next.commitment.encoded, deltas: deltas, evidence: evidence)
    } catch {
      throw .fill(error)
    }
  }

  private func checkSum(of parts: [EncodedPoint], is total: EncodedPoint) throws(DeskError) {
    var sum = Point.identity
    for part in parts {
      guard let point = try? part.decoded() else { throw .partsDoNotAddUp }
      sum += point
    }
    guard sum.encoded() == total else { throw .partsDoNotAddUp }
  }

  private func withState<Value: Sendable>(
    _ body: (borrowing LedgerState) -> Value
  ) throws(DeskError) -> Value {
    do throws(LedgerFailure) {
      return try ledger.withState(body)
    } catch {
      throw .ledger(error)
    }
  }

  @discardableResult
  private func record(
    _ event: LedgerEvent, _ evidence: [UInt8], _ now: Timestamp
  ) throws(DeskError) -> SignedLogHead {
    do throws(LedgerFailure) {
      return try ledger.record(event, evidence: evidence, at: now)
    } catch {
      throw .ledger(error)
    }
  }
}
