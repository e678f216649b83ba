import TestSupport

/// Changes inputs: a few bytes of any, tokens of JSON, fields and rows of tables. The same seed makes the
/// same changes.
package struct Mutator {
  private var random: SplitMix64
  private static let byteLimit = 1 << 16

  /// Changes from a seed.
  package init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(max(1, count))) }

  /// A number below `count`.
  package mutating func choice(of count: Int) -> Int { below(count) }

  /// A changed input.
  ///
  /// - Parameter other: another input, of which parts may be taken.
  package mutating func mutated(_ input: [UInt8], with other: [UInt8], form: FuzzTarget.Form) -> [UInt8] {
    var bytes = input
    for _ in 0...below(4) {
      switch form {
      case .json where below(3) > 0: changeTokens(&bytes, other, Self.jsonTokens, Self.jsonValues)
      case .table where below(3) > 0: changeTable(&bytes, other)
      case .text where below(3) > 0: changeTokens(&bytes, other, Self.wordTokens, Self.wordValues)
      default: changeBytes(&bytes, other)
      }
    }
    return Array(bytes.prefix(Self.byteLimit))
  }

  // MARK: Bytes

  private mutating func changeBytes(_ bytes: inout [UInt8], _ other: [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = other.isEmpty ? random.bytes(below(32)) : Array(other.prefix(below(other.count) + 1))
      return
    }
    let at = below(bytes.count)
    let length = min(bytes.count - at, 1 + below(1 << below(8)))
    switch below(9) {
    case 0: bytes[at] ^= 1 << UInt8(below(8))
    case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
    case 2: bytes.insert(contentsOf: random.bytes(length), at: at)
    case 3: bytes.removeSubrange(at..<at + length)
    case 4: bytes.insert(contentsOf: bytes[at..<at + length], at: at)
    case 5: bytes = Array(bytes[..<at])
    case 6:
      // A number of eight bytes at an end of its range.
      let values: [UInt64] = [0, 1, .max, .max >> 1, 1 << 63, 1 << 40, 1 << 62, 0xFFFF_FFFF]
      let value = values[below(values.count)]
      for k in 0..<min(8, bytes.count - at) {
        bytes[at + k] = UInt8(truncatingIfNeeded: value >> UInt64(8 * k))
      }
    case 7 where !other.isEmpty:
      let from = below(other.count)
      bytes.replaceSubrange(at..<at + length, with: other[from..<min(other.count, from + length)])
    default:
      let end = below(bytes.count)
      bytes.swapAt(at, end)
    }
  }

  // MARK: Tokens

  private static let jsonValues = [
    "0", "-1", "1e400", "99999999999999999999", "9223372036854775807", "-9223372036854775808", "1.5", "true",
    "null",
    "\"\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "{}", "[[[[[[[[]]]]]]]]", "\"1\"", "1e-400", "01", "NaN",
  ].map { Array($0.utf8) }

  private static let wordValues = [
    "0", "2^62", "99999999999999999999999", "(", ")", "[", "]", ":=", "==", ">=", "-", "*", "//", "in", "for",
    "where",
    "let", "advice", "committed", "require", "product", "sum", "max", "count", "index", "\"", "#", "\n",
  ].map { Array($0.utf8) }

  /// Where the tokens of JSON are: texts whole, punctuation alone, other runs together.
  private static func jsonTokens(_ bytes: [UInt8]) -> [Range<Int>] {
    var tokens: [Range<Int>] = []
    var at = 0
    while at < bytes.count {
      let start = at
      switch bytes[at] {
      case UInt8(ascii: "\""):
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
          at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        at = min(at + 1, bytes.count)
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
        UInt8(ascii: ":"):
        at += 1
      default:
        while at < bytes.count, !"{}[],:\"".utf8.contains(bytes[at]) { at += 1 }
      }
      tokens.append(start..<at)
    }
    return tokens
  }

  private static func wordTokens(_ bytes: [UInt8]) -> [Range<Int>] {
    func isWord(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "_") || (48...57).contains(byte) || (65...90).contains(byte)
        || (97...122).contains(byte)
    }
    var tokens: [Range<Int>] = []
    var at = 0
    while at < bytes.count {
      let start = at
      at += 1
      if isWord(bytes[start]) { while at < bytes.count, isWord(bytes[at]) { at += 1 } }
      tokens.append(start..<at)
    }
    return tokens
  }

  /// Drops, doubles, exchanges or replaces tokens, or takes some of another input.
  private mutating func changeTokens(
    _ bytes: inout [UInt8], _ other: [UInt8], _ split: ([UInt8]) -> [Range<Int>], _ values: [[UInt8]]
  ) {
    let tokens = split(bytes)
    guard !tokens.isEmpty else { return changeBytes(&bytes, other) }
    let first = below(tokens.count)
    let last = min(tokens.count - 1, first + below(1 << below(5)))
    let range = tokens[first].lowerBound..<tokens[last].upperBound
    switch below(6) {
    case 0: bytes.removeSubrange(range)
    case 1: bytes.insert(contentsOf: bytes[range], at: range.upperBound)
    case 2:
      let token = tokens[below(tokens.count)]
      bytes.replaceSubrange(tokens[first], with: Array(bytes[token]))
    case 3:
      let others = split(other)
      guard !others.isEmpty else { return }
      let from = below(others.count)
      let to = min(others.count - 1, from + last - first)
      bytes.replaceSubrange(range, with: other[others[from].lowerBound..<others[to].upperBound])
    default: bytes.replaceSubrange(tokens[first], with: values[below(values.count)])
    }
  }

  // MARK: Tables

  private static let fields = [
    "", "0", "-1", "1e308", "-0", "nan", "inf", "99999999999999999999", "1770326978", "1770326978000",
    "0.00000000001",
    "\"", "\"a,b\"", "x", "2026-02-30", "1e-320",
  ].map { Array($0.utf8) }

  /// Drops, doubles or exchanges rows, or replaces a field.
  private mutating func changeTable(_ bytes: inout [UInt8], _ other: [UInt8]) {
    let newline = UInt8(ascii: "\n")
    var rows = bytes.split(separator: newline, omittingEmptySubsequences: false).map(Array.init)
    let row = below(rows.count)
    switch below(7) {
    case 0: rows.remove(at: row)
    case 1: rows.insert(rows[row], at: row)
    case 2: rows.swapAt(row, below(rows.count))
    case 3:
      let others = other.split(separator: newline, omittingEmptySubsequences: false)
      if !others.isEmpty { rows[row] = Array(others[below(others.count)]) }
    default:
      var fields = rows[row].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(
        Array.init)
      guard !fields.isEmpty else { return changeBytes(&bytes, other) }
      let field = below(fields.count)
      switch below(4) {
      case 0: fields.remove(at: field)
      case 1: fields.insert(fields[field], at: field)
      default: fields[field] = Self.fields[below(Self.fields.count)]
      }
      rows[row] = Array(fields.joined(separator: [UInt8(ascii: ",")]))
    }
    bytes = Array(rows.joined(separator: [newline]))
  }
}
