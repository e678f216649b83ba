import CircuitLanguage
import ExactIntegers
import Testing

/// One mistake and the code it is reported with.
struct Mistake: Sendable, CustomTestStringConvertible {
  var what: String
  var lines: String
  var code: Diagnostic.Code
  /// A word of the line that is underlined.
  var place: String

  init(_ what: String, _ code: Diagnostic.Code, at place: String, _ lines: String) {
    self.what = what
    self.lines = lines
    self.code = code
    self.place = place
  }

  var testDescription: String { what }
}

/// A correct beginning; the mistakes follow it.
private let start = """
  committed cash, debt in 0 ... limit
  advice plus in 0 ... 2^62 - 1 := max(cash, 0)
  advice minus in 0 ... 2^62 - 1 := max(-cash, 0)
  link cash == plus - minus
  committed holding[a in assets] in 0 ... a.cap

  """

private let parameters: ParameterValue = [
  "limit": 1000, "zero": 0, "numbers": [5, 7], "twins": [4, 4],
  "assets": [.record(id: "BTC", ["cap": 10]), .record(id: "ETH", ["cap": 20])],
  "lots": [["cap": 3], ["cap": 4]],
]

private let coordinates = ["cash", "debt", "holding/BTC", "holding/ETH", "position/BTC"]

@Suite("Compile errors")
struct CompileErrorTests {
  @Test("the correct beginning compiles")
  func correct() throws {
    let error = try complaint(start + "require \"r\" : plus >= 0", with: parameters, coordinates: coordinates)
    #expect(error == nil)
  }

