public import CanonicalBytes
internal import MarginRules
public import ProofCore

/// What the public knows of an account's book: one point that hides it, and which state it is.
///
///     V = Σ x_m·H_m + s·R₁        x: the book by registry coordinate, s: the blinding
public struct AccountCommitment: Hashable, Sendable {
  /// The account.
  public let account: AccountID
  /// The registry that says which coordinate is what.
  public let registry: Digest
  /// V, the commitment to the book.
  public let commitment: VectorCommitment
  /// How many fills the book has seen since it was first committed to.
  public let sequence: UInt64

  /// A commitment with these parts.
  public init(
    account: AccountID, registry: Digest, commitment: VectorCommitment, sequence: UInt64
  ) {
    self.account = account
    self.registry = registry
    self.commitment = commitment
    self.sequence = sequence
  }

  /// The commitment after a fill, `V' = V + Σ δ_m·H_m`, computed without knowing the book.
  ///
  /// The sequence number increases by one. All who hold the old commitment and the fill arrive
  /// at the same new one.
  ///
  /// - Throws: ``FillError`` when the fill is for another account, state or registry, or names a
  ///   coordinate that does not exist.
  public func updated(
    by fill: Fill, in registry: Registry, generators: Generators = .standard
  ) throws(FillError) -> AccountCommitment {
    try fill.checkApplies(to: account, sequence: sequence, registry: self.registry, under: registry)
    var updated = commitment
    for (coordinate, amount) in try fill.indexedDeltas(in: registry) {
      do throws(GeneratorError) {
        updated = try updated.updated(adding: amount, at: coordinate, generators: generators)
      } catch {
        throw .unknownCoordinate(registry.names[coordinate])
      }
    }
    return AccountCommitment(
      account: account, registry: self.registry, commitment: updated, sequence: sequence + 1)
  }
}
