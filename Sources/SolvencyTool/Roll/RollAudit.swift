internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog
internal import VenueSolvency

/// A range of entries on the command line: `0-255`, both ends included.
struct EntryRange: ExpressibleByArgument {
  let range: ClosedRange<UInt64>

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
    guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last,
      last <= RollHeader.accountLimit
    else { return nil }
    range = first...last
  }
}

/// `solvency roll audit`
struct RollAudit: Verb {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Verify the entries of a roll, all or a range of them, and sign what was found.",
    discussion: """
      Entry 0 is the header, the accounts follow. With a range the result is a part, which `roll merge` puts together with \
      the others; without, it is the whole, and the verdict is given: exit code 2 unless the venue is shown to be solvent.

      What is signed states what was found in entries, and nothing of reserves, totals and fund: the verdict is this \
      command's, or `roll merge`'s. Where the entries are not those of the checkpoint, nothing is signed.

        solvency roll audit roll --range 0-4095 \\
          --snapshot snapshot.json --reserve cash.json \\
          --custodian custodian.key.pub --log-key log.key.pub \\
          --key auditor.key -o part-0.json
      """)

  @Argument(help: "The folder of the roll.", completion: .directory)
  var path: String

  @Option(help: ArgumentHelp("The entries, both ends included: 0-4095.", valueName: "first-last"))
  var range: EntryRange?

  @OptionGroup var documents: RollDocumentOptions
  @OptionGroup var trust: RollTrustOptions
  @OptionGroup var logged: RollLoggedOption
  @OptionGroup var signing: SigningOptions

  @Option(
    help: "Where a page with the result is written, one HTML file.", completion: .file(extensions: ["html"]))
  var html: String?

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    if let html { try OutputFile.checkFree(html, replacing: signing.force) }
    let signer = try signing.unlocked(as: .auditor)
    let folder = RollFolder(path: path)
    let header = try folder.readHeader()
    let documents = try documents.load(header, at: folder.header)
    let range = range?.range ?? 0...header.accountCount
    guard range.upperBound <= header.accountCount else {
      throw ToolFailure(.refused, "--range", "the roll has the entries 0 to \(header.accountCount)")
    }
    let isWhole = range == 0...header.accountCount
    guard isWhole || (html == nil && logged.logged == nil) else {
      throw ToolFailure(
        .usage, "--range", "a part has no verdict; give --html and --logged to `roll merge`, which has it")
    }
    let audit = try RollFolder.audit(entries: folder.entries, evidence: folder.evidence, documents, range)
    guard isWhole else {
      let signed = try signer.sign(audit)
      return Report(
        text: """
          entries \(range.lowerBound) to \(range.upperBound) of \(header.origin)
          \(RollTexts.lines(audit, documents).joined(separator: "\n"))
            signed     \(signing.path)
          """,
        data: ["file": .string(signing.path), "audit": signed.json], isPositive: audit.findingCount == 0)
    }
    let auditor = signer.verificationKey
    let judged = try JudgedRoll(audit, documents, folder, trust.policy(for: header.origin), logged, trust)
    if judged.verdict.isOfCheckpoint { _ = try signer.sign(audit) }
    return try RollTexts.verdict(judged, documents, page: html, file: signing, by: [auditor])
  }
}

/// `solvency roll merge`
struct RollMerge: Verb {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put the parts of an audit together, and say what the roll shows.",
    discussion: """
      Every part must be signed by an auditor that is trusted. The result does not depend on how the roll was split. Exit \
      code 2 unless the parts are the whole and the venue is shown to be solvent.

        solvency roll merge part-*.json --auditor auditor.key.pub \\
          --roll roll --snapshot snapshot.json --reserve cash.json \\
          --custodian custodian.key.pub --log-key log.key.pub \\
          --key auditor.key -o audit.json
      """)

  @Argument(help: "The parts.", completion: .file(extensions: ["json"]))
  var parts: [String]

  @Option(
    help: "The public key of an auditor to trust; repeat it for more.", completion: .file(extensions: ["pub"])
  )
  var auditor: [String]

  @Option(name: .customLong("roll"), help: "The folder of the roll: header, totals and checkpoint.")
  var path: String

  @OptionGroup var documents: RollDocumentOptions
  @OptionGroup var trust: RollTrustOptions
  @OptionGroup var logged: RollLoggedOption
  @OptionGroup var signing: SigningOptions

  @Option(
    help: "Where a page with the result is written, one HTML file.", completion: .file(extensions: ["html"]))
  var html: String?

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    if let html { try OutputFile.checkFree(html, replacing: signing.force) }
    let signer = try signing.unlocked(as: .auditor)
    let folder = RollFolder(path: path)
    let documents = try documents.load(folder.readHeader(), at: folder.header)
    var keys: Set<VerificationKey> = []
    for path in auditor { keys.insert(try Documents.verificationKey(path, of: .auditor)) }
    var (audits, signers): ([PartialAudit], [VerificationKey]) = ([], [])
    for path in parts {
      let signed = try Documents.signed(path, as: PartialAudit.self)
      guard keys.contains(signed.signer) else {
        throw ToolFailure(.refused, path, "is signed by \(signed.signer), which no --auditor names")
      }
      audits.append(try ToolFailure.wrapping(path) { try signed.content(verifiedBy: signed.signer) })
      if !signers.contains(signed.signer) { signers.append(signed.signer) }
    }
    let merged: PartialAudit
    do throws(MergeError) {
      merged = try PartialAudit.merging(audits)
    } catch {
      throw ToolFailure(.refused, parts.joined(separator: ", "), error.text)
    }
    let judged = try JudgedRoll(
      merged, documents, folder, trust.policy(for: documents.header.origin), logged, trust)
    if judged.verdict.isOfCheckpoint { _ = try signer.sign(merged) }
    return try RollTexts.verdict(judged, documents, page: html, file: signing, by: signers)
  }
}
