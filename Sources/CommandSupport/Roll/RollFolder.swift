package import CanonicalBytes
internal import Foundation
package import Solvency
package import SolvencyProver
package import TransparencyLog
package import VenueSolvency
package import VenueSolvencyProver

/// A roll as files:
///
///     header.json       what the roll is of
///     entries.bin       the accounts, 141 bytes each, in order
///     evidence.jsonl    the evidence, a line for each account; of accounts that share a proof the first has it, and
///                       the lines of the others are empty
///     totals.json       the proof of the totals
///     checkpoint        the signed checkpoint
///     exposure.json     totals that are public, with a proof, if there are any
///     openings.jsonl    SECRET: a line for each account with salt and opening, in the order of the roll
package struct RollFolder {
  package let path: String

  package init(path: String) { self.path = path }

  package var header: String { "\(path)/header.json" }
  package var entries: String { "\(path)/entries.bin" }
  package var evidence: String { "\(path)/evidence.jsonl" }
  package var totals: String { "\(path)/totals.json" }
  package var checkpoint: String { "\(path)/checkpoint" }
  package var exposure: String { "\(path)/exposure.json" }
  package var openings: String { "\(path)/openings.jsonl" }

  package func readHeader() throws(ToolFailure) -> RollHeader {
    try Documents.read(header, RollHeader.fileByteLimit, as: .rollHeader) { try RollHeader(decoding: $0) }
  }

  package func readCheckpoint() throws(ToolFailure) -> SignedCheckpoint {
    guard InputFile.exists(checkpoint) else {
      throw ToolFailure(
        .missingInput, checkpoint, "the roll is not signed yet; `solvency roll prove` does that")
    }
    return try Documents.checkpoint(checkpoint)
  }

  package func readTotals() throws(ToolFailure) -> ProofEnvelope { try Documents.envelope(totals) }

  /// Calls `body` with every line of a file, numbered from 1.
  package static func forEachLine(
    of file: String, limit: Int, _ body: (Int, [UInt8]) throws(ToolFailure) -> Void
  ) throws(ToolFailure) {
    var lines = LineReader(try InputFile.open(file, limit: nil), limit: limit)
    var number = 0
    while let line = try lines.next() {
      number += 1
      guard case .bytes(let bytes) = line else {
        throw ToolFailure(
          .malformedInput, "\(InputFile.name(file)):\(number)", "the line is longer than any of its kind")
      }
      try body(number, bytes)
    }
  }
}

/// A line of ``RollFolder/openings``.
extension RollSecret {
  package init(decoding line: [UInt8]) throws(DocumentError) {
    let members = try JSONDocument.parse(line, maximumBytes: OpeningFile.plainByteLimit * 2)
      .object(version: 1, required: ["salt", "opened", "opening"])
    self.init(
      salt: try members["salt"].bytes32(), opening: try members["opening"].value.encoded(.compact),
      isOpened: try members["opened"].bool())
  }

  /// The line of an account.
  package static func line(salt: Bytes32, opening: borrowing AccountOpening, isOpened: Bool) -> [UInt8] {
    let json: JSONValue = [
      "version": 1, "salt": .hex(salt.bytes), "opened": .bool(isOpened), "opening": OpeningFile.json(opening),
    ]
    return json.encoded(.compact)
  }
}

/// Reads ``RollFolder/entries`` an entry at a time.
package struct EntryReader {
  private let file: OpenFile
  private var buffer: [UInt8] = []
  private var position = 0
  private let ignoresRest: Bool

  /// - Parameter ignoringRest: whether an entry that was written in part is the end.
  package init(_ path: String, ignoringRest: Bool = false) throws(ToolFailure) {
    file = try InputFile.open(path, limit: nil)
    ignoresRest = ignoringRest
  }

  /// The next entry; nil at the end.
  package mutating func next() throws(ToolFailure) -> [UInt8]? {
    let size = RollAccount.entryByteCount
    while buffer.count - position < size {
      let chunk = try file.chunk()
      guard !chunk.isEmpty else {
        guard buffer.count == position || ignoresRest else {
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
