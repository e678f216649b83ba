internal import CConstantTime
internal import ExactIntegers

/// The base `b` of the digits that prove ranges: a power of two from 4 to 256.
public enum DigitBase: Int, CaseIterable, Hashable, Sendable, Comparable {
  case b4 = 4
  case b8 = 8
  case b16 = 16
  case b32 = 32
  case b64 = 64
  case b128 = 128
  case b256 = 256

  /// log₂ b.
  var bitWidth: Int { rawValue.trailingZeroBitCount }

  /// By size.
  public static func < (a: DigitBase, b: DigitBase) -> Bool { a.rawValue < b.rawValue }
}

/// Weights of base-b digits and of bits whose sums are exactly the integers `0 … N`.
///
/// `greedy(N)` takes w = ⌊(N+1)/b⌋ while N ≥ b−1 and continues with N − (b−1)·w. Plan A spells the
/// rest r in bits; plan B, for N ≥ b−1 and r > 0, plans N − r in digits and adds one bit of weight r.
/// The plan with fewer slots is taken, A on a tie.
///
/// - SeeAlso: eprint 2022/510, section 6.4.1, for bounds that are not powers of two.
struct DigitPlan: Hashable, Sendable {
  /// Weights of the digits, largest first. A digit is in `0 ..< b`.
  let digitWeights: [Integer]
  /// Weights of the bits, largest first.
  let bitWeights: [Integer]
  /// True for plan B: the one bit is decided before the digits.
  let decidesBitFirst: Bool

  init(bound: Integer, base: DigitBase) {
    let (digits, rest) = DigitPlan.greedy(bound, base: base)
    var bits: [Integer] = []
    var remaining = rest
    while remaining > 0 {
      let weight = (remaining + 1).floorDivided(by: 2)
      bits.append(weight)
      remaining -= weight
    }
    if bound >= Integer(base.rawValue - 1), rest > 0 {
      let (other, _) = DigitPlan.greedy(bound - rest, base: base)
      if other.count + 1 < digits.count + bits.count {
        (digitWeights, bitWeights, decidesBitFirst) = (other, [rest], true)
        return
      }
    }
    (digitWeights, bitWeights, decidesBitFirst) = (digits, bits, false)
  }

  private static func greedy(_ bound: Integer, base: DigitBase) -> (weights: [Integer], rest: Integer) {
    if let word = bound.int, word < .max {
      // The same in a word.
      let top = base.rawValue - 1
      var (weights, remaining) = ([Integer](), word)
      while remaining >= top {
        let weight = (remaining + 1) >> base.bitWidth
        weights.append(Integer(weight))
        remaining -= top * weight
      }
      return (weights, Integer(remaining))
    }
    let (b, top) = (Integer(base.rawValue), Integer(base.rawValue - 1))
    var weights: [Integer] = []
    var remaining = bound
    while remaining >= top {
      let weight = (remaining + 1).floorDivided(by: b)
      weights.append(weight)
      remaining -= top * weight
    }
    return (weights, remaining)
  }
}

extension DigitPlan {
  /// How many slots a plan has, without making it.
  struct SlotCounts: Hashable {
    let digits: Int
    let bits: Int
  }

  /// The slots of the plan of a bound, counted in fixed width where the bound has less than 127 bits.
  static func slotCounts(bound: Integer, base: DigitBase) -> SlotCounts {
    guard let bound = UInt128(exactly: bound) else {
      let plan = DigitPlan(bound: bound, base: base)
      return SlotCounts(digits: plan.digitWeights.count, bits: plan.bitWeights.count)
    }
    let (digits, rest) = greedyCount(bound, base: base)
    // Spelt in bits, a rest loses half of itself, rounded up, with each of them.
    let bits = UInt128.bitWidth - rest.leadingZeroBitCount
    if bound >= UInt128(base.rawValue - 1), rest > 0 {
      let (other, _) = greedyCount(bound - rest, base: base)
      if other + 1 < digits + bits { return SlotCounts(digits: other, bits: 1) }
    }
    return SlotCounts(digits: digits, bits: bits)
  }

  /// As ``greedy(_:base:)``, of which it counts the weights.
  private static func greedyCount(_ bound: UInt128, base: DigitBase) -> (count: Int, rest: UInt128) {
    let top = UInt128(base.rawValue - 1)
    var (count, remaining) = (0, bound)
    while remaining >= top {
      let weight = (remaining + 1) >> UInt128(base.bitWidth)
      remaining -= top * weight
      count += 1
    }
    return (count, remaining)
  }
}

extension UInt128 {
  /// A number that is not negative and has less than 127 bits.
  fileprivate init?(exactly value: Integer) {
    guard !value.isNegative, value.bitWidth < 127 else { return nil }
    let limbs = Int256(truncating: value).limbs
    self = UInt128(limbs[0]) | UInt128(limbs[1]) << 64
  }
}

/// All ones if `condition`, else 0.
@inline(__always)
private func mask(_ condition: Bool) -> UInt64 { opaque_word(0 &- UInt64(condition ? 1 : 0)) }

/// A digit plan ready to decompose secret values: weights and remaining capacities as fixed-width
/// integers.
struct DigitDecomposition: Sendable {
  /// One slot in the order of decomposition.
  private struct Step {
    let kind: SlotKind
    /// Position among the value's digits, or among its bits.
    let position: Int
    let weight: Int256
    /// What the slots after this one can still represent.
    let capacity: Int256
    /// The digit is below 2^bitWidth.
    let bitWidth: Int
  }

  private let steps: [Step]

  init(_ plan: DigitPlan, base: DigitBase) {
    let top = Integer(base.rawValue - 1)
    let digits = plan.digitWeights.enumerated().map {
      (kind: SlotKind.digit, position: $0.offset, weight: $0.element, reach: top * $0.element)
    }
    let bits = plan.bitWeights.enumerated().map {
      (kind: SlotKind.bit, position: $0.offset, weight: $0.element, reach: $0.element)
    }
    let order = plan.decidesBitFirst ? bits + digits : digits + bits
    var capacity = order.reduce(Integer(0)) { $0 + $1.reach }
    steps = order.map { slot in
      capacity -= slot.reach
      return Step(
        kind: slot.kind, position: slot.position, weight: Int256(truncating: slot.weight),
        capacity: Int256(truncating: capacity), bitWidth: slot.kind == .bit ? 1 : base.bitWidth)
    }
  }

  /// What a slot holds.
  enum SlotKind { case digit, bit }

  /// Decomposes a value of `0 … N` and hands out every digit and bit with its position among its kind.
  ///
  /// Each slot takes the smallest digit d with `value − d·weight ≤ capacity of the later slots`, found
  /// bit by bit from the top with masks: the time depends on the plan only.
  func decompose(_ value: Int256, _ place: (SlotKind, Int, UInt64) -> Void) {
    var remaining = value
    for step in steps {
      // Smallest d ≥ 0 with d·w ≥ t, t = remaining − capacity: one more than the largest q with
      // q·w < t, and 0 if t ≤ 0.
      let t = remaining &- step.capacity
      let isPositive = mask(Int256.zero < t)
      var q: UInt64 = 0
      for k in stride(from: step.bitWidth - 1, through: 0, by: -1) {
        let candidate = q | (1 << UInt64(k))
        let isBelow = mask(step.weight &* Int256(candidate) < t)
        q = q ^ ((q ^ candidate) & isBelow)
      }
      let d = (q &+ 1) & isPositive
      remaining = remaining &- (step.weight &* Int256(d))
      place(step.kind, step.position, d)
    }
  }
}
