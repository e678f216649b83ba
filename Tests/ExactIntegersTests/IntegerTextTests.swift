import ExactIntegers
import TestSupport
import Testing

@Suite("Integer text")
struct IntegerTextTests {
  @Test("a value returns from its text unchanged")
  func roundTrip() throws {
    var generator = SplitMix64(seed: 4)
    for value in borderValues + (0..<500).map({ _ in randomInteger(bits: 2_000, using: &generator) }) {
      #expect(try Integer(parsing: value.description) == value)
    }
  }

  @Test("a text of known value is read and written as such")
  func known() throws {
    let power = "1606938044258990275541962092341162602522202993782792835301376"
    #expect(try Integer(parsing: power) == .powerOfTwo(200))
    #expect(Integer.powerOfTwo(200).description == power)
    #expect((-Integer.powerOfTwo(200)).description == "-" + power)
    #expect(Integer(Int.min).description == "-9223372036854775808")
    // 10¹⁹ has zero digits across the border of a limb.
    #expect((Integer(1_000_000_000) * 10_000_000_000).description == "10000000000000000000")
  }

  @Test(
    "a text that is not canonical is refused with the place",
    arguments: [
      ("", IntegerParsingError.noDigits), ("-", .noDigits), ("+1", .unexpectedByte(offset: 0)),
      ("01", .leadingZero(offset: 0)), ("00", .leadingZero(offset: 0)),
      ("-01", .leadingZero(offset: 1)), ("-0", .negativeZero), (" 1", .unexpectedByte(offset: 0)),
      ("1 ", .unexpectedByte(offset: 1)), ("12_000", .unexpectedByte(offset: 2)),
      ("--1", .unexpectedByte(offset: 1)), ("1-", .unexpectedByte(offset: 1)),
      ("1.0", .unexpectedByte(offset: 1)), ("1e3", .unexpectedByte(offset: 1)),
      ("0x10", .unexpectedByte(offset: 1)), ("١", .unexpectedByte(offset: 0)),
      ("1\u{0}", .unexpectedByte(offset: 1)), ("\u{2212}1", .unexpectedByte(offset: 0)),
    ])
  func refused(_ text: String, _ error: IntegerParsingError) {
    #expect(throws: error) { try Integer(parsing: text) }
  }

  @Test("the digit limit is exact")
  func limit() throws {
    let longest = String(repeating: "9", count: Integer.parsedDigitLimit)
    #expect(try Integer(parsing: longest).description == longest)
    #expect(try Integer(parsing: "-" + longest).description == "-" + longest)
    #expect(throws: IntegerParsingError.tooManyDigits(limit: 10_000)) {
      try Integer(parsing: longest + "9")
    }
  }
}
