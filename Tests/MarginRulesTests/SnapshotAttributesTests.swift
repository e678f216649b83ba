import CanonicalBytes
import MarginRules
import TestSupport
import Testing

/// A venue's own numbers of instruments and assets.
@Suite("Attributes of a snapshot")
struct SnapshotAttributesTests {
  private func draft() throws -> SnapshotDraft {
    var draft = try SnapshotFixture.snapshot().draft
    draft.attributes = SnapshotAttributes(instruments: ["sector", "houseLimit"], collateral: ["rank"])
    for index in draft.instruments.indices { draft.instruments[index].attributes = [Int64(index), -7] }
    for index in draft.collateral.indices { draft.collateral[index].attributes = [Int64(index) * 3] }
    return draft
  }

  @Test("a snapshot with attributes has version 2 and reads back from its bytes and from JSON")
  func roundTrip() throws {
    let snapshot = try RiskSnapshot(draft())
    #expect(try RiskSnapshot(canonicalBytes: snapshot.canonicalBytes) == snapshot)
    #expect(try RiskSnapshot(json: snapshot.json.encoded()) == snapshot)
    guard case .object(let members) = snapshot.json else { return #expect(Bool(false), "no object") }
    #expect(members.first { $0.key == "version" }?.value == .integer(2))
  }

  @Test("a snapshot without attributes has version 1 and the bytes without them")
  func plain() throws {
    let plain = try SnapshotFixture.snapshot()
    var draft = try draft()
    let with = try RiskSnapshot(draft)
    draft.attributes = nil
    for index in draft.instruments.indices { draft.instruments[index].attributes = [] }
    for index in draft.collateral.indices { draft.collateral[index].attributes = [] }
    #expect(try RiskSnapshot(draft) == plain)
    #expect(plain.canonicalBytes[29] == 1 && with.canonicalBytes[29] == 2)
    #expect(with.canonicalBytes.count > plain.canonicalBytes.count)
    // What version 1 says stands first in version 2, but for the version.
    var beginning = with.canonicalBytes.prefix(plain.canonicalBytes.count)
    beginning[29] = 1
    #expect(Array(beginning) == plain.canonicalBytes)
  }

  @Test("every number and every name is in the digest")
  func digests() throws {
    let good = try draft()
    var seen: Set<Digest> = [try RiskSnapshot(good).digest]
    func changed(_ body: (inout SnapshotDraft) -> Void) throws {
      var draft = good
      body(&draft)
      #expect(seen.insert(try RiskSnapshot(draft).digest).inserted)
    }
    for index in good.instruments.indices {
      for place in 0..<2 { try changed { $0.instruments[index].attributes[place] += 1 } }
    }
    for index in good.collateral.indices { try changed { $0.collateral[index].attributes[0] -= 1 } }
    try changed { $0.attributes?.instruments[0] = "industry" }
    try changed { $0.attributes?.instruments.swapAt(0, 1) }
    try changed { $0.attributes?.collateral[0] = "order" }
  }

  @Test(
    "numbers that are not declared, declared ones that are missing, and names that no circuit could write are refused"
  )
  func refused() throws {
    func refusal(_ body: (inout SnapshotDraft) -> Void) throws -> SnapshotError? {
      var draft = try draft()
      body(&draft)
      return #expect(throws: SnapshotError.self) { try RiskSnapshot(draft) }
    }
    #expect(
      try refusal { $0.attributes = nil }
        == .invalid(path: "instruments[0].attributes", rule: .wrongCount(2, lower: 0, upper: 0)))
    #expect(
      try refusal { $0.instruments[0].attributes.removeLast() }
        == .invalid(path: "instruments[0].attributes", rule: .wrongCount(1, lower: 2, upper: 2)))
    #expect(
      try refusal { $0.collateral[0].attributes.append(1) }
        == .invalid(path: "collateral[0].attributes", rule: .wrongCount(2, lower: 1, upper: 1)))
    #expect(
      try refusal { $0.instruments[0].attributes[1] = 1 << 50 }
        == .invalid(
          path: "instruments[0].attributes[1]",
          rule: .outOfRange(1 << 50, lower: -(1 << 50) + 1, upper: (1 << 50) - 1)))
    #expect(
      try refusal { $0.attributes?.instruments[1] = "sector" }
        == .invalid(
          path: "attributes.instruments[1]", rule: .duplicate(of: "attributes.instruments[0]")))
    for name in ["", "Sector", "a b", "a-b", "1a", "ä", String(repeating: "a", count: 65)] {
      #expect(
        try refusal { $0.attributes?.instruments[1] = name }
          == .invalid(path: "attributes.instruments[1]", rule: .malformedText), "\(name)")
    }
    #expect(
      try refusal { draft in
        draft.attributes = SnapshotAttributes()
        for index in draft.instruments.indices { draft.instruments[index].attributes = [] }
        for index in draft.collateral.indices { draft.collateral[index].attributes = [] }
      } == .invalid(path: "attributes", rule: .noAttributes))
  }

  @Test("in JSON, what is missing is named all at once, and version 1 knows no attributes")
  func json() throws {
    let text = String(decoding: try RiskSnapshot(draft()).json.encoded(.compact), as: UTF8.self)
    func refusal(_ part: String, _ other: String) throws -> String {
      let changed = text.replacing(part, with: other)
      try #require(changed != text, "\(part)")
      let error = #expect(throws: SnapshotError.self) { try RiskSnapshot(json: Array(changed.utf8)) }
      return error?.description ?? ""
    }
    let missing = try refusal("\"attributes\":{\"sector\":0,\"houseLimit\":-7}", "\"attributes\":{}")
    #expect(
      missing.contains("instruments[0].attributes") && missing.contains("\"sector\", \"houseLimit\""),
      "\(missing)")
    let unknown = try refusal("\"sector\":0,", "\"sektor\":0,")
    #expect(unknown.contains("sektor") && unknown.contains("sector"), "\(unknown)")
    let old = try refusal("\"version\":2", "\"version\":1")
    #expect(old.contains("attributes"), "\(old)")
    let wrong = try refusal("\"sector\":0,", "\"sector\":0.5,")
    #expect(wrong.contains("instruments[0].attributes.sector"), "\(wrong)")
  }
}
