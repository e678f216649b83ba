import MarginRules
import Solvency
import Testing

@Suite("Registry")
struct RegistryTests {
  @Test
  func `A25: a snapshot's registry lists every instrument, asset and debt, and cash`() throws {
    let registry = try Registry(of: Fixture.smallSnapshot())
    #expect(
      registry.names == [
        "cash", "position/BTC-PERP", "position/ETH-PERP", "position/BTC-CALL", "holding/USDC",
        "debt/USDC", "holding/BTC", "debt/BTC",
      ])
    for (index, name) in registry.names.enumerated() { #expect(registry.index(of: name) == index) }
    #expect(registry.index(of: "position/DOGE-PERP") == nil)
  }

  @Test
  func `A23: a name listed twice is refused`() {
    #expect(throws: RegistryError.duplicate("debt/BTC")) {
      try Registry(names: ["cash", "debt/BTC", "holding/BTC", "debt/BTC"])
    }
  }

  @Test("names that are empty, over-long or not visible ASCII are refused, with their place")
  func invalidNames() throws {
    #expect(throws: RegistryError.empty) { try Registry(names: []) }
    let longest = String(repeating: "n", count: Registry.nameByteLimit)
    #expect(try Registry(names: [longest]).count == 1)
    for name in ["", longest + "n", "a b", "caf\u{E9}", "a\u{0}"] {
      #expect(throws: RegistryError.invalidName(index: 1)) { try Registry(names: ["cash", name]) }
    }
    let many = (0...Registry.countLimit).map { "n\($0)" }
    #expect(throws: RegistryError.tooManyNames(limit: Registry.countLimit)) {
      try Registry(names: many)
    }
    #expect(try Registry(names: Array(many.dropLast())).count == Registry.countLimit)
  }

  @Test
  func `A10: the digest depends on every name, their order and where they end`() throws {
    let lists = [
      ["cash", "ab", "c"], ["cash", "a", "bc"], ["cash", "abc"], ["cash", "c", "ab"], ["cash"],
      ["cashab", "c"],
    ]
    let digests = try lists.map { try Registry(names: $0).digest }
    #expect(Set(digests).count == lists.count)
  }

  @Test("a registry grows at its end only")
  func growth() throws {
    let snapshot = try Fixture.smallSnapshot()
    let old = try Registry(names: ["cash", "position/OLD", "position/BTC-PERP"])
    let grown = try old.extended(for: snapshot)
    #expect(Array(grown.names.prefix(3)) == old.names)
    #expect(Set(grown.names) == Set(try Registry(of: snapshot).names + ["position/OLD"]))
    #expect(try grown.extended(for: snapshot) == grown)
  }

  @Test("a name that is the same by Unicode's rules only is another name")
  func bytewise() throws {
    // U+212A KELVIN SIGN is canonically equivalent to K.
    #expect(try Registry(names: ["K"]).index(of: "\u{212A}") == nil)
  }
}
