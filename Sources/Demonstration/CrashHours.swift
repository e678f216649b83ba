internal import Admission
internal import AdmissionStore
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import MarginRules
internal import MarketData
internal import ProofCore
internal import Solvency
internal import SolvencyProver
internal import SolvencyVerifier
internal import Synchronization

/// A venue decides on accounts through a crash, on proofs alone.
///
/// | when | what |
/// |---|---|
/// | an hour before | every account is attested, opened and proves initial margin |
/// | as prices begin to fall | some open leverage by an order, and trade half of it |
/// | three hours in | the engine asks more; accounts that still can prove what they still meet |
/// | four hours in | a new epoch; those who forgot to answer come back |
/// | half an hour later | who cannot prove is stale, |
/// | and another half | liquidatable; a committee opens the book of one |
struct CrashHours {
  /// One moment of the act.
  struct Step {
    let title: String
    let time: Timestamp
    let epoch: Int64
    let leverage: Double?
    let regime: Regime
    var admitted = 0
    var reduceOnly = 0
    var refused = 0
    /// Accounts that could not prove any margin.
    var silent = 0
    var decisionTime = Duration.zero
    let statuses: [AccountStatus: Int]
  }

  /// Something that was tried against the desk, and what it said.
  struct Attempt {
    let name: String
    let expected: RefusalReason
    let verdict: Verdict
    /// What is to be remembered of it: an attack on the desk that used to pass, by its number.
    var note: String?

    var isStopped: Bool {
      if case .refused(let reasons) = verdict { reasons.contains(expected) } else { false }
    }
  }

  private(set) var steps: [Step] = []
  private(set) var attempts: [Attempt] = []
  /// Verdicts that differ from what plain arithmetic says of the book, which the desk never saw.
  private(set) var disagreements = 0
  private(set) var openOrders = (asked: 0, admitted: 0)
  private(set) var reducingOrders = (asked: 0, admitted: 0)
  /// Accounts that could not prove, and are not liquidatable at the end, or the other way round.
  private(set) var misjudged = 0
  private(set) var escrow: EscrowOutcome?
  /// What became of the accounts that could not prove.
  private(set) var closing: ClosingHours?
  /// A copy of the ledger as it was when prices began to fall.
  private(set) var earlyCopy = ""
  let accountCount: Int
  private(set) var proofCount = 0

  private let seed: UInt64
  private(set) var venue: CrashVenue
  private(set) var traders: [DemoTrader] = []
  /// What the custodian signed for this venue.
  private(set) var attestations: [Signed<Attestation>] = []
  /// The heads of the log on the receipts of traders.
  private(set) var heads: [SignedLogHead] = []

  /// - Parameter path: a folder for the ledger.
  init(accounts: Int, seed: UInt64, ledger path: String) throws(ToolFailure) {
    accountCount = accounts
    self.seed = seed
    venue = try CrashVenue(seed: seed, ledger: path)
    try proveBeforehand()
    try trade()
    let (store, copy) = (try venue.folder.store(), path + ".copy")
    try? FileManager.default.removeItem(atPath: copy)
    try ToolFailure.wrapping(copy) { try store.backUp(to: copy) }
    earlyCopy = copy
    try crash()
    try passDeadlines()
    closing = try ClosingHours(of: traders, on: &venue, attestations: &attestations)
  }

  // MARK: The hours

  private mutating func proveBeforehand() throws(ToolFailure) {
    let rules = try venue.publish(at: -3_600)
    let now = venue.moment(-3_600)
    var random = SeededGenerator(seed: seed &+ 3)
    let kinds: [BookKind] = [.hedged, .levered, .whale, .diversified, .borrower]
    let books = (0..<accountCount).map { index in
      let kind = kinds[index % kinds.count]
      return SyntheticBook(
        kind, named: "desk-\(index + 1)", under: rules.snapshot, cushion: 0.01...0.6, using: &random)
    }
    let registry = venue.registry
    let made = Parallel.map(count: books.count) { index in
      Result { () throws(ToolFailure) in
        try DemoTrader(books[index], registry: registry, snapshot: rules.snapshot)
      }
    }
    for trader in made { traders.append(try trader.get()) }
    attestations = try venue.open(traders, at: now)
    _ = try ask(traders.indices, "all accounts prove", under: rules, at: venue.moment(-3_300))
  }

  /// A custodian's word for an account that is not opened here.
  func unopened() throws(ToolFailure) -> Signed<Attestation> {
    guard let snapshot = venue.snapshots.first else {
      throw ToolFailure(.internalFault, "demo market", "has no epoch")
    }
    var random = SeededGenerator(seed: seed &+ 4)
    let book = SyntheticBook(.hedged, named: "unopened", under: snapshot, using: &random)
    return try venue.attestation(
      of: DemoTrader(book, registry: venue.registry, snapshot: snapshot), at: venue.moment(0))
  }

