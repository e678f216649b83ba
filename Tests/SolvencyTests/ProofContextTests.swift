import CanonicalBytes
import MarginRules
import Solvency
import TestSupport
import Testing

@Suite("Proof context")
struct ProofContextTests {
  /// A context with every field drawn at random.
  private static func random(_ random: inout SplitMix64) throws -> ProofContext {
    func digest() throws -> Digest { try #require(Digest(random.bytes(32))) }
    func name() -> String {
      String(
        (0..<Int.random(in: 1...40, using: &random)).map { _ in
          "abcdef/é".randomElement(using: &random) ?? "a"
        })
    }
    let issued = UInt64.random(in: 0..<UInt64.max, using: &random)
    return try ProofContext(
      circuit: digest(), snapshot: digest(), registry: digest(),
      kind: Bool.random(using: &random) ? .initial : .maintenance, account: AccountID(name()),
      sequence: random.next(), audience: Audience(name()),
      nonce: #require(Nonce(random.bytes(32))), issued: Timestamp(seconds: issued),
      expires: Timestamp(seconds: UInt64.random(in: (issued + 1)...UInt64.max, using: &random)))
  }

  @Test
  func `A10: decoding what was encoded gives the context back`() throws {
    var random = SplitMix64(seed: 1)
    for _ in 0..<500 {
      let context = try Self.random(&random)
      #expect(try ProofContext(decoding: context.encoded()) == context)
    }
  }

  @Test
  func `A7: account and audience cannot trade bytes`() throws {
    let context = try Fixture.coveredAccount().envelope.context
    let pairs = [("ab", "c"), ("a", "bc"), ("abc", "x"), ("abcx", "y")]
    let encodings = try pairs.map { try context.replacing(account: $0, audience: $1).encoded() }
    #expect(Set(encodings).count == pairs.count)
  }

  @Test("every field changes the encoding")
  func injective() throws {
    let context = try Fixture.coveredAccount().envelope.context
    let variants = try Self.variants(of: context)
    #expect(Set(([context] + variants).map { $0.encoded() }).count == variants.count + 1)
  }

  /// The context with each field in turn replaced.
  static func variants(of context: ProofContext) throws -> [ProofContext] {
    let other = Digest.sha256(of: [1])
    return [
      try context.replacing(circuit: other), try context.replacing(snapshot: other),
      try context.replacing(registry: other), try context.replacing(kind: .maintenance),
      try context.replacing(account: "desk-8"), try context.replacing(sequence: 1),
      try context.replacing(audience: "exchange"), try context.replacing(nonce: .random()),
      try context.replacing(issued: context.issued.seconds + 1),
      try context.replacing(expires: context.expires.seconds + 1),
    ]
  }

  @Test
  func `A43: a truncated or extended encoding is refused`() throws {
    let bytes = try Fixture.coveredAccount().envelope.context.encoded()
    for count in 0..<bytes.count {
      #expect(throws: ProofContextError.self) {
        try ProofContext(decoding: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: ProofContextError.malformed(.trailingBytes(1))) {
      try ProofContext(decoding: bytes + [0])
    }
  }

  @Test
  func `A43: any bytes decode to a context that encodes to them, or are refused`() throws {
    var random = SplitMix64(seed: 2)
    let valid = try Fixture.coveredAccount().envelope.context.encoded()
    var accepted = 0
    for round in 0..<20_000 {
      var bytes = round.isMultiple(of: 4) ? random.bytes(Int(random.next() % 300)) : valid
      for _ in 0..<Int(random.next() % 3) where !bytes.isEmpty {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      if let context = try? ProofContext(decoding: bytes) {
        accepted += 1
        #expect(context.encoded() == bytes)
      }
    }
    #expect(accepted > 1_000)
  }

  @Test
  func `A6: bytes of another domain or version are refused`() throws {
    var bytes = try Fixture.coveredAccount().envelope.context.encoded()
    bytes[4 + "solvency/context/v1".utf8.count - 1] = UInt8(ascii: "2")
    #expect(throws: ProofContextError.malformed(.wrongDomain)) { try ProofContext(decoding: bytes) }
  }

  @Test("a window that ends before it begins is refused", arguments: [(5, 5), (6, 5), (1, 0)])
  func emptyWindow(_ issued: UInt64, _ expires: UInt64) throws {
    let context = try Fixture.coveredAccount().envelope.context
    #expect(throws: ProofContextError.emptyWindow) {
      try context.replacing(issued: issued, expires: expires)
    }
  }
}
