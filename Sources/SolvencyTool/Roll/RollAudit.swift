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

        solvency roll audit roll --range 0-4095 \\
          --snapshot snapshot.json --key auditor.key -o part-0.json
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
    let signer = try signing.unlocked(as: .auditor)
    let folder = RollFolder(path: path)
    let header = try folder.readHeader()
    let documents = try documents.load(header, at: folder.header)
    let range = range?.range ?? 0...header.accountCount
    guard range.upperBound <= header.accountCount else {
      throw ToolFailure(.refused, "--range", "the roll has the entries 0 to \(header.accountCount)")
    }
    let audit = try Self.audit(folder, documents, range)
    let signed = try signer.sign(audit)
    guard range == 0...header.accountCount else {
      return Report(
        text: """
          entries \(range.lowerBound) to \(range.upperBound) of \(header.origin)
          \(RollTexts.lines(audit, documents).joined(separator: "\n"))
            signed     \(signing.path)
          """,
        data: ["file": .string(signing.path), "audit": signed.json], isPositive: audit.findingCount == 0)
    }
    return try RollTexts.verdict(
      audit, documents, folder, trust, logged, html: html, file: signing.path, by: [signed.signer])
  }

  static func audit(
    _ folder: RollFolder, _ documents: RollDocuments, _ range: ClosedRange<UInt64>
  ) throws(ToolFailure) -> PartialAudit {
    var auditor = RollAuditor(documents, from: range.lowerBound)
    if range.lowerBound == 0 { auditor.add(documents.header.entry, evidence: nil) }
    var entries = try EntryReader(folder.entries)
    var evidence = LineReader(try InputFile.open(folder.evidence, limit: nil), limit: ProofEnvelope.byteLimit)
    var index: UInt64 = 0
    while index < range.upperBound {
      guard let entry = try entries.next() else {
        throw ToolFailure(
          .malformedInput, folder.entries,
          "has \(index) accounts, and the header states \(documents.header.accountCount)")
      }
      index += 1
      var line: [UInt8]?
      if case .bytes(let bytes)? = try evidence.next(), !bytes.isEmpty { line = bytes }
      guard index >= range.lowerBound else {
        auditor.pass(entry, evidence: line)
        continue
      }
      auditor.add(entry, evidence: line)
      if index.isMultiple(of: 256) {
        Console.progress(
          "auditing", Int(index - range.lowerBound), of: Int(range.upperBound - range.lowerBound) + 1)
      }
    }
    if index == documents.header.accountCount, try entries.next() != nil {
      throw ToolFailure(
        .malformedInput, folder.entries, "has more than the \(index) accounts that the header states")
    }
    return auditor.finish()
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
          --roll roll --snapshot snapshot.json \\
          --log-key log.key.pub --key auditor.key -o audit.json
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
    _ = try signer.sign(merged)
    return try RollTexts.verdict(
      merged, documents, folder, trust, logged, html: html, file: signing.path, by: signers)
  }
}
