/// The part of a JSON text that is at hand while it is read from front to end, and the place in it.
///
/// Offsets of the cursor are those in the bytes at hand; ``textOffset(of:)`` says where in the text that is.
struct JSONWindow {
  let file: String
  var cursor: JSONCursor
  /// How many of the bytes at hand, from the front, are of other places of the text.
  let prefix: Int
  /// Whether all of the text has been at hand from the beginning on.
  let isWhole: Bool

  /// Where in the text the bytes behind the prefix begin.
  private(set) var base = 0
  /// The next bytes; nil once all are at hand.
  private var source: MarketFile.Blocks?
  private let blockSize: Int
  /// The most bytes of a block: what is at hand stays in the cache of a core.
  private static let blockLimit = 1 << 19
  /// How many times the bytes at hand have become others.
  private(set) var moves = 0
  /// Begins the text again.
  private let open: () throws(MarketDataError) -> MarketFile.Blocks

  /// The bytes at hand.
  var bytes: [UInt8] { cursor.bytes }

  /// A text of which all, or its beginning, is at hand.
  ///
  /// - Parameters:
  ///   - first: the beginning of the text, a block of it or all.
  ///   - offset: where in it to begin.
  ///   - prefix: bytes to keep in front of those at hand.
  ///   - source: what comes after `first`; nil if that is all.
  ///   - open: begins the text again.
  init(
    _ first: [UInt8], prefix: [UInt8] = [], from offset: Int = 0, of file: String, blockSize: Int,
    source: MarketFile.Blocks?, reopening open: @escaping () throws(MarketDataError) -> MarketFile.Blocks
  ) {
    self.file = file
    self.prefix = prefix.count
    self.source = source
    self.blockSize = min(blockSize, Self.blockLimit)
    self.open = open
    isWhole = source == nil
    cursor = JSONCursor(bytes: prefix.isEmpty ? first : prefix + first, offset: prefix.count + offset)
  }

  /// The same text from its beginning, with other bytes in front of those at hand.
  func again(prefix: [UInt8]) throws(MarketDataError) -> JSONWindow {
    guard !isWhole else {
      return JSONWindow(
        Array(bytes[self.prefix...]), prefix: prefix, of: file, blockSize: blockSize, source: nil,
        reopening: open)
    }
    var window = JSONWindow(
      [], prefix: prefix, of: file, blockSize: blockSize, source: try open(), reopening: open)
    try window.move()
    return window
  }

  /// Where in the text a byte at hand is.
  func textOffset(of offset: Int) -> Int { offset - prefix + base }

  /// Where a byte of the text is among those at hand.
  func offset(ofText offset: Int) -> Int { offset - base + prefix }

  /// The place in the text.
  var textOffset: Int { textOffset(of: cursor.offset) }

  /// Whether the text ends where the bytes at hand do.
  var isAtEnd: Bool { source == nil }

  /// Whether all of the text is at hand, from its beginning on.
  var hasAll: Bool { source == nil && base == 0 }

  /// The same bytes from the first of the text on, all of which are at hand.
  var fromFirst: JSONWindow {
    var window = self
    window.cursor.offset = prefix
    return window
  }

  // MARK: Moving

  /// Whether so little is at hand that it is time to move on.
  @inline(__always)
  var isShort: Bool { cursor.bytes.count - cursor.offset < blockSize >> 6 && source != nil }

  /// Moves on to the place of the cursor, and takes in a block, or as many bytes as are asked for.
  mutating func move(atLeast least: Int = 0) throws(MarketDataError) {
    guard let source else { return }
    let old = cursor.bytes
    // A text that is another one than before may end anywhere.
    cursor.offset = min(cursor.offset, old.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(prefix + max(blockSize, least) + Inflater.blockSize)
    bytes += old[..<prefix]
    base += cursor.offset - prefix
    bytes += old[cursor.offset...]
    while bytes.count - prefix < max(blockSize, least) {
      guard let block = try source() else {
        self.source = nil
        break
      }
      bytes += block
    }
    cursor = JSONCursor(bytes: bytes, offset: prefix)
    moves += 1
  }

  /// Takes in twice as much as is at hand, for a value that is longer.
  ///
  /// - Throws: ``MarketDataProblem/tooLarge(limit:)``.
  mutating func extend() throws(MarketDataError) {
    let count = cursor.bytes.count - cursor.offset
    guard count < MarketFile.byteLimit else {
      throw MarketDataError(file: file, .tooLarge(limit: MarketFile.byteLimit))
    }
    try move(atLeast: 2 * count)
  }

  /// Goes to a place that is not before that of the cursor, whose byte is at hand then unless the text ends
  /// before it.
  mutating func seek(_ target: Int) throws(MarketDataError) {
    while textOffset(of: cursor.bytes.count) <= target, source != nil {
      cursor.offset = cursor.bytes.count
      try move()
    }
    cursor.offset = min(cursor.bytes.count, target - base + prefix)
  }

  /// Goes to a place, and takes in what there is up to another.
  ///
  /// - Throws: ``MarketDataProblem/tooLarge(limit:)``.
  mutating func seek(_ target: Int, through end: Int) throws(MarketDataError) {
    try seek(target)
    guard end > textOffset(of: cursor.bytes.count), source != nil else { return }
    guard end - target <= MarketFile.byteLimit else {
      throw MarketDataError(file: file, .tooLarge(limit: MarketFile.byteLimit))
    }
    try move(atLeast: end - target)
  }

  /// The byte ahead after spaces, nil at the end of the text.
  mutating func peek() throws(MarketDataError) -> UInt8? {
    while true {
      if let byte = cursor.peek() { return byte }
      guard source != nil else { return nil }
      try move()
    }
  }

  /// Whether a fault may be that of a value that goes on behind what is at hand.
  func isAtEdge(_ fault: JSONFault) -> Bool {
    // The offset of a word that is cut is that of its beginning.
    !isAtEnd && fault.offset + 16 > cursor.bytes.count
  }

  /// Passes what is left, and returns how long the text is.
  mutating func length() throws(MarketDataError) -> Int {
    while source != nil {
      cursor.offset = bytes.count
      try move()
    }
    return textOffset(of: bytes.count)
  }

  // MARK: Lines

  /// The line and the column of a byte at hand.
  func place(of offset: Int) -> TextPlace { place(ofText: textOffset(of: max(prefix, offset))) }

  /// The line and the column of a byte of the text, which is read once more up to there if that is not at
  /// hand.
  func place(ofText offset: Int) -> TextPlace {
    var (place, rest) = (TextPlace(line: 1, column: 1), offset)
    func pass(_ text: ArraySlice<UInt8>) {
      for byte in text {
        if byte == UInt8(ascii: "\n") {
          place = TextPlace(line: place.line + 1, column: 1)
        } else {
          place.column += 1
        }
      }
      rest -= text.count
    }
    if base == 0, isAtEnd || offset <= textOffset(of: bytes.count) {
      pass(bytes[prefix...].prefix(rest))
    } else if let source = try? open() {
      while rest > 0, let block = try? source() { pass(block.prefix(rest)) }
    }
    return TextPlace(line: place.line, column: place.column + max(0, rest))
  }

  /// A fault with its line and column.
  func failure(_ fault: JSONFault) -> MarketDataError {
    let place = place(of: fault.offset)
    return MarketDataError(
      file: file, .notJSON(expected: fault.expected), line: place.line, column: place.column)
  }
}

/// A line and a column of a text, counted from 1.
struct TextPlace: Hashable {
  var line: Int
  var column: Int
}
