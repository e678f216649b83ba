internal import CanonicalBytes
internal import ExactIntegers
internal import ProofCore
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
    var bytes = Array("bppp-polytope-v1/statement".utf8)
    for count in [
      draft.variableBounds.count, draft.coordinateCount, base.rawValue, draft.links.count,
      draft.gates.count, draft.rows.count,
    ] {
      append(count, to: &bytes)
    }
    for bound in draft.variableBounds { append(bound, to: &bytes) }
    for gate in draft.gates {
      append(gate.left, to: &bytes)
      append(gate.right, to: &bytes)
    }
    for row in draft.rows {
      append(row.form, to: &bytes)
      append(row.upperBound, to: &bytes)
    }
    for link in draft.links {
      append(link.count, to: &bytes)
      for (coordinate, form) in link.sorted(by: { $0.key < $1.key }) {
        append(coordinate, to: &bytes)
        append(form, to: &bytes)
      }
    }
    return SHA512.hash(bytes)
  }

  private static func append(_ form: AffineForm, to bytes: inout [UInt8]) {
    append(form.terms.count, to: &bytes)
    for term in form.terms {
      append(term.variable, to: &bytes)
      append(term.coefficient, to: &bytes)
    }
    append(form.constant, to: &bytes)
  }

  private static func append(_ count: Int, to bytes: inout [UInt8]) {
    bytes.append(littleEndian: UInt32(count))
  }

  private static func append(_ value: Integer, to bytes: inout [UInt8]) {
    // Most are short and not negative, and less than ℓ as they are.
    if let word = value.uint64 {
      bytes.append(littleEndian: word)
      for _ in 8..<Scalar.byteCount { bytes.append(0) }
    } else {
      bytes += Scalar(value).encoded()
    }
  }
}
