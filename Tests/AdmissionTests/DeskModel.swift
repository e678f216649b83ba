import Admission
import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import MarginRules
import ProofCore
import Ristretto
import Solvency
import SolvencyVerifier
import Synchronization
import Testing

/// A book of the model: what the desk never sees.
struct PlainBook: Hashable, Sendable {
  var cash: Int64
  var btc: Int64
  var eth: Int64 = 0
}

/// A rule in plain integers, by the name of its circuit.
struct PlainRule: Sendable {
  let name: String
  let source: String
  let holds: @Sendable (PlainBook, _ theta: Int64) -> Bool

  /// Cash covers so much a lot.
  static func cover(_ name: String, _ perLot: Int64) -> PlainRule {
    PlainRule(
      name: name,
      source: """
        circuit \(name) version 1
        parameters snapshot
        let btc = instruments["BTC-PERP"]
        committed cash in 0 ... 2^20 - 1, position[btc] in 0 ... 2^8 - 1
        require "cover" : 1_000_000 * cash - theta * \(perLot) * position[btc] >= 0 within 2^44
        """,
      holds: { book, theta in
        inRange(book) && 1_000_000 * book.cash - theta * perLot * book.btc >= 0
      })
  }

  /// At most two lots or at least six: an advice value of 0 … 1 chooses, and nothing between meets either.
  static let choice = PlainRule(
    name: "choice",
    source: """
      circuit choice version 1
      parameters snapshot
      let btc = instruments["BTC-PERP"]
      committed cash in 0 ... 2^20 - 1, position[btc] in 0 ... 2^8 - 1
      advice pick in 0 ... 1 := min(max(position[btc] - 5, 0), 1)
      require "few"  : 2 + 1_000 * pick - position[btc] >= 0
      require "many" : position[btc] - 6 * pick >= 0
      """,
    holds: { book, _ in inRange(book) && (book.btc <= 2 || book.btc >= 6) })

  static func inRange(_ book: PlainBook) -> Bool {
    (0..<(1 << 20)).contains(book.cash) && (0..<(1 << 8)).contains(book.btc) && book.eth == 0
  }

  static let all = [cover("loose", 100), cover("steep", 400), choice]
}

/// What stands in for the verifier: it knows the books behind the commitments and accepts exactly what is
/// true of them.
final class KnownBooks: ProofChecking {
  private let books = Mutex<[EncodedPoint: PlainBook]>([:])
  private let points = Mutex<[Key: EncodedPoint]>([:])
  let rules: [Digest: PlainRule]
  let thetas: [Digest: (initial: Int64, maintenance: Int64)]

  private struct Key: Hashable {
    var book: PlainBook
    var blinding: Int
  }

  init(rules: [Digest: PlainRule], thetas: [Digest: (initial: Int64, maintenance: Int64)]) {
    self.rules = rules
    self.thetas = thetas
  }

  /// The commitment to a book under one of a few blindings.
  func point(_ book: PlainBook, blinding: Int) -> EncodedPoint? {
    let key = Key(book: book, blinding: blinding)
    if let known = points.withLock({ $0[key] }) { return known }
    // Cash, two positions, one asset and its debt: the registry of the tests.
    guard let H = try? Generators.standard.account(5),
      let R = try? Generators.standard.account(12).last
    else { return nil }
    let V = Point.multiscalarMultiplicationVariableTime(
      [Scalar(Int(book.cash)), Scalar(Int(book.btc)), Scalar(Int(book.eth)), Scalar(1 + blinding)],
      [H[0], H[1], H[2], R])
    let encoded = V.encoded()
    points.withLock { $0[key] = encoded }
    books.withLock { $0[encoded] = book }
    return encoded
  }

  /// Whether a book meets a claim.
  func holds(_ claim: MarginRule.Key, _ book: PlainBook) -> Bool {
    guard let rule = rules[claim.circuit], let theta = thetas[claim.snapshot] else { return false }
    return rule.holds(book, claim.kind == .initial ? theta.initial : theta.maintenance)
  }

