import CircuitLanguage
import Testing

/// Lines that a message prints for advice which nothing binds are pasted into the circuit and compiled.
@Suite("Repairs of advice, pasted")
struct PastedRepairTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let lines: String
    /// Lines that are printed, without those that differ in nothing that matters.
    let printed: [String]

    init(_ name: String, _ lines: String, _ printed: String...) {
      (testDescription, self.lines, self.printed) = (name, lines, printed)
    }
  }

  private static let sides = """
    committed cash in 0 ... 2^40, position[i in instruments]
    advice long[i in instruments] in 0 ... i.limit := max( position[i], 0)
    advice short[i in instruments] in 0 ... i.limit := max(-position[i], 0)
    link for i in instruments : position[i] == long[i] - short[i]

    """

  static let cases: [Case] = [
    Case(
      "a maximum over scenarios, and 0",
      """
      committed cash in 0 ... 2^40, position[i in instruments] in -i.limit ... i.limit
      advice worst[i in instruments] in 0 ... 2^40
        := max(0, max(s in 0 ..< 3 :  # of each scenario
          -(i.pnl[s] * position[i])))
      require "cost" : cash - sum(i in instruments : worst[i]) >= 0
      """,
      "require \"worst {i}, 1 {s}\" for i in instruments, s in 0 ..< 3 : worst[i] >= -(i.pnl[s] * position[i])",
      "bound worst[i in instruments] in 0 ... 2^40 := max(0, max(s in 0 ..< 3 : -(i.pnl[s] * position[i])))"),
    Case(
      "a maximum over scenarios",
      """
      committed cash in 0 ... 2^40, position[i in instruments] in -i.limit ... i.limit
      advice worst in 0 ... 2^40 := max(s in 0 ..< 3 : -sum(i in instruments : i.pnl[s] * position[i]))
      require "cost" : cash - worst >= 0
      """,
      "require \"worst, 1 {s}\" for s in 0 ..< 3 : worst >= -sum(i in instruments : i.pnl[s] * position[i])"),
    Case(
      "a maximum of values that a link speaks of",
      sides + """
        advice worst in 0 ... 2^40 := max(0, max(i in instruments : i.price * max(position[i], 0)))
        require "cost" : cash - worst >= 0
        require "gross" : 10 * cash - sum(i in instruments : i.price * (long[i] + short[i])) >= 0
        """, "require \"worst, 1 {i}\" for i in instruments : worst >= i.price * long[i]"),
    Case(
      "an absolute value that a link speaks of",
      sides + """
        advice size[i in instruments] in 0 ... i.limit := max(position[i], -position[i])
        require "gross" : 10 * cash - sum(i in instruments : i.price * size[i]) >= 0
        """, "require \"size {i}, up\" for i in instruments : size[i] >= long[i] - short[i]",
      "require \"size {i}, down\" for i in instruments : size[i] >= -(long[i] - short[i])"),
    Case(
      "a product",
      """
      committed cash in 0 ... 2^40, holding[a in collateral] in 0 ... 1000
      advice square[a in collateral] in 0 ... 2^40 := holding[a] * holding[a]
      require "cost" : cash - sum(a in collateral : square[a]) >= 0
      """, "product square[a in collateral] := holding[a] * holding[a]"),
    Case(
      "a product within a sum",
      """
      committed cash in 0 ... 2^20, debt in 0 ... 1000
      advice m in 0 ... 2^40 := cash + 2 * debt * debt
      require "cost" : 2^21 - m >= 0
      """, "product m_part := 2 * debt * debt", "require \"m\" : m >= cash + m_part"),
    Case(
      "parts of a value with a range",
      """
      committed cash in 0 ... 2^40, holding[a in collateral] in 0 ... 1000
      advice part[a in collateral, k in a.tranches] in 0 ... k.cap := fill(holding[a], a.tranches, k)
      require "cost" : cash + sum(a in collateral, k in a.tranches : k.value * part[a, k]) >= 1000
      """,
      "require \"part {a} in all\" for a in collateral : holding[a] == sum(k in a.tranches : part[a, k])"),
    Case(
      "a quotient",
      """
      committed cash in 0 ... 2^20, debt in 0 ... 1000
      advice tickets in 0 ... 2^20 := cash // 1000
      require "cost" : 2 * tickets - debt >= 0
      """, "require \"tickets, down\" : 1000 * tickets <= cash",
      "require \"tickets, up\" : cash <= 1000 * tickets + 1000 - 1"),
    Case(
      "a quotient within a product",
      """
      committed cash in 0 ... 2^40, position[i in instruments] in 0 ... i.limit
      advice m in 0 ... 2^40 := 3 * (7 * position["BTC"] // 20)
      require "cost" : cash - m >= 0
      """, "advice m_part in 0 ... 2^40 := (7 * position[\"BTC\"] // 20)",
      "require \"m_part, down\" : 20 * m_part <= 7 * position[\"BTC\"]",
      "require \"m_part, up\" : 7 * position[\"BTC\"] <= 20 * m_part + 20 - 1",
      "require \"m\" : m >= 3 * m_part"),
    Case(
      "a maximum of a quotient and of what is left of a maximum",
      """
      committed cash in 0 ... 2^20, debt in 0 ... 1000
      advice m in 0 ... 2^20 := max(debt // 7, cash - max(debt, 5))
      require "cost" : 1000 - m >= 0
      """, "product both := (m_part2 - debt) * (m_part2 - 5)", "require \"m, 2\" : m >= cash - m_part2"),
    Case(
      "a quotient under a range that speaks of a loop of its own",
      """
      committed cash in 0 ... 2^20, holding[a in collateral] in 0 ... 1000
      advice part[a in collateral, k in a.tranches] in 0 ... k.cap := max(0, holding[a] // 2 - 3)
      require "cost" : cash - sum(a in collateral, k in a.tranches : part[a, k]) >= 0
      """, "advice part_part[a in collateral, k in a.tranches] in 0 ... k.cap := holding[a] // 2",
      "require \"part {a} {k}, 1\" for a in collateral, k in a.tranches : part[a, k] >= part_part[a, k] - 3"),
    Case(
      "a minimum",
      """
      committed cash in 0 ... 2^40, debt in 0 ... 10_000, holding[a in collateral] in 0 ... 1000
      advice counted[a in collateral] in 0 ... 1000 := min(holding[a], 400)
      require "covered" : cash + sum(a in collateral : 9 * counted[a]) - 3 * debt >= 0
      """, "require \"counted {a}, 1\" for a in collateral : counted[a] <= holding[a]",
      "require \"counted {a}, 2\" for a in collateral : counted[a] <= 400"),
    Case(
      "a name of a requirement that is taken",
      """
      committed cash in 0 ... 2^20, debt in 0 ... 1000
      advice m in 0 ... 2^22 := cash + debt
      require "m" : 2^20 - m >= 0
      """, "require \"m, as ruled\" : m >= cash + debt"),
    Case(
      "a choice that may stay 0",
      """
      committed cash in 0 ... 2^40, position[i in instruments] in 0 ... i.limit
      advice big in 0 ... 1 := if position["BTC"] > 10 then 1 else 0
      product extra := big * position["BTC"]
      require "margin" : 1000 * cash - 30 * (position["BTC"] + extra) >= 0
      """, "require \"big, up\" : position[\"BTC\"] <= 10 + 990 * big"),
    Case(
      "a choice that may be 1",
      """
      committed cash in 0 ... 2^40, debt in 0 ... 1000
      advice low in 0 ... 1 := if debt <= 10 then 1 else 0
      product cheap := low * debt
      require "margin" : cash - 9 * debt + 8 * cheap >= 0
      """, "require \"low, down\" : debt <= 10 + 990 * (1 - low)"),
    Case(
      "a choice that two sides make",
      """
      committed cash in 0 ... 1000, position[i in instruments] in -i.limit ... i.limit
      advice open[i in instruments] in 0 ... 1 := if position[i] == 0 then 0 else 1
      require "few" : cash - 3 * sum(i in instruments : open[i]) >= 0
      """, "require \"open {i}, up\" for i in instruments : position[i] <= 1000 * open[i]",
      "require \"open {i}, up 2\" for i in instruments : position[i] >= -1000 * open[i]"),
    Case(
      "a choice beside a row that always holds",
      sides + """
        advice bought[i in instruments] in 0 ... 1 := if position[i] > 0 then 1 else 0
        require "bought {i}" for i in instruments : long[i] <= i.limit * bought[i]
        require "sold {i}" for i in instruments : short[i] <= i.limit * (2 - bought[i])
        require "gross" : 10 * cash - sum(i in instruments : i.price * (long[i] + short[i])) >= 0
        """,
      "require \"bought {i}, down\" for i in instruments : long[i] - short[i] >= 1 - 1001 * (1 - bought[i])"),
  ]

  private func complaint(_ lines: String) throws -> CircuitError? {
    try CircuitLanguageTests.complaint(
      lines, with: SmallRules.parameters, coordinates: SmallRules.coordinates)
  }

  /// What stands between backticks in lines of its own.
  private func code(_ error: CircuitError) -> [String] {
    (error.diagnostics.first?.notes ?? []).compactMap { note in
      let line = note.drop { $0 == " " }
      return line.hasPrefix("`") && line.hasSuffix("`") ? String(line.dropFirst().dropLast()) : nil
    }
  }

  @Test("each line that is printed compiles where it is pasted", arguments: cases)
  func pasted(_ item: Case) throws {
    let error = try #require(try complaint(item.lines))
    #expect(error.diagnostics.map(\.code) == [.unboundAdvice], "\(error)")
    let printed = code(error)
    for line in item.printed { #expect(printed.contains(line), "\(error)") }
    #expect(!printed.contains { $0.contains("…") }, "\(error)")
    // `bound`, and a product of the name of the advice, stand in its place.
    let declared = item.lines.split(separator: "\n").compactMap { line -> String? in
      line.hasPrefix("advice ") ? String(line.dropFirst(7).prefix { $0 != "[" && $0 != " " }) : nil
    }
    let added = printed.filter { !$0.hasPrefix("bound ") }
    let replaced = declared.filter { name in
      added.contains { $0.hasPrefix("product \(name)[") || $0.hasPrefix("product \(name) ") }
    }
    let kept = item.lines.split(separator: "\n").filter { line in
      !replaced.contains { line.hasPrefix("advice \($0)[") || line.hasPrefix("advice \($0) ") }
    }
    // A product is declared before it is used.
    let repaired =
      replaced.isEmpty
      ? [item.lines] + added : kept.prefix(1).map(String.init) + added + kept.dropFirst().map(String.init)
    let again = try complaint(repaired.joined(separator: "\n"))
    #expect(again == nil, "\(again.map(\.description) ?? "")")
  }

  @Test("a choice that its printed rows hold shows no difference")
  func choices() throws {
    for item in Self.cases where item.testDescription.hasPrefix("a choice that") {
      let error = try #require(try complaint(item.lines))
      let compiled = try circuit(item.lines + "\n" + code(error).joined(separator: "\n")).compiled(
        with: SmallRules.parameters, coordinates: CoordinateMap(SmallRules.coordinates))
      #expect(compiled.searchForDifference().difference == nil, "\(item)")
    }
  }

  @Test("a rule that is far longer than its source where it is written out is told in words, at once")
  func longRule() throws {
    let doubled = (1...50).map { "let f\($0) = f\($0 - 1) + f\($0 - 1)\n" }.joined()
    let error = try #require(
      try complaint(
        """
        committed cash in 0 ... 2^20, debt in 0 ... 1000
        advice much in 0 ... 2^20 := max(cash, 5)
        require "much" : much >= cash
        let f0 = max(cash, 5)
        \(doubled)advice m in 0 ... 2^100 := f50
        require "cost" : 2^99 - m - much - debt >= 0
        """))
    #expect(error.diagnostics.map(\.code) == [.unboundAdvice])
    #expect(error.description.contains("name of its own"), "\(error)")
  }

  @Test("a row that holds for whatever values is named in the error of the advice in it")
  func idle() throws {
    let item = try #require(Self.cases.last)
    let text = try #require(try complaint(item.lines)).description
    #expect(text.contains("note: \"sold BTC\" (line 9) holds for whatever values"), "\(text)")
    let sum = try complaint(
      """
      committed cash in 0 ... 2^20, debt in 0 ... 1000
      advice much in 0 ... 1 := if debt > 10 then 1 else 0
      advice few in 0 ... 1 := if debt <= 10 then 1 else 0
      require "one of them" : much + few <= 2
      require "cost" : cash - debt + 500 * much + 500 * few >= 0
      """)
    #expect(sum?.diagnostics.count == 2)
    for diagnostic in sum?.diagnostics ?? [] {
      #expect(diagnostic.notes.contains { $0.contains("\"one of them\" (line 6) holds for whatever values") })
    }
  }
}
