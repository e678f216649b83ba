internal import CanonicalBytes
internal import CircuitLanguage
internal import Liquidation
internal import MarginRules
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyVerifier

/// What makes events of liquidations of documents and the state of a ledger. The desk records what it says,
/// and the audit compares.
extension Judge {
  // Before any case

  /// The rules in a document.
  func rules(_ document: [UInt8]) -> (record: LiquidationRulesRecord, rules: LiquidationRules)? {
    guard let rules = try? LiquidationRules(decoding: document), rules.encoded() == document else {
      return nil
    }
    return (LiquidationRulesRecord(rules: .sha256(of: document), layers: UInt8(rules.layers.count)), rules)
  }

  /// The event that a custodian's word on money for losses is.
  func movement(
    of signed: Signed<FundMovement>, in state: borrowing LedgerState
  ) throws(DeskError) -> FundRecord {
    guard parties.custodians.contains(signed.signer) else { throw .signature(.otherSigner) }
    let movement: FundMovement
    do throws(SigningError) {
      movement = try signed.content(verifiedBy: signed.signer)
    } catch {
      throw .signature(error)
    }
    guard movement.venue == audience(in: state) else { throw .pledgedElsewhere }
    return FundRecord(
      number: movement.number, purse: movement.purse, amount: movement.amount,
      evidence: .sha256(of: signed.json.encoded()))
  }

  // A case

  /// The plain rule that an account is held to: that of the circuit it proved last, portfolio margin if it
  /// proved none.
  func accountRule(_ slot: Int, in state: borrowing LedgerState) throws(DeskError) -> AccountRule {
    let record = state.accounts.records[slot]
    guard record.evidence != .zero else { return .portfolioMargin }
    guard let circuits = state.charter?.circuits, circuits.indices.contains(Int(record.circuit)),
      let rule = Self.plainRules[circuits[Int(record.circuit)]]
    else { throw .liquidation(.noPlainRule) }
    return rule
  }

  private static let plainRules: [Digest: AccountRule] = {
    var rules: [Digest: AccountRule] = [:]
    for rule in AccountRule.allCases {
      guard let source = BuiltInCircuits.sources.first(where: { $0.name == rule.rawValue }),
        let circuit = try? Circuit(parsing: source.text, named: "\(source.name).circuit")
      else { continue }
      rules[circuit.digest] = rule
    }
    return rules
  }()

  /// The event that an opened book of a liquidatable account is, and its case.
  func opening(
    of opened: OpenedAccount, _ rules: LiquidationRules, in state: borrowing LedgerState, at time: Timestamp
  ) throws(DeskError) -> (record: CaseRecord, docket: LiquidationDocket) {
    guard let slot = state.accounts.slot(of: opened.account) else { throw .unknownAccount }
    guard let epoch = state.currentEpoch, let snapshot = documents.catalog.snapshot(epoch.snapshot) else {
      throw .ledger(.event(.noEpoch))
    }
    let portfolio = try portfolio(of: opened, slot, under: snapshot, in: state)
    guard let registry = documents.catalog.registry(opened.registry),
      let cash = registry.index(of: Registry.cash)
    else { throw .unknownRegistry }
    let document = Digest.sha256(of: opened.encoded())
    let rule = try accountRule(slot, in: state)
    let docket = try plain { () throws(LiquidationError) in
      try LiquidationDocket(
        of: opened, portfolio, rule: rule, under: snapshot, in: registry, rules, certificate: document,
        at: time)
    }
    return (
      CaseRecord(
        account: opened.account, sequence: opened.sequence, snapshot: epoch.snapshot, cash: UInt32(cash),
        evidence: document), docket
    )
  }

  /// The book of an account, if it is the one that the account is committed to.
  private func portfolio(
    of opened: OpenedAccount, _ slot: Int, under snapshot: RiskSnapshot, in state: borrowing LedgerState
  ) throws(DeskError) -> Portfolio {
    let record = state.accounts.records[slot]
    guard opened.sequence == record.sequence, opened.commitment() == record.commitment else {
      throw .liquidation(.otherBook)
    }
    guard
      state.isRegistry(
        opened.registry, coveringThoseOf: state.registries[Int(record.registry)].registry),
      let registry = documents.catalog.registry(opened.registry)
    else { throw .unknownRegistry }
    guard let portfolio = opened.portfolio(under: snapshot, in: registry) else {
      throw .liquidation(.unlisted)
    }
    return portfolio
  }

