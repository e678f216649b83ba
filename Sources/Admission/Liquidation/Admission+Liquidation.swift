public import CanonicalBytes
public import Liquidation
public import MarginRules
public import Solvency

/// What a desk is given to continue a case with.
public struct LiquidationRequest: Sendable {
  /// The account that is closed.
  public var account: AccountID
  /// Its book, to open the case with; nil once it is open.
  public var opening: OpenedAccount?
  /// Bids for the auctions that run.
  public var bids: [Signed<LiquidationBid>]
  /// Books of accounts that were called and proved no band.
  public var winners: [OpenedAccount]

  /// A request of these parts.
  public init(
    _ account: AccountID, opening: OpenedAccount? = nil, bids: [Signed<LiquidationBid>] = [],
    winners: [OpenedAccount] = []
  ) {
    (self.account, self.opening, self.bids, self.winners) = (account, opening, bids, winners)
  }
}

/// Where a case stands, and what was done.
public struct LiquidationReport: Sendable {
  /// What a case waits for.
  public enum Status: Hashable, Sendable {
    /// Bids, until then at the latest.
    case auctions(until: Timestamp)
    /// Proofs of bands, until then.
    case winners(until: Timestamp)
    /// Nothing: it is settled.
    case settled
  }

  /// One auction that runs.
  public struct RunningAuction: Hashable, Sendable {
    /// What is auctioned: "position/BTC-PERP".
    public let leg: String
    /// Lots that are sold, less than zero for those that are bought back.
    public let lots: Int64
    /// What is asked per lot now, in quanta.
    public let price: Int64
  }

  /// The account.
  public let account: AccountID
  /// The state in which the case was opened, which bids name.
  public let sequence: UInt64
  /// What it waits for.
  public let status: Status
  /// The auctions that run.
  public let auctions: [RunningAuction]
  /// The steps that were recorded now.
  public let steps: [CaseStepRecord]
  /// What the settlement did; nil before it.
  public let settlement: LiquidationCase.Settlement?
}