  /// Every twentieth account that may have headroom opens a position.
  private mutating func trade() throws(ToolFailure) {
    let rules = try venue.publish(at: 0)
    let now = venue.moment(60)
    let chosen = traders.indices.filter { $0 % 20 == 0 }
    let answered = try ask(chosen[...], "some prove anew, to trade", under: rules, at: now)
    let instrument = "BTC-PERP"
    guard let listed = rules.snapshot.instruments.first(where: { $0.id == instrument }) else {
      throw ToolFailure(.internalFault, "demo market", "has no \(instrument)")
    }
    var before: (account: DemoTrader, request: AdmissionRequest)?
    for index in answered {
      let trader = traders[index]
      let order = Order(
        instrument: instrument, side: .buy, lots: 10, cashPerLot: -(listed.markCeil + listed.markCeil / 500))
      guard
        let request = try trader.request(
          .initial, for: order, under: rules, to: venue.audience, at: now)
      else { continue }
      openOrders.asked += 1
      proofCount += 1
      guard case .admitted(let receipt) = venue.desk.review(request, at: now) else { continue }
      openOrders.admitted += 1
      heads.append(receipt.head)
      // Half of it trades: the proof of the whole order covers every part.
      let (after, fill) = try trader.trading(order.lots / 2, of: order, under: rules.snapshot)
      try report(fill, of: trader, at: now)
      traders[index] = after
      if before == nil { before = (trader, request) }
    }
    if let before { try attack(before.account, before.request, under: rules, at: now) }
  }

  private func report(
    _ fill: Fill, of trader: DemoTrader, at now: Timestamp
  ) throws(ToolFailure) {
    let (desk, keys) = (venue.desk, venue.keys)
    _ = try ToolFailure.wrapping(trader.name) {
      try desk.fill(Signed(FillReport(of: fill, on: trader.commitment), by: keys.matchingEngine), at: now)
    }
  }

  /// What somebody can try with an admitted request, and an account's book before it traded.
  private mutating func attack(
    _ past: DemoTrader, _ request: AdmissionRequest, under rules: Rulebook, at now: Timestamp
  ) throws(ToolFailure) {
    attempts.append(
      Attempt(
        name: "an admitted order sent once more", expected: .replayed,
        verdict: venue.desk.review(request, at: now)))
    if let order = request.order {
      let larger = Order(
        instrument: order.instrument, side: order.side, lots: order.lots * 100,
        cashPerLot: order.cashPerLot)
      attempts.append(
        Attempt(
          name: "a larger order put to its proof", expected: .wrongNonce,
          verdict: venue.desk.review(
            AdmissionRequest(envelope: request.envelope, order: larger, salt: request.salt), at: now)))
    }
    if let order = request.order {
      // The same trade with the label of an order that reduces, on a proof that says nothing of it.
      let labelled = Order(
        instrument: order.instrument, side: order.side, lots: order.lots, cashPerLot: order.cashPerLot,
        intent: .reduce)
      let salt = Nonce.random()
      if let unproved = try past.request(
        .initial, for: order, nonce: AdmissionRequest.nonce(for: labelled, salt: salt), under: rules,
        to: venue.audience, at: now)
      {
        attempts.append(
          Attempt(
            name: "an order that opens, labelled as one that reduces", expected: .reductionNotProven,
            verdict: venue.desk.review(
              AdmissionRequest(envelope: unproved.envelope, order: labelled, salt: salt), at: now),
            note: "A62, which used to pass"))
      }
    }
    if let stale = try past.requestOfStanding(under: rules, to: venue.audience, at: now) {
      attempts.append(
        Attempt(
          name: "the book before the fill proved again", expected: .staleState,
          verdict: venue.desk.review(stale, at: now)))
    }
  }

  private mutating func crash() throws(ToolFailure) {
    let rules = try venue.publish(at: 3 * 3_600)
    let now = venue.moment(3 * 3_600 + 300)
    // One in fifty is not at home.
    let awake = traders.indices.filter { $0 % 50 != 7 }
    let answered = try ask(awake[...], "margins rise; who can, proves", under: rules, at: now)
    try reduce(answered, under: rules, at: now)
    try openInCrash(answered, under: rules, at: now)
  }

  /// An account that meets maintenance margin only asks to halve its first position.
  private mutating func reduce(
    _ answered: [Int], under rules: Rulebook, at now: Timestamp
  ) throws(ToolFailure) {
    for index in answered where reducingOrders.asked < 20 {
      let trader = traders[index]
      guard trader.standing(under: rules.snapshot) == .maintenance,
        let position = trader.portfolio.positions.firstIndex(where: { $0.magnitude > 1 })
      else { continue }
      let lots = trader.portfolio.positions[position]
      let listed = rules.snapshot.instruments[position]
      let order = Order(
        instrument: listed.id, side: lots > 0 ? .sell : .buy, lots: lots.magnitude / 2,
        cashPerLot: lots > 0 ? listed.markFloor : -listed.markCeil, intent: .reduce)
      guard
        let request = try trader.request(
          .maintenance, for: order, under: rules, to: venue.audience, at: now)
      else { continue }
      reducingOrders.asked += 1
      proofCount += 1
      guard case .reduceOnly(let receipt) = venue.desk.review(request, at: now) else { continue }
      reducingOrders.admitted += 1
      heads.append(receipt.head)
    }
  }

