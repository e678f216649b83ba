/// The number that ASCII text writes in decimal, correctly rounded, or nil if it writes none: signs,
/// digits, a point, an exponent. Neither `nan` nor `inf` nor hexadecimal digits are numbers here.
func parseDecimal(_ text: Span<UInt8>) -> Double? { parseShort(text) ?? parseLong(text) }

/// The number of digits and at most one point among them, before them a minus or none, if they are no more
/// than are exact; nil for any other text.
@inline(__always)
private func parseShort(_ text: Span<UInt8>) -> Double? {
  let count = text.count
  // 10¹⁵ is below 2⁵³.
  guard count > 0, count <= 16 else { return nil }
  let isNegative = text[0] == UInt8(ascii: "-")
  var i = isNegative ? 1 : 0
  var (significand, digits, point) = (UInt64(0), 0, -1)
  while i < count {
    let byte = text[i]
    let digit = byte &- UInt8(ascii: "0")
    if digit < 10 {
      significand = 10 &* significand &+ UInt64(digit)
      digits &+= 1
    } else {
      guard byte == UInt8(ascii: "."), point < 0 else { return nil }
      point = digits
    }
    i &+= 1
  }
  guard digits > 0, digits <= 15 else { return nil }
  // Both are exact, so one division rounds correctly: Clinger, "How to read floating point numbers
  // accurately", PLDI 1990.
  let number = point < 0 ? Double(significand) : Double(significand) / powersOfTen[digits - point]
  return isNegative ? -number : number
}

private func parseLong(_ text: Span<UInt8>) -> Double? {
  let count = text.count
  var i = 0
  var isNegative = false
  if count > 0, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
    isNegative = text[0] == UInt8(ascii: "-")
    i = 1
  }
  // significand · 10^exponent, while both stay small.
  var (significand, exponent, digits) = (UInt64(0), 0, 0)
  var isSmall = true
  var afterPoint = false
  while i < count {
    let byte = text[i]
    let digit = byte &- UInt8(ascii: "0")
    if digit < 10 {
      digits += 1
      if significand < 900_000_000_000_000 {
        significand = 10 &* significand &+ UInt64(digit)
        if afterPoint { exponent -= 1 }
      } else {
        isSmall = false
      }
    } else if byte == UInt8(ascii: ".") {
      guard !afterPoint else { return nil }
      afterPoint = true
    } else {
      break
    }
    i += 1
  }
  guard digits > 0 else { return nil }
  if i < count {
    guard isExponent(text, from: i) else { return nil }
    isSmall = false
  }
  if isSmall, exponent >= -22 {
    // As above.
    let magnitude = Double(significand) / powersOfTen[-exponent]
    return isNegative ? -magnitude : magnitude
  }
  let all = String(decoding: (0..<count).map { text[$0] }, as: UTF8.self)
  guard let number = Double(all), number.isFinite else { return nil }
  return number
}

/// The number of a text; see above.
func parseDecimal(_ text: ArraySlice<UInt8>) -> Double? { parseDecimal(text.span) }

/// Whether text from an index on is `e`, a sign or none, and digits.
private func isExponent(_ text: Span<UInt8>, from start: Int) -> Bool {
  guard text[start] == UInt8(ascii: "e") || text[start] == UInt8(ascii: "E") else { return false }
  var i = start + 1
  if i < text.count, text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+") { i += 1 }
  guard i < text.count else { return false }
  for j in i..<text.count where text[j] &- UInt8(ascii: "0") >= 10 { return false }
  return true
}

/// 10⁰ to 10²², each exact in binary.
private let powersOfTen: [Double] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]

/// Whether a text stands for a missing number.
func meansNoNumber(_ text: ArraySlice<UInt8>) -> Bool {
  guard text.count <= 9 else { return false }
  let word = String(decoding: text, as: UTF8.self).lowercased()
  let unsigned = word.hasPrefix("-") || word.hasPrefix("+") ? String(word.dropFirst()) : word
  return ["", "nan", "inf", "infinity", "null", "none", "n/a"].contains(unsigned)
}
