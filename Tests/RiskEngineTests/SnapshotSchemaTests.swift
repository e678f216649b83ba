import CanonicalBytes
import Foundation
import MarginRules
import MarketData
import RiskEngine
import TestSupport
import Testing

/// The published schema of snapshots (M70) against what the engine writes and the reader takes.
@Suite("Schema of snapshots")
struct SnapshotSchemaTests {
  private let schema: JSONNode

  init() throws {
    schema = try JSONDocument.parse(
      Array(Vectors.data("margin/risk-snapshot.schema.json")), maximumBytes: 1 << 20)
  }

  @Test("what the engine publishes and every example follow the schema")
  func examples() throws {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.depth, shape.options, shape.underlyings) = (100, 2e7, 2, 2)
    let published = try RandomMarket(shape, seed: 1).first().snapshot.json
    let files = [
      published, try SnapshotFixture.snapshot().json,
      try JSONDocument.parse(SnapshotFixture.example("snapshot.json"), maximumBytes: 1 << 24).value,
    ]
    for file in files { #expect(faults(file, schema.value, "") == []) }
  }

  @Test("M70 what the schema refuses the reader refuses too")
  func refused() throws {
    let good = try SnapshotFixture.snapshot().json
    let changes: [(String, JSONValue)] = [
      ("version", .integer(3)), ("haltLevel", .integer(4)), ("bufferPpm", .integer(999_999)),
      ("beacon", "00"), ("regime", "wild"), ("epoch", .integer(-1)), ("else", .integer(1)),
      ("instruments", .null),
    ]
    for (key, value) in changes {
      guard case .object(let members) = good else { return #expect(Bool(false), "no object") }
      let changed = JSONValue.object(members.filter { $0.key != key } + [JSONMember(key, value)])
      #expect(!faults(changed, schema.value, "").isEmpty, "\(key)")
      #expect(throws: SnapshotError.self) { try RiskSnapshot(json: changed.encoded()) }
    }
    #expect(throws: SnapshotError.unknownVersion("3")) {
      try RiskSnapshot(json: Array(#"{"version": 3, "new": true}"#.utf8))
    }
  }

  @Test("a snapshot that declares attributes follows the schema, and numbers that are none do not")
  func attributes() throws {
    var draft = try SnapshotFixture.snapshot().draft
    draft.attributes = SnapshotAttributes(instruments: ["sector", "listed"], collateral: [])
    for index in draft.instruments.indices { draft.instruments[index].attributes = [Int64(index), -1] }
    let file = try RiskSnapshot(draft).json
    #expect(faults(file, schema.value, "") == [])
    let text = String(decoding: file.encoded(.compact), as: UTF8.self)
    for (part, other) in [("\"sector\":0", "\"sector\":\"a\""), ("\"sector\",", "\"Sector\",")] {
      let changed = text.replacing(part, with: other)
      #expect(changed != text)
      let node = try JSONDocument.parse(Array(changed.utf8), maximumBytes: 1 << 24)
      #expect(!faults(node.value, schema.value, "").isEmpty, "\(other)")
      #expect(throws: SnapshotError.self) { try RiskSnapshot(json: Array(changed.utf8)) }
    }
  }

  @Test("the engine publishes the own numbers that a market declares, in its digests and under the schema")
  func publishedAttributes() throws {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.depth, shape.options) = (100, 2e7, 2)
    let random = RandomMarket(shape, seed: 1)
    var market = random.market
    market.listing.attributes = AttributeListing(instruments: ["sector"], assets: ["rank", "tier"])
    for index in market.instruments.indices { market.instruments[index].attributes = [Int64(index)] }
    for index in market.listing.assets.indices {
      market.listing.assets[index].attributes = [Int64(-index), 7]
    }
    func publish(_ market: Market) throws -> RiskSnapshot {
      try SnapshotPublisher(market: market, configuration: .standard)
        .publish(at: random.end, state: .initial, previous: .zero, beacon: .zero).snapshot
    }
    let (plain, declared) = (try publish(random.market), try publish(market))
    #expect(plain.draft.attributes == nil && plain.inputRoot != declared.inputRoot)
    #expect(declared.draft.attributes?.instruments == ["sector"])
    let places = Dictionary(uniqueKeysWithValues: market.instruments.enumerated().map { ($1.id, Int64($0)) })
    #expect(!declared.instruments.isEmpty)
    #expect(declared.instruments.allSatisfy { $0.attributes == [places[$0.id] ?? -1] })
    #expect(
      declared.collateral.map(\.attributes) == declared.collateral.indices.map { [Int64(-$0), 7] })
    #expect(faults(declared.json, schema.value, "") == [])
    // Another number is another input and another snapshot.
    market.instruments[0].attributes = [99]
    #expect(try publish(market).inputRoot != declared.inputRoot)
  }

  // MARK: As much of JSON Schema as the file needs

  private func member(_ value: JSONValue, _ key: String) -> JSONValue? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }

  private func number(_ value: JSONValue?) -> Double? {
    guard case .number(let text)? = value else { return nil }
    return Double(text)
  }

  private func faults(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
    if case .array(let choices)? = member(schema, "anyOf") {
      return choices.contains { faults(value, $0, path).isEmpty } ? [] : ["\(path): no choice"]
    }
    if let constant = member(schema, "const") { return value == constant ? [] : ["\(path): constant"] }
    if case .array(let words)? = member(schema, "enum") {
      return words.contains(value) ? [] : ["\(path): word"]
    }
    guard case .string(let type)? = member(schema, "type") else { return ["\(path): schema"] }
    switch (type, value) {
    case ("null", .null), ("boolean", .bool): return []
    case ("integer", .number(let text)), ("number", .number(let text)):
      guard type == "number" || !text.contains(where: { ".eE".contains($0) }), let x = Double(text)
      else { return ["\(path): integer"] }
      let low = number(member(schema, "minimum")) ?? -.infinity
      let high = number(member(schema, "maximum")) ?? .infinity
      return low <= x && x <= high ? [] : ["\(path): range"]
    case ("string", .string(let text)):
      guard case .string(let pattern)? = member(schema, "pattern") else { return [] }
      return text.range(of: pattern, options: .regularExpression) != nil ? [] : ["\(path): pattern"]
    case ("array", .array(let items)):
      let low = number(member(schema, "minItems")) ?? 0
      let high = number(member(schema, "maxItems")) ?? .infinity
      guard low <= Double(items.count), Double(items.count) <= high, let inner = member(schema, "items")
      else { return ["\(path): count"] }
      return items.enumerated().flatMap { faults($1, inner, "\(path)[\($0)]") }
    case ("object", .object(let members)):
      guard case .object(let known)? = member(schema, "properties"),
        case .array(let required)? = member(schema, "required")
      else { return ["\(path): schema"] }
      let missing = required.filter { name in !members.contains { .string($0.key) == name } }
      let inner = members.flatMap { item -> [String] in
        if known.isEmpty, case .object? = member(schema, "additionalProperties") {
          return faults(item.value, member(schema, "additionalProperties") ?? .null, "\(path).\(item.key)")
        }
        guard let own = known.first(where: { $0.key == item.key })?.value else {
          return ["\(path).\(item.key): unknown"]
        }
        return faults(item.value, own, "\(path).\(item.key)")
      }
      return missing.map { "\(path): lacks \($0)" } + inner
    default: return ["\(path): \(type)"]
    }
  }
}
