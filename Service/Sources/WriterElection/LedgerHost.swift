public import Admission
internal import Dispatch
internal import Synchronization

/// Keeps a desk's ledger near the end of the log while other desks append to it.
///
///     let host = LedgerHost(ledger, election: seat)
///     host.start()
///     // a request that changes the ledger:
///     switch host.role {
///     case .writer: …                      // decide here
///     case .follower(let writer): …        // answer with a redirect to the writer
///     case .unreachable: …                 // answer 503, to be tried again
///     }
///     host.stop()                          // hands writing over at once
///
/// A follower reads what was appended from its own head on, so that it answers questions about accounts
/// within `interval` of the writer and takes over without a replay. A desk that became the writer reads to
/// the end of the log before it decides, in the transaction in which it appends; nothing depends on when this
/// class looks.
public final class LedgerHost: Sendable {
  /// How far a follower is, and what stands in its way.
  public struct Progress: Hashable, Sendable {
    /// Number of entries that the ledger here has taken in.
    public let count: UInt64
    /// Why the last attempt to read on failed; nil if it did not.
    public let failure: LedgerFailure?
  }

  private let ledger: Ledger
  private let election: any WriterElection
  private let milliseconds: Int
  private let queue = DispatchQueue(label: "solvency.ledger-host")
  private let isStopped = Mutex(false)
  private let failure = Mutex<LedgerFailure?>(nil)

  /// A host of a ledger.
  ///
  /// - Parameter milliseconds: how long a follower waits between two looks at the log, 10 … 60,000.
  public init(_ ledger: Ledger, election: any WriterElection, everyMilliseconds milliseconds: Int = 200) {
    self.ledger = ledger
    self.election = election
    self.milliseconds = min(max(milliseconds, 10), 60_000)
  }

  /// What this desk may do now.
  public var role: WriterRole { election.role }

  /// How far the ledger here is.
  public var progress: Progress { Progress(count: ledger.head.count, failure: failure.withLock { $0 }) }

  /// Begins to follow, on a thread of its own.
  public func start() { look() }

  /// Stops following, and stands down as a writer.
  public func stop() {
    isStopped.withLock { $0 = true }
    election.standDown()
  }

  private func look() {
    queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
      guard let self, !isStopped.withLock({ $0 }) else { return }
      // The writer reads on with every commit; it has nothing to look for.
      if !election.role.mayWrite {
        do throws(LedgerFailure) {
          try ledger.refresh()
          failure.withLock { $0 = nil }
        } catch {
          failure.withLock { $0 = error }
        }
      }
      look()
    }
  }
}
