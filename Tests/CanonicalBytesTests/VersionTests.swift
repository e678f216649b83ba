import CanonicalBytes
import Testing

@Suite("Versions of documents")
struct VersionTests {
  private func problem(_ text: String) throws -> DocumentError? {
    do throws(DocumentError) {
      _ = try JSONDocument.parse(Array(text.utf8), maximumBytes: 1 << 10).object(version: 1, required: ["a"])
      return nil
    } catch {
      return error
    }
  }

  @Test("the version that is read is taken")
  func known() throws {
    #expect(try problem(#"{"version": 1, "a": 0}"#) == nil)
    #expect(try problem(#"{"a": 0, "version": 1}"#) == nil)
  }

  @Test(
    "another version is refused by its value before keys that it alone has",
    arguments: [
      "2", "0", "-1", "true", "null", "\"v1\"", "\"1\"", "1.0", "1e0", "[1]", "{}", "9223372036854775808",
      "18446744073709551617", "1000000000000000000000000000000",
    ])
  func unknown(_ version: String) throws {
    for text in [#"{"version": \#(version), "new": 0}"#, #"{"new": 0, "a": 0, "version": \#(version)}"#] {
      let error = try #require(try problem(text))
      #expect(error.path == "version")
      #expect(error.description.hasSuffix("is not supported; this reads version 1"))
    }
  }

  @Test("a document that states no version is told so, and one that is not an object as well")
  func missing() throws {
    #expect(try problem(#"{"a": 0}"#)?.problem == .missingKey("version"))
    #expect(try problem("[1]")?.problem == .wrongKind(expected: .object, found: .array))
  }

  @Test("a version that is missing is named beside the other keys that are")
  func missingAmongOthers() throws {
    #expect(try problem("{}")?.problem == .missingKeys(["version", "a"]))
    let node = try JSONDocument.parse(Array("{}".utf8), maximumBytes: 1 << 10)
    #expect(try node.version(in: 1...3) == 3)
  }

  @Test("a version that is an integer is handed on as one")
  func number() throws {
    #expect(try problem(#"{"version": 7}"#)?.unsupportedVersion == 7)
    #expect(try problem(#"{"version": true}"#)?.unsupportedVersion == nil)
    #expect(try problem(#"{"version": 1, "b": 0}"#)?.unsupportedVersion == nil)
  }
}
