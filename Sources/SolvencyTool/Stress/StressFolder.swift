internal import CanonicalBytes
internal import CommandSupport
internal import StressLab

/// The folder of a run: result.json, tables and the page.
struct StressFolder {
  let path: String
  let isReplacing: Bool

  func write(_ report: StressReport) throws(ToolFailure) {
    try OutputFile.makeFolder(path)
    try put(report.json.encoded(.indented), "result.json")
    try writeTables(report)
    try put(Array(StressPage.text(report).utf8), "page.html")
  }

  func writeTables(_ report: StressReport) throws(ToolFailure) {
    try OutputFile.makeFolder(path)
    try put(Array(StressTables.csv(StressTables.summary(report.outcomes)).utf8), "summary.csv")
    for outcome in report.outcomes {
      try put(
        Array(StressTables.csv(StressTables.steps(outcome.first)).utf8), "\(outcome.scenario.id).csv")
    }
  }

  private func put(_ bytes: [UInt8], _ name: String) throws(ToolFailure) {
    try OutputFile.write(bytes, to: "\(path)/\(name)", access: .everybody, replacing: isReplacing)
  }

  /// The report in a result.json.
  static func read(_ file: String) throws(ToolFailure) -> StressReport {
    let bytes = try InputFile.read(file, limit: StressReport.byteLimit, as: .stressResult)
    Console.progress(InputFile.name(file), 0, of: 2)
    let report = try ToolFailure.wrapping(file, bytes, as: .stressResult) { try StressReport(json: $0) }
    Console.progress(InputFile.name(file), 2, of: 2)
    guard report.verdict == StressTables.verdict(report.outcomes) else {
      throw ToolFailure(.malformedInput, file, "states another verdict than its figures make; run it again")
    }
    return report
  }
}

extension StressReport {
  /// What a verb says of it.
  var said: Report {
    var lines = [verdict, ""] + StressTables.lines(StressTables.summary(outcomes))
    if let help = StressTables.help(remedies) { lines += ["", help] }
    return Report(
      text: lines.joined(separator: "\n"), data: json, isPositive: outcomes.allSatisfy(\.isCovered))
  }
}
