internal import Admission
internal import CanonicalBytes
internal import TransparencyLog

/// The page: figures that are sent whole, so that it can be read without a script; the script fetches them
/// anew.
enum DashboardPage {
  /// The page, with an answer to a search.
  static func html(_ core: ServiceCore, searching prefix: String?) async throws(Problem) -> String {
    let venue = core.ledger.admission.venue.description
    var text = PageText.head("\(venue): ledger", script: true)
    text += """
      <header><h1>\(PageText.escaped(venue)) <small>ledger</small></h1>
      <form role="search" action="/" method="get"><label for="account">Account</label>
      <input id="account" name="account" type="search" maxlength="128" autocomplete="off" spellcheck="false" \
      value="\(PageText.escaped(prefix ?? ""))"><button>Search</button></form>
      <nav aria-label="More"><a href="/docs">Routes</a> <a href="/v1/status">Numbers</a></nav>
      <p id="live" role="status" class="quiet"></p></header>
      <main id="main" tabindex="-1">

      """
    if let prefix { text += try await found(core, prefix) }
    text += "<div id=\"figures\">\(figures(core))</div>\n"
    text += """
      <section id="ticker" aria-labelledby="ticker-name"><h2 id="ticker-name">Events</h2>
      <ol id="events" class="events" tabindex="0" aria-label="Latest events, newest first">
      <li class="quiet">Events appear here as they happen, where scripts may run.</li></ol></section>
      </main></body></html>

      """
    return text
  }

  private static func found(_ core: ServiceCore, _ prefix: String) async throws(Problem) -> String {
    let now = core.settings.clock()
    let states = try await core.ask { admission throws(LedgerFailure) in
      let names = core.index.names(beginning: prefix, after: nil, limit: 25)
      return try admission.ledger.withState { state in
        names.compactMap { name in (try? AccountID(name)).flatMap { state.account($0, at: now) } }
      }
    }
    var text =
      "<section aria-labelledby=\"found\"><h2 id=\"found\">Accounts that begin with “\(PageText.escaped(prefix))”</h2>\n"
    guard !states.isEmpty else { return text + "<p>There is none.</p></section>\n" }
    text +=
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"found\"><table><thead><tr>"
    for heading in ["account", "status", "fills", "proof due", "proven", "headroom"] {
      text += "<th scope=\"col\">\(heading)</th>"
    }
    text += "</tr></thead><tbody>\n"
    for state in states {
      let name = state.account.description
      let standing = state.standing.map { "\($0.kind.rawValue), epoch \($0.epoch)" } ?? "nothing"
      let room = state.headroom.map { "\($0.side) \(PageText.grouped($0.lots)) lots" } ?? "none"
      text +=
        "<tr><th scope=\"row\"><a href=\"/v1/accounts/\(PercentText.encoded(name))\">\(PageText.escaped(name))</a></th>"
      text += "<td>\(badge(state.status))</td><td class=\"number\">\(PageText.grouped(state.sequence))</td>"
      text += "<td>\(due(state.deadline, now))</td><td>\(standing)</td><td>\(room)</td></tr>\n"
    }
    text += "</tbody></table></div>"
    if states.count == 25 { text += "<p class=\"quiet\">These are the first 25; write more of the name.</p>" }
    return text + "</section>\n"
  }

  private static func due(_ deadline: Timestamp, _ now: Timestamp) -> String {
    deadline > now ? "in \(PageText.span(deadline.seconds - now.seconds))" : "overdue"
  }

  private static func badge(_ status: AccountStatus) -> String {
    "<span class=\"badge \(status.rawValue)\">\(Dashboard.name(of: status))</span>"
  }

  // MARK: Figures

  /// The part that changes.
  static func figures(_ core: ServiceCore) -> String {
    let (contents, now) = (core.watch.now, core.settings.clock())
    return summary(core, contents, now) + margins(contents) + regimes(contents)
      + "<div class=\"pair\">\(decisions(contents))\(refusals(contents))</div>"
      + "<div class=\"pair\">\(accounts(contents))\(calls(contents, now))</div>"
      + "<div class=\"pair\">\(bands(contents))\(witnesses(core, now))</div>"
  }

  private static func section(_ id: String, _ name: String, _ content: String, note: String = "") -> String {
    let remark = note.isEmpty ? "" : "<p class=\"quiet\">\(note)</p>"
    return "<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(name)</h2>\(remark)\(content)</section>\n"
  }

