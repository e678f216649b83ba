/// Rows of text in aligned columns.
package struct TextTable {
  private let header: [String]
  private var rows: [[String]] = []

  /// A table with these column titles. Columns whose title begins with `>` are aligned to the right.
  package init(_ header: [String]) { self.header = header }

  package mutating func add(_ row: [String]) { rows.append(row) }

  /// The lines, two spaces between columns.
  package var lines: [String] {
    let titles = header.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
    let all = [titles] + rows
    let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = zip(row.indices, row).map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return header[column].hasPrefix(">") ? padding + cell : cell + padding
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
