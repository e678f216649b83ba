internal import CanonicalBytes
internal import Liquidation
internal import MarginRules
internal import Ristretto
internal import Solvency

/// What a ledger knows of its liquidations.
struct LiquidationState: Hashable, Sendable {
  /// Where the rules in force were put into force; nil before any were.
  var rules: RulesPlace?
  /// What each fund has, in quanta; those that are not here have nothing.
  var funds: [FundPurse: Int64] = [:]
  /// The number of the next movement of a fund.
  var nextMovement: UInt64 = 0
  /// The losses that the insurance was asked for since the rules came into force, in quanta.
  var insuredLosses: Int64 = 0
  /// Open cases by slot.
  var cases: [Int: OpenCase] = [:]

  /// The place of the rules in the log.
  struct RulesPlace: Hashable, Sendable {
    var index: UInt64
    var rules: Digest
    var layers: UInt8
  }

  /// A case that is not settled.
  struct OpenCase: Hashable, Sendable {
    /// The state in which it was opened.
    var sequence: UInt64
    /// Where cash is among the coordinates.
    var cash: UInt32
    /// The entries of the case, its opening first, ascending.
    var entries: [UInt64]
    /// The winners that were called.
    var call: Call?
  }

  /// A call to prove bands.
  struct Call: Hashable, Sendable {
    /// The entry of the call, which its nonce is made of.
    var index: UInt64
    var coordinate: UInt32
    var deadline: UInt64
    /// What was proved, by slot.
    var bands: [Int: Band] = [:]
  }

  struct Band: Hashable, Sendable {
    var sequence: UInt64
    var rank: UInt8
    var size: UInt8
  }

  /// Whether nothing has happened yet.
  var isEmpty: Bool { self == LiquidationState() }
}

/// What the ledger says of an account's open case.
public struct LiquidationStatus: Hashable, Sendable {
  /// The state in which the case was opened.
  public let sequence: UInt64
  /// The entries of the case so far, its opening first.
  public let entries: [UInt64]
  /// Until when winners may prove their bands; nil if none are called.
  public let callDeadline: Timestamp?
  /// How many have.
  public let bandCount: Int
}

extension LedgerState {
  /// What the funds for losses have, in quanta; those that are not here have nothing.
  public var funds: [FundPurse: Int64] { liquidation.funds }

  /// The rules of liquidations in force, by digest; nil before any were stated.
  public var liquidationRules: Digest? { liquidation.rules?.rules }

  /// The number of the next movement of a fund.
  public var nextFundMovement: UInt64 { liquidation.nextMovement }

  /// Accounts with an open case, in the order in which they were opened.
  public var openCases: [AccountID] { liquidation.cases.keys.sorted().map { accounts.names[$0] } }

  func liquidationStatus(_ slot: Int) -> LiquidationStatus? {
    liquidation.cases[slot].map {
      LiquidationStatus(
        sequence: $0.sequence, entries: $0.entries,
        callDeadline: ($0.call?.deadline).map { Timestamp(seconds: $0) }, bandCount: $0.call?.bands.count ?? 0
      )
    }
  }

  /// Rules change between cases, never while one is open. Layers begin anew.
  mutating func adopt(_ record: LiquidationRulesRecord) throws(LedgerError) {
    guard charter != nil else { throw .notChartered }
    guard liquidation.cases.isEmpty else { throw .inLiquidation }
    guard Int(record.layers) <= FundPurse.layerLimit else { throw .implausible }
    liquidation.rules = LiquidationState.RulesPlace(
      index: eventCount, rules: record.rules, layers: record.layers)
    liquidation.insuredLosses = 0
  }

  mutating func move(_ record: FundRecord) throws(LedgerError) {
    guard charter != nil else { throw .notChartered }
    guard record.number == liquidation.nextMovement else {
      throw .wrongMovement(expected: liquidation.nextMovement)
    }
    guard record.amount != 0, record.amount.magnitude <= FundMovement.amountLimit.magnitude else {
      throw .implausible
    }
    try Self.pay(record.amount, into: record.purse, of: &liquidation.funds)
    liquidation.nextMovement += 1
  }

  private static func pay(
    _ amount: Int64, into purse: FundPurse, of funds: inout [FundPurse: Int64]
  ) throws(LedgerError) {
    let (sum, overflow) = (funds[purse] ?? 0).addingReportingOverflow(amount)
    guard !overflow, sum >= 0, sum <= FundMovement.amountLimit else { throw .fundOverdrawn(purse) }
    funds[purse] = sum == 0 ? nil : sum
  }

