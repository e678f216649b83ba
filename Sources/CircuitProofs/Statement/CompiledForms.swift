internal import ExactIntegers
internal import ProofCore
internal import Ristretto
internal import Synchronization

/// The forms of a statement in the order gates (left, right), rows, links (commitment, coordinate).
struct FormIndex: Sendable {
  /// A link form: coordinate `coordinate` of commitment `commitment` is form `form`.
  struct Link: Sendable {
    let commitment: Int
    let coordinate: Int
    let form: Int
  }

  let forms: [AffineForm]
  let firstRow: Int
  let links: [Link]

  init(_ draft: StatementDraft) {
    var forms = draft.gates.flatMap { [$0.left, $0.right] }
    firstRow = forms.count
    forms += draft.rows.map(\.form)
    var links: [Link] = []
    for (i, link) in draft.links.enumerated() {
      for (coordinate, form) in link.sorted(by: { $0.key < $1.key }) {
        links.append(Link(commitment: i, coordinate: coordinate, form: forms.count))
        forms.append(form)
      }
    }
    self.forms = forms
    self.links = links
  }

  func left(_ gate: Int) -> Int { 2 * gate }
  func right(_ gate: Int) -> Int { 2 * gate + 1 }
  func row(_ row: Int) -> Int { firstRow + row }
}

/// A statement in the shape the argument and the plain check compute with.
struct CompiledForms: Sendable {
  let index: FormIndex
  let powers: PowersOfLambda
  /// What all forms together ask: entry (e, v) is what variable v, or the output of a gate, is asked with λᵉ,
  /// the power of λ of its form. The last column is the constant K.
  ///
  ///     x_v ↦ −Σ_f λ^(e_f)·coefficient of x_v in f        K = Σ_f λ^(e_f)·constant of f
  let asked: IntegerMatrix
  /// For every digit and bit slot, the value it belongs to, `i < A` is xᵢ, `A + j` is y_j, and its weight in
  /// it.
  let slotWeights: OwnedMultiples
  private let laneCircuit: LazyLaneCircuit
  private let plainForms: LazyPlainForms

  /// The statement as the kernel of verification equations takes it, which batches ask for; nil if there is
  /// none for it.
  var lanes: LaneCircuit? { laneCircuit.circuit(self) }
  /// The statement as the plain check and the prover take it; a verifier never asks.
  var plain: PlainForms { plainForms.forms }

  init(
    draft: StatementDraft, base: DigitBase, slots: SlotAssignment, layout: StatementLayout
  ) {
    laneCircuit = LazyLaneCircuit(draft, base, layout)
    index = FormIndex(draft)
    powers = PowersOfLambda(draft, layout)
    asked = Self.asked(index, draft, powers)
    plainForms = LazyPlainForms(index.forms, draft, base, slots)

    var owners = [Int](repeating: 0, count: slots.digitSlots + slots.bitSlots)
    var weights = [Integer](repeating: 0, count: owners.count)
    for (owner, value) in slots.values.enumerated() {
      for (k, weight) in value.plan.digitWeights.enumerated() {
        owners[value.firstDigit + k] = owner
        weights[value.firstDigit + k] = weight
      }
      for (k, weight) in value.plan.bitWeights.enumerated() {
        owners[value.firstBit + k] = owner
        weights[value.firstBit + k] = weight
      }
    }
    slotWeights = OwnedMultiples(owners: owners, factors: weights.map { Multiplier($0) })
  }

  private static func asked(
    _ index: FormIndex, _ draft: StatementDraft, _ powers: PowersOfLambda
  ) -> IntegerMatrix {
    let constant = draft.variableBounds.count + draft.gates.count
    var entries: [IntegerMatrix.Entry] = []
    entries.reserveCapacity(index.forms.reduce(0) { $0 + $1.terms.count + 1 })
    func add(_ form: Int, _ power: Int) {
      for term in index.forms[form].terms {
        entries.append(
          IntegerMatrix.Entry(
            row: power, column: term.variable, factor: Multiplier(term.coefficient).negated))
      }
      entries.append(
        IntegerMatrix.Entry(
          row: power, column: constant, factor: Multiplier(index.forms[form].constant)))
    }
    for g in draft.gates.indices {
      add(index.left(g), powers.left(g))
      add(index.right(g), powers.right(g))
    }
    for j in draft.rows.indices { add(index.row(j), powers.row(j)) }
    for link in index.links { add(link.form, powers.link(link.commitment, link.coordinate)) }
    return IntegerMatrix(columnCount: constant + 1, entries)
  }
}

