/// A stretch of source text, as byte offsets.
struct SourceRange: Hashable, Sendable {
  var lower: Int
  var upper: Int

  /// The smallest range that holds both.
  func union(_ other: SourceRange) -> SourceRange {
    SourceRange(lower: min(lower, other.lower), upper: max(upper, other.upper))
  }
}

/// The bytes of a circuit file, and where its lines begin.
///
/// Nothing is assumed of the bytes: they may not be UTF-8 at all.
struct SourceText: Hashable, Sendable {
  /// The largest file that is read at all.
  static let maximumByteCount = 1 << 20

  /// Scalars of a line that a diagnostic shows; the middle of a longer line is shown around the place.
  static let shownWidth = 140

  let name: String
  let bytes: [UInt8]
  private let lineStarts: [Int]

  init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    lineStarts = starts
  }

  /// Line of an offset, from 1.
  func line(at offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The text of a range on one line, as far as it is readable.
  func text(in range: SourceRange) -> String {
    let (lower, upper) = (max(range.lower, 0), min(range.upper, bytes.count))
    guard lower < upper else { return "" }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: Self.shown(bytes[lower..<upper]))
    return String(text).split { $0 == " " || $0 == "\u{FFFD}" }.joined(separator: " ")
  }

  /// What a diagnostic needs to know of a place.
  struct Place {
    /// From 1.
    var line: Int
    /// Unicode scalars from 1.
    var column: Int
    /// The line as it is shown, control characters replaced, long lines cut.
    var excerpt: String
    /// Scalars of the excerpt before the underline.
    var underlineStart: Int
    /// At least 1; the underline ends with the line.
    var underlineLength: Int
  }

  func place(of range: SourceRange) -> Place {
    let lower = min(max(range.lower, 0), bytes.count)
    let line = line(at: lower)
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    let upper = min(max(range.upper, lower), end)
    let before = Self.shown(bytes[start..<min(lower, end)])
    let marked = Self.shown(bytes[min(lower, end)..<upper])
    let after = Self.shown(bytes[upper..<end])
    let length = max(marked.count, 1)
    let column = before.count + 1
    var scalars = before + marked + after
    var underlineStart = before.count
    if scalars.count > Self.shownWidth {
      let first = min(max(underlineStart - Self.shownWidth / 2, 0), scalars.count - Self.shownWidth)
      let last = first + Self.shownWidth
      let head: [Unicode.Scalar] = first > 0 ? ["…"] : []
      let tail: [Unicode.Scalar] = last < scalars.count ? ["…"] : []
      scalars = head + scalars[first..<last] + tail
      underlineStart = underlineStart - first + head.count
    }
    let room = max(scalars.count - underlineStart, 1)
    var excerpt = String.UnicodeScalarView()
    excerpt.append(contentsOf: scalars)
    return Place(
      line: line, column: column, excerpt: String(excerpt), underlineStart: underlineStart,
      underlineLength: min(length, room))
  }

  /// The scalars of some bytes; tabs become one space and what could move a terminal's cursor or
  /// turn the reading direction becomes a replacement character.
  private static func shown(_ bytes: ArraySlice<UInt8>) -> [Unicode.Scalar] {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
      if scalar == "\t" { return " " }
      return isHidden(scalar) ? "\u{FFFD}" : scalar
    }
  }

  /// Whether a scalar is a control or formatting character, which a reader would not see.
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: false
    }
  }
}
