public import CanonicalBytes
internal import MarginRules
public import Solvency
internal import SolvencyVerifier

/// Why the desk does not take a document. The ledger is as it was.
public enum DeskError: Error, Hashable, Sendable {
  /// The ledger cannot be written, or the event cannot happen.
  case ledger(LedgerFailure)
  /// The document is not signed by whom it should be.
  case signature(SigningError)
  /// The attestations do not belong together, or not to this venue's custodians.
  case attestation(AttestationError)
  /// The attestations are pledged to another venue.
  case pledgedElsewhere
  /// The attestations do not hold yet, or no longer.
  case attestationNotInForce
  /// The document is about another state of the account.
  case otherState
  /// The registry does not begin with the coordinates of the one before.
  case registryDoesNotGrow
  /// The registry was not published here, or is shorter than the account's.
  case unknownRegistry
  /// The snapshot makes no registry.
  case registry(RegistryError)
  /// The fill does not apply.
  case fill(FillError)
  /// The account is not open.
  case unknownAccount
  /// The liquidation does not go so.
  case liquidation(LiquidationFault)
  /// The document is not the checkpoint of the roll that is stated.
  case rollCheckpoint
}

extension Admission {
  /// Puts a snapshot in force. Overdue accounts are recorded as such first; the list of coordinates grows by
  /// what the snapshot adds to it.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func publish(
    _ published: PublishedSnapshot, at now: Timestamp
  ) throws(DeskError) -> SignedLogHead {
    let epoch = try judge.epoch(published)
    let head = try commit(at: now) { transaction throws(DeskError) in
      try found(&transaction)
      // Accounts that were overdue by the epoch so far; their time may have been over for long.
      let moment = transaction.momentInForce
      let roll = transaction.state.dueRoll(at: moment)
      if !roll.lines.isEmpty { try append(.rolled(roll), [], to: &transaction, at: moment) }
      let longer = try judge.registry(for: published.snapshot, in: transaction.state)
      if longer.digest != transaction.state.registries.last?.registry {
        let growth = try judge.growth(to: longer, in: transaction.state)
        try append(.registryPublished(growth), longer.listing, to: &transaction, at: moment)
        judge.documents.catalog.register(longer)
      }
      try append(.epochPublished(epoch), published.encoded(), to: &transaction)
    }
    judge.documents.catalog.register(published.snapshot)
    return head
  }

  /// Publishes the list of coordinates, or a longer one.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func publish(_ registry: Registry, at now: Timestamp) throws(DeskError) -> SignedLogHead {
    let head = try commit(at: now) { transaction throws(DeskError) in
      try checkEpoch(transaction)
      let growth = try judge.growth(to: registry, in: transaction.state)
      try append(.registryPublished(growth), registry.listing, to: &transaction)
    }
    judge.documents.catalog.register(registry)
    return head
  }

  /// Opens an account on what its custodians attest.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func open(
    _ attestations: [Signed<Attestation>], at now: Timestamp
  ) throws(DeskError) -> SignedLogHead {
    let bundle = AttestationBundle(attestations)
    return try commit(at: now) { transaction throws(DeskError) in
      let record = try judge.opening(bundle, in: transaction.state, at: transaction.time)
      try append(.accountOpened(record), bundle.encoded(), to: &transaction)
    }
  }

  /// Takes new attestations of an account's present state.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func renew(
    _ attestations: [Signed<Attestation>], at now: Timestamp
  ) throws(DeskError) -> SignedLogHead {
    let bundle = AttestationBundle(attestations)
    return try commit(at: now) { transaction throws(DeskError) in
      let record = try judge.renewal(bundle, in: transaction.state, at: transaction.time)
      try append(.attestationRenewed(record), bundle.encoded(), to: &transaction)
    }
  }

  /// Moves an account's commitment by what a matching engine reports: a fill, or a charge.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func fill(
    _ report: Signed<FillReport>, at now: Timestamp
  ) throws(DeskError) -> SignedLogHead {
    try commit(at: now) { transaction throws(DeskError) in
      let event = try judge.movement(report, in: transaction.state)
      try append(event, report.json.encoded(), to: &transaction)
    }
  }

  /// Records that a sealed opening of an account was deposited, on the word of the custodian who sealed it.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func deposit(
    _ seal: Signed<EscrowSeal>, at now: Timestamp
  ) throws(DeskError) -> SignedLogHead {
    try commit(at: now) { transaction throws(DeskError) in
      let record = try judge.escrow(seal, in: transaction.state)
      try append(.escrowed(record), seal.json.encoded(), to: &transaction)
    }
  }

  /// Gives an account a challenge to answer.
  ///
  /// - Parameter seconds: for how long.
  /// - Throws: ``DeskError``; then nothing has changed.
  public func challenge(
    _ account: AccountID, for seconds: UInt64, at now: Timestamp
  ) throws(DeskError) -> Nonce {
    let nonce = Nonce.random()
    try commit(at: now) { transaction throws(DeskError) in
      let record = ChallengeRecord(
        account: account, nonce: nonce, expires: transaction.time.advanced(by: seconds))
      try append(.challengeIssued(record), [], to: &transaction)
    }
    return nonce
  }

  /// States which accounts have missed their deadlines since the last statement.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func roll(at now: Timestamp) throws(DeskError) -> SignedLogHead {
    try commit(at: now) { transaction throws(DeskError) in
      try checkEpoch(transaction)
      let roll = transaction.state.dueRoll(at: transaction.time)
      try append(.rolled(roll), [], to: &transaction)
    }
  }

  /// Before the first snapshot nothing says that the clock is right (A61).
  private func checkEpoch(_ transaction: borrowing LedgerTransaction) throws(DeskError) {
    guard transaction.state.currentEpoch != nil else { throw .ledger(.event(.noEpoch)) }
  }

  /// The first entry of an empty ledger.
  private func found(_ transaction: inout LedgerTransaction) throws(DeskError) {
    guard transaction.state.eventCount == 0 else { return }
    try append(.chartered(charter.record(after: .zero)), charterBytes, to: &transaction)
  }

  func append(
    _ event: LedgerEvent, _ evidence: [UInt8], to transaction: inout LedgerTransaction,
    at moment: Timestamp? = nil
  ) throws(DeskError) {
    do throws(LedgerError) {
      try transaction.append(event, evidence: evidence, at: moment)
    } catch {
      throw .ledger(.event(error))
    }
  }

  /// Appends events in one durable step, all or none.
  @discardableResult
  func commit(
    at now: Timestamp, _ body: (inout LedgerTransaction) throws(DeskError) -> Void
  ) throws(DeskError) -> SignedLogHead {
    guard let head = try recording(at: now, body).head else { throw .ledger(.store(.corrupt)) }
    return head
  }

  /// Appends events in one durable step, all or none, or no event.
  ///
  /// - Returns: what the body returned, and the head after its events; nil if there were none.
  func recording<Value: Sendable>(
    at now: Timestamp, _ body: (inout LedgerTransaction) throws(DeskError) -> Value
  ) throws(DeskError) -> (value: Value, head: SignedLogHead?) {
    let commit: Commit<Result<Value, DeskError>>
    do throws(LedgerFailure) {
      commit = try ledger.commit(at: now) { transaction in
        let result = Result { () throws(DeskError) in
          do throws(LedgerFailure) {
            try check(transaction.state.charter)
          } catch {
            throw DeskError.ledger(error)
          }
          return try body(&transaction)
        }
        if case .failure = result { transaction.cancel() }
        return result
      }
    } catch {
      throw .ledger(error)
    }
    return (try commit.result.get(), commit.head)
  }
}
