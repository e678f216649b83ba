import CircuitProofs
import ExactIntegers

/// The layout of protocol 3.6.
struct ReferenceLayout {
  /// What a norm slot holds. Values are numbered x₀ …, then y₀ ….
  enum Slot {
    case digit(value: Int, weight: Integer)
    case bit(value: Int, weight: Integer)
    case gate(Int)
    case padding
  }

  let plans: [ReferenceDigitPlan]
  var slots: [Slot] = []
  let nh, nb, nm, N0, N, L, rounds, t, lf, D: Int

  init(_ draft: StatementDraft, base: Int) {
    let bounds = draft.variableBounds + draft.rows.map(\.upperBound)
    plans = bounds.map { ReferenceDigitPlan(bound: $0, base: base) }
    for (value, plan) in plans.enumerated() {
      slots += plan.digitWeights.map { .digit(value: value, weight: $0) }
    }
    nh = slots.count
    for (value, plan) in plans.enumerated() {
      slots += plan.bitWeights.map { .bit(value: value, weight: $0) }
    }
    nb = slots.count - nh
    let Q = draft.gates.count
    slots += (0..<Q).map { .gate($0) }
    nm = nh > 0 ? base - 1 : 0
    N0 = max(nh + nb + Q, nm + Q, 1)
    L = 7 + draft.coordinateCount
    (rounds, t, lf) = Self.foldPlan(N0, L)
    N = t << rounds
    D = draft.coordinateCount + 7 + N
    slots += [Slot](repeating: .padding, count: N - slots.count)
  }

  /// Minimises (2k + t + lf, t·2ᵏ, k).
  static func foldPlan(_ N0: Int, _ L: Int) -> (rounds: Int, t: Int, lf: Int) {
    func shape(_ k: Int) -> (t: Int, lf: Int) {
      ((N0 + (1 << k) - 1) >> k, (L + (1 << k) - 1) >> k)
    }
    func cost(_ k: Int) -> (Int, Int, Int) {
      let (t, lf) = shape(k)
      return (2 * k + t + lf, t << k, k)
    }
    let best = (1...40).reduce(0) { cost($1) < cost($0) ? $1 : $0 }
    return (best, shape(best).t, shape(best).lf)
  }

  /// The base rule: the base that minimises (N, 2·rounds + t + lf, b).
  static func automaticBase(_ draft: StatementDraft) -> Int {
    func cost(_ base: Int) -> (Int, Int, Int) {
      let layout = ReferenceLayout(draft, base: base)
      return (layout.N, 2 * layout.rounds + layout.t + layout.lf, base)
    }
    return [8, 16, 32, 64, 128, 256].reduce(4) { cost($1) < cost($0) ? $1 : $0 }
  }

  var proofByteCount: Int { 32 * (4 + 2 * rounds + lf + t) }
}
