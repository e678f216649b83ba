internal import CircuitLanguage

/// What a circuit says of itself: the comment it begins with, and its requirements as they are written.
struct CircuitWords {
  /// The comment at its head, without the signs that make it one.
  let introduction: String
  /// Its requirements and the definitions they are made of, as in the file.
  let requirements: String

  init(_ circuit: Circuit) {
    let lines = String(decoding: circuit.sourceBytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    introduction = lines.prefix { $0.hasPrefix("#") }
      .map { $0.dropFirst($0.hasPrefix("# ") ? 2 : 1) }.joined(separator: "\n")
    var statements: [Substring] = []
    var isWanted = false
    for line in lines {
      // A statement goes on in the lines that are indented.
      if let first = line.first, first != " ", first != "\t" {
        isWanted = line.hasPrefix("require ") || line.hasPrefix("let ")
      }
      if isWanted, !line.isEmpty { statements.append(line) }
    }
    requirements = statements.joined(separator: "\n")
  }
}