  func verifyProofs(_ envelopes: [ProofEnvelope], workers: Int?) -> [ProofVerdict] {
    envelopes.map { envelope in
      let context = envelope.context
      guard let point = envelope.commitments.first, let book = books.withLock({ $0[point] }) else {
        return .rejected(.proofInvalid)
      }
      let claim = MarginRule.Key(
        circuit: context.circuit, snapshot: context.snapshot, registry: context.registry, kind: context.kind)
      var isTrue = holds(claim, book)
      if let reduction = context.reduction {
        let position = reduction.instrument == "BTC-PERP" ? book.btc : book.eth
        isTrue = isTrue && (reduction.side == .long ? position >= 0 : position <= 0)
      }
      return isTrue ? .accepted(ProofClaim(envelope)) : .rejected(.proofInvalid)
    }
  }
}

/// What the people of the model may do.
enum DeskAction: Hashable, Sendable, CustomStringConvertible {
  case prove(circuit: Int, MarginKind, previousEpoch: Bool)
  case order(circuit: Int, MarginKind, Order.Intent, Headroom.Side, lots: UInt64)
  /// Lots of a coordinate, and how much better than the worst price each was.
  case fill(lots: Int64, better: Int64)
  case cash(Int64)
  case otherInstrument
  case hidden(lots: Int64)
  case epoch(isHalted: Bool)
  case wait(UInt64)
  /// Both custodians attest the book as it is, or the one alone.
  case renew
  case renewOnPart
  /// The venue takes or gives cash without a trade.
  case charge(Int64)
  /// A longer list of coordinates is published; requests are made under it from then on, or under the first
  /// one.
  case grow
  case useFirstRegistry
  case reopen
  case roll
  /// The venue lists none of its circuits as convex any more, or all that it did.
  case relist(isConvex: Bool)

  var description: String {
    switch self {
    case .prove(let circuit, let kind, let isPrevious):
      "prove \(PlainRule.all[circuit].name) \(kind.rawValue)\(isPrevious ? " under the epoch before" : "")"
    case .order(let circuit, let kind, let intent, let side, let lots):
      "order to \(intent) \(side) \(lots), \(PlainRule.all[circuit].name) \(kind.rawValue)"
    case .fill(let lots, let better): "fill \(lots) lots, \(better) better"
    case .cash(let amount): "cash \(amount)"
    case .otherInstrument: "fill of another instrument"
    case .hidden(let lots): "hidden fill of \(lots) lots"
    case .epoch(let isHalted): isHalted ? "epoch, halted" : "epoch"
    case .wait(let seconds): "wait \(seconds)"
    case .renew: "renew"
    case .renewOnPart: "renew on one custodian's word"
    case .charge(let amount): "charge \(amount)"
    case .grow: "grow the registry"
    case .useFirstRegistry: "prove under the first registry"
    case .reopen: "checkpoint and reopen"
    case .roll: "roll"
    case .relist(let isConvex): isConvex ? "list as convex" : "list none as convex"
    }
  }

  static let all: [DeskAction] =
    (0..<3).flatMap { circuit in
      [
        .prove(circuit: circuit, .initial, previousEpoch: false),
        .prove(circuit: circuit, .maintenance, previousEpoch: false),
        .order(circuit: circuit, .initial, .open, .buy, lots: 4),
        .order(circuit: circuit, .maintenance, .reduce, .sell, lots: 2),
      ]
    } + [
      .prove(circuit: 0, .initial, previousEpoch: true),
      .order(circuit: 2, .initial, .open, .buy, lots: 1),
      .order(circuit: 0, .maintenance, .open, .buy, lots: 4),
      .order(circuit: 0, .initial, .reduce, .buy, lots: 4),
      .order(circuit: 0, .initial, .reduce, .sell, lots: 5),
      .fill(lots: 1, better: 0), .fill(lots: 1, better: 3), .fill(lots: 4, better: 0),
      .fill(lots: 5, better: 0),
      .fill(lots: -1, better: 0), .fill(lots: -2, better: 0), .cash(-1), .otherInstrument, .hidden(lots: 4),
      .charge(-1), .charge(5), .grow, .useFirstRegistry, .renewOnPart, .epoch(isHalted: false),
      .epoch(isHalted: true), .wait(400), .wait(5_000), .renew, .reopen, .roll,
      .relist(isConvex: false), .relist(isConvex: true),
    ]
}

