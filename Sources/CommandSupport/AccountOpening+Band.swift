package import Admission
package import CanonicalBytes
internal import CircuitLanguage
package import MarginRules
package import Solvency
package import SolvencyProver

extension AccountOpening {
  /// The proof of the account's band to a call of winners; nil for an account whose rank is beyond the last
  /// edge, or that has no equity.
  ///
  /// - Throws: what proving throws.
  package borrowing func answer(
    _ call: DeleveragingCallFile, under snapshot: RiskSnapshot, registry: Registry, at now: Timestamp
  ) throws -> DeleveragingAnswer? {
    guard let band = try band(for: call, under: snapshot, registry: registry),
      let circuit = band.circuit(
        place: call.place, isLong: call.isLong, gainPpm: call.gainPpm, edges: call.edges)
    else { return nil }
    let rule = try MarginRule(
      circuit: circuit, snapshot: snapshot, kind: .maintenance, registry: registry)
    let request = ProofRequest(
      audience: call.venue, nonce: call.nonce, issued: now, expires: max(call.deadline, now.advanced(by: 1)))
    return DeleveragingAnswer(
      to: call.liquidated, band: band, envelope: try prove(rule, for: request, at: now))
  }

  private borrowing func band(
    for call: DeleveragingCallFile, under snapshot: RiskSnapshot, registry: Registry
  ) throws(ProverError) -> DeleveragingBand? {
    let values = revealed().values
    guard values.count == registry.count else { throw .wrongRegistry }
    func amounts(_ names: [String]) -> [Int64] {
      names.map { registry.index(of: $0).map { values[$0] } ?? 0 }
    }
    let portfolio = Portfolio(
      positions: amounts(snapshot.instruments.map { Registry.position($0.id) }),
      holdings: amounts(snapshot.collateral.map { Registry.holding($0.id) }),
      debts: amounts(snapshot.collateral.map { Registry.debt($0.id) }), cash: amounts([Registry.cash])[0])
    guard let equity = try? portfolio.equity(under: snapshot, kind: .maintenance) else { return nil }
    var gross: Int128 = 0
    for (position, instrument) in zip(portfolio.positions, snapshot.instruments) {
      gross += Int128(position.magnitude) * Int128(instrument.markCeil)
    }
    let position = portfolio.positions[call.place]
    return DeleveragingBand(
      held: call.isLong ? position : -position, gross: gross, equity: equity, gainPpm: call.gainPpm,
      edges: call.edges)
  }
}
