internal import CommandSupport
internal import StressLab

/// A run as tables and as data.
enum StressTables {
  /// The verdict in a line: who fails where.
  static func verdict(_ outcomes: [StressOutcome]) -> String {
    let failing = outcomes.filter { !$0.isCovered }
    let covers2 = outcomes.count { outcome in
      outcome.results.allSatisfy { result in
        result.fundAtStart >= result.largestLosses.prefix(2).reduce(0, +)
      }
    }
    var text =
      "Insurance and backstop bear every loss, and somebody takes every position, in \(outcomes.count - failing.count) of "
      + "\(outcomes.count) scenarios; the fund covers the two largest defaults in \(covers2) of \(outcomes.count)."
    if !failing.isEmpty {
      text +=
        " Fails in " + failing.map { "\($0.scenario.id) (\(failure($0.shortfall)))" }.joined(separator: ", ")
        + "."
    }
    return text
  }

  /// What fails in a scenario, the worst of all seeds.
  static func failure(_ shortfall: StressShortfall) -> String {
    [
      (shortfall.deleveraged, "of winners' positions closed, which nobody else took"),
      (shortfall.socialised, "taken from winners"), (shortfall.unpaid, "unpaid"),
    ].filter { $0.0 > 0 }.map { "\(StressPicture.money($0.0)) USD \($0.1)" }.joined(separator: ", ")
  }

  /// Which remedies would do, in a line; nil without any.
  static func help(_ remedies: [StressRemedyOutcome]) -> String? {
    guard let first = remedies.first else { return nil }
    let whole = remedies.filter { $0.shortfalls.allSatisfy(\.isNone) }.map(\.name)
    let part = remedies.filter { remedy in
      remedy.shortfalls.contains(where: \.isNone) && !whole.contains(remedy.name)
    }
    if !whole.isEmpty {
      return "What would help in all \(first.shortfalls.count), each alone: " + whole.joined(separator: "; ")
        + "."
    }
    guard !part.isEmpty else {
      return "None of the remedies that were tried is enough alone; the table says what each would leave."
    }
    return "No remedy alone is enough everywhere. "
      + part.map { remedy in
        "\(remedy.name) covers "
          + remedy.shortfalls.filter(\.isNone).map(\.scenario).joined(separator: ", ")
      }.joined(separator: "; ") + "."
  }

  /// One row for each scenario.
  static func summary(_ outcomes: [StressOutcome]) -> [[String]] {
    var rows = [
      [
        "scenario", "verdict", ">lowest price", ">cases", ">closed by force", ">losses", ">fund left",
        ">winners' positions closed",
        ">winners gave", ">unpaid", ">backlog", ">A", ">k before",
      ]
    ]
    for outcome in outcomes {
      let lowest = outcome.results.flatMap { $0.steps.map { $0.prices.first ?? 1 } }.min() ?? 1
      rows.append([
        outcome.scenario.id, outcome.isCovered ? "covered" : "FAILS",
        (100 * lowest).formatted(decimals: 1) + " %",
        outcome.mean { Double($0.cases) }.formatted(decimals: 0), StressPicture.money(outcome.mean(\.forced)),
        StressPicture.money(outcome.most(\.losses)),
        (100 * (outcome.results.map { $0.fundAtStart > 0 ? $0.leastFund / $0.fundAtStart : 1 }.min() ?? 1))
          .formatted(decimals: 0) + " %",
        StressPicture.money(outcome.most(\.deleveraged)), StressPicture.money(outcome.most(\.socialised)),
        StressPicture.money(outcome.most(\.unpaid)),
        outcome.most { Double($0.greatestBacklog) }.formatted(decimals: 0),
        outcome.most(\.amplification).formatted(decimals: 2),
        (outcome.first.fragility.first?.fall ?? 0).formatted(decimals: 2),
      ])
    }
    return rows
  }

  /// One row for each step of a result.
  static func steps(_ result: StressResult) -> [[String]] {
    var rows = [
      ["seconds"] + result.instruments.map { "price \($0)" } + [
        "margin", "halt", "backlog", "cases", "stopped", "forced", "absorption", "fund", "backstop", "losses",
        "deleveraged", "socialised", "unpaid", "openInterest", "published", "raisedCases", "raisedForced",
        "arbitrage",
      ]
    ]
    for step in result.steps {
      rows.append(
        ["\(step.seconds)"] + step.prices.map { $0.formatted(decimals: 6) } + [
          step.marginRate.formatted(decimals: 6), "\(step.haltLevel)", "\(step.backlog)", "\(step.cases)",
          "\(step.stopped)",
        ]
          + [
            step.forced, step.absorption, step.fund, step.backstop, step.losses, step.deleveraged,
            step.socialised,
            step.unpaid, step.openInterest,
          ].map(cell) + [
            step.isPublished ? "1" : "0", "\(step.raisedCases)", cell(step.raisedForced),
            cell(step.arbitrage),
          ])
    }
    return rows
  }

  private static func cell(_ value: Double) -> String {
    value.isFinite ? value.formatted(decimals: 6) : "inf"
  }

  /// Rows as CSV; marks of alignment are left out.
  static func csv(_ rows: [[String]]) -> String {
    rows.map { row in
      row.map { cell in
        let plain = cell.hasPrefix(">") ? String(cell.dropFirst()) : cell
        return plain.contains { $0 == "," || $0 == "\"" || $0 == "\n" }
          ? "\"" + plain.replacing("\"", with: "\"\"") + "\"" : plain
      }.joined(separator: ",") + "\n"
    }.joined()
  }

  static func lines(_ rows: [[String]]) -> [String] {
    guard let header = rows.first else { return [] }
    var table = TextTable(header)
    for row in rows.dropFirst() { table.add(row) }
    return table.lines
  }
}
