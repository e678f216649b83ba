public import ExactIntegers
internal import ProofCore
internal import Ristretto

/// A checked statement: bounded integer variables, product gates, linear rows and links to
/// commitments, in canonical form.
///
///     0 ≤ xᵢ ≤ Xᵢ                           i < A
///     z_g = left_g(x, z₀…) · right_g(x, z₀…)  g < Q      over the integers
///     0 ≤ f_j(x, z) ≤ Y_j                    j < S
///     V_i = Σ_m link_i[m](x, z)·H_{m+1} + s_i·R₁
///
/// A value of this type has passed every check of protocol 3.1 and 3.4, so that a proof modulo ℓ is a
/// proof over the integers; there is no way to hold an unchecked one. It is immutable and its digest is
/// computed once. Copies share storage.
public struct Statement: Sendable {
  /// Everything that was decided when the statement was checked.
  final class Storage: Sendable {
    let draft: StatementDraft
    let base: DigitBase
    let slots: SlotAssignment
    let layout: StatementLayout
    let digest: [UInt8]
    let rowIntervals: [IntegerInterval]
    let compiled: CompiledForms

    init(
      draft: StatementDraft, base: DigitBase, slots: SlotAssignment, layout: StatementLayout,
      rowIntervals: [IntegerInterval]
    ) {
      self.draft = draft
      self.base = base
      self.slots = slots
      self.layout = layout
      self.rowIntervals = rowIntervals
      digest = StatementEncoding.digest(of: draft, base: base)
      compiled = CompiledForms(draft: draft, base: base, slots: slots, layout: layout)
    }
  }

  let storage: Storage

  /// Checks a draft and lays it out.
  ///
  /// - Parameters:
  ///   - draft: the statement to be.
  ///   - base: the base of the digits; `nil` takes the one that minimises (N, proof length, base).
  /// - Throws: ``StatementError`` for a draft that is not well-formed, exceeds a limit, or could wrap
  ///   modulo ℓ.
  public init(_ draft: StatementDraft, base: DigitBase? = nil) throws(StatementError) {
    try StatementChecks.checkCounts(draft)
    try StatementChecks.checkShape(draft)
    let rowIntervals = try StatementChecks.checkNoWrap(draft)
    let bounds = draft.variableBounds + draft.rows.map(\.upperBound)
    // Before plans are made: digits of the largest base and bits reach at most 2⁸ per slot, so a bound of n
    // bits takes more than (n − 1)/8 slots in every base.
    let leastSlots = bounds.reduce(0) { $0 + ($1.isZero ? 0 : ($1.bitWidth - 1) / 8 + 1) }
    guard leastSlots <= StatementLimits.normSlots else {
      throw .tooMany(.normSlots, limit: StatementLimits.normSlots)
    }

    let (bestBase, layout) = Self.layout(of: draft, bounds, among: base.map { [$0] } ?? DigitBase.allCases)
    guard layout.normLength <= StatementLimits.normSlots else {
      throw .tooMany(.normSlots, limit: StatementLimits.normSlots)
    }
    storage = Storage(
      draft: draft, base: bestBase, slots: SlotAssignment(bounds: bounds, base: bestBase), layout: layout,
      rowIntervals: rowIntervals)
  }

  /// The layout that minimises (N, proof length, base).
  private static func layout(
    of draft: StatementDraft, _ bounds: [Integer], among bases: [DigitBase]
  ) -> (DigitBase, StatementLayout) {
    // Many values have the same bound.
    let counted = Dictionary(bounds.map { ($0, 1) }, uniquingKeysWith: +).map { (bound: $0, count: $1) }
    let candidates = bases.map { base in
      let slots = SlotAssignment.counts(of: counted, base: base)
      return (
        base,
        StatementLayout(
          digitSlots: slots.digits, bitSlots: slots.bits, gateSlots: draft.gates.count,
          coordinateCount: draft.coordinateCount, base: base)
      )
    }
    func cost(_ candidate: (DigitBase, StatementLayout)) -> (Int, Int, Int) {
      (candidate.1.normLength, candidate.1.proofByteCount, candidate.0.rawValue)
    }
    var best = candidates[0]
    for candidate in candidates.dropFirst() where cost(candidate) < cost(best) { best = candidate }
    return best
  }

  /// The parts the statement was made from.
  public var draft: StatementDraft { storage.draft }
  /// The base of the digits.
  public var base: DigitBase { storage.base }
  /// Slots, padding, rounds and proof length.
  public var layout: StatementLayout { storage.layout }
  /// SHA-512 of the canonical encoding, 64 bytes (protocol 3.3).
  public var digest: [UInt8] { storage.digest }
  /// `A`.
  public var variableCount: Int { draft.variableBounds.count }
  /// `Q`.
  public var gateCount: Int { draft.gates.count }
  /// `S`.
  public var rowCount: Int { draft.rows.count }
  /// Number of commitments a proof of this statement speaks about.
  public var commitmentCount: Int { draft.links.count }
  /// `C`.
  public var coordinateCount: Int { draft.coordinateCount }

  /// The no-wrap certificate: for each row the interval of its form, computed exactly.
  ///
  /// A row holds over the integers as soon as it holds modulo ℓ, because `−ℓ < lower − Y` and
  /// `upper < ℓ` (protocol 3.4).
  public var rowIntervals: [IntegerInterval] { storage.rowIntervals }
}

extension Statement: Hashable {
  /// Equality of digests, which is equality of statements unless SHA-512 collides.
  public static func == (a: Statement, b: Statement) -> Bool {
    a.storage === b.storage || a.digest == b.digest
  }

  /// Feeds the digest.
  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
