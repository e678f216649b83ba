internal import CircuitLanguage
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// What a rule says of a book as one page of HTML that needs nothing else. It tells the book: for the trader
/// alone.
struct ExplanationPage {
  let content: ExplanationText

  private var explanation: AccountExplanation { content.explanation }

  var html: String {
    let title = "\(content.ruleName), epoch \(content.rule.snapshot.epoch)"
    let words = CircuitWords(content.rule.compiled.circuit)
    var body = "<h1>\(Self.escaped(title))</h1>\n<p class=\"secret\">This page tells the book. Keep it.</p>\n"
    body += "<p><b>\(Self.escaped(content.conclusion))</b></p>\n"
    body += "<p>\(Self.escaped("Snapshot: \(content.validity.heading)."))</p>\n"
    for note in content.notes { body += "<p class=\"secret\">Note: \(Self.escaped(note)).</p>\n" }
    body += "<ul>"
    for line in [content.bindingLine, content.cashLine].compactMap({ $0 }) + content.moves {
      body += "<li>\(Self.escaped(line))</li>"
    }
    body += "</ul>\n" + facts + amounts
    body += "<h2>What the rule demands</h2>\n<p>In the words of who wrote it:</p>\n"
    body +=
      words.introduction.isEmpty
      ? "<p>Nothing: the circuit has no comment at its head.</p>\n"
      : "<pre>\(Self.escaped(words.introduction))</pre>\n"
    body +=
      "<p>And as it is proved; every requirement has to hold:</p>\n<pre>\(Self.escaped(words.requirements))</pre>\n"
    if !content.parted.isEmpty { body += Self.waterfallLegend }
    for requirement in content.parted {
      let waterfall = Waterfall(requirement, content.words)
      body +=
        "<h2>\(Self.escaped("What it is made of, in \(waterfall.unit): \(requirement.requirement.name)"))</h2>\n"
      body += Self.drawing(of: waterfall) + "\n"
    }
    body += heatMaps + orders + withdrawals + requirements
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>\(Self.escaped(title))</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1em; color: #24292f; }
      table { border-collapse: collapse; margin-bottom: 1em; }
      th, td { border: 1px solid #d0d7de; padding: .25em .6em; text-align: left; }
      pre { background: #f6f8fa; padding: .8em; overflow-x: auto; font-size: 13px; }
      i.c { display: inline-block; width: 1em; height: 1em; vertical-align: -.15em; border: 1px solid #d0d7de; }
      td.n { text-align: right; font-variant-numeric: tabular-nums; }
      tr.binding { font-weight: bold; }
      .secret { color: #cf222e; } svg { max-width: 100%; height: auto; }
      </style>
      </head>
      <body>
      \(body)
      </body>
      </html>

      """
  }

  // MARK: What it is about

  private var facts: String {
    var html = "<h2>What this is about</h2>\n<table>"
    for (name, value) in content.subject.facts(content.rule, explanation, content.validity) {
      html += "<tr><th>\(Self.escaped(name))</th>\(Self.text(value))</tr>\n"
    }
    return html + "</table>\n"
  }

  private var amounts: String {
    guard !explanation.amounts.isEmpty else { return "<p>The book is empty.</p>\n" }
    let sizes = LotSizes(of: content.rule.snapshot)
    var html =
      "<h2>The book</h2>\n<table><tr><th>what</th><th>lots</th><th>one lot is</th><th>amount</th></tr>\n"
    for amount in explanation.amounts {
      html += "<tr>" + Self.text(amount.coordinate) + Self.amount("\(amount.value)")
      html += Self.text(sizes[amount.coordinate]?.text ?? "-")
      html += Self.amount(sizes.text(amount.value, of: amount.coordinate) ?? "-") + "</tr>\n"
    }
    return html + "</table>\n<p>Positions that were sold, and cash that is owed, are negative.</p>\n"
  }

  // MARK: Waterfall

  private static let waterfallLegend = """
    <h2>How to read the bars</h2>
    <p>Each bar begins where the one above it ends; the line is 0. <i class="c" style="background:#1a7f37"></i> \
    adds to the account under the rule, <i class="c" style="background:#cf222e"></i> takes from it, \
    <i class="c" style="background:#57606a"></i> is a sum of the bars above it, with the name that the circuit gives it. \
    <code>cash</code> is money, negative if owed; <code>holding/…</code> is collateral at what the rule counts of its price; \
    <code>debt/…</code> is what was borrowed, at what it takes to return it; <code>position/…</code> is what is said beside it: \
    the value at the mark, or what the rule asks for the position; <code>reserve[…]</code> is the \
    largest loss of a group in any of its scenarios, times beta where that is said beside it. Other names are values of the \
    circuit, whose text is above. The last bar is the slack of this requirement alone: the cash that may leave before it fails, \
    or, if negative, the cash that must be added; where the bars are in units of the rule instead, the requirement holds if it \
    is not negative. Cents are rounded so that bars add up to their sums.</p>

    """

  private static let labelWidth = 230
  private static let barWidth = 320
  private static let amountWidth = 120
  private static let width = labelWidth + barWidth + amountWidth + 430
  private static let rowHeight = 22

  /// Bars that begin where the one above ends; totals begin at 0.
  private static func drawing(of waterfall: Waterfall) -> String {
    var (running, least, most) = (0.0, 0.0, 0.0)
    var bars: [(step: Waterfall.Step, from: Double, to: Double)] = []
    for (index, step) in waterfall.steps.enumerated() {
      let value = step.length
      let isLast = index == waterfall.steps.count - 1
      if step.isTotal {
        // A definition's total stands where its parts have led; the slack begins at 0.
        bars.append(isLast ? (step, 0, value) : (step, running - value, running))
      } else {
        bars.append((step, running, running + value))
        running += value
      }
      for edge in [bars[index].from, bars[index].to] { (least, most) = (min(least, edge), max(most, edge)) }
    }
    let span = max(most - least, 1)
    func x(_ value: Double) -> Double { Double(labelWidth) + (value - least) / span * Double(barWidth) }
    var parts: [String] = []
    for (index, bar) in bars.enumerated() {
      let y = index * rowHeight
      let (left, right) = (min(x(bar.from), x(bar.to)), max(x(bar.from), x(bar.to)))
      let colour = bar.step.isTotal ? "#57606a" : bar.step.length < 0 ? "#cf222e" : "#1a7f37"
      parts.append(
        """
        <text x="\(labelWidth - 8)" y="\(y + 15)" text-anchor="end"\(bar.step.isTotal ? " font-weight=\"bold\"" : "")>\
        \(escaped(bar.step.name))</text>\
        <rect x="\(number(left))" y="\(y + 3)" width="\(number(max(right - left, 1)))" height="\(rowHeight - 6)" \
        fill="\(colour)"/>\
        <text x="\(labelWidth + barWidth + 8)" y="\(y + 15)">\(bar.step.text)</text>\
        <text x="\(labelWidth + barWidth + amountWidth)" y="\(y + 15)" fill="#57606a">\(escaped(bar.step.remark))</text>
        """)
    }
    let zero = x(0)
    let height = bars.count * rowHeight
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      width="\(width)" font-family="sans-serif" font-size="12">
      <title>Waterfall in \(waterfall.unit)</title>
      <line x1="\(number(zero))" y1="0" x2="\(number(zero))" y2="\(height)" stroke="#d0d7de"/>
      \(parts.joined(separator: "\n"))
      </svg>
      """
  }

  private static func number(_ value: Double) -> String { value.formatted(decimals: 1) }

  // MARK: Heat map

  private static let heatMapLegend = """
    <h2>How to read the scenarios</h2>
    <p>A cell is what all positions of the group gain or lose together, in USD, if the price moves by what its row says and \
    volatility by what its column says, +1.0 being one shock of the venue's engine upwards. \
    <i class="c" style="background:rgb(105,255,105)"></i> is a gain, \
    <i class="c" style="background:rgb(255,105,105)"></i> a loss, the deeper the larger; the deepest is the largest of the \
    table. Of an extreme scenario only a share counts, its weight, such as 0.25: the amount is that share already. A blank \
    cell is no scenario of the snapshot.

    """

  /// What the rule makes of the gains: a circuit that does not read them says nothing of them.
  private var useOfScenarios: String {
    let source = String(decoding: content.rule.compiled.circuit.sourceBytes, as: UTF8.self)
    return source.contains("pnlLong") || source.contains("pnlShort")
      ? "The rule reads these gains."
      : "This rule does not read them: they are the snapshot's, for information."
  }

  /// For each group a table of prices by volatilities, coloured by gain.
  private var heatMaps: String {
    var html = ""
    var groups: [String] = []
    for gain in explanation.scenarios where groups.last != gain.group { groups.append(gain.group) }
    guard !groups.isEmpty else { return "" }
    html += Self.heatMapLegend + " \(useOfScenarios)</p>\n"
    for group in groups {
      let gains = explanation.scenarios.filter { $0.group == group }
      let prices = Set(gains.map(\.scenario.price)).sorted()
      let volatilities = Set(gains.map(\.scenario.vol)).sorted()
      let largest = gains.map { $0.quanta.magnitude }.max() ?? 1
      html +=
        "<h2>Gain of the positions in \(Self.escaped(group)) by scenario, USD</h2>\n<table><tr><th>price</th>"
      html += volatilities.map { "<th>volatility \(Scenario.shock($0))</th>" }.joined() + "</tr>\n"
      for price in prices {
        html += "<tr><th>\(Money.percent(price))</th>"
        for volatility in volatilities {
          let cell = gains.filter { $0.scenario.price == price && $0.scenario.vol == volatility }
            .min { $0.quanta < $1.quanta }
          html += cell.map { Self.cell($0, largest) } ?? "<td></td>"
        }
        html += "</tr>\n"
      }
      html += "</table>\n"
    }
    return html
  }

  private static func cell(_ gain: AccountExplanation.ScenarioGain, _ largest: UInt64) -> String {
    let share = Double(gain.quanta.magnitude) / Double(max(largest, 1))
    // From white to red or green.
    let other = Int(255 - share * 150)
    let colour = gain.quanta < 0 ? "rgb(255,\(other),\(other))" : "rgb(\(other),255,\(other))"
    return
      "<td class=\"n\" style=\"background:\(colour)\">\(Money.usd(gain.quanta))\(gain.scenario.weightNote)</td>"
  }

  // MARK: Tables

  private var orders: String {
    let note = content.omittedNote.map { "<p>\(Self.escaped($0)).</p>\n" } ?? ""
    guard !explanation.orders.isEmpty else { return note }
    var html =
      "<h2>Largest further orders, each alone, at the mark</h2>\n<table><tr><th>instrument</th><th>side</th>"
      + "<th>lots</th><th>amount</th><th>USD</th><th>stopped by</th></tr>\n"
    for order in content.shownOrders {
      html += "<tr>" + Self.text(order.instrument) + Self.text(order.isPurchase ? "buy" : "sell")
      html += Self.amount("\(order.lots)") + Self.amount(order.amount ?? "-")
      html += Self.amount(Money.usd(order.valueQuanta)) + Self.text(order.limitText) + "</tr>\n"
    }
    return html + "</table>\n" + note
  }

  private var withdrawals: String {
    guard !explanation.withdrawals.isEmpty else { return "" }
    var html =
      "<h2>May be withdrawn, each without the others</h2>\n<table><tr><th>asset</th><th>lots</th><th>amount</th><th></th></tr>\n"
    for withdrawal in explanation.withdrawals {
      html += "<tr>" + Self.text(withdrawal.asset) + Self.amount("\(withdrawal.lots)")
      html += Self.amount(content.amount(withdrawal) ?? "-") + Self.text(withdrawal.caveat) + "</tr>\n"
    }
    return html + "</table>\n"
  }

  /// What is asked of the account; what holds values to their rules is folded away, as in text.
  private var requirements: String {
    let rows = explanation.requirements.enumerated().map { index, requirement in
      (requirement, isBinding: index == explanation.binding)
    }
    let stated = rows.filter { !ExplanationText.isHelper($0.0) }
    let helpers = rows.filter { ExplanationText.isHelper($0.0) }
    var html = "<h2>Requirements</h2>\n" + Self.table(stated)
    if !helpers.isEmpty {
      html += "<details><summary>\(helpers.count) more hold values to their rules, all met</summary>\n"
      html += Self.table(helpers) + "</details>\n"
    }
    return html
  }

  private static func table(
    _ rows: [(requirement: AccountExplanation.Requirement, isBinding: Bool)]
  ) -> String {
    guard !rows.isEmpty else { return "" }
    var html =
      "<table><tr><th></th><th>requirement</th><th>line</th><th>slack, USD of cash</th>"
      + "<th>slack, units of the rule</th><th></th></tr>\n"
    for (requirement, isBinding) in rows {
      let row = requirement.requirement
      html += (isBinding ? "<tr class=\"binding\">" + text("binds") : "<tr>" + text(""))
      html += text(row.name) + amount("\(row.line)")
      html +=
        amount(requirement.slackQuanta.map(Money.usd) ?? "-") + amount(row.value.asInteger().description)
      html += text(row.verdict.text) + "</tr>\n"
    }
    return html + "</table>\n"
  }

  private static func text(_ text: String) -> String { "<td>\(escaped(text))</td>" }

  private static func amount(_ text: String) -> String { "<td class=\"n\">\(escaped(text))</td>" }

  /// Names of files as text: nothing in them is a tag.
  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
