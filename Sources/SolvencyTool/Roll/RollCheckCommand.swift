internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Ristretto
internal import Solvency
internal import SolvencyProver
internal import TransparencyLog
internal import VenueSolvency
internal import VenueSolvencyProver

/// `solvency roll receipt`
struct RollReceiptCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "receipt",
    abstract: "Make the receipt of one account for its trader: salt, entry, and the way to the checkpoint.",
    discussion: """
      Only the venue can: no opening has the salt of the name under which the roll lists the account. The trader checks the \
      receipt with the opening: `roll check --opening`. Of a roll from balances the venue made the opening as well; \
      --opening-output writes it, for this trader alone.

        solvency roll receipt roll --account alice -o alice.tlog-proof \\
          --opening-output alice.opening
      """)

  @Argument(help: "The folder of the roll, with openings.jsonl.", completion: .directory)
  var path: String

  @Option(help: "The account.")
  var account: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the receipt is written.",
    completion: .file(extensions: ["tlog-proof"]))
  var file: String

  @Option(
    help: ArgumentHelp(
      "Where the opening that the roll was made with is written too: SECRET, the trader's alone. Plain, not encrypted.",
      valueName: "file"), completion: .file(extensions: ["opening"]))
  var openingOutput: String?

  @Option(help: ArgumentHelp("Of `roll check`, not of this.", visibility: .hidden))
  var opening: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let opening {
      throw ValidationError(
        "--opening is the trader's, who checks a receipt with it: `solvency roll check \(file) --opening \(opening)`. A "
          + "receipt is made of the venue's openings.jsonl alone, which has the salt of the account; --account says which."
      )
    }
    if let openingOutput, openingOutput == file {
      throw ValidationError("--opening-output is a file of its own, beside that of --output.")
    }
  }

  func perform() throws -> Report {
    for path in [file] + (openingOutput.map { [$0] } ?? []) {
      try OutputFile.checkFree(path, replacing: force)
    }
    let folder = RollFolder(path: path)
    let checkpoint = try folder.readCheckpoint()
    var builder = RollBuilder(try folder.readHeader())
    var entries = try EntryReader(folder.entries)
    var found: (index: UInt64, account: RollAccount, secret: RollSecret)?
    try RollFolder.forEachLine(of: folder.openings, limit: OpeningFile.plainByteLimit * 2) {
      number, line throws(ToolFailure) in
      let place = "\(folder.openings):\(number)"
      let secret = try ToolFailure.wrapping(place) { try RollSecret(decoding: line) }
      guard let entry = try entries.next(), let listed = try? RollAccount(decoding: entry) else {
        throw ToolFailure(.malformedInput, folder.entries, "has no entry for line \(number) of the openings")
      }
      let index: UInt64
      do throws(RollBuildError) {
        index = try builder.append(listed)
      } catch {
        throw ToolFailure(.malformedInput, folder.entries, "is not a roll at account \(number): \(error)")
      }
      let opening = try ToolFailure.wrapping(place) { try OpeningFile.open(plain: secret.opening) }
      if opening.account.description == account { found = (index, listed, secret) }
    }
    guard let found else { throw ToolFailure(.refused, "--account", "the roll lists no account \(account)") }
    let receipt: RollReceipt
    do throws(RollBuildError) {
      receipt = try builder.receipt(
        at: found.index, of: found.account, salt: found.secret.salt, under: checkpoint)
    } catch {
      throw ToolFailure(.malformedInput, folder.entries, "\(error)")
    }
    try OutputFile.write(receipt.encoded(), to: file, access: .ownerOnly, replacing: force)
    var text = "\(file): \(account) is entry \(found.index) of \(receipt.header.origin)"
    if let openingOutput {
      try OutputFile.write(found.secret.opening, to: openingOutput, access: .ownerOnly, replacing: force)
      text += "\n\(openingOutput): SECRET, the opening of \(account); hand it to its trader alone"
    }
    return Report(
      text: text,
      data: [
        "file": .string(file), "index": .integer(found.index),
        "opening": openingOutput.map { .string($0) } ?? .null,
      ])
  }
}

