internal import Foundation

/// Keeps other runs of the command off a file while it is read, decided on and replaced: two proofs asked for
/// at the same moment are two questions.
///
/// The lock is on a file of its own beside the other, which stays; the kernel gives it back when the process
/// ends, however it ends.
package struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Waits until nobody else holds the lock.
  package init(beside path: String) throws(ToolFailure) {
    let descriptor = unsafe open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ToolFailure(
        .inputOutput, path, "cannot be locked; check the folder and its permissions")
    }
    guard flock(descriptor, LOCK_EX) == 0 else {
      _ = close(descriptor)
      throw ToolFailure(.inputOutput, path, "cannot be locked; does its file system have locks?")
    }
    self.descriptor = descriptor
  }

  deinit { _ = close(descriptor) }
}
