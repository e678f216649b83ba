import Foundation
import TestSupport

/// The built command, run as its users run it.
enum Tool {
  /// What a run left behind.
  struct Outcome {
    let exitCode: Int32
    /// True if a signal ended it: a trap.
    let wasKilled: Bool
    let output: String
    let errors: String

    /// Lines on standard error.
    var errorLines: [Substring] { errors.split(separator: "\n") }
  }

  /// The executable beside the test bundle.
  static let executable: URL? = {
    let bundle = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var candidates: [URL] = []
    var folder = bundle.deletingLastPathComponent()
    for _ in 0..<4 {
      candidates.append(folder.appending(path: "solvency"))
      folder = folder.deletingLastPathComponent()
    }
    candidates.append(Vectors.packageRoot.appending(path: ".build/release/solvency"))
    return candidates.first { candidate in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder)
        && !isFolder.boolValue
    }
  }()

  struct NotBuilt: Error {}

  /// Runs the command.
  ///
  /// - Parameters:
  ///   - input: standard input; nothing by default.
  ///   - passphrase: what the environment says.
  static func run(
    _ arguments: [String], input: Data = Data(), passphrase: String? = nil
  ) throws -> Outcome {
    guard let executable else { throw NotBuilt() }
    return try run(executable, arguments, input: input, passphrase: passphrase)
  }

  /// Runs any program. Output goes through files, so that no pipe can fill up.
  static func run(
    _ program: URL, _ arguments: [String], input: Data = Data(), passphrase: String? = nil,
    in folder: URL? = nil
  ) throws -> Outcome {
    try Scratch.with { scratch in
      let names = ["in", "out", "err"].map { scratch.appending(path: $0) }
      try input.write(to: names[0])
      try Data().write(to: names[1])
      try Data().write(to: names[2])
      let process = Process()
      process.executableURL = program
      process.arguments = arguments
      if let folder { process.currentDirectoryURL = folder }
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["SOLVENCY_PASSPHRASE": passphrase ?? ""]
      ) { $1 }
      if passphrase == nil { process.environment?["SOLVENCY_PASSPHRASE"] = nil }
      process.standardInput = try FileHandle(forReadingFrom: names[0])
      process.standardOutput = try FileHandle(forWritingTo: names[1])
      process.standardError = try FileHandle(forWritingTo: names[2])
      try process.run()
      process.waitUntilExit()
      return Outcome(
        exitCode: process.terminationStatus,
        wasKilled: process.terminationReason == .uncaughtSignal,
        output: String(decoding: try Data(contentsOf: names[1]), as: UTF8.self),
        errors: String(decoding: try Data(contentsOf: names[2]), as: UTF8.self))
    }
  }
}

/// Folders that go away again.
enum Scratch {
  static func with<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "solvency-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}

/// Files of the package.
enum Example {
  static let snapshot = path("Examples/snapshot.json")
  static let book = path("Examples/book.json")
  static let insolventBook = path("Examples/book-insolvent.json")
  /// A moment at which the example snapshot applies.
  static let moment = "2026-02-05T22:00:00Z"

  static func path(_ name: String) -> String { Vectors.packageRoot.appending(path: name).path }
}

/// An account with a proof, made once for all tests of a suite.
struct ProvenAccount {
  let folder: URL

  var account: String { folder.appending(path: "account.json").path }
  var opening: String { folder.appending(path: "account.opening").path }
  var proof: String { folder.appending(path: "proof.json").path }

  /// Commits to the example book and proves it.
  init(in folder: URL) throws {
    self.folder = folder
    let committed = try Tool.run([
      "commit", "--book", Example.book, "--snapshot", Example.snapshot, "-o", folder.path, "--plain",
    ])
    let proven = try Tool.run([
      "prove", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
      folder.appending(path: "account.opening").path, "--audience", "Example Bank", "--nonce",
      ProvenAccount.nonce, "--now", Example.moment, "-o", folder.appending(path: "proof.json").path,
    ])
    guard committed.exitCode == 0, proven.exitCode == 0 else {
      throw Failed(errors: committed.errors + proven.errors)
    }
  }

  struct Failed: Error { let errors: String }

  static let nonce = String(repeating: "5a", count: 32)

  /// Verifies at the moment of the proof.
  static func verify(_ arguments: [String], input: Data = Data()) throws -> Tool.Outcome {
    try Tool.run(
      ["verify"] + arguments + ["--snapshot", Example.snapshot, "--now", Example.moment],
      input: input)
  }
}