  static let mistakes: [Mistake] = [
    Mistake("unused advice", .unused, at: "spare", "advice spare in 0 ... 1 := 0"),
    Mistake(
      "an unused element", .unused, at: "part",
      "advice part[a in assets] in 0 ... 1 := 0\nrequire \"x\" : part[\"BTC\"] >= 0"),
    Mistake("an unused product", .unused, at: "square", "product square := debt * debt"),
    Mistake("an unused definition", .unused, at: "twice", "let twice = 2 * debt"),
    Mistake(
      "a committed value without link", .missingLink, at: "position",
      "committed position[a in assets where index(a) == 0]"),
    Mistake(
      "an element without link", .unknownCoordinate, at: "position",
      "committed position[a in assets]\nlink for a in assets : position[a] == debt"),
    Mistake("two links", .duplicateLink, at: "link cash", "link cash == plus"),
    Mistake("a link of a value with a range", .invalidLink, at: "debt", "link debt == plus"),
    Mistake("a link of advice", .invalidLink, at: "plus", "link plus == debt"),
    Mistake("a link of nothing", .invalidLink, at: "csh", "link csh == debt"),
    Mistake(
      "a committed value without range in a constraint", .notBounded, at: "cash", "require \"x\" : cash >= 0"),
    Mistake(
      "a comparison of secret values", .notAffine, at: "(if plus < minus",
      "require \"x\" : (if plus < minus then 1 else 0) >= 0"),
    Mistake(
      "a maximum of secret values", .notAffine, at: "max(plus, minus)",
      "require \"x\" : max(plus, minus) >= 0"),
    Mistake("a division of secret values", .notAffine, at: "plus // 2", "require \"x\" : plus // 2 >= 0"),
    Mistake(
      "a product of secret values", .notLinear, at: "plus * debt", "require \"x\" : 3 + plus * debt >= 0"),
    Mistake(
      "a product inside a product", .notLinear, at: "debt * debt",
      "product cube := debt * debt * debt\nrequire \"x\" : cube >= 0"),
    Mistake(
      "a secret divisor", .secretNotAllowed, at: "debt",
      "advice q in 0 ... 9 := 5 // debt\nrequire \"x\" : q >= 0"),
    Mistake(
      "a secret exponent", .secretNotAllowed, at: "debt",
      "advice q in 0 ... 9 := 5 ^ debt\nrequire \"x\" : q >= 0"),
    Mistake("a secret index", .secretNotAllowed, at: "debt", "require \"x\" : holding[debt] >= 0"),
    Mistake("a secret list", .secretNotAllowed, at: "debt", "require \"x\" : sum(i in 0 ..< debt : i) >= 0"),
    Mistake(
      "a secret condition of a loop", .secretNotAllowed, at: "debt > 0",
      "require \"x\" : sum(a in assets where debt > 0 : 1) >= 0"),
    Mistake(
      "a secret range", .secretNotAllowed, at: "debt", "advice q in 0 ... debt := 0\nrequire \"x\" : q >= 0"),
    Mistake("a secret slack bound", .secretNotAllowed, at: "debt", "require \"x\" : plus >= 0 within debt"),
    Mistake("a secret argument", .secretNotAllowed, at: "debt", "let f(n) = n\nrequire \"x\" : f(debt) >= 0"),
    Mistake("too few indices", .wrongCount, at: "holding", "require \"x\" : holding >= 0"),
    Mistake("too many indices", .wrongCount, at: "holding", "require \"x\" : holding[1, 2] >= 0"),
    Mistake("an index of a single value", .wrongCount, at: "debt", "require \"x\" : debt[0] >= 0"),
    Mistake("parentheses for brackets", .wrongCount, at: "holding(0)", "require \"x\" : holding(0) >= 0"),
    Mistake(
      "a missing argument", .wrongCount, at: "f(1, 2)", "let f(n) = n\nrequire \"x\" : f(1, 2) + plus >= 0"),
    Mistake(
      "a family without such an element", .unknownElement, at: "holding[\"SOL\"]",
      "require \"x\" : holding[\"SOL\"] >= 0"),
    Mistake(
      "a list without such an element", .unknownElement, at: "2", "require \"x\" : numbers[2] * debt >= 0"),
    Mistake(
      "a list without such an id", .unknownElement, at: "\"BTK\"",
      "require \"x\" : assets[\"BTK\"].cap * debt >= 0"),
    Mistake("an unknown field", .unknownField, at: "capp", "require \"x\" : assets[0].capp * debt >= 0"),
    Mistake("an unknown name", .unknownName, at: "limmit", "require \"x\" : limmit - debt >= 0"),
    Mistake("an unknown definition", .unknownName, at: "f", "require \"x\" : f(1) >= 0"),
    Mistake("an unknown family", .unknownName, at: "holdings", "require \"x\" : holdings[0, 1] >= 0"),
    Mistake(
      "a loop name that the title does not know", .unknownName, at: "{b}",
      "require \"x {b}\" for a in assets : holding[a] >= 0"),
    Mistake(
      "use before declaration", .unknownName, at: "later", "require \"x\" : later >= 0\nlet later = debt"),
    Mistake(
      "a definition of itself", .unknownName, at: "self",
      "let self = self + 1\nrequire \"x\" : self + plus >= 0"),
    Mistake("advice from itself", .unknownName, at: "q", "advice q in 0 ... 9 := q\nrequire \"x\" : q >= 0"),
    Mistake("the same name twice", .duplicateName, at: "debt", "let debt = 3\nrequire \"x\" : debt >= 0"),
    Mistake(
      "the same requirement twice", .duplicateName, at: "\"x\"",
      "require \"x\" for a in assets : holding[a] >= 0"),
    Mistake(
      "the same element twice", .duplicateName, at: "q",
      "advice q[n in twins] in 0 ... 1 := 0\nrequire \"x\" : q[4] >= 0"),
    Mistake(
      "a loop name that hides a declaration", .shadowing, at: "debt",
      "require \"x\" : sum(debt in assets : 1) * plus >= 0"),
    Mistake(
      "a loop name that hides another", .shadowing, at: "a",
      "require \"x {a}\" for a in assets : sum(a in assets : 1) * plus >= 0"),
    Mistake(
      "a declaration that hides a parameter", .shadowing, at: "zero",
      "let zero = 3\nrequire \"x\" : zero * plus >= 0"),
    Mistake("a declaration of a built-in", .shadowing, at: "sum", "let sum = 3"),
    Mistake(
      "a declaration named like the parameters", .shadowing, at: "snapshot",
      "let snapshot = 3\nrequire \"x\" : snapshot.limit * plus >= 0"),
    Mistake("an unknown coordinate", .unknownCoordinate, at: "debts", "committed debts in 0 ... 5"),
    Mistake(
      "the maximum of nothing", .emptyList, at: "max(n in 0 ..< 0 : n)",
      "require \"x\" : max(n in 0 ..< 0 : n) + plus >= 0"),
    Mistake(
      "a range without values", .invalidRange, at: "1 ... 0",
      "advice q in 1 ... 0 := 0\nrequire \"x\" : q >= 0"),
    Mistake(
      "a range with huge bounds", .invalidRange, at: "0 ... 2^250",
      "advice q in 0 ... 2^250 := 0\nrequire \"x\" : q >= 0"),
    Mistake("division by zero", .arithmetic, at: "zero", "require \"x\" : 7 // zero + plus >= 0"),
    Mistake("a huge exponent", .arithmetic, at: "9999", "require \"x\" : 2 ^ 9999 * plus >= 0"),
    Mistake("a huge power", .arithmetic, at: "4000", "require \"x\" : 10 ^ 4000 * plus >= 0"),
    Mistake("a list as a number", .wrongType, at: "assets", "require \"x\" : assets * plus >= 0"),
    Mistake("a number as a list", .wrongType, at: "limit", "require \"x\" : sum(a in limit : 1) * plus >= 0"),
    Mistake("a condition as a number", .wrongType, at: "(1 < 2)", "require \"x\" : (1 < 2) + plus >= 0"),
    Mistake(
      "a number as a condition", .wrongType, at: "limit",
      "require \"x\" : sum(a in assets where limit : 1) * plus >= 0"),
    Mistake("a field of a number", .wrongType, at: "limit", "require \"x\" : limit.cap * plus >= 0"),
    Mistake("a string as a value", .wrongType, at: "\"BTC\"", "require \"x\" : \"BTC\" + plus >= 0"),
    Mistake(
      "a requirement that no book meets", .neverHolds, at: "require", "require \"x\" : 0 - plus - 1 >= 0"),
    Mistake("an equality that no book meets", .neverHolds, at: "require", "require \"x\" : plus == 0 - 1"),
    Mistake(
      "advice that would wrap", .wraps, at: "debt * 2^250",
      "advice q in 0 ... 9 := debt * 2^250\nrequire \"x\" : q >= 0"),
    Mistake(
      "a requirement that would wrap", .wraps, at: "require", "require \"x\" : 2^191 * plus >= 0 within 5"),
    Mistake("a slack that is too large", .wraps, at: "require", "require \"x\" : 2^189 * plus >= 0"),
    Mistake(
      "a link that would wrap", .wraps, at: "link",
      "committed position[assets[0]]\nlink position[assets[0]] == 2^190 * plus"),
    Mistake(
      "a product that would wrap", .wraps, at: "a1 * a1",
      "let a1 = 2^64 * plus\nproduct p := a1 * a1\nrequire \"x\" : p >= 0 within 1"),
    Mistake(
      "too many steps", .tooLarge, at: "0 ..< 65536",
      "let f(n) = sum(i in 0 ..< 65536 : n)\nlet g = sum(j in 0 ..< 65536 : f(j))\nrequire \"x\" : g + plus >= 0"
    ),
    Mistake(
      "too long a list", .tooLarge, at: "0 ..< 65537", "require \"x\" : sum(i in 0 ..< 65537 : i) + plus >= 0"
    ),
    Mistake(
      "too many values", .tooLarge, at: "q",
      "advice q[i in 0 ..< 65536] in 0 ... 1 := 0\nrequire \"x\" : sum(i in 0 ..< 65536 : q[i]) >= 0"),
    Mistake("a forgotten range", .syntax, at: ":=", "advice q := 3"),
    Mistake("a forgotten operator", .syntax, at: "debt", "require \"x\" : plus debt >= 0"),
    Mistake("an unclosed string", .syntax, at: "\"x : plus >= 0", "require \"x : plus >= 0"),
    Mistake("a strict requirement", .syntax, at: ">", "require \"x\" : plus > 0"),
    Mistake("a bound of an equality", .syntax, at: "within 5", "require \"x\" : plus == 0 within 5"),
    Mistake("a sum without list", .wrongCount, at: "sum(plus, debt)", "require \"x\" : sum(plus, debt) >= 0"),
    Mistake("a product of one factor", .syntax, at: "plus", "product p := plus"),
    Mistake("a slash", .syntax, at: "/", "require \"x\" : plus / 2 >= 0"),
    Mistake("a leading zero", .syntax, at: "007", "require \"x\" : 007 * plus >= 0"),
    Mistake("a number with letters", .syntax, at: "0x7f", "require \"x\" : 0x7f * plus >= 0"),
    Mistake("a letter outside ASCII", .invalidText, at: "\u{0430}", "let \u{0430} = 1"),
    Mistake("a hidden character in a comment", .invalidText, at: "# ", "# \u{202e}safe"),
    Mistake(
      "a name that is too long", .tooLong, at: String(repeating: "x", count: 101),
      "let \(String(repeating: "x", count: 101)) = 1"),
  ]

