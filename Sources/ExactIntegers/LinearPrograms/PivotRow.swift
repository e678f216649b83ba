/// A line of a dictionary: integers of one width in two's complement, one after another, so that a pivot
/// allocates nothing for an entry.
struct PivotRow: Sendable {
  let count: Int
  /// Words of an entry.
  private(set) var width: Int
  /// The entries, the lowest word of each first.
  private(set) var words: [UInt64]
  /// |entry| < 2^bits for every entry, and bits < 64·width.
  private(set) var bits: Int

  init(_ values: [Integer]) {
    count = values.count
    bits = values.reduce(0) { max($0, $1.bitWidth) }
    width = bits / 64 + 1
    words = [UInt64](repeating: 0, count: count * width)
    for (column, value) in values.enumerated() { put(value, at: column) }
  }

  /// Entries of a width that are all below 2^bits in magnitude.
  init(words: [UInt64], width: Int, bits: Int) {
    count = words.count / width
    (self.words, self.width, self.bits) = (words, width, bits)
  }

  private mutating func put(_ value: Integer, at column: Int) {
    let new = value.twosComplement(count: width)
    for word in 0..<width { words[column * width + word] = new[word] }
  }

  subscript(column: Int) -> Integer {
    get {
      if width == 1 { return Integer(Int(bitPattern: UInt(words[column]))) }
      return Integer(twosComplement: words[(column * width)..<((column + 1) * width)])
    }
    set {
      makeRoom(for: newValue.bitWidth)
      put(newValue, at: column)
    }
  }

  func isZero(_ column: Int) -> Bool {
    for word in (column * width)..<((column + 1) * width) where words[word] != 0 { return false }
    return true
  }

  func isNegative(_ column: Int) -> Bool { words[(column + 1) * width - 1] >> 63 != 0 }

  func isPositive(_ column: Int) -> Bool { !isNegative(column) && !isZero(column) }

  /// Whether one entry is less than another; both are positive (precondition).
  func isLess(_ a: Int, than b: Int) -> Bool {
    for word in (0..<width).reversed() {
      let (x, y) = (words[a * width + word], words[b * width + word])
      if x != y { return x < y }
    }
    return false
  }

  mutating func negate(_ column: Int) {
    var carry = true
    for word in (column * width)..<((column + 1) * width) {
      (words[word], carry) = (~words[word]).addingReportingOverflow(carry ? 1 : 0)
    }
  }

  mutating func negate() {
    for column in 0..<count { negate(column) }
  }

  private mutating func makeRoom(for newBits: Int) {
    guard newBits > bits else { return }
    let newWidth = newBits / 64 + 1
    if newWidth > width { (words, width) = (extended(to: newWidth), newWidth) }
    bits = newBits
  }

  /// The words of the entries in another width, modulo 2^(64·width).
  func extended(to newWidth: Int) -> [UInt64] {
    if newWidth == width { return words }
    var result = [UInt64](repeating: 0, count: count * newWidth)
    for column in 0..<count {
      let sign: UInt64 = isNegative(column) ? .max : 0
      for word in 0..<newWidth {
        result[column * newWidth + word] = word < width ? words[column * width + word] : sign
      }
    }
    return result
  }
}

extension Integer {
  /// The value modulo 2^(64·count), the lowest word first.
  func twosComplement(count: Int) -> [UInt64] {
    let magnitude = limbs.limbs
    var words = [UInt64](repeating: 0, count: count)
    for index in 0..<min(count, magnitude.count) { words[index] = UInt64(magnitude[index]) }
    guard isNegative else { return words }
    var carry = true
    for index in words.indices {
      (words[index], carry) = (~words[index]).addingReportingOverflow(carry ? 1 : 0)
    }
    return words
  }

  /// The value of words in two's complement, the lowest first.
  init(twosComplement words: ArraySlice<UInt64>) {
    let isNegative = (words.last ?? 0) >> 63 != 0
    var (magnitude, carry) = ([UInt](), true)
    magnitude.reserveCapacity(words.count)
    for word in words {
      guard isNegative else {
        magnitude.append(UInt(word))
        continue
      }
      let (sum, overflow) = (~word).addingReportingOverflow(carry ? 1 : 0)
      magnitude.append(UInt(sum))
      carry = overflow
    }
    self.init(Magnitude(magnitude), negative: isNegative)
  }
}
