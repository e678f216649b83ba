package import ArgumentParser
internal import Foundation
package import Solvency

/// Where the passphrase of an opening or a key comes from.
package struct PassphraseOptions: ParsableArguments {
  package init() {}

  /// The environment variable that may hold it.
  package static let variable = "SOLVENCY_PASSPHRASE"
  private static let byteLimit = 1 << 12

  @Option(
    help: ArgumentHelp(
      "File whose first line is the passphrase.",
      discussion: "Without it: the environment variable \(Self.variable), else a question on the terminal.",
      valueName: "file"),
    completion: .file())
  package var passphraseFile: String?

  /// The passphrase of a file that exists.
  package func existing() throws(ToolFailure) -> Passphrase {
    guard let bytes = try configured() else { return try passphrase(asked("Passphrase: ")) }
    return try passphrase(bytes)
  }

  /// The passphrase for a new file; on the terminal it is asked for twice.
  package func chosen() throws(ToolFailure) -> Passphrase {
    if let bytes = try configured() { return try passphrase(bytes) }
    let bytes = try asked("New passphrase: ")
    guard bytes == (try asked("The same again: ")) else {
      throw ToolFailure(.usage, "passphrase", "the two differ; try again")
    }
    return try passphrase(bytes)
  }

  private func configured() throws(ToolFailure) -> [UInt8]? {
    if let passphraseFile {
      let bytes = try InputFile.read(passphraseFile, limit: Self.byteLimit)
      let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
      return Array(line)
    }
    return ProcessInfo.processInfo.environment[Self.variable].map { Array($0.utf8) }
  }

  private func asked(_ question: String) throws(ToolFailure) -> [UInt8] {
    guard let answer = Terminal.ask(question) else {
      throw ToolFailure(
        .usage, "passphrase",
        "none given; use --passphrase-file, set \(Self.variable), or run on a terminal")
    }
    return Array(answer.utf8)
  }

  private func passphrase(_ bytes: [UInt8]) throws(ToolFailure) -> Passphrase {
    guard let passphrase = Passphrase(bytes) else {
      throw ToolFailure(.usage, "passphrase", "is empty; choose one")
    }
    return passphrase
  }
}

/// Questions to the user at the terminal.
package enum Terminal {
  /// Asks for a line that is not shown while it is typed; `nil` without a terminal.
  package static func ask(_ question: String) -> String? {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
    var settings = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { return nil }
    defer {
      _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
      Console.note("")
    }
    // Only now: what is typed before the terminal is silent would be thrown away.
    try? FileHandle.standardError.write(contentsOf: Data(question.utf8))
    return readLine(strippingNewline: true)
  }
}