/// `solvency roll check`
struct RollCheckCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check, as a trader, that a roll lists the own account with the own book.",
    discussion: """
      The receipt is compared with the own opening, the venue and the log that the trader knows. Exit code 2 unless the account \
      is listed as it should be.

        solvency roll check alice.tlog-proof --opening alice.opening \\
          --venue "Example Exchange" --log-key log.key.pub
      """)

  @Argument(help: "The receipt.", completion: .file(extensions: ["tlog-proof"]))
  var file: String

  @Option(help: "The opening of the account.", completion: .file(extensions: ["opening"]))
  var opening: String

  @Option(help: "The name of the venue.")
  var venue: String

  @OptionGroup var identity: LedgerIdentityOption

  @Option(help: "The number of the roll that was asked for; any by default.")
  var epoch: UInt64?

  @OptionGroup var trust: RollTrustOptions
  @OptionGroup var logged: RollLoggedOption

  @Option(
    help: "Where a page with the result is written, one HTML file.", completion: .file(extensions: ["html"]))
  var html: String?

  @Flag(help: "Replace a page that is there.")
  var force = false

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    if let html { try OutputFile.checkFree(html, replacing: force) }
    guard let ledger = try? Audience(venue, ledger: identity.digest()) else {
      throw ToolFailure(.usage, "--venue", "write 1 to 128 bytes of printable text")
    }
    let bytes = try InputFile.read(file, limit: RollReceipt.fileByteLimit, as: .receipt)
    let receipt: RollReceipt
    do throws(RollReceiptError) {
      receipt = try RollReceipt(decoding: bytes)
    } catch {
      try FileKind.check(bytes, at: file, is: [.receipt])
      throw ToolFailure(.malformedInput, file, error.advice)
    }
    let secret = try Documents.opening(opening, passphrase)
    let own = try ToolFailure.wrapping(opening) { try secret.commitment() }
    let found = receipt.check(
      own: own, ledger: ledger, epoch: epoch, under: try trust.policy(for: receipt.header.origin))
    let entry = try logged.objection(to: receipt, trust)
    let isIncluded = found.isIncluded && entry.text == nil
    let header = receipt.header
    let text =
      (entry.text ?? found.text
        + (entry.index.map { " The venue's log states this roll in entry \($0)." } ?? ""))
      + " The receipt is of roll \(header.epoch), as of \(header.moment.text)."
    if let html {
      try OutputFile.write(
        Array(RollPage.check(text, isGood: isIncluded, receipt, own: own).utf8), to: html, access: .ownerOnly,
        replacing: force)
    }
    return Report(
      text: "\(own.account): \(text)",
      data: [
        "isIncluded": .bool(isIncluded), "text": .string(text),
        "roll": .string(header.origin.description), "number": .integer(header.epoch),
        "moment": .integer(header.moment.seconds),
        "class": .string(receipt.account.accountClass.name),
        "band": receipt.account.band.map { .integer($0) } ?? .null,
        "entry": entry.index.map { .integer($0) } ?? .null,
      ], isPositive: isIncluded)
  }
}

extension RollReceiptError {
  /// What is wrong and what to do.
  var advice: String {
    switch self {
    case .proof: "is not a receipt; one begins with c2sp.org/tlog-proof@v1"
    case .noExtra: "is the receipt of another log: it holds nothing of a roll"
    case .extra(let error): "what it says of a roll is malformed: \(error)"
    }
  }
}

/// `solvency roll show`
struct RollShow: Verb {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a roll says of itself. Nothing is verified.")

  @Argument(help: "The folder of the roll.", completion: .directory)
  var path: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = RollFolder(path: path)
    let header = try folder.readHeader()
    var (counts, shortfall): ([Int], UInt128) = ([0, 0, 0], 0)
    if InputFile.exists(folder.entries) {
      var entries = try EntryReader(folder.entries)
      while let entry = try entries.next() {
        guard let account = try? RollAccount(decoding: entry) else {
          throw ToolFailure(
            .malformedInput, folder.entries,
            "account \(counts.reduce(1, +)) is malformed; restore it from a copy")
        }
        counts[Int(account.accountClass.rawValue) - 1] += 1
        shortfall += account.shortfall
      }
    }
    let head = InputFile.exists(folder.checkpoint) ? try folder.readCheckpoint().unverified.head : nil
    return Report(
      text: """
        \(header.origin), \(header.ledger) as of \(header.moment.text): not verified
          accounts   \(header.accountCount): \(counts[0]) solvent, \(counts[1]) bounded, \(counts[2]) opened
          shortfall  \(shortfall), insurance fund \(header.fund)
          header     \(header.digest)
          root       \(head.map { "\($0.root) of \($0.size) entries" } ?? "not signed yet")
        """,
      data: [
        "header": header.json, "digest": .hex(header.digest.bytes), "solvent": .integer(counts[0]),
        "bounded": .integer(counts[1]), "opened": .integer(counts[2]),
        "shortfall": .string(String(shortfall)),
        "root": head.map { .string($0.root.description) } ?? .null,
      ])
  }
}
