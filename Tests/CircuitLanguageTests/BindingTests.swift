import CircuitLanguage
import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import Testing

/// What must not be called in order: advice that rows do not bind to the book.
@Suite("Advice is bound")
struct BindingTests {
  static func compiled(_ lines: String) throws -> CompiledCircuit {
    try circuit(lines).compiled(
      with: SmallRules.parameters, coordinates: try CoordinateMap(SmallRules.coordinates))
  }

  @Test("a whale's book is proved under a rule whose advice nothing binds, so the rule does not compile")
  func whale() throws {
    let map = try CoordinateMap(SmallRules.coordinates)
    let cheatable = try circuit(SmallRules.gross).compiledWithoutJudgement(
      with: SmallRules.parameters, coordinates: map)
    // Cash 1, position 1000 BTC worth 30 each: 3000 times the limit. The prover takes size = 0.
    let values: [Int] = [1, 1000 + 1000, 1000, 0, 0]
    let whale: [Int64] = [1, 0, 0, 1000, 0]
    #expect(try !cheatable.evaluate(whale.span).isProvable)
    let blindings = SecretBlock<Scalar>(count: 1) { _ in Scalar(1234) }
    let generators = Generators.standard
    let commitment = try CircuitProof.commitments(
      to: witness(values), of: cheatable.statement, blindings: blindings, generators: generators)
    let proof = try CircuitProof.prove(
      cheatable.statement, witness: witness(values), blindings: blindings, commitments: commitment,
      context: [],
      generators: generators)
    try proof.verify(cheatable.statement, commitments: commitment, context: [], generators: generators)

    let error = try #require(
      try complaint(SmallRules.gross, with: SmallRules.parameters, coordinates: SmallRules.coordinates))
    #expect(error.diagnostics.map(\.code) == [.unboundAdvice])
    let text = error.description
    #expect(text.contains("test.circuit:5:8"))
    #expect(text.contains("size[BTC]"))
    #expect(text.contains("lower bound 0"))
    #expect(text.contains("\"gross exposure\" (line 6)"))
    #expect(text.contains("`bound size[i in instruments] in 0 ... 100_000 := abs(position[i])`"))
  }

  @Test(
    "rules that bind their advice compile, and no difference is found", arguments: SmallRules.inOrder.map(\.0)
  )
  func bound(_ name: String) throws {
    let lines = try #require(SmallRules.inOrder.first { $0.0 == name }).1
    let report = try Self.compiled(lines).searchForDifference()
    #expect(report.difference == nil)
    #expect(report.bookCount > 1)
    #expect(!report.foundOnlyEmptyBook)
  }

  @Test("is refused, warned of, or a book shows the difference", arguments: NaturalMistake.all)
  func mistake(_ mistake: NaturalMistake) throws { try expectCaught(mistake.lines) }

  @Test(
    "a rule that forgets a part of its advice's rule is refused, or a whale is shown",
    arguments: FurtherMistake.all)
  func furtherMistake(_ mistake: FurtherMistake) throws { try expectCaught(mistake.lines) }

  @Test(
    "advice that follows an equality, a class or a rounding does not hide a mistake",
    arguments: FurtherMistake.sidesFollowed + FurtherMistake.valuesFollowed)
  func followed(_ mistake: FurtherMistake) throws { try expectCaught(mistake.lines) }

  @Test(
    "sides that an equality, a product, a choice or a relief hides are warned of",
    arguments: FurtherMistake.sidesFollowed)
  func sidesFollowed(_ mistake: FurtherMistake) throws {
    let kinds = try Self.compiled(mistake.lines).warnings.map(\.kind)
    #expect(kinds.contains(.bothSides), "\(mistake)")
  }

  @Test("a set with more variables than the limit is searched with less advice, and that is said")
  func reduced() throws {
    let advice = (0..<60).map { "advice a\($0) in 0 ... 1000 := max(cash - \($0), 0)\n" }
    let rows = (0..<60).map { "require \"r\($0)\" : a\($0) <= cash\n" }
    let sum = (0..<60).map { "a\($0)" }.joined(separator: " + ")
    let lines =
      "committed cash in 0 ... 1000\n" + advice.joined() + rows.joined() + "require \"sum\" : \(sum) >= 7\n"
    let compiled = try circuit(lines).compiled(with: [:], coordinates: CoordinateMap(["cash"]))
    let limits = SearchLimits(supports: 4, programs: 60, variables: 40)
    let report = compiled.searchForDifference(limits: limits)
    #expect(report.isReduced && report.supportCount > 0 && report.cuts.contains(.variables), "\(report)")
    let none = compiled.searchForDifference(limits: SearchLimits(supports: 0, programs: 60, variables: 40))
    #expect(!none.isSearched && none.supportCount == 0)
  }

  @Test("what linear programs cost ends a search, and that is said")
  func work() throws {
    let compiled = try Self.compiled(SmallRules.sides)
    let report = compiled.searchForDifference(
      limits: SearchLimits(supports: 24, programs: 3_000, variables: 160, work: 200))
    #expect(report.cuts.contains(.work) && report.isCut, "\(report)")
    #expect(report.programCount < 3_000)
  }

  /// Each rule compares many values, so that no three committed ones show the difference.
  private static let manyValues = [
    (
      "a spread over sizes that others inflate",
      """
      committed position[i in instruments] in -1000 ... 1000
      advice size[i in instruments] in 0 ... 100_000 := max(position[i], -position[i])
      require "up {i}" for i in instruments : size[i] >= position[i]
      require "down {i}" for i in instruments : size[i] >= -position[i]
      require "spread {i}" for i in instruments : sum(j in instruments : size[j]) - 4 * size[i] >= 0
      """
    ),
    (
      "a number of open positions that forgets the short ones",
      """
      committed cash in 0 ... 1000, position[i in instruments] in -1000 ... 1000
      advice open[i in instruments] in 0 ... 1 := if position[i] == 0 then 0 else 1
      require "open {i}" for i in instruments : 1000 * open[i] - position[i] >= 0
      require "few" : 4 - sum(i in instruments : open[i]) >= 0
      """
    ),
    (
      "one long position that hedges two short ones",
      """
      committed cash in 0 ... 2^40, position[i in instruments]
      advice long[i in instruments] in 0 ... 1000 := max(position[i], 0)
      advice short[i in instruments] in 0 ... 1000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      advice first in 0 ... 1000 := min(long[instruments[0]], short[instruments[1]])
      advice second in 0 ... 1000
        := min(long[instruments[0]] - min(long[instruments[0]], short[instruments[1]]), short[instruments[2]])
      require "a" : long[instruments[0]] >= first
      require "b" : short[instruments[1]] >= first
      require "c" : long[instruments[0]] >= second
      require "d" : short[instruments[2]] >= second
      require "margin"
        : cash + 5 * first + 5 * second - sum(i in instruments : i.price * (long[i] + short[i])) >= 0
      """
    ),
  ]

  @Test("a difference that only many values together show is found", arguments: manyValues.map(\.0))
  func together(_ name: String) throws {
    let lines = try #require(Self.manyValues.first { $0.0 == name }).1
    let names = (0..<6).map { "I\($0)" }
    let parameters: ParameterValue = [
      "instruments": .list(names.map { .record(id: $0, ["price": 30]) })
    ]
    let coordinates = (lines.contains("cash") ? ["cash"] : []) + names.map { "position/\($0)" }
    let compiled = try circuit(lines).compiled(with: parameters, coordinates: CoordinateMap(coordinates))
    var few = SearchLimits.standard
    few.programsTogether = 0
    #expect(compiled.searchForDifference(limits: few).difference == nil)
    let report = compiled.searchForDifference()
    let difference = try #require(report.difference, "\(report)")
    #expect(report.togetherCount == coordinates.count)
    var book = [Int64](repeating: 0, count: coordinates.count)
    for entry in difference.book {
      book[try #require(coordinates.firstIndex(of: entry.coordinate))] = entry.value
    }
    #expect(try !compiled.evaluate(book.span).isProvable)
  }

  private func expectCaught(_ lines: String) throws {
    if let error = try complaint(
      lines, with: SmallRules.parameters, coordinates: SmallRules.coordinates)
    {
      #expect(error.diagnostics.allSatisfy { $0.code == .unboundAdvice }, "\(error)")
      return
    }
    let compiled = try Self.compiled(lines)
    let report = compiled.searchForDifference()
    if report.difference == nil, compiled.warnings.contains(where: { $0.kind == .bothSides }) { return }
    let difference = try #require(report.difference, "\(report)")
    // The witness is one: the plain rule refuses the book.
    var book = [Int64](repeating: 0, count: SmallRules.coordinates.count)
    for entry in difference.book {
      book[try #require(SmallRules.coordinates.firstIndex(of: entry.coordinate))] = entry.value
    }
    #expect(try !compiled.evaluate(book.span).isProvable)
    #expect(!difference.advice.isEmpty)
  }

  @Test("the shipped circuits bind their advice, and no difference is found", arguments: shippedNames)
  func shippedCircuits(_ name: String) throws {
    let market = try SyntheticMarket.random(seed: 4)
    let compiled = try shipped(name).compiled(with: market.tree, coordinates: market.coordinates)
    let report = compiled.searchForDifference(
      limits: SearchLimits(supports: 24, programs: 250, variables: 160))
    #expect(report.difference == nil)
    #expect(report.bookCount > 2)
  }

  @Test("what holds each advice value is told: rows that need it large, rows that need it small, links")
  func uses() throws {
    let market = try SyntheticMarket.random(seed: 4)
    let compiled = try shipped("portfolio-margin").compiled(
      with: market.tree, coordinates: market.coordinates)
    let uses = compiled.adviceUses
    let reserve = try #require(uses.first { $0.name == "reserve[BTC]" })
    #expect(reserve.links.isEmpty)
    #expect(reserve.heldUpBy.allSatisfy { $0.hasPrefix("scenario BTC") })
    #expect(!reserve.heldUpBy.isEmpty)
    #expect(reserve.heldDownBy == ["portfolio margin"])
    let cash = try #require(uses.first { $0.name == "cash_plus" })
    #expect(cash.links == ["cash"])
    #expect(uses.count == compiled.variableNames.count - market.collateral.count)
  }
}
