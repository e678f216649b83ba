import CircuitLanguage
import ExactIntegers
import Testing

@Suite("Language 2")
struct LanguageTwoTests {
  private let coordinates = ["cash", "debt", "position/BTC", "position/ETH"]
  private let parameters: ParameterValue = [
    "assets": [.record(id: "BTC", ["cap": 10, "price": 3]), .record(id: "ETH", ["cap": 20, "price": 4])]
  ]

  private func compiled(_ lines: String, language: String = " language 2") throws -> CompiledCircuit {
    try Circuit(
      parsing: "circuit test version 1\(language)\nparameters snapshot\n" + lines, named: "test.circuit"
    ).compiled(with: parameters, coordinates: try CoordinateMap(coordinates))
  }

  private let ignoring = """
    committed cash in 0 ... 100
    ignore position[a in assets], debt
    require "some" : cash >= 5
    """

  @Test("what is ignored may be anything; what is neither ignored nor committed is proved to be 0")
  func ignored() throws {
    let compiled = try compiled(ignoring)
    for book: [Int64] in [[5, 0, 0, 0], [5, 7, -3, 4], [5, -(1 << 62) + 1, (1 << 62) - 1, 9]] {
      #expect(try compiled.evaluate(book.span).isProvable)
      _ = try compiled.witness(for: book.span)
    }
    #expect(try !compiled.evaluate([Int64(4), 7, 0, 0].span).isProvable)
    #expect(compiled.warnings.isEmpty)
    let without = try self.compiled("committed cash in 0 ... 100\nrequire \"some\" : cash >= 5")
    #expect(try !without.evaluate([Int64(5), 7, 0, 0].span).isProvable)
    #expect(compiled.searchForDifference().difference == nil)
  }

  @Test(
    "an ignored value in a rule, with a range, or as a name is refused with what to do",
    arguments: [
      ("committed cash in 0 ... 9\nignore debt\nrequire \"r\" : cash >= debt", Diagnostic.Code.shadowing),
      ("committed cash in 0 ... 9\nignore debt in 0 ... 5\nrequire \"r\" : cash >= 1", .syntax),
      ("committed cash in 0 ... 9\nlet ignore = 1\nrequire \"r\" : cash >= 1", .shadowing),
      ("committed cash in 0 ... 9\nignore debt, debt\nrequire \"r\" : cash >= 1", .duplicateName),
      ("committed cash in 0 ... 9\nignore other\nrequire \"r\" : cash >= 1", .unknownCoordinate),
      ("committed cash in 0 ... 9\nignore\nrequire \"r\" : cash >= 1", .syntax),
    ])
  func refused(_ lines: String, _ code: Diagnostic.Code) throws {
    let error = #expect(throws: CircuitError.self) { try compiled(lines) }
    #expect(error?.diagnostics.map(\.code).contains(code) == true, "\(error.map(\.description) ?? "")")
  }

  @Test("a circuit of language 1 keeps its words and its digest")
  func older() throws {
    let lines =
      "committed cash in 0 ... 9\nlet ignore = 1\nlet language = 2\nrequire \"r\" : cash >= ignore * language"
    let compiled = try compiled(lines, language: "")
    #expect(try compiled.evaluate([Int64(2), 0, 0, 0].span).isProvable)
    #expect(try !compiled.evaluate([Int64(1), 0, 0, 0].span).isProvable)
    #expect(throws: CircuitError.self) { try self.compiled(ignoring, language: "") }
    #expect(throws: CircuitError.self) { try self.compiled(ignoring, language: " language 3") }
    #expect(throws: CircuitError.self) { try self.compiled(ignoring, language: " language") }
  }

  @Test(
    "decimals, percents and quotients say what to write, an unknown field which there are",
    arguments: [
      ("require \"r\" : 0.4 * cash >= 1", "400_000"), ("require \"r\" : 12.5 * cash >= 1", "12_500_000"),
      ("require \"r\" : cash >= 70% ", "700_000"), ("require \"r\" : cash / 2 >= 1", "a <= c * b"),
      ("require \"r\" : assets[0].prise * cash >= 1", "cap, price"),
    ])
  func help(_ row: String, _ part: String) throws {
    let error = #expect(throws: CircuitError.self) { try compiled("committed cash in 0 ... 9\n" + row) }
    #expect(error?.description.contains(part) == true, "\(error.map(\.description) ?? "")")
  }

  /// The rule of the gross exposure, with its sizes bound by one word.
  private let gross = """
    committed cash in 0 ... 1_000, position[a in assets] in -100 ... 100
    bound size[a in assets] in 0 ... 100 := abs(position[a])
    require "gross" : 10 * cash - sum(a in assets : a.price * size[a]) >= 0
    """

  @Test("a bound value is held to its rule by rows of its own, and no difference is found")
  func bound() throws {
    let compiled = try compiled(gross + "\nignore debt")
    #expect(
      compiled.requirementNames == [
        "size BTC is bound, 1", "size ETH is bound, 1", "size BTC is bound, 2", "size ETH is bound, 2",
        "gross",
      ])
    #expect(compiled.searchForDifference().difference == nil)
    #expect(try compiled.evaluate([Int64(3), 0, 10, 0].span).isProvable)
    #expect(try !compiled.evaluate([Int64(3), 0, -11, 0].span).isProvable)
    let held = try #require(compiled.adviceUses.first)
    #expect(held.heldUpBy == ["size BTC is bound, 1", "size BTC is bound, 2"])
    #expect(held.heldDownBy == ["gross"])
  }

  @Test("maxima over lists and minima are bound too; where more helps, nothing holds a maximum down")
  func lists() throws {
    let worst = """
      committed cash in 0 ... 1_000, position[a in assets] in 0 ... 100
      bound largest in 0 ... 1_000 := max(0, max(a in assets : a.price * position[a]))
      bound counted in 0 ... 1_000 := min(cash, 400)
      require "covered" : counted - largest >= 0
      """
    let compiled = try compiled(worst)
    #expect(compiled.searchForDifference().difference == nil)
    #expect(try compiled.evaluate([Int64(400), 0, 100, 100].span).isProvable)
    #expect(try !compiled.evaluate([Int64(399), 0, 0, 100].span).isProvable)
    let wrong = worst.replacing("counted - largest", with: "largest - counted")
    let error = #expect(throws: CircuitError.self) { try self.compiled(wrong) }
    #expect(error?.diagnostics.allSatisfy { $0.code == .unboundAdvice } == true)
    let other = worst.replacing("min(cash, 400)", with: "cash // 2")
    let refused = #expect(throws: CircuitError.self) { try self.compiled(other) }
    #expect(refused?.diagnostics.first?.code == .syntax)
  }
}
