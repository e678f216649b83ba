internal import Foundation

/// The lines of a file one by one, in bounded memory.
package struct LineReader {
  /// One line without its end.
  package enum Line {
    case bytes([UInt8])
    /// The line has more bytes than the limit; it was skipped.
    case tooLong
  }

  /// The most bytes of a line that are skipped: a line without end is not waited for.
  package static let skipLimit = 64 << 20

  private let file: OpenFile
  private let limit: Int
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false

  /// Reads lines of at most `limit` bytes.
  package init(_ file: OpenFile, limit: Int) {
    self.file = file
    self.limit = limit
  }

  /// Whether the next line, or the end, can be read without waiting for the writer of the file.
  package var isReady: Bool {
    isAtEnd || lineFeed != nil || file.isReady
  }

  /// Where the next line feed is in what has been read.
  private var lineFeed: Int? {
    unsafe buffer.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress, position < bytes.count,
        let found = unsafe memchr(start + position, Int32(UInt8(ascii: "\n")), bytes.count - position)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(start)
    }
  }

  /// The next line, or `nil` at the end. A last line needs no line feed.
  package mutating func next() throws(ToolFailure) -> Line? {
    var line: [UInt8] = []
    var isTooLong = false
    var skipped = 0
    while try fill() {
      let end = lineFeed
      let part = buffer[position..<(end ?? buffer.endIndex)]
      // Most lines are in the buffer whole, and are copied once.
      if let end, line.isEmpty, !isTooLong, part.count <= limit {
        position = end + 1
        return .bytes(part.last == UInt8(ascii: "\r") ? Array(part.dropLast()) : Array(part))
      }
      isTooLong = isTooLong || line.count + part.count > limit
      if isTooLong {
        line = []
        skipped += part.count
        guard skipped <= Self.skipLimit else {
          throw ToolFailure(
            .malformedInput, file.name,
            "has a line of more than \(Self.skipLimit) bytes; is it the right file?")
        }
      } else {
        line += part
      }
      position = end.map { $0 + 1 } ?? buffer.endIndex
      if end != nil { return isTooLong ? .tooLong : .bytes(withoutReturn(line)) }
    }
    if isTooLong { return .tooLong }
    return line.isEmpty ? nil : .bytes(withoutReturn(line))
  }

  /// Makes sure that unread bytes are in the buffer, unless the file is at its end.
  private mutating func fill() throws(ToolFailure) -> Bool {
    guard position == buffer.endIndex, !isAtEnd else { return position < buffer.endIndex }
    buffer = try file.chunk()
    position = 0
    isAtEnd = buffer.isEmpty
    return !isAtEnd
  }

  private func withoutReturn(_ line: [UInt8]) -> [UInt8] {
    line.last == UInt8(ascii: "\r") ? Array(line.dropLast()) : line
  }
}