/// Everything that all runs of the model share: documents, made once.
struct DeskWorld: Sendable {
  static let epochCount = 6
  static let account = Result { try AccountID("plain") }

  let judge: Judge
  let unlisting: Charter
  let books: KnownBooks
  /// The list of coordinates that the ledger begins with, and one that it grows to.
  let registries: [Registry]
  private let bundles = Bundles()
  let snapshots: [[RiskSnapshot]]
  let circuits: [Circuit]

  /// - Parameter listed: the circuits that are listed as convex, by place: a wrong one is a seeded failure.
  init(listing listed: Set<Int> = [0, 1]) throws {
    let circuits = try PlainRule.all.map {
      try Circuit(parsing: Array($0.source.utf8), named: "\($0.name).circuit")
    }
    self.circuits = circuits
    // Each epoch asks more than the one before; either variant of it may be published, the one halted.
    var chain: [[RiskSnapshot]] = []
    for epoch in 0..<Self.epochCount {
      var draft = Market.draft()
      draft.epoch = Int64(epoch + 1)
      // The chain names the digest before it; the model publishes under records of its own, so that any may
      // follow any.
      draft.validTo = 1_770_010_000
      draft.tiers = Tiers(
        maintenance: 1_000_000 + Int64(epoch) * 10_000, initial: 1_050_000 + Int64(epoch) * 500_000,
        closeOnly: 6_000_000)
      var halted = draft
      halted.haltLevel = 2
      chain.append([try RiskSnapshot(draft), try RiskSnapshot(halted)])
    }
    snapshots = chain
    let registry = try Registry(of: chain[0][0])
    registries = [registry, try Registry(names: registry.names + ["position/SOL-PERP"])]
    var thetas: [Digest: (initial: Int64, maintenance: Int64)] = [:]
    for snapshot in chain.joined() {
      thetas[snapshot.digest] = (snapshot.tiers.multiplier(.initial), snapshot.tiers.multiplier(.maintenance))
    }
    books = KnownBooks(
      rules: Dictionary(uniqueKeysWithValues: zip(circuits.map(\.digest), PlainRule.all)), thetas: thetas)
    let reasons = Dictionary(
      uniqueKeysWithValues: listed.map { (circuits[$0].digest, "as the model is told") })
    func charter(_ reasons: [Digest: String]) throws -> Charter {
      try Charter(
        venue: Audience(Market.venueName),
        parties: Counterparties(
          venue: Keys().venue.verificationKey, custodians: Self.custodians,
          matchingEngines: []), policy: .production, circuits: circuits,
        convexity: ConvexityList(reasons))
    }
    judge = Judge(try charter(reasons), checker: books)
    unlisting = try charter([:])
    for snapshot in chain.joined() { judge.documents.catalog.register(snapshot) }
    for registry in registries { judge.documents.catalog.register(registry) }
  }

  // Two custodians, each with a part of the book

  private static func custodian(_ index: Int) -> SigningKey {
    SigningKey(role: .custodian, seed: SecretBlock(count: 32) { _ in UInt8(2 + 3 * index) })
  }

  private static let custodians = Set((0..<2).map { custodian($0).verificationKey })

  /// Signatures are made once.
  private final class Bundles: Sendable {
    let all = Mutex<[BundleKey: AttestationBundle]>([:])
  }

  private struct BundleKey: Hashable {
    var commitment: EncodedPoint
    var sequence: UInt64
    var now: UInt64
    var count: Int
  }

  /// What the custodians attest of the account as it is: the one keeps seven quanta of cash, the other the
  /// rest.
  func attestations(
    of commitment: EncodedPoint, sequence: UInt64, to audience: Audience, at now: UInt64, by count: Int = 2
  ) throws -> AttestationBundle {
    let key = BundleKey(commitment: commitment, sequence: sequence, now: now, count: count)
    if let known = bundles.all.withLock({ $0[key] }) { return known }
    let part = try #require(books.point(PlainBook(cash: 7, btc: 0), blinding: 0))
    let rest = try (commitment.decoded() - part.decoded()).encoded()
    let set = CustodianSet(Self.custodians)
    let signed = try [part, rest].prefix(count).enumerated().map { index, part in
      let account = AccountCommitment(
        account: try Self.account.get(), registry: registries[0].digest,
        commitment: try VectorCommitment(decoding: part), sequence: index == 0 ? sequence : 0)
      let word = try Attestation(
        account: account, pledgedTo: audience, custodians: set, issued: Timestamp(seconds: now),
        expires: Timestamp(seconds: now + 8_000))
      return try Signed(word, by: Self.custodian(index))
    }
    let bundle = AttestationBundle(signed)
    bundles.all.withLock { $0[key] = bundle }
    return bundle
  }
}