  @Test("are found, and underlined where they are", arguments: mistakes)
  func mistake(_ mistake: Mistake) throws {
    var text = start + mistake.lines
    if !mistake.lines.contains("require ") { text += "\nrequire \"r\" : plus >= 0" }
    let error = try #require(
      try complaint(text, with: parameters, coordinates: coordinates), "no mistake was found")
    #expect(error.diagnostics.map(\.code).contains(mistake.code), "\(error)")
    let found = try #require(error.diagnostics.first { $0.code == mistake.code })
    let lines = ("circuit test version 1\nparameters snapshot\n" + text).split(
      separator: "\n", omittingEmptySubsequences: false)
    let line = lines[found.line - 1].unicodeScalars.dropFirst(found.column - 1)
    #expect(String(line).hasPrefix(mistake.place), "\(error)")
  }

  @Test(
    "the header has to be complete",
    arguments: [
      "", "circuit", "circuit x", "circuit x version", "circuit x version 0\nparameters p",
      "circuit x version 1", "circuit x version 1 parameters", "parameters p", "let a = 1",
      "circuit x version 99999999999999999999\nparameters p",
    ])
  func header(_ text: String) {
    #expect(throws: CircuitError.self) { try Circuit(parsing: text, named: "x") }
  }

  @Test("a circuit that proves nothing is refused")
  func empty() throws {
    let error = try complaint("")
    #expect(error?.diagnostics.map(\.code) == [.neverHolds])
  }

  @Test("the parameters are a record without doubled ids or deep nesting")
  func unusableParameters() throws {
    let lines = "committed cash in 0 ... 1"
    var deep: ParameterValue = 1
    for _ in 0..<40 { deep = [deep] }
    let trees: [ParameterValue] = [
      3, [1], ["deep": deep], ["list": [.record(id: "A", [:]), .record(id: "A", [:])]],
      ["list": [.record(id: "", [:])]], ["list": [.record(id: "A\u{1b}", [:])]],
    ]
    for tree in trees {
      let error = try complaint(lines, with: tree)
      #expect(error?.diagnostics.map(\.code) == [.invalidParameters])
    }
    #expect(try complaint(lines) == nil)
  }

  @Test("misspelt names are reported, not the values that look unused because of them")
  func misspelt() throws {
    let lines = """
      committed cash
      advice surplus in 0 ... 9 := max(cash, 0)
      advice extra in 0 ... 9 := 0
      link cash == surplus
      require "r" : extr >= 0
      """
    #expect(try complaint(lines)?.diagnostics.map(\.code) == [.unknownName])
    // `extr` is a parameter after all: then the advice is unused.
    #expect(try complaint(lines, with: ["extr": 1])?.diagnostics.map(\.code) == [.unused])
  }

  @Test("coordinate maps have no doubles")
  func doubledCoordinates() {
    #expect(throws: CoordinateMapError.duplicate("a")) { try CoordinateMap(["a", "b", "a"]) }
    #expect(throws: CoordinateMapError.empty) { try CoordinateMap([]) }
  }
}
