internal import RiskEngine

/// A validation as one page of HTML, complete in itself: tables, and pictures inside the page.
enum ValidationPage {
  /// One instrument: the series and the report of each strategy.
  struct Section {
    var instrument: String
    var series: [MarginSeries]
    var reports: [ValidationReport]
    var moves: FutureMoves
  }

  /// - Parameter pictures: figures that stand before the sections.
  static func text(
    title: String, subtitle: String, pictures: [ScatterChart] = [], _ sections: [Section]
  ) -> String {
    var body = "<h1>\(escaped(title))</h1>\n<p>\(escaped(subtitle))</p>\n"
    for picture in pictures { body += "<figure>\(picture.text)</figure>\n" }
    for section in sections {
      body += "<h2>\(escaped(section.instrument))</h2>\n"
      for table in ValidationTables.all(section.reports) {
        body += "<h3>\(escaped(table.title))</h3>\n\(html(table.rows))\n"
      }
      for series in section.series {
        if let chart = MarginPictures.moves(series, section.moves) { body += inline(chart) }
      }
      if let chart = MarginPictures.sideBySide(section.series) { body += inline(chart) }
    }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title))</title>
      <style>
      body { font-family: sans-serif; margin: 2em; color: #24292f }
      table { border-collapse: collapse; font-size: 12px; margin-bottom: 1em }
      td, th { border: 1px solid #d0d7de; padding: 3px 7px; white-space: nowrap }
      .n { text-align: right } svg { max-width: 100%; height: auto }
      </style></head><body>
      \(body)</body></html>

      """
  }

  private static func inline(_ chart: Chart) -> String {
    let text = SVGChart.text(of: chart)
    // Inside a page the declaration of XML has no place.
    return "<figure>\(text.drop { $0 != "\n" }.dropFirst())</figure>\n"
  }

  private static func html(_ rows: [[String]]) -> String {
    guard let header = rows.first else { return "" }
    let right = header.map { $0.hasPrefix(">") }
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + zip(cells, right).map { cell, isNumber in
          let plain = cell.hasPrefix(">") ? String(cell.dropFirst()) : cell
          return "<\(tag)\(isNumber ? " class=\"n\"" : "")>\(escaped(plain))</\(tag)>"
        }.joined() + "</tr>"
    }
    return "<table>" + row(header, "th") + rows.dropFirst().map { row($0, "td") }.joined() + "</table>"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
