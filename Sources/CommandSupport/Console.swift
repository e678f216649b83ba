internal import Foundation
internal import Synchronization

/// Standard output for results, standard error for everything else.
package enum Console {
  private static let pending = Mutex<[UInt8]>([])
  private static let flushSize = 1 << 16

  /// Appends bytes to the result.
  package static func write(_ bytes: [UInt8]) throws(ToolFailure) {
    let isFull = pending.withLock { buffer in
      buffer += bytes
      return buffer.count >= flushSize
    }
    if isFull { try flush() }
  }

  /// Appends a line to the result.
  package static func print(_ line: String) throws(ToolFailure) {
    try write(Array(line.utf8) + [UInt8(ascii: "\n")])
  }

  /// Hands over what has been written.
  package static func flush() throws(ToolFailure) {
    let bytes = pending.withLock { buffer in
      defer { buffer.removeAll(keepingCapacity: true) }
      return buffer
    }
    guard !bytes.isEmpty, !Descriptor.write(bytes[...], to: STDOUT_FILENO) else { return }
    throw ToolFailure(
      .inputOutput, "standard output", "cannot be written: \(unsafe String(cString: strerror(errno)))")
  }

  /// Prints a line on standard error.
  package static func note(_ line: String) {
    _ = Descriptor.write(Array((line + "\n").utf8)[...], to: STDERR_FILENO)
  }

  /// Whether somebody is looking at standard error.
  package static let isWatched = isatty(STDERR_FILENO) == 1

  /// Shows how far long work is, in place; nothing unless somebody is looking.
  package static func progress(_ what: String, _ done: Int, of total: Int) {
    guard isWatched else { return }
    let text = done == total ? "\r\u{1B}[K" : "\r\u{1B}[K\(what) \(done)/\(total)"
    _ = Descriptor.write(Array(text.utf8)[...], to: STDERR_FILENO)
  }

  /// The text with control characters shown as escapes, so that it stays on its line.
  package static func singleLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        line.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default:
        line.append(scalar)
      }
    }
    return String(line)
  }
}
