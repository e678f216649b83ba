import CircuitLanguage
import Testing

/// What compiles and is hardly meant.
@Suite("Warnings about circuits")
struct WarningTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let lines: String
    let kinds: Set<CircuitWarning.Kind>

    init(_ lines: String, _ kinds: Set<CircuitWarning.Kind>) { (self.lines, self.kinds) = (lines, kinds) }

    var testDescription: String { lines }
  }

  private static let books = """
    committed cash in 0 ... 2^40
    committed debt in 0 ... 2^40

    """

  static let weakCases: [Case] = [
    Case(books, [.requiresNothing, .forgottenCommitment]),
    Case(books + "require \"true\" : 1 >= 0", [.requiresNothing, .alwaysHolds, .forgottenCommitment]),
    Case(
      books + "require \"bound\" : 2^41 - cash - debt >= 0",
      [.requiresNothing, .alwaysHolds, .forgottenCommitment]),
    Case(books + "require \"cash\" : cash - 1 >= 0", [.forgottenCommitment]),
    Case(
      books
        + "require \"net\" : cash - debt >= 0\nrequire \"each {i}\" for i in nothing : cash - i.price >= 0",
      [.emptyLoop]),
  ]

  static let emptyCases: [Case] = [
    Case(books + "require \"nothing\" : 0 - cash - debt >= 0", [.onlyEmptyBook]),
    Case(books + "require \"a\" : 0 - cash >= 0\nrequire \"b\" : cash - 2 * debt >= 0", [.onlyEmptyBook]),
    // Less than one whole on either side, which only rounding shows.
    Case(books + "require \"small\" : 4 - 5 * cash - 5 * debt >= 0", [.onlyEmptyBook]),
    Case(
      """
      committed cash in -1000 ... 1000
      committed debt in 0 ... 2^40
      require "up" : 2 * cash - debt >= 0
      require "down" : 0 - cash >= 0
      """, [.onlyEmptyBook]),
    Case(
      """
      committed cash in 0 ... 2^40
      committed position[i in instruments]
      advice long[i in instruments]  in 0 ... 2^20 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 2^20 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      require "flat" : 0 - cash - sum(i in instruments : i.price * (long[i] + short[i])) >= 0
      """, [.onlyEmptyBook]),
    // No whole numbers but 0, which no linear program shows.
    Case(
      """
      committed cash in 0 ... 6
      committed debt in 0 ... 6
      require "up" : 3 * cash - 7 * debt >= 0
      require "down" : 7 * debt - 3 * cash >= 0
      """, [.noBookFound]),
  ]

  static let soundCases: [Case] = [
    Case(books + "require \"net\" : cash - debt >= 0", []),
    // No book with one coordinate meets it.
    Case(books + "require \"up\" : cash - debt >= 0\nrequire \"down\" : debt - cash >= 0", []),
    // The least book is not small.
    Case(books + "require \"much\" : cash - 2^39 - debt >= 0", []),
    Case(books + "require \"exact\" : cash - 2 * debt == 12_345", []),
  ]

  private func warnings(_ lines: String) throws -> (
    compiled: CompiledCircuit, kinds: Set<CircuitWarning.Kind>
  ) {
    let parameters: ParameterValue = [
      "nothing": [],
      "instruments": [
        .record(id: "BTC", ["limit": 1000, "price": 30]), .record(id: "ETH", ["limit": 1000, "price": 11]),
      ],
    ]
    let compiled = try circuit(lines).compiled(
      with: parameters, coordinates: CoordinateMap(["cash", "debt", "position/BTC", "position/ETH"]))
    return (compiled, Set(compiled.warnings.map(\.kind)))
  }

  @Test(
    "a circuit that requires nothing, of nothing, or forgets a value is warned of, and refused by a strict standard"
  )
  func weak() throws {
    for item in Self.weakCases {
      let (compiled, kinds) = try warnings(item.lines)
      #expect(kinds == item.kinds, "\(item.lines)")
      #expect(!CircuitStandard.strict.refusals(of: compiled).isEmpty)
      #expect(CircuitStandard.lenient.refusals(of: compiled).isEmpty)
    }
  }

  @Test(
    "a rule that only the empty book meets, or none that was found, is warned of; refused only where it is a fact",
    arguments: emptyCases)
  func empty(_ item: Case) throws {
    let (compiled, kinds) = try warnings(item.lines)
    #expect(kinds == item.kinds, "\(compiled.warnings)")
    let refused = item.kinds.intersection([.onlyEmptyBook])
    #expect(Set(CircuitStandard.strict.refusals(of: compiled).map(\.kind)) == refused)
  }

  @Test(
    "a rule that some book meets is not, however far that book is from the usual ones", arguments: soundCases)
  func sound(_ item: Case) throws {
    let (compiled, _) = try warnings(item.lines)
    #expect(compiled.warnings.isEmpty, "\(compiled.warnings)")
  }

  @Test("a committed range beyond 64 bits is warned of, once for a family, and refuses nothing")
  func wideRange() throws {
    let (compiled, kinds) = try warnings(
      """
      committed cash in -2^100 ... 2^100
      committed position[i in instruments] in -2^63 ... 2^63
      require "net" : cash + sum(i in instruments : position[i]) >= 0
      """)
    #expect(kinds == [.wideRange])
    #expect(compiled.warnings.count == 2)
    #expect(
      compiled.warnings.first?.description.hasPrefix("line 3: the range of `cash` reaches 2^100") == true)
    #expect(CircuitStandard.strict.refusals(of: compiled).isEmpty)
    let held = try warnings("committed cash in -2^63 ... 2^63 - 1\nrequire \"r\" : cash >= 0")
    #expect(held.kinds.isEmpty)
  }

  @Test("that no book but the empty one passes is a fact where a linear program shows it, and said so")
  func fact() throws {
    func text(_ item: Case) throws -> String {
      try warnings(item.lines).compiled.warnings.map(\.message).joined()
    }
    #expect(try text(Self.emptyCases[2]).contains("in it meets"))
    #expect(try text(Self.emptyCases[5]).contains("was found"))
  }
}
