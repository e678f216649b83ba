import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import TestSupport

/// Random statements with a witness: gates on gates, equalities, several commitments, sparse links,
/// variables in no link, negative and large coefficients, bounds from 0 to 2²⁵⁰ − 1.
struct RandomExamples {
  var random: SplitMix64

  static let bounds: [Integer] = [
    0, 1, 2, 3, 6, 7, 15, 16, 100, 254, 255, 256, 65_535, 1_000_000, bits(48),
    12_345_678_901_234, bits(64),
  ]

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// An example in the given base. Drafts that could wrap are thrown away.
  mutating func next(base: DigitBase?) throws -> Example {
    while true {
      let (draft, x) = draft()
      do throws(StatementError) {
        _ = try Statement(draft, base: base)
      } catch {
        switch error {
        case .wraps, .coefficientTooLarge: continue
        default: throw error
        }
      }
      var example = try Example(draft, base: base, x: x)
      example.context = random.bytes(pick(0..<40))
      return example
    }
  }

  private mutating func draft() -> (StatementDraft, [Integer]) {
    let A = pick(1..<13)
    var draft = StatementDraft()
    for _ in 0..<A { draft.variableBounds.append(Self.bounds[pick(0..<Self.bounds.count)]) }
    if pick(0..<8) == 0 { draft.variableBounds[pick(0..<A)] = bits(250) }
    let x = draft.variableBounds.map { below($0) }
    var all = x
    for _ in 0..<pick(0..<4) {
      let left = form(over: all.count)
      let gate = ProductGate(left: left, right: pick(0..<2) == 0 ? left : form(over: all.count))
      draft.gates.append(gate)
      all.append(evaluate(gate.left, all) * evaluate(gate.right, all))
    }
    for _ in 0..<pick(0..<7) {
      let bound = pick(0..<4) == 0 ? 0 : Self.bounds[pick(0..<Self.bounds.count)]
      let f = form(over: all.count)
      // The constant moves the value into the row's range.
      let shift = below(bound) - evaluate(f, all)
      draft.rows.append(StatementRow(form: f + .constant(shift), upperBound: bound))
    }
    draft.coordinateCount = pick(1..<6)
    for _ in 0..<pick(1..<4) {
      var link: [Int: AffineForm] = [:]
      for m in 0..<draft.coordinateCount where pick(0..<3) > 0 {
        let f = pick(0..<2) == 0 ? .variable(pick(0..<A)) : form(over: all.count)
        link[m] = f.isZero ? nil : f
      }
      draft.links.append(link)
    }
    return (draft, x)
  }

  private mutating func form(over count: Int) -> AffineForm {
    var terms: [AffineForm.Term] = []
    for _ in 0..<pick(0..<5) {
      terms.append(.init(variable: pick(0..<count), coefficient: signed(bits: [2, 5, 30][pick(0..<3)])))
    }
    return AffineForm(terms: terms, constant: signed(bits: 20))
  }

  private mutating func signed(bits n: Int) -> Integer {
    below(bits(n)) * (pick(0..<2) == 0 ? 1 : -1)
  }

  /// An integer of 0 … bound, often one of the two ends.
  mutating func below(_ bound: Integer) -> Integer {
    switch pick(0..<6) {
    case 0: 0
    case 1: bound
    default: Integer(littleEndian: random.bytes(40)).modulo(bound + 1)
    }
  }

  mutating func pick(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
}