  /// One that still meets initial margin asks to buy into the crash.
  private mutating func openInCrash(
    _ answered: [Int], under rules: Rulebook, at now: Timestamp
  ) throws(ToolFailure) {
    guard rules.snapshot.haltLevel > 0, let listed = rules.snapshot.instruments.first else { return }
    for index in answered where traders[index].standing(under: rules.snapshot) == .initial {
      let order = Order(
        instrument: listed.id, side: .buy, lots: 1, cashPerLot: -listed.markCeil)
      guard
        let request = try traders[index].request(
          .initial, for: order, under: rules, to: venue.audience, at: now)
      else { continue }
      proofCount += 1
      attempts.append(
        Attempt(
          name: "leverage opened in the crash", expected: rules.snapshot.haltLevel < 3 ? .closeOnly : .halted,
          verdict: venue.desk.review(request, at: now)))
      return
    }
  }

  private mutating func passDeadlines() throws(ToolFailure) {
    let rules = try venue.publish(at: 4 * 3_600)
    let now = venue.moment(4 * 3_600 + 300)
    let answered = try ask(
      traders.indices, "a new epoch; latecomers come back", under: rules, at: now)
    let silent = Set(traders.indices).subtracting(answered)
    // The last proofs of the crash's first hour lapse with their grace a minute before.
    let end: Int64 = 5 * 3_600 + 360
    for (title, seconds) in [
      ("the deadline of the crash has passed", 4 * 3_600 + 1_860 as Int64),
      ("and the grace after it", end),
    ] {
      let moment = venue.moment(seconds)
      let (desk, path) = (venue.desk, venue.folder.path)
      heads.append(try ToolFailure.wrapping(path) { try desk.roll(at: moment) })
      steps.append(try step(title, rules, at: moment))
    }
    let (ledger, last) = (venue.desk.ledger, venue.moment(end))
    let accounts = traders.map(\.commitment.account)
    let path = venue.folder.path
    let ends = try ToolFailure.wrapping(path) {
      try ledger.withState { state in accounts.map { state.account($0, at: last)?.status } }
    }
    misjudged = traders.indices.count { silent.contains($0) != (ends[$0] == .liquidatable) }
    if let first = silent.min() { escrow = try EscrowOutcome(of: traders[first]) }
  }

  // MARK: Asking the desk

  /// Accounts prove what they can, and the desk decides on all of them together.
  ///
  /// - Returns: the accounts that were admitted, reduce-only or not.
  private mutating func ask(
    _ indices: some RandomAccessCollection<Int> & Sendable, _ title: String, under rules: Rulebook,
    at now: Timestamp
  ) throws(ToolFailure) -> [Int] {
    let asking = Array(indices)
    let (traders, audience) = (traders, venue.audience)
    let finished = Atomic(0)
    let results = Parallel.map(count: asking.count) { place in
      let result = Result { () throws(ToolFailure) in
        try traders[asking[place]].requestOfStanding(under: rules, to: audience, at: now)
      }
      let count = finished.wrappingAdd(1, ordering: .relaxed).newValue
      Console.progress(title, count, of: asking.count)
      return result
    }
    var requests: [(index: Int, request: AdmissionRequest)] = []
    var answered: [Int] = []
    var (admitted, reduceOnly, refused) = (0, 0, 0)
    for (index, result) in zip(asking, results) {
      if let request = try result.get() { requests.append((index, request)) }
    }
    proofCount += requests.count
    let clock = ContinuousClock()
    let start = clock.now
    let verdicts = venue.desk.review(requests.map(\.request), at: now)
    let elapsed = clock.now - start
    var standing: [Int: MarginKind] = [:]
    for ((index, _), verdict) in zip(requests, verdicts) {
      switch verdict {
      case .admitted(let receipt):
        (admitted, standing[index]) = (admitted + 1, .initial)
        answered.append(index)
        heads.append(receipt.head)
      case .reduceOnly(let receipt):
        (reduceOnly, standing[index]) = (reduceOnly + 1, .maintenance)
        answered.append(index)
        heads.append(receipt.head)
      case .refused: refused += 1
      }
    }
    for index in asking where standing[index] != traders[index].standing(under: rules.snapshot) {
      disagreements += 1
    }
    var step = try step(title, rules, at: now)
    (step.admitted, step.reduceOnly, step.refused) = (admitted, reduceOnly, refused)
    (step.silent, step.decisionTime) = (asking.count - requests.count, elapsed)
    steps.append(step)
    return answered
  }

  private func step(_ title: String, _ rules: Rulebook, at now: Timestamp) throws(ToolFailure) -> Step {
    let (ledger, path) = (venue.desk.ledger, venue.folder.path)
    let counts = try ToolFailure.wrapping(path) {
      try ledger.withState { $0.statusCounts(at: now) }
    }
    return Step(
      title: title, time: now, epoch: rules.snapshot.epoch, leverage: rules.leverage(of: "BTC-PERP"),
      regime: rules.snapshot.regime, statuses: counts)
  }
}
