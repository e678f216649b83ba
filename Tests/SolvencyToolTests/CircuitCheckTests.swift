import Foundation
import TestSupport
import Testing

@Suite("circuit check")
struct CircuitCheckTests {
  @Test("a misspelt name is refused with its line and the name that was meant")
  func misspelt() throws {
    try Scratch.with { folder in
      let file = folder.appending(path: "typo.circuit")
      try Data(
        """
        circuit typo version 1
        parameters snapshot
        committed cash in 0 ... 100
        require "enough" : cahs >= 5

        """.utf8
      ).write(to: file)
      let outcome = try Tool.run(["circuit", "check", file.path])
      #expect(outcome.exitCode == 65)
      #expect(outcome.errors.contains("typo.circuit:4:20"))
      #expect(outcome.errors.contains("`cash`"))
    }
  }
}
