internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyProver
internal import TransparencyLog
internal import VenueSolvency
internal import VenueSolvencyProver

/// `solvency roll prove`
struct RollProve: Verb {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove every account of a roll and its totals, and sign the checkpoint.",
    discussion: """
      An account that does not meet the maintenance rule is listed with the least shortfall on the grid. The totals are tried in \
      plain integers first: if reserves do not cover an asset, nothing is proved and nothing is signed.

      With --aggregate that number of solvent accounts share a proof, which takes less time and far less room. A run that ends in \
      the middle goes on where it was when it is started again. Files are read again before they are signed, and a roll is \
      signed once: --force replaces files of something else, never a checkpoint by another of the same roll.

        solvency roll prove roll --snapshot snapshot.json --aggregate 16 \\
          --reserve cash.json --custodian custodian.key.pub --key log.key
      """)

  @Argument(help: "The folder of the roll.", completion: .directory)
  var path: String

  @OptionGroup var documents: RollDocumentOptions

  @Option(
    help: "The log's key, as `solvency keygen --role log` wrote it.", completion: .file(extensions: ["key"]))
  var key: String

  @Option(
    help: ArgumentHelp(
      "How many solvent accounts share a proof: 2, 4, 8, 16, 32 or 64. One each by default.", valueName: "K"))
  var aggregate: Sharing?

  @Option(help: "How many accounts are proved, and written to the disk, together.")
  var window = RollJournal.window

  @Flag(help: "Replace files of another roll that are there.")
  var force = false

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...1 << 16).contains(window) else { throw ValidationError("--window is from 1 to 65536.") }
  }

  func perform() throws -> Report {
    let folder = RollFolder(path: path)
    let header = try folder.readHeader()
    // Before anything else is loaded: what unlocking takes, 256 MiB, is free again.
    let key = try Documents.signingKey(key, passphrase)
    let documents = try documents.load(header, at: folder.header)
    let signer = try ToolFailure.wrapping(self.key) { try key.noteSigner(origin: header.origin) }
    if let aggregate, (try? documents.rule.statement(repeated: aggregate.size)) == nil {
      throw ToolFailure(
        .refused, "--aggregate",
        "the rule is too large for \(aggregate.size.rawValue) accounts in a proof; take fewer")
    }
    let lock = try FileLock(folderOf: folder.header)
    defer { _ = lock }
    let finish = RollFinish(folder: folder, documents: documents, replacing: force)
    if let report = try finish.signedBefore() { return report }
    let journal = try RollJournal(folder, header)
    if let roll = finish.leftover(of: journal) {
      return try finish.sign(roll, journal, by: signer, note: "; all were proved before")
    }
    for file in [folder.entries, folder.evidence, folder.totals, folder.checkpoint] {
      try OutputFile.checkFree(file, replacing: force, isUpdate: true)
    }
    if try !journal.hasTotals() {
      let totals = try totals(documents, folder)
      try OutputFile.write(
        totals.encoded() + [UInt8(ascii: "\n")], to: journal.totals, access: .everybody, replacing: false)
    }
    let done = try proveAccounts(documents, folder, journal)
    return try finish.sign(
      journal.proved(under: documents), journal, by: signer,
      note: done == 0 ? "" : "; \(done) were proved before")
  }

  /// Proves what the journal does not have yet.
  ///
  /// - Returns: how many accounts it had.
  private func proveAccounts(
    _ documents: RollDocuments, _ folder: RollFolder, _ journal: RollJournal
  ) throws(ToolFailure) -> Int {
    let header = documents.header
    // What does not fit is said before the rest is proved.
    var builder = RollBuilder(header)
    var count = 0
    func add(_ account: RollAccount) throws(ToolFailure) {
      do throws(RollBuildError) {
        try builder.append(account)
      } catch {
        throw ToolFailure(.malformedInput, folder.openings, "does not fit the header: \(error)")
      }
      count += 1
    }
    let done = try journal.resume(of: header.accountCount, by: window)
    for account in done { try add(account) }
    let prover = RollProver(documents)
    try forEachWindow(of: folder, after: done.count) { first, window throws(ToolFailure) in
      let listings: [RollListing]
      do throws(RollWindowError) {
        listings = try prover.listings(of: window, sharing: aggregate?.size)
      } catch {
        let place = "\(folder.openings):\(first + error.index)"
        switch error.reason {
        case .file(let error): throw ToolFailure(.malformedInput, place, error.description)
        case .listing(let error): throw ToolFailure(.refused, place, error.advice)
        }
      }
      for listing in listings { try add(listing.account) }
      try journal.append(listings)
      Console.progress("proving", count, of: Int(header.accountCount))
    }
    guard count == header.accountCount else {
      throw ToolFailure(
        .malformedInput, folder.openings, "has \(count) accounts, and the header \(header.accountCount)")
    }
    return done.count
  }

  /// Calls `body` with one window of accounts after another, and the number of its first line, behind those
  /// that are done.
  private func forEachWindow(
    of folder: RollFolder, after done: Int, _ body: (Int, [RollSecret]) throws(ToolFailure) -> Void
  ) throws(ToolFailure) {
    var (first, secrets): (Int, [RollSecret]) = (done + 1, [])
    func flush() throws(ToolFailure) {
      guard !secrets.isEmpty else { return }
      try body(first, secrets)
      first += secrets.count
      secrets.removeAll(keepingCapacity: true)
    }
    try RollFolder.forEachLine(of: folder.openings, limit: OpeningFile.plainByteLimit * 2) {
      number, line throws(ToolFailure) in
      guard number > done else { return }
      secrets.append(try Self.secret(number, line, folder))
      if secrets.count == window { try flush() }
    }
    try flush()
  }

  private func totals(_ documents: RollDocuments, _ folder: RollFolder) throws(ToolFailure) -> ProofEnvelope {
    let prover = try Self.totalsProver(documents, folder)
    do throws(TotalsProvingError) {
      return try prover.prove()
    } catch {
      throw ToolFailure(.refused, folder.path, error.advice)
    }
  }

  /// The sums of all openings of a roll.
  static func totalsProver(
    _ documents: RollDocuments, _ folder: RollFolder
  ) throws(ToolFailure) -> TotalsProver {
    var prover = TotalsProver(documents)
    try RollFolder.forEachLine(of: folder.openings, limit: OpeningFile.plainByteLimit * 2) {
      number, line throws(ToolFailure) in
      let secret = try secret(number, line, folder)
      let opening = try ToolFailure.wrapping("\(folder.openings):\(number)") {
        try OpeningFile.open(plain: secret.opening)
      }
      do throws(TotalsProvingError) {
        try prover.add(opening)
      } catch {
        throw ToolFailure(.malformedInput, "\(folder.openings):\(number)", error.advice)
      }
    }
    return prover
  }

  private static func secret(
    _ number: Int, _ line: [UInt8], _ folder: RollFolder
  ) throws(ToolFailure) -> RollSecret {
    try ToolFailure.wrapping("\(folder.openings):\(number)") { try RollSecret(decoding: line) }
  }
}

