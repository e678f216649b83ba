import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto

/// What a prover says its variables, gate outputs and rows are. An honest one computes it from x.
struct ReferenceClaim {
  var x: [Integer]
  var z: [Integer]
  var y: [Integer]
  /// Slots of n_L that a liar fills otherwise than with the digits of x and y.
  var slots: [Int: Scalar] = [:]
  /// Entries of n_O that a liar fills otherwise.
  var counts: [Int: Scalar] = [:]
  /// Slots of n_R that a liar fills otherwise.
  var reciprocals: [Int: Scalar] = [:]
}

/// How a prover can open a commitment; an honest one has nothing in `r` and `n`.
struct ReferenceOpening {
  /// On H₁ … H_C.
  var values: [Scalar]
  /// On R₁.
  var blinding: Scalar
  /// On U (index 0), R₁ … R₇, on top of `blinding`.
  var r = [Scalar](repeating: .zero, count: 8)
  /// On G₁ … G_N.
  var n: [Scalar]

  func commitment(_ generators: ReferenceGenerators) -> [UInt8] {
    (sum(values, generators.H) + sum([blinding], [generators.R[0]])
      + sum(r, [generators.U] + generators.R) + sum(n, generators.G)).encoded().bytes
  }
}

enum ReferenceProverError: Error, Hashable {
  /// The row of T with this exponent does not vanish.
  case rowRemains(Int)
  case notASquare
  case unreachableValue
}

extension ReferenceStatement {
  func claim(_ x: [Integer]) -> ReferenceClaim {
    let all = variables(x)
    return ReferenceClaim(
      x: x, z: Array(all[A...]), y: draft.rows.map { evaluate($0.form, all) })
  }

  func openings(_ x: [Integer], blindings: [Scalar]) -> [ReferenceOpening] {
    let all = variables(x)
    return zip(draft.links, blindings).map { link, s in
      ReferenceOpening(
        values: (0..<C).map { m in link[m].map { Scalar(evaluate($0, all)) } ?? .zero },
        blinding: s, n: [Scalar](repeating: .zero, count: layout.N))
    }
  }

  /// n_L and n_O.
  func digits(_ claim: ReferenceClaim) throws -> (nL: [Scalar], nO: [Scalar]) {
    var nL = [Scalar](repeating: .zero, count: layout.N)
    var nO = nL
    var (digit, bit) = (0, layout.nh)
    for (value, plan) in zip(claim.x + claim.y, layout.plans) {
      guard let parts = plan.decompose(value) else { throw ReferenceProverError.unreachableValue }
      for d in parts.digits {
        nL[digit] = Scalar(d)
        digit += 1
      }
      for e in parts.bits {
        nL[bit] = Scalar(e)
        bit += 1
      }
    }
    let all = claim.x + claim.z
    for (g, gate) in draft.gates.enumerated() {
      nL[layout.nh + layout.nb + g] = Scalar(evaluate(gate.left, all))
      nO[layout.nm + g] = Scalar(claim.z[g])
    }
    for (slot, value) in claim.slots { nL[slot] = value }
    for j in 0..<layout.nm {
      nO[j] = Scalar(nL[..<layout.nh].filter { $0 == Scalar(j + 1) }.count)
    }
    for (entry, value) in claim.counts { nO[entry] = value }
    return (nL, nO)
  }

  /// n_R.
  func reciprocals(_ claim: ReferenceClaim, nL: [Scalar], alpha: Scalar) throws -> [Scalar] {
    let all = claim.x + claim.z
    return try layout.slots.enumerated().map { s, slot in
      if let value = claim.reciprocals[s] { return value }
      switch slot {
      case .digit: return try (alpha + nL[s]).inverse()
      case .bit: return nL[s]
      case .gate(let g): return Scalar(evaluate(draft.gates[g].right, all))
      case .padding: return .zero
      }
    }
  }
}
