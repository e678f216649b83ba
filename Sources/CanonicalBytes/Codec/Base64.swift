/// Base 64 with padding (RFC 4648, section 4). One text for each byte string: what is decoded is what would
/// be encoded, so bits beside the last byte must be zero. Not in constant time: nothing secret is written so.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")
  /// The value of each letter, and of every other byte one that no letter has.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: .max, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  /// Four letters for each three bytes.
  package static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    append(bytes.span, to: &text)
    return text
  }

  /// Adds four letters for each three bytes.
  package static func append(_ input: Span<UInt8>, to text: inout [UInt8]) {
    let (first, groups, alphabet) = (text.count, (input.count + 2) / 3, alphabet.span)
    text.append(contentsOf: repeatElement(padding, count: 4 * groups))
    var output = text.mutableSpan
    var place = first
    for group in 0..<input.count / 3 {
      let (a, b, c) = (input[3 * group], input[3 * group + 1], input[3 * group + 2])
      output[place] = alphabet[Int(a >> 2)]
      output[place + 1] = alphabet[Int((a & 3) << 4 | b >> 4)]
      output[place + 2] = alphabet[Int((b & 15) << 2 | c >> 6)]
      output[place + 3] = alphabet[Int(c & 63)]
      place += 4
    }
    let left = input.count % 3
    if left > 0 {
      let last = 3 * (groups - 1)
      let (a, b) = (input[last], left == 2 ? input[last + 1] : 0)
      output[place] = alphabet[Int(a >> 2)]
      output[place + 1] = alphabet[Int((a & 3) << 4 | b >> 4)]
      if left == 2 { output[place + 2] = alphabet[Int((b & 15) << 2)] }
    }
  }

  /// The bytes that a text stands for; nil if it is not the one text of any.
  package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    guard !text.isEmpty else { return [] }
    let padded = text.suffix(2).count { $0 == padding }
    let (groups, letters, values) = (text.count / 4, text.span, values.span)
    var bytes = [UInt8](repeating: 0, count: 3 * groups)
    var output = bytes.mutableSpan
    // All values together: at least 64 if one of them is not a letter's.
    var seen: UInt8 = 0
    for group in 0..<(padded == 0 ? groups : groups - 1) {
      let a = values[Int(letters[4 * group])]
      let b = values[Int(letters[4 * group + 1])]
      let c = values[Int(letters[4 * group + 2])]
      let d = values[Int(letters[4 * group + 3])]
      seen |= a | b | c | d
      output[3 * group] = a << 2 | b >> 4
      output[3 * group + 1] = b << 4 | c >> 2
      output[3 * group + 2] = c << 6 | d
    }
    if padded > 0 {
      let last = groups - 1
      let a = values[Int(letters[4 * last])]
      let b = values[Int(letters[4 * last + 1])]
      let c = padded == 1 ? values[Int(letters[4 * last + 2])] : 0
      seen |= a | b | c
      guard (padded == 1 ? c & 3 : b & 15) == 0 else { return nil }
      output[3 * last] = a << 2 | b >> 4
      output[3 * last + 1] = b << 4 | c >> 2
    }
    guard seen < 64 else { return nil }
    bytes.removeLast(padded)
    return bytes
  }
}