  private static func summary(_ core: ServiceCore, _ contents: LedgerWatch.Contents, _ now: Timestamp)
    -> String
  {
    let counts = contents.survey?.counts ?? [:]
    let total = counts.values.reduce(0, +)
    let rate = Dashboard.rate(contents, at: Timestamp.now.seconds)
    var tiles: [(String, String, String)] = [
      ("accounts", PageText.grouped(total), "\(PageText.grouped(counts[.current] ?? 0)) current"),
      ("decisions a second", "\(rate / 10).\(rate % 10)", "over ten seconds"),
      (
        "calls within 5 min", PageText.grouped((contents.survey?.due ?? []).prefix(2).reduce(0, +)),
        "\(PageText.grouped((counts[.stale] ?? 0) + (counts[.liquidatable] ?? 0))) overdue"
      ),
      (
        "log", PageText.grouped(core.ring.next),
        core.publisher?.served.map { "\(PageText.grouped($0.unverified.head.size)) under a checkpoint" }
          ?? "no checkpoint"
      ),
    ]
    if let epoch = contents.epochs.last {
      let left = UInt64(clamping: epoch.validTo)
      let remaining = left > now.seconds ? "ends in \(PageText.span(left - now.seconds))" : "is over"
      tiles.insert(("epoch \(epoch.epoch)", epoch.regime, remaining), at: 0)
    } else {
      tiles.insert(("epoch", "none", "publish a snapshot first"), at: 0)
    }
    var text = ""
    if let epoch = contents.epochs.last, epoch.haltLevel > 0 {
      text += "<p role=\"alert\" class=\"halt\">Halt level \(epoch.haltLevel): see regime and halts.</p>"
    }
    if core.ledger.duty != .writer {
      text += "<p role=\"alert\" class=\"halt\">This server follows the ledger and does not decide.</p>"
    }
    text += "<dl class=\"tiles\">"
    for (name, value, note) in tiles {
      text += "<div><dt>\(name)</dt><dd>\(value)</dd><dd class=\"quiet\">\(note)</dd></div>"
    }
    return text + "</dl>\n"
  }

  private static let shownInstruments = 6

  private static func margins(_ contents: LedgerWatch.Contents) -> String {
    guard let last = contents.epochs.last else {
      return section("margins", "Leverage and margin", "<p>No snapshot is in force.</p>")
    }
    var text = "<div class=\"grid\">"
    for terms in last.terms.prefix(shownInstruments) { text += figure(terms, contents.epochs) }
    text += "</div>"
    text +=
      "<details id=\"all-instruments\"><summary>All \(last.terms.count) instruments as a table</summary>"
    text +=
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"All instruments\"><table><thead><tr>"
    for heading in ["instrument", "leverage", "initial", "maintenance", "moved by", "flags"] {
      text += "<th scope=\"col\">\(heading)</th>"
    }
    text += "</tr></thead><tbody>"
    for terms in last.terms {
      let flags = [terms.isCloseOnly ? "close-only" : nil, terms.isStale ? "stale" : nil].compactMap { $0 }
      text += "<tr><th scope=\"row\">\(PageText.escaped(terms.id))</th>"
      text += "<td class=\"number\">\(PageText.tenths(ofMilli: terms.leverageMilli))</td>"
      text += "<td class=\"number\">\(PageText.percent(ofPpm: terms.initialPpm))</td>"
      text += "<td class=\"number\">\(PageText.percent(ofPpm: terms.maintenancePpm))</td>"
      text += "<td>\(terms.driver.isEmpty ? "nothing" : PageText.escaped(terms.driver))</td>"
      text += "<td>\(flags.joined(separator: ", "))</td></tr>"
    }
    return section(
      "margins", "Leverage and margin", text + "</tbody></table></div></details>",
      note: "Of a first lot long, epoch by epoch. Leverage is mark over initial margin.")
  }

  private static func figure(_ terms: EpochSummary.Terms, _ epochs: [EpochSummary]) -> String {
    let history = epochs.suffix(120).compactMap { epoch in epoch.terms.first { $0.id == terms.id } }
    let leverage = history.map { Double($0.leverageMilli) }
    let margin = history.map { Double($0.initialPpm) }
    let top = leverage.max() ?? 1
    let scaled = margin.map { $0 / max(1, margin.max() ?? 1) * top }
    let (now, most) = (PageText.tenths(ofMilli: terms.leverageMilli), PageText.tenths(ofMilli: Int64(top)))
    let driver = terms.driver.isEmpty ? "unchanged" : terms.driver
    let sentence =
      "leverage \(now), at most \(most) in \(history.count) epochs; initial margin \(PageText.percent(ofPpm: terms.initialPpm)); "
      + "moved by \(driver)"
    return """
      <figure><figcaption><b>\(PageText.escaped(terms.id))</b> <span class="value">\(now)×</span>\
      <span class="quiet">initial \(PageText.percent(ofPpm: terms.initialPpm)), maintenance \
      \(PageText.percent(ofPpm: terms.maintenancePpm))</span><span>\(PageText.escaped(driver))\
      \(terms.isCloseOnly ? " <span class=\"badge liquidatable\">close-only</span>" : "")</span></figcaption>
      \(Picture.line(terms.id, sentence, [(leverage, "leverage"), (scaled, "margin")]))</figure>
      """
  }