/// A ledger and the book behind its one account, side by side.
struct DeskRun: Sendable {
  let world: DeskWorld
  private(set) var state = LedgerState()
  private(set) var book = PlainBook(cash: 2_000, btc: 2)
  private var blinding = 0
  private var now: UInt64 = 1_770_000_060
  private var published: [RiskSnapshot] = []
  private var nonces: UInt64 = 0
  /// Which list of coordinates requests are made under.
  private var registry = 0
  /// What happened and must not.
  private var fault: String?

  init(_ world: DeskWorld) throws {
    self.world = world
    try record(.chartered(world.judge.charter.record(after: .zero)))
    try record(
      .registryPublished(
        RegistryRecord(registry: world.registries[0].digest, count: UInt32(world.registries[0].count))))
    try publish(world.snapshots[0][0])
    let bundle = try attestations()
    try record(.accountOpened(world.judge.opening(bundle, in: state, at: Timestamp(seconds: now))))
  }

  private func attestations(by count: Int = 2) throws -> AttestationBundle {
    try world.attestations(
      of: point(), sequence: state.account(DeskWorld.account.get())?.sequence ?? 0,
      to: world.judge.audience(in: state), at: now, by: count)
  }

  private func point() throws -> EncodedPoint {
    try #require(world.books.point(book, blinding: blinding))
  }

  private mutating func record(_ event: LedgerEvent) throws {
    try state.apply(event, at: Timestamp(seconds: now))
  }

  private mutating func publish(_ snapshot: RiskSnapshot) throws {
    try record(
      .epochPublished(
        EpochRecord(
          epoch: snapshot.epoch, snapshot: snapshot.digest, previous: published.last?.digest ?? .zero,
          validFrom: Timestamp(seconds: 1_770_000_000), validTo: Timestamp(seconds: 1_770_010_000),
          graceEpochs: 1,
          callInterval: 3_600, fillInterval: 600, callGrace: 600)))
    published.append(snapshot)
  }

