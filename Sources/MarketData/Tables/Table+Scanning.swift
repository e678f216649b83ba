// Where the fields of a line of separated values begin and end.

extension Table {
  /// Finds the fields of the line at `offset`, and steps behind the line.
  mutating func scanRow() throws(MarketDataError) {
    // The fields are taken out of the table while they are written, so that no write asks who else has them.
    var found: [Range<Int>] = []
    swap(&found, &fields)
    found.removeAll(keepingCapacity: true)
    let next = try scan(into: &found)
    swap(&found, &fields)
    offset = next
  }

  /// The fields of the line at `offset`. Returns where the next line begins.
  private func scan(into fields: inout [Range<Int>]) throws(MarketDataError) -> Int {
    let text = bytes.span
    let limit = min(text.count, rowStart + Self.rowLimit)
    let (separator, newline, quote) = (separator, UInt8(ascii: "\n"), UInt8(ascii: "\""))
    let areSpaces = separator == UInt8(ascii: " ")
    var start = offset
    var i = offset
    while true {
      guard i < limit else {
        guard limit == text.count else { throw failure(.row(.tooLong(limit: Self.rowLimit))) }
        endRow(start..<i, into: &fields)
        return i
      }
      let byte = text[i]
      if byte == separator {
        // Several spaces separate as one does.
        if !areSpaces || i > start { fields.append(text.trimmed(start..<i)) }
        guard fields.count < Self.columnLimit else { throw failure(.row(.tooLong(limit: Self.rowLimit))) }
        i += 1
        start = i
      } else if byte == newline {
        endRow(start..<i, into: &fields)
        return i + 1
      } else if byte == quote {
        guard text.trimmed(start..<i).isEmpty else { throw failure(.row(.quotation), at: i) }
        let end = try closingQuote(after: i, limit: limit)
        fields.append(i + 1..<end)
        i = end + 1
        while i < text.count, text[i] != separator, isSpace(text[i]) { i += 1 }
        guard i < text.count, text[i] != newline else { return min(i + 1, text.count) }
        guard text[i] == separator else { throw failure(.row(.quotation), at: i) }
        i += 1
        start = i
      } else {
        i += 1
      }
    }
  }

  private func endRow(_ field: Range<Int>, into fields: inout [Range<Int>]) {
    let field = bytes.span.trimmed(field)
    if separator != UInt8(ascii: " ") || !field.isEmpty || fields.isEmpty { fields.append(field) }
  }

  /// The offset of the mark that ends the field whose opening mark is at `open`.
  private func closingQuote(after open: Int, limit: Int) throws(MarketDataError) -> Int {
    var i = open + 1
    while i < limit, bytes[i] != UInt8(ascii: "\n") {
      if bytes[i] == UInt8(ascii: "\"") {
        guard i + 1 < limit, bytes[i + 1] == UInt8(ascii: "\"") else { return i }
        i += 1
      }
      i += 1
    }
    throw failure(.row(.quotation), at: open)
  }
}

/// Whether a byte is space within a line.
private func isSpace(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
}

extension Span<UInt8> {
  /// A field without spaces around it.
  func trimmed(_ field: Range<Int>) -> Range<Int> {
    var (start, end) = (field.lowerBound, field.upperBound)
    while end > start, isSpace(self[end - 1]) { end -= 1 }
    while start < end, isSpace(self[start]) { start += 1 }
    return start..<end
  }
}
