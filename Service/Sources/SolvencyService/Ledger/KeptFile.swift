internal import Dispatch
internal import Synchronization

/// A small file that holds the newest of something, written on a thread of its own: who has something newer
/// does not wait for the disk, and what is overtaken meanwhile is not written.
final class KeptFile: Sendable {
  private let path: String
  private let thread = DispatchQueue(label: "solvencyd.kept")
  /// What has to be written.
  private let next = Mutex<(@Sendable () -> [UInt8])?>(nil)

  init(_ path: String) { self.path = path }

  /// Lets the file hold these bytes soon.
  func keep(_ bytes: @escaping @Sendable () -> [UInt8]) {
    let isIdle = next.withLock { next in
      defer { next = bytes }
      return next == nil
    }
    if isIdle { thread.async { [self] in write() } }
  }

  /// Returns when what was given before is in the file.
  func finish() { thread.sync { write() } }

  private func write() {
    let bytes = next.withLock { next in
      defer { next = nil }
      return next
    }
    // What an older file says is true, and less.
    if let bytes { try? TileFolder.replace(path, with: bytes()) }
  }
}
