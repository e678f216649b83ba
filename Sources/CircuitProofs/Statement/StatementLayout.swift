internal import ExactIntegers

/// Where everything lies in the witness vectors, and how the vectors are folded: a function of the
/// counts and bounds of a statement, never of a proof (protocol 3.6).
public struct StatementLayout: Hashable, Sendable {
  /// `nh`: slots that hold a base-b digit; they come first.
  public let digitSlots: Int
  /// `nb`: slots that hold a bit; they follow.
  public let bitSlots: Int
  /// `Q`: slots of product gates, after the bits.
  public let gateSlots: Int
  /// `nm`: multiplicities at the head of n_O: b − 1, or 0 when no slot holds a digit.
  public let multiplicities: Int
  /// `N₀ = max(nh + nb + Q, nm + Q, 1)`: slots before padding.
  public let usedSlots: Int
  /// `N = t·2ᵏ`: length of the norm vectors, padding included.
  public let normLength: Int
  /// `L = 7 + C`: length of the linear vector.
  public let linearLength: Int
  /// `k`: folding rounds.
  public let rounds: Int
  /// `t`: scalars of the norm vector left after folding.
  public let finalNormLength: Int
  /// `lf = ⌈L/2ᵏ⌉`: scalars of the linear vector left after folding.
  public let finalLinearLength: Int
  /// `D = C + 7 + N`: powers of λ reserved for each commitment.
  public let commitmentStride: Int

  /// `32·(4 + 2k + lf + t)`: length of a proof.
  public var proofByteCount: Int {
    32 * (4 + 2 * rounds + finalLinearLength + finalNormLength)
  }

  /// Generators of the verification equation: U, R₁…R₇, H₁…H_C, G₁…G_N.
  public var generatorCount: Int { 1 + linearLength + normLength }

  /// Points of the verification equation that belong to one proof, for `commitments` commitments.
  public func proofPointCount(commitments: Int) -> Int { 4 + commitments + 2 * rounds }

  init(digitSlots: Int, bitSlots: Int, gateSlots: Int, coordinateCount: Int, base: DigitBase) {
    self.digitSlots = digitSlots
    self.bitSlots = bitSlots
    self.gateSlots = gateSlots
    multiplicities = digitSlots > 0 ? base.rawValue - 1 : 0
    usedSlots = max(digitSlots + bitSlots + gateSlots, multiplicities + gateSlots, 1)
    linearLength = 7 + coordinateCount
    let fold = StatementLayout.foldPlan(normSlots: usedSlots, linearLength: linearLength)
    rounds = fold.rounds
    finalNormLength = fold.finalNorm
    finalLinearLength = fold.finalLinear
    normLength = fold.finalNorm << fold.rounds
    commitmentStride = coordinateCount + 7 + normLength
  }

  /// The number of rounds that minimises (2k + t + lf, t·2ᵏ, k) with t = ⌈N₀/2ᵏ⌉, lf = ⌈L/2ᵏ⌉.
  private static func foldPlan(
    normSlots: Int, linearLength: Int
  ) -> (rounds: Int, finalNorm: Int, finalLinear: Int) {
    func ceilingShift(_ value: Int, _ k: Int) -> Int { (value + (1 << k) - 1) >> k }
    let most = Int.bitWidth - max(normSlots, linearLength).leadingZeroBitCount
    let candidates = (0...most).map { k -> (cost: (Int, Int, Int), norm: Int, linear: Int) in
      let (t, lf) = (ceilingShift(normSlots, k), ceilingShift(linearLength, k))
      return ((2 * k + t + lf, t << k, k), t, lf)
    }
    var best = candidates[0]
    for candidate in candidates.dropFirst() where candidate.cost < best.cost { best = candidate }
    return (best.cost.2, best.norm, best.linear)
  }
}

/// The slots of one value: where its digits and bits lie, and with which weights they add up to it.
struct ValueSlots: Sendable {
  /// Slot of the first digit; the others follow.
  let firstDigit: Int
  /// Slot of the first bit; the others follow.
  let firstBit: Int
  let plan: DigitPlan
}

/// Digit plans and slots of all bounded values of a statement in one base.
struct SlotAssignment: Sendable {
  /// `x₀ … x_{A−1}`, then `y₀ … y_{S−1}`.
  let values: [ValueSlots]
  let digitSlots: Int
  let bitSlots: Int

  init(bounds: [Integer], base: DigitBase) {
    var plans: [Integer: DigitPlan] = [:]
    let planned = bounds.map { bound -> DigitPlan in
      if let known = plans[bound] { return known }
      let plan = DigitPlan(bound: bound, base: base)
      plans[bound] = plan
      return plan
    }
    digitSlots = planned.reduce(0) { $0 + $1.digitWeights.count }
    bitSlots = planned.reduce(0) { $0 + $1.bitWeights.count }
    var (digit, bit) = (0, digitSlots)
    values = planned.map { plan in
      defer {
        digit += plan.digitWeights.count
        bit += plan.bitWeights.count
      }
      return ValueSlots(firstDigit: digit, firstBit: bit, plan: plan)
    }
  }

  /// The digits and bits that the values have together, counted without their plans.
  static func counts(of bounds: [(bound: Integer, count: Int)], base: DigitBase) -> DigitPlan.SlotCounts {
    var (digits, bits) = (0, 0)
    for (bound, count) in bounds {
      let slots = DigitPlan.slotCounts(bound: bound, base: base)
      digits += count * slots.digits
      bits += count * slots.bits
    }
    return DigitPlan.SlotCounts(digits: digits, bits: bits)
  }
}
