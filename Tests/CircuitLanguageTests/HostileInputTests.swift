import CanonicalBytes
import CircuitLanguage
import ExactIntegers
import Foundation
import TestSupport
import Testing

@Suite("Hostile input")
struct HostileInputTests {
  private let market: SyntheticMarket

  init() throws { market = try SyntheticMarket.random(seed: 11) }

  /// Parses, and compiles what parses; neither may trap.
  private func tryOut(_ bytes: [UInt8]) -> Bool {
    guard let circuit = try? Circuit(parsing: bytes, named: "fuzz") else { return false }
    _ = try? circuit.compiled(with: market.tree, coordinates: market.coordinates)
    return true
  }

  @Test("bytes at random give diagnostics")
  func randomBytes() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<500 {
      let bytes = random.bytes(Int.random(in: 0...400, using: &random))
      #expect(!tryOut(bytes))
    }
  }

  @Test("mutations of the shipped circuits give circuits or diagnostics", arguments: shippedNames)
  func mutations(_ name: String) throws {
    let file = Vectors.packageRoot.appending(path: "circuits/\(name).circuit")
    let original = Array(try Data(contentsOf: file))
    var random = SplitMix64(seed: 2)
    var parsed = 0
    for _ in 0..<1_500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(original[Int.random(in: 0..<original.count, using: &random)], at: place)
        default:
          let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
          let piece = Array(bytes[place..<end])
          bytes.insert(contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &random))
        }
      }
      if tryOut(bytes) { parsed += 1 }
    }
    #expect(parsed > 50)
  }

  @Test("tokens at random give diagnostics")
  func randomTokens() {
    let words = [
      "circuit", "version", "parameters", "committed", "advice", "let", "link", "require", "product",
      "for", "in", "where", "within", "if", "then", "else", "and", "or", "not", "sum", "max", "min",
      "count", "index", "fill", "(", ")", "[", "]", ",", ":", ":=", ".", "...", "..<", "+", "-", "*",
      "//", "^", "=", "==", ">=", "<=", "<", "\"x\"", "\"{a}\"", "0", "1", "7", "a", "b", "cash",
      "instruments", "collateral", "theta",
    ]
    var random = SplitMix64(seed: 3)
    for _ in 0..<3_000 {
      var text = "circuit a version 1 parameters p committed cash in 0 ... 9 "
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        text += words[Int.random(in: 0..<words.count, using: &random)] + " "
      }
      _ = tryOut(Array(text.utf8))
    }
  }

  @Test("truncations give diagnostics", arguments: shippedNames)
  func truncations(_ name: String) throws {
    let file = Vectors.packageRoot.appending(path: "circuits/\(name).circuit")
    let original = Array(try Data(contentsOf: file))
    for length in stride(from: 0, to: original.count, by: 7) { _ = tryOut(Array(original[..<length])) }
  }

  struct Nested: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var expression: String
    var isFine: Bool

    init(_ what: String, _ expression: String, isFine: Bool = false) {
      testDescription = what
      self.expression = expression
      self.isFine = isFine
    }
  }

  private static func many(_ text: String, _ count: Int = 5_000) -> String {
    String(repeating: text, count: count)
  }

  static let nested = [
    Nested("open parentheses", many("(", 100_000)),
    Nested("parentheses", many("(") + "1" + many(")")),
    Nested("signs", many("-", 100_000) + "1"),
    Nested("inversions", "if " + many("not ", 100_000) + "1 < 2 then 1 else 2"),
    Nested("choices", many("if 1 < 2 then ")),
    Nested("factors", "1" + many(" * 1")),
    Nested("fields", "theta" + many(".a")),
    Nested("indices", "theta" + many("[0]")),
    Nested("nested indices", many("theta[")),
    Nested("loops", many("sum(a in ")),
    Nested("maxima", many("max(1, ")),
    Nested("arguments", many("f(")),
    Nested("conditions", many("sum(a in b where ")),
    Nested("alternating prefixes", many("- if - (not ")),
    Nested("some parentheses", many("(", 40) + "1" + many(")", 40), isFine: true),
    Nested("a chain of additions", "1" + many(" + 1", 50_000), isFine: true),
  ]

  @Test("nesting is limited, chains of additions are not", arguments: nested)
  func nesting(_ nested: Nested) throws {
    let text = """
      circuit deep version 1
      parameters p
      committed debt in 0 ... 9
      require "r" : 0 * debt + (\(nested.expression)) >= 0
      """
    var error: CircuitError?
    do {
      _ = try Circuit(parsing: text, named: "deep").compiled(
        with: ["theta": 1], coordinates: try CoordinateMap(["debt"]))
    } catch let thrown as CircuitError {
      error = thrown
    }
    #expect((error == nil) == nested.isFine)
  }

  @Test("chains of definitions are limited in depth and in work")
  func definitions() throws {
    func chain(_ count: Int, _ step: (Int) -> String) -> String {
      let lines = (1...count).map { "let a\($0) = \(step($0 - 1))" }.joined(separator: "\n")
      return "committed debt in 0 ... 9\nlet a0 = debt\n\(lines)\nrequire \"r\" : a\(count) >= 0"
    }
    #expect(try complaint(chain(60) { "a\($0) + 1" }, coordinates: ["debt"]) == nil)
    let deep = try complaint(chain(500) { "a\($0) + 1" }, coordinates: ["debt"])
    #expect(deep?.diagnostics.first?.code == .tooDeep)
    let doubling = try complaint(chain(60) { "a\($0) + a\($0)" }, coordinates: ["debt"])
    #expect(doubling?.diagnostics.map(\.code) == [.tooLarge])
  }

  @Test("what a rule computes with is limited where it is kept, before it takes memory")
  func keptSteps() throws {
    let nested = "sum(i in 0 ..< 3000 : sum(j in 0 ..< 2000 : debt * i))"
    let error = try complaint(
      "committed debt in 0 ... 9\nrequire \"r\" : \(nested) >= 0", coordinates: ["debt"])
    #expect(error?.diagnostics.map(\.code) == [.tooLarge])
    #expect(error?.diagnostics.first?.message.contains("steps") == true)
  }

  @Test("a file of more than 1 MiB is refused unread, one of 1 MiB is read")
  func size() throws {
    let header = "circuit big version 1\nparameters p\ncommitted debt in 0 ... 9\n"
    let filler = [UInt8](repeating: UInt8(ascii: "#"), count: (1 << 20) - header.utf8.count)
    let fits = Array(header.utf8) + filler
    _ = try Circuit(parsing: fits, named: "big")
    let error = #expect(throws: CircuitError.self) { try Circuit(parsing: fits + [35], named: "big") }
    #expect(error?.diagnostics.map(\.code) == [.tooLong])
  }

  @Test("extreme parameters give diagnostics, not traps")
  func parameters() throws {
    let huge = ParameterValue.integer(Integer.powerOfTwo(4000))
    for value in [huge, [], [huge], ["a": huge], -1, [[[]]]] as [ParameterValue] {
      for name in shippedNames {
        guard case .record(var root) = market.tree else { continue }
        for field in root.fields.keys {
          var changed = root
          changed.fields[field] = value
          _ = try? shipped(name).compiled(with: .record(changed), coordinates: market.coordinates)
        }
        root.fields = [:]
        #expect(throws: CircuitError.self) {
          try shipped(name).compiled(with: .record(root), coordinates: market.coordinates)
        }
      }
    }
  }

  @Test("the digest is SHA-256 over the domain and the exact bytes")
  func digest() throws {
    let text = "circuit x version 3\nparameters p\n"
    let circuit = try Circuit(parsing: text, named: "x")
    #expect(circuit.name == "x")
    #expect(circuit.version == 3)
    #expect(
      circuit.digest.description == "fb687fb885043b925b6a4bbbe789eac9143997d06b1b3b04427efc1e559379c9")
    #expect(try Circuit(parsing: text + "\n", named: "x").digest != circuit.digest)
  }
}
