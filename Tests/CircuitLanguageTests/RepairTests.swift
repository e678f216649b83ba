import CircuitLanguage
import Testing

/// What a message says to do can be done.
@Suite("Repairs")
struct RepairTests {
  private func error(_ lines: String, language: String = "") throws -> CircuitError? {
    do {
      let circuit = try Circuit(
        parsing: "circuit test version 1\(language)\nparameters snapshot\n" + lines, named: "test.circuit")
      _ = try circuit.compiled(
        with: SmallRules.parameters, coordinates: CoordinateMap(SmallRules.coordinates))
      return nil
    } catch let error as CircuitError {
      return error
    }
  }

  /// The code that the notes of the first mistake show.
  private func code(_ error: CircuitError?) -> [String] {
    (error?.diagnostics.first?.notes ?? []).flatMap { note in
      note.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
        .map { String($0.element) }
    }
  }

  @Test("the rows and the word that hold an absolute value compile where they are pasted")
  func absolute() throws {
    let code = code(try error(SmallRules.gross))
    let bound = try #require(
      code.first { $0.hasPrefix("bound size[i in instruments] in 0 ... 100_000 := abs(") })
    let rows = code.filter { $0.hasPrefix("require \"size {i}") }
    #expect(rows.count == 2)
    #expect(try error(SmallRules.gross + "\n" + rows.joined(separator: "\n")) == nil)
    let advice = "advice size[i in instruments] in 0 ... 100_000 := max(position[i], -position[i])"
    #expect(SmallRules.gross.contains(advice))
    let renamed = SmallRules.gross.replacing(advice, with: bound)
    #expect(try error(renamed, language: " language 2") == nil)
  }

  @Test("a committed value without a range gets the two sides that link it")
  func twoSides() throws {
    let lines = "committed cash in 0 ... 2^40\ncommitted position[i in instruments]\n"
    let row = "require \"gross\" : 10 * cash - sum(i in instruments : i.price * (long[i] + short[i])) >= 0"
    let found = try error(lines + "require \"cash\" : cash >= 1")
    #expect(found?.diagnostics.first?.code == .missingLink)
    let code = code(found).filter { $0.hasPrefix("advice ") || $0.hasPrefix("link ") }
    #expect(code.count == 3)
    #expect(try error(lines + code.joined(separator: "\n") + "\n" + row) == nil)
  }

  @Test("a maximum that nothing holds down is told to be one of its arguments, in lines that compile")
  func oneSided() throws {
    let lines = """
      committed cash in 0 ... 2^20, debt in 0 ... 2^20
      bound larger in 0 ... 2^20 := max(cash, debt)
      require "much" : larger >= 10

      """
    let found = try error(lines, language: " language 2")
    #expect(found?.diagnostics.first?.code == .unboundAdvice)
    #expect(found?.description.contains("<= max(") == false)
    #expect(found?.description.contains("from below only") == true)
    let code = code(found).filter { $0.hasPrefix("product ") || $0.hasPrefix("require ") }
    #expect(try error(lines + code.joined(separator: "\n"), language: " language 2") == nil)
    let sizes = """
      committed position[i in instruments] in -100 ... 100
      bound size[i in instruments] in 0 ... 100 := abs(position[i])
      require "much {i}" for i in instruments : size[i] >= 10

      """
    let both = self.code(try error(sizes, language: " language 2"))
      .filter { $0.hasPrefix("product ") || $0.hasPrefix("require ") }
    #expect(
      both.count == 2 && both.first?.contains("(size[i] - position[i]) * (size[i] + position[i])") == true)
    #expect(try error(sizes + both.joined(separator: "\n"), language: " language 2") == nil)
  }

  @Test("a choice that nothing binds gets a row that holds it, not a row with an `if`")
  func choice() throws {
    let found = try error(
      """
      committed cash in 0 ... 1000, debt in 0 ... 1000
      advice second in 0 ... 1 := if cash >= 500 then 0 else 1
      require "rich" : cash - 500 + 1000 * second >= 0
      require "debtless" : 100 - debt + 1000 * second >= 0
      """)
    let text = try #require(found?.description)
    #expect(
      text.contains("either-or") && !text.contains("second <= if")
        && text.contains("`require \"second, down\" : cash <= 499 + 501 * (1 - second)`"), "\(text)")
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let lines: String
    let language: String
    /// Line and column, and what is said.
    let place: String
    let parts: [String]
    var testDescription: String { lines }

    init(_ lines: String, _ language: String = "", at place: String, _ parts: String...) {
      (self.lines, self.language, self.place, self.parts) = (lines, language, place, parts)
    }
  }

  private static let cash = "committed cash in 0 ... 100\n"

  static let cases: [Case] = [
    Case(
      "committed position[i in instruments] in 0 ... 9\nrequire \"r\" : position[\"BTK\"] >= 1", at: "4:15",
      "did you mean `position[\"BTC\"]`"),
    Case(
      cash + "ignore debt\nrequire \"r\" : cash >= 1", at: "4:1", "`ignore` is of language 2",
      "`language 2` in the header"),
    Case(
      "parameter n in 1 ... 9 := 2\n" + cash + "require \"r\" : cash >= n", at: "3:1",
      "`parameter` is of language 2"),
    Case(
      cash + "bound c in 0 ... 9 := min(cash, 9)\nrequire \"r\" : c >= 1", at: "4:1",
      "`bound` is of language 2"),
    Case(cash + "require \"r\" : abs(cash) >= 1", at: "4:15", "`abs` is of language 2"),
    Case(
      cash + "require \"r\" : abs(cash) >= 1", " language 2", at: "4:15", "`abs` of secret", "bound name",
      ":= abs("),
    Case(cash + "require \"r\" : cash // 2 >= 1", at: "4:15", "multiply the other side by it"),
    Case(cash + "require \"r\" : cash > 1", at: "4:20", "`a > b` is `a >= b + 1`"),
    Case(cash + "require \"r\" : cash >= 1 and cash >= 2", at: "4:25", "write two requirements"),
    Case(cash + "require \"r\" : cash >= 1 or cash >= 2", at: "4:25", "either-or"),
    Case(cash + "require \"r\" : if cash >= 1 then 1 else 0 >= 1", at: "4:15", "either-or"),
    Case(cash + "require \"r\" : (if cash >= 1 then 1 else 0) >= 1", at: "4:15", "either-or"),
    Case(cash + "// what is held\nrequire \"r\" : cash >= 1", at: "4:1", "a comment begins with `#`"),
    Case(cash + "require \"r\" : cash >= 1 // at least one\n", at: "4:25", "a comment begins with `#`"),
    Case(cash + "require \"r\" : .5 * cash >= 1", at: "4:15", "write `5 * …` on this side and `10 * …`"),
    Case(cash + "require \"r\" : cash >= 1e6", at: "4:23", "write `10^6`"),
    Case(cash + "require \"r\" : cash >= 25e4", at: "4:23", "write `25 * 10^4`"),
    Case(cash + "require \"r\" : cash >= something", at: "4:23", "there are cash, collateral"),
    Case(
      cash + "require \"r\" : sum(i in instruments where i == instruments[\"BTC\"] : i.price) * cash >= 1",
      at: "4:42", "index(a) == index(b)"),
  ]

  @Test("a mistake that is made often is named at its place, with what to write", arguments: cases)
  func message(_ item: Case) throws {
    let found = try #require(try error(item.lines, language: item.language))
    let text = found.description
    #expect(text.hasPrefix("test.circuit:\(item.place): "), "\(text)")
    for part in item.parts { #expect(text.contains(part), "\(text)") }
    #expect(found.diagnostics.count == 1, "\(text)")
  }

  @Test("elements that are declared one by one are told of one declaration, which compiles")
  func declaredOnce() throws {
    let chosen = """
      let a = instruments["BTC"]
      let c = instruments["ETH"]
      committed cash in 0 ... 100

      """
    let rest = "\nrequire \"r\" : cash - position[a] - position[c] >= 0"
    let found = try error(chosen + "committed position[a] in 0 ... 9, position[c] in 0 ... 9" + rest)
    #expect(found?.diagnostics.map(\.code) == [.duplicateName])
    let line = try #require(code(found).first { $0.hasPrefix("committed ") })
    #expect(
      line
        == "committed position[i in instruments where index(i) == index(a) or index(i) == index(c)] in 0 ... 9"
    )
    #expect(try error(chosen + line + rest) == nil)
    let named = try error(
      "committed position[\"BTC\"] in 0 ... 9, position[\"ETH\"] in 0 ... 9\nrequire \"r\" : position[\"BTC\"] >= 1"
    )
    let byName = try #require(code(named).first { $0.hasPrefix("committed ") })
    #expect(byName.contains("index(i) == index(instruments[\"ETH\"])"), "\(byName)")
    #expect(try error(byName + "\nrequire \"r\" : position[\"BTC\"] >= 1") == nil)
  }

  @Test("a byte-order mark is named and is the only mistake; UTF-16 is called so")
  func encoding() throws {
    let text =
      "circuit test version 1\r\nparameters snapshot\r\ncommitted cash in 0 ... 9\r\nrequire \"r\" : cash >= 1\r\n"
    do {
      _ = try Circuit(parsing: [0xEF, 0xBB, 0xBF] + Array(text.utf8), named: "mark.circuit")
      Issue.record("a mark is let pass")
    } catch {
      #expect(error.diagnostics.map(\.message) == ["a byte-order mark stands before the text"])
      #expect(error.description.hasPrefix("mark.circuit:1:1: "))
      #expect(error.description.contains("UTF-8 without a mark"))
    }
    for isBig in [false, true] {
      let pairs = text.utf16.flatMap {
        isBig ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)]
      }
      do {
        _ = try Circuit(parsing: (isBig ? [0xFE, 0xFF] : [0xFF, 0xFE]) + pairs, named: "wide.circuit")
        Issue.record("UTF-16 is let pass")
      } catch {
        #expect(error.diagnostics.first?.message == "this is UTF-16 text")
        #expect(error.diagnostics.count <= 2, "\(error)")
      }
    }
  }

  @Test("a division over several lines is one, and no comment")
  func division() throws {
    let lines = """
      committed cash in 0 ... 100
      let half = 100
        // 2
      require "r" : cash >= half
      """
    #expect(try error(lines) == nil)
  }
}
