import CanonicalBytes
import Foundation
import FuzzTargets
import MarginRules
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport
import Testing

/// The published schemas against the readers.
@Suite("Schemas")
struct SchemaTests {
  private struct Kind {
    let schema: JSONValue
    let seeds: [[UInt8]]
    let read: ([UInt8]) throws -> Void
  }

  private static func kind(_ name: String) throws -> Kind {
    let file = Vectors.packageRoot.appending(path: "Documentation/schemas/\(name).schema.json")
    let schema = try JSONDocument.parse(Array(Data(contentsOf: file)), maximumBytes: 1 << 20).value
    func example(_ path: String) throws -> [UInt8] {
      Array(try Data(contentsOf: Vectors.packageRoot.appending(path: path)))
    }
    switch name {
    case "account":
      let account = try Fixture.coveredAccount().account
      return Kind(schema: schema, seeds: [account.json.encoded()]) { _ = try AccountCommitment(decoding: $0) }
    case "fill":
      let fill =
        #"{"version": 1, "account": "alice", "sequence": 0, "deltas": {"cash": "1000000", "debt/USDC": -3}}"#
      return Kind(schema: schema, seeds: [Array(fill.utf8)]) { _ = try Fill(decoding: $0) }
    case "book":
      let snapshot = try RiskSnapshot(json: example("Examples/snapshot.json"))
      let registry = try Registry(of: snapshot)
      let lots = LotSizes(of: snapshot)
      let inAssets =
        #"{"version": 1, "account": "a", "holdings": {"BTC": "0.5633 BTC"}, "cash": "-1.50 USD"}"#
      return Kind(schema: schema, seeds: [try example("Examples/book.json"), Array(inAssets.utf8)]) {
        _ = try Book(decoding: $0, registry: registry, lots: lots)
      }
    case "proof":
      let seed = try Fixture.coveredAccount().envelope.encoded()
      return Kind(schema: schema, seeds: [seed]) { _ = try ProofEnvelope(decoding: $0) }
    default:
      var summary = VerificationSummary(under: .init(Expectations(now: Fixture.now), circuits: [.zero]))
      summary.record(.rejected(.expired))
      summary.record(.rejected(.malformed(.emptyWindow)))
      summary.record(VerificationSummary.Input(name: "a", digest: .zero, count: 2))
      return Kind(schema: schema, seeds: [summary.json.encoded()]) { _ = try VerificationSummary(json: $0) }
    }
  }

  static let names = ["account", "fill", "book", "proof", "verification-summary"]

  /// Whether a reader refuses for the form of the document.
  private func isFormal(_ error: any Error) -> Bool {
    let problem: DocumentProblem
    switch error {
    case FileError.document(let error): problem = error.problem
    case BookError.document(let error): problem = error.problem
    default: return false
    }
    return switch problem {
    case .unknownKey, .missingKey, .missingKeys, .notHexadecimal, .wrongByteCount, .unknownWord: true
    // A number where an integer is wanted may be an integer to a schema.
    case .wrongKind(let expected, let found): !(expected == .integer && found == .number)
    default: false
    }
  }

  @Test(
    "what a reader accepts follows its schema, and what it refuses for its form the schema refuses",
    arguments: names)
  func bothWays(_ name: String) throws {
    let kind = try Self.kind(name)
    var mutator = Mutator(seed: 19)
    var (accepted, refused) = (0, 0)
    for seed in kind.seeds {
      for turn in 0..<400 {
        let bytes = turn == 0 ? seed : mutator.mutated(seed, with: seed, form: .json)
        guard let node = try? JSONDocument.parse(bytes, maximumBytes: 1 << 20) else { continue }
        let follows = Schema(kind.schema).admits(node.value)
        do {
          try kind.read(bytes)
          accepted += 1
          #expect(follows, "\(name): \(String(decoding: bytes, as: UTF8.self))")
        } catch  where isFormal(error) {
          refused += 1
          #expect(!follows, "\(name), \(error): \(String(decoding: bytes, as: UTF8.self))")
        } catch {}
      }
    }
    #expect(accepted > 1 && refused > 1, "\(accepted) \(refused)")
  }