  /// A case is of an account that may be closed, on its present book.
  mutating func open(_ record: CaseRecord, at time: Timestamp) throws(LedgerError) {
    guard charter != nil else { throw .notChartered }
    guard liquidation.rules != nil else { throw .noLiquidationRules }
    let slot = try slot(of: record.account, in: record.sequence)
    guard liquidation.cases[slot] == nil else { throw .inLiquidation }
    guard status(of: accounts.records[slot], at: time) == .liquidatable else { throw .notLiquidatable }
    guard let current = currentEpoch, current.snapshot == record.snapshot else {
      throw .epochNotAccepted(currentEpoch?.epoch ?? 0)
    }
    liquidation.cases[slot] = LiquidationState.OpenCase(
      sequence: record.sequence, cash: record.cash, entries: [eventCount])
    headrooms[slot] = nil
  }

  /// Takes a step: what it moves is there before and after, in every coordinate.
  mutating func step(_ record: CaseStepRecord, at time: Timestamp) throws(LedgerError) {
    guard let slot = accounts.slot(of: record.account) else { throw .unknownAccount }
    guard let open = liquidation.cases[slot] else { throw .noCase }
    guard record.isBalanced(cash: open.cash) else { throw .notBalanced }
    let movers = record.moves.map(\.account)
    guard zip(movers, movers.dropFirst()).allSatisfy({ $0.utf8.lexicographicallyPrecedes($1.utf8) }) else {
      throw .implausible
    }
    // Nothing is changed unless all of it can be.
    var funds = liquidation.funds
    for payment in record.payments {
      guard payment.amount != 0 else { throw .implausible }
      try Self.pay(payment.amount, into: payment.purse, of: &funds)
    }
    let (losses, overflow) = liquidation.insuredLosses.addingReportingOverflow(record.insured)
    guard record.insured >= 0, !overflow else { throw .implausible }
    guard record.kind != .deleveraged || open.call != nil else { throw .noCase }
    for move in record.moves {
      let mover = try self.slot(of: move.account, in: move.sequence)
      guard mover == slot || liquidation.cases[mover] == nil else { throw .inLiquidation }
      guard move.sequence < .max else { throw .wrongSequence(current: .max) }
      let highest = move.deltas.map(\.coordinate).max() ?? 0
      guard registries.contains(where: { $0.count > highest }) else { throw .unknownRegistry }
    }
    for change in record.moves {
      let mover = try self.slot(of: change.account, in: change.sequence)
      try move(mover, to: change.commitment, by: change.deltas)
      headrooms[mover] = nil
      void(mover, at: time)
    }
    liquidation.funds = funds
    liquidation.insuredLosses = losses
    if record.kind == .settled {
      liquidation.cases[slot] = nil
    } else {
      liquidation.cases[slot]?.entries.append(eventCount)
      if record.kind == .deleveraged { liquidation.cases[slot]?.call = nil }
    }
  }

  mutating func call(_ record: DeleveragingCallRecord, at time: Timestamp) throws(LedgerError) {
    guard let slot = accounts.slot(of: record.account) else { throw .unknownAccount }
    guard let open = liquidation.cases[slot] else { throw .noCase }
    guard open.call == nil else { throw .inLiquidation }
    guard record.gainPerLot >= 0, record.gainPpm >= 0 else { throw .implausible }
    guard record.deadline > time.seconds, record.deadline <= UInt64(SnapshotLimits.times.upperBound) else {
      throw .invalidWindow
    }
    liquidation.cases[slot]?.call = LiquidationState.Call(
      index: eventCount, coordinate: record.coordinate, deadline: record.deadline)
    liquidation.cases[slot]?.entries.append(eventCount)
  }

  mutating func answer(_ record: DeleveragingBandRecord, at time: Timestamp) throws(LedgerError) {
    guard let closed = accounts.slot(of: record.liquidated) else { throw .unknownAccount }
    guard let call = liquidation.cases[closed]?.call else { throw .noCase }
    let slot = try slot(of: record.account, in: record.sequence)
    guard slot != closed, liquidation.cases[slot] == nil else { throw .inLiquidation }
    guard time.seconds < call.deadline else { throw .invalidWindow }
    liquidation.cases[closed]?.call?.bands[slot] = LiquidationState.Band(
      sequence: record.sequence, rank: record.rank, size: record.size)
  }
}

