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
