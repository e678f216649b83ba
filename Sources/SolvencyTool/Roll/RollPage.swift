internal import CanonicalBytes
internal import CommandSupport
internal import ProofCore
internal import Solvency
internal import TransparencyLog
internal import VenueSolvency

/// Results about a roll as one page of HTML, complete in itself: no scripts, nothing that is loaded.
enum RollPage {
  /// The auditor's report.
  static func audit(
    _ judged: JudgedRoll, _ documents: RollDocuments, _ sentence: String, by auditors: [VerificationKey]
  ) -> String {
    let (verdict, witnessed, exposure) = (judged.verdict, judged.witnessed, judged.exposure.shown)
    let (header, audit) = (documents.header, verdict.audit)
    var body = banner(sentence, isGood: judged.isShown)
    if !judged.problems.isEmpty {
      body += "<ul>" + judged.problems.map { "<li>\(escaped($0))</li>" }.joined() + "</ul>\n"
    }
    if let entry = judged.logged.index { body += "<p>The venue's log states a roll in entry \(entry).</p>\n" }
    body += "<p>Counts, bands and totals are as of the roll's instant, \(header.moment.text).</p>\n"
    body += "<h2>Accounts</h2>\n"
    body += table([
      ["class", ">accounts", "what is shown"],
      ["solvent", ">\(audit.count(of: .solvent))", "the book meets the maintenance rule under the snapshot"],
      ["bounded", ">\(audit.count(of: .bounded))", "equity and a public amount are not negative"],
      ["opened", ">\(audit.count(of: .opened))", "the book was opened to the auditor"],
      ["shortfall of all", ">\(audit.shortfall)", "the insurance fund is \(header.fund)"],
      ["faults", ">\(audit.findingCount)", "entries whose evidence does not hold"],
    ])
    let bands = RollTexts.bands(audit, documents)
    if !bands.isEmpty {
      body += "<h2>Bands</h2>\n"
      body += table(
        [["band", ">accounts", "each was proved to meet, at least"]]
          + bands.map { ["\($0.number)", ">\($0.accounts)", $0.name] })
    }
    if let exposure {
      body += "<h2>Totals over all hidden books</h2>\n"
      body += table(
        [["coordinate", ">at least", ">at most"]]
          + exposure.totals.sorted { $0.key < $1.key }.map { name, range in
            [name, ">\(range.lowerBound)", ">\(range.upperBound)"]
          })
    }
    if !audit.findings.isEmpty {
      body += "<h2>Faults</h2>\n"
      body += table(
        [[">entry", "name on the roll", "fault"]]
          + audit.findings.map { [">\($0.entry)", $0.name?.description ?? "", $0.fault.code] })
    }
    body += "<h2>Reserves</h2>\n"
    body +=
      "<p>The roll is as of \(header.moment.text). The auditor took reserves at most "
      + "\(documents.reserves.ageLimit) seconds older than that (--reserve-age), which the roll does not state.</p>\n"
    body += table(
      [["asset", ">amount", "as of", ">seconds before the roll", "custodian", "references"]]
        + documents.reserves.attestations.map { signed in
          let reserve = signed.unverified
          return [
            reserve.asset, ">\(reserve.amount)", reserve.asOf.text, ">\(RollTexts.age(of: reserve, header))",
            signed.signer.description,
            reserve.references.joined(separator: " "),
          ]
        })
    body += "<h2>Documents</h2>\n"
    body += table(
      [
        ["what", "value"], ["roll", header.origin.description], ["header", header.digest.description],
        ["entries", "\(header.entryCount)"], ["root", witnessed.checkpoint.head.root.description],
        ["snapshot", header.documents.snapshot.description],
        ["registry", header.documents.registry.description],
        ["maintenance rule", "\(documents.rule.circuitName) \(header.documents.rule)"],
        ["bounded shortfall", "\(documents.bounded.circuitName) \(header.documents.bounded)"],
        ["totals", "\(documents.totals.circuitName) \(header.documents.totals)"],
        ["reserves", header.documents.reserves.description],
        ["house positions", header.documents.house.description],
        ["sum of commitments", audit.sum.encoded.hex],
      ] + auditors.map { ["auditor", $0.description] }
        + witnessed.cosigned.map { ["witness", "\($0.witness) at \(Timestamp(seconds: $0.time).text)"] })
    body += limits
    return page("Roll of accounts \(header.origin)", body)
  }

  /// The trader's check.
  static func check(
    _ text: String, isGood: Bool, _ receipt: RollReceipt, own: AccountCommitment
  ) -> String {
    let header = receipt.header
    return page(
      "Your account on the roll \(header.origin)",
      banner(text, isGood: isGood)
        + table([
          ["what", "on the roll", "yours"],
          ["account", receipt.account.name.description, "\(own.account), blinded with your salt"],
          ["commitment", receipt.account.commitment.hex, own.commitment.encoded.hex],
          ["sequence", "\(receipt.account.sequence)", "\(own.sequence)"],
          ["class", receipt.account.accountClass.name, ""],
          ["band", receipt.account.band.map { "\($0)" } ?? "", ""],
          ["entry", "\(receipt.index) of \(header.entryCount)", ""], ["roll", "\(header.epoch)", ""],
          ["as of", header.moment.text, ""], ["venue", header.ledger.description, ""],
          ["root", receipt.checkpoint.unverified.head.root.description, ""],
        ]) + limits)
  }

  private static let limits = """
    <h2>What this does not show</h2>
    <ul><li>That the roll lists every account: traders look their own up. If a share p of them does, m accounts left out
    are noticed with probability 1 - (1 - p)^m.</li>
    <li>That reserves exist and are free of other claims: the custodians named above attest it.</li>
    <li>Anything about the time after the instant.</li></ul>

    """

  private static func banner(_ text: String, isGood: Bool) -> String {
    "<p class=\"\(isGood ? "good" : "bad")\">\(escaped(text))</p>\n"
  }

  private static func table(_ rows: [[String]]) -> String {
    guard let header = rows.first else { return "" }
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + cells.map { cell in
          cell.hasPrefix(">")
            ? "<\(tag) class=\"n\">\(escaped(String(cell.dropFirst())))</\(tag)>"
            : "<\(tag)>\(escaped(cell))</\(tag)>"
        }.joined() + "</tr>"
    }
    return "<table>" + row(header, "th") + rows.dropFirst().map { row($0, "td") }.joined() + "</table>\n"
  }

  private static func page(_ title: String, _ body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title))</title>
    <style>
    body { font-family: sans-serif; margin: 2em; color: #24292f; max-width: 70em }
    table { border-collapse: collapse; font-size: 12px; margin-bottom: 1em }
    td, th { border: 1px solid #d0d7de; padding: 3px 7px; overflow-wrap: anywhere; text-align: left }
    .n { text-align: right } .good, .bad { padding: 0.8em; border: 2px solid #1a7f37 } .bad { border-color: #cf222e }
    </style></head><body>
    <h1>\(escaped(title))</h1>
    \(body)</body></html>

    """
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
