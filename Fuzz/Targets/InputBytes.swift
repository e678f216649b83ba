import TestSupport

/// The bytes of a fuzzer's input as a source of choices: the first choices are the bytes themselves, so that
/// a fuzzer that changes a byte changes one choice, and what comes after the last byte is drawn from a
/// generator seeded by them.
package struct InputBytes: RandomNumberGenerator {
  private var rest: ArraySlice<UInt8>
  private var generator: SplitMix64

  /// Choices from the bytes of an input.
  package init(_ bytes: [UInt8]) {
    rest = bytes[...]
    // FNV-1a.
    let seed = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    generator = SplitMix64(seed: seed)
  }

  /// 300 bytes of no meaning.
  static func noise(seed: UInt64) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    return random.bytes(300)
  }

  /// The next byte.
  package mutating func byte() -> UInt8 {
    rest.popFirst() ?? UInt8(truncatingIfNeeded: generator.next())
  }

  /// Eight bytes, little-endian.
  package mutating func next() -> UInt64 {
    guard !rest.isEmpty else { return generator.next() }
    return (0..<8).reduce(0) { $0 | UInt64(byte()) << UInt64(8 * $1) }
  }

  /// A number below `count`, from one byte.
  ///
  /// - Parameter count: 1 … 256 (precondition).
  package mutating func choice(of count: Int) -> Int {
    precondition((1...256).contains(count), "1 ≤ count ≤ 256")
    return Int(byte()) % count
  }

  /// True once in `count` times.
  package mutating func isOne(in count: Int) -> Bool { choice(of: count) == 0 }

  /// An element of a list, from one byte.
  ///
  /// - Parameter elements: 1 … 256 of them (precondition).
  package mutating func element<Element>(of elements: [Element]) -> Element {
    elements[choice(of: elements.count)]
  }

  /// A number of a range: an end of it, a neighbour of an end, or any, small ones more often than their
  /// share.
  package mutating func integer(in range: ClosedRange<Int64>) -> Int64 {
    let (low, high) = (range.lowerBound, range.upperBound)
    guard low < high else { return low }
    switch choice(of: 12) {
    case 0: return low
    case 1: return high
    case 2: return low + 1
    case 3: return high - 1
    case 4 where range.contains(0): return 0
    default:
      let bits = UInt64(choice(of: 63))
      let drawn = Int64(truncatingIfNeeded: next() & ((1 << bits) - 1))
      let signed = isOne(in: 2) ? drawn : -drawn
      return range.contains(signed) ? signed : min(max(drawn, low), high)
    }
  }
}
