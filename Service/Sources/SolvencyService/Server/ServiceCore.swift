public import Admission
internal import Dispatch
internal import HTTPTypes
public import Logging
public import SolvencyVerifier
internal import Synchronization
public import TransparencyLog

/// What the routes work on: a ledger's desk in batches, verification in batches, the log's tail, limits and
/// counts.
public final class ServiceCore: Sendable {
  /// What a core is made of besides a ledger.
  public struct Settings: Sendable {
    /// How much is taken on at once.
    public var limits = ServiceLimits()
    /// How requests and proofs are collected into batches.
    public var batching = BatchingLimits()
    /// The bearer tokens that are known.
    public var tokens = TokenTable()
    /// The clients' certificates that are known, by SHA-256 of each.
    public var certificates: [TokenTable.Entry] = []
    /// What everybody may do.
    public var anonymousRoles: Set<Role> = []
    /// The addresses of proxies whose word on the client's address is taken.
    public var proxies: Set<String> = []
    /// Where tiles of the log are kept; nil to publish none.
    public var tileFolder: String?
    /// The witnesses whose cosignatures are taken.
    public var witnesses: [NoteKey] = []
    /// How often the log is looked at, in milliseconds.
    public var tailMilliseconds = 100
    /// How often overdue accounts are stated, in seconds; 0 for only with each snapshot.
    public var rollSeconds = 60
    /// The present moment.
    public var clock: @Sendable () -> Timestamp = { .now }

    /// Settings for a server that nobody but its own machine reaches.
    public init() {}
  }

  let settings: Settings
  let ledger: any ServedLedger
  /// What is counted, for a program that embeds the server and counts more.
  public let metrics: MetricsRegistry
  let logger: Logger
  let ring = EventRing(limit: 4_096)
  let watch = LedgerWatch()
  let index = AccountIndex()
  let publisher: LogPublisher?
  let limiter: RateLimiter
  /// Operators' actions, one after the other.
  let actions: Offload
  /// Questions to the ledger.
  let questions: Offload
  /// Long streams of proofs, one window at a time, so that they do not crowd out single ones.
  let streams: Offload
  private let verifier: BatchingVerifier
  private let batches = Mutex<(charter: Digest, desk: BatchingDesk)?>(nil)
  private let counts = Mutex(Counts())

  private struct Counts {
    var requests = 0
    var streams = 0
    var isStopping = false
  }

  /// What metrics mean.
  static let metricHelps = [
    "solvencyd_requests_total": "Requests answered, by route, method and status.",
    "solvencyd_request_seconds": "Time from a request's head to its answer's, by route.",
    "solvencyd_requests_active": "Requests that are being answered.",
    "solvencyd_verdicts_total": "Decisions on requests for admission, by verdict.",
    "solvencyd_refusals_total": "Reasons of refusals, by code.",
    "solvencyd_proofs_total": "Proofs verified for others, by verdict.",
    "solvencyd_problems_total": "Problem documents sent, by code.",
    "solvencyd_batch_items": "Items of the last batch, by kind.",
    "solvencyd_batch_seconds": "Work on a batch, by kind.",
    "solvencyd_batch_wait_seconds": "Longest wait of a batch's items, by kind.",
    "solvencyd_waiting": "Items that wait for a batch, by kind.",
    "solvencyd_ledger_entries": "Entries of the log.",
    "solvencyd_ledger_writer": "1 where this process writes the ledger, 0 where it follows.",
    "solvencyd_accounts": "Accounts, by status.",
    "solvencyd_epoch": "Number of the snapshot in force.",
    "solvencyd_epoch_ends_seconds": "When the snapshot in force no longer applies, in seconds since 1970.",
    "solvencyd_log_published_entries": "Entries under the checkpoint that is handed out.",
    "solvencyd_actions_total": "Operators' actions, by action and outcome.",
    "solvencyd_certificate_ends_seconds": "When the server's certificate ends, in seconds since 1970.",
    "solvencyd_event_readers": "Readers of events and streams that are open.",
  ]

  /// A core for a ledger.
  ///
  /// - Throws: ``Failure``.
  public init(
    _ ledger: any ServedLedger, settings: Settings = Settings(), metrics: MetricsRegistry? = nil,
    logger: Logger
  ) throws(Failure) {
    self.settings = settings
    self.ledger = ledger
    let metrics = metrics ?? MetricsRegistry(helps: Self.metricHelps)
    self.metrics = metrics
    self.logger = logger
    let limits = settings.limits
    limiter = RateLimiter(.init(perSecond: limits.requestsPerSecond, burst: limits.burst))
    actions = Offload("actions", isSerial: true, waitingLimit: limits.waitingActions)
    questions = Offload("questions", isSerial: false, waitingLimit: limits.concurrent)
    streams = Offload("streams", isSerial: true, waitingLimit: limits.streams)
    let admission = ledger.admission
    verifier = BatchingVerifier(ProofVerifier(catalog: admission.catalog), limits: settings.batching) {
      batch in
      Self.observe(batch, "verify", in: metrics)
    }
    do throws(LogPublisher.Failure) {
      publisher = try settings.tileFolder.map { path throws(LogPublisher.Failure) in
        try LogPublisher(path, witnesses: settings.witnesses)
      }
    } catch {
      switch error {
      case .system(let number):
        throw .tiles("the directory of tiles cannot be read or written (error \(number))")
      case .foreign(let why): throw .tiles(why)
      }
    }
    do throws(LedgerFailure) {
      if let head = publisher?.served?.unverified.head { try admission.ledger.check(notBehind: head) }
      try takeStock()
    } catch {
      throw .ledger(error)
    }
  }

