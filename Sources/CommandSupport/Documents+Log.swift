internal import Solvency
package import TransparencyLog

extension Documents {
  /// A vkey, or what the file of that name holds.
  package static func noteKey(_ textOrPath: String) throws(ToolFailure) -> NoteKey {
    if let key = try? NoteKey(decoding: textOrPath) { return key }
    guard textOrPath.filter({ $0 == "+" }).count < 2 || InputFile.exists(textOrPath) else {
      return try ToolFailure.wrapping(textOrPath) { try NoteKey(decoding: textOrPath) }
    }
    return try read(textOrPath, KeyFile.fileByteLimit, as: .noteKey) { bytes in
      let lines = bytes.split(separator: 0x0A)
      return try NoteKey(decoding: lines.count == 1 ? String(decoding: lines[0], as: UTF8.self) : "")
    }
  }

  /// A checkpoint: alone, or in a receipt or a request.
  package static func checkpoint(_ path: String) throws(ToolFailure) -> SignedCheckpoint {
    try read(path, LogProof.fileByteLimit, as: .checkpoint, .receipt, .witnessRequest) { bytes in
      if let proof = try? LogProof(decoding: bytes) { return proof.checkpoint }
      if let request = try? WitnessRequest(decoding: bytes) { return request.checkpoint }
      return try SignedCheckpoint(decoding: bytes)
    }
  }
}
