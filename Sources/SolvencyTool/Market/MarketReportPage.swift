import CanonicalBytes
internal import MarketData
internal import RiskEngine

/// The report on a market's data as one page of HTML that needs nothing else.
struct MarketReportPage {
  let report: MarketReport
  let directory: String

  init(_ report: MarketReport, directory: String) {
    self.report = report
    self.directory = directory
  }

  var html: String {
    let title = "\(directory) at \(UTCTime.text(report.time))"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>\(Self.escaped(title))</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 76em; padding: 0 1em; }
      table { border-collapse: collapse; width: 100%; }
      th, td { border-bottom: 1px solid #d0d7de; padding: .3em .6em; text-align: left; vertical-align: top; }
      td.n { text-align: right; font-variant-numeric: tabular-nums; }
      .severe { color: #cf222e; } .warning { color: #9a6700; } .note { color: #57606a; }
      </style>
      </head>
      <body>
      <h1>\(Self.escaped(title))</h1>
      <table>
      <tr><th>Series</th><th>File</th><th>Rows</th><th>Kept</th><th>Gaps</th><th>From</th><th>To</th><th>Age, s</th>\
      <th>At most, s</th><th>Units</th></tr>
      \(report.series.map(row).joined(separator: "\n"))
      </table>
      <h2>Findings</h2>
      <table>
      <tr><th>Level</th><th>Series</th><th>Count</th><th>Line</th><th>What</th></tr>
      \(report.findings.map { finding($0.series, $0.finding) }.joined(separator: "\n"))
      </table>
      </body>
      </html>
      """
  }

  private func row(_ series: SeriesReport) -> String {
    let isStale = series.limit.map { limit in series.age.map { $0 > limit } ?? true } ?? false
    return "<tr>" + cell(series.series) + cell(series.file) + number("\(series.rows)")
      + number("\(series.kept)")
      + number("\(series.gaps), \(series.missing) missing") + cell(series.first.map(UTCTime.text) ?? "-")
      + cell(series.last.map(UTCTime.text) ?? "-")
      + "<td class=\"n\(isStale ? " severe" : "")\">\(series.age.map { "\($0)" } ?? "-")</td>"
      + number(series.limit.map { "\($0)" } ?? "-") + cell(series.units.map(\.short).joined(separator: ", "))
      + "</tr>"
  }

  private func finding(_ series: String, _ finding: DataFinding) -> String {
    "<tr><td class=\"\(finding.level.rawValue)\">\(finding.level.rawValue)</td>" + cell(series)
      + number("\(finding.count)") + number(finding.line.map { "\($0)" } ?? "-") + cell(finding.text)
      + "</tr>"
  }

  private func cell(_ text: String) -> String { "<td>\(Self.escaped(text))</td>" }

  private func number(_ text: String) -> String { "<td class=\"n\">\(Self.escaped(text))</td>" }

  /// Text of files as text: nothing in it is a tag.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { escaped, character in
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.append(character)
      }
    }
  }
}
