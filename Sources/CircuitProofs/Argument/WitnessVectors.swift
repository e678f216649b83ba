internal import ExactIntegers
internal import ProofCore
internal import Ristretto

/// The norm vectors n_L, n_O and n_R of one witness (protocol 3.6, 7.2).
///
///     slot        n_L          n_R           relation
///     digit d     d            1/(α + d)     n_L·n_R + α·n_R = 1
///     bit e       e            e             n_L·n_R = n_L
///     gate        left         right         n_L·n_R = z
///     padding     0            0
///
/// and n_O = multiplicities m₁ … m_{b−1} of the digits ‖ gate outputs z. Everything is computed in
/// constant time.
struct WitnessVectors: ~Copyable {
  let nL: SecretBlock<Scalar>
  let nO: SecretBlock<Scalar>
  /// The digits as small integers, from which `nR` follows once α is known.
  private let digits: SecretBlock<UInt64>
  private let rightFactors: SecretBlock<Scalar>
  private let layout: StatementLayout

  init(_ statement: Statement, _ assignment: borrowing Assignment) {
    let (forms, layout) = (statement.storage.compiled, statement.layout)
    let (nh, nb, nm, Q) = (
      layout.digitSlots, layout.bitSlots, layout.multiplicities, layout.gateSlots
    )
    let (A, plain) = (statement.variableCount, forms.plain)

    var digits = SecretBlock<UInt64>(repeating: 0, count: nh + nb)
    for (owner, slots) in statement.storage.slots.values.enumerated() {
      let value = owner < A ? assignment.variables[owner] : assignment.rows[owner - A]
      plain.decompositions[owner].decompose(value) { kind, position, digit in
        digits[(kind == .digit ? slots.firstDigit : slots.firstBit) + position] = digit
      }
    }

    var nL = SecretBlock<Scalar>(repeating: .zero, count: layout.normLength)
    for s in 0..<(nh + nb) { nL[s] = Scalar(digits[s]) }
    var nO = SecretBlock<Scalar>(repeating: .zero, count: layout.normLength)
    for j in 0..<nm {
      // m_{j+1} = #{s : d_s = j + 1}, counted over all slots whatever they hold.
      var count: UInt64 = 0
      for s in 0..<nh { count &+= UInt64(digits[s] == UInt64(j + 1) ? 1 : 0) }
      nO[j] = Scalar(count)
    }
    var rightFactors = SecretBlock<Scalar>(repeating: .zero, count: Q)
    for g in 0..<Q {
      let (left, right) = assignment.variables.withSpan {
        (
          plain.integers.value(forms.index.left(g), at: $0),
          plain.integers.value(forms.index.right(g), at: $0)
        )
      }
      nL[nh + nb + g] = Scalar(left)
      rightFactors[g] = Scalar(right)
      nO[nm + g] = Scalar(assignment.variables[A + g])
    }
    self.nL = nL
    self.nO = nO
    self.digits = digits
    self.rightFactors = rightFactors
    self.layout = layout
  }

  /// `n_R` for the given α.
  ///
  /// - Throws: ``ArgumentFailure/degenerateChallenge`` if α = −d for a digit d; the transcript has
  ///   excluded every such α.
  func nR(alpha: Scalar) throws(ArgumentFailure) -> SecretBlock<Scalar> {
    let (nh, nb) = (layout.digitSlots, layout.bitSlots)
    var reciprocals = SecretBlock<Scalar>(repeating: .zero, count: nh)
    for s in 0..<nh { reciprocals[s] = alpha + Scalar(digits[s]) }
    do throws(InversionError) {
      try reciprocals.withMutableSpan { span throws(InversionError) in try Scalar.invert(&span) }
    } catch {
      throw .degenerateChallenge
    }

    var nR = SecretBlock<Scalar>(repeating: .zero, count: layout.normLength)
    for s in 0..<nh { nR[s] = reciprocals[s] }
    for q in 0..<nb { nR[nh + q] = Scalar(digits[nh + q]) }
    for g in 0..<layout.gateSlots { nR[nh + nb + g] = rightFactors[g] }
    return nR
  }
}
