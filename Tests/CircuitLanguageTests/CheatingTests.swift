import CircuitLanguage
import CircuitProofs
import ExactIntegers
import TestSupport
import Testing

/// A21 and its relatives: what a prover could choose is a split over public brackets, never an index.
/// Each case is a witness made by hand for the committed position 12 with equity 25.
@Suite("Cheating splits")
struct CheatingTests {
  private let lines = """
    committed cash in 0 ... 2^40, position
    advice long [k in brackets] in 0 ... k.cap := fill(max( position, 0), brackets, k)
    advice short[k in brackets] in 0 ... k.cap := fill(max(-position, 0), brackets, k)
    link position == sum(k in brackets : long[k]) - sum(k in brackets : short[k])
    require "margin" : cash - sum(k in brackets : k.margin * (long[k] + short[k])) >= 0
    """

  private let parameters: ParameterValue = [
    "brackets": [["cap": 10, "margin": 1], ["cap": 5, "margin": 8], ["cap": 5, "margin": 20]]
  ]

  private func compiled() throws -> CompiledCircuit {
    try circuit(lines).compiled(with: parameters, coordinates: try CoordinateMap(["cash", "position"]))
  }

  /// The position that a split commits to.
  private func linked(_ values: [Int], _ statement: Statement) -> Integer {
    guard let form = statement.draft.links[0][1] else { return 0 }
    return form.terms.reduce(form.constant) { $0 + $1.coefficient * Integer(values[$1.variable]) }
  }