  /// Does it if the ledger lets it happen; false if nothing has changed.
  mutating func perform(_ action: DeskAction) throws -> Bool {
    switch action {
    case .prove(let circuit, let kind, let isPrevious):
      guard let snapshot = isPrevious ? published.dropLast().last : published.last else { return false }
      return try submit(nil, circuit, kind, snapshot, book, step: 0)
    case .order(let circuit, let kind, let intent, let side, let lots):
      guard let snapshot = published.last else { return false }
      let price: Int64 = side == .buy ? -100 : 90
      let order = Order(instrument: "BTC-PERP", side: side, lots: lots, cashPerLot: price, intent: intent)
      var far = book
      far.btc += side.sign * Int64(lots)
      far.cash += Int64(lots) * price
      return try submit(order, circuit, kind, snapshot, far, step: 1)
    case .fill(let lots, let better):
      let price: Int64 = lots > 0 ? -100 : 90
      let cash = Int64(lots.magnitude) * (price + better)
      return try fill([
        CoordinateChange(coordinate: 1, amount: lots), CoordinateChange(coordinate: 0, amount: cash),
      ]) {
        $0.btc += lots
        $0.cash += cash
      }
    case .cash(let amount):
      return try fill([CoordinateChange(coordinate: 0, amount: amount)]) { $0.cash += amount }
    case .otherInstrument:
      return try fill([CoordinateChange(coordinate: 2, amount: 1)]) { $0.eth += 1 }
    case .hidden(let lots):
      return try fill([], hiding: true) { $0.btc += lots }
    case .epoch(let isHalted):
      guard published.count < DeskWorld.epochCount else { return false }
      return try happens { try $0.publish($0.world.snapshots[$0.published.count][isHalted ? 1 : 0]) }
    case .wait(let seconds):
      now += seconds
      return true
    case .renew:
      let bundle = try attestations()
      guard let record = try? world.judge.renewal(bundle, in: state, at: Timestamp(seconds: now)) else {
        return false
      }
      return try happens { try $0.record(.attestationRenewed(record)) }
    case .renewOnPart:
      let bundle = try attestations(by: 1)
      if (try? world.judge.renewal(bundle, in: state, at: Timestamp(seconds: now))) != nil {
        fault = "renewed on the word of one of two custodians"
      }
      return fault != nil
    case .charge(let amount):
      let account = try DeskWorld.account.get()
      let sequence = state.account(account)?.sequence ?? 0
      return try happens { run in
        run.book.cash += amount
        try run.record(
          .charged(
            ChargeRecord(
              account: account, sequence: sequence, commitment: try run.point(), charge: .funding,
              cash: CoordinateChange(coordinate: 0, amount: amount), evidence: .zero)))
      }
    case .grow:
      let longer = world.registries[1]
      return try happens { run in
        try run.record(
          .registryPublished(RegistryRecord(registry: longer.digest, count: UInt32(longer.count))))
        run.registry = 1
      }
    case .useFirstRegistry:
      guard registry != 0 else { return false }
      registry = 0
      return true
    case .reopen:
      state = try LedgerState(decoding: state.encoded())
      return true
    case .roll:
      return try happens { run in
        let roll = run.state.dueRoll(at: Timestamp(seconds: run.now))
        guard !roll.lines.isEmpty else { throw LedgerError.noEpoch }
        try run.record(.rolled(roll))
      }
    case .relist(let isConvex):
      let charter = isConvex ? world.judge.charter : world.unlisting
      let previous = Digest.sha256(of: Array("\(state.eventCount)".utf8))
      guard state.charter?.record.charter != charter.digest else { return false }
      return try happens { try $0.record(.chartered(charter.record(after: previous))) }
    }
  }

  /// Tries a step on a copy.
  private mutating func happens(_ step: (inout DeskRun) throws -> Void) throws -> Bool {
    var copy = self
    do {
      try step(&copy)
    } catch is LedgerError {
      return false
    }
    self = copy
    return true
  }

  private mutating func fill(
    _ deltas: [CoordinateChange], hiding: Bool = false, _ change: (inout PlainBook) -> Void
  ) throws -> Bool {
    let account = try DeskWorld.account.get()
    let sequence = state.account(account)?.sequence ?? 0
    return try happens { run in
      change(&run.book)
      if hiding { run.blinding = 1 - run.blinding }
      try run.record(
        .filled(
          FillRecord(
            account: account, sequence: sequence, commitment: try run.point(), deltas: deltas, evidence: .zero
          )))
    }
  }

  /// A request, true or false, put to the judge; what it says is recorded.
  private mutating func submit(
    _ order: Order?, _ circuit: Int, _ kind: MarginKind, _ snapshot: RiskSnapshot, _ proved: PlainBook,
    step: UInt64
  ) throws -> Bool {
    nonces += 1
    let salt = try Market.salt("model \(nonces)")
    let account = try DeskWorld.account.get()
    let moment = Timestamp(seconds: now)
    let context = try ProofContext(
      circuit: world.circuits[circuit].digest, snapshot: snapshot.digest,
      registry: world.registries[registry].digest,
      kind: kind,
      account: account, sequence: (state.account(account)?.sequence ?? 0) + step,
      audience: world.judge.audience(in: state), nonce: AdmissionRequest.nonce(for: order, salt: salt),
      issued: moment, expires: moment.advanced(by: 600), reduction: order?.reduction)
    let request = AdmissionRequest(
      envelope: ProofEnvelope(
        circuitName: world.circuits[circuit].name, context: context,
        commitments: [try #require(world.books.point(proved, blinding: blinding))],
        proof: CircuitProof(bytes: [])),
      order: order, salt: salt)
    let facts = world.judge.facts(about: request, in: state, at: moment)
    let outcome = world.judge.outcome(of: facts, evidence: .sha256(of: request.encoded())) {
      world.books.verifyProof(request.envelope)
    }
    guard case .success(let record) = outcome else { return false }
    return try happens { try $0.record(.proofAccepted(record)) }
  }

  /// What is false of the ledger at this moment, in words; nil if the invariant holds.
  func violation() throws -> String? {
    if let fault { return fault }
    let moment = Timestamp(seconds: now)
    guard let account = state.account(try DeskWorld.account.get(), at: moment) else {
      return "the account is gone"
    }
    guard account.commitment == (try point()) else { return "the commitment is not the book's" }
    switch account.status {
    case .unproven, .stale, .liquidatable: return nil
    case .current, .reduceOnly: break
    }
    guard let standing = account.standing else { return "\(account.status) without a standing" }
    if account.status == .current, standing.kind != .initial { return "current at maintenance margin" }
    guard state.charter?.listing(of: standing.claim.circuit) != nil else {
      return "the circuit is not listed"
    }
    guard let epoch = state.acceptedEpoch(snapshot: standing.claim.snapshot),
      moment.seconds < epoch.validTo.seconds + (state.charter?.record.snapshotGrace ?? 0)
    else { return "the snapshot is out of its grace" }
    guard world.books.holds(standing.claim, book) else {
      let name = world.books.rules[standing.claim.circuit]?.name ?? "?"
      return
        "\(account.status), \(standing.kind.rawValue) under \(name), and the book \(book) does not meet it"
    }
    return nil
  }
}

/// The model, run to a depth or at random.
enum DeskModel {
  /// A violation, and what led to it.
  struct Story: CustomStringConvertible {
    let actions: [DeskAction]
    let violation: String
    var description: String { actions.map(\.description).joined(separator: "; ") + ": " + violation }
  }

