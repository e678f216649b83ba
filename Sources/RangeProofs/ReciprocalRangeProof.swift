package import CircuitProofs
internal import ExactIntegers
internal import ProofCore
public import Ristretto

/// Proof that each of m commitments opens to a value within public bounds, by the argument of circuit proofs
/// (Documentation/Protocol.md): digits are shown to be digits by their reciprocals, one sum for all of them.
///
/// Shorter and faster than ``RangeProof`` and not in the format of another library: 416 bytes for a value of
/// 64 bits, 672 for 32 of them.
///
///     C_L ‖ C_O ‖ C_R ‖ C_S ‖ (X₀ ‖ R₀) … ‖ l ‖ n        32 bytes each
///
/// Proof bytes are not unique: never use them, or their hash alone, as an identifier or cache key.
public struct ReciprocalRangeProof: Hashable, Sendable {
  /// The encoding.
  public let bytes: [UInt8]

  /// A proof received from outside. Nothing is checked yet.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// The length of a proof for `count` values; nil if there is none for as many.
  public static func byteCount(count: Int, bounds: RangeBounds) -> Int? {
    RangeCircuit.statement(count: count, bounds: bounds)?.layout.proofByteCount
  }

  /// Commits to values and proves that they are within bounds. Constant time in values and blindings.
  ///
  /// The finished proof is verified before it is returned.
  ///
  /// - Parameters:
  ///   - values: 1 … ``ReciprocalRangeStatement/countLimit`` of them.
  ///   - blindings: γⱼ, as many, uniform.
  ///   - bounds: the smallest and the largest value.
  ///   - label: what the proof is bound to: everything that must not be re-bound.
  /// - Throws: ``RangeProvingError``; ``RangeProvingError/valueOutOfRange(index:)`` at a value outside the
  ///   bounds.
  public static func prove(
    _ values: borrowing SecretBlock<UInt64>, blindings: borrowing SecretBlock<Scalar>, bounds: RangeBounds,
    label: [UInt8]
  ) throws(RangeProvingError) -> (proof: ReciprocalRangeProof, statement: ReciprocalRangeStatement) {
    try prove(values, blindings: blindings, bounds: bounds) {
      (circuit, witness, commitments) throws(ProvingError) in
      try CircuitProof.prove(
        circuit, witness: witness, blindings: blindings, commitments: commitments,
        context: RangeCircuit.context(label: label), generators: RangeCircuit.generators)
    }
  }

  /// The same with the deterministic blinders of the known answers: for tests.
  package static func prove(
    _ values: borrowing SecretBlock<UInt64>, blindings: borrowing SecretBlock<Scalar>, bounds: RangeBounds,
    label: [UInt8], knownAnswer source: inout KnownAnswerBlinding
  ) throws(RangeProvingError) -> (proof: ReciprocalRangeProof, statement: ReciprocalRangeStatement) {
    try prove(values, blindings: blindings, bounds: bounds) {
      (circuit, witness, commitments) throws(ProvingError) in
      try CircuitProof.prove(
        circuit, witness: witness, blindings: blindings, commitments: commitments,
        context: RangeCircuit.context(label: label), generators: RangeCircuit.generators, knownAnswer: &source
      )
    }
  }

  /// Checks values, commits to them, and proves with `argument`.
  private static func prove(
    _ values: borrowing SecretBlock<UInt64>, blindings: borrowing SecretBlock<Scalar>, bounds: RangeBounds,
    _ argument: (Statement, borrowing Witness, [EncodedPoint]) throws(ProvingError) -> CircuitProof
  ) throws(RangeProvingError) -> (proof: ReciprocalRangeProof, statement: ReciprocalRangeStatement) {
    let count = values.count
    guard let circuit = RangeCircuit.statement(count: count, bounds: bounds) else {
      throw .unsupportedCount(count)
    }
    guard blindings.count == count else {
      throw .wrongBlindingCount(expected: count, actual: blindings.count)
    }
    for index in 0..<count where !bounds.admits(values[index]) { throw .valueOutOfRange(index: index) }
    let statement = ReciprocalRangeStatement(
      commitments: commitments(to: values, blindings: blindings), bounds: bounds)
    let witness = Witness(SecretBlock<Int256>(count: count) { Int256(values[$0] &- bounds.lower) })
    do throws(ProvingError) {
      let proof = try argument(circuit, witness, statement.commitments)
      return (ReciprocalRangeProof(bytes: proof.bytes), statement)
    } catch {
      guard case .selfVerification(let reason) = error else { throw .selfVerification(.equationFails) }
      throw .selfVerification(RangeVerificationError(reason, count: count))
    }
  }