  @Test(
    "the rule fills brackets in order",
    arguments: [
      (12, [10, 2, 0, 0, 0, 0]), (-12, [0, 0, 0, 10, 2, 0]), (0, [0, 0, 0, 0, 0, 0]),
      (10, [10, 0, 0, 0, 0, 0]), (15, [10, 5, 0, 0, 0, 0]), (20, [10, 5, 5, 0, 0, 0]),
    ])
  func canonical(_ position: Int, _ split: [Int]) throws {
    let compiled = try compiled()
    let needed = zip(split, [1, 8, 20, 1, 8, 20]).reduce(0) { $0 + $1.0 * $1.1 }
    _ = try compiled.witness(for: [Int64(needed), Int64(position)].span)
    if needed > 0 {
      #expect(throws: WitnessError.requirementFails(name: "margin")) {
        _ = try compiled.witness(for: [Int64(needed) - 1, Int64(position)].span)
      }
    }
    try compiled.statement.check(witness([needed] + split))
    #expect(linked([needed] + split, compiled.statement) == Integer(position))
  }

  struct Cheat: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var values: [Int]
    var violation: StatementViolation?

    init(_ what: String, _ values: [Int], _ violation: StatementViolation?) {
      testDescription = what
      self.values = values
      self.violation = violation
    }
  }

  static let cheats: [Cheat] = [
    Cheat("honest, equity too small", [25, 10, 2, 0, 0, 0, 0], .rowFails(0)),
    Cheat("honest, equity exact", [26, 10, 2, 0, 0, 0, 0], nil),
    Cheat("all in the first bracket", [25, 12, 0, 0, 0, 0, 0], .variableOutOfBounds(1)),
    Cheat("one lot above the first cap", [25, 11, 1, 0, 0, 0, 0], .variableOutOfBounds(1)),
    Cheat("index too high: the last bracket instead of the second", [25, 10, 0, 2, 0, 0, 0], .rowFails(0)),
    Cheat("index too low: the first bracket left empty", [25, 5, 5, 2, 0, 0, 0], .rowFails(0)),
    Cheat("a negative lot in a dear bracket", [25, 10, 3, -1, 0, 0, 0], .variableOutOfBounds(3)),
    Cheat("a negative lot in the first bracket", [25, -1, 5, 5, 0, 0, 0], .variableOutOfBounds(1)),
    Cheat("short lots as a discount", [25, 10, 2, 0, -5, 0, 0], .variableOutOfBounds(4)),
    Cheat("both sides padded", [26, 10, 3, 0, 1, 0, 0], .rowFails(0)),
    Cheat("both sides padded above a cap", [26, 10, 5, 6, 9, 0, 0], .variableOutOfBounds(3)),
    Cheat("negative equity as a large number", [-1, 0, 0, 0, 0, 0, 0], .variableOutOfBounds(0)),
    Cheat("one variable too many", [26, 10, 2, 0, 0, 0, 0, 0], .wrongVariableCount(expected: 7, actual: 8)),
    Cheat("one variable too few", [26, 10, 2, 0, 0, 0], .wrongVariableCount(expected: 7, actual: 6)),
  ]

  @Test(arguments: cheats)
  func `A21: are refused by the statement`(_ cheat: Cheat) throws {
    let statement = try compiled().statement
    var violation: StatementViolation?
    do {
      try statement.check(witness(cheat.values))
    } catch {
      violation = error
    }
    #expect(violation == cheat.violation)
  }

  @Test
  func `A21: a split for another position does not open the commitment`() throws {
    let statement = try compiled().statement
    let values = [0, 0, 0, 0, 0, 0, 0]
    try statement.check(witness(values))
    #expect(linked(values, statement) != 12)
  }

  @Test("no split whatever passes where the rule's own split fails")
  func everySplit() throws {
    let statement = try compiled().statement
    var checked = 0
    for a in 0...10 {
      for b in 0...5 {
        for c in 0...5 {
          for short in 0...3 {
            let values = [25, a, b, c, short, 0, 0]
            guard linked(values, statement) == 12 else { continue }
            checked += 1
            #expect(throws: StatementViolation.rowFails(0)) { try statement.check(witness(values)) }
          }
        }
      }
    }
    #expect(checked > 20)
  }

  @Test(arguments: [-1, 0, 1])
  func `A16: the threshold is met exactly at equality`(_ difference: Int) throws {
    let market = try SyntheticMarket.random(seed: 5)
    let compiled = try shipped("collateral-ratio").compiled(
      with: [
        "tiers": ["healthy": 1_500_000],
        "collateral": [
          .record(id: "BTC", ["tranches": [["cap": 100, "value": 15]], "debt": 1, "maxBorrow": 0]),
          .record(id: "USDC", ["tranches": [["cap": 100, "value": 1]], "debt": 1, "maxBorrow": 1000]),
        ],
      ], coordinates: market.coordinates)
    let book = market.book(["holding/BTC": 7, "debt/USDC": Int64(70 + difference)])
    #expect(try compiled.evaluate(book.span).isProvable == (difference <= 0))
  }

  @Test
  func `A11: statements with room to wrap do not compile`() throws {
    for power in [180, 190, 191, 200, 240] {
      let error = try complaint(
        "committed cash in 0 ... 2^62\nrequire \"r\" : 2^\(power) * cash - 7 >= 0 within 2^100")
      #expect((error == nil) == (power <= 190), "\(power)")
    }
  }

  @Test
  func `A17: advice is computed exactly where 64 bits would overflow`() throws {
    let lines = """
      committed cash
      advice square in 0 ... 2^124 := cash * cash
      advice side in 0 ... 2^62 := max(cash, -cash)
      advice sign in 0 ... 1 := if cash < 0 then 1 else 0
      product check := side * side
      product signed := sign * side
      link cash == side - 2 * signed
      require "r" : square == check
      """
    let compiled = try circuit(lines).compiled(with: [:], coordinates: try CoordinateMap(["cash"]))
    for cash: Int64 in [0, 1, -1, 1 << 40, -(1 << 61), (1 << 62) - 1, 1 - (1 << 62)] {
      _ = try compiled.witness(for: [cash].span)
    }
  }

  @Test
  func `A18: values without a range cannot be compared or bounded in a constraint`() throws {
    for row in ["cash >= 0", "cash + price >= 0", "2 * cash <= price", "f(1) == 0"] {
      let error = try complaint(
        "committed cash\nadvice a in 0 ... 1 := 0\nlink cash == a\nlet f(n) = n * cash\nrequire \"r\" : \(row)",
        with: ["price": 1])
      #expect(error?.diagnostics.map(\.code).contains(.notBounded) == true)
    }
  }
}
