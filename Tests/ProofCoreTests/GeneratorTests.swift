import CanonicalBytes
import ProofCore
import Ristretto
import TestSupport
import Testing

@Suite("Generators")
struct GeneratorTests {
  @Test
  func `A50: are hashed from the suite's name, kind and index, and pairwise distinct`() throws {
    // Computed with libsodium's hash-to-group, without this package.
    let first = [
      "U": "96245f365824b328b6fb4a8bc824e99563db9b3091de4e9c2ab2fefef86a3f04",
      "R1": "3623f7410f762da953b49d6bf3ec6e45b31aa2f5a6b09c3508a8ad1461f0e107",
      "R7": "ce624b60d30d78ff22186b9b6f158c47683ef61395cb141b5e3b438d42f4d413",
      "H1": "36346e8bd8a3bac27fe60b8df0440fe9c6bcc2cc54869908fb17647c1c520c74",
      "G1": "d8b1513e84a394479f2e1f35f815e8ca21168312e6b4d3bb127d8d3cb23d1a0b",
    ]
    let generators = Generators(suite: GeneratorSuite(named: "default"))
    let (H, G) = (try generators.account(50), generators.norm(50))
    func hex(_ point: Point) -> String { Hex.encode(point.encoded().bytes) }
    #expect(hex(generators.value) == first["U"])
    #expect(hex(generators.blinding[0]) == first["R1"])
    #expect(hex(generators.blinding[6]) == first["R7"])
    #expect(hex(H[0]) == first["H1"])
    #expect(hex(G[0]) == first["G1"])
    let all = [generators.value] + generators.blinding + H + G
    #expect(Set(all.map { $0.encoded() }).count == 108)
  }

  @Test("another suite has other generators")
  func suites() {
    let (a, b) = (Generators(suite: .standard), Generators(suite: GeneratorSuite(named: "defaulu")))
    #expect(a.value != b.value)
    #expect(zip(a.norm(4), b.norm(4)).allSatisfy { $0 != $1 })
  }

  @Test("a longer list begins with the shorter one, in any order of requests")
  func prefixes() async throws {
    let generators = Generators(suite: GeneratorSuite(named: "prefixes"))
    let lists = await withTaskGroup(of: [Point].self) { group in
      for count in [1, 40, 7, 23, 64, 2] { group.addTask { generators.norm(count) } }
      return await group.reduce(into: [[Point]]()) { $0.append($1) }
    }
    let longest = generators.norm(64)
    for list in lists { #expect(zip(list, longest).allSatisfy { $0 == $1 }) }
    #expect(Set(lists.map(\.count)) == [1, 2, 7, 23, 40, 64])
  }
}

@Suite("External generators")
struct ExternalGeneratorTests {
  private static func points(_ count: Int) -> [EncodedPoint] {
    (1...count).map { (Scalar($0) * Point.basepoint).encoded() }
  }

  @Test("stand where they were given, and fix the others")
  func positions() throws {
    let given = Self.points(4)
    let suite = try GeneratorSuite(blinding: given[0], account: Array(given[1...]))
    let generators = Generators(suite: suite)
    #expect(generators.blinding[0].encoded() == given[0])
    #expect(try generators.account(3).map { $0.encoded() } == Array(given[1...]))
    var preimage = Array("bppp-polytope-v1/external".utf8) + [3, 0, 0, 0]
    for point in given { preimage += point.bytes }
    #expect(suite.name == SHA512.hash(preimage))
    #expect(
      Generators(suite: try GeneratorSuite(blinding: given[0], account: [given[2], given[1]])).value
        != generators.value)
  }

  @Test("no more can be had than were given")
  func tooFew() throws {
    let given = Self.points(3)
    let generators = Generators(
      suite: try GeneratorSuite(blinding: given[0], account: Array(given[1...])))
    #expect(throws: GeneratorError.tooFewAccountGenerators(available: 2, needed: 3)) {
      try generators.account(3)
    }
    #expect(throws: GeneratorError.tooFewAccountGenerators(available: 2, needed: 3)) {
      let one = VectorCommitment(.identity)
      _ = try one.updated(adding: 1, at: 2, generators: generators)
    }
  }

  @Test("the identity, coincidences and undecodable points are refused")
  func refused() throws {
    let given = Self.points(3)
    let zero = try EncodedPoint([UInt8](repeating: 0, count: 32))
    let bad = try EncodedPoint([UInt8](repeating: 0xff, count: 32))
    #expect(throws: GeneratorError.identity(index: 1)) {
      try GeneratorSuite(blinding: given[0], account: [zero])
    }
    #expect(throws: GeneratorError.coincidence) {
      try GeneratorSuite(blinding: given[0], account: [given[1], given[1]])
    }
    #expect(throws: GeneratorError.coincidence) {
      try GeneratorSuite(blinding: given[0], account: [given[0]])
    }
    #expect(throws: GeneratorError.undecodable(index: 0, .notCanonical)) {
      try GeneratorSuite(blinding: bad, account: [given[0]])
    }
  }
}