  /// Why a core cannot be made.
  public enum Failure: Error, Hashable, Sendable {
    /// The ledger cannot be read.
    case ledger(LedgerFailure)
    /// The tiles are not the ledger's, or cannot be written.
    case tiles(String)
  }

  /// What is known of the ledger when the server starts.
  private func takeStock() throws(LedgerFailure) {
    let ledger = ledger.admission.ledger
    let (epochs, count) = try ledger.withState { ($0.epochs, $0.eventCount) }
    let catalog = self.ledger.admission.catalog
    for record in epochs {
      if let snapshot = catalog.snapshot(record.snapshot) { watch.note(snapshot) }
    }
    let names = try ledger.withState { state in
      var names: [String] = []
      state.forEachAccount { names.append($0.account.description) }
      return names
    }
    index.insert(names)
    ring.start(at: count)
  }

  // Deciding

  /// The desk's batches under the charter in force.
  private var batchingDesk: BatchingDesk {
    let admission = ledger.admission
    let charter = admission.charterDigest
    return batches.withLock { desk in
      if let desk, desk.charter == charter { return desk.desk }
      let metrics = metrics
      let made = BatchingDesk(admission, limits: settings.batching, clock: settings.clock) { batch in
        Self.observe(batch, "admit", in: metrics)
      }
      desk = (charter, made)
      return made
    }
  }

  private static func observe(_ batch: BatchObservation, _ kind: String, in metrics: MetricsRegistry) {
    let labels = [("kind", kind)]
    metrics.set("solvencyd_batch_items", labels, to: Double(batch.count))
    metrics.set("solvencyd_waiting", labels, to: Double(batch.waiting))
    metrics.observe("solvencyd_batch_seconds", labels, seconds: Double(batch.workNanoseconds) / 1e9)
    metrics.observe(
      "solvencyd_batch_wait_seconds", labels, seconds: Double(batch.longestWaitNanoseconds) / 1e9)
  }

  /// Decides on a request together with those of others.
  func review(_ request: AdmissionRequest) async throws(Problem) -> Verdict {
    guard let verdict = try await review([request]).first else { throw .overloaded }
    return verdict
  }

  /// Decides on some requests together with those of others.
  ///
  /// - Throws: ``Problem``, also where the ledger had no answer to one of them: each may be sent again.
  func review(_ requests: [AdmissionRequest]) async throws(Problem) -> [Verdict] {
    try checkWriter()
    let verdicts: [Verdict]
    do throws(BatchingError) {
      verdicts = try await batchingDesk.review(requests)
    } catch {
      throw Problem(error)
    }
    guard !verdicts.contains(.refused([.unavailable])) else {
      throw Problem(unavailable: ledger.admission.ledger.lastFailure)
    }
    count(verdicts)
    return verdicts
  }

  private func count(_ verdicts: [Verdict]) {
    var (admitted, reduceOnly, refused) = (0, 0, 0)
    for verdict in verdicts {
      switch verdict {
      case .admitted: admitted += 1
      case .reduceOnly: reduceOnly += 1
      case .refused(let reasons):
        refused += 1
        watch.refused(reasons, at: Timestamp.now.seconds)
        for reason in reasons { metrics.count("solvencyd_refusals_total", [("reason", reason.code)]) }
      }
    }
    for (word, count) in [("admitted", admitted), ("reduce-only", reduceOnly), ("refused", refused)]
    where count > 0 {
      metrics.count("solvencyd_verdicts_total", [("verdict", word)], by: Double(count))
    }
  }

  /// Verifies a proof together with those of others.
  func verify(_ proof: ProofEnvelope, expecting expectations: Expectations) async throws(Problem)
    -> ProofVerdict
  {
    do throws(BatchingError) {
      let verdict = try await verifier.verify(proof, expecting: expectations)
      count([verdict])
      return verdict
    } catch {
      throw Problem(error)
    }
  }

  func count(_ verdicts: [ProofVerdict]) {
    let accepted = verdicts.count { $0.isAccepted }
    for (word, count) in [("accepted", accepted), ("rejected", verdicts.count - accepted)] where count > 0 {
      metrics.count("solvencyd_proofs_total", [("verdict", word)], by: Double(count))
    }
  }

