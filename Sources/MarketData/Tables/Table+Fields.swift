import CanonicalBytes

// What the fields of the row at hand say, and where it is wrong.

extension Table {
  /// The text of a field.
  func text(_ column: Int) throws(MarketDataError) -> String {
    let field = bytes[fields[column]]
    guard let text = String(validating: field, as: UTF8.self) else {
      throw failure(.row(.notUTF8), at: field.startIndex)
    }
    if rows != nil {
      guard field.contains(UInt8(ascii: "\\")) else { return text }
      guard let plain = unescaped(text) else { throw unreadable(column, .text) }
      return plain
    }
    guard field.contains(UInt8(ascii: "\"")) else { return text }
    // Marks stand in a field in pairs, for one each.
    var isSecond = false
    return String(
      text.unicodeScalars.filter { scalar in
        isSecond = scalar == "\"" && !isSecond
        return !isSecond || scalar != "\""
      }.map(Character.init))
  }

  /// The bytes of a field as they stand in the file.
  func raw(_ column: Int) -> ArraySlice<UInt8> { bytes[fields[column]] }

  /// Whether a field is this text.
  func has(_ text: [UInt8], in column: Int) -> Bool {
    let field = fields[column]
    guard field.count == text.count else { return false }
    let all = bytes.span
    for i in 0..<text.count where all[field.lowerBound + i] != text[i] { return false }
    return true
  }

  /// Whether a field is empty.
  func isEmpty(_ column: Int) -> Bool { fields[column].isEmpty }

  /// A decimal number; NaN where the file marks it as missing: nothing, `nan`, `inf`, `null`.
  func number(_ column: Int) throws(MarketDataError) -> Double {
    let field = fields[column]
    if let number = parseDecimal(bytes.span.extracting(field)) { return number }
    // Spaces inside the quotation marks of a JSON string.
    let trimmed = bytes.span.trimmed(field)
    if trimmed != field, let number = parseDecimal(bytes.span.extracting(trimmed)) { return number }
    guard meansNoNumber(bytes[trimmed]) else { throw unreadable(column, .number) }
    return .nan
  }

  /// An instant in milliseconds since 1970, in any form of ``InstantText/milliseconds(of:)``; of a row that
  /// says day and time apart, both together.
  func milliseconds(_ column: Int) throws(MarketDataError) -> Int64 {
    if let splitTime, splitTime.day == column { return try milliseconds(splitTime) }
    let field = fields[column]
    if let count = InstantText.milliseconds(ofCount: bytes.span.extracting(field)) { return count }
    guard let milliseconds = InstantText.milliseconds(of: bytes[bytes.span.trimmed(field)], dateOrder) else {
      throw unreadable(column, .time)
    }
    return milliseconds
  }

  private func milliseconds(_ split: SplitTime) throws(MarketDataError) -> Int64 {
    guard let day = InstantText.milliseconds(of: bytes[fields[split.day]], dateOrder),
      day % (UTCTime.day * 1_000) == 0
    else {
      throw unreadable(split.day, .time)
    }
    guard let clock = InstantText.clock(bytes[fields[split.clock]]) else {
      throw unreadable(split.clock, .timeOfDay)
    }
    return day + clock
  }

  /// An instant in whole seconds since 1970, rounded down.
  func seconds(_ column: Int) throws(MarketDataError) -> Int64 {
    try milliseconds(column) / 1_000
  }

  /// An error at a field of the row.
  func unreadable(_ column: Int, _ expected: FieldExpectation) -> MarketDataError {
    let name =
      header.indices.contains(column) && !header[column].isEmpty ? header[column] : "column \(column + 1)"
    let text = String(decoding: bytes[fields[column]].prefix(128), as: UTF8.self)
    return failure(
      .field(column: name, text: text, expected: expected), at: fields[column].lowerBound)
  }

  /// An error in the row.
  func failure(_ problem: MarketDataProblem, at offset: Int? = nil) -> MarketDataError {
    guard let rows else {
      return MarketDataError(
        file: file, problem, line: line - lineOffset, column: offset.map { $0 - rowStart + 1 })
    }
    let place = rows.place(of: offset.map { $0 > 0 ? $0 : rowStart } ?? rowStart)
    return MarketDataError(file: file, problem, line: place.line, column: place.column)
  }
}

/// What the inside of a JSON string means, nil if an escape in it means nothing.
private func unescaped(_ text: String) -> String? {
  var result = String.UnicodeScalarView()
  var rest = text.unicodeScalars[...]
  while let scalar = rest.popFirst() {
    guard scalar == "\\" else {
      result.append(scalar)
      continue
    }
    switch rest.popFirst() {
    case "n": result.append("\n")
    case "t": result.append("\t")
    case "r": result.append("\r")
    case "b": result.append("\u{8}")
    case "f": result.append("\u{C}")
    case .some(let sign) where sign == "/" || sign == "\\" || sign == "\"": result.append(sign)
    case "u":
      // Halves of surrogate pairs, which names do not have, are refused.
      guard rest.count >= 4, let code = UInt32(String(rest.prefix(4)), radix: 16),
        let unit = Unicode.Scalar(code)
      else { return nil }
      rest = rest.dropFirst(4)
      result.append(unit)
    default: return nil
    }
  }
  return String(result)
}
