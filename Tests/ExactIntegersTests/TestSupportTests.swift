import TestSupport
import Testing

@Suite("Test support")
struct TestSupportTests {
  @Test("bytes return from their hexadecimal digits unchanged")
  func roundTrip() throws {
    let bytes = (0...255).map { UInt8($0) }
    #expect(try Hex.decode(Hex.encode(bytes)) == bytes)
    #expect(Hex.encode([0, 0x1F, 0xA0]) == "001fa0")
  }

  @Test(
    "only lower-case digits in pairs are read",
    arguments: [
      ("0", HexError.oddLength), ("0A", .unexpectedByte(offset: 1)), ("0x", .unexpectedByte(offset: 1)),
      (" 00 ", .unexpectedByte(offset: 0)), ("0g", .unexpectedByte(offset: 1)),
    ])
  func refused(_ text: String, _ error: HexError) {
    #expect(throws: error) { try Hex.decode(text) }
  }

  @Test("the reproducible generator gives its published values")
  func generator() {
    // The first outputs of splitmix64.c for the seed 1234567.
    var generator = SplitMix64(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
  }
}
