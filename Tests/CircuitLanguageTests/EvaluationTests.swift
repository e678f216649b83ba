import CircuitLanguage
import CircuitProofs
import ExactIntegers
import TestSupport
import Testing

@Suite("Evaluation")
struct EvaluationTests {
  private let parameters: ParameterValue = [
    "price": 30, "numbers": [3, -4, 5],
    "assets": [
      .record(id: "BTC", ["cap": 10, "tranches": [["cap": 4, "value": 9], ["cap": 6, "value": 2]]]),
      .record(id: "ETH", ["cap": 20, "tranches": [["cap": 1, "value": 7]]]),
    ],
  ]

  /// The value of a requirement `expression >= 0` over a book with cash and debt.
  private func value(
    _ expression: String, cash: Int64 = 0, debt: Int64 = 0, before: String = ""
  ) throws -> Int64? {
    let lines = """
      committed cash, debt in -100 ... 100
      advice plus in -2^62 ... 2^62 := cash
      link cash == plus
      \(before)
      require "x" : (\(expression)) + 0 * plus + 2^70 >= 0
      """
    // Results stand in one row that shows them, so nothing binds them.
    let compiled = try circuit(lines).compiledWithoutJudgement(
      with: parameters, coordinates: try CoordinateMap(["cash", "debt"]))
    let evaluation = try compiled.evaluate([cash, debt].span)
    let value = try #require(evaluation.requirements.first).value
    return (value &- (Int256(1) &<< 70)).int64
  }

  @Test(
    "public arithmetic follows the usual precedence",
    arguments: [
      ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 3 - 2", 5), ("-2^2", -4), ("2^3 * 2", 16),
      ("7 // 2", 3), ("(-7) // 2", -4), ("-7 // 2", -4), ("7 // 2 * 2", 6), ("1_000 + 1", 1001),
      ("max(1, 5, 3)", 5), ("min(4, 2)", 2), ("count(numbers)", 3), ("numbers[1]", -4),
      ("sum(n in numbers : n * n)", 50), ("max(n in numbers where n < 5 : n)", 3),
      ("min(n in 0 ... 4 : (n - 2)^2)", 0), ("sum(i in 0 ..< 3, j in i ..< 3 : 1)", 6),
      ("if 1 < 2 and not 3 == 4 then 8 else 9", 8), ("if 1 > 2 or 2 != 2 then 8 else 9", 9),
      ("assets[\"ETH\"].cap", 20), ("assets[0].tranches[1].value", 2), ("snapshot.price", 30),
      ("sum(a in assets : index(a))", 1), ("sum(a in assets where a.cap >= 20 : a.cap)", 20),
      ("sum(a in assets, k in a.tranches : k.cap * k.value)", 55), ("sum(n in 0 ..< 0 : n)", 0),
    ])
  func publicArithmetic(_ expression: String, _ expected: Int) throws {
    #expect(try value(expression) == Int64(expected))
  }

  @Test(
    "rules may use everything",
    arguments: [
      ("max(cash, debt)", 7, -3, 7), ("min(cash, debt)", 7, -3, -3), ("cash // 4", -9, 0, -3),
      ("if cash < debt then 1 else 2", 1, 2, 1), ("if cash < debt then 1 else 2", 2, 2, 2),
      ("if cash <= debt then 1 else 2", 2, 2, 1), ("if cash == debt then 1 else 2", 2, 2, 1),
      ("if cash != debt then 1 else 2", 2, 2, 2), ("if cash >= debt then 1 else 2", 2, 3, 2),
      ("if cash > debt and debt > 0 then 1 else 2", 5, 4, 1),
      ("if cash > debt or debt > 0 then 1 else 2", -5, -4, 2), ("if not cash > 0 then 1 else 2", 0, 0, 1),
      ("cash * debt - cash", 6, 7, 36), ("fill(cash, assets, 0)", 13, 0, 10),
      ("fill(cash, assets, 1)", 13, 0, 3), ("fill(cash, assets, 1)", 99, 0, 20),
      ("fill(cash, assets, 1)", -9, 0, 0), ("fill(cash, numbers, 0)", 2, 0, 2),
      ("max(a in assets : fill(cash, a.tranches, 0))", 3, 0, 3),
      ("min(n in numbers : cash * n)", 2, 0, -8), ("sum(n in numbers : max(cash, n))", 4, 0, 13),
      ("sum(a in assets where a.cap > 10, k in a.tranches : fill(cash, a.tranches, k))", 4, 0, 1),
    ])
  func rules(_ rule: String, _ cash: Int, _ debt: Int, _ expected: Int) throws {
    let before = "advice result in -2^62 ... 2^62 := \(rule)"
    #expect(try value("result", cash: Int64(cash), debt: Int64(debt), before: before) == Int64(expected))
  }

