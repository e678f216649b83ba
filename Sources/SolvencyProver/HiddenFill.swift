internal import Merlin
public import ProofCore
public import Ristretto
public import Solvency

/// A fill whose amounts only the trader and the matching engine know, and the blinding that hides them.
///
///     D = Σ δ_m·H_m + r·R₁        r uniform, one scalar
///
/// The trader hands fill and blinding to the engine, which checks that they open D before it signs a
/// ``FillReport`` of it; the opening moves by δ and r, the commitment by D.
public struct HiddenFill: ~Copyable, Sendable {
  /// The changes.
  public let fill: Fill
  let blinding: SecretBlock<Scalar>

  /// Hides a fill under a fresh blinding, which depends on the fill and on the system's random bytes.
  public init(_ fill: Fill) { self.init(fill, systemBytes: SystemRandom.bytes(32)) }

  /// The same with the system's bytes from elsewhere.
  package init(_ fill: Fill, systemBytes: [UInt8]) {
    self.fill = fill
    let amounts = SecretBlock<Int64>(count: fill.deltas.count) { fill.deltas[$0].amount }
    var source = RandomnessSource.hedged(
      domain: "solvency fill blinding v1",
      [fill.account.utf8, Array("\(fill.sequence)".utf8)] + fill.deltas.map { Array($0.coordinate.utf8) })
    amounts.withSpan { source.rekey(with: $0, label: "amounts") }
    blinding = source.scalars(1, systemBytes: systemBytes)
  }

  /// A fill and a blinding that came out of a file.
  init(_ fill: Fill, blinding: consuming SecretBlock<Scalar>) {
    self.fill = fill
    self.blinding = blinding
  }

  /// D, which stands for the fill in public.
  ///
  /// - Throws: ``OpeningError/fill(_:)`` for a coordinate that the registry does not have,
  ///   ``OpeningError/generators(_:)``.
  public borrowing func delta(
    in registry: Registry, generators: Generators = .standard
  ) throws(OpeningError) -> EncodedPoint {
    let indexed: [(coordinate: Int, amount: Int64)]
    do throws(FillError) {
      indexed = try fill.indexedDeltas(in: registry)
    } catch {
      throw .fill(error)
    }
    let values = SecretBlock<Int64>(count: registry.count) { index in
      indexed.first { $0.coordinate == index }?.amount ?? 0
    }
    let r = blinding.withSpan { $0[0] }
    do throws(GeneratorError) {
      return try values.withSpan { span throws(GeneratorError) in
        try VectorCommitment.commit(to: span, blinding: r, generators: generators).encoded
      }
    } catch {
      throw .generators(error)
    }
  }
}

extension AccountOpening {
  /// The opening after a hidden fill: it opens what ``FillReport/after(in:)`` returns for its delta.
  ///
  /// - Throws: as ``applying(_:in:)-(Fill,_)``.
  public borrowing func applying(
    _ hidden: borrowing HiddenFill, in registry: Registry
  ) throws(OpeningError) -> AccountOpening {
    let moved = try applying(hidden.fill, in: registry)
    let r = hidden.blinding.withSpan { $0[0] }
    let sum = moved.blinding.withSpan { s in SecretBlock(repeating: s[0] + r, count: 1) }
    return moved.reblinded(with: sum)
  }

  private consuming func reblinded(with blinding: consuming SecretBlock<Scalar>) -> AccountOpening {
    AccountOpening(
      account: account, registry: registry, sequence: sequence, values: copyOfValues(),
      blinding: blinding)
  }
}
