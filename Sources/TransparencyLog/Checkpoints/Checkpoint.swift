/// A log's head as a text: which log, how many entries, and the root over them.
///
///     <origin>
///     <number of entries, decimal>
///     <root, base 64>
///     <extension lines, if any>
///
/// - SeeAlso: c2sp.org/tlog-checkpoint.
public struct Checkpoint: Hashable, Sendable {
  /// The name of the log: not empty, one line.
  public let origin: ExactText
  /// The head.
  public let head: TreeHead
  /// Lines that the log has added; nobody but the log vouches for them.
  public let extensions: [ExactText]

  /// A checkpoint without extensions.
  ///
  /// - Throws: ``CheckpointError/malformedOrigin`` unless the origin is one line that is not empty.
  public init(origin: ExactText, head: TreeHead) throws(CheckpointError) {
    guard !origin.utf8.isEmpty, ExactText(line: origin.utf8[...]) != nil else { throw .malformedOrigin }
    self.origin = origin
    self.head = head
    extensions = []
  }

  /// Reads the text of a note.
  ///
  /// - Throws: ``CheckpointError``.
  public init(decoding text: [UInt8]) throws(CheckpointError) {
    guard text.last == 0x0A else { throw .tooFewLines }
    let lines = text.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.count >= 3 else { throw .tooFewLines }
    guard !lines[0].isEmpty, let origin = ExactText(line: lines[0]) else { throw .malformedOrigin }
    guard let size = Digits.decimal(lines[1]) else { throw .malformedSize }
    guard let root = MerkleHash(base64: lines[2]) else { throw .malformedRoot }
    self.origin = origin
    head = TreeHead(size: size, root: root)
    var extensions: [ExactText] = []
    for line in lines.dropFirst(3) {
      guard !line.isEmpty, let text = ExactText(line: line) else { throw .malformedExtension }
      extensions.append(text)
    }
    self.extensions = extensions
  }

  /// The text, as it is signed.
  public var text: [UInt8] {
    let lines = [origin.utf8, Array("\(head.size)\n\(head.root)".utf8)] + extensions.map(\.utf8)
    return Array(lines.joined(separator: [0x0A])) + [0x0A]
  }
}

/// Why bytes are not a checkpoint.
public enum CheckpointError: Error, Hashable, Sendable {
  /// They are not a signed note.
  case note(NoteError)
  /// The note has less than the three lines of a checkpoint.
  case tooFewLines
  /// The first line is empty or not text.
  case malformedOrigin
  /// The second line is not a number of entries: decimal, no leading zeros, at most 2⁶³ − 1.
  case malformedSize
  /// The third line is not a hash in base 64.
  case malformedRoot
  /// A line after the third is empty or not text.
  case malformedExtension
}
