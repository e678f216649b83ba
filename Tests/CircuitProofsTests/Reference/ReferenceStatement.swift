import CanonicalBytes
import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto

/// A statement with what both sides derive from it: layout, digest, generators.
struct ReferenceStatement {
  let draft: StatementDraft
  let base: Int
  let suite: [UInt8]
  let layout: ReferenceLayout

  var A: Int { draft.variableBounds.count }
  var Q: Int { draft.gates.count }
  var S: Int { draft.rows.count }
  var C: Int { draft.coordinateCount }
  /// Number of commitments.
  var k: Int { draft.links.count }

  init(_ draft: StatementDraft, base: Int, suite: String = "default") {
    self.draft = draft
    self.base = base
    self.suite = Array(suite.utf8)
    layout = ReferenceLayout(draft, base: base)
  }

  /// The digest of protocol 3.3.
  var digest: [UInt8] {
    func LE32(_ v: Integer) -> [UInt8] {
      v.modulo(Scalar.order).littleEndianBytes(count: 32) ?? []
    }
    func form(_ f: AffineForm) -> [UInt8] {
      var coefficients: [Int: Integer] = [:]
      for term in f.terms { coefficients[term.variable, default: 0] += term.coefficient }
      let terms = coefficients.filter { !$0.value.isZero }.sorted { $0.key < $1.key }
      return le32(terms.count) + terms.flatMap { le32($0.key) + LE32($0.value) } + LE32(f.constant)
    }
    var bytes = Array("bppp-polytope-v1/statement".utf8)
    for count in [A, C, base, k, Q, S] { bytes += le32(count) }
    for bound in draft.variableBounds { bytes += LE32(bound) }
    for gate in draft.gates { bytes += form(gate.left) + form(gate.right) }
    for row in draft.rows { bytes += form(row.form) + LE32(row.upperBound) }
    for link in draft.links {
      bytes += le32(link.count)
      for (m, f) in link.sorted(by: { $0.key < $1.key }) { bytes += le32(m) + form(f) }
    }
    return SHA512.hash(bytes)
  }

  /// The values x and z of a witness, over the integers.
  func variables(_ x: [Integer]) -> [Integer] {
    draft.gates.reduce(into: x) { values, gate in
      values.append(evaluate(gate.left, values) * evaluate(gate.right, values))
    }
  }

  /// Whether x fulfils the statement over the integers (protocol 3.2).
  func holds(_ x: [Integer]) -> Bool {
    guard x.count == A, zip(x, draft.variableBounds).allSatisfy({ $0.signum >= 0 && $0 <= $1 })
    else { return false }
    let all = variables(x)
    return draft.rows.allSatisfy { row in
      let y = evaluate(row.form, all)
      return y.signum >= 0 && y <= row.upperBound
    }
  }
}

func le32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

/// f(v) over the integers.
func evaluate(_ form: AffineForm, _ values: [Integer]) -> Integer {
  form.terms.reduce(form.constant) { $0 + $1.coefficient * values[$1.variable] }
}

/// The generators of protocol 2, derived one by one.
struct ReferenceGenerators {
  let U: Point
  let R: [Point]
  let H: [Point]
  let G: [Point]

  init(suite: [UInt8], blinding: Int = 7, account: Int, norm: Int) {
    U = Self.derive(suite, "U", 0)
    R = (1...blinding).map { Self.derive(suite, "R", $0) }
    H = (0..<account).map { Self.derive(suite, "H", $0 + 1) }
    G = (0..<norm).map { Self.derive(suite, "G", $0 + 1) }
  }

  static func derive(_ suite: [UInt8], _ kind: String, _ index: Int) -> Point {
    Point(
      uniformBytes: SHA512.hash(
        Array("bppp-polytope-v1/generator/".utf8) + le32(suite.count) + suite + Array(kind.utf8)
          + le32(index)))
  }
}

/// Σ sᵢ·Pᵢ, term by term.
func sum(_ scalars: some Sequence<Scalar>, _ points: some Sequence<Point>) -> Point {
  zip(scalars, points).reduce(.identity) { $0 + $1.1.multipliedVariableTime(by: $1.0) }
}