/// Made when it is first asked for.
private final class LazyLaneCircuit: Sendable {
  private let draft: StatementDraft
  private let base: DigitBase
  private let layout: StatementLayout
  private let made = Mutex<LaneCircuit??>(nil)

  init(_ draft: StatementDraft, _ base: DigitBase, _ layout: StatementLayout) {
    (self.draft, self.base, self.layout) = (draft, base, layout)
  }

  func circuit(_ forms: CompiledForms) -> LaneCircuit? {
    made.withLock { made in
      if let made { return made }
      let circuit = make(forms)
      made = .some(circuit)
      return circuit
    }
  }

  private func make(_ forms: CompiledForms) -> LaneCircuit? {
    LaneCircuit(
      LaneCircuit.Shape(
        digits: (layout.digitSlots, layout.bitSlots, layout.multiplicities, base.rawValue),
        values: (draft.variableBounds.count, draft.gates.count, draft.rows.count, draft.coordinateCount),
        folding: (layout.normLength, layout.rounds, layout.finalLinearLength, layout.finalNormLength),
        commitments: (draft.links.count, layout.commitmentStride),
        powers: (forms.powers.count, forms.powers.firstRow, forms.powers.firstBit)),
      asked: forms.asked, slotWeights: forms.slotWeights)
  }
}

extension Multiplier {
  /// A factor as short as it can be.
  fileprivate init(_ value: Integer) {
    if let word = value.int {
      self = .integer(magnitude: UInt64(word.magnitude), isNegative: word < 0)
    } else if let magnitude = value.magnitude.uint64 {
      self = .integer(magnitude: magnitude, isNegative: value.isNegative)
    } else {
      self = .residue(Scalar(value))
    }
  }
}

/// Which power of λ belongs to which row (protocol 4): D for each of k commitments, S rows, the reciprocals,
/// 2Q gate rows, and nb bits.
///
/// Of the D powers of a commitment after the first only C + 1 are anybody's; the others are not computed. So
/// powers have places, in the order of their exponents: 0 … D − 1, iD … iD + C for i = 1 … k − 1, and all
/// from kD on.
struct PowersOfLambda {
  private let stride: Int
  private let commitmentCount: Int
  /// C + 1.
  private let blockLength: Int
  /// The place of the first row.
  let firstRow: Int
  /// That of the reciprocals.
  let reciprocals: Int
  private let firstGate: Int
  /// That of the first bit.
  let firstBit: Int
  /// How many places there are.
  let count: Int

  init(_ draft: StatementDraft, _ layout: StatementLayout) {
    stride = layout.commitmentStride
    commitmentCount = draft.links.count
    blockLength = draft.coordinateCount + 1
    firstRow = stride + (commitmentCount - 1) * blockLength
    reciprocals = firstRow + draft.rows.count
    firstGate = reciprocals + 1
    firstBit = firstGate + 2 * draft.gates.count
    count = firstBit + layout.bitSlots
  }

  /// The powers, by their places.
  func values(of lambda: Scalar) -> [Scalar] {
    guard commitmentCount > 1 else {
      return Scalar.geometricSequence(from: .one, ratio: lambda, count: count)
    }
    var values = Scalar.geometricSequence(from: .one, ratio: lambda, count: stride)
    values.reserveCapacity(count)
    let step = lambda.power(stride)
    var first = step
    for _ in 1..<commitmentCount {
      values += Scalar.geometricSequence(from: first, ratio: lambda, count: blockLength)
      first *= step
    }
    return values + Scalar.geometricSequence(from: first, ratio: lambda, count: count - firstRow)
  }

  /// λ^(iD), the weights of the commitments.
  func commitmentWeights(of lambda: Scalar) -> [Scalar] {
    guard commitmentCount > 1 else { return [.one] }
    return Scalar.geometricSequence(from: .one, ratio: lambda.power(stride), count: commitmentCount)
  }

  /// That of the first row of a commitment, whose power of λ is the commitment's weight.
  func commitment(_ index: Int) -> Int { index == 0 ? 0 : stride + (index - 1) * blockLength }
  func link(_ commitment: Int, _ coordinate: Int) -> Int { self.commitment(commitment) + coordinate + 1 }
  func row(_ j: Int) -> Int { firstRow + j }
  func left(_ g: Int) -> Int { firstGate + 2 * g }
  func right(_ g: Int) -> Int { firstGate + 2 * g + 1 }
  func bit(_ q: Int) -> Int { firstBit + q }
}
