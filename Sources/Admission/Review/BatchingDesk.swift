public import CanonicalBytes
internal import Solvency
public import SolvencyVerifier

/// Decides on the requests of many tasks in batches: proofs are verified together, and decisions made durable
/// together.
///
///     let desk = BatchingDesk(admission)
///     // in each request's own task:
///     let verdict = try await desk.review(request)
///
/// The verdicts are those of deciding on one request after another in the order in which they were taken up.
/// Safe to share between tasks.
public final class BatchingDesk: Sendable {
  private let queue: BatchQueue<AdmissionRequest, Verdict>

  /// A desk that collects requests.
  ///
  /// - Parameters:
  ///   - limits: how large a batch becomes, how long a request waits for others, and how many may wait.
  ///   - clock: the present moment, asked once for each batch.
  ///   - observer: is told of each batch, for logs and metrics; it is called on the thread that decides.
  public init(
    _ admission: Admission, limits: BatchingLimits = BatchingLimits(),
    clock: @escaping @Sendable () -> Timestamp = { .now },
    observer: (@Sendable (BatchObservation) -> Void)? = nil
  ) {
    queue = BatchQueue(limits, observer: observer) { admission.review($0, at: clock()) }
  }

  /// Decides on one request together with those of other tasks.
  ///
  /// - Throws: ``SolvencyVerifier/BatchingError/overloaded`` where too many wait,
  ///   ``SolvencyVerifier/BatchingError/cancelled`` where the task is cancelled before its batch begins. A
  ///   request whose batch has begun is decided and recorded, cancelled or not.
  public func review(_ request: AdmissionRequest) async throws(BatchingError) -> Verdict {
    try await queue.answer(to: request)
  }

  /// Decides on several requests of one caller, together with those of other tasks, and returns the verdicts
  /// in order.
  ///
  /// They are decided in one batch, whatever its limit, so a caller with many brings them in parts.
  ///
  /// - Throws: as ``review(_:)-(AdmissionRequest)``, for all of them or none.
  public func review(_ requests: [AdmissionRequest]) async throws(BatchingError) -> [Verdict] {
    try await queue.answers(to: requests)
  }
}
