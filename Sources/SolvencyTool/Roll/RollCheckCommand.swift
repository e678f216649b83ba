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
    abstract: "Make the receipt of one account for its trader: salt, entry, and the way to the checkpoint.")

  @Argument(help: "The folder of the roll, with openings.jsonl.", completion: .directory)
  var path: String

  @Option(help: "The account.")
  var account: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the receipt is written.",
    completion: .file(extensions: ["tlog-proof"]))
  var file: String

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = RollFolder(path: path)
    let checkpoint = try folder.readCheckpoint()
    var builder = RollBuilder(try folder.readHeader())
    var entries = try EntryReader(folder.entries)
    var found: (index: UInt64, account: RollAccount, salt: Bytes32)?
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
      if opening.account.description == account { found = (index, listed, secret.salt) }
    }
    guard let found else { throw ToolFailure(.refused, "--account", "the roll lists no account \(account)") }
    let receipt: RollReceipt
    do throws(RollBuildError) {
      receipt = try builder.receipt(at: found.index, of: found.account, salt: found.salt, under: checkpoint)
    } catch {
      throw ToolFailure(.malformedInput, folder.entries, "\(error)")
    }
    try OutputFile.write(receipt.encoded(), to: file, access: .ownerOnly, replacing: force)
    return Report(
      text: "\(file): \(account) is entry \(found.index) of \(receipt.header.origin)",
      data: ["file": .string(file), "index": .integer(found.index)])
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
    let bytes = try InputFile.read(file, limit: RollReceipt.fileByteLimit)
    let receipt: RollReceipt
    do throws(RollReceiptError) {
      receipt = try RollReceipt(decoding: bytes)
    } catch {
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