  /// Every order of actions up to a depth, without those that change nothing.
  ///
  /// - Returns: the first violation, and the number of states that were looked at.
  static func explore(_ world: DeskWorld, depth: Int) throws -> (story: Story?, states: Int) {
    let start = try DeskRun(world)
    let results = Parallel.map(count: DeskAction.all.count) { first in
      Result { () throws -> (Story?, Int) in
        var (states, path) = (0, [DeskAction]())
        let story = try walk(start, DeskAction.all[first], depth: depth, &path, &states)
        return (story, states)
      }
    }
    var states = 0
    for result in results {
      let (story, count) = try result.get()
      states += count
      if let story { return (story, states) }
    }
    return (nil, states)
  }

  private static func walk(
    _ run: DeskRun, _ action: DeskAction, depth: Int, _ path: inout [DeskAction], _ states: inout Int
  ) throws -> Story? {
    var next = run
    guard try next.perform(action) else { return nil }
    states += 1
    path.append(action)
    defer { path.removeLast() }
    if let violation = try next.violation() { return Story(actions: path, violation: violation) }
    guard depth > 1 else { return nil }
    for action in DeskAction.all {
      if let story = try walk(next, action, depth: depth - 1, &path, &states) { return story }
    }
    return nil
  }

  /// Random actions; a violation is shrunk.
  static func wander(_ world: DeskWorld, steps: Int, seed: UInt64) throws -> (story: Story?, happened: Int) {
    var random = Lottery(seed: seed)
    var run = try DeskRun(world)
    var path: [DeskAction] = []
    for _ in 0..<steps {
      let action = DeskAction.all[Int(random.next() % UInt64(DeskAction.all.count))]
      guard try run.perform(action) else { continue }
      path.append(action)
      if let violation = try run.violation() {
        return (try shrink(Story(actions: path, violation: violation), in: world), path.count)
      }
    }
    return (nil, path.count)
  }

  /// The same violation, or another, with as few actions as leaving some out gives.
  static func shrink(_ story: Story, in world: DeskWorld) throws -> Story {
    var best = story
    var place = best.actions.count - 1
    while place >= 0 {
      var fewer = best.actions
      fewer.remove(at: place)
      if let shorter = try replay(fewer, in: world) {
        best = shorter
        place = min(place, best.actions.count)
      }
      place -= 1
    }
    return best
  }

  private static func replay(_ actions: [DeskAction], in world: DeskWorld) throws -> Story? {
    var run = try DeskRun(world)
    var path: [DeskAction] = []
    for action in actions where try run.perform(action) {
      path.append(action)
      if let violation = try run.violation() { return Story(actions: path, violation: violation) }
    }
    return nil
  }

  /// SplitMix64.
  private struct Lottery {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}
