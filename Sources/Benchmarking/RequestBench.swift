internal import Admission
internal import AdmissionStore
internal import CanonicalBytes
package import CommandSupport
internal import Dispatch
internal import Foundation
package import MarginRules
internal import Solvency
internal import SolvencyVerifier
internal import Synchronization

/// What a service answers in a second that has a task for each request: each task by itself, and through the
/// library's batching.
extension AdmissionBench {
  private static let requestCount = 512
  private static let turns = 1

  /// The time of the wall for each request, by how many tasks ask at once.
  package func requests(
    _ snapshot: RiskSnapshot, named name: String
  ) throws(ToolFailure) -> [Stopwatch.Measurement] {
    try ToolFailure.wrapping(name) {
      let fixture = try Self.fixture(snapshot, count: Self.requestCount)
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "solvency-requests-\(ProcessInfo.processInfo.processIdentifier)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      return try [1, 16, 256].flatMap { tasks in
        try verifying(fixture, tasks) + deciding(fixture, tasks, folder)
      }
    }
  }

  private func verifying(_ fixture: Fixture, _ tasks: Int) throws -> [Stopwatch.Measurement] {
    let catalog = RuleCatalog()
    catalog.register(fixture.circuit)
    catalog.register(fixture.published.snapshot)
    let verifier = ProofVerifier(catalog: catalog)
    let batching = BatchingVerifier(verifier)
    let envelopes = fixture.requests.map(\.envelope)
    let expectations = Expectations(now: fixture.now)
    _ = verifier.verify(envelopes[0], expecting: expectations)
    var samples: [[Stopwatch.Sample]] = [[], []]
    for _ in 0..<Self.turns {
      samples[0].append(
        try Self.time(tasks, envelopes.count) {
          verifier.verify(envelopes[$0], expecting: expectations).isAccepted
        })
      samples[1].append(
        try Self.time(tasks, envelopes.count) {
          (try? await batching.verify(envelopes[$0], expecting: expectations))?.isAccepted == true
        })
    }
    return zip(["each task by itself", "batching"], samples).map { how, samples in
      Stopwatch.Measurement(
        name: "verify, \(tasks) at once, \(how)", samples, sharedBy: envelopes.count)
    }
  }

  private func deciding(
    _ fixture: Fixture, _ tasks: Int, _ folder: URL
  ) throws -> [Stopwatch.Measurement] {
    var samples: [[Stopwatch.Sample]] = [[], []]
    let (now, requests) = (fixture.now, fixture.requests)
    for _ in 0..<Self.turns {
      func desk() throws -> Admission {
        try Self.desk(fixture, SQLiteStore(creating: folder.appending(path: UUID().uuidString).path))
      }
      let alone = try desk()
      samples[0].append(
        try Self.time(tasks, requests.count) { alone.review(requests[$0], at: now).receipt != nil })
      let batching = BatchingDesk(try desk(), clock: { now })
      samples[1].append(
        try Self.time(tasks, requests.count) {
          (try? await batching.review(requests[$0]))?.receipt != nil
        })
    }
    return zip(["each task by itself", "batching"], samples).map { how, samples in
      Stopwatch.Measurement(
        name: "decide on SQLite, \(tasks) at once, \(how)", samples, sharedBy: requests.count)
    }
  }

  /// Which request comes next, and how many were answered as they should be.
  private final class Progress: Sendable {
    let next = Atomic(0)
    let successes = Atomic(0)
  }

  /// The time in which this number of tasks, each asking one request after another, are through with all of
  /// them.
  private static func time(
    _ tasks: Int, _ count: Int, _ ask: @escaping @Sendable (Int) async -> Bool
  ) throws -> Stopwatch.Sample {
    let (progress, done) = (Progress(), DispatchSemaphore(value: 0))
    let start = ContinuousClock.now
    Task.detached {
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<tasks {
          group.addTask {
            while true {
              let index = progress.next.wrappingAdd(1, ordering: .relaxed).oldValue
              guard index < count else { return }
              if await ask(index) { progress.successes.wrappingAdd(1, ordering: .relaxed) }
            }
          }
        }
      }
      done.signal()
    }
    done.wait()
    let wall = ContinuousClock.now - start
    let successes = progress.successes.load(ordering: .relaxed)
    guard successes == count else {
      throw ToolFailure(
        .internalFault, "bench", "only \(successes) of \(count) were accepted; this is a defect")
    }
    return Stopwatch.Sample(nanoseconds: wall.nanoseconds)
  }
}
