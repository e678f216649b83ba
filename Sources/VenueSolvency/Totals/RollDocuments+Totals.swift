internal import CanonicalBytes
internal import MarginRules
package import ProofCore
internal import Ristretto
internal import Solvency

extension RollDocuments {
  /// What is public of the totals, by coordinate:
  ///
  ///     cash       reserves of cash - insurance fund - what the house owes on its positions
  ///     holding    reserves of the asset
  ///     debt       0
  ///     position   minus the house's position
  ///
  /// The accounts' books hold their side of the house's positions, at the snapshot's marks: P lots that
  /// accounts are long in sum are worth P·markCeil to them at the most, and P lots that they are short in sum
  /// take at least P·markFloor from what they are owed.
  ///
  /// - Throws: ``RollError``.
  package func publicCoordinates() throws(RollError) -> [Int64] {
    var amounts = [Int128](repeating: 0, count: registry.count)
    for (asset, amount) in reserves.amounts {
      guard let index = registry.index(of: asset) else { throw .unlistedReserve(asset) }
      guard index == cash || snapshot.collateral.contains(where: { Registry.holding($0.id) == asset }) else {
        throw .unlistedReserve(asset)
      }
      amounts[index] += Int128(amount)
    }
    amounts[cash] -= Int128(header.fund)
    for (id, lots) in house.positions {
      guard let index = registry.index(of: Registry.position(id)),
        let instrument = snapshot.instruments.first(where: { $0.id == id })
      else { throw .unlistedPosition(id) }
      amounts[index] -= Int128(lots)
      // Accounts hold -lots in sum. Both factors are below 2⁶³, and there are at most 2¹¹ instruments.
      let mark = lots < 0 ? instrument.markCeil : instrument.markFloor
      let (owed, overflow) = (-Int128(lots)).multipliedReportingOverflow(by: Int128(mark))
      guard !overflow else { throw .overflow(Registry.cash) }
      amounts[cash] -= owed
    }
    var words: [Int64] = []
    for (index, amount) in amounts.enumerated() {
      guard let word = Int64(exactly: amount), SnapshotLimits.cash.contains(word) else {
        throw .overflow(registry.names[index])
      }
      words.append(word)
    }
    return words
  }

  /// D = Commit(public coordinates, blinding 0) - Σ V: an ordinary commitment to what is left of the
  /// reserves, which everybody can compute.
  ///
  /// - Throws: ``RollError``.
  package func remainder(
    after sum: VectorCommitment, generators: Generators = .standard
  ) throws(RollError) -> VectorCommitment {
    var point = VectorCommitment(-sum.point)
    for (index, amount) in try publicCoordinates().enumerated() where amount != 0 {
      do throws(GeneratorError) {
        point = try point.updated(adding: amount, at: index, generators: generators)
      } catch {
        throw .unusableCircuit(.totals)
      }
    }
    return point
  }
}
