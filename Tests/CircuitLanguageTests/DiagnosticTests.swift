import CircuitLanguage
import Testing

@Suite("Diagnostics")
struct DiagnosticTests {
  @Test("print place, line, underline and advice")
  func unknownName() throws {
    let error = try #require(
      try complaint(
        """
        committed cash
        advice surplus in 0 ... 100 := max(cash, 0)
        link cash == surplus
        require "covered" : surplus - prise >= 0
        """, with: ["price": 3]))
    #expect(
      error.description == """
        test.circuit:6:31: error: unknown name `prise`
          6 | require "covered" : surplus - prise >= 0
            |                               ^^^^^
            = help: did you mean `price`?
        """)
  }

  @Test(
    "decimal numbers are explained: as a ratio, and in parts per million",
    arguments: [
      ("0.8", "write `8 * …` on this side and `10 * …` on the other, or 800_000 in ppm"),
      ("1.05", "write `105 * …` on this side and `100 * …` on the other, or 1_050_000 in ppm"),
      ("0.000001", "write `1 * …` on this side and `1000000 * …` on the other, or 1 in ppm"),
      ("0.12345678", "multiply both sides by a power of ten"),
    ])
  func decimals(_ number: String, _ advice: String) throws {
    let error = try #require(
      try complaint("committed cash\nrequire \"x\" : \(number) * cash >= 0\n", with: ["price": 3]))
    #expect(error.description.contains(":15: error: numbers are integers"))
    #expect(error.description.contains("= help: \(advice)"), "\(error.description)")
  }

  @Test("come several per run, in the order of the lines")
  func several() throws {
    let error = try #require(
      try complaint(
        """
        committed cash
        advice a in 0 .. 100 := cash
        advice b in 0 ... 100 := max(cash, 0)
        link cash == b
        require "square" : b * b >= 0
        require missing : b >= 0
        let c = maxx(1, 2)
        """))
    #expect(
      error.description == """
        test.circuit:4:15: error: `..` is not a range
          4 | advice a in 0 .. 100 := cash
            |               ^^
            = help: write `...` or `..<`
        test.circuit:7:20: error: a product of two secret values in a constraint
          7 | require "square" : b * b >= 0
            |                    ^^^^^
            = help: declare it: `product name := left * right`, and use `name` here
        test.circuit:8:9: error: a requirement has a name, such as "equity"; found `missing`
          8 | require missing : b >= 0
            |         ^^^^^^^
        test.circuit:9:9: error: unknown definition `maxx`
          9 | let c = maxx(1, 2)
            |         ^^^^
            = help: did you mean `max`?
        """)
  }

  @Test("point to the use and name the definition")
  func definition() throws {
    let error = try #require(
      try complaint(
        """
        committed cash
        advice a in 0 ... 100 := max(cash, 0)
        let worst = max(a, 7)
        link cash == a
        require "r" : 2 * worst >= 0
        """))
    #expect(
      error.description == """
        test.circuit:7:19: error: `max` of secret values in a constraint
          7 | require "r" : 2 * worst >= 0
            |                   ^^^^^
            = note: in the definition of `worst` on line 5
            = help: declare `bound name in lo ... hi := max(…)` (`language 2` in the header), and use `name` here
        """)
  }

  @Test("name the magnitude of what would wrap")
  func wraps() throws {
    let error = try #require(
      try complaint(
        """
        committed cash
        advice a in 0 ... 2^200 := max(cash, 0)
        link cash == a
        product square := a * a
        require "r" : square >= 0 within 1
        """))
    #expect(
      error.description == """
        test.circuit:6:19: error: this can reach 2^401, more than the 2^254 that is computed with
          6 | product square := a * a
            |                   ^^^^^
        """)
  }

  @Test("show a part of a very long line, and no control characters")
  func excerpt() throws {
    let long = String(repeating: "+ 1 ", count: 200)
    let error = try #require(try complaint("require \"r\" : 0 \(long)+ \u{1b}oops >= 0"))
    let lines = error.description.split(separator: "\n")
    #expect(lines.allSatisfy { $0.unicodeScalars.count < 200 })
    #expect(!error.description.unicodeScalars.contains("\u{1b}"))
    #expect(error.diagnostics.map(\.code).contains(.invalidText))
    #expect(lines[1].contains("…"))
  }

  @Test("are at most twenty, the others are counted")
  func count() throws {
    let lines = (0..<30).map { "let x\($0) = nothing(\($0))" }.joined(separator: "\n")
    let error = try #require(try complaint(lines))
    #expect(error.diagnostics.count == 20)
    #expect(error.omittedCount == 40)
    #expect(error.description.hasSuffix("\n40 more errors"))
  }

  @Test("count columns in characters")
  func columns() throws {
    let error = try #require(try complaint("# ä → ∑\n\tlet é = 1"))
    #expect(error.diagnostics.first?.line == 4)
    #expect(error.diagnostics.first?.column == 6)
  }
}
