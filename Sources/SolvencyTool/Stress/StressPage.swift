internal import CommandSupport
internal import StressLab

/// A run as one page of HTML, complete in itself.
enum StressPage {
  /// What a remedy would do to the scenarios that fail.
  struct Remedy {
    let name: String
    /// By scenario: whether it would be covered, and what would still fail.
    let outcomes: [(scenario: String, isCovered: Bool, failure: String)]
  }

  static func text(_ outcomes: [StressRunner.Outcome], remedies: [Remedy], subtitle: String) -> String {
    var body = "<h1>Stress of a venue</h1>\n<p>\(StressPicture.escaped(subtitle))</p>\n"
    let isFailing = outcomes.contains { !$0.isCovered }
    body +=
      "<p class=\"\(isFailing ? "bad" : "good")\">\(StressPicture.escaped(StressTables.verdict(outcomes)))</p>\n"
    body += table(StressTables.summary(outcomes))
    body += """
      <p>Losses, what winners gave and what is unpaid are the worst of all seeds, in USD. <b>A</b>: the fall over the fall \
      without forced trades. <b>k</b>: fragility before the scenario, the further move that closing everything within two \
      percent would bring, over two percent; above 0.6 is a warning, above 0.9 an alarm.</p>\n
      """
    if !remedies.isEmpty {
      body += "<h2>What would help</h2>\n" + table(remedyRows(remedies))
      body +=
        "<p>Each remedy alone, with the same scenarios and seeds.</p>\n"
    }
    for outcome in outcomes { body += section(outcome) }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Stress of a venue</title>
      <style>
      body { font-family: sans-serif; margin: 2em; color: #24292f; max-width: 1100px }
      table { border-collapse: collapse; font-size: 12px; margin-bottom: 1em }
      td, th { border: 1px solid #d0d7de; padding: 3px 7px; white-space: nowrap }
      .n { text-align: right } svg { max-width: 100%; height: auto } figure { margin: 1em 0 }
      .bad, .good { padding: 10px 14px; border-left: 6px solid #cf222e; background: #ffebe9; font-weight: bold }
      .good { border-color: #1a7f37; background: #dafbe1 }
      </style></head><body>
      \(body)</body></html>

      """
  }

  private static func remedyRows(_ remedies: [Remedy]) -> [[String]] {
    guard let first = remedies.first else { return [] }
    var rows = [["remedy"] + first.outcomes.map(\.scenario)]
    for remedy in remedies {
      rows.append(
        [remedy.name]
          + remedy.outcomes.map { $0.isCovered ? "covered" : "fails: " + $0.failure })
    }
    return rows
  }

  private static func section(_ outcome: StressRunner.Outcome) -> String {
    let result = outcome.first
    let hours = result.steps.map { Double($0.seconds) / 3_600 }
    let halts = result.steps.map { $0.haltLevel > 0 }
    var text = "<h2>\(StressPicture.escaped(outcome.scenario.title))</h2>\n"
    text += "<p>\(StressPicture.escaped(outcome.scenario.source)). "
    text +=
      outcome.isCovered
      ? "Fund and backstop bear every loss." : "<b>Fund and backstop do not bear every loss.</b>"
    text += " Shaded: trading is halted or reduce-only.</p>\n"
    text += StressPicture.lines(
      "Price over the first one, with and without forced trades",
      result.instruments.prefix(4).enumerated().map { i, name in
        StressPicture.Series(name: name, values: result.steps.map { $0.prices[i] })
      } + [StressPicture.Series(name: "undisturbed", values: result.steps.map { $0.undisturbed.first ?? 1 })],
      hours: hours, halts: halts)
    text += StressPicture.lines(
      "Maintenance margin of the first instrument, % of value",
      [StressPicture.Series(name: "margin", values: result.steps.map { $0.marginRate * 100 })], hours: hours,
      halts: halts, height: 130)
    text += StressPicture.lines(
      "Closed by force in a step over what depth absorbs (1: as much as it can)",
      [StressPicture.Series(name: "absorption", values: result.steps.map { min($0.absorption, 100) })],
      hours: hours,
      halts: halts, height: 130)
    let shown = result.maps.indices
    let names = result.mapSteps.map {
      "\(StressPicture.number(Double($0) * Double(outcome.scenario.stepSeconds) / 3_600)) h"
    }
    if let edges = result.maps.first?.edges {
      text += StressPicture.heat(
        "Liquidation map of \(result.instruments.first ?? ""): longs by the price at which they are closed, over the price then",
        rows: shown.map { result.maps[$0].longs }, rowNames: names,
        columnNames: edges.dropLast().map { $0.formatted(decimals: 2) },
        mark: edges.firstIndex { $0 >= 1 })
      text += StressPicture.heat(
        "The same of shorts", rows: shown.map { result.maps[$0].shorts }, rowNames: names,
        columnNames: edges.dropLast().map { $0.formatted(decimals: 2) }, mark: edges.firstIndex { $0 >= 1 })
    }
    text += StressPicture.heat(
      "Health of accounts over time, by the value of their positions",
      rows: shown.map { result.health[$0].weights }, rowNames: names,
      columnNames: HealthDistribution.edges.map { "≥ " + $0.formatted(decimals: 2) },
      mark: HealthDistribution.edges.firstIndex { $0 >= 1 })
    if outcome.results.count > 1 {
      text += StressPicture.fan(
        "Price of the first instrument over \(outcome.results.count) seeds",
        outcome.results.map { $0.steps.map { $0.prices.first ?? 1 } }, hours: hours)
    }
    let order = ["penalty pot", "insurance", "backstop", "deleveraging", "socialised loss", "unpaid"]
    text += StressPicture.bars(
      "Who bore the losses", order.map { (name: $0, value: result.waterfall[$0] ?? 0) }, unit: " USD")
    text += StressPicture.lines(
      "Insurance and penalty pot, USD",
      [
        StressPicture.Series(name: "fund", values: result.steps.map(\.fund)),
        StressPicture.Series(name: "backstop", values: result.steps.map(\.backstop)),
      ], hours: hours, halts: halts, height: 150)
    text += "<h3>Who lost what</h3>\n" + table(groupRows(result))
    if let brier = result.forecasts.brierScore, let usual = result.forecasts.climatologyScore {
      text +=
        "<h3>Notice beforehand</h3>\n<p>At a quarter of the way \(result.forecasts.total) accounts were told how probable "
        + "liquidation was within the next quarter. Brier's score \(brier.formatted(decimals: 4)); saying the mean of "
        + "everybody has \(usual.formatted(decimals: 4)).</p>\n"
      text += table(
        [[">said", ">happened", ">accounts"]]
          + result.forecasts.reliability.map {
            [
              ($0.said * 100).formatted(decimals: 1) + " %",
              ($0.happened * 100).formatted(decimals: 1) + " %", "\($0.count)",
            ]
          })
    }
    return text
  }

  private static func groupRows(_ result: StressResult) -> [[String]] {
    [["group", ">accounts", ">liquidated", ">equity before", ">equity after"]]
      + result.lossesByGroup.map {
        [
          $0.name, "\($0.accounts)", "\($0.liquidated)", StressPicture.money($0.before),
          StressPicture.money($0.after),
        ]
      }
  }

  static func table(_ rows: [[String]]) -> String {
    guard let header = rows.first else { return "" }
    let right = header.map { $0.hasPrefix(">") }
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + zip(cells, right).map { cell, isNumber in
          let plain = cell.hasPrefix(">") ? String(cell.dropFirst()) : cell
          return "<\(tag)\(isNumber ? " class=\"n\"" : "")>\(StressPicture.escaped(plain))</\(tag)>"
        }.joined() + "</tr>"
    }
    return "<table>" + row(header, "th") + rows.dropFirst().map { row($0, "td") }.joined() + "</table>\n"
  }
}
