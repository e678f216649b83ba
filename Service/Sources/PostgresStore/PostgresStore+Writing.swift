public import Admission
internal import Synchronization

extension PostgresStore {
  /// Takes the pen; another desk that has it is waited for.
  ///
  /// - Throws: `StoreError.busy` when it is not had in time, `.notWriter` when another desk is the writer.
  public func acquire() throws(StoreError) -> UInt64 {
    try session.withLock { session throws(StoreError) in
      let deadline = session.deadline
      while true {
        do throws(PostgresFault) {
          return try take(&session, until: deadline).count
        } catch {
          session.report(error)
          try giveUpOrRetry(&session, error, until: deadline)
        }
      }
    }
  }

  /// Gives the pen back; nothing was written.
  public func release() {
    session.withLock { session in
      guard session.isHeld else { return }
      session.connection?.rollBack()
      session.isHeld = false
    }
  }

  /// Appends a batch in one transaction.
  ///
  /// - Throws: `StoreError`, among them `.undecided`.
  public func append(_ batch: LogBatch) throws(StoreError) { try write(batch, replacing: false) }

  /// Drops the entries from the batch's first index on and appends it, in one transaction.
  ///
  /// - Throws: `StoreError`, among them `.undecided`.
  public func replaceTail(with batch: LogBatch) throws(StoreError) { try write(batch, replacing: true) }

  /// Puts documents in the place of those that are missing or damaged, all or none. The caller has compared
  /// each with the entry that names it.
  ///
  /// - Throws: `StoreError`; then none is replaced, unless it is `.undecided`.
  public func replaceEvidence(_ documents: [(index: UInt64, bytes: [UInt8])]) throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      var isCommitting = false
      do throws(PostgresFault) {
        _ = try take(&session, until: session.deadline)
        session.isHeld = false
        guard let connection = session.connection else { throw PostgresFault.lost("") }
        for document in documents {
          let rows = try connection.run(
            Self.replaceDocument, .integer(Int64(clamping: document.index)), .bytes(document.bytes))
          guard rows.changeCount == 1 else { throw PostgresFault.malformed }
        }
        isCommitting = true
        try connection.commit()
      } catch {
        session.report(error)
        session.connection?.rollBack()
        session.isHeld = false
        throw isCommitting && session.connection?.isLost == true ? .undecided : Self.error(error)
      }
    }
  }

  /// Fills an empty ledger with everything that another store holds, in one transaction: a ledger moves from
  /// a file to a server. The other is not written to meanwhile.
  ///
  /// - Throws: `StoreError.wrongIndex` if this one is not empty, `.corrupt` if the other's entries do not
  ///   lead to its head, and what either store throws; then this one is as it was, unless it is `.undecided`.
  public func fill(from other: any LedgerStore) throws(StoreError) {
    guard let head = try other.head() else { return }
    let checkpoint = try other.checkpoint()
    try session.withLock { session throws(StoreError) in
      var isCommitting = false
      var failure: StoreError?
      do throws(PostgresFault) {
        let held = try take(&session, until: session.deadline)
        session.isHeld = false
        guard let connection = session.connection else { throw PostgresFault.lost("") }
        guard held.count == 0 else {
          throw PostgresFault.refused(code: Self.wrongIndexCode, sentence: "\(held.count)")
        }
        var end = LogHead.empty
        while end.count < head.unverified.count {
          let items: [LogBatch.Item]
          do throws(StoreError) {
            items = try other.items(from: end.count, limit: Self.rowLimit)
          } catch {
            failure = error
            throw PostgresFault.malformed
          }
          guard !items.isEmpty else { throw PostgresFault.malformed }
          for item in items {
            guard item.entry.index == end.count, item.entry.previous == end.digest else {
              throw PostgresFault.malformed
            }
            end = LogHead(item.entry)
          }
          try Self.insert(items, on: connection)
        }
        guard end == head.unverified else { throw PostgresFault.malformed }
        try Self.replaceEnd(with: head, checkpoint, over: held, on: connection)
        isCommitting = true
        try connection.commit()
      } catch {
        session.report(error)
        session.connection?.rollBack()
        session.isHeld = false
        if let failure { throw failure }
        throw isCommitting && session.connection?.isLost == true ? .undecided : Self.error(error)
      }
    }
  }

  private func write(_ batch: LogBatch, replacing isReplacing: Bool) throws(StoreError) {
    guard let last = batch.items.last?.entry else { throw .wrongIndex(expected: try count()) }
    try session.withLock { session throws(StoreError) in
      let deadline = session.deadline
      // Whether a commit was sent that nobody answered.
      var isInDoubt = false
      while true {
        var isCommitting = false
        do throws(PostgresFault) {
          let held = try take(&session, until: deadline, isInDoubt: isInDoubt)
          session.isHeld = false
          guard let connection = session.connection else { throw PostgresFault.lost("") }
          if isInDoubt {
            // The pen is in hand: the transaction that broke off is over, one way or the other.
            let stored = try connection.run(Self.selectEntry, .integer(Int64(clamping: last.index)))
            let wasThere = stored.count == 1 && stored.bytes(0, 0) == last.bytes
            connection.rollBack()
            session.observer(.resolved(index: last.index, wasThere: wasThere))
            if wasThere { return }
            isInDoubt = false
            continue
          }
          try Self.insert(batch, replacing: isReplacing, over: held, on: connection)
          isCommitting = true
          try connection.commit()
          return
        } catch {
          session.report(error)
          let isLost = session.connection?.isLost ?? false
          session.connection?.rollBack()
          session.isHeld = false
          if isCommitting, isLost { isInDoubt = true }
          guard isLost || isInDoubt, ContinuousClock.now < deadline else {
            throw isInDoubt ? .undecided : Self.error(error)
          }
          if isLost { session.close() } else { pause(milliseconds: 50) }
        }
      }
    }
  }
}
