/// The parts of a declaration that a repair repeats, as they are written: with them its lines can be pasted.
struct RepairText {
  /// Number of indices.
  let count: Int
  /// `[i in instruments]`, or nothing.
  let indices: String
  /// `[i]`, or nothing.
  let keys: String
  /// ` {i}`, or nothing.
  let title: String
  /// ` for i in instruments`, or nothing.
  let loops: String

  /// Of the indices of a family; nil if they are too long to repeat.
  init?(_ source: SourceText, _ head: FamilyHead) {
    var (heads, keys, names, loops) = ([String](), [String](), [String](), [String]())
    for index in head.indices {
      switch index {
      case .each(let binder):
        let condition = binder.condition.map { " where " + source.text(in: $0.range) } ?? ""
        let loop = "\(binder.name.text) in \(source.text(in: binder.list.range))\(condition)"
        (heads, loops) = (heads + [loop], loops + [loop])
        (keys, names) = (keys + [binder.name.text], names + [binder.name.text])
      case .fixed(let key):
        heads.append(source.text(in: key.range))
        keys.append(source.text(in: key.range))
      }
    }
    count = head.indices.count
    indices = heads.isEmpty ? "" : "[\(heads.joined(separator: ", "))]"
    self.keys = keys.isEmpty ? "" : "[\(keys.joined(separator: ", "))]"
    title = names.map { " {\($0)}" }.joined()
    self.loops = loops.isEmpty ? "" : " for " + loops.joined(separator: ", ")
    guard indices.utf8.count <= 200 else { return nil }
  }
}

extension SyntaxTree {
  /// A name that no declaration has, made of a word.
  func freeName(_ word: String) -> String {
    let taken = Set(declarations.compactMap(\.name?.text) + [parameters.text])
    if !taken.contains(word) { return word }
    return (2...taken.count + 2).lazy.map { "\(word)\($0)" }.first { !taken.contains($0) } ?? word
  }
}