  // Operators

  func checkWriter() throws(Problem) {
    switch ledger.duty {
    case .writer: return
    case .follower(let writer):
      var problem = Problem.notWriter
      if let writer { problem.members = [JSONMember("writer", .string(writer))] }
      throw problem
    case .unreachable: throw Problem(LedgerFailure.store(.system(0)))
    }
  }

  /// Does an operator's action on the ledger, after those before it, and writes down who did what.
  func act<Value: Sendable>(
    _ action: String, by caller: Caller, on subject: String,
    _ work: @escaping @Sendable (Admission, Timestamp) throws(DeskError) -> Value
  ) async throws(Problem) -> Value {
    try checkWriter()
    let (ledger, clock) = (ledger, settings.clock)
    do throws(Problem) {
      let value = try await actions.run { () throws(Problem) in
        do throws(DeskError) {
          return try work(ledger.admission, clock())
        } catch {
          throw Problem(error)
        }
      }
      audit(action, caller, subject, "done")
      return value
    } catch {
      audit(action, caller, subject, error.code)
      throw error
    }
  }

  /// The audit trail: one line of the server's log for each operator's action, done or not.
  func audit(_ action: String, _ caller: Caller, _ subject: String, _ outcome: String) {
    metrics.count("solvencyd_actions_total", [("action", action), ("outcome", outcome)])
    logger.notice(
      "audit",
      metadata: [
        "action": "\(action)", "by": "\(caller.name ?? "anybody")", "from": "\(caller.address)",
        "subject": "\(subject)", "outcome": "\(outcome)",
      ])
  }

  /// Asks the ledger something, on another thread.
  func ask<Value: Sendable>(
    _ question: @escaping @Sendable (Admission) throws(LedgerFailure) -> Value
  ) async throws(Problem) -> Value {
    let ledger = ledger
    return try await questions.run { () throws(Problem) in
      do throws(LedgerFailure) {
        return try question(ledger.admission)
      } catch {
        throw Problem(error)
      }
    }
  }

  // How much is going on

  /// Counts a request in, if there is room.
  func enter() throws(Problem) {
    let (isStopping, isFull) = counts.withLock { counts in
      if counts.isStopping { return (true, false) }
      if counts.requests >= settings.limits.concurrent { return (false, true) }
      counts.requests += 1
      return (false, false)
    }
    if isStopping { throw .stopping.closing }
    if isFull { throw .overloaded }
  }

  /// Counts a request out.
  func leave() { counts.withLock { $0.requests -= 1 } }

  /// Counts a stream in, if there is room.
  func enterStream() throws(Problem) {
    let isFull = counts.withLock { counts in
      guard counts.streams < settings.limits.streams else { return true }
      counts.streams += 1
      return false
    }
    if isFull {
      throw Problem(
        .serviceUnavailable, "too-many-streams", "The server is at its limit",
        "as many streams are open as may be"
      ).retry(after: 5)
    }
  }

  /// Counts a stream out.
  func leaveStream() { counts.withLock { $0.streams -= 1 } }

  /// Requests and streams that are going on.
  var activity: (requests: Int, streams: Int) { counts.withLock { ($0.requests, $0.streams) } }

  var isStopping: Bool { counts.withLock { $0.isStopping } }

  /// Takes no new requests, and lets readers of events go.
  public func beginStopping() {
    counts.withLock { $0.isStopping = true }
    ring.close()
  }

  /// Whether requests can be decided on here now; why not, if they cannot.
  func readiness() async -> (isReady: Bool, reasons: [String]) {
    var reasons: [String] = []
    if isStopping { reasons.append("stopping") }
    if case .unreachable = ledger.duty { reasons.append("ledger-unreachable") }
    let clock = settings.clock
    do {
      let epoch = try await ask { admission throws(LedgerFailure) in
        try admission.ledger.withState { $0.currentEpoch }
      }
      if let epoch {
        if clock() >= epoch.validTo { reasons.append("epoch-over") }
      } else {
        reasons.append("no-epoch")
      }
    } catch {
      reasons.append("ledger-unreadable")
    }
    return (reasons.isEmpty, reasons)
  }
}

extension ServiceCore {
  /// Lets metrics say when the server's certificate ends, in seconds since 1970; nothing without TLS.
  public func noteCertificate(endsAt seconds: Int?) {
    if let seconds { metrics.set("solvencyd_certificate_ends_seconds", [], to: Double(seconds)) }
  }

  /// What this process does for its ledger now.
  public var duty: LedgerDuty { ledger.duty }

  /// The venue by name.
  public var venue: String { ledger.admission.venue.description }

  /// Ends the use of the ledger.
  public func close() { ledger.close() }
}

extension ServiceCore {
  /// The desk, for a program that embeds the server.
  public var desk: Admission { ledger.admission }

  /// Whom proofs and attestations are for: the venue, and the ledger once it has its first entry.
  public var audience: Audience { ledger.admission.venue }
}