/// How many accounts share a proof, on the command line.
struct Sharing: ExpressibleByArgument {
  let size: GroupSize

  init?(argument: String) {
    guard let count = Int(argument), let size = GroupSize(rawValue: count) else { return nil }
    self.size = size
  }
}

extension RollListingError {
  /// What is wrong and what to do.
  var advice: String {
    switch self {
    case .beyondCircuit(let place):
      "is beyond what the circuit of bounded shortfalls has room for at \(place); list it as --opened"
    case .shortfallTooLarge: "has a shortfall of 2^62 quanta or more"
    case .proving(let error): "no proof was made: \(error)"
    case .opening(let error): "the opening does not fit: \(error)"
    case .unusableBook: "has amounts that no account may have, or another list of instruments and assets"
    }
  }
}

extension TotalsProvingError {
  /// What is wrong and what to do.
  var advice: String {
    switch self {
    case .opening(let error): "the opening does not fit: \(error)"
    case .documents(let error): error.advice
    case .overflow(let name): "the total of \(name) leaves 64 bits"
    case .proving(.insolvent(let row)): "the totals are not covered: \"\(row)\" fails; nothing was signed"
    case .proving(.beyondCircuit(let place)):
      "the totals do not meet the circuit at \(place): positions that do not cancel, or more than it has room for; "
        + "nothing was signed"
    case .proving(let error): "no proof was made: \(error)"
    }
  }
}
