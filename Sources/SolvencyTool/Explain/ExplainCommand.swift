internal import ArgumentParser
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// `solvency explain`
struct ExplainCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Evaluate a rule over a book in plain integers, without any proof.",
    discussion: """
      For the trader alone: it shows by how much each requirement is met or missed, in USD of cash and in the \
      units of the rule, which one binds and what it is made of, how much cash and collateral may leave, how much \
      more of each instrument may be bought or sold at its mark as far as the snapshot's flags let it, each alone, and at \
      which prices the rule fails, or how far none was found. With --kind maintenance that is the price of liquidation. With a price move marks, along the \
      snapshot's scenarios of unmoved volatility, and holdings and debts that follow the group, in proportion; scenario losses, \
      bracket margins and charges stay as they are in USD. Documentation/Explanations.md says how all of it is meant. Exits 2 \
      if no proof can be made.

        solvency explain --circuit portfolio-margin \\
          --snapshot Examples/snapshot.json --book Examples/book.json
        solvency explain --circuit portfolio-margin \\
          --snapshot Examples/snapshot.json --book Examples/book.json \\
          --html explanation.html
      """)

  /// Which instruments are asked for their largest further order.
  enum Orders: String, CaseIterable, ExpressibleByArgument {
    case held, all, none
  }

  /// The most instruments that are all asked unless told otherwise.
  private static let fewInstruments = 24

  @OptionGroup var rule: RuleOptions

  @Option(help: "The book.", completion: .file(extensions: ["json"]))
  var book: String?

  @Option(help: "Instead of a book: an opening.", completion: .file(extensions: ["opening"]))
  var opening: String?

  @Option(
    help: """
      Instruments whose largest further order is looked for: held, all or none. All where there are at most \
      24, those that the book holds otherwise.
      """)
  var orders: Orders?

  @Option(
    help: """
      Write one page that a colleague understands without anything else: whose book it is, the rule and its snapshot, a \
      waterfall from equity to the slack of each requirement, the gains by scenario, and all tables. It tells the book: \
      only its owner may read the file.
      """, completion: .file(extensions: ["html"]))
  var html: String?

  @Option(
    help: ArgumentHelp(
      "When the snapshot is to apply: as 2026-02-05T21:29:37Z, or seconds since 1970. Now by default.",
      valueName: "time"))
  var now: Moment?

  @Flag(help: "Replace a page that is there.")
  var force = false

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (book == nil) != (opening == nil) else {
      throw ValidationError("Give either --book or --opening.")
    }
  }

  func perform() throws -> Report {
    if let html { try OutputFile.checkFree(html, replacing: force) }
    let rule = try rule.load()
    let content = try content(rule)
    if let note = content.validity.note { Console.note("solvency: note: \(note)") }
    if let html {
      try OutputFile.write(
        Array(ExplanationPage(content: content).html.utf8), to: html, access: .ownerOnly, replacing: force)
    }
    return Report(
      text: content.text, data: content.json, isPositive: content.explanation.evaluation.isProvable)
  }

  private func content(_ rule: MarginRule) throws(ToolFailure) -> ExplanationText {
    if let opening {
      let secret = try self.rule.snapshot.opening(opening, passphrase, under: rule.registry)
      let asked = asked(rule, held: secret.heldInstruments(under: rule))
      return try ToolFailure.wrapping(opening) {
        content(
          rule, asked, try secret.explanation(rule, ordersOf: asked), of: opening, secret.account,
          try secret.commitment())
      }
    }
    let path = book ?? InputFile.standardInput
    let secret = try Documents.book(path, registry: rule.registry, under: rule.snapshot)
    let asked = asked(rule, held: secret.heldInstruments(under: rule))
    return try ToolFailure.wrapping(path) {
      content(
        rule, asked, try secret.explanation(rule, ordersOf: asked), of: InputFile.name(path), secret.account,
        nil)
    }
  }

  private func asked(_ rule: MarginRule, held: [String]) -> [String] {
    let all = rule.snapshot.instruments.map(\.id)
    switch orders {
    case .all: return all
    case .held: return held
    case .some(.none): return []
    case nil: return all.count <= Self.fewInstruments ? all : held
    }
  }

  private func content(
    _ rule: MarginRule, _ asked: [String], _ explanation: AccountExplanation, of file: String,
    _ account: AccountID, _ commitment: AccountCommitment?
  ) -> ExplanationText {
    ExplanationText(
      subject: ExplainedAccount(
        file: file, account: account, commitment: commitment,
        snapshotFile: InputFile.name(self.rule.snapshot.path)),
      rule: rule, explanation: explanation,
      omittedInstruments: rule.snapshot.instruments.count - asked.count, now: now?.timestamp ?? .now)
  }
}
