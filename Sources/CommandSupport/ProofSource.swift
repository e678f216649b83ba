internal import Solvency
package import SolvencyVerifier

/// The proofs of several files one by one: single documents, JSON Lines, standard input.
///
/// A file is read line by line, one proof to a line, unless its name does not end in `.jsonl` or `.ndjson`
/// and its first line opens an object without closing it: then the whole file is one proof.
package struct ProofSource {
  /// Where a proof stands.
  package struct Label: Hashable {
    package let file: String
    /// From 1; nil for a file that is one proof.
    package let line: Int?
    /// What the file plainly is, if it is no file of proofs; told for its first item.
    package var otherKind: FileKind?

    package var text: String { line.map { "\(file):\($0)" } ?? file }
  }

  /// The bytes of a proof and where they stand.
  package struct Item {
    package let label: Label
    package let bytes: [UInt8]
  }

  private static let lineExtensions = [".jsonl", ".ndjson"]

  private var paths: ArraySlice<String>
  private let isCounted: Bool
  private var name = ""
  private var file: OpenFile?
  private var lines: LineReader?
  private let what: String
  private let kinds: [FileKind]
  private var lineNumber = 0
  private var foundInFile = 0
  /// The files that were read, in order, if they are counted.
  package private(set) var inputs: [VerificationSummary.Input] = []

  /// Checks that all files are there before the first is read.
  ///
  /// - Parameters:
  ///   - what: what the files hold, for messages.
  ///   - kinds: what the files hold, so that one of another kind is called what it is.
  ///   - isCounted: whether ``inputs`` is wanted.
  package init(
    _ paths: [String], of what: String = "proof", as kinds: [FileKind] = [], isCounted: Bool = false
  ) throws(ToolFailure) {
    for path in paths { try InputFile.check(path) }
    self.paths = paths[...]
    self.what = what
    self.kinds = kinds
    self.isCounted = isCounted
  }

  /// Whether the next proof, or the end, can be read without waiting for the writer of the file.
  package var isReady: Bool { lines?.isReady ?? true }

  /// The next proof, or `nil` at the end.
  package mutating func next() throws(ToolFailure) -> Item? {
    while true {
      if lines != nil {
        if let item = try nextOfFile() { return item }
        lines = nil
        guard foundInFile > 0 else {
          throw ToolFailure(.malformedInput, name, "holds no \(what); was it written completely?")
        }
      }
      count()
      guard let path = paths.popFirst() else { return nil }
      name = InputFile.name(path)
      let file = try InputFile.open(path, limit: nil, isHashed: isCounted)
      self.file = file
      lines = LineReader(file, limit: ProofEnvelope.byteLimit)
      (lineNumber, foundInFile) = (0, 0)
    }
  }

  /// Remembers the file that was read to its end.
  private mutating func count() {
    guard let digest = file?.digest else { return }
    inputs.append(VerificationSummary.Input(name: name, digest: digest, count: foundInFile))
    file = nil
  }

  private mutating func nextOfFile() throws(ToolFailure) -> Item? {
    while let line = try lines?.next() {
      lineNumber += 1
      let bytes: [UInt8]
      switch line {
      case .bytes(let content): bytes = content
      case .tooLong: bytes = Self.tooLong
      }
      guard bytes.contains(where: { !Self.isSpace($0) }) else { continue }
      foundInFile += 1
      guard lineNumber > 1 || !opensDocument(bytes) else {
        return item(nil, try wholeFile(startingWith: bytes))
      }
      let isAlone = lineNumber == 1 && name.hasSuffix(".json")
      return item(isAlone ? nil : lineNumber, bytes)
    }
    return nil
  }

  private func item(_ line: Int?, _ bytes: [UInt8]) -> Item {
    let other = foundInFile == 1 ? FileKind.other(bytes, than: kinds) : nil
    return Item(label: Label(file: name, line: line, otherKind: other), bytes: bytes)
  }

  /// Whether a first line is the start of a document of several lines.
  private func opensDocument(_ line: [UInt8]) -> Bool {
    guard !Self.lineExtensions.contains(where: name.hasSuffix) else { return false }
    let content = line.filter { !Self.isSpace($0) }
    return content.first == UInt8(ascii: "{") && content.last != UInt8(ascii: "}")
  }

  private mutating func wholeFile(startingWith first: [UInt8]) throws(ToolFailure) -> [UInt8] {
    var bytes = first
    while let line = try lines?.next() {
      guard case .bytes(let content) = line, bytes.count <= ProofEnvelope.byteLimit else {
        bytes = Self.tooLong
        break
      }
      bytes += [UInt8(ascii: "\n")] + content
    }
    // What is left of a file that is too large is not read.
    lines = nil
    return bytes
  }

  /// Stands for anything too large: it is refused for its size, whatever it contains.
  private static let tooLong = [UInt8](
    repeating: UInt8(ascii: "x"), count: ProofEnvelope.byteLimit + 1)

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