  /// The event that a step is, and the case after it. Neither happens if it throws.
  ///
  /// - Parameter document: the document of the step; empty for one without.
  func step(
    _ kind: CaseStepRecord.Kind, _ document: [UInt8], of docket: LiquidationDocket,
    in state: borrowing LedgerState, at time: Timestamp
  ) throws(DeskError) -> (record: CaseStepRecord, docket: LiquidationDocket) {
    guard let slot = state.accounts.slot(of: docket.account), let open = state.liquidation.cases[slot] else {
      throw .ledger(.event(.noCase))
    }
    guard document.isEmpty == (kind == .begun || kind == .backstopped || kind == .settled) else {
      throw .liquidation(.document)
    }
    var next = docket
    var (insured, silent) = (0 as Int64, 0 as UInt32)
    let moves: LiquidationDocket.Moves
    switch kind {
    case .cleared:
      guard let book = try? BidBook(decoding: document) else { throw .liquidation(.document) }
      let bids = try bids(book, of: docket, open, in: state, at: time)
      moves = try plain { () throws(LiquidationError) in
        try next.clear(bids, until: Int64(clamping: time.seconds))
      }
    case .begun:
      try plain { () throws(LiquidationError) in try next.begin(at: time) }
      moves = LiquidationDocket.Moves()
    case .backstopped:
      moves = try plain { () throws(LiquidationError) in try next.backstop() }
    case .deleveraged:
      guard let call = open.call else { throw .ledger(.event(.noCase)) }
      guard time.seconds >= call.deadline else { throw .liquidation(.callOpen) }
      guard let opened = try? OpenedWinners(decoding: document) else { throw .liquidation(.document) }
      let called = try winners(of: call, opened.accounts, docket, slot, in: state)
      silent = called.silent
      moves = try plain { () throws(LiquidationError) in
        try next.deleverage(called.instrument, against: called.winners, gainPerLot: called.gainPerLot)
      }
    case .settled:
      let (funds, losses) = (state.funds, state.liquidation.insuredLosses)
      let settled = try plain { () throws(LiquidationError) in
        try next.settle(funds: funds, insuredLosses: losses)
      }
      (moves, insured) = (settled.moves, settled.insured)
    }
    let record = CaseStepRecord(
      account: docket.account, kind: kind, moves: try self.moves(moves, docket, in: state),
      payments: moves.funds.sorted { $0.key < $1.key }.map { CaseStepRecord.Payment($0.key, $0.value) },
      repayments: try repayments(moves, docket), insured: insured, silent: silent,
      evidence: document.isEmpty ? .zero : .sha256(of: document))
    return (record, next)
  }

  private func plain<Value>(_ body: () throws(LiquidationError) -> Value) throws(DeskError) -> Value {
    do throws(LiquidationError) {
      return try body()
    } catch {
      throw .liquidation(.rule(error))
    }
  }

  /// The commitments after a step, computed anew from the ledger's.
  private func moves(
    _ moves: LiquidationDocket.Moves, _ docket: LiquidationDocket, in state: borrowing LedgerState
  ) throws(DeskError) -> [CaseStepRecord.Move] {
    var records: [CaseStepRecord.Move] = []
    for (name, changes) in moves.accounts {
      let changes = changes.filter { $0.value != 0 }
      guard !changes.isEmpty else { continue }
      guard let account = try? AccountID(name), let slot = state.accounts.slot(of: account) else {
        throw .unknownAccount
      }
      guard slot == state.accounts.slot(of: docket.account) || state.liquidation.cases[slot] == nil else {
        throw .liquidation(.unknownMover(account))
      }
      var deltas: [CoordinateChange] = []
      for (coordinate, amount) in changes {
        guard let index = docket.registry.index(of: coordinate) else { throw .unknownRegistry }
        deltas.append(CoordinateChange(coordinate: UInt32(index), amount: amount))
      }
      deltas.sort { $0.coordinate < $1.coordinate }
      let record = state.accounts.records[slot]
      guard var commitment = try? VectorCommitment(decoding: record.commitment) else { throw .otherState }
      for delta in deltas {
        guard
          let next = try? commitment.updated(
            adding: delta.amount, at: Int(delta.coordinate), generators: .standard)
        else { throw .unknownRegistry }
        commitment = next
      }
      records.append(
        CaseStepRecord.Move(
          account: account, sequence: record.sequence, commitment: commitment.encoded, deltas: deltas))
    }
    return records.sorted { $0.account.utf8.lexicographicallyPrecedes($1.account.utf8) }
  }