extension CaseStepRecord {
  /// Whether what the step adds to accounts and funds sums to zero in every coordinate, but for debts paid
  /// back, which take the asset and the debt together:
  ///
  ///     Σ δ_m + [m = cash]·Σ payments + Σ_repaid ([m = holding] + [m = debt])·lots = 0
  ///
  /// - Parameter cash: the coordinate of cash.
  public func isBalanced(cash: UInt32) -> Bool {
    var sums: [UInt32: Int128] = [:]
    for move in moves {
      for delta in move.deltas { sums[delta.coordinate, default: 0] += Int128(delta.amount) }
    }
    for payment in payments { sums[cash, default: 0] += Int128(payment.amount) }
    for repayment in repayments {
      guard repayment.lots > 0, repayment.holding != repayment.debt else { return false }
      sums[repayment.holding, default: 0] += Int128(repayment.lots)
      sums[repayment.debt, default: 0] += Int128(repayment.lots)
    }
    return sums.values.allSatisfy { $0 == 0 }
  }
}

extension LiquidationState {
  private static let domain: StaticString = "solvency/ledger-liquidations/v1"
  private static let listLimit = 1 << 24

  /// What is written at the end of a ledger's state once there is anything: domain ‖ rules ‖ funds ‖
  /// movements ‖ insured losses ‖ cases. Lists ascend.
  func append(to writer: inout CanonicalWriter) {
    writer.append(text: Array("\(Self.domain)".utf8))
    writer.append(rules == nil ? 0 : 1 as UInt8)
    if let rules {
      writer.append(rules.index)
      writer.append(rules.rules)
      writer.append(rules.layers)
    }
    writer.append(UInt32(funds.count))
    for (purse, amount) in funds.sorted(by: { $0.key < $1.key }) {
      writer.append(purse.code)
      writer.append(UInt64(bitPattern: amount))
    }
    writer.append(nextMovement)
    writer.append(UInt64(bitPattern: insuredLosses))
    writer.append(UInt32(cases.count))
    for (slot, open) in cases.sorted(by: { $0.key < $1.key }) {
      writer.append(UInt32(slot))
      writer.append(open.sequence)
      writer.append(open.cash)
      writer.append(UInt32(open.entries.count))
      for entry in open.entries { writer.append(entry) }
      writer.append(open.call == nil ? 0 : 1 as UInt8)
      guard let call = open.call else { continue }
      writer.append(call.index)
      writer.append(call.coordinate)
      writer.append(call.deadline)
      writer.append(UInt32(call.bands.count))
      for (slot, band) in call.bands.sorted(by: { $0.key < $1.key }) {
        writer.append(UInt32(slot))
        writer.append(band.sequence)
        writer.append(band.rank)
        writer.append(band.size)
      }
    }
  }

  /// Reads what ``append(to:)`` has written, of a ledger with the given number of accounts.
  init(from reader: inout CanonicalReader, accounts: Int) throws {
    func slot(_ reader: inout CanonicalReader, after last: Int?) throws -> Int {
      let slot = Int(try reader.uint32())
      guard slot < accounts else { throw CanonicalBytesError.invalidField }
      if let last, slot <= last { throw CanonicalBytesError.invalidField }
      return slot
    }
    guard try reader.text(limit: 64) == Array("\(Self.domain)".utf8) else {
      throw CanonicalBytesError.invalidField
    }
    if try reader.flag() {
      rules = RulesPlace(
        index: try reader.uint64(), rules: try reader.digest(), layers: try reader.byte())
    }
    var lastPurse: FundPurse?
    for (purse, amount) in try reader.list(
      limit: 1 << 8, { (try FundPurse(code: $0.byte()), try $0.int64()) })
    {
      guard lastPurse.map({ $0 < purse }) ?? true, amount > 0 else { throw CanonicalBytesError.invalidField }
      (lastPurse, funds[purse]) = (purse, amount)
    }
    nextMovement = try reader.uint64()
    insuredLosses = try reader.int64()
    var last: Int?
    for _ in 0..<(try reader.uint32()) {
      let place = try slot(&reader, after: last)
      last = place
      var open = OpenCase(
        sequence: try reader.uint64(), cash: try reader.uint32(),
        entries: try reader.list(limit: Self.listLimit) { try $0.uint64() })
      guard !open.entries.isEmpty, zip(open.entries, open.entries.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw CanonicalBytesError.invalidField
      }
      if try reader.flag() {
        var call = Call(
          index: try reader.uint64(), coordinate: try reader.uint32(), deadline: try reader.uint64())
        var lastBand: Int?
        for _ in 0..<(try reader.uint32()) {
          let winner = try slot(&reader, after: lastBand)
          lastBand = winner
          call.bands[winner] = Band(
            sequence: try reader.uint64(), rank: try reader.byte(), size: try reader.byte())
        }
        open.call = call
      }
      cases[place] = open
    }
  }
}
