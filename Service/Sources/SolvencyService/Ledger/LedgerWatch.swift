internal import Admission
internal import Synchronization

/// What is watched of a ledger while the server runs: epochs, decisions second by second, accounts by status
/// over time, why requests were refused.
final class LedgerWatch: Sendable {
  /// The decisions of one second.
  struct Second: Sendable {
    let time: UInt64
    var admitted = 0
    var reduceOnly = 0
    var refused = 0
  }

  /// The accounts at one moment.
  struct Sample: Sendable {
    let time: UInt64
    let counts: [AccountStatus: Int]
  }

  /// All of it.
  struct Contents: Sendable {
    var epochs: [EpochSummary] = []
    var seconds: [Second] = []
    var samples: [Sample] = []
    var refusals: [RefusalReason: Int] = [:]
    var survey: AccountSurvey?
    var surveyed: UInt64 = 0
    var entries: UInt64 = 0
    var lastSnapshot: RiskSnapshot?
  }

  static let epochLimit = 240
  static let secondLimit = 600
  static let sampleLimit = 720

  private let contents = Mutex(Contents())

  var now: Contents { contents.withLock { $0 } }

  /// Takes down a snapshot that came into force.
  func note(_ snapshot: RiskSnapshot) {
    contents.withLock { contents in
      guard contents.epochs.last.map({ $0.epoch < snapshot.epoch }) ?? true else { return }
      contents.epochs.append(EpochSummary(snapshot, after: contents.lastSnapshot))
      contents.lastSnapshot = snapshot
      if contents.epochs.count > Self.epochLimit { contents.epochs.removeFirst() }
    }
  }

  /// Takes down an entry of the log.
  func note(_ item: LogBatch.Item, at seconds: UInt64) {
    switch item.entry.event {
    case .epochPublished:
      if let published = try? PublishedSnapshot(decoding: item.evidence) { note(published.snapshot) }
    case .proofAccepted(let record):
      count(at: seconds) { record.isReduceOnly ? ($0.reduceOnly += 1) : ($0.admitted += 1) }
    default: break
    }
    contents.withLock { $0.entries = item.entry.index + 1 }
  }

  /// Takes down a refusal, whether or not the log records it.
  func refused(_ reasons: [RefusalReason], at seconds: UInt64) {
    contents.withLock { contents in
      for reason in reasons { contents.refusals[reason, default: 0] += 1 }
    }
    count(at: seconds) { $0.refused += 1 }
  }

  /// Takes down a survey of the accounts.
  func note(_ survey: AccountSurvey, at seconds: UInt64) {
    contents.withLock { contents in
      contents.survey = survey
      contents.surveyed = seconds
      contents.samples.append(Sample(time: seconds, counts: survey.counts))
      if contents.samples.count > Self.sampleLimit { contents.samples.removeFirst() }
    }
  }

  private func count(at seconds: UInt64, _ change: (inout Second) -> Void) {
    contents.withLock { contents in
      if contents.seconds.last.map({ $0.time < seconds }) ?? true {
        contents.seconds.append(Second(time: seconds))
        if contents.seconds.count > Self.secondLimit { contents.seconds.removeFirst() }
      }
      change(&contents.seconds[contents.seconds.count - 1])
    }
  }
}

/// The names of all accounts, to be searched by their beginnings.
///
/// Names are kept sorted by bytes; new ones wait in a list of their own and are merged in when it is long, so
/// that opening a hundred thousand accounts sorts a few dozen times.
final class AccountIndex: Sendable {
  private struct State {
    var sorted: [String] = []
    var recent: [String] = []
  }

  private let state = Mutex(State())

  var count: Int { state.withLock { $0.sorted.count + $0.recent.count } }

  func insert(_ names: [String]) {
    state.withLock { state in
      state.recent += names
      if state.recent.count > 256 + state.sorted.count / 16 { Self.merge(&state) }
    }
  }

  /// The names that begin so, ascending, after one of them.
  func names(beginning prefix: String, after last: String?, limit: Int) -> [String] {
    state.withLock { state in
      if !state.recent.isEmpty { Self.merge(&state) }
      let start = last.map { Self.firstIndex(in: state.sorted, after: $0) } ?? 0
      let first = max(start, Self.lowerBound(of: prefix, in: state.sorted))
      return Array(state.sorted[first...].prefix(limit).prefix { $0.utf8.starts(with: prefix.utf8) })
    }
  }

  private static func merge(_ state: inout State) {
    state.sorted += state.recent
    state.recent = []
    state.sorted.sort(by: isBefore)
  }

  private static func isBefore(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

  private static func lowerBound(of name: String, in names: [String]) -> Int {
    var (low, high) = (0, names.count)
    while low < high {
      let middle = low + (high - low) / 2
      if isBefore(names[middle], name) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func firstIndex(in names: [String], after name: String) -> Int {
    let place = lowerBound(of: name, in: names)
    return place < names.count && names[place] == name ? place + 1 : place
  }
}