  /// `Vⱼ = vⱼ·B + γⱼ·B̃`
  private static func commitments(
    to values: borrowing SecretBlock<UInt64>, blindings: borrowing SecretBlock<Scalar>
  ) -> [EncodedPoint] {
    var points: [Point] = []
    for index in 0..<values.count {
      let scalar = SecretBlock<Scalar>(count: 1) { _ in Scalar(values[index]) }
      let blinding = blindings[index]
      guard
        let commitment = scalar.withSpan({ span in
          try? VectorCommitment.commit(to: span, blinding: blinding, generators: RangeCircuit.generators)
        })
      else { preconditionFailure("the suite has one account generator") }
      points.append(commitment.point)
    }
    return Point.encodings(of: points)
  }

  /// Verifies a proof of a statement.
  ///
  /// - Throws: ``RangeVerificationError`` unless the proof holds. Variable time: everything is public.
  public func verify(
    _ statement: ReciprocalRangeStatement, label: [UInt8]
  ) throws(RangeVerificationError) {
    let count = statement.commitments.count
    guard let circuit = RangeCircuit.statement(count: count, bounds: statement.bounds) else {
      throw .unsupportedCount(count)
    }
    do throws(VerificationError) {
      try CircuitProof(bytes: bytes).verify(
        circuit, commitments: statement.commitments, context: RangeCircuit.context(label: label),
        generators: RangeCircuit.generators)
    } catch {
      throw RangeVerificationError(error, count: count)
    }
  }
}

extension RangeVerificationError {
  /// What a failure of the argument says about a range proof of some values.
  init(_ error: VerificationError, count: Int) {
    self =
      switch error {
      case .wrongProofLength(let expected, let actual): .wrongProofLength(expected: expected, actual: actual)
      case .undecodable(let field, let reason): .undecodable(field: field, reason)
      case .undecodableCommitment(let index, let reason): .undecodableCommitment(index: index, reason)
      case .degenerateChallenge: .degenerateChallenge
      case .wrongCommitmentCount, .generators: .unsupportedCount(count)
      case .equationFails: .equationFails
      }
  }
}

/// Reciprocal range proofs of any mix of counts and bounds, verified together.
///
/// The equations are added with weights that depend on every byte of every statement, label and proof; a
/// false proof survives with probability at most 2⁻¹²⁷. If the sum is not the identity, the batch is searched
/// until each bad proof is known.
public struct ReciprocalRangeProofBatch: Sendable {
  private var batch = ProofBatch(generators: RangeCircuit.generators)
  /// Of each proof, how many values it is for, and its place in the batch if proofs can be for as many.
  private var entries: [(count: Int, place: Int?)] = []

  /// An empty batch.
  public init() {}

  /// Number of proofs added.
  public var count: Int { entries.count }

  /// Adds a proof. Nothing is checked yet; one that does not decode will be rejected and stay out of the sum.
  public mutating func add(
    _ proof: ReciprocalRangeProof, statement: ReciprocalRangeStatement, label: [UInt8]
  ) {
    let count = statement.commitments.count
    guard let circuit = RangeCircuit.statement(count: count, bounds: statement.bounds) else {
      entries.append((count, nil))
      return
    }
    entries.append((count, batch.count))
    batch.add(
      CircuitProof(bytes: proof.bytes), of: circuit, commitments: statement.commitments,
      context: RangeCircuit.context(label: label))
  }

  /// Verifies all proofs.
  ///
  /// - Parameter workers: the most threads, at least 1; as many as there are processors, by default.
  /// - Returns: for each proof, in the order of `add`, `nil` if it holds and the reason if not. It does not
  ///   depend on the number of cores.
  /// - Throws: ``RangeBatchError/empty`` if nothing was added.
  public func verify(workers: Int? = nil) throws(RangeBatchError) -> [RangeVerificationError?] {
    guard !entries.isEmpty else { throw .empty }
    return verdicts(workers: workers)
  }

  /// The verdicts of all proofs, of none as well.
  func verdicts(workers: Int? = nil) -> [RangeVerificationError?] {
    let verdicts = batch.verdicts(workers: workers)
    return entries.map { entry in
      guard let place = entry.place else { return .unsupportedCount(entry.count) }
      return verdicts[place].map { RangeVerificationError($0, count: entry.count) }
    }
  }
}
