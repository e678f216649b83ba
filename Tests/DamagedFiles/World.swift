import Foundation
import Solvency

/// Good files of every kind, and a run of every verb that reads them.
struct World {
  static let passphrase = "open sesame"

  /// An argument of a verb.
  enum Argument {
    case text(String)
    /// A file that the verb reads.
    case file(String, Kind)
    /// A place that the verb writes to: a file, or a folder of files.
    case output(isFolder: Bool)
    /// A copy of a directory, of which one file may be damaged.
    case folder(String)
  }

  /// What a file is, for what damage to it must lead to.
  enum Kind {
    /// Strict JSON with a version.
    case document
    /// The same, of a verb that makes the file if there is nothing.
    case kept
    /// Strict JSON without a version.
    case json
    /// Encrypted, signed or chained: no bit of it can change.
    case sealed
    /// Source text of a circuit.
    case circuit
    /// Lines of JSON, each with its verdict.
    case lines
    /// Rows, or the bytes of an entry: others may be as good.
    case rows
    /// Any text.
    case text
  }

  /// A verb and its arguments.
  struct Trial {
    let arguments: [Argument]
    let exitCode: Int32

    var name: String {
      let words = arguments.prefix { if case .text(let word) = $0 { !word.hasPrefix("-") } else { false } }
      return words.map { if case .text(let word) = $0 { word } else { "" } }.joined(separator: " ")
    }
  }

  struct Failed: Error, CustomStringConvertible { let description: String }

  let command: Command
  let trials: [Trial]

  /// Makes the files with the command itself.
  ///
  /// - Parameter package: the folder of examples, circuits and vectors.
  init(command: Command, package: String) throws {
    self.command = command
    let folder = command.folder
    let files = FileManager.default
    for (from, to) in WorldFiles.copies {
      try files.copyItem(
        at: URL(filePath: package).appending(path: from), to: folder.appending(path: to))
    }
    for (name, text) in WorldFiles.texts { try Data(text.utf8).write(to: folder.appending(path: name)) }
    var identity = ""
    func words(_ line: String) -> [String] {
      line.replacing("{identity}", with: identity).split(separator: " ").map(String.init)
    }
    for line in WorldFiles.making {
      var words = words(line)
      switch words[0] {
      case "copy":
        try files.copyItem(at: folder.appending(path: words[1]), to: folder.appending(path: words[2]))
      case "put":
        try Data(contentsOf: folder.appending(path: words[1])).write(to: folder.appending(path: words[2]))
      case "line":
        let text = try String(contentsOf: folder.appending(path: words[1]), encoding: .utf8)
        try Data(text.replacing("\n", with: "").utf8).write(to: folder.appending(path: words[2]))
      case "spoil":
        let file = folder.appending(path: words[1])
        var bytes = try Data(contentsOf: file)
        guard let text = bytes.range(of: Data(words[2].utf8)) else { throw Failed(description: line) }
        bytes[text.upperBound + 20] ^= 1
        try bytes.write(to: file)
      case "opening":
        try Self.opening(
          of: words[1], in: folder.appending(path: words[2]), to: folder.appending(path: words[3]))
      default:
        var output: String?
        if words[0] == "save" {
          output = words[1]
          words.removeFirst(2)
        }
        let outcome = try command.run(words)
        guard outcome.end == .exit(0) else {
          throw Failed(description: "\(line): \(outcome.end) \(outcome.errors)\(outcome.output)")
        }
        if let output { try Data(outcome.output.utf8).write(to: folder.appending(path: output)) }
        if words[0] == "keygen", let file = words.last, !words.contains("escrow-member") {
          try Self.lighten(folder.appending(path: file))
        }
        if words.starts(with: ["ledger", "publish"]) {
          let status = try command.run(["ledger", "status", "--ledger", "desk", "--json"])
          guard let found = status.output.firstMatch(of: /"identity": "([0-9a-f]{64})"/) else {
            throw Failed(description: "no identity: \(status.errors)")
          }
          identity = String(found.1)
        }
      }
    }
    trials = try WorldFiles.verbs.map { line in
      var words = words(line)
      var code: Int32 = 0
      if let stated = words[0].wholeMatch(of: /=([0-9]+)/) {
        code = Int32(stated.1) ?? 0
        words.removeFirst()
      }
      return Trial(arguments: try words.map(Self.argument), exitCode: code)
    }
  }

  /// The key under the same passphrase for the least work that files may ask for: a trial is not about that.
  private static func lighten(_ file: URL) throws {
    guard let passphrase = Passphrase(Array(Self.passphrase.utf8)) else { return }
    let key = try KeyFile.open(Array(Data(contentsOf: file)), with: passphrase)
    try Data(KeyFile.sealed(key, with: passphrase, cost: .interactive)).write(to: file)
  }

  /// The plain opening of an account of a roll, as its trader would hold it.
  private static func opening(of account: String, in openings: URL, to file: URL) throws {
    for line in try String(contentsOf: openings, encoding: .utf8).split(separator: "\n")
    where line.contains("\"account\":\"\(account)\"") {
      guard let start = line.range(of: "\"opening\":") else { continue }
      return try Data(line[start.upperBound...].dropLast().utf8).write(to: file)
    }
    throw Failed(description: "no opening of \(account)")
  }

  private static func argument(_ word: String) throws -> Argument {
    switch word {
    case "@out": return .output(isFolder: false)
    case "@dir": return .output(isFolder: true)
    default:
      guard word.hasPrefix("@") else { return .text(word) }
      let kinds: [Character: Kind] = [
        "d": .document, "k": .kept, "j": .json, "s": .sealed, "c": .circuit, "l": .lines, "t": .text,
        "r": .rows,
      ]
      let parts = word.dropFirst().split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let letter = parts[0].first else { throw Failed(description: word) }
      if letter == "f" { return .folder(String(parts[1])) }
      guard let kind = kinds[letter] else { throw Failed(description: word) }
      return .file(String(parts[1]), kind)
    }
  }
}
