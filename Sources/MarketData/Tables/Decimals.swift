/// The number that ASCII text writes in decimal, correctly rounded, or nil if it writes none: signs,
/// digits, a point, an exponent. Neither `nan` nor `inf` nor hexadecimal digits are numbers here.
func parseDecimal(_ text: ArraySlice<UInt8>) -> Double? {
  var rest = text
  let isNegative = rest.first == UInt8(ascii: "-")
  if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
  // significand · 10^exponent, while both stay small.
  var (significand, exponent, digits) = (UInt64(0), 0, 0)
  var isSmall = true
  var afterPoint = false
  var i = rest.startIndex
  scan: while i < rest.endIndex {
    let byte = rest[i]
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      digits += 1
      if significand < 900_000_000_000_000 {
        significand = 10 * significand + UInt64(byte - UInt8(ascii: "0"))
        if afterPoint { exponent -= 1 }
      } else {
        isSmall = false
      }
    case UInt8(ascii: "."):
      guard !afterPoint else { return nil }
      afterPoint = true
    default:
      break scan
    }
    i += 1
  }
  guard digits > 0 else { return nil }
  if i < rest.endIndex {
    guard isExponent(rest[i...]) else { return nil }
    isSmall = false
  }
  if isSmall, exponent >= -22 {
    // Both are exact, so one division rounds correctly: Clinger, "How to read floating point numbers
    // accurately", PLDI 1990.
    let magnitude = Double(significand) / powersOfTen[-exponent]
    return isNegative ? -magnitude : magnitude
  }
  guard let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite else { return nil }
  return number
}

/// Whether text is `e`, a sign or none, and digits.
private func isExponent(_ text: ArraySlice<UInt8>) -> Bool {
  guard text.first == UInt8(ascii: "e") || text.first == UInt8(ascii: "E") else { return false }
  var digits = text.dropFirst()
  if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
  return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}

/// 10⁰ to 10²², each exact in binary.
private let powersOfTen: [Double] = (0..<22).reduce(into: [1]) { powers, _ in
  powers.append((powers.last ?? 1) * 10)
}

/// Whether a text stands for a missing number.
func meansNoNumber(_ text: ArraySlice<UInt8>) -> Bool {
  guard text.count <= 9 else { return false }
  let word = String(decoding: text, as: UTF8.self).lowercased()
  let unsigned = word.hasPrefix("-") || word.hasPrefix("+") ? String(word.dropFirst()) : word
  return ["", "nan", "inf", "infinity", "null", "none", "n/a"].contains(unsigned)
}
