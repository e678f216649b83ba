internal import ExactIntegers

/// Cuts the bytes of a circuit file into tokens.
///
/// Every byte sequence gives tokens and problems; nothing traps. Code is ASCII; comments (from `#`
/// to the end of the line) may hold any UTF-8 but no character that a reader would not see.
struct Lexer {
  /// Longest name, string or number.
  private static let maximumLength = 100

  private let bytes: [UInt8]
  private var offset = 0
  private(set) var tokens: [Token] = []
  private(set) var problems = ProblemList()

  init(_ source: SourceText) {
    bytes = source.bytes
    tokens.reserveCapacity(bytes.count / 4)
    readEncoding()
    while let byte = peek() { readToken(startingWith: byte) }
    append(.end, from: offset)
  }

  /// Refuses what stands before the text of some editors: a mark, which no reader sees, or text of another
  /// encoding, whose every byte would be a mistake.
  private mutating func readEncoding() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      offset = 3
      refuse(
        .invalidText, "a byte-order mark stands before the text", from: 0,
        notes: ["help: save the file as UTF-8 without a mark; its digest is of every byte"])
    } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      offset = 2
      refuse(.invalidText, "this is UTF-16 text", from: 0, notes: ["help: save the file as UTF-8"])
      offset = bytes.count
    }
  }

  private func peek(_ distance: Int = 0) -> UInt8? {
    offset + distance < bytes.count ? bytes[offset + distance] : nil
  }

  private mutating func append(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind: kind, range: SourceRange(lower: start, upper: offset)))
  }

  private mutating func refuse(
    _ code: Diagnostic.Code, _ message: String, from start: Int, notes: [String] = []
  ) {
    let range = SourceRange(lower: start, upper: offset)
    problems.append(Problem(code, message, at: range, notes: notes))
  }

  private mutating func readToken(startingWith byte: UInt8) {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): offset += 1
    case UInt8(ascii: "#"): skipComment()
    case UInt8(ascii: "\""): readString()
    case _ where byte.isDigit: readNumber()
    case _ where byte.isLetter: readWord()
    default: readSymbol()
    }
  }

  private mutating func advance(while condition: (UInt8) -> Bool) {
    while let byte = peek(), condition(byte) { offset += 1 }
  }

  private func text(from start: Int) -> String {
    String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func skipComment() {
    let start = offset
    advance { $0 != UInt8(ascii: "\n") }
    var line = bytes[start..<offset]
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    guard let text = String(validating: line, as: UTF8.self) else {
      refuse(.invalidText, "this comment is not UTF-8", from: start)
      return
    }
    if text.unicodeScalars.contains(where: { $0 != "\t" && SourceText.isHidden($0) }) {
      refuse(.invalidText, "this comment holds a character that a reader would not see", from: start)
    }
  }

  private mutating func readString() {
    let start = offset
    offset += 1
    advance { $0 != UInt8(ascii: "\"") && $0 >= 0x20 && $0 < 0x7f }
    guard peek() == UInt8(ascii: "\"") else {
      refuse(
        peek().map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? true
          ? .syntax : .invalidText,
        "this string does not end on its line, or is not printable ASCII", from: start)
      advance { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\"") }
      if peek() == UInt8(ascii: "\"") { offset += 1 }
      return append(.string("?"), from: start)
    }
    offset += 1
    let content = String(decoding: bytes[start + 1..<offset - 1], as: UTF8.self)
    if content.isEmpty { refuse(.syntax, "this string is empty", from: start) }
    if content.utf8.count > Self.maximumLength {
      refuse(.tooLong, "this string is longer than \(Self.maximumLength) characters", from: start)
    }
    append(.string(content), from: start)
  }

  private mutating func readNumber() {
    let start = offset
    advance { $0.isDigit || $0.isLetter }
    let text = text(from: start)
    if peek() == UInt8(ascii: "."), peek(1)?.isDigit == true {
      offset += 1
      advance { $0.isDigit || $0 == UInt8(ascii: "_") }
      refuse(.syntax, "numbers are integers", from: start, notes: [Self.advice(on: self.text(from: start))])
      return append(.integer(0), from: start)
    }
    append(.integer(number(text, from: start)), from: start)
  }

  /// The value of digits with separators; 0 for what is refused.
  private mutating func number(_ text: String, from start: Int) -> Integer {
    guard text.utf8.count <= Self.maximumLength else {
      refuse(.tooLong, "this number is longer than \(Self.maximumLength) characters", from: start)
      return 0
    }
    guard !text.hasSuffix("_"), !text.contains("__") else {
      refuse(.syntax, "`\(text)` is not a number", from: start)
      return 0
    }
    do throws(IntegerParsingError) {
      return try Integer(parsing: text.filter { $0 != "_" })
    } catch {
      if case .leadingZero = error {
        refuse(.syntax, "a number does not begin with 0", from: start)
      } else {
        refuse(.syntax, "`\(text)` is not a number", from: start, notes: Self.advice(onPowerOfTen: text))
      }
      return 0
    }
  }

  /// How to write a decimal number: as a ratio of integers, and in parts per million.
  private static func advice(on decimal: String) -> String {
    let parts = decimal.filter { $0 != "_" }.split(separator: ".", omittingEmptySubsequences: false)
    let places = parts.last?.utf8.count ?? 0
    guard parts.count == 2, (1...6).contains(places), let whole = Int(parts[0] + parts[1]), whole < 1 << 40
    else {
      return "help: multiply both sides by a power of ten"
    }
    let scale = (0..<places).reduce(1) { scale, _ in 10 * scale }
    let ppm = whole * (1_000_000 / scale)
    return
      "help: write `\(whole) * …` on this side and `\(scale) * …` on the other, or \(grouped(ppm)) in ppm"
  }

  /// How to write `1e6`.
  private static func advice(onPowerOfTen text: String) -> [String] {
    let parts = text.split(whereSeparator: { $0 == "e" || $0 == "E" }).map { Int($0) }
    guard parts.count == 2, let digits = parts[0], let places = parts[1], places <= 100 else { return [] }
    return ["help: write `\(digits == 1 ? "" : "\(digits) * ")10^\(places)`"]
  }

  /// 800_000
  private static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.indices.map { i in
      i > 0 && (digits.count - i).isMultiple(of: 3) ? "_\(digits[i])" : String(digits[i])
    }.joined()
  }

  private mutating func readWord() {
    let start = offset
    advance { $0.isLetter || $0.isDigit }
    let text = text(from: start)
    if text.utf8.count > Self.maximumLength {
      refuse(.tooLong, "this name is longer than \(Self.maximumLength) characters", from: start)
    }
    append(Keyword(rawValue: text).map { .keyword($0) } ?? .identifier(text), from: start)
  }

  /// Whether `.5` begins here, which is neither a field nor the end of a range.
  private var isBareDecimal: Bool {
    guard peek() == UInt8(ascii: "."), peek(1)?.isDigit == true else { return false }
    guard let last = tokens.last, last.range.upper == offset else { return true }
    switch last.kind {
    case .symbol(.closeBracket), .symbol(.closeParenthesis), .symbol(.period), .symbol(.closedRange):
      return false
    case .symbol: return true
    default: return false
    }
  }

  private mutating func readSymbol() {
    let start = offset
    if isBareDecimal {
      offset += 1
      advance { $0.isDigit || $0 == UInt8(ascii: "_") }
      refuse(.syntax, "numbers are integers", from: start, notes: [Self.advice(on: "0" + text(from: start))])
      return append(.integer(0), from: start)
    }
    if bytes[offset...].starts(with: "..".utf8), peek(2) != UInt8(ascii: "."), peek(2) != UInt8(ascii: "<") {
      offset += 2
      refuse(.syntax, "`..` is not a range", from: start, notes: ["help: write `...` or `..<`"])
      return append(.symbol(.closedRange), from: start)
    }
    if bytes[offset...].starts(with: "**".utf8) {
      offset += 2
      refuse(.syntax, "`**` is not an operator", from: start, notes: ["help: a power is written `2^10`"])
      return append(.symbol(.power), from: start)
    }
    for symbol in Symbol.longestFirst where bytes[offset...].starts(with: symbol.rawValue.utf8) {
      offset += symbol.rawValue.utf8.count
      return append(.symbol(symbol), from: start)
    }
    offset += 1
    guard bytes[start] < 0x80 else {
      // The whole run, so that one character is one mistake.
      advance { $0 >= 0x80 }
      let meant = text(from: start).unicodeScalars.compactMap { Self.ascii[$0] }.first
      refuse(
        .invalidText, "only comments may hold characters outside ASCII", from: start,
        notes: meant.map { ["help: write `\($0)`"] } ?? [])
      return
    }
    let scalar = Unicode.Scalar(bytes[start])
    guard !SourceText.isHidden(scalar) else {
      refuse(.invalidText, "a control character", from: start)
      return
    }
    refuse(
      .syntax, "`\(Character(scalar))` means nothing here", from: start,
      notes: (percent(scalar, at: start) ?? Self.help[scalar]).map { ["help: \($0)"] } ?? [])
  }

  /// What `70%` is.
  private func percent(_ scalar: Unicode.Scalar, at start: Int) -> String? {
    guard scalar == "%", let last = tokens.last, last.range.upper == start,
      case .integer(let value) = last.kind,
      let number = value.int, 0...1_000_000 ~= number
    else { return nil }
    return "there are no percents; \(number)% is \(Self.grouped(number * 10_000)) parts per million: "
      + "`\(Self.grouped(number * 10_000)) * whole - 1_000_000 * part >= 0`"
  }

  /// What editors and books write in place of symbols.
  private static let ascii: [Unicode.Scalar: String] = [
    "\u{2265}": ">=", "\u{2264}": "<=", "\u{2026}": "...", "\u{2260}": "!=", "\u{201C}": "\"",
    "\u{201D}": "\"", "\u{201E}": "\"", "\u{2018}": "\"", "\u{2019}": "\"", "\u{AB}": "\"", "\u{BB}": "\"",
    "\u{2212}": "-", "\u{2013}": "-", "\u{D7}": "*", "\u{B7}": "*",
  ]

  private static let help: [Unicode.Scalar: String] = [
    "/":
      "floor division is `//`; a quotient is compared by multiplying the other side: `a / b <= c` is `a <= c * b`",
    "!": "write `not`",
    "&": "write `and`",
    "|": "write `or`",
    "%": "remainder is not an operator; write `a - b * (a // b)`",
    ";": "a declaration ends where the next one begins",
    "{": "lists are parameters or ranges such as `0 ..< 3`",
  ]
}

extension UInt8 {
  fileprivate var isDigit: Bool { UInt8(ascii: "0") <= self && self <= UInt8(ascii: "9") }

  /// A letter or an underscore.
  fileprivate var isLetter: Bool {
    let folded = self | 0x20
    return UInt8(ascii: "a") <= folded && folded <= UInt8(ascii: "z") || self == UInt8(ascii: "_")
  }
}
