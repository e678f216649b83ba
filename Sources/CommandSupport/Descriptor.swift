internal import Foundation

/// Reading and writing of file descriptors, interrupted calls repeated.
package enum Descriptor {
  /// Writes all bytes; false, with `errno`, if that fails.
  package static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    unsafe bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = unsafe Foundation.write(
          descriptor, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset)
        if count > 0 {
          offset += count
        } else if errno == EAGAIN {
          _ = isReady(descriptor, for: Int16(POLLOUT), milliseconds: -1)
        } else if count < 0, errno != EINTR {
          return false
        }
      }
      return true
    }
  }

  /// What there is to read now, at most `limit` bytes, empty at the end; waits for the first. `nil`, with
  /// `errno`, if reading fails.
  package static func read(_ descriptor: Int32, limit: Int) -> [UInt8]? {
    while true {
      var count = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
        count = unsafe Foundation.read(descriptor, buffer.baseAddress, limit)
        filled = max(0, count)
      }
      if count >= 0 { return bytes }
      switch errno {
      case EINTR: continue
      case EAGAIN: _ = isReady(descriptor, for: Int16(POLLIN), milliseconds: -1)
      default: return nil
      }
    }
  }

  /// Whether reading would give something, the end included, without waiting.
  package static func isReady(_ descriptor: Int32) -> Bool {
    isReady(descriptor, for: Int16(POLLIN), milliseconds: 0)
  }

  private static func isReady(_ descriptor: Int32, for events: Int16, milliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: events, revents: 0)
    // What cannot be polled does not wait either.
    return unsafe poll(&request, 1, milliseconds) != 0
  }

  /// Takes the places of standard input, output and error if they are closed: otherwise the first file that
  /// is opened would get the number of standard output, and results would be written into it.
  package static func reserveStandard() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      // For reading only, so that writing fails as it would have.
      _ = unsafe open("/dev/null", O_RDONLY)
    }
  }
}
