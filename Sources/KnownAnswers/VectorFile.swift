internal import CanonicalBytes
package import CommandSupport
internal import Foundation

/// A file of vectors: a known answer, proofs that are to be rejected, or a transcript prefix.
package enum VectorFile {
  private static let byteLimit = 16 << 20

  /// Runs every case of a file.
  package static func run(_ path: String) throws(ToolFailure) -> [VectorCase] {
    try ToolFailure.wrapping(path) {
      do {
        return try cases(of: path)
      } catch VectorFailure.document(let error) {
        throw error
      } catch VectorFailure.statement(let error) {
        throw ToolFailure(.malformedInput, path, "describes no statement: \(error)")
      }
    }
  }

  private static func cases(of path: String) throws -> [VectorCase] {
    let node = try parse(path)
    if case .object(let members) = node.value {
      if members.contains(where: { $0.key == InvalidProofs.key }) {
        return try InvalidProofs(node).run(beside: path)
      }
      if let prefix = members.first(where: { $0.key == TranscriptPrefix.key }) {
        return [TranscriptPrefix.run(JSONNode(prefix.value, at: node.path.appending(prefix.key)))]
      }
    }
    let answer = try KnownAnswer(node)
    return [
      VectorCase(name: answer.name ?? baseName(path), checks: KnownAnswerRun(answer).checks())
    ]
  }

  /// Reads a known answer that another file names, from the same folder.
  static func knownAnswer(named name: String, beside path: String) throws -> KnownAnswer {
    guard !name.contains("/"), name != "..", name != "." else {
      throw ToolFailure(.malformedInput, path, "base_vector: names a file in the same folder, without /")
    }
    let folder = URL(filePath: path).deletingLastPathComponent()
    return try KnownAnswer(parse(folder.appending(path: name + ".json").path))
  }

  private static func parse(_ path: String) throws -> JSONNode {
    let bytes = try InputFile.read(path, limit: byteLimit)
    do throws(DocumentError) {
      return try JSONDocument.parse(bytes, maximumBytes: byteLimit)
    } catch {
      throw VectorFailure.document(error)
    }
  }

  private static func baseName(_ path: String) -> String {
    URL(filePath: path).deletingPathExtension().lastPathComponent
  }
}
