internal import Admission
internal import CanonicalBytes
internal import CircuitProofs
internal import CommandSupport
internal import MarginRules
internal import MarketData
internal import Solvency
internal import SolvencyProver
internal import SolvencyVerifier

/// An account of the admission act: its secret book, and what it tells the desk.
final class DemoTrader: Sendable {
  /// For how long a proof may be used, in seconds.
  private static let window: UInt64 = 600

  let kind: BookKind
  let name: String
  /// What the desk never sees.
  let portfolio: Portfolio
  let opening: AccountOpening
  let commitment: AccountCommitment
  private let registry: Registry

  /// An account with a book that meets its rule under a snapshot.
  convenience init(
    _ book: SyntheticBook, registry: Registry, snapshot: RiskSnapshot
  ) throws(ToolFailure) {
    try self.init(
      book.kind, named: book.name, book.portfolio, registry,
      book.opening(registry: registry, snapshot: snapshot))
  }

  private init(
    _ kind: BookKind, named name: String, _ portfolio: Portfolio, _ registry: Registry,
    _ opening: consuming AccountOpening
  ) throws(ToolFailure) {
    (self.kind, self.name, self.portfolio, self.registry) = (kind, name, portfolio, registry)
    do {
      commitment = try opening.commitment()
    } catch {
      throw ToolFailure(.internalFault, name, "cannot be committed to: \(error)")
    }
    self.opening = opening
  }

  /// What the account's rule says of its book in plain integers: the margin it meets, the greater first.
  func standing(under snapshot: RiskSnapshot) -> MarginKind? {
    [MarginKind.initial, .maintenance].first { kind.isCovered(portfolio, under: snapshot, as: $0) }
  }

  /// The proof of the greatest margin that the account meets; nil if it meets none, and can prove none.
  func requestOfStanding(
    under rules: Rulebook, to venue: Audience, at now: Timestamp
  ) throws(ToolFailure) -> AdmissionRequest? {
    for kind in [MarginKind.initial, .maintenance] {
      if let request = try request(kind, under: rules, to: venue, at: now) { return request }
    }
    return nil
  }

  /// A proof of the book, or of the book after an order; nil if it does not meet the rule.
  func request(
    _ kind: MarginKind, for order: Order? = nil, nonce: Nonce? = nil, under rules: Rulebook,
    to venue: Audience,
    at now: Timestamp
  ) throws(ToolFailure) -> AdmissionRequest? {
    guard let plain = rules.rule(self.kind.circuit, kind) else { return nil }
    var rule = plain
    if let reduction = order?.reduction {
      rule = try ToolFailure.wrapping(name) { try plain.reducing(reduction) }
    }
    let salt = Nonce.random()
    let purpose = ProofRequest(
      audience: venue, nonce: nonce ?? AdmissionRequest.nonce(for: order, salt: salt), issued: now,
      expires: now.advanced(by: Self.window))
    do {
      let envelope: ProofEnvelope
      if let order {
        let whole = try Fill(
          account: commitment.account, sequence: commitment.sequence, deltas: order.deltas ?? [])
        envelope = try opening.applying(whole, in: registry).prove(rule, for: purpose, at: now)
      } else {
        envelope = try opening.prove(rule, for: purpose, at: now)
      }
      return AdmissionRequest(envelope: envelope, order: order, salt: salt)
    } catch ProverError.insolvent {
      return nil
    } catch ProverError.beyondCircuit {
      // The snapshot no longer takes so much of an asset or a position.
      return nil
    } catch {
      return try ToolFailure.wrapping(name) { throw error }
    }
  }

  /// The account after this many lots of an order were traded at its worst price, and the fill that says so.
  func trading(
    _ lots: UInt64, of order: Order, under snapshot: RiskSnapshot
  ) throws(ToolFailure) -> (account: DemoTrader, fill: Fill) {
    let part = Order(
      instrument: order.instrument, side: order.side, lots: lots, cashPerLot: order.cashPerLot,
      intent: order.intent)
    guard let deltas = part.deltas,
      let position = snapshot.instruments.firstIndex(where: { $0.id == order.instrument })
    else { throw ToolFailure(.internalFault, name, "the order is out of bounds") }
    var traded = portfolio
    for delta in deltas {
      if delta.coordinate == Registry.cash {
        traded.cash += delta.amount
      } else {
        traded.positions[position] += delta.amount
      }
    }
    let (registry, commitment) = (registry, commitment)
    let fill = try ToolFailure.wrapping(name) {
      try Fill(account: commitment.account, sequence: commitment.sequence, deltas: deltas)
    }
    do {
      let after = try opening.applying(fill, in: registry)
      return (try DemoTrader(kind, named: name, traded, registry, after), fill)
    } catch {
      return try ToolFailure.wrapping(name) { throw error }
    }
  }
}
