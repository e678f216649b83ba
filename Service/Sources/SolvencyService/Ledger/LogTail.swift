internal import Admission
internal import Logging
public import ServiceLifecycle
internal import SolvencyVerifier
internal import TransparencyLog

/// Follows the log, no matter who writes it: tells readers of events, counts, and publishes tiles.
///
/// It reads on a thread and a connection of its own, so that it never holds up a decision.
public struct LogTail: Service {
  private let core: ServiceCore
  private let thread: Offload

  /// The tail of a core's log.
  public init(_ core: ServiceCore) {
    self.core = core
    thread = Offload("tail", isSerial: true, waitingLimit: 4)
  }

  /// Runs until the server stops; then takes in what was written until now.
  public func run() async throws {
    let every = core.settings.tailMilliseconds
    await cancelWhenGracefulShutdown {
      var (round, failing) = (0, "")
      while !Task.isCancelled {
        do throws(Problem) {
          try await step(isWhole: round % max(1, 1_000 / max(1, every)) == 0)
          failing = ""
        } catch {
          if failing != error.code {
            core.logger.error(
              "The log cannot be followed", metadata: ["code": "\(error.code)", "detail": "\(error.detail)"])
          }
          failing = error.code
        }
        round += 1
        try? await Task.sleep(for: .milliseconds(every))
      }
    }
    try? await step(isWhole: true)
  }

  /// Takes in what is new.
  ///
  /// - Parameter isWhole: whether accounts are counted as well, which takes longer.
  func step(isWhole: Bool) async throws(Problem) {
    let core = core
    try await thread.run { () throws(Problem) in
      do throws(LedgerFailure) {
        if isWhole || core.ledger.duty != .writer { try core.ledger.catchUp() }
        try Self.takeIn(core)
        if isWhole { try Self.survey(core) }
      } catch {
        throw Problem(error)
      }
    }
  }

  private static func takeIn(_ core: ServiceCore) throws(LedgerFailure) {
    let checkpoint = core.ledger.checkpoint
    var next = core.ring.next
    if let publisher = core.publisher { next = min(next, publisher.size) }
    // Tiles grow only over what is signed, so that what is handed out is complete.
    // Decisions are counted by the second on the wall, whatever the venue's time.
    let (limit, now) = (512, Timestamp.now.seconds)
    while true {
      var items = core.ledger.recent(from: next, limit: limit)
      do throws(StoreError) {
        if items.isEmpty { items = try core.ledger.reader.items(from: next, limit: limit) }
      } catch {
        throw .store(error)
      }
      // Fewer than asked for need not be the last: large ones are read in smaller parts.
      guard let last = items.last else { break }
      next = last.entry.index + 1
      publish(items, checkpoint, core)
      let fresh = items.drop { $0.entry.index < core.ring.next }
      for item in fresh { core.watch.note(item, at: now) }
      core.index.insert(
        fresh.compactMap { item in
          guard case .accountOpened(let record) = item.entry.event else { return nil }
          return record.account.description
        })
      core.ring.append(fresh.map { LedgerNotice.event(of: $0) })
    }
    core.metrics.set("solvencyd_ledger_entries", to: Double(next))
    core.metrics.set("solvencyd_ledger_writer", to: core.ledger.duty == .writer ? 1 : 0)
  }

  private static func publish(_ items: [LogBatch.Item], _ checkpoint: SignedCheckpoint?, _ core: ServiceCore)
  {
    guard let publisher = core.publisher else { return }
    do throws(LogPublisher.Failure) {
      for item in items { try publisher.append(item.entry, signed: checkpoint) }
    } catch {
      core.logger.error("Tiles cannot be published", metadata: ["failure": "\(error)"])
    }
    if let served = publisher.served {
      core.metrics.set("solvencyd_log_published_entries", to: Double(served.unverified.head.size))
    }
  }

  private static func survey(_ core: ServiceCore) throws(LedgerFailure) {
    let now = core.settings.clock()
    let (survey, epoch) = try core.ledger.admission.ledger.withState { state in
      (state.survey(at: now, dueWithin: Dashboard.spans, naming: 10), state.currentEpoch)
    }
    core.watch.note(survey, at: now.seconds)
    for status in AccountStatus.allCases {
      core.metrics.set(
        "solvencyd_accounts", [("status", status.rawValue)], to: Double(survey.counts[status] ?? 0))
    }
    if let epoch {
      core.metrics.set("solvencyd_epoch", to: Double(epoch.epoch))
      core.metrics.set("solvencyd_epoch_ends_seconds", to: Double(epoch.validTo.seconds))
    }
  }
}

/// States overdue accounts from time to time, where this process writes the ledger.
public struct PeriodicRoll: Service {
  private let core: ServiceCore

  /// The rolls of a core's ledger.
  public init(_ core: ServiceCore) { self.core = core }

  /// Runs until the server stops.
  public func run() async throws {
    let every = core.settings.rollSeconds
    guard every > 0 else {
      try? await gracefulShutdown()
      return
    }
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(every))
        guard !Task.isCancelled, core.ledger.duty == .writer else { continue }
        let now = core.settings.clock()
        let due = try? await core.ask { admission throws(LedgerFailure) in
          try admission.ledger.withState { !$0.dueRoll(at: now).lines.isEmpty }
        }
        guard due == true else { continue }
        let caller = Caller(name: "solvencyd", address: "local")
        _ = try? await core.act("roll", by: caller, on: "overdue") { admission, now throws(DeskError) in
          try admission.roll(at: now)
        }
      }
    }
  }
}

/// Tells a core that its server is being stopped, so that no new requests are taken and readers of events are
/// let go.
struct StopNotice: Service {
  let core: ServiceCore

  init(_ core: ServiceCore) { self.core = core }

  func run() async throws {
    try? await gracefulShutdown()
    core.beginStopping()
  }
}
