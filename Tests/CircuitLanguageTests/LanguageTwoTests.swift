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

  // MARK: Parameters

  private let leveraged = """
    parameter times in 1 ... 20 := 10
    parameter least in -5 ... 5 := -2
    committed cash in 0 ... 100, debt in 0 ... 1000
    require "leverage" : times * cash - debt >= least
    """

  private func circuit(_ lines: String, language: String = " language 2") throws -> Circuit {
    try Circuit(
      parsing: "circuit test version 1\(language)\nparameters snapshot\n" + lines, named: "test.circuit")
  }

  @Test("a chosen number stands in the file, decides, and is in the digest; the file's own changes nothing")
  func chosen() throws {
    let circuit = try circuit(leveraged)
    #expect(circuit.parameters.map(\.name) == ["times", "least"])
    #expect(circuit.parameters.map(\.value) == [10, -2] && circuit.parameters[0].line == 3)
    let five = try circuit.binding(["times": 5, "least": 0])
    #expect(String(decoding: five.sourceBytes, as: UTF8.self).contains("parameter times in 1 ... 20 := 5\n"))
    #expect(five.digest != circuit.digest)
    #expect(try circuit.binding(["times": 10]).digest == circuit.digest)
    #expect(try five.binding(["times": 10, "least": -2]).digest == circuit.digest)
    #expect(try circuit.binding(["least": 0]).binding(["times": 5]).digest == five.digest)
    let map = try CoordinateMap(coordinates)
    for (circuit, times, least) in [(circuit, 10, -2), (five, 5, 0)] as [(Circuit, Int64, Int64)] {
      let compiled = try circuit.compiled(with: parameters, coordinates: map)
      for cash in [Int64(0), 1, 7] {
        let edge = times * cash - least
        #expect(try compiled.evaluate([cash, edge, 0, 0].span).isProvable)
        #expect(try !compiled.evaluate([cash, edge + 1, 0, 0].span).isProvable)
      }
    }
  }

  @Test("a number out of range and an unknown name are refused, with those there are")
  func choices() throws {
    let circuit = try circuit(leveraged)
    for values in [["times": 0], ["times": 21], ["least": -6]] as [[String: Integer]] {
      let error = #expect(throws: CircuitError.self) { _ = try circuit.binding(values) }
      #expect(error?.diagnostics.map(\.code) == [.invalidRange])
    }
    let error = #expect(throws: CircuitError.self) { _ = try circuit.binding(["time": 5]) }
    #expect(error?.description.contains("times, least") == true)
    let none = #expect(throws: CircuitError.self) { _ = try self.circuit(ignoring).binding(["times": 5]) }
    #expect(none?.description.contains("it has none") == true)
  }

  @Test(
    "a parameter is a name, a range and a number in it",
    arguments: [
      ("parameter times in 1 ... 20\n", Diagnostic.Code.syntax), ("parameter times := 3\n", .syntax),
      ("parameter times in 1 ... 20 := 21\n", .invalidRange),
      ("parameter times in 5 ... 1 := 3\n", .invalidRange),
      ("parameter times in 1 ... 20 := 2 * 3\n", .syntax), ("parameter times in 1 ... cap := 3\n", .syntax),
      ("parameter times in 1 ... 20 := 3\nparameter times in 1 ... 20 := 4\n", .duplicateName),
      ("parameter cash in 1 ... 20 := 3\n", .duplicateName),
      ("parameter other in 1 ... 20 := 3\nlet times = 2\n", .unused),
    ])
  func malformedParameters(_ lines: String, _ code: Diagnostic.Code) throws {
    let rest = "committed cash in 0 ... 100\nrequire \"r\" : times * cash >= 1"
    let error = #expect(throws: CircuitError.self) { try compiled(lines + rest) }
    #expect(error?.diagnostics.map(\.code).contains(code) == true, "\(error.map(\.description) ?? "")")
  }

  @Test("a circuit of language 1 may call a definition parameter, and has none")
  func olderParameter() throws {
    let lines = "committed cash in 0 ... 9\nlet parameter = 1\nrequire \"r\" : cash >= parameter"
    #expect(try circuit(lines, language: "").parameters.isEmpty)
    #expect(throws: CircuitError.self) { try circuit(lines) }
  }

  // MARK: Chains

  @Test("a chain is the rows of its parts: the same statement, and the same verdicts at and around each edge")
  func chains() throws {
    let chained = try compiled(
      """
      committed cash in -1000 ... 1000, debt in 0 ... 1000
      committed position[a in assets where 3 <= a.price < 5] in -a.cap ... a.cap
      require "within {a}" for a in assets : -cash <= a.price * position[a] <= cash <= 900
      require "down" : 500 >= debt >= 2 * cash - 1000
      """)
    let single = try compiled(
      """
      committed cash in -1000 ... 1000, debt in 0 ... 1000
      committed position[a in assets where 3 <= a.price and a.price < 5] in -a.cap ... a.cap
      require "1 {a}" for a in assets : -cash <= a.price * position[a]
      require "2 {a}" for a in assets : a.price * position[a] <= cash
      require "3 {a}" for a in assets : cash <= 900
      require "4" : 500 >= debt
      require "5" : debt >= 2 * cash - 1000
      """)
    #expect(chained.statement.digest == single.statement.digest)
    #expect(chained.requirementNames.contains("within BTC, part 2"))
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      // At and beside the edges: cash about the notional of the first position.
      let btc = Int64.random(in: -10...10, using: &random)
      let book = [
        3 * btc.magnitudeValue + Int64.random(in: -2...2, using: &random),
        Int64.random(in: 0...600, using: &random),
        btc, Int64.random(in: -2...2, using: &random),
      ]
      let plain =
        [(3, btc), (4, book[3])].allSatisfy { price, lots in
          -book[0] <= price * lots && price * lots <= book[0] && book[0] <= 900
        } && 500 >= book[1] && book[1] >= 2 * book[0] - 1000
      #expect(try chained.evaluate(book.span).isProvable == plain, "\(book)")
    }
  }

  @Test(
    "a chain runs one way, has no bound, and is of language 2",
    arguments: [
      ("require \"r\" : 0 <= cash >= 5", " language 2", "one way"),
      ("require \"r\" : 0 == cash == 5", " language 2", "one way"),
      ("require \"r\" : 0 <= cash <= 5 within 9", " language 2", "one requirement for each"),
      ("require \"r\" : 0 <= cash <= 5", "", "language 2"),
      (
        "committed position[a in assets where 3 < a.price > 2] in 0 ... 1\nrequire \"r\" : cash >= 1",
        " language 2", "one way"
      ),
      (
        "committed position[a in assets where 3 < a.price != 2] in 0 ... 1\nrequire \"r\" : cash >= 1",
        " language 2", "one way"
      ),
    ])
  func malformedChains(_ lines: String, _ language: String, _ help: String) throws {
    let error = #expect(throws: CircuitError.self) {
      try compiled("committed cash in 0 ... 100\n" + lines, language: language)
    }
    #expect(error?.description.contains(help) == true, "\(error.map(\.description) ?? "")")
  }
}

extension Int64 {
  fileprivate var magnitudeValue: Int64 { self < 0 ? -self : self }
}