  private static let regimeRanks = Regime.allCases.map(\.rawValue)

  private static func regimes(_ contents: LedgerWatch.Contents) -> String {
    let epochs = contents.epochs.suffix(120)
    guard let last = epochs.last else { return "" }
    let steps = epochs.map { epoch in
      let rank = regimeRanks.firstIndex(of: epoch.regime) ?? 0
      return (
        rank: rank, of: regimeRanks.count, style: epoch.haltLevel > 0 ? "liquidatable" : "regime\(rank)"
      )
    }
    let halts = epochs.filter { $0.haltLevel > 0 }.map(\.epoch)
    let haltText =
      halts.isEmpty ? "no halt" : "halted in \(halts.count) of them, last in epoch \(halts.last ?? 0)"
    let sentence = "\(last.regime) in epoch \(last.epoch); \(epochs.count) epochs shown, \(haltText)"
    var key = "<ul class=\"key\">"
    for (rank, name) in regimeRanks.enumerated() {
      key += "<li><span class=\"swatch regime\(rank)\"></span>\(name)</li>"
    }
    key += "<li><span class=\"swatch liquidatable\"></span>halted</li></ul>"
    return section(
      "regimes", "Regime and halts",
      Picture.steps("Regime by epoch", sentence, steps) + "<p>\(PageText.escaped(sentence)).</p>" + key)
  }

  private static func decisions(_ contents: LedgerWatch.Contents) -> String {
    let now = Timestamp.now
    let start = now.seconds - min(now.seconds, 120)
    let seconds = contents.seconds.filter { $0.time > start }
    let columns = (start + 1...max(start + 1, now.seconds)).map { time -> [Double] in
      let second = seconds.first { $0.time == time }
      return [Double(second?.admitted ?? 0), Double(second?.reduceOnly ?? 0), Double(second?.refused ?? 0)]
    }
    let (admitted, reduceOnly, refused) = seconds.reduce(into: (0, 0, 0)) {
      $0 = ($0.0 + $1.admitted, $0.1 + $1.reduceOnly, $0.2 + $1.refused)
    }
    let sentence =
      "in two minutes \(PageText.grouped(admitted)) admitted, \(PageText.grouped(reduceOnly)) reduce-only, \(PageText.grouped(refused)) refused"
    let key = """
      <ul class="key"><li><span class="swatch current"></span>admitted</li><li><span class="swatch reduceOnly"></span>\
      reduce-only</li><li><span class="swatch liquidatable"></span>refused</li></ul>
      """
    return section(
      "decisions", "Decisions a second",
      Picture.bars(
        "Decisions a second", sentence, columns, styles: ["current", "reduceOnly", "liquidatable"], slots: 120
      )
        + "<p>\(sentence).</p>" + key)
  }

  private static func refusals(_ contents: LedgerWatch.Contents) -> String {
    let sorted = contents.refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    guard let most = sorted.first?.value else {
      return section("refusals", "Refusals by reason", "<p>None since the server started.</p>")
    }
    var text =
      "<table><thead><tr><th scope=\"col\">reason</th><th scope=\"col\" class=\"number\">number</th><th aria-hidden=\"true\"></th></tr></thead><tbody>"
    for (reason, count) in sorted.prefix(10) {
      text += "<tr><th scope=\"row\">\(reason.code)</th><td class=\"number\">\(PageText.grouped(count))</td>"
      text += "<td aria-hidden=\"true\"><progress value=\"\(count)\" max=\"\(most)\"></progress></td></tr>"
    }
    return section(
      "refusals", "Refusals by reason", text + "</tbody></table>", note: "Since the server started.")
  }

