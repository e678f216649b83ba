import ExactIntegers

/// The digit plan of protocol 3.5, written down as it stands there: weights whose sums are exactly
/// the integers 0 … N.
struct ReferenceDigitPlan {
  let base: Int
  var digitWeights: [Integer] = []
  var bitWeights: [Integer] = []
  private(set) var isPlanB = false

  init(bound N: Integer, base: Int) {
    self.base = base
    let b = Integer(base)
    let r = N.modulo(b - 1)
    // Plan A.
    digitWeights = Self.greedy(N, b)
    var rest = N
    for w in digitWeights { rest -= (b - 1) * w }
    while rest.signum > 0 {
      let w = (rest + 1).floorDivided(by: 2)
      bitWeights.append(w)
      rest -= w
    }
    guard N >= b - 1, r.signum > 0 else { return }
    // Plan B, only if strictly shorter.
    let digitsB = Self.greedy(N - r, b)
    if digitsB.count + 1 < digitWeights.count + bitWeights.count {
      (digitWeights, bitWeights, isPlanB) = (digitsB, [r], true)
    }
  }

  private static func greedy(_ bound: Integer, _ b: Integer) -> [Integer] {
    var (N, weights): (Integer, [Integer]) = (bound, [])
    while N >= b - 1 {
      let w = (N + 1).floorDivided(by: b)
      weights.append(w)
      N -= (b - 1) * w
    }
    return weights
  }

  /// The largest sum.
  var capacity: Integer {
    digitWeights.reduce(0) { $0 + Integer(base - 1) * $1 } + bitWeights.reduce(0, +)
  }

  /// Digits and bits of a value in slot order; `nil` if the value cannot be reached.
  func decompose(_ value: Integer) -> (digits: [Int], bits: [Int])? {
    let digits = digitWeights.map { (weight: $0, largest: base - 1) }
    let bits = bitWeights.map { (weight: $0, largest: 1) }
    let order = isPlanB ? bits + digits : digits + bits
    var remainder = value
    var room = capacity
    var chosen: [Int] = []
    for (weight, largest) in order {
      room -= Integer(largest) * weight
      guard let digit = (0...largest).first(where: { remainder - Integer($0) * weight <= room })
      else { return nil }
      chosen.append(digit)
      remainder -= Integer(digit) * weight
    }
    guard remainder.isZero else { return nil }
    return isPlanB
      ? (Array(chosen[bits.count...]), Array(chosen[..<bits.count]))
      : (Array(chosen[..<digits.count]), Array(chosen[digits.count...]))
  }
}
