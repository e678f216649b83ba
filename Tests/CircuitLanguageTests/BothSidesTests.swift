import CircuitLanguage
import Testing

/// Two sides of a link that a prover raises together: the book stays the same, and a row becomes easier.
@Suite("Both sides of a link")
struct BothSidesTests {
  private static let sides = """
    committed cash in 0 ... 2^40
    committed position[i in instruments]
    advice long[i in instruments] in 0 ... 100_000 := max(position[i], 0)
    advice short[i in instruments] in 0 ... 100_000 := max(-position[i], 0)
    link for i in instruments: position[i] == long[i] - short[i]
    let gross = sum(i in instruments: long[i] + short[i])

    """

  /// As a new user writes it.
  private static let spread =
    sides + """
      require "lev" : cash >= gross
      require "third {i}" for i in instruments : gross - 3 * (long[i] + short[i]) >= 0

      """

  private static let concentration = """
    committed cash in 0 ... 2^40
    committed position[i in instruments]
    advice long [i in instruments] in 0 ... 1_000_000 := max( position[i], 0)
    advice short[i in instruments] in 0 ... 1_000_000 := max(-position[i], 0)
    link for i in instruments : position[i] == long[i] - short[i]
    let notional(i) = i.price * (long[i] + short[i])
    let gross = sum(i in instruments : notional(i))
    require "gross" : 10 * cash - gross >= 0
    require "at most half {i}" for i in instruments : gross - 2 * notional(i) >= 0

    """

  private static let names = (0..<11).map { "I\($0)" }
  private static let coordinates = ["cash"] + names.map { "position/\($0)" }

  private func compiled(_ lines: String) throws -> CompiledCircuit {
    let list = Self.names.map { ParameterValue.record(id: $0, ["price": 30]) }
    return try circuit(lines).compiled(
      with: ["instruments": .list(list)], coordinates: CoordinateMap(Self.coordinates))
  }

  private func warnings(_ lines: String) throws -> [CircuitWarning] {
    try compiled(lines).warnings.filter { $0.kind == .bothSides }
  }

  @Test(
    "where both together help a row, it is warned of with the row, and a book in a set of three shows it",
    arguments: [spread, concentration])
  func helps(_ lines: String) throws {
    let found = try warnings(lines)
    #expect(found.count == 1)
    let warning = try #require(found.first)
    #expect(warning.message.contains("both sides of `position[I0]` (and 10 more like it)"))
    #expect(warning.message.contains(lines == Self.spread ? "\"third I" : "\"at most half I"))
    #expect(warning.line == 7)
    let compiled = try compiled(lines)
    #expect(CircuitStandard.strict.refusals(of: compiled).isEmpty)
    #expect(CircuitStandard.authoring.refusals(of: compiled).map(\.kind) == [.bothSides])

    var few = SearchLimits.standard
    few.programsTogether = 0
    let report = compiled.searchForDifference(limits: few)
    let difference = try #require(report.difference, "\(report)")
    var book = [Int64](repeating: 0, count: Self.coordinates.count)
    for entry in difference.book {
      book[try #require(Self.coordinates.firstIndex(of: entry.coordinate))] = entry.value
    }
    #expect(try !compiled.evaluate(book.span).isProvable)
  }

  @Test("the lines that the warning prints can be pasted, and end it", arguments: [spread, concentration])
  func repair(_ lines: String) throws {
    let message = try #require(try warnings(lines).first).message
    let parts = message.split(separator: "`").map(String.init)
    let product = try #require(
      parts.first { $0.hasPrefix("product both[i in instruments] := long[i] * short[i]") })
    let row = try #require(
      parts.first { $0.hasPrefix("require \"one side {i}\" for i in instruments : both[i] == 0") })
    let repaired = lines + product + "\n" + row + "\n"
    #expect(try warnings(repaired).isEmpty)
    let report = try compiled(repaired).searchForDifference(
      limits: SearchLimits(supports: 4, programs: 60, variables: 120))
    #expect(report.difference == nil, "\(report)")
  }

  @Test(
    "where both together only cost, or one of them is 0 for certain, nothing is said",
    arguments: [
      "require \"gross\" : 10 * cash - gross >= 0",
      "require \"net\" : 10 * cash - sum(i in instruments : long[i] - short[i]) - gross >= 0",
      "require \"few\" : gross <= 1_000\nrequire \"cash\" : cash >= 1",
      """
      advice bought[i in instruments] in 0 ... 1 := if position[i] > 0 then 1 else 0
      require "long {i}" for i in instruments : long[i] <= 100_000 * bought[i]
      require "short {i}" for i in instruments : short[i] <= 100_000 * (1 - bought[i])
      require "lev" : cash >= gross
      require "third {i}" for i in instruments : gross - 3 * (long[i] + short[i]) >= 0
      """,
      """
      advice up[i in instruments] in 0 ... 1 := if position[i] > 0 then 1 else 0
      advice down[i in instruments] in 0 ... 1 := if position[i] < 0 then 1 else 0
      require "up {i}" for i in instruments : long[i] <= 100_000 * up[i]
      require "down {i}" for i in instruments : short[i] <= 100_000 * down[i]
      require "one side {i}" for i in instruments : up[i] + down[i] <= 1
      require "lev" : cash >= gross
      require "third {i}" for i in instruments : gross - 3 * (long[i] + short[i]) >= 0
      """,
      // A relief that is no larger than what both sides cost.
      """
      advice smaller in 0 ... 2^40 := min(sum(i in instruments : long[i]), sum(i in instruments : short[i]))
      require "bought" : smaller <= sum(i in instruments : long[i])
      require "sold" : smaller <= sum(i in instruments : short[i])
      require "margin" : cash - gross + 2 * smaller >= 0
      """,
      // All products together are 0, and so each is.
      """
      product both[i in instruments] := long[i] * short[i]
      require "one side" : sum(i in instruments : both[i]) == 0
      require "lev" : cash >= gross
      require "third {i}" for i in instruments : gross - 3 * (long[i] + short[i]) >= 0
      """,
    ])
  func costs(_ rows: String) throws {
    #expect(try warnings(Self.sides + rows).isEmpty)
  }

  @Test("sides with parts are warned of, and the repair is named by its place in the cookbook")
  func parts() throws {
    let found = try warnings(
      """
      committed cash in 0 ... 2^40
      committed position[i in instruments]
      advice long[i in instruments, k in 0 ... 1] in 0 ... 1_000 := min(max(position[i] - 1_000 * k, 0), 1_000)
      advice short[i in instruments] in 0 ... 2_000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i, 0] + long[i, 1] - short[i]
      let size(i) = long[i, 0] + long[i, 1] + short[i]
      require "lev" : cash >= sum(i in instruments : size(i))
      require "half {i}" for i in instruments : sum(j in instruments : size(j)) - 2 * size(i) >= 0
      """)
    #expect(found.count == 1 && found.first?.message.contains("cookbook") == true, "\(found)")
  }

  @Test("no shipped circuit lets both sides help", arguments: shippedNames)
  func shippedCircuits(_ name: String) throws {
    let market = try SyntheticMarket.random(seed: 4)
    let compiled = try shipped(name).compiled(with: market.tree, coordinates: market.coordinates)
    #expect(compiled.warnings.filter { $0.kind == .bothSides } == [])
  }
}