  private static func accounts(_ contents: LedgerWatch.Contents) -> String {
    let counts = contents.survey?.counts ?? [:]
    let total = counts.values.reduce(0, +)
    // At most two hundred of the samples, so that the picture stays small.
    let every = max(1, contents.samples.count / 200)
    let samples = contents.samples.enumerated().filter {
      $0.offset % every == 0 || $0.offset == contents.samples.count - 1
    }
    .map(\.element)
    let columns = samples.map { sample in Dashboard.statuses.map { Double(sample.counts[$0] ?? 0) } }
    let sentence = Dashboard.statuses.map { "\(PageText.grouped(counts[$0] ?? 0)) \(Dashboard.name(of: $0))" }
      .joined(separator: ", ")
    var text = Picture.shares(
      "Accounts by status", sentence, columns, styles: Dashboard.statuses.map(\.rawValue))
    text +=
      "<table><thead><tr><th scope=\"col\">status</th><th scope=\"col\" class=\"number\">accounts</th></tr></thead><tbody>"
    for status in Dashboard.statuses {
      text +=
        "<tr><th scope=\"row\">\(badge(status))</th><td class=\"number\">\(PageText.grouped(counts[status] ?? 0))</td></tr>"
    }
    text += "</tbody></table>"
    return section(
      "accounts", "Accounts by status", text,
      note: "\(PageText.grouped(total)) accounts; the picture shows shares over time.")
  }

  private static func calls(_ contents: LedgerWatch.Contents, _ now: Timestamp) -> String {
    let due = contents.survey?.due ?? []
    let most = max(1, due.max() ?? 1)
    var text =
      "<table><thead><tr><th scope=\"col\">proof due within</th><th scope=\"col\" class=\"number\">accounts</th><th aria-hidden=\"true\"></th></tr></thead><tbody>"
    for (name, count) in zip(Dashboard.spanNames, due) {
      text += "<tr><th scope=\"row\">\(name)</th><td class=\"number\">\(PageText.grouped(count))</td>"
      text += "<td aria-hidden=\"true\"><progress value=\"\(count)\" max=\"\(most)\"></progress></td></tr>"
    }
    text += "</tbody></table>"
    if let soonest = contents.survey?.soonest, !soonest.isEmpty {
      text += "<h3>Soonest</h3><ol class=\"names\">"
      for call in soonest {
        let name = call.account.description
        text +=
          "<li><a href=\"/?account=\(PercentText.encoded(name))\">\(PageText.escaped(name))</a> \(due1(call.deadline, now))</li>"
      }
      text += "</ol>"
    }
    return section(
      "calls", "Open calls", text,
      note: "An account that misses its deadline is stale, and then liquidatable.")
  }

  private static func due1(_ deadline: Timestamp, _ now: Timestamp) -> String {
    "<span class=\"quiet\">\(due(deadline, now))</span>"
  }

  private static func bands(_ contents: LedgerWatch.Contents) -> String {
    let bands = Dashboard.bands(contents.survey?.counts ?? [:])
    let styles = ["current", "reduceOnly", "unproven", "liquidatable"]
    let total = max(1, bands.reduce(0) { $0 + $1.count })
    let sentence = bands.map { "\(PageText.grouped($0.count)) \($0.name)" }.joined(separator: ", ")
    var text = Picture.divided("Health bands", sentence, zip(bands, styles).map { ($0.count, $1) })
    text += "<ul class=\"key\">"
    for ((name, count), style) in zip(bands, styles) {
      let share = PageText.percent(ofPpm: Int64(count) * 1_000_000 / Int64(total))
      text += "<li><span class=\"swatch \(style)\"></span>\(name): \(PageText.grouped(count)) (\(share))</li>"
    }
    return section(
      "bands", "Health bands", text + "</ul>",
      note: "Books are hidden. A band is the margin that the book behind a commitment was last shown to meet."
    )
  }

  private static func witnesses(_ core: ServiceCore, _ now: Timestamp) -> String {
    guard let publisher = core.publisher else {
      return section("witnesses", "Witnesses", "<p>This server publishes no log.</p>")
    }
    let states = publisher.witnessStates()
    guard !states.isEmpty else {
      return section(
        "witnesses", "Witnesses",
        "<p>No witness is known here: nobody else vouches that the log has one history.</p>")
    }
    var text =
      "<table><thead><tr><th scope=\"col\">witness</th><th scope=\"col\">entries</th><th scope=\"col\">cosigned</th></tr></thead><tbody>"
    for witness in states {
      text += "<tr><th scope=\"row\">\(PageText.escaped(witness.name))</th>"
      text += "<td class=\"number\">\(witness.size.map { PageText.grouped($0) } ?? "none")</td>"
      let ago = witness.time.map { "\(PageText.span(now.seconds - min(now.seconds, $0))) ago" } ?? "never"
      text += "<td>\(ago)</td></tr>"
    }
    return section("witnesses", "Witnesses", text + "</tbody></table>")
  }
}
