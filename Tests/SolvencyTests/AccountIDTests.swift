import CanonicalBytes
import MarginRules
import Solvency
import Testing

@Suite("Names")
struct AccountIDTests {
  @Test(arguments: [129, 4_096])
  func `A13: an over-long account name is refused, not shortened`(_ count: Int) {
    #expect(throws: NameError.tooLong(limit: 128, actual: count)) {
      try AccountID(String(repeating: "a", count: count))
    }
  }

  @Test("a name has 1 to 128 bytes of UTF-8", arguments: [1, 2, 127, 128])
  func lengths(_ count: Int) throws {
    let name = String(repeating: "x", count: count)
    #expect(try AccountID(name).description == name)
    #expect(throws: NameError.empty) { try AccountID("") }
    // 43 characters of three bytes are 129 bytes.
    #expect(throws: NameError.tooLong(limit: 128, actual: 129)) {
      try AccountID(String(repeating: "€", count: 43))
    }
  }

  @Test
  func `A13: two names that differ in any byte are two accounts`() throws {
    // U+00E9 and U+0065 U+0301 are the same text to Unicode, and two names here.
    let composed = try AccountID("caf\u{E9}")
    let decomposed = try AccountID("cafe\u{301}")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(try context(account: composed).encoded() != context(account: decomposed).encoded())
  }

  @Test(
    "a name has no control characters and no spaces at its ends",
    arguments: ["a\n", "\0", "a\u{7F}b", "a\u{202E}b", "\u{FEFF}a", "a\u{2028}b", " a", "a ", "\u{A0}a"])
  func unprintable(_ name: String) {
    #expect(throws: NameError.notPrintable) { try AccountID(name) }
    #expect(throws: NameError.notPrintable) { try Audience(name) }
  }

  @Test("a space inside, letters of any script and symbols are fine", arguments: ["a b", "Ωμέγα", "§-1/x"])
  func printable(_ name: String) throws {
    #expect(try AccountID(name).description == name)
  }

  private func context(account: AccountID) throws -> ProofContext {
    try ProofContext(
      circuit: .zero, snapshot: .zero, registry: .zero, kind: .initial, account: account,
      sequence: 0, audience: Audience("x"), nonce: .random(), issued: Timestamp(seconds: 1),
      expires: Timestamp(seconds: 2))
  }
}
