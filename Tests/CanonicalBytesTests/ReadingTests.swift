import CanonicalBytes
import ExactIntegers
import Testing

private func parse(_ text: String, maximumBytes: Int = 1 << 20) throws(DocumentError) -> JSONNode {
  try JSONDocument.parse(Array(text.utf8), maximumBytes: maximumBytes)
}

/// The error of a reading, or nil if it succeeds.
private func error(_ read: () throws -> Void) -> DocumentError? {
  do {
    try read()
    return nil
  } catch {
    return error as? DocumentError
  }
}

/// The error of a text, or nil if it is read.
private func error(_ text: String) -> DocumentError? {
  error { _ = try parse(text) }
}

@Suite("JSON text")
struct JSONTextTests {
  @Test("keeps the order of members and the digits of numbers")
  func keepsText() throws {
    let node = try parse(#" {"b": [1, 1.0, 1e0, -0, 12345678901234567890], "a": {"": null}} "#)
    #expect(
      node.value
        == .object([
          JSONMember(
            "b",
            .array(["1", "1.0", "1e0", "-0", "12345678901234567890"].map { .number($0) })),
          JSONMember("a", .object([JSONMember("", .null)])),
        ]))
  }

  @Test(
    "reads every escape",
    arguments: zip(
      [#""\"\\\/\b\f\n\r\t""#, #""\u0041\u00e9\u20AC""#, #""\ud83d\ude00""#, #""a\u0000b""#, #""é€😀""#],
      ["\"\\/\u{8}\u{C}\n\r\t", "Aé€", "😀", "a\0b", "é€😀"]))
  func escapes(_ text: String, _ meaning: String) throws {
    #expect(try parse(text).value == .string(meaning))
  }

  @Test("what is written as it goes is what a tree is written to")
  func written() throws {
    let texts = ["", "plain", "\"\\\n\r\t\u{1}\u{1F}", "— é€😀", "a\nb\nc\n", "\n\n"]
    for text in texts {
      var written = JSONText(reserving: 8)
      written.append("{\"a\":")
      written.append(quoting: text)
      written.append(",\"b\":\"")
      for piece in Array(text.utf8).split(separator: 0x62, omittingEmptySubsequences: false) {
        written.append(escaping: Array(piece))
      }
      written.append("\"}")
      let plain = JSONValue.string(text.replacing("b", with: ""))
      #expect(
        written.bytes == JSONValue.object([JSONMember("a", .string(text)), JSONMember("b", plain)]).encoded())
      #expect(try JSONDocument.parse(written.bytes, maximumBytes: 1 << 10).value.kind == .object)
    }
    for number in [0, 1, -1, 1 << 53 - 1, 1 << 53, -(1 << 53) + 1, -(1 << 53), .min, .max] as [Int64] {
      var written = JSONText()
      written.append(number)
      #expect(written.bytes == JSONValue.integer(number).encoded())
    }
    for number in [0, 1 << 53 - 1, 1 << 53, .max] as [UInt64] {
      var written = JSONText()
      written.append(number)
      written.append(",")
      written.append(value: [.integer(number), ["c": .null]])
      #expect(
        written.bytes == JSONValue.integer(number).encoded() + Array(",".utf8)
          + JSONValue.array([.integer(number), ["c": .null]]).encoded())
    }
  }

  @Test(
    "names line, column and path of a syntax error",
    arguments: [
      ("", 1, 1, "", SyntaxProblem.unexpected(found: nil, expected: .value)),
      ("{\n  \"a\": [1, 2,\n    x]}", 3, 5, "a[2]", .unexpected(found: 0x78, expected: .value)),
      ("{\"a\" 1}", 1, 6, "a", .unexpected(found: 0x31, expected: .colon)),
      ("{\"a\": 1,}", 1, 9, "", .unexpected(found: 0x7D, expected: .key)),
      ("{\"a\": 1", 1, 8, "a", .unexpected(found: nil, expected: .commaOrBrace)),
      ("[1 2]", 1, 4, "[1]", .unexpected(found: 0x32, expected: .commaOrBracket)),
      ("1 2", 1, 3, "", .unexpected(found: 0x32, expected: .end)),
      ("[01]", 1, 3, "[1]", .unexpected(found: 0x31, expected: .commaOrBracket)),
      ("[1.]", 1, 4, "[0]", .unexpected(found: 0x5D, expected: .digit)),
      ("-", 1, 2, "", .unexpected(found: nil, expected: .digit)),
      ("[+1]", 1, 2, "[0]", .unexpected(found: 0x2B, expected: .value)),
      ("NaN", 1, 1, "", .unexpected(found: 0x4E, expected: .value)),
      ("\n\n \"abc", 3, 2, "", .unterminatedString),
      ("\"a\tb\"", 1, 3, "", .controlCharacter(9)),
      (#"["\x"]"#, 1, 2, "[0]", .invalidEscape),
      (#""\ud800""#, 1, 1, "", .invalidEscape),
      (#""\udc00\ud800""#, 1, 1, "", .invalidEscape),
      ("\u{FEFF}{}", 1, 1, "", .byteOrderMark),
    ])
  func syntax(_ text: String, _ line: Int, _ column: Int, _ path: String, _ problem: SyntaxProblem) {
    let found = error(text)
    #expect(found?.problem == .syntax(problem))
    #expect(found?.position?.line == line)
    #expect(found?.position?.column == column)
    #expect(found?.path == path)
  }

  @Test(arguments: [
    (#"{"a": 1, "b": 2, "a": 3}"#, "", 18), (#"{"x": [{"a": 1, "\u0061": 1}]}"#, "x[0]", 17),
    (#"{"a": {"": 1, "": 1}}"#, "a", 15),
  ])
  func `A23: refuses a name that occurs twice, however it is written`(
    _ text: String, _ path: String, _ column: Int
  ) {
    let found = error(text)
    #expect(found?.path == path)
    #expect(found?.position?.column == column)
    guard case .duplicateKey = found?.problem else {
      Issue.record("\(String(describing: found))")
      return
    }
  }

  @Test(
    "refuses bytes that are not UTF-8",
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82],
    ] as [[UInt8]])
  func invalidUTF8(_ bytes: [UInt8]) {
    let found = #expect(throws: DocumentError.self) {
      try JSONDocument.parse(bytes, maximumBytes: 100)
    }
    #expect(found?.problem == .notUTF8)
    #expect(found?.position?.column == 2)
  }

  @Test("refuses one byte more than the limit and reads the limit itself")
  func sizeLimit() throws {
    #expect(try parse("[1, 2]", maximumBytes: 6).value == .array([1, 2]))
    let found = #expect(throws: DocumentError.self) { try parse("[1, 2]", maximumBytes: 5) }
    #expect(found?.problem == .tooLarge(bytes: 6, limit: 5))
  }

  @Test("reads 64 levels of nesting and refuses 65")
  func depth() throws {
    let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(error(deepest) == nil)
    #expect(try parse(deepest).value.encoded() == Array(deepest.utf8))
    #expect(error("[" + deepest + "]")?.problem == .nestedTooDeep(limit: 64))
  }
}

@Suite("JSON values")
struct JSONValueTests {
  @Test(
    "integers are exact: no point, no exponent, no second way to write one",
    arguments: [
      "1.0", "1e3", "-0", "1E0", "\"01\"", "\"+1\"", "\" 1\"", "\"-0\"", "\"\"", "\"0x10\"", "\"1.0\"",
    ])
  func inexactIntegers(_ text: String) throws {
    let node = try parse(text)
    let found = #expect(throws: DocumentError.self) { try node.integer(in: Int64.min...Int64.max) }
    guard case .notAnInteger = found?.problem else {
      Issue.record("\(String(describing: found))")
      return
    }
  }

  @Test("integers come as numbers or decimal strings of any size")
  func integers() throws {
    #expect(try parse("-12").integer(in: -12...Int64(0)) == -12)
    #expect(try parse("\"9223372036854775807\"").integer(in: 0...Int64.max) == .max)
    #expect(try parse("18446744073709551615").unsigned() == .max)
    let large = Integer.powerOfTwo(200)
    #expect(try parse("\"\(large)\"").integer(in: 0...large) == large)
    #expect(try parse("\(large)").integer(in: 0...large) == large)
  }

  @Test
  func `A19: a range holds both its ends and nothing beyond`() throws {
    for (text, isInside) in [("4", false), ("5", true), ("9", true), ("10", false)] {
      let node = try parse("{\"k\": \(text)}").object(required: ["k"])["k"]
      let expected = DocumentError(
        path: node.path, problem: .outOfRange(text, lower: "5", upper: "9"))
      for kind in 0..<3 {
        let found = error {
          switch kind {
          case 0: _ = try node.integer(in: 5...Int64(9))
          case 1: _ = try node.unsigned(in: 5...9)
          default: _ = try node.integer(in: Integer(5)...Integer(9))
          }
        }
        #expect(found == (isInside ? nil : expected))
      }
    }
    #expect(throws: DocumentError.self) { try parse("-1").unsigned() }
    #expect(throws: DocumentError.self) {
      try parse("9223372036854775808").integer(in: 0...Int64.max)
    }
  }

  @Test("decimals become integers exactly or not at all")
  func decimals() throws {
    let millionths = { (text: String) throws(DocumentError) -> Int64 in
      try parse(text).decimal(inUnitsOfTenTo: -6, in: -2_000_000...2_000_000)
    }
    #expect(try millionths("-0.66") == -660_000)
    #expect(try millionths("2e0") == 2_000_000)
    #expect(try millionths("1e-6") == 1)
    for text in ["1e-7", "2.000001", "1e999999999", "0.12345678901234567890", "\"1\""] {
      #expect(throws: DocumentError.self) { try millionths(text) }
    }
    #expect(try parse("0.5").number() == 0.5)
    #expect(throws: DocumentError.self) { try parse("1e999").number() }
  }

  @Test("every error names the path from the root")
  func paths() throws {
    let text = #"{"instruments": [{}, {"long": [{"imPerLot": 1.5}]}], "positions": {"A-B": true}}"#
    let root = try parse(text).object(required: ["instruments"], optional: ["positions"])
    let second = try root["instruments"].array(maximumCount: 2)[1]
    let bracket = try second.object(required: ["long"])["long"].array(maximumCount: 1)[0]
    let rate = try bracket.object(required: ["imPerLot"])["imPerLot"]
    let found = #expect(throws: DocumentError.self) { try rate.integer(in: 0...Int64(9)) }
    #expect(found?.path == "instruments[1].long[0].imPerLot")
    #expect(
      found?.description == "instruments[1].long[0].imPerLot: \"1.5\" is not an integer; write decimal "
        + "digits only, without point, exponent or leading zeros")
    let position = try #require(root.optional("positions")).entries(maximumCount: 1)[0]
    #expect(position.key == "A-B")
    #expect(position.node.path.description == "positions[\"A-B\"]")
    #expect(throws: DocumentError.self) { try root["instruments"].array(maximumCount: 1) }
  }

  @Test("unknown keys are refused with the key that was meant")
  func unknownKeys() throws {
    let read = { (text: String) throws(DocumentError) in
      _ = try parse(text).object(required: ["imPerLot"], optional: ["capLots", "k"])
    }
    for (text, problem) in [
      (#"{"imPerlot": 1}"#, .unknownKey("imPerlot", suggestion: "imPerLot")),
      (#"{"imPerLot": 1, "capLost": 1}"#, .unknownKey("capLost", suggestion: "capLots")),
      (#"{"imPerLot": 1, "x": 1}"#, .unknownKey("x", suggestion: nil)),
      // The Kelvin sign equals K by Unicode's rules; a name is its bytes.
      ("{\"imPerLot\": 1, \"\u{212A}\": 1}", .unknownKey("\u{212A}", suggestion: "k")),
      (#"{"capLots": 1}"#, .missingKey("imPerLot")),
      ("[]", .wrongKind(expected: .object, found: .array)),
    ] as [(String, DocumentProblem)] {
      #expect(throws: DocumentError(path: .root, problem: problem)) { try read(text) }
    }
  }

  @Test("keys that are missing are named all at once, in the order in which they are wanted")
  func missingKeys() throws {
    let required = ["a", "b", "c"]
    for (text, problem) in [
      ("{}", .missingKeys(["a", "b", "c"])), (#"{"b": 1}"#, .missingKeys(["a", "c"])),
      (#"{"b": 1, "a": 1}"#, .missingKey("c")),
    ] as [(String, DocumentProblem)] {
      let error = #expect(throws: DocumentError.self) { try parse(text).object(required: required) }
      #expect(error?.problem == problem, "\(text)")
    }
    #expect("\(DocumentProblem.missingKeys(["a", "c"]))".contains(#""a", "c""#))
  }

  @Test("unknown and missing keys are reported together, and one that is misspelt once, as what was meant")
  func wrongKeys() throws {
    let message = { (text: String) throws -> String? in
      do throws(DocumentError) {
        _ = try parse(text).object(required: ["account", "cash", "positions"], optional: ["note"])
        return nil
      } catch {
        return "\(error.problem)"
      }
    }
    #expect(
      try message(#"{"acount": 1, "colour": 1, "cash": 1}"#)
        == #"has the unknown keys "acount" (did you mean "account"?), "colour" and lacks "positions"; "#
        + "correct or remove what is unknown and add what is missing")
    #expect(
      try message(#"{"account": 1, "x": 1}"#)
        == #"has the unknown key "x" and lacks "cash", "positions"; correct or remove what is unknown and "#
        + "add what is missing")
    #expect(
      try message(#"{"acount": 1, "cush": 1, "position": 1}"#)
        == #"has the unknown keys "acount" (did you mean "account"?), "cush" (did you mean "cash"?), "#
        + #""position" (did you mean "positions"?); correct or remove them"#)
    // One that is misspelt and nothing else needs one sentence.
    #expect(
      try message(#"{"account": 1, "cash": 1, "positons": 1}"#)
        == #"has the unknown key "positons"; did you mean "positions"?"#)
  }

  @Test("of an object with very many unknown keys a few are named, and the others counted")
  func manyUnknownKeys() throws {
    let members = (0..<100).map { "\"k\($0)\": 1" }.joined(separator: ", ")
    let error = #expect(throws: DocumentError.self) { try parse("{\(members)}").object(required: ["cash"]) }
    let text = error.map { "\($0.problem)" } ?? ""
    #expect(text.contains(#""k15", 84 more and lacks "cash""#) && !text.contains("\"k16\""))
  }

  @Test("bytes have one spelling")
  func bytes() throws {
    #expect(try parse("\"00ff10\"").bytes(hexOfCount: 3) == [0, 255, 16])
    #expect(try parse("\"AP8=\"").base64(maximumBytes: 2) == [0, 255])
    #expect(try parse("\"\"").base64(maximumBytes: 0) == [])
    for text in ["\"00FF10\"", "\"00ff1\"", "\"00ff\"", "\"0x00ff\"", "\"é0ff10\"", "12"] {
      #expect(throws: DocumentError.self, "\(text)") { try parse(text).bytes(hexOfCount: 3) }
    }
    for text in ["AP9=", "AP8", "AP8 =", "A-8=", "AP8=\\n", "AP8==", "=", "A===", "AP8A", "💶===💶=="] {
      #expect(throws: DocumentError.self, "\(text)") {
        try parse("\"\(text)\"").base64(maximumBytes: 2)
      }
    }
  }

  @Test("words, flags, texts and null are read as such")
  func others() throws {
    enum Colour: String, CaseIterable { case red, blue }
    #expect(try parse("\"red\"").word(Colour.self) == .red)
    #expect(
      throws: DocumentError(path: .root, problem: .unknownWord("rot", known: ["red", "blue"]))
    ) { try parse("\"rot\"").word(Colour.self) }
    #expect(try parse("true").bool())
    #expect(throws: DocumentError.self) { try parse("1").bool() }
    #expect(try parse("\"é\"").string(maximumLength: 2) == "é")
    #expect(throws: DocumentError.self) { try parse("\"é\"").string(maximumLength: 1) }
    #expect(try parse("null").unlessNull == nil)
    #expect(try parse("0").unlessNull != nil)
  }

  @Test("a message is one line and carries no control characters of the document")
  func messages() {
    let texts = [
      #"{"\u001b[2J\n\u202e": 1, "\u001b[2J\n\u202e": 2}"#, "{\"a\": \u{1}}", "\u{7F}", "\"\u{2}\"",
    ]
    for text in texts {
      let message = error(text)?.description ?? "\n"
      #expect(message.unicodeScalars.allSatisfy { (" "..."~").contains($0) }, "\(message)")
    }
    let long = JSONNode(.string(String(repeating: "x", count: 5_000)))
    let found = #expect(throws: DocumentError.self) { try long.integer(in: 0...Int64(1)) }
    #expect((found?.description.count ?? .max) < 300)
  }
}
