import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import Testing

/// protocol 12.2: for any openings whatever, the T³ coefficient of the verification equation is a sum
/// of residuals, each with a monomial of its own. C_S does not occur.
@Suite("The value row")
struct ValueRowTests {
  private func random(_ count: Int) -> [Scalar] { (0..<count).map { _ in Scalar.random() } }

  private func randomChallenges() -> ReferenceChallenges {
    ReferenceChallenges(
      alpha: .random(), rho: .random(), lambda: .random(), beta: .random(), delta: .random(),
      tau: .random())
  }

  /// The residuals of section 4's table, weighted, straight from the equations of the circuit.
  private func residuals(
    _ statement: ReferenceStatement, _ parts: ReferenceParts, _ openings: [ReferenceOpening],
    _ e: ReferenceChallenges
  ) throws -> Scalar {
    let (layout, draft) = (statement.layout, statement.draft)
    let (C, D, k, S) = (statement.C, layout.D, statement.k, statement.S)
    let (nh, nb, nm, Q) = (layout.nh, layout.nb, layout.nm, statement.Q)
    func lambda(_ exponent: Int) throws -> Scalar { try power(e.lambda, exponent) }
    // x and y as sums of weighted digits of n_L; z from n_O.
    var values = [Scalar](repeating: .zero, count: statement.A + S)
    for (s, slot) in layout.slots.enumerated() {
      switch slot {
      case .digit(let value, let weight), .bit(let value, let weight):
        values[value] += Scalar(weight) * parts.nL[s]
      case .gate, .padding: break
      }
    }
    let z = (0..<Q).map { parts.nO[nm + $0] }
    let variables = Array(values[..<statement.A]) + z
    func value(_ form: AffineForm) -> Scalar {
      form.terms.reduce(Scalar(form.constant)) {
        $0 + Scalar($1.coefficient) * variables[$1.variable]
      }
    }
    var total = Scalar.zero
    for (i, (link, opening)) in zip(draft.links, openings).enumerated() {
      // The U rows come with the other sign, the rows of the G components twice.
      total -= try lambda(i * D) * opening.r[0]
      for m in 0..<C {
        let expected = link[m].map(value) ?? .zero
        total += try lambda(i * D + m + 1) * (opening.values[m] - expected)
      }
      for j in 2...7 { total += try lambda(i * D + C + j - 1) * opening.r[j] }
      for s in 0..<layout.N { total += try lambda(i * D + C + 7 + s) * (opening.n[s] + opening.n[s]) }
    }
    for (j, row) in draft.rows.enumerated() {
      total += try lambda(k * D + j) * (values[statement.A + j] - value(row.form))
    }
    let alphaInverse = try e.alpha.inverse()
    var reciprocal = parts.nR[..<nh].reduce(.zero, +) - Scalar(nh) * alphaInverse
    if nh > 0 {
      for j in 1..<statement.base {
        reciprocal -= parts.nO[j - 1] * (try (e.alpha + Scalar(j)).inverse() - alphaInverse)
      }
    }
    total += try lambda(k * D + S) * reciprocal
    for (g, gate) in draft.gates.enumerated() {
      let slot = nh + nb + g
      total += try lambda(k * D + S + 1 + 2 * g) * (parts.nL[slot] - value(gate.left))
      total += try lambda(k * D + S + 2 + 2 * g) * (parts.nR[slot] - value(gate.right))
    }
    for q in 0..<nb {
      total +=
        try lambda(k * D + S + 1 + 2 * Q + q) * (parts.nR[nh + q] - parts.nL[nh + q])
    }
    for (s, slot) in layout.slots.enumerated() {
      let product = parts.nL[s] * parts.nR[s]
      let gate: Scalar =
        switch slot {
        case .digit: product + e.alpha * parts.nR[s] - .one
        case .bit: product - parts.nL[s]
        case .gate(let g): product - z[g]
        case .padding: product
        }
      total += try power(e.mu, s + 1) * gate
    }
    return total
  }

