internal import CanonicalBytes
internal import Liquidation
internal import Solvency

extension Audit {
  /// Takes every step of a liquidation again, from its documents alone.
  mutating func judgeLiquidation(_ item: LogBatch.Item, _ judge: Judge, at time: Timestamp) -> AuditFinding? {
    let index = item.entry.index
    guard item.hasItsEvidence else { return .evidence(index: index) }
    do throws(DeskError) {
      return try isAsJudged(item, judge, at: time) ? nil : .recordDiffers(index: index)
    } catch {
      return .document(index: index, error)
    }
  }

  private mutating func isAsJudged(
    _ item: LogBatch.Item, _ judge: Judge, at time: Timestamp
  ) throws(DeskError) -> Bool {
    switch item.entry.event {
    case .liquidationRulesAdopted(let record):
      guard let found = judge.rules(item.evidence) else { throw .liquidation(.document) }
      rules = found.rules
      return found.record == record
    case .fundMoved(let record):
      guard let signed = try? Signed<FundMovement>(decoding: item.evidence) else {
        throw .liquidation(.document)
      }
      return try judge.movement(of: signed, in: replay.state) == record
    case .liquidationOpened(let record):
      guard let rules else { throw .liquidation(.noRules) }
      guard let opened = try? OpenedAccount(decoding: item.evidence), opened.encoded() == item.evidence else {
        throw .liquidation(.document)
      }
      let expected = try judge.opening(of: opened, rules, in: replay.state, at: time)
      dockets[record.account] = expected.docket
      return expected.record == record
    case .liquidationStepped(let record):
      guard let docket = dockets[record.account] else { throw .ledger(.event(.noCase)) }
      found.liquidationStepCount += 1
      let before = record.moves.map { replay.state.account($0.account)?.commitment }
      if let slot = replay.state.accounts.slot(of: record.account),
        let cash = replay.state.liquidation.cases[slot]?.cash,
        !ClosingSum.isZero(record, before: before.compactMap { $0 }, cash: cash)
      {
        found.findings.append(.notBalanced(index: item.entry.index))
      }
      let expected = try judge.step(record.kind, item.evidence, of: docket, in: replay.state, at: time)
      dockets[record.account] = record.kind == .settled ? nil : expected.docket
      if record.kind == .settled { found.settledCaseCount += 1 }
      return expected.record == record
    case .winnersCalled(let record):
      guard let docket = dockets[record.account] else { throw .ledger(.event(.noCase)) }
      dockets[record.account]?.note(record)
      return try judge.call(docket, reference: record.reference, in: replay.state, at: time) == record
    case .bandProven(let record):
      guard let docket = dockets[record.liquidated], let call = docket.call else {
        throw .ledger(.event(.noCase))
      }
      guard let answer = try? DeleveragingAnswer(decoding: item.evidence), answer.encoded() == item.evidence
      else { throw .liquidation(.document) }
      found.bandCount += 1
      return try judge.band(answer, to: call, of: docket, in: replay.state, at: time) == record
    default: return true
    }
  }
}