  @Test("each key that is left out, and each that is added, is refused by both", arguments: names)
  func keys(_ name: String) throws {
    let kind = try Self.kind(name)
    let node = try JSONDocument.parse(kind.seeds[0], maximumBytes: 1 << 20)
    guard case .object(let members) = node.value else { return #expect(Bool(false), "no object") }
    var changes = members.map { member in JSONValue.object(members.filter { $0.key != member.key }) }
    changes.append(.object(members + [JSONMember("else", 1)]))
    for changed in changes {
      let isRead = (try? kind.read(changed.encoded())) != nil
      #expect(Schema(kind.schema).admits(changed) == isRead, "\(changed)")
    }
  }

  @Test("every schema is in the list, and every one of the list is there")
  func listed() throws {
    let folder = Vectors.packageRoot.appending(path: "Documentation/schemas")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".schema.json")
    }
    #expect(Set(files) == Set(Self.names.map { "\($0).schema.json" }))
    let page = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
    for file in files { #expect(page.contains("(\(file))")) }
  }
}

/// As much of JSON Schema as the schemas of the package use.
private struct Schema {
  private let root: JSONValue

  init(_ root: JSONValue) { self.root = root }

  func admits(_ value: JSONValue) -> Bool { admits(value, root) }

  private func member(_ key: String, of value: JSONValue) -> JSONValue? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }

  private func elements(_ value: JSONValue?) -> [JSONValue] {
    guard case .array(let elements)? = value else { return [] }
    return elements
  }

  private func admits(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    guard case .object(let rules) = schema else { return schema != .bool(false) }
    return rules.allSatisfy { rule in
      switch (rule.key, rule.value) {
      case ("$ref", .string(let path)):
        return member("$defs", of: root)
          .flatMap { member(String(path.split(separator: "/").last ?? ""), of: $0) }
          .map { admits(value, $0) } ?? false
      case ("anyOf", .array(let choices)): return choices.contains { admits(value, $0) }
      case ("type", .string(let type)): return has(value, type)
      case ("const", let wanted): return same(value, wanted)
      case ("enum", .array(let words)): return words.contains { same(value, $0) }
      case ("pattern", .string(let pattern)):
        guard case .string(let text) = value else { return true }
        return (try? Regex(pattern).wholeMatch(in: text)) != nil
      case ("minLength", .number(let least)):
        guard case .string(let text) = value else { return true }
        return text.unicodeScalars.count >= Int(least) ?? 0
      case ("minimum", .number(let least)):
        guard case .number(let text) = value, let number = Double(text), let least = Double(least) else {
          return true
        }
        return number >= least
      case ("required", .array(let keys)):
        guard case .object = value else { return true }
        return keys.allSatisfy { key in
          if case .string(let name) = key { member(name, of: value) != nil } else { false }
        }
      case ("additionalProperties", let rest):
        guard case .object(let members) = value else { return true }
        let properties = member("properties", of: schema) ?? .object([])
        return members.allSatisfy { entry in
          member(entry.key, of: properties) != nil || admits(entry.value, rest)
        }
      case ("properties", .object(let properties)):
        guard case .object = value else { return true }
        return properties.allSatisfy { property in
          member(property.key, of: value).map { admits($0, property.value) } ?? true
        }
      case ("items", let items):
        guard case .array(let elements) = value else { return true }
        return elements.allSatisfy { admits($0, items) }
      default: return true
      }
    }
  }

  private func has(_ value: JSONValue, _ type: String) -> Bool {
    switch (value, type) {
    case (.object, "object"), (.array, "array"), (.string, "string"), (.bool, "boolean"), (.null, "null"),
      (.number, "number"):
      true
    case (.number(let text), "integer"): Double(text).map { $0.rounded() == $0 } ?? false
    default: false
    }
  }

  private func same(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if case .number(let a) = a, case .number(let b) = b { return Double(a) == Double(b) }
    return a == b
  }
}
