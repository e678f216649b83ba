import CanonicalBytes
import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import Testing

/// protocol 2: everything rests on generators without known relations.
@Suite("Generators of the argument")
struct GeneratorTests {
  @Test
  func `A50: generators are hashed to the group from published labels, and are pairwise distinct`() throws {
    for name in ["default", "", "another suite", "ünïcode"] {
      let generators = Generators(suite: GeneratorSuite(named: name))
      let reference = ReferenceGenerators(suite: Array(name.utf8), account: 40, norm: 300)
      #expect(generators.value == reference.U)
      #expect(generators.blinding == reference.R)
      #expect(try generators.account(40) == reference.H)
      #expect(generators.norm(300) == reference.G)
      let all = [reference.U] + reference.R + reference.H + reference.G
      let distinct = Set(all.map { $0.encoded() })
      #expect(distinct.count == all.count)
      #expect(!all.contains(Point.identity) && !all.contains(Point.basepoint))
    }
  }

  @Test
  func `A50: two suites share no generator`() throws {
    var seen: Set<EncodedPoint> = []
    // A name may end where a kind or an index could begin.
    let names = ["default", "defaultG", "default\u{01}", "defaul", "tG", ""]
    for name in names {
      let generators = Generators(suite: GeneratorSuite(named: name))
      let all =
        [generators.value] + generators.blinding + (try generators.account(20)) + generators.norm(20)
      for point in all { #expect(seen.insert(point.encoded()).inserted) }
    }
  }

  @Test("lists are prefixes of each other, in whatever order they are asked for")
  func prefixes() throws {
    let generators = Generators(suite: GeneratorSuite(named: "prefixes"))
    let long = generators.norm(50)
    #expect(generators.norm(7) == Array(long.prefix(7)))
    #expect(generators.norm(0).isEmpty)
    #expect(generators.norm(60).prefix(50).elementsEqual(long))
    #expect(try generators.account(3) == Array(generators.account(9).prefix(3)))
  }

  static let outside = (0..<4).map {
    ReferenceGenerators.derive(Array("outside".utf8), "H", $0).encoded()
  }

  @Test
  func `A50: a suite over generators from outside derives the rest from their hash`() throws {
    let points = Self.outside
    let suite = try GeneratorSuite(blinding: points[0], account: Array(points[1...]))
    let name = SHA512.hash(
      Array("bppp-polytope-v1/external".utf8) + le32(3) + points.flatMap(\.bytes))
    #expect(suite.name == name)
    let generators = Generators(suite: suite)
    let reference = ReferenceGenerators(suite: name, account: 3, norm: 20)
    #expect(generators.value == reference.U)
    #expect(generators.blinding[0].encoded() == points[0])
    #expect(Array(generators.blinding[1...]) == Array(reference.R[1...]))
    #expect(try generators.account(3).map { $0.encoded() } == Array(points[1...]))
    #expect(generators.norm(20) == reference.G)
    #expect(throws: GeneratorError.tooFewAccountGenerators(available: 3, needed: 4)) {
      try generators.account(4)
    }
  }

  @Test
  func `A50: the order and the number of outside generators change all derived ones`() throws {
    let p = Self.outside
    let suites = try [
      GeneratorSuite(blinding: p[0], account: [p[1], p[2]]),
      GeneratorSuite(blinding: p[0], account: [p[2], p[1]]),
      GeneratorSuite(blinding: p[1], account: [p[0], p[2]]),
      GeneratorSuite(blinding: p[0], account: [p[1]]),
      GeneratorSuite(blinding: p[0], account: [p[1], p[2], p[3]]),
    ]
    #expect(Set(suites.map { Generators(suite: $0).value.encoded() }).count == suites.count)
    #expect(Set(suites).count == suites.count)
  }

  @Test
  func `A50: the identity, a repetition and what does not decode are refused`() throws {
    let p = Self.outside
    let identity = Point.identity.encoded()
    func error(_ blinding: EncodedPoint, _ account: [EncodedPoint]) -> GeneratorError? {
      do throws(GeneratorError) {
        _ = try GeneratorSuite(blinding: blinding, account: account)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(identity, [p[1]]) == .identity(index: 0))
    #expect(error(p[0], [p[1], identity]) == .identity(index: 2))
    #expect(error(p[0], [p[0]]) == .coincidence)
    #expect(error(p[0], [p[1], p[2], p[1]]) == .coincidence)
    let junk = try EncodedPoint([UInt8](repeating: 0xff, count: 32))
    #expect(error(junk, [p[1]]) == .undecodable(index: 0, .notCanonical))
    #expect(error(p[0], [p[1], junk]) == .undecodable(index: 2, .notCanonical))
    #expect(error(p[0], p[1...].map { $0 }) == nil)
  }

  @Test("a statement is proved over outside generators, and not with more coordinates than there are")
  func proofs() throws {
    let p = Self.outside
    let generators = Generators(suite: try GeneratorSuite(blinding: p[0], account: Array(p[1...])))
    let example = try Example(.ranges([100, 100, 100]), x: [1, 2, 3])
    let blindings = SecretBlock(scalars: example.blindings)
    let V = try CircuitProof.commitments(
      to: Witness(integers: example.x), of: example.statement, blindings: blindings,
      generators: generators)
    let points = try p.map { try $0.decoded() }
    #expect(
      try V[0].decoded()
        == sum([example.blindings[0], Scalar(1), Scalar(2), Scalar(3)], points))
    let proof = try CircuitProof.prove(
      example.statement, witness: Witness(integers: example.x), blindings: blindings, commitments: V,
      context: [], generators: generators)
    #expect(throws: Never.self) {
      try proof.verify(example.statement, commitments: V, context: [], generators: generators)
    }
    let wide = try Example(.ranges([1, 1, 1, 1]), x: [1, 0, 1, 0])
    #expect(
      throws: ProvingError.generators(.tooFewAccountGenerators(available: 3, needed: 4))
    ) {
      try CircuitProof.commitments(
        to: Witness(integers: wide.x), of: wide.statement,
        blindings: SecretBlock(scalars: wide.blindings), generators: generators)
    }
  }
}