  @Test("constraints may be chosen by public conditions, negated, scaled and summed")
  func constraints() throws {
    #expect(try value("(if price > 3 then debt else plus) * -2", debt: 5) == -10)
    #expect(try value("-(3 * (plus - debt) - debt)", cash: 2, debt: 5) == 14)
    #expect(try value("g(2)", debt: 5, before: "let f(n) = n * debt\nlet g(n) = f(n + 1) - 1") == 14)
    #expect(try value("square", debt: -9, before: "product square := debt * (debt - 1)") == 90)
  }

  private let twoRows = """
    committed cash, debt in 0 ... 1000
    advice plus in 0 ... 2^40 := max(cash, 0)
    link cash == plus
    require "debt" : plus - 3 * debt >= 0
    require "half" : plus <= 2^30 - 10 * debt within 2^30
    require "even" : 0 * plus == 0

    """

  @Test("the worst failure binds, else the smallest part of its bound")
  func binding() throws {
    let compiled = try circuit(twoRows).compiled(with: [:], coordinates: try CoordinateMap(["cash", "debt"]))
    let fails = try compiled.evaluate([Int64(5), 2].span)
    #expect(fails.requirements.map(\.verdict) == [.fails, .holds, .holds])
    #expect(fails.binding?.name == "debt")
    #expect(fails.binding?.value == Int256(-1))
    #expect(!fails.isProvable)
    let holds = try compiled.evaluate([Int64(6), 2].span)
    #expect(holds.isProvable)
    #expect(holds.binding?.name == "debt")
    #expect(holds.binding?.line == 6)
    let rich = try compiled.evaluate([Int64(1 << 30), 0].span)
    #expect(rich.binding?.name == "half")
    let both = try compiled.evaluate([Int64(1 << 30) + 5, 1000].span)
    #expect(both.requirements.map(\.holds) == [true, false, true])
    #expect(both.binding?.name == "half")
  }

