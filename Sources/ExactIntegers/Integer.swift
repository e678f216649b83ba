/// An integer of any size, exact.
///
/// Coefficients, bounds and interval ends are integers of this type: nothing wraps and nothing
/// rounds. Every operation takes time and memory that depend on the value, so it is for public values
/// only; secrets use ``Int256``.
///
/// A value that fits in a word is stored in place; a larger one is an immutable array of limbs on
/// which GMP computes. Either way it is a value: copies are independent and may cross threads.
public struct Integer: Hashable, Sendable {
  /// The one representation of each value, so that equality of storage is equality of integers.
  enum Storage: Hashable, Sendable {
    /// Any value from `Int.min` to `Int.max`.
    case word(Int)
    /// Any other value: its sign and magnitude.
    case limbs(Magnitude, negative: Bool)
  }

  let storage: Storage

  /// The value itself when it fits in a word.
  init(word: Int) {
    storage = .word(word)
  }

  /// `magnitude`, or its negative.
  init(_ magnitude: Magnitude, negative: Bool) {
    if let word = magnitude.word(negative: negative) {
      storage = .word(word)
    } else {
      storage = .limbs(magnitude, negative: negative)
    }
  }

  /// The value of a word.
  public init(_ value: Int) { storage = .word(value) }

  /// The value of a fixed-width, or any other, binary integer.
  public init(_ value: some BinaryInteger) {
    if let word = Int(exactly: value) {
      self.init(word: word)
    } else {
      let limbs = Array(value.magnitude.words)
      self.init(Magnitude(limbs), negative: value.signum() < 0)
    }
  }

  /// 2ⁿ.
  ///
  /// - Parameter n: the exponent, at least 0.
  public static func powerOfTwo(_ n: Int) -> Integer {
    precondition(n >= 0, "the exponent of a power of two is negative")
    return Integer(.powerOfTwo(n), negative: false)
  }

  /// |v| as limbs, whichever way the value is stored.
  var limbs: Magnitude {
    switch storage {
    case .word(let word): Magnitude(word.magnitude)
    case .limbs(let magnitude, _): magnitude
    }
  }

  /// Whether the value is below zero.
  public var isNegative: Bool {
    switch storage {
    case .word(let word): word < 0
    case .limbs(_, let negative): negative
    }
  }

  /// Whether the value is zero.
  public var isZero: Bool {
    if case .word(0) = storage { true } else { false }
  }

  /// -1, 0 or 1: the sign of the value.
  public var signum: Int {
    isZero ? 0 : (isNegative ? -1 : 1)
  }

  /// |v|.
  public var magnitude: Integer {
    isNegative ? -self : self
  }

  /// The number of bits of |v|: 0 for zero, otherwise the n with 2ⁿ⁻¹ ≤ |v| < 2ⁿ.
  public var bitWidth: Int {
    switch storage {
    case .word(let word): Int.bitWidth - word.magnitude.leadingZeroBitCount
    case .limbs(let magnitude, _): magnitude.bitWidth
    }
  }
}

extension Integer: ExpressibleByIntegerLiteral {
  /// The value of a literal of any length.
  public init(integerLiteral value: StaticBigInt) {
    // Two's complement words, sign word included.
    let wordCount = (value.bitWidth + UInt.bitWidth - 1) / UInt.bitWidth
    if wordCount == 1 {
      self.init(word: Int(bitPattern: value[0]))
      return
    }
    let negative = value.signum() < 0
    var words: [UInt] = []
    var carry = negative
    for index in 0..<wordCount {
      var word = negative ? ~value[index] : value[index]
      if carry { (word, carry) = word.addingReportingOverflow(1) }
      words.append(word)
    }
    self.init(Magnitude(words), negative: negative)
  }
}

extension Integer: Comparable {
  /// Whether the first value is the smaller.
  public static func < (a: Integer, b: Integer) -> Bool {
    switch (a.storage, b.storage) {
    case (.word(let x), .word(let y)): x < y
    case (.limbs(_, let negative), .word): negative
    case (.word, .limbs(_, let negative)): !negative
    case (.limbs(let x, false), .limbs(let y, false)): x < y
    case (.limbs(let x, true), .limbs(let y, true)): y < x
    case (.limbs(_, let negative), .limbs): negative
    }
  }
}
