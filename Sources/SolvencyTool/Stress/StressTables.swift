internal import CanonicalBytes
internal import CommandSupport
internal import StressLab

/// A run as tables and as data.
enum StressTables {
  /// The verdict in a line: who fails where.
  static func verdict(_ outcomes: [StressRunner.Outcome]) -> String {
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
        " Fails in " + failing.map { "\($0.scenario.id) (\(failure($0)))" }.joined(separator: ", ") + "."
    }
    return text
  }

  /// What fails in a scenario, the worst of all seeds.
  static func failure(_ outcome: StressRunner.Outcome) -> String {
    [
      (outcome.most(\.deleveraged), "of winners' positions closed, which nobody else took"),
      (outcome.most(\.socialised), "taken from winners"), (outcome.most(\.unpaid), "unpaid"),
    ].filter { $0.0 > 0 }.map { "\(StressPicture.money($0.0)) USD \($0.1)" }.joined(separator: ", ")
  }

  /// One row for each scenario.
  static func summary(_ outcomes: [StressRunner.Outcome]) -> [[String]] {
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
        "deleveraged", "socialised", "unpaid", "openInterest",
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
          ].map { $0.isFinite ? $0.formatted(decimals: 6) : "inf" })
    }
    return rows
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

  // MARK: Data

  static func json(_ outcomes: [StressRunner.Outcome]) -> JSONValue {
    [
      "verdict": .string(verdict(outcomes)),
      "scenarios": .array(
        outcomes.map { outcome in
          [
            "id": .string(outcome.scenario.id), "title": .string(outcome.scenario.title),
            "isCovered": .bool(outcome.isCovered), "results": .array(outcome.results.map(json)),
          ]
        }),
    ]
  }

  private static func number(_ value: Double) -> JSONValue {
    value.isFinite ? .number(value.formatted(decimals: 6)) : .string("infinite")
  }

  static func json(_ result: StressResult) -> JSONValue {
    [
      "seed": .string("\(result.seed)"), "accounts": .integer(result.accounts),
      "instruments": .array(result.instruments.map { .string($0) }),
      "openInterestAtStart": number(result.openInterestAtStart), "fundAtStart": number(result.fundAtStart),
      "leastFund": number(result.leastFund), "cases": .integer(result.cases), "forced": number(result.forced),
      "losses": number(result.losses), "deleveraged": number(result.deleveraged),
      "socialised": number(result.socialised), "unpaid": number(result.unpaid),
      "greatestBacklog": .integer(result.greatestBacklog), "overAbsorption": .integer(result.overAbsorption),
      "amplification": number(result.amplification), "isCovered": .bool(result.isCovered),
      "largestLosses": .array(result.largestLosses.prefix(20).map(number)),
      "conservationChecks": .integer(result.conservationChecks),
      "waterfall": .object(
        result.waterfall.sorted { $0.key < $1.key }.map { JSONMember($0.key, number($0.value)) }),
      "fragility": .array(
        zip(result.mapSteps, result.fragility).map { step, k in
          ["step": .integer(step), "fall": number(k.fall), "rise": number(k.rise)]
        }),
      "groups": .array(
        result.lossesByGroup.map { group in
          [
            "name": .string(group.name), "accounts": .integer(group.accounts),
            "liquidated": .integer(group.liquidated),
            "before": number(group.before), "after": number(group.after),
          ]
        }),
      "forecasts": [
        "count": .integer(result.forecasts.total), "brier": result.forecasts.brierScore.map(number) ?? .null,
        "climatology": result.forecasts.climatologyScore.map(number) ?? .null,
        "reliability": .array(
          result.forecasts.reliability.map { point in
            ["said": number(point.said), "happened": number(point.happened), "count": .integer(point.count)]
          }),
      ],
      "steps": .array(
        result.steps.map { step in
          [
            "seconds": .integer(step.seconds), "prices": .array(step.prices.map(number)),
            "undisturbed": .array(step.undisturbed.map(number)), "margin": number(step.marginRate),
            "halt": .integer(step.haltLevel), "backlog": .integer(step.backlog),
            "cases": .integer(step.cases),
            "forced": number(step.forced), "absorption": number(step.absorption), "fund": number(step.fund),
            "losses": number(step.losses), "deleveraged": number(step.deleveraged),
            "socialised": number(step.socialised),
            "unpaid": number(step.unpaid),
          ]
        }),
    ]
  }
}
