internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import Solvency
internal import SolvencyProver
internal import TransparencyLog
internal import VenueSolvency

/// A roll as files:
///
///     header.json       what the roll is of
///     entries.bin       the accounts, 141 bytes each, in order
///     evidence.jsonl    the evidence, a line for each account
///     totals.json       the proof of the totals
///     checkpoint        the signed checkpoint
///     openings.jsonl    SECRET: a line for each account with salt and opening, in the order of the roll
struct RollFolder {
  let path: String

  var header: String { "\(path)/header.json" }
  var entries: String { "\(path)/entries.bin" }
  var evidence: String { "\(path)/evidence.jsonl" }
  var totals: String { "\(path)/totals.json" }
  var checkpoint: String { "\(path)/checkpoint" }
  var openings: String { "\(path)/openings.jsonl" }

  func readHeader() throws(ToolFailure) -> RollHeader {
    try Documents.read(header, RollHeader.fileByteLimit) { try RollHeader(decoding: $0) }
  }

  func readCheckpoint() throws(ToolFailure) -> SignedCheckpoint {
    guard InputFile.exists(checkpoint) else {
      throw ToolFailure(
        .missingInput, checkpoint, "the roll is not signed yet; `solvency roll prove` does that")
    }
    return try Documents.checkpoint(checkpoint)
  }

  func readTotals() throws(ToolFailure) -> ProofEnvelope { try Documents.envelope(totals) }

  /// A line of ``openings``.
  struct Secret {
    let salt: Bytes32
    /// The plain opening, as `OpeningFile` writes it.
    let opening: [UInt8]
    /// Whether the account is listed as opened.
    let isOpened: Bool

    init(salt: Bytes32, opening: [UInt8], isOpened: Bool) {
      (self.salt, self.opening, self.isOpened) = (salt, opening, isOpened)
    }

    init(decoding line: [UInt8]) throws(DocumentError) {
      let members = try JSONDocument.parse(line, maximumBytes: OpeningFile.plainByteLimit * 2)
        .object(version: 1, required: ["salt", "opened", "opening"])
      salt = try members["salt"].bytes32()
      isOpened = try members["opened"].bool()
      opening = try members["opening"].value.encoded(.compact)
    }

    func encoded() throws(DocumentError) -> [UInt8] {
      let json: JSONValue = [
        "version": 1, "salt": .hex(salt.bytes), "opened": .bool(isOpened),
        "opening": try JSONDocument.parse(opening, maximumBytes: OpeningFile.plainByteLimit).value,
      ]
      return json.encoded(.compact)
    }
  }

  /// Calls `body` with every line of a file, numbered from 1.
  static func forEachLine(
    of file: String, limit: Int, _ body: (Int, [UInt8]) throws(ToolFailure) -> Void
  ) throws(ToolFailure) {
    var lines = LineReader(try InputFile.open(file, limit: nil), limit: limit)
    var number = 0
    while let line = try lines.next() {
      number += 1
      guard case .bytes(let bytes) = line else {
        throw ToolFailure(.malformedInput, "\(file):\(number)", "the line is longer than any of its kind")
      }
      try body(number, bytes)
    }
  }
}

/// Reads ``RollFolder/entries`` an entry at a time.
struct EntryReader {
  private let file: OpenFile
  private var buffer: [UInt8] = []
  private var position = 0

  init(_ path: String) throws(ToolFailure) { file = try InputFile.open(path, limit: nil) }

  /// The next entry; nil at the end.
  mutating func next() throws(ToolFailure) -> [UInt8]? {
    let size = RollAccount.entryByteCount
    while buffer.count - position < size {
      let chunk = try file.chunk()
      guard !chunk.isEmpty else {
        guard buffer.count == position else {
          throw ToolFailure(.malformedInput, file.name, "ends inside an entry; was it copied completely?")
        }
        return nil
      }
      buffer.removeFirst(position)
      position = 0
      buffer += chunk
    }
    defer { position += size }
    return Array(buffer[position..<position + size])
  }
}
