import Foundation
import TestSupport
import Testing

/// Files to start from are valid as they are.
@Suite("New files")
struct NewCommandTests {
  private func done(_ arguments: String..., in folder: URL) throws -> Tool.Outcome {
    let executable = try #require(Tool.executable)
    let outcome = try Tool.run(executable, arguments, passphrase: "a passphrase", in: folder)
    #expect(outcome.exitCode == 0, "\(arguments): \(outcome.errors)\(outcome.output)")
    return outcome
  }

  @Test("a snapshot, a book and a circuit are read, committed to, checked and explained")
  func small() throws {
    try Scratch.with { folder in
      _ = try done("new", "snapshot", "-o", "start/snapshot.json", in: folder)
      _ = try done("snapshot", "check", "start/snapshot.json", in: folder)
      _ = try done("new", "book", "--snapshot", "start/snapshot.json", "-o", "start/book.json", in: folder)
      let page = try String(contentsOf: folder.appending(path: "start/book.json.md"), encoding: .utf8)
      #expect(page.contains("| `positions.BTC-PERP` | lots bought, negative when sold | 0.001 BTC |"))
      let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/start/book.json")[
        .posixPermissions]
      #expect((mode as? NSNumber)?.intValue == 0o600)
      let made = try done("new", "circuit", "-o", "start/my-rule.circuit", in: folder)
      #expect(
        made.output.contains("check start/my-rule.circuit --snapshot start/snapshot.json"), "\(made.output)")
      let rule = ["--snapshot", "start/snapshot.json"]
      let checked = try Tool.run(
        try #require(Tool.executable), ["circuit", "check", "start/my-rule.circuit"] + rule, in: folder)
      #expect(checked.exitCode == 0 && checked.output.contains("no difference found"), "\(checked.output)")
      #expect(!checked.output.contains("warning"), "\(checked.output)")
      #expect(checked.output.contains("parameter times = 10"))
      for circuit in ["start/my-rule.circuit@times=5", "portfolio-margin"] {
        _ = try done(
          "explain", "--circuit", circuit, "--snapshot", "start/snapshot.json", "--book", "start/book.json",
          in: folder)
      }
      let unknown = try Tool.run(
        try #require(Tool.executable), ["circuit", "check", "start/my-rule.circuit@time=5"] + rule, in: folder
      )
      #expect(unknown.exitCode == 65 && unknown.errors.contains("times"))
      // A book of the template's own names goes with the template's snapshot.
      _ = try done("new", "book", "-o", "other.json", in: folder)
      let again = try Tool.run(
        try #require(Tool.executable), ["new", "book", "-o", "other.json"], in: folder)
      #expect(again.exitCode == 74)
      _ = try done("new", "book", "-o", "other.json", "--force", in: folder)
      let wrong = try Tool.run(
        try #require(Tool.executable), ["new", "circuit", "--snapshot", "x", "-o", "c"], in: folder)
      #expect(wrong.exitCode == 64)
    }
  }

  @Test("marks of 0 or less, and a snapshot without instruments, are noted")
  func notes() throws {
    try Scratch.with { folder in
      let example = try String(contentsOfFile: Example.snapshot, encoding: .utf8)
      #expect(!(try Tool.run(["snapshot", "check", Example.snapshot]).output.contains("noted")))
      // Both marks of one option.
      for (floor, ceil, note) in [
        ("-5", "0", "a mark below 0"), ("0", "0", "a mark of 0, so"),
        ("0", "1634681971", "a lower mark of 0"),
      ] {
        let changed = example.replacing("\"markFloor\": 1634681970", with: "\"markFloor\": \(floor)")
          .replacing("\"markCeil\": 1634681971", with: "\"markCeil\": \(ceil)")
        #expect(changed != example)
        let file = folder.appending(path: "marks.json")
        try Data(changed.utf8).write(to: file)
        let outcome = try Tool.run(["snapshot", "check", file.path])
        #expect(
          outcome.exitCode == 0 && outcome.output.contains("\(note)")
            && outcome.output.contains(": BTC-27MAR26-50000-C"), "\(outcome.output)\(outcome.errors)")
      }
      let start = try #require(example.range(of: "\"instruments\": ["))
      let empty = folder.appending(path: "empty.json")
      // The instruments are the last member.
      try Data((example[..<start.upperBound] + "]}").utf8).write(to: empty)
      let outcome = try Tool.run(["snapshot", "check", empty.path])
      #expect(
        outcome.exitCode == 0 && outcome.output.contains("noted        no instruments"),
        "\(outcome.output)\(outcome.errors)")
    }
  }

  @Test("beside a device nothing is written")
  func device() throws {
    try Scratch.with { folder in
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending(path: "null").path, withDestinationPath: "/dev/null")
      for kind in ["book", "snapshot", "circuit", "desk"] {
        _ = try done("new", kind, "-o", "null", in: folder)
        _ = try done("new", kind, "-o", "null", "--force", in: folder)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["null"])
    }
  }

  @Test("market data are checked, and publish a snapshot")
  func market() throws {
    try Scratch.with { folder in
      _ = try done("new", "market", "-o", "market", in: folder)
      _ = try done("snapshot", "build", "--market", "market", "-o", "epoch.json", in: folder)
      _ = try done("snapshot", "check", "epoch.json", in: folder)
    }
  }

  @Test("the script of a desk runs from nothing to an audit")
  func desk() throws {
    try Scratch.with { folder in
      _ = try done("new", "desk", "-o", "desk.sh", in: folder)
      let tool = try #require(Tool.executable).deletingLastPathComponent().path
      let outcome = try Tool.run(
        URL(filePath: "/bin/sh"), ["-c", "PATH='\(tool)':$PATH sh desk.sh"], in: folder)
      #expect(outcome.exitCode == 0, "\(outcome.errors)\(outcome.output)")
      #expect(outcome.output.contains("admitted until"))
    }
  }
}
