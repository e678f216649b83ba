internal import Admission
internal import CSQLite
internal import Dispatch
internal import Synchronization

/// Moves what a write-ahead log has gathered into its file, on a thread and a connection of its own, so that
/// no commit waits for it: the file is written and synchronised for some 30 ms, which SQLite by itself does
/// in the commit that fills the log.
///
/// A log that is whole in its file is begun anew by the next commit. Where commits come so fast that none
/// finds it so, the log grows up to ``logPages``, and a commit does the work after all.
final class BackgroundFold: Sendable {
  /// The pages of a log after which SQLite does the work in a commit.
  static let logPages = 16_384
  /// The bytes after which the work is begun here: SQLite's own thousand pages.
  private static let byteLimit = 4_096_000
  /// How often what came meanwhile is moved as well.
  private static let attempts = 8

  private struct State {
    var bytes = 0
    var isRunning = false
  }

  private let path: String
  private let thread = DispatchQueue(label: "solvency.fold")
  private let state = Mutex(State())

  init(path: String) { self.path = path }

  /// Takes down that a commit wrote about as many bytes.
  func note(_ count: Int) {
    let isDue = state.withLock { state in
      state.bytes += count
      guard state.bytes >= Self.byteLimit, !state.isRunning else { return false }
      state = State(bytes: 0, isRunning: true)
      return true
    }
    guard isDue else { return }
    thread.async { [self] in
      // If it fails it is tried again after as many bytes, and at last in a commit.
      try? fold()
      state.withLock { $0.isRunning = false }
    }
  }

  /// Returns when nothing is being moved: SQLite lets one connection at a time, and none waits for another.
  func finish() { thread.sync {} }

  private func fold() throws(StoreError) {
    let connection = try Connection(path: path, flags: SQLITE_OPEN_READWRITE)
    try connection.makeDurable()
    for _ in 0..<Self.attempts {
      let statement = try connection.prepare("PRAGMA wal_checkpoint(PASSIVE)")
      defer { statement.reset() }
      // Whether somebody else does it; the pages of the log; those of them that are in the file.
      guard try statement.step(), statement.number(0) == 0, statement.number(2) < statement.number(1) else {
        return
      }
    }
  }
}