  @Test("the T³ coefficient of arbitrary openings is the formula of 12.2", arguments: Shape.allCases)
  func formula(_ shape: Shape) throws {
    let statement = try shape.example().reference
    let (N, C) = (statement.layout.N, statement.C)
    let openings = statement.draft.links.map { _ in
      ReferenceOpening(values: random(C), blinding: .random(), r: random(8), n: random(N))
    }
    let e = randomChallenges()
    let vectors = try ReferenceVectors(statement, e, .sound)
    let vHat = vectors.combined(openings)
    func parts(_ rS: [Scalar], _ lS: [Scalar], _ nS: [Scalar]) -> ReferenceParts {
      ReferenceParts(
        nS: nS, nO: fixed.0, nL: fixed.1, nR: fixed.2, nV: vHat.n, lS: lS, vHat: vHat.values, rS: rS,
        rO: fixed.3, rL: fixed.4, rR: fixed.5, rV: vHat.r, lO: fixed.6, lL: fixed.7, lR: fixed.8)
    }
    let fixed = (
      random(N), random(N), random(N), random(8), random(8), random(8), random(C), random(C), random(C)
    )
    let all = parts(random(8), random(C), random(N))
    let weighted = try residuals(statement, all, openings, e)
    let cross = zip(vectors.mu, zip(all.nO, vHat.n)).reduce(Scalar.zero) {
      $0 + $1.0 * $1.1.0 * $1.1.1
    }
    let blinders = e.delta * all.rO[4] + all.rL[3] + all.rR[2]
    let two = Scalar(2)
    let expected = -(two * (weighted + e.delta * cross)) - e.beta * blinders
    #expect(try all.error(vectors, e, .sound)[3] == expected)
    // Another C_S changes every other row but not this one.
    let other = try parts(random(8), random(C), random(N)).error(vectors, e, .sound)
    #expect(other[3] == expected)
    // With an exponent 4 it does: that is the hole.
    let gapless = ReferenceVariant.gaplessBlinding
    #expect(
      try parts(random(8), random(C), random(N)).error(vectors, e, gapless)[3]
        != parts(random(8), random(C), random(N)).error(vectors, e, gapless)[3])
  }

  @Test(
    "with a valid witness F has the support −2 … 6 without 3, and C_S removes it", arguments: Shape.allCases)
  func support(_ shape: Shape) throws {
    let example = try shape.example()
    let statement = example.reference
    let (_, run) = try statement.prove(
      example.x, blindings: example.blindings, context: example.context)
    #expect(run.leftover.support.isEmpty)
    #expect(run.rS.allSatisfy { !$0.isZero } || shape == .bitsOnly)
  }

  @Test("r(τ) and the blinders of C_O, C_L, C_R are jointly of rank 10: what is opened tells nothing")
  func jointRank() throws {
    // Section 12.6: 15 free blinders → 8 values r_j(τ), 3 discrete logarithms on U, R₁ … R₇.
    let statement = try Shape.gatesAndRows.example().reference
    let e = randomChallenges()
    let vectors = try ReferenceVectors(statement, e, .sound)
    let (N, C) = (statement.layout.N, statement.C)
    let (nS, nO, nL, nR, lS, vHat) = (
      random(N), random(N), random(N), random(N), random(C), random(C)
    )
    let rV = [.zero, .random()] + [Scalar](repeating: .zero, count: 6)
    let logarithms = random(8)
    let free = [[0, 1, 2, 3, 5, 6], [0, 1, 2, 4, 5], [0, 1, 3, 4]]
    func image(_ unit: Int?) throws -> [Scalar] {
      var r = [[Scalar]](repeating: [Scalar](repeating: .zero, count: 8), count: 3)
      let places = free.enumerated().flatMap { which, slots in slots.map { (which, $0) } }
      if let unit { r[places[unit].0][places[unit].1] = .one }
      var parts = ReferenceParts(
        nS: nS, nO: nO, nL: nL, nR: nR, nV: [Scalar](repeating: .zero, count: N), lS: lS, vHat: vHat,
        rS: [Scalar](repeating: .zero, count: 8), rO: r[0], rL: r[1], rR: r[2], rV: rV)
      let F = try parts.error(vectors, e, .sound)
      let betaInverse = try e.beta.inverse()
      for j in 1...7 { parts.rS[j] = F[ReferenceVariant.sound.exponents[j - 1] - 1] * betaInverse }
      parts.rS[0] = -F[-1]
      for j in 2...7 { parts.rS[0] += vectors.kapR[j] * parts.rS[j] }
      return try parts.slotPolynomials(e).map { try $0.value(at: e.tau) }
        + r.map { ReferenceFolding.inner($0, logarithms) }
    }
    let origin = try image(nil)
    let rows = try (0..<15).map { unit in
      try zip(image(unit), origin).map { $0 - $1 }
    }
    #expect(try rank(rows) == 10)
  }

  private func rank(_ matrix: [[Scalar]]) throws -> Int {
    var (rows, rank) = (matrix, 0)
    for column in rows[0].indices {
      guard let pivot = rows[rank...].firstIndex(where: { !$0[column].isZero }) else { continue }
      rows.swapAt(rank, pivot)
      let inverse = try rows[rank][column].inverse()
      for other in rows.indices where other != rank {
        let factor = rows[other][column] * inverse
        for c in rows[other].indices { rows[other][c] -= factor * rows[rank][c] }
      }
      rank += 1
      if rank == rows.count { break }
    }
    return rank
  }
}
