internal import CanonicalBytes
internal import ProofCore
public import Ristretto
internal import Synchronization

/// The generators of the dalek `bulletproofs` crate, derived on first use and kept.
///
///     B   the ristretto255 base point
///     B̃   RistrettoFromUniform(SHA3-512(B))
///     Gⱼ, Hⱼ   for party j: RistrettoFromUniform of successive 64 bytes of
///              SHAKE256("GeneratorsChain" ‖ "G" or "H" ‖ le32(j))
public final class RangeGenerators: Sendable {
  /// The generators of the dalek crate, shared by all proofs.
  public static let standard = RangeGenerators()

  /// Most bits of a value, and so the length of one party's chain.
  public static let chainLength = 64
  /// Most values in one proof.
  public static let partyLimit = 64

  /// `B`, which carries the value.
  public let value: Point = .basepoint
  /// `B̃`, which carries the blinding.
  public let blinding = Point(uniformBytes: KeccakSponge.sha3512(Point.basepoint.encoded().bytes))

  /// Chains of the parties so far, of ``chainLength`` points each.
  private let chains = Mutex<(G: [[Point]], H: [[Point]])>(([], []))

  /// For each power of two of parties, B, B̃ and their chains; see ``fixed(parties:)``.
  private let fixedLists = Mutex<[Int: FixedPoints]>([:])

  private init() {}

  /// The chains `G` and `H` of the first parties, one after the other, `length` points of each.
  ///
  /// - Precondition: 0 ≤ parties ≤ ``partyLimit`` and 0 ≤ length ≤ ``chainLength``.
  package func vectors(parties: Int, length: Int) -> (G: [Point], H: [Point]) {
    precondition((0...Self.partyLimit).contains(parties), "a party is beyond the limit")
    precondition((0...Self.chainLength).contains(length), "a chain is longer than the limit")
    return chains.withLock { chains in
      if chains.G.count < parties {
        let missing = chains.G.count..<parties
        chains.G += Self.chains("G", missing)
        chains.H += Self.chains("H", missing)
      }
      return (
        chains.G.prefix(parties).flatMap { $0.prefix(length) },
        chains.H.prefix(parties).flatMap { $0.prefix(length) }
      )
    }
  }

  /// `B, B̃`, and then for each party its chain G and its chain H, ``chainLength`` points each: with tables
  /// that all proofs of as many values share.
  ///
  /// The tables are made on use and kept. Those for 64 bits and one value take 0.8 MB in all, for 32 values
  /// 19 MB, for 64 values 38 MB.
  ///
  /// - Precondition: `parties` is a power of two up to ``partyLimit``.
  package func fixed(parties: Int) -> FixedPoints {
    precondition(parties.nonzeroBitCount == 1, "a power of two")
    let (G, H) = vectors(parties: parties, length: Self.chainLength)
    return fixedLists.withLock { lists in
      if let known = lists[parties] { return known }
      var points = [value, blinding]
      for party in 0..<parties {
        let chain = (party * Self.chainLength)..<((party + 1) * Self.chainLength)
        points += G[chain] + H[chain]
      }
      let list = FixedPoints(points)
      lists[parties] = list
      return list
    }
  }

  /// Where G_i of a party lies in ``fixed(parties:)``; H_i lies ``chainLength`` further on.
  static func index(party: Int, _ i: Int = 0) -> Int { 2 + 2 * party * chainLength + i }

  /// The chains of some parties, their points derived together.
  private static func chains(_ kind: String, _ parties: Range<Int>) -> [[Point]] {
    var uniform: [UInt8] = []
    uniform.reserveCapacity(Point.uniformByteCount * chainLength * parties.count)
    for party in parties {
      var label = Array("GeneratorsChain".utf8) + Array(kind.utf8)
      label.append(littleEndian: UInt32(party))
      var sponge = KeccakSponge.shake256(label)
      uniform += sponge.squeeze(Point.uniformByteCount * chainLength)
    }
    let points = Point.derived(fromUniformBytes: uniform)
    return parties.indices.map { index in
      let start = (index - parties.lowerBound) * chainLength
      return Array(points[start..<(start + chainLength)])
    }
  }

  /// `V = v·B + γ·B̃`, in constant time.
  public func commit(to value: UInt64, blinding γ: Scalar) -> EncodedPoint {
    commitment(to: value, blinding: γ).encoded()
  }

  /// The commitments to values, each with its blinding, in constant time.
  func commit(
    to values: borrowing SecretBlock<UInt64>, blindings: borrowing SecretBlock<Scalar>
  ) -> [EncodedPoint] {
    var points: [Point] = []
    for j in 0..<values.count {
      points.append(commitment(to: values[j], blinding: blindings[j]))
    }
    return Point.encodings(of: points)
  }

  private func commitment(to value: UInt64, blinding γ: Scalar) -> Point {
    let scalars = SecretBlock<Scalar>(count: 2) { $0 == 0 ? Scalar(value) : γ }
    return scalars.withSpan { fixed(parties: 1).sum($0) }
  }
}
