import CircuitLanguage
import ExactIntegers
import Testing

/// Books on which an advice value is not what its rule says, wherever the rule's thresholds lie.
@Suite("Against the rules of advice")
struct AgainstRulesTests {
  private static let names = ["cash"] + (0..<4).map { "position/I\($0)" }

  private func compiled(_ lines: String) throws -> CompiledCircuit {
    let list = (0..<4).map { ParameterValue.record(id: "I\($0)", ["price": .integer(Integer(30 + 10 * $0))]) }
    return try circuit(lines).compiled(
      with: ["instruments": .list(list)], coordinates: CoordinateMap(Self.names))
  }

  private static let one = """
    committed cash in 0 ... 2^50, position[instruments["I0"]] in 0 ... 10_000
    let lots = position[instruments["I0"]]

    """

  private static let sizes = """
    committed cash in 0 ... 2^40, position[i in instruments] in -1_000 ... 1_000
    advice size[i in instruments] in 0 ... 1_000 := max(position[i], -position[i])

    """

  static let cheated: [String] = [
    // A flag that helps and costs, its threshold far below the middle of the range.
    one + """
      advice vip in 0 ... 1 := if lots > 1_200 then 1 else 0
      product cut := vip * lots
      require "vip" : lots <= 1_200 + 8_800 * vip
      require "margin" : cash - 2_000_000 * lots + 1_000_000 * cut - 500_000_000 * vip >= 0
      """,
    // Nothing says that the strong test is only for large debts.
    one + """
      advice strong in 0 ... 1 := if lots > 5_000 then 1 else 0
      require "weak" : cash + 2^40 * strong >= 4 * lots
      require "strong" : 3 * cash + 2^40 * (1 - strong) >= lots
      require "limit" : lots <= 5_000 + 5_000 * strong
      """,
    // A window of a flag's condition that no row has.
    one + """
      advice bonus in 0 ... 1 := if lots >= 2_000 and lots <= 4_000 and (lots < 2_950 or lots > 2_980) then 1 else 0
      require "from" : lots >= 2_000 * bonus
      require "to" : lots <= 10_000 - 6_000 * bonus
      require "margin" : cash + 1_000_000_000 * bonus - 1_000_000 * lots >= 0
      """,
    // One of ten classes has a wrong limit.
    one + """
      advice class in 1 ... 10 := if lots <= 100 then 1 else if lots <= 400 then 2 else if lots <= 900 then 3 else if lots <= 1_600 then 4 else if lots <= 2_500 then 5 else if lots <= 3_600 then 6 else if lots <= 4_800 then 7 else if lots <= 6_400 then 8 else if lots <= 8_100 then 9 else 10
      product square := class * class
      require "class" : lots <= 100 * square
      product margin := class * lots
      require "margin" : cash - 500_000 * margin >= 0
      """,
    // A family of flags, of which three may be taken.
    """
    committed cash in 0 ... 2^50, position[i in instruments] in 0 ... 10_000
    advice f[i in instruments] in 0 ... 1 := if position[i] > 500 then 1 else 0
    product g[i in instruments] := f[i] * position[i]
    require "f {i}" for i in instruments : position[i] <= 500 + 9_500 * f[i]
    require "few" : sum(i in instruments : f[i]) <= 3
    require "margin" : cash - sum(i in instruments : 1_000 * i.price * position[i]) + 1_000 * sum(i in instruments : g[i]) >= 0
    """,
    // Sizes that stand squared, held from below alone.
    sizes + """
      require "long {i}"  for i in instruments : size[i] >= position[i]
      require "short {i}" for i in instruments : size[i] >= -position[i]
      let total = sum(i in instruments : size[i])
      product square[i in instruments] := size[i] * size[i]
      product whole := total * total
      require "herfindahl" : 2 * whole - 6 * sum(i in instruments : square[i]) >= 0
      require "lots" : total <= 4 * cash
      """,
    // A root where the rule takes the sum.
    """
    committed cash in 0 ... 2^50, position[i in instruments] in -1_000 ... 1_000
    product own[i in instruments] := position[i] * position[i]
    advice var in 0 ... 100_000 := sum(i in instruments : max(position[i], -position[i]))
    product varsq := var * var
    require "var" : varsq >= sum(i in instruments : own[i])
    require "margin" : cash >= 1_000 * var
    """,
  ]

  @Test("a book is shown, meets the rows and fails the rule", arguments: cheated)
  func found(_ lines: String) throws {
    let compiled = try compiled(lines)
    let difference = try #require(compiled.searchForDifference().difference)
    var book = [Int64](repeating: 0, count: Self.names.count)
    for entry in difference.book {
      book[try #require(Self.names.firstIndex(of: entry.coordinate))] = entry.value
    }
    #expect(try !compiled.evaluate(book.span).isProvable)
    guard case .requirementFails(_, let value) = difference.objection else {
      Issue.record("\(difference.objection)")
      return
    }
    #expect(!value.isZero)
  }

  @Test("with the missing row nothing is shown")
  func right() throws {
    let lines =
      Self.one + """
        advice vip in 0 ... 1 := if lots > 1_200 then 1 else 0
        product cut := vip * lots
        require "vip" : lots <= 1_200 + 8_800 * vip
        require "vip only" : lots >= 1_201 * vip
        require "margin" : cash - 2_000_000 * lots + 1_000_000 * cut - 500_000_000 * vip >= 0
        """
    let report = try compiled(lines).searchForDifference()
    #expect(report.isSearched && report.difference == nil, "\(report)")
  }

  @Test("a value that leaves its range is told apart, and what is behind it is found")
  func range() throws {
    let narrow =
      Self.one + """
        advice parts in 0 ... 10 := lots // 100
        require "down" : 100 * parts <= lots
        require "up" : lots <= 100 * parts + 9_000
        require "margin" : cash >= 1_000 * parts
        """
    let shown = try #require(try compiled(narrow).searchForDifference().difference)
    #expect(shown.objection != .notAdmitted(name: "parts"))

    let small =
      Self.one + """
        advice parts in 0 ... 10 := lots
        require "parts" : parts <= lots
        require "margin" : cash + parts >= lots
        """
    let report = try compiled(small).searchForDifference()
    #expect(report.difference == nil && report.rangeFault?.name == "parts", "\(report)")
  }

  @Test("runs of a long rule count as work, and end a search")
  func work() throws {
    let lines =
      Self.one + """
        advice y in 0 ... 2^40 := max(a in 0 ..< 200, b in 0 ..< 50 : a * lots - b * cash)
        require "y" : y >= 199 * lots
        require "x" : y <= 10_000
        """
    var limits = SearchLimits.standard
    limits.work = 1_000_000
    let report = try compiled(lines).searchForDifference(limits: limits)
    #expect(report.cuts.contains(.work) && report.workCount < 20_000_000, "\(report)")
  }
}