  private func repayments(
    _ moves: LiquidationDocket.Moves, _ docket: LiquidationDocket
  ) throws(DeskError) -> [CaseStepRecord.Repayment] {
    var repayments: [CaseStepRecord.Repayment] = []
    for (asset, lots) in moves.repaid.sorted(by: { $0.key < $1.key }) where lots != 0 {
      let id = docket.snapshot.collateral[asset].id
      guard let holding = docket.registry.index(of: Registry.holding(id)),
        let debt = docket.registry.index(of: Registry.debt(id))
      else { throw .unknownRegistry }
      repayments.append(
        CaseStepRecord.Repayment(holding: UInt32(holding), debt: UInt32(debt), lots: lots))
    }
    return repayments
  }

  /// The bids of a document by leg, each by its listed liquidator, for this case, once.
  private func bids(
    _ book: BidBook, of docket: LiquidationDocket, _ open: LiquidationState.OpenCase,
    in state: borrowing LedgerState, at time: Timestamp
  ) throws(DeskError) -> [String: [AuctionBid]] {
    struct Name: Hashable {
      let bidder: String
      let number: UInt64
      let leg: String
    }
    let venue = audience(in: state)
    var (bids, seen) = ([String: [AuctionBid]](), Set<Name>())
    for (place, signed) in book.bids.enumerated() {
      guard let bidder = try? AccountID(signed.unverified.bid.bidder),
        let key = docket.rules.liquidators[bidder],
        let content = try? signed.content(verifiedBy: key), content.venue == venue,
        content.account == docket.account, content.sequence == open.sequence, bidder != docket.account,
        content.bid.placed <= Int64(clamping: time.seconds),
        seen.insert(Name(bidder: content.bid.bidder, number: content.bid.number, leg: content.leg)).inserted,
        let account = state.account(bidder, at: time), account.liquidation == nil,
        account.status != .stale, account.status != .liquidatable
      else { throw .liquidation(.bid(place)) }
      bids[content.leg, default: []].append(content.bid)
    }
    return bids
  }

  // Winners

  /// The event that calls winners, for the first position that nobody takes.
  ///
  /// - Parameter reference: the snapshot that gains count from; that before the case's by default.
  func call(
    _ docket: LiquidationDocket, reference: Digest? = nil, in state: borrowing LedgerState, at time: Timestamp
  ) throws(DeskError) -> DeleveragingCallRecord {
    guard let order = docket.one.stuck.first, case .position(let place) = order.leg else {
      throw .liquidation(.nothingStuck)
    }
    let instrument = docket.snapshot.instruments[place]
    guard let coordinate = docket.registry.index(of: Registry.position(instrument.id)) else {
      throw .unknownRegistry
    }
    guard let past = documents.catalog.snapshot(reference ?? docket.snapshot.prevHash),
      past.epoch < docket.snapshot.epoch,
      let mark = past.instruments.first(where: { $0.id == instrument.id })?.markCeil, mark > 0
    else { throw .liquidation(.unknownReference) }
    // The account that cannot sell is long: those win who are short.
    let isLong = order.lots < 0
    let gain = max(0, isLong ? instrument.markCeil - mark : mark - instrument.markCeil)
    let ppm = Int128(gain) * Int128(onePpm) / Int128(mark)
    return DeleveragingCallRecord(
      account: docket.account, coordinate: UInt32(coordinate), isLong: isLong, gainPerLot: gain,
      gainPpm: Int64(min(ppm, Int128(DeleveragingBand.edgeLimit))), reference: past.digest,
      deadline: time.advanced(by: docket.rules.callSeconds).seconds)
  }

