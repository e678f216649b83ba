internal import CanonicalBytes
internal import Liquidation
internal import MarginRules
internal import Solvency
internal import SolvencyVerifier

extension Judge {
  /// Rebuilds an open case from its entries in the log, which were checked when they were recorded.
  ///
  /// - Parameter items: the entries of the case, its opening first, with their documents.
  /// - Throws: ``LiquidationFault/document`` for an entry whose document is not the one that it names, or
  ///   cannot have led to what it says.
  func docket(
    from items: [LogBatch.Item], _ rules: LiquidationRules, in state: borrowing LedgerState
  ) throws(DeskError) -> LiquidationDocket {
    guard let first = items.first, case .liquidationOpened(let record) = first.entry.event,
      items.allSatisfy(\.hasItsEvidence), let opened = try? OpenedAccount(decoding: first.evidence),
      let snapshot = documents.catalog.snapshot(record.snapshot),
      let registry = documents.catalog.registry(opened.registry),
      let slot = state.accounts.slot(of: record.account),
      let portfolio = opened.portfolio(under: snapshot, in: registry)
    else { throw .liquidation(.document) }
    let rule = try accountRule(slot, in: state)
    do throws(LiquidationError) {
      var docket = try LiquidationDocket(
        of: opened, portfolio, rule: rule, under: snapshot, in: registry, rules,
        certificate: record.evidence, at: first.entry.time)
      for item in items.dropFirst() {
        switch item.entry.event {
        case .liquidationStepped(let record): try docket.replay(record, item.evidence, at: item.entry.time)
        case .winnersCalled(let record): docket.note(record)
        default: throw .malformed
        }
      }
      return docket
    } catch {
      throw .liquidation(.document)
    }
  }
}

extension LiquidationDocket {
  /// Takes a step that was recorded.
  fileprivate mutating func replay(
    _ record: CaseStepRecord, _ document: [UInt8], at time: Timestamp
  ) throws(LiquidationError) {
    switch record.kind {
    case .cleared:
      guard let book = try? BidBook(decoding: document) else { throw .malformed }
      var bids: [String: [AuctionBid]] = [:]
      for signed in book.bids { bids[signed.unverified.leg, default: []].append(signed.unverified.bid) }
      _ = try clear(bids, until: Int64(clamping: time.seconds))
    case .begun: try begin(at: time)
    case .backstopped: _ = try backstop()
    case .deleveraged:
      // What each gave up stands in the record: winners of just so much lose just so much.
      guard let call, let place = Judge.place(of: call.coordinate, in: self) else { throw .malformed }
      var winners: [Winner] = []
      for move in record.moves where move.account != account {
        let delta = move.deltas.first { $0.coordinate == call.coordinate }
        winners.append(
          Winner(
            account: move.account.description, lots: Int64(clamping: delta?.amount.magnitude ?? 0), gain: 0,
            rank: 0))
      }
      _ = try deleverage(place, against: winners, gainPerLot: call.gainPerLot)
    case .settled: throw .malformed
    }
  }
}
