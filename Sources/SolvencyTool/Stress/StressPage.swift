internal import CommandSupport
internal import StressLab

/// A run as one page of HTML, complete in itself.
enum StressPage {
  static func text(_ report: StressReport) -> String {
    let outcomes = report.outcomes
    var body = "<h1>Stress of a venue</h1>\n<p>\(StressPicture.escaped(report.subtitle))</p>\n"
    let isFailing = outcomes.contains { !$0.isCovered }
    body +=
      "<p class=\"\(isFailing ? "bad" : "good")\">\(StressPicture.escaped(report.verdict))</p>\n"
    if let help = StressTables.help(report.remedies) {
      body += "<p class=\"help\">\(StressPicture.escaped(help))</p>\n"
    }
    body += table(StressTables.summary(outcomes))
    body += """
      <p>Losses, what winners gave and what is unpaid are the worst of all seeds, in USD. <b>A</b>: the fall over the fall \
      without forced trades. <b>k</b>: fragility before the scenario, the further move that closing everything within two \
      percent would bring, over two percent; above 0.6 is a warning, above 0.9 an alarm.</p>\n
      """
    if !report.remedies.isEmpty {
      body += "<h2>What would help</h2>\n" + table(remedyRows(report.remedies))
      body += "<p>Each remedy alone, with the same scenarios and seeds.</p>\n"
    }
    if outcomes.count > 1 {
      body +=
        "<h2>Scenario by scenario</h2>\n<ul>"
        + outcomes.map {
          "<li><a href=\"#\($0.scenario.id)\">\(StressPicture.escaped($0.scenario.title))</a>"
            + "\($0.isCovered ? "" : " <b>fails</b>")</li>"
        }.joined() + "</ul>\n"
    }
    for outcome in outcomes { body += section(outcome) }
    return document("Stress of a venue", body)
  }

  /// A page of this body, which needs nothing from anywhere and is readable in light and dark.
  static func document(_ title: String, _ body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark"><title>\(title)</title>
    <style>
    :root { --paper: #ffffff; --ink: #1f2328; --rule: #d0d7de; --halt: #f6d5d2; --heat: #b3261e; --mark: #0550ae;
      --bad: #ffebe9; --badedge: #cf222e; --good: #dafbe1; --goodedge: #1a7f37; --help: #ddf4ff;
      --s0: #0550ae; --s1: #b3261e; --s2: #116329; --s3: #953800; --s4: #6639ba; --s5: #57606a }
    @media (prefers-color-scheme: dark) {
      :root { --paper: #0d1117; --ink: #e6edf3; --rule: #3d444d; --halt: #4a2020; --heat: #ff7b72; --mark: #79c0ff;
        --bad: #3c1618; --badedge: #ff7b72; --good: #12301c; --goodedge: #56d364; --help: #10273f;
        --s0: #79c0ff; --s1: #ff7b72; --s2: #56d364; --s3: #ffa657; --s4: #d2a8ff; --s5: #9198a1 } }
    body { font-family: sans-serif; margin: 2em auto; padding: 0 1em; color: var(--ink); background: var(--paper);
      max-width: 1100px; line-height: 1.4 }
    a { color: var(--mark) } .wide { overflow-x: auto }
    table { border-collapse: collapse; font-size: 12px; margin-bottom: 1em }
    td, th { border: 1px solid var(--rule); padding: 3px 7px; text-align: left; max-width: 22em }
    td.n, th.n { text-align: right } td.n { white-space: nowrap } figure { margin: 1em 0 }
    svg { max-width: 100%; height: auto; display: block }
    .bad, .good, .help { padding: 10px 14px; border-left: 6px solid var(--badedge); background: var(--bad) }
    .bad, .good { font-weight: bold } .good { border-color: var(--goodedge); background: var(--good) }
    .help { border-color: var(--mark); background: var(--help) }
    </style></head><body>
    \(body)</body></html>

    """
  }

  private static func remedyRows(_ remedies: [StressRemedyOutcome]) -> [[String]] {
    guard let first = remedies.first else { return [] }
    var rows = [["remedy"] + first.shortfalls.map(\.scenario)]
    for remedy in remedies {
      rows.append(
        [remedy.name]
          + remedy.shortfalls.map { $0.isNone ? "covered" : "fails: " + StressTables.failure($0) })
    }
    return rows
  }

  private static func section(_ outcome: StressOutcome) -> String {
    let result = outcome.first
    let hours = result.steps.map { Double($0.seconds) / 3_600 }
    let halts = result.steps.map { $0.haltLevel > 0 }
    var text =
      "<h2 id=\"\(outcome.scenario.id)\">\(StressPicture.escaped(outcome.scenario.title))</h2>\n"
    text += "<p>\(StressPicture.escaped(outcome.scenario.source)). "
    text +=
      outcome.isCovered
      ? "Fund and backstop bear every loss, and somebody takes every position."
      : "<b>Fails: \(StressPicture.escaped(StressTables.failure(outcome.shortfall))).</b>"
    text += " Pictures show the first seed. Shaded: trading is halted or reduce-only.</p>\n"
    text += StressPicture.lines(
      "Price over the first one; of the first instrument also without forced trades",
      result.instruments.prefix(4).enumerated().map { i, name in
        StressPicture.Series(name: name, values: result.steps.map { $0.prices[i] })
      } + [StressPicture.Series(name: "without", values: result.steps.map { $0.undisturbed.first ?? 1 })],
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
    text +=
      result.losses > 0
      ? StressPicture.bars(
        "Who bore the losses", order.map { (name: $0, value: result.waterfall[$0] ?? 0) }, unit: " USD")
      : "<p>No account left a loss that others had to bear.</p>\n"
    text += StressPicture.lines(
      "Insurance and penalty pot, USD",
      [
        StressPicture.Series(name: "fund", values: result.steps.map(\.fund)),
        StressPicture.Series(name: "backstop", values: result.steps.map(\.backstop)),
      ], hours: hours, halts: halts, height: 150)
    text += "<h3>Who lost what</h3>\n" + table(groupRows(result))
    text += agents(result)
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

  /// What others than accounts have won or lost, and what the rise of margins closed.
  private static func agents(_ result: StressResult) -> String {
    let agents = result.agents
    var rows = [["who", ">won, USD"], ["liquidators", StressPicture.money(agents.liquidators)]]
    if result.steps.contains(where: { $0.arbitrage > 0 }) {
      rows.append(["arbitrageurs", StressPicture.money(agents.arbitrageurs)])
    }
    if agents.frontRunnerTrades > 0 {
      rows.append([
        "front-runner, \(agents.frontRunnerTrades) trades, \(agents.frontRunnerHits) of them before a snapshot",
        StressPicture.money(agents.frontRunner),
      ])
    }
    let share = result.forced > 0 ? 100 * result.raisedForced / result.forced : 0
    return "<h3>Who else won or lost</h3>\n" + table(rows)
      + "<p>\(result.raisedCases) of \(result.cases) cases, \(share.formatted(decimals: 1)) % of what was closed by force, "
      + "were made by the rise of margins alone: at the margins before it the account would have met its requirement.</p>\n"
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
    return "<div class=\"wide\"><table>" + row(header, "th")
      + rows.dropFirst().map { row($0, "td") }.joined() + "</table></div>\n"
  }
}
