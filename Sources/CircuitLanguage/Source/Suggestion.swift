/// The nearest spelling among some names.
enum Suggestion {
  /// Names longer than this are not compared.
  private static let maximumLength = 64

  /// Among more names than this nothing is suggested: a loop may ask once for every element.
  static let maximumCount = 1 << 12

  /// At most this number of the names that there are is listed.
  private static let mostListed = 24

  /// Among more names than this none are listed.
  private static let mostSorted = 512

  /// The name that differs from `text` in the fewest letters, if that is at most a third of them
  /// (at least one); the first in alphabetical order among equals.
  static func nearest(to text: String, among names: some Sequence<String>) -> String? {
    let letters = Array(text.utf8)
    guard letters.count <= maximumLength else { return nil }
    var best: (distance: Int, name: String)?
    var count = 0
    for name in names where name != text && name.utf8.count <= maximumLength {
      count += 1
      guard count <= maximumCount else { return nil }
      let distance = distance(letters, Array(name.utf8))
      guard distance <= max(1, letters.count / 3) else { continue }
      if let found = best, (found.distance, found.name) <= (distance, name) { continue }
      best = (distance, name)
    }
    return best?.name
  }

  /// The same as a line below a diagnostic.
  static func help(for text: String, among names: some Sequence<String>) -> [String] {
    nearest(to: text, among: names).map { ["help: did you mean `\($0)`?"] } ?? []
  }

  /// The same, or the names that there are.
  static func helpOrList(for text: String, among names: some Sequence<String>, _ what: String) -> [String] {
    let help = help(for: text, among: names)
    guard help.isEmpty else { return help }
    let all = Set(names)
    // Sorted for every name that is not declared, of which a file may have many.
    guard !all.isEmpty, all.count <= mostSorted else { return [] }
    let known = all.sorted()
    let others = known.count > mostListed ? " and \(known.count - mostListed) more" : ""
    return ["note: \(what) \(known.prefix(mostListed).joined(separator: ", "))\(others)"]
  }

  /// Letters to insert, delete, replace or swap with their neighbour.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var older = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in a.indices {
      var current = [i + 1]
      for j in b.indices {
        var least = min(current[j] + 1, previous[j + 1] + 1)
        least = min(least, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, older[j - 1] + 1) }
        current.append(least)
      }
      (older, previous) = (previous, current)
    }
    return previous[b.count]
  }
}
