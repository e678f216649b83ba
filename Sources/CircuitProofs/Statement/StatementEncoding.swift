internal import CanonicalBytes
internal import ExactIntegers
internal import Ristretto

/// The canonical encoding of a statement and its digest (protocol 3.3).
///
///     form   = le32(#terms) ‖ (le32(variable) ‖ LE32(coefficient mod ℓ))* ‖ LE32(constant mod ℓ)
///     digest = SHA-512("bppp-polytope-v1/statement" ‖ le32(A, C, b, k, Q, S) ‖ LE32(Xᵢ)*
///              ‖ (left ‖ right)* ‖ (f ‖ LE32(Y))* ‖ (le32(#link) ‖ (le32(m) ‖ form)*)*)
///
/// Injective, because every coefficient of a checked statement is at most (ℓ − 1)/2 in magnitude.
enum StatementEncoding {
  static func digest(of draft: StatementDraft, base: DigitBase) -> [UInt8] {
    var bytes = EncodedStatement(byteCount: byteCount(of: draft))
    for count in [
      draft.variableBounds.count, draft.coordinateCount, base.rawValue, draft.links.count,
      draft.gates.count, draft.rows.count,
    ] {
      bytes.append(count)
    }
    for bound in draft.variableBounds { bytes.append(bound) }
    for gate in draft.gates {
      bytes.append(gate.left)
      bytes.append(gate.right)
    }
    for row in draft.rows {
      bytes.append(row.form)
      bytes.append(row.upperBound)
    }
    for link in draft.links {
      bytes.append(link.count)
      for (coordinate, form) in link.sorted(by: { $0.key < $1.key }) {
        bytes.append(coordinate)
        bytes.append(form)
      }
    }
    return SHA512.hash(Array(domain.utf8), bytes.bytes)
  }

  private static let domain = "bppp-polytope-v1/statement"

  /// The length of what follows the domain.
  private static func byteCount(of draft: StatementDraft) -> Int {
    let (word, scalar) = (EncodedStatement.countBytes, Scalar.byteCount)
    func length(_ form: AffineForm) -> Int { word + form.terms.count * (word + scalar) + scalar }
    return 6 * word + draft.variableBounds.count * scalar
      + draft.gates.reduce(0) { $0 + length($1.left) + length($1.right) }
      + draft.rows.reduce(0) { $0 + length($1.form) + scalar }
      + draft.links.reduce(0) { $0 + word + $1.values.reduce(0) { $0 + word + length($1) } }
  }
}

/// Bytes of a statement as they are filled in, all of them 0 before.
private struct EncodedStatement {
  /// Bytes of `le32`.
  static let countBytes = 4
  /// ℓ in fixed width.
  private static let order = Int256(truncating: StatementChecks.groupOrder)

  private(set) var bytes: [UInt8]
  private var next = 0

  init(byteCount: Int) { bytes = [UInt8](repeating: 0, count: byteCount) }

  mutating func append(_ form: AffineForm) {
    append(form.terms.count)
    for term in form.terms {
      append(term.variable)
      append(term.coefficient)
    }
    append(form.constant)
  }

  mutating func append(_ count: Int) {
    put(UInt64(UInt32(count)), byteCount: Self.countBytes)
  }

  /// `LE32(value mod ℓ)`, where |value| < ℓ: the value itself, or ℓ more if it is negative.
  mutating func append(_ value: Integer) {
    let end = next + Scalar.byteCount
    // Most are short and not negative; their upper bytes are 0 already.
    if let word = value.uint64 {
      put(word, byteCount: 8)
    } else {
      let number = Int256(truncating: value)
      let limbs = (number.isNegative ? Self.order &+ number : number).limbs
      for index in limbs.indices { put(limbs[index], byteCount: 8) }
    }
    next = end
  }

  private mutating func put(_ word: UInt64, byteCount: Int) {
    var rest = word
    for index in next..<(next + byteCount) {
      bytes[index] = UInt8(truncatingIfNeeded: rest)
      rest >>= 8
    }
    next += byteCount
  }
}
