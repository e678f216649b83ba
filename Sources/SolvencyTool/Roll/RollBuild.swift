internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyProver
internal import VenueSolvency
internal import VenueSolvencyProver

/// `solvency roll build`
struct RollBuild: Verb {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Commit to the books of all accounts as of an instant, and write the header of their roll.",
    discussion: """
      The books come from a CSV of balances (account, and a column for each coordinate: cash, position/BTC-PERP, \
      holding/BTC, debt/USDC; whole lots), from a CSV as another tool has it (zkmerkle-proof-of-solvency, Gate's of it, \
      Summa; any other by --column, such as BitMEX's, OKX's or The Network Firm's), or from opening files, plain or encrypted under one passphrase. Each line that cannot be read is \
      named; nothing is written then. With --ledger the roll lists the accounts of a ledger, all of them, in their present \
      state, and is of that venue and ledger. openings.jsonl in the folder is SECRET: it opens every account.

        solvency roll build --ledger desk --openings custody \\
          --passphrase-file pass.txt --snapshot snapshot.json \\
          --log example.com/ledger -o roll
      """)

  @OptionGroup var documents: RollDocumentOptions

  @Option(help: "Balances of all accounts.", completion: .file(extensions: ["csv", "tsv"]))
  var balances: String?

  @Option(
    help: ArgumentHelp(
      """
      What a column of balances holds whose name says nothing: lots of a coordinate, or, with a number of digits, whole \
      units of the asset (amount=holding/BTC:8 for satoshis), or with :amount a decimal number of it, or nothing that is read \
      (note=-). Repeat it for more.
      """,
      valueName: "name=coordinate[:digits]"), transform: ColumnOption.init)
  var column: [ColumnOption] = []

  @Option(
    help: "The opening of an account; repeat it for more.", completion: .file(extensions: ["opening"]))
  var opening: [String] = []

  @Option(help: "A folder: every file in it whose name ends in .opening.", completion: .directory)
  var openings: String?

  @Option(help: "The opening of an account that is listed as opened; repeat it for more.")
  var opened: [String] = []

  @Option(
    name: .customLong("ledger"), help: "A ledger directory: exactly its accounts are listed.",
    completion: .directory)
  var ledgerPath: String?

  @Option(help: "The venue's name, unless there is --ledger.")
  var venue: String?

  @OptionGroup var identity: LedgerIdentityOption

  @Option(help: "The name of the ledger's log: a URL without its scheme.")
  var log: String

  @Option(help: "The number of the roll.")
  var epoch: UInt64 = 0

  @Option(help: "The step of the grid of bounded shortfalls, quanta of value: 1 to 2^62 - 1.")
  var step: Int64 = 1_000_000

  @Option(help: "The insurance fund, quanta of value: 0 to 2^62 - 1.")
  var fund: Int64 = 0

  @Option(help: "How many accounts that nobody has are added, to hide how many there are.")
  var padding: Int = 0

  @Option(
    help: ArgumentHelp(
      "The instant: as 2026-02-05T21:29:37Z, or seconds since 1970. Now by default.", valueName: "time"))
  var now: Moment?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "The folder of the roll.", completion: .directory)
  var path: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard balances != nil || !opening.isEmpty || !opened.isEmpty || openings != nil else {
      throw ValidationError("Name --balances, a CSV of all accounts, or --opening files, or --openings.")
    }
    guard (venue == nil) != (ledgerPath == nil) else {
      throw ValidationError("Give --venue, the venue's name, or --ledger, the ledger that has it.")
    }
    guard ledgerPath == nil || (balances == nil && identity.identity == nil) else {
      throw ValidationError(
        "With --ledger the accounts are the ledger's, and so is its identity: leave --balances and --ledger-identity out."
      )
    }
    guard balances != nil || column.isEmpty else {
      throw ValidationError(
        "--column \(column[0].name) says what a column of --balances holds; name that as well.")
    }
    if let twice = column.first(where: { option in column.count { $0.name == option.name } > 1 }) {
      throw ValidationError("--column \(twice.name) is there twice, with two meanings of one column.")
    }
    guard (0...1_000_000).contains(padding) else { throw ValidationError("--padding is from 0 to 1000000.") }
  }

  func perform() throws -> Report {
    var listed = try ledgerPath.map { path throws(ToolFailure) in try ListedLedger(path) }
    guard let ledger = listed?.audience ?? (try? Audience(venue ?? "", ledger: identity.digest())) else {
      throw ToolFailure(.usage, "--venue", "write 1 to 128 bytes of printable text")
    }
    let moment = now?.timestamp ?? .now
    let folder = RollFolder(path: path)
    try OutputFile.makeFolder(path)
    for file in [folder.header, folder.openings] where InputFile.exists(file) {
      throw ToolFailure(.inputOutput, file, "is there already; choose another folder for this roll")
    }
    let parts = try documents.parts(of: ledger, at: moment)
    let secrets = try RollRow.lines(
      of: read(under: parts.registry, LotSizes(of: parts.snapshot), of: &listed))
    guard !secrets.isEmpty else {
      throw ToolFailure(.malformedInput, balances ?? "--opening", "lists no account")
    }
    let header: RollHeader
    do throws(RollHeaderError) {
      header = try RollHeader(
        log: log, ledger: ledger, epoch: epoch, moment: moment,
        documents: RollDigests(
          snapshot: parts.snapshot.digest, registry: parts.registry.digest, rule: parts.circuits.rule.digest,
          bounded: parts.circuits.bounded.digest, totals: parts.circuits.totals.digest,
          reserves: parts.reserves.digest, house: parts.house.digest,
          bands: parts.circuits.bands.map(\.digest)),
        step: step, fund: fund, accountCount: UInt64(secrets.count))
    } catch {
      throw ToolFailure(.usage, "--log, --step, --fund and --band", "make no header: \(error)")
    }
    // Refuses documents that cannot be counted now, not after all proofs.
    _ = try documents.load(header, at: documents.snapshot.path)
    _ = try OutputFile.stream(to: folder.openings, access: .ownerOnly, replacing: false) {
      write throws(ToolFailure) in
      for secret in secrets { try write(secret + [UInt8(ascii: "\n")]) }
    }
    try OutputFile.write(
      header.json.encoded(.indented), to: folder.header, access: .everybody, replacing: false)
    return Report(
      text: """
        \(header.origin): \(secrets.count) accounts as of \(moment.text), \(padding) of them padding
          header  \(folder.header)
          secret  \(folder.openings), it opens every account
        """,
      data: [
        "header": header.json, "origin": .string(header.origin.description),
        "accounts": .integer(secrets.count),
        "padding": .integer(padding),
      ])
  }

  private func read(
    under registry: Registry, _ lots: LotSizes, of ledger: inout ListedLedger?
  ) throws(ToolFailure) -> [RollRow] {
    var rows: [RollRow] = []
    var names: Set<AccountID> = []
    func add(_ opening: borrowing AccountOpening, opened: Bool, at place: String) throws(ToolFailure) {
      guard names.insert(opening.account).inserted else {
        throw ToolFailure(.malformedInput, place, "the account \(opening.account) is there twice")
      }
      guard opening.registry == registry.digest else {
        throw ToolFailure(.malformedInput, place, "was made for another list of instruments and assets")
      }
      rows.append(try RollRow(opening, opened: opened, at: place))
    }
    let inFolder =
      try openings.map { folder throws(ToolFailure) in try ListedLedger.openings(in: folder) } ?? []
    for (paths, isOpened) in [(opening + inFolder.filter { !opened.contains($0) }, false), (opened, true)] {
      for path in paths {
        let opening = try documents.snapshot.opening(path, passphrase, under: registry)
        try ledger?.take(opening, at: path)
        try add(opening, opened: isOpened, at: path)
      }
    }
    try ledger?.checkComplete()
    if let balances {
      let choices = Dictionary(column.map { ($0.name, $0.choice) }) { first, _ in first }
      rows += try BalanceRows(file: balances, registry: registry, lots: lots, choices: choices).read(
        besides: &names)
    }
    for _ in 0..<padding {
      let opening = try ToolFailure.wrapping("--padding") { try AccountOpening.padding(under: registry) }
      try add(opening, opened: false, at: "--padding")
    }
    return rows
  }
}
