import CanonicalBytes
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport
import Testing

@Suite("Files")
struct FileTests {
  private func envelope() throws -> ProofEnvelope { try Fixture.coveredAccount().envelope }

  /// The JSON of an honest envelope with one member replaced, or removed.
  private func json(_ key: String, _ value: JSONValue?) throws -> [UInt8] {
    guard case .object(let members) = try envelope().json else { return [] }
    let changed = members.compactMap { member in
      member.key == key ? value.map { JSONMember(key, $0) } : member
    }
    return JSONValue.object(changed).encoded()
  }

  private static let keys = [
    "version", "suite", "circuit", "circuitDigest", "snapshot", "registry", "kind", "account",
    "sequence", "commitments", "audience", "nonce", "issued", "expires", "proof",
  ]

  @Test("an envelope reads back as it was written, on one line")
  func roundTrip() throws {
    let bytes = try envelope().encoded()
    #expect(try ProofEnvelope(decoding: bytes) == envelope())
    #expect(!bytes.contains(UInt8(ascii: "\n")))
  }

  @Test(arguments: [0, 2, -1])
  func `A43: an unknown version is refused by its number, whatever else the file has`(_ version: Int64) throws
  {
    let texts = [#"{"version":\#(version)}"#, #"{"version":\#(version),"more":[1,2],"proof":7}"#]
    for text in texts {
      #expect(throws: FileError.unsupportedVersion(version)) {
        try ProofEnvelope(decoding: Array(text.utf8))
      }
    }
    let expectations = Expectations(now: Fixture.now)
    #expect(
      try Fixture.verifier().verify(encoded: Array(texts[0].utf8), expecting: expectations)
        == .rejected(.unsupportedVersion(version)))
  }

  @Test("every key is needed, and no other is allowed", arguments: keys)
  func keysAreExact(_ key: String) throws {
    #expect(throws: FileError.self) { try ProofEnvelope(decoding: json(key, nil)) }
    #expect(throws: FileError.self) { try ProofEnvelope(decoding: json(key, .null)) }
    #expect(throws: FileError.self) { try ProofEnvelope(decoding: json(key, ["deeper": 1])) }
  }

  @Test("an unknown or repeated key is refused")
  func strayKeys() throws {
    let text = String(decoding: try envelope().encoded(), as: UTF8.self).dropLast()
    #expect(throws: FileError.self) { try ProofEnvelope(decoding: Array((text + #","x":1}"#).utf8)) }
    #expect(throws: FileError.self) {
      try ProofEnvelope(decoding: Array((text + #","version":1}"#).utf8))
    }
  }

  @Test
  func `A43: malformed values are refused with their path`() throws {
    let cases: [(String, JSONValue)] = [
      ("nonce", "00"), ("nonce", .hex([UInt8](repeating: 0, count: 33))),
      ("snapshot", .string(String(repeating: "AB", count: 32))), ("kind", "both"),
      ("account", ""), ("audience", .string(String(repeating: "a", count: 129))),
      ("sequence", -1), ("sequence", .number("18446744073709551616")), ("issued", .number("1.0")),
      ("commitments", ["00"]), ("proof", "AAA"), ("proof", "AB=="), ("proof", "A A="),
    ]
    for (key, value) in cases {
      #expect(throws: FileError.self) { try ProofEnvelope(decoding: json(key, value)) }
    }
    let start = try envelope().context.issued.seconds
    #expect(throws: FileError.emptyWindow) {
      try ProofEnvelope(decoding: json("expires", .integer(start)))
    }
  }

  @Test
  func `A43: more than 1 MiB is refused before it is read`() {
    let bytes = [UInt8](repeating: UInt8(ascii: " "), count: ProofEnvelope.byteLimit + 1)
    #expect(
      throws: FileError.document(
        DocumentError(
          path: .root,
          problem: .tooLarge(bytes: bytes.count, limit: ProofEnvelope.byteLimit)))
    ) { try ProofEnvelope(decoding: bytes) }
  }

  @Test
  func `A43: damaged envelopes never trap, and none is accepted`() throws {
    var random = SplitMix64(seed: 3)
    let bytes = try envelope().encoded()
    let verifier = try Fixture.verifier()
    let expectations = Expectations(now: Fixture.now)
    var damaged: [[UInt8]] = []
    for _ in 0..<1_500 {
      var copy = bytes
      switch random.next() % 3 {
      case 0: copy.removeLast(Int(random.next() % UInt64(bytes.count)) + 1)
      case 1: copy[Int(random.next() % UInt64(bytes.count))] ^= 1 << (random.next() % 8)
      default:
        copy.insert(UInt8(truncatingIfNeeded: random.next()), at: Int(random.next() % UInt64(bytes.count)))
      }
      damaged.append(copy)
    }
    var remaining = damaged[...]
    let summary = verifier.verify(stream: { remaining.popFirst() }, expecting: expectations) {
      index, verdict in
      // Spaces between tokens and escaped letters leave the envelope what it was.
      let isSame = (try? ProofEnvelope(decoding: damaged[index])) == (try? envelope())
      #expect(verdict.isAccepted == isSame)
    }
    #expect(summary.rejected > 1_400)
  }

  @Test("an account file with bytes that are not a point is refused")
  func accountPoint() throws {
    let account = try Fixture.coveredAccount().account
    guard case .object(let members) = account.json else { return }
    let changed = members.map { member in
      member.key == "commitment"
        ? JSONMember(member.key, .hex([UInt8](repeating: 0xFF, count: 32))) : member
    }
    #expect(throws: FileError.undecodablePoint(path: "commitment")) {
      try AccountCommitment(decoding: JSONValue.object(changed).encoded())
    }
  }
}
