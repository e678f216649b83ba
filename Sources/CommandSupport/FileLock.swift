internal import Foundation

/// Keeps other runs of the command off a file while it is read, decided on and replaced: two proofs asked for
/// at the same moment are two questions.
///
/// The lock is on the folder of the file, since the file itself is replaced and may not be there yet. Nothing
/// is written for it; the kernel gives it back when the process ends, however it ends.
package struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Waits until nobody else holds the lock.
  package init(folderOf path: String) throws(ToolFailure) {
    let descriptor = unsafe open(OutputFile.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ToolFailure(
        .inputOutput, path, "cannot be locked; check the folder and its permissions")
    }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        _ = close(descriptor)
        throw ToolFailure(.inputOutput, path, "cannot be locked; does its file system have locks?")
      }
    }
    self.descriptor = descriptor
  }

  deinit { _ = close(descriptor) }
}