  @Test("errors tell what is not admitted, what fails and what is beyond the bounds")
  func errors() throws {
    let lines = """
      committed cash, debt in 0 ... 1000
      advice plus in 0 ... 500 := cash
      link cash == plus
      require "debt" : plus - 3 * debt >= 0 within 100
      """
    let names = ["cash", "debt", "other"]
    let compiled = try circuit(lines).compiled(with: [:], coordinates: try CoordinateMap(names))
    let cases: [([Int64], WitnessError?)] = [
      ([6, 2, 0], nil), ([5, 2, 0], .requirementFails(name: "debt")),
      ([106, 2, 0], nil), ([107, 2, 0], .beyondBound(name: "debt")),
      ([6, 2, 1], .notAdmitted(coordinate: "other")), ([6, 2, -1], .notAdmitted(coordinate: "other")),
      ([6, -1, 0], .notAdmitted(coordinate: "debt")), ([6, 1001, 0], .notAdmitted(coordinate: "debt")),
      ([501, 2, 0], .beyondBound(name: "plus")), ([-1, 0, 0], .beyondBound(name: "plus")),
      ([.max, 0, 0], .notAdmitted(coordinate: "cash")), ([.min, 0, 0], .notAdmitted(coordinate: "cash")),
      ([1 << 62, 0, 0], .notAdmitted(coordinate: "cash")),
      ([(1 << 62) - 1, 0, 0], .beyondBound(name: "plus")),
      ([6, 2], .wrongCoordinateCount(expected: 3, actual: 2)),
    ]
    for (book, expected) in cases {
      var thrown: WitnessError?
      do {
        _ = try compiled.witness(for: book.span)
      } catch {
        thrown = error
      }
      #expect(thrown == expected, "\(book)")
    }
    #expect(throws: WitnessError.wrongCoordinateCount(expected: 3, actual: 0)) {
      try compiled.evaluate([Int64]().span)
    }
    #expect(try compiled.evaluate([6, 2, 1].span).admission == .notAdmitted(coordinate: "other"))
    #expect(try compiled.evaluate([501, 2, 0].span).admission == .beyondBound(name: "plus"))
  }

  @Test("a range that does not begin at 0 shifts its variable")
  func shifted() throws {
    let lines = """
      committed debt in -20 ... 30
      advice more in 5 ... 90 := debt + 40
      require "x" : 2 * debt + more >= 0
      """
    let compiled = try circuit(lines).compiledWithoutJudgement(
      with: [:], coordinates: try CoordinateMap(["debt"]))
    #expect(compiled.statement.draft.variableBounds == [50, 85])
    #expect(
      compiled.statement.draft.links == [
        [0: AffineForm(terms: [.init(variable: 0, coefficient: 1)], constant: -20)]
      ])
    #expect(
      compiled.statement.draft.rows == [
        StatementRow(
          form: AffineForm(
            terms: [.init(variable: 0, coefficient: 2), .init(variable: 1, coefficient: 1)], constant: -35),
          upperBound: 150)
      ])
    #expect(try compiled.evaluate([Int64(-20)].span).requirements.map(\.value) == [Int256(-20)])
    #expect(try compiled.evaluate([Int64(-13)].span).requirements.map(\.value) == [Int256(1)])
    _ = try compiled.witness(for: [Int64(-13)].span)
  }

  @Test("variables come in the order of declarations, then of indices; rows in the order of the file")
  func order() throws {
    let lines = """
      advice z[a in assets, k in a.tranches] in 0 ... k.cap := 0
      committed debt in 0 ... 9
      advice y[n in 2 ..< 4] in 0 ... n := 0
      product p[a in assets] := debt * z[a, 0]
      require "b {n} {a}" for n in 2 ..< 4, a in assets : y[n] + p[a] >= 0
      require "a" : sum(a in assets, k in a.tranches : z[a, k]) >= 0
      """
    let compiled = try circuit(lines).compiledWithoutJudgement(
      with: parameters, coordinates: try CoordinateMap(["debt"]))
    #expect(compiled.variableNames == ["z[BTC, 0]", "z[BTC, 1]", "z[ETH, 0]", "debt", "y[2]", "y[3]"])
    #expect(compiled.requirementNames == ["b 2 BTC", "b 2 ETH", "b 3 BTC", "b 3 ETH", "a"])
    #expect(compiled.statement.draft.rows[1].form.terms.map(\.variable) == [4, 7])
    // Frozen: verifiers on other machines compile the same bytes.
    #expect(
      Hex.encode(compiled.statement.digest)
        == "e256aff043e5c7d6866258ff6ddeef2455fa1709cc184414d895bbe6c3a37b0f"
        + "58322f13798b8b11d85b6fd37d58dd797b594a69e991007881930bcd811be3c2")
  }

  @Test("a link that is 0 leaves its coordinate out, which proves it 0")
  func zeroLink() throws {
    let lines = """
      committed cash, debt in 0 ... 5
      link cash == 0
      require "x" : debt >= 0
      """
    let compiled = try circuit(lines).compiled(
      with: parameters, coordinates: try CoordinateMap(["cash", "debt"]))
    #expect(compiled.statement.draft.links[0].keys.sorted() == [1])
    #expect(throws: WitnessError.notAdmitted(coordinate: "cash")) {
      _ = try compiled.witness(for: [Int64(1), 0].span)
    }
    _ = try compiled.witness(for: [Int64(0), 0].span)
  }
}
