internal import CanonicalBytes
internal import MarginRules
internal import Solvency
internal import SolvencyProver
internal import VenueSolvency
internal import VenueSolvencyProver

/// What a dishonest venue might do to the roll of the third act, and what an auditor finds.
struct RollFrauds {
  let scene: RollScene
  let rows: [RollScene.Row]
  let listings: [RollListing]
  let entries: [(entry: [UInt8], evidence: [UInt8]?)]

  func carriedOut() throws -> [RollAct.Fraud] {
    guard let bounded = listings.indices.first(where: { listings[$0].account.accountClass == .bounded })
    else {
      throw RollActError.noAccount
    }
    let account = listings[bounded].account
    return [
      // With the evidence of the group before it, or behind it.
      fraud("an insolvent account listed as solvent, on its neighbours' proof", at: bounded) { entries in
        guard let group = neighbour(of: bounded) else { return }
        entries[bounded + 1] = (
          RollAccount(
            name: account.name, commitment: account.commitment, sequence: account.sequence,
            accountClass: .solvent, amount: 0, evidence: .sha256(of: group)
          ).entry, group
        )
      },
      fraud("a shortfall stated one step too small", at: bounded) { entries in
        entries[bounded + 1].entry =
          RollAccount(
            name: account.name, commitment: account.commitment, sequence: account.sequence,
            accountClass: .bounded, amount: account.amount - scene.documents.header.step,
            evidence: account.evidence
          ).entry
      },
      fraud("one account in two places, so that what it owes counts twice", at: bounded) { entries in
        let other = bounded + 2 < entries.count ? bounded + 2 : bounded
        entries[other] = entries[bounded + 1]
      },
      RollAct.Fraud(name: "one reserve attested twice", finding: try doubleReserve()),
      RollAct.Fraud(
        name: "contracts that the house owes and does not publish", finding: try hiddenPosition()),
    ]
  }

  /// Audits the window of accounts that holds a place, with a change.
  private func fraud(
    _ name: String, at place: Int, _ change: (inout [(entry: [UInt8], evidence: [UInt8]?)]) -> Void
  ) -> RollAct.Fraud {
    var changed = entries
    change(&changed)
    // The window, and the entry before it.
    let first = max(1, place / RollAct.window * RollAct.window)
    let audit = RollScene.audit(
      scene.documents, changed, first..<min(first + RollAct.window + 2, changed.count))
    let finding = audit.findings.first { $0.entry == UInt64(place + 1) || $0.entry == UInt64(place + 2) }
    return RollAct.Fraud(name: name, finding: finding.map { "entry \($0.entry): \($0.fault.code)" })
  }

  /// The evidence of a solvent account beside this one.
  private func neighbour(of place: Int) -> [UInt8]? {
    [place - 1, place + 1].lazy
      .filter { listings.indices.contains($0) && listings[$0].account.accountClass == .solvent }
      .map { listings[$0].evidence }.first
  }

  private func doubleReserve() throws -> String? {
    let header = scene.documents.header
    let reserve = scene.documents.reserves.attestations[0]
    do throws(ReserveError) {
      _ = try Reserves(
        of: scene.documents.reserves.attestations + [reserve], trusting: [reserve.signer],
        ledger: header.ledger, at: header.moment)
      return nil
    } catch {
      if case .countedTwice(let asset) = error { return "\(asset) is counted twice" }
      return nil
    }
  }

  /// The totals with one more book, which is long what nobody on the roll is short.
  private func hiddenPosition() throws -> String? {
    var totals = TotalsProver(scene.documents)
    for row in rows { try totals.add(OpeningFile.open(plain: row.secret.opening)) }
    let book = try Book(account: AccountID("house"), registry: scene.documents.registry) {
      $0 == Registry.position(RollScene.instruments[0]) ? 25 : 0
    }
    try totals.add(AccountOpening(of: book))
    switch try totals.refusal() {
    case .beyondCircuit(let place): return "no proof of the totals exists: \(place) is not 0"
    case .insolvent(let row): return "no proof of the totals exists: \(row) fails"
    default: return nil
    }
  }
}