extension Admission {
  /// Puts rules of liquidations in force.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func adopt(_ rules: LiquidationRules, at now: Timestamp) throws(DeskError) -> SignedLogHead {
    let document = rules.encoded()
    guard let record = judge.rules(document)?.record else { throw .liquidation(.document) }
    return try commit(at: now) { transaction throws(DeskError) in
      try append(.liquidationRulesAdopted(record), document, to: &transaction)
    }
  }

  /// Records a custodian's word on money for losses.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func move(_ signed: Signed<FundMovement>, at now: Timestamp) throws(DeskError) -> SignedLogHead {
    try commit(at: now) { transaction throws(DeskError) in
      let record = try judge.movement(of: signed, in: transaction.state)
      try append(.fundMoved(record), signed.json.encoded(), to: &transaction)
    }
  }

  /// Opens cases and takes all steps that can be taken now, in one durable step: all of them or none.
  ///
  /// A case that is open is rebuilt from the log, so that it is continued by anyone who has the ledger, after
  /// a crash as well.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  public func liquidate(
    _ requests: [LiquidationRequest], at now: Timestamp
  ) throws(DeskError) -> [LiquidationReport] {
    let rules = try liquidationRules()
    var dockets: [AccountID: (entries: [UInt64], docket: LiquidationDocket)] = [:]
    for request in requests where dockets[request.account] == nil {
      dockets[request.account] = try docket(of: request.account, rules)
    }
    let known = dockets
    // A request that can do nothing yet records nothing.
    return try recording(at: now) { transaction throws(DeskError) in
      var reports: [LiquidationReport] = []
      for request in requests {
        let before = transaction.state.account(request.account)?.liquidation?.entries
        guard before == known[request.account]?.entries else { throw .otherState }
        reports.append(
          try advance(request, known[request.account]?.docket, rules, in: &transaction))
      }
      return reports
    }.value
  }

  /// The same for one case.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  public func liquidate(
    _ request: LiquidationRequest, at now: Timestamp
  ) throws(DeskError) -> LiquidationReport {
    guard let report = try liquidate([request], at: now).first else { throw .unknownAccount }
    return report
  }

  /// Takes an account's proof of its band.
  ///
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func answer(_ answer: DeleveragingAnswer, at now: Timestamp) throws(DeskError) -> SignedLogHead {
    guard let head = try self.answer([answer], at: now) else { throw .ledger(.store(.corrupt)) }
    return head
  }

  /// Takes proofs of bands, all of them or none.
  ///
  /// - Returns: the head of the log; nil without answers.
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func answer(
    _ answers: [DeleveragingAnswer], at now: Timestamp
  ) throws(DeskError) -> SignedLogHead? {
    guard !answers.isEmpty else { return nil }
    let rules = try liquidationRules()
    var dockets: [AccountID: LiquidationDocket] = [:]
    for answer in answers where dockets[answer.liquidated] == nil {
      dockets[answer.liquidated] = try docket(of: answer.liquidated, rules)?.docket
    }
    let known = dockets
    return try commit(at: now) { transaction throws(DeskError) in
      for answer in answers {
        guard let docket = known[answer.liquidated], let call = docket.call else {
          throw .ledger(.event(.noCase))
        }
        let record = try judge.band(answer, to: call, of: docket, in: transaction.state, at: transaction.time)
        try append(.bandProven(record), answer.encoded(), to: &transaction)
      }
    }
  }

  /// What an account proves for a call: its nonce, and the circuit of a band.
  ///
  /// - Throws: ``DeskError`` if no winners are called for the account.
  public func call(for liquidated: AccountID) throws(DeskError) -> DeleveragingCall {
    let rules = try liquidationRules()
    guard let docket = try docket(of: liquidated, rules)?.docket, let record = docket.call,
      let place = Judge.place(of: record.coordinate, in: docket)
    else { throw .ledger(.event(.noCase)) }
    let found = try reading { state in
      state.charter.flatMap { charter in
        state.accounts.slot(of: liquidated).flatMap { state.liquidation.cases[$0]?.call }.map {
          (charter.identity, $0.index, judge.audience(in: state))
        }
      }
    }
    guard let (identity, index, venue) = found else { throw .ledger(.event(.noCase)) }
    return DeleveragingCall(
      venue: venue, record: record, nonce: DeleveragingBand.nonce(ledger: identity, call: index),
      snapshot: docket.snapshot, place: place, edges: rules.rankEdges)
  }

  // The steps

  private func advance(
    _ request: LiquidationRequest, _ known: LiquidationDocket?, _ rules: LiquidationRules,
    in transaction: inout LedgerTransaction
  ) throws(DeskError) -> LiquidationReport {
    let time = transaction.time
    var docket: LiquidationDocket
    if let known {
      docket = known
    } else {
      guard let opened = request.opening, opened.account == request.account else {
        throw .liquidation(.openingNeeded)
      }
      let opening = try judge.opening(of: opened, rules, in: transaction.state, at: time)
      try append(.liquidationOpened(opening.record), opened.encoded(), to: &transaction)
      docket = opening.docket
    }
    let sequence = transaction.state.account(request.account)?.liquidation?.sequence ?? 0
    var steps: [CaseStepRecord] = []
    func take(_ kind: CaseStepRecord.Kind, _ document: [UInt8] = []) throws(DeskError) {
      let step = try judge.step(kind, document, of: docket, in: transaction.state, at: time)
      try append(.liquidationStepped(step.record), document, to: &transaction)
      steps.append(step.record)
      docket = step.docket
    }
    func report(
      _ status: LiquidationReport.Status, _ running: [LiquidationDocket.Running] = [],
      _ settlement: LiquidationCase.Settlement? = nil
    ) -> LiquidationReport {
      LiquidationReport(
        account: request.account, sequence: sequence, status: status,
        auctions: running.map {
          LiquidationReport.RunningAuction(
            leg: $0.leg, lots: $0.order.lots, price: $0.auction.price(at: Int64(clamping: time.seconds)))
        }, steps: steps, settlement: settlement)
    }
    var bids = request.bids
    while true {
      let running = try plain { () throws(LiquidationError) in try docket.running() }
      if !running.isEmpty {
        let legs = Set(running.map(\.leg))
        let book = BidBook(bids.filter { legs.contains($0.unverified.leg) })
        do throws(DeskError) {
          try take(.cleared, book.encoded())
        } catch {
          guard case .liquidation(.rule(.auctionClosed)) = error else { throw error }
          let last = running.map(\.auction.lastSecond).max() ?? 0
          return report(.auctions(until: Timestamp(seconds: UInt64(clamping: last + 1))), running)
        }
        bids = []
        continue
      }
      if docket.began != nil {
        // A case without a single leg: nothing to sell.
        try take(.cleared, BidBook([]).encoded())
        continue
      }
      let canBegin = try plain { () throws(LiquidationError) in try docket.canBegin() }
      if canBegin {
        try take(.begun)
        bids = request.bids
        continue
      }
      if !docket.one.unsold.isEmpty, !docket.isBackstopped, rules.backstop != nil {
        try take(.backstopped)
        continue
      }
      if !docket.one.stuck.isEmpty {
        guard let call = docket.call else {
          let record = try judge.call(docket, in: transaction.state, at: time)
          try append(.winnersCalled(record), [], to: &transaction)
          docket.note(record)
          return report(.winners(until: Timestamp(seconds: record.deadline)))
        }
        guard time.seconds >= call.deadline else {
          return report(.winners(until: Timestamp(seconds: call.deadline)))
        }
        try take(.deleveraged, OpenedWinners(request.winners).encoded())
        if docket.one.stuck.isEmpty { continue }
      }
      if docket.one.unsold.contains(where: { if case .holding = $0.leg { false } else { true } }) {
        try take(.begun)
        bids = request.bids
        continue
      }
      let (funds, losses) = (transaction.state.funds, transaction.state.liquidation.insuredLosses)
      var trial = docket
      let settled = try plain { () throws(LiquidationError) in
        try trial.settle(funds: funds, insuredLosses: losses)
      }
      try take(.settled)
      return report(.settled, [], settled.settlement)
    }
  }

  private func plain<Value>(_ body: () throws(LiquidationError) -> Value) throws(DeskError) -> Value {
    do throws(LiquidationError) {
      return try body()
    } catch {
      throw .liquidation(.rule(error))
    }
  }

  // What the log holds

  /// The rules in force, from their document in the log.
  ///
  /// - Throws: ``LiquidationFault/noRules`` if there are none.
  public func liquidationRules() throws(DeskError) -> LiquidationRules {
    guard let place = try reading({ $0.liquidation.rules }) else { throw .liquidation(.noRules) }
    guard let item = try items([place.index]).first, item.hasItsEvidence,
      let found = judge.rules(item.evidence), found.record.rules == place.rules
    else { throw .ledger(.evidence(index: place.index)) }
    return found.rules
  }

  /// The open case of an account; nil if it has none.
  private func docket(
    of account: AccountID, _ rules: LiquidationRules
  ) throws(DeskError) -> (entries: [UInt64], docket: LiquidationDocket)? {
    guard let entries = try reading({ $0.account(account)?.liquidation?.entries }) else { return nil }
    let items = try items(entries)
    let judge = judge
    let result = try reading { state in
      Result { () throws(DeskError) in try judge.docket(from: items, rules, in: state) }
    }
    return (entries, try result.get())
  }

  private func reading<Value: Sendable>(
    _ body: (borrowing LedgerState) -> Value
  ) throws(DeskError) -> Value {
    do throws(LedgerFailure) {
      return try ledger.withState(body)
    } catch {
      throw .ledger(error)
    }
  }

  private func items(_ places: [UInt64]) throws(DeskError) -> [LogBatch.Item] {
    var items: [LogBatch.Item] = []
    for place in places {
      let item: LogBatch.Item?
      do throws(StoreError) {
        item = try ledger.store.items(from: place, limit: 1).first
      } catch {
        throw .ledger(.store(error))
      }
      guard let item, item.entry.index == place else { throw .ledger(.evidence(index: place)) }
      items.append(item)
    }
    return items
  }
}

/// What winners are asked: everything that an answer is proved with.
public struct DeleveragingCall: Sendable {
  /// Whom the proof is for.
  public let venue: Audience
  /// The call as it stands in the log.
  public let record: DeleveragingCallRecord
  /// The nonce of the proof.
  public let nonce: Nonce
  /// The snapshot of the case.
  public let snapshot: RiskSnapshot
  /// The instrument's place in it.
  public let place: Int
  /// The upper edges of the ranks.
  public let edges: [Int64]
}