  /// The event that an answer to a call is, its proof checked.
  ///
  /// - Parameters:
  ///   - record: the call as it stands in the log.
  ///   - isVerified: whether the proof has been verified already.
  func band(
    _ answer: DeleveragingAnswer, to record: DeleveragingCallRecord, of docket: LiquidationDocket,
    in state: borrowing LedgerState, at time: Timestamp, isVerified: Bool = false
  ) throws(DeskError) -> DeleveragingBandRecord {
    let context = answer.envelope.context
    guard let account = state.account(context.account, at: time) else { throw .unknownAccount }
    guard let slot = state.accounts.slot(of: answer.liquidated),
      let call = state.liquidation.cases[slot]?.call, record.account == answer.liquidated,
      let identity = state.charter?.identity
    else { throw .ledger(.event(.noCase)) }
    guard context.sequence == account.sequence, answer.envelope.commitments.first == account.commitment else {
      throw .otherState
    }
    guard state.isRegistry(context.registry, coveringThoseOf: account.registry) else {
      throw .unknownRegistry
    }
    guard let place = Self.place(of: record.coordinate, in: docket),
      let circuit = answer.band.circuit(
        place: place, isLong: record.isLong, gainPpm: record.gainPpm, edges: docket.rules.rankEdges),
      context.circuit == circuit.digest, answer.envelope.circuitName == circuit.name,
      context.snapshot == docket.snapshot.digest, context.kind == .maintenance, context.reduction == nil,
      context.nonce == DeleveragingBand.nonce(ledger: identity, call: call.index),
      context.audience == audience(in: state),
      context.issued <= time.advanced(by: policy.clockSkew), time < context.expires
    else { throw .liquidation(.otherBand) }
    documents.catalog.register(circuit)
    if !isVerified {
      guard case .accepted = verifier.verifyProof(answer.envelope) else { throw .liquidation(.proofInvalid) }
    }
    return DeleveragingBandRecord(
      account: account.account, sequence: account.sequence, liquidated: answer.liquidated,
      rank: answer.band.rank, size: answer.band.size, evidence: .sha256(of: answer.encoded()))
  }

  /// The place in the case's snapshot of the instrument whose position a coordinate is.
  static func place(of coordinate: UInt32, in docket: LiquidationDocket) -> Int? {
    guard docket.registry.names.indices.contains(Int(coordinate)) else { return nil }
    let name = docket.registry.names[Int(coordinate)]
    return docket.snapshot.instruments.firstIndex { Registry.position($0.id) == name }
  }

  private struct Called {
    var instrument = 0
    var winners: [Winner] = []
    var gainPerLot: Int64 = 0
    var silent: UInt32 = 0
  }

  /// Who is closed against: those who proved a band and have not moved since, and those whose books were
  /// opened because they proved none, who come first.
  private func winners(
    of call: LiquidationState.Call, _ opened: [OpenedAccount], _ docket: LiquidationDocket, _ slot: Int,
    in state: borrowing LedgerState
  ) throws(DeskError) -> Called {
    guard let record = docket.call, let place = Self.place(of: call.coordinate, in: docket) else {
      throw .liquidation(.nothingStuck)
    }
    var called = Called(instrument: place, gainPerLot: record.gainPerLot)
    var known = Set([slot])
    func add(_ slot: Int, _ lots: Int64, _ rank: Int64) {
      known.insert(slot)
      guard lots > 0 else { return }
      called.winners.append(
        Winner(
          account: state.accounts.names[slot].description, lots: lots,
          gain: Int64(clamping: Int128(lots) * Int128(record.gainPerLot)), rank: rank))
    }
    for (winner, band) in call.bands where state.accounts.records[winner].sequence == band.sequence {
      guard state.liquidation.cases[winner] == nil else { continue }
      add(
        winner, DeleveragingBand(rank: band.rank, size: band.size)?.lots ?? 0, Int64(band.rank) + 1)
    }
    for (index, account) in opened.enumerated() {
      guard let winner = state.accounts.slot(of: account.account), !known.contains(winner),
        state.liquidation.cases[winner] == nil,
        let book = try? portfolio(of: account, winner, under: docket.snapshot, in: state)
      else { throw .liquidation(.winner(index)) }
      let lots = record.isLong ? book.positions[place] : -book.positions[place]
      guard lots > 0 else { throw .liquidation(.winner(index)) }
      add(winner, lots, Winner.unproven)
    }
    called.winners.sort { $0.account < $1.account }
    let others = state.accountCount - state.liquidation.cases.count
    let answered = known.subtracting([slot]).count
    called.silent = UInt32(clamping: others - answered)
    return called
  }
}
