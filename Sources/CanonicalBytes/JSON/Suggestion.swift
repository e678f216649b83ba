/// The known name that a misspelt one most likely means, if any is near: at most two letters missing,
/// added, changed or exchanged with a neighbour, and less than half of the name.
package func suggestion(for name: String, among known: [String]) -> String? {
  let limit = 2
  guard name.utf8.count <= 64 else { return nil }
  let candidates = known.map { (name: $0, distance: editDistance(name.lowercased(), $0.lowercased())) }
  let nearest = candidates.min { $0.distance < $1.distance }
  return nearest.flatMap { nearest in
    nearest.distance <= limit && 2 * nearest.distance < nearest.name.utf8.count ? nearest.name : nil
  }
}

/// The optimal string alignment distance of two short texts, by bytes.
private func editDistance(_ first: String, _ second: String) -> Int {
  let (a, b) = (Array(first.utf8), Array(second.utf8))
  // rows[i][j] = distance of the first i bytes of a and the first j of b
  var rows = [Array(0...b.count)]
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      let change = rows[i][j] + (a[i] == b[j] ? 0 : 1)
      var best = min(change, rows[i][j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, rows[i - 1][j - 1] + 1)
      }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
