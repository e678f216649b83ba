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
      """)

  @Argument(help: "The folder of the roll.", completion: .directory)
  var path: String

  @OptionGroup var documents: RollDocumentOptions

  @Option(
    help: "The log's key, as `solvency keygen --role log` wrote it.", completion: .file(extensions: ["key"]))
  var key: String

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = RollFolder(path: path)
    let header = try folder.readHeader()
    let documents = try documents.load(header, at: folder.header)
    for file in [folder.entries, folder.evidence, folder.totals, folder.checkpoint] {
      try OutputFile.checkFree(file, replacing: force)
    }
    let key = try Documents.signingKey(key, passphrase)
    let signer = try ToolFailure.wrapping(self.key) { try key.noteSigner(origin: header.origin) }
    let totals = try totals(documents, folder)
    var builder = RollBuilder(header)
    var entries: [UInt8] = []
    var counts = [0, 0, 0]
    _ = try OutputFile.stream(to: folder.evidence, access: .everybody, replacing: force) {
      write throws(ToolFailure) in
      try listings(documents, folder) { listing throws(ToolFailure) in
        do throws(RollBuildError) {
          try builder.append(listing.account)
        } catch {
          throw ToolFailure(.malformedInput, folder.openings, "does not fit the header: \(error)")
        }
        entries += listing.account.entry
        counts[Int(listing.account.accountClass.rawValue) - 1] += 1
        try write(listing.evidence + [UInt8(ascii: "\n")])
        Console.progress("proving", counts.reduce(0, +), of: Int(header.accountCount))
      }
    }
    let checkpoint: SignedCheckpoint
    do throws(RollBuildError) {
      checkpoint = try builder.checkpoint(signedBy: signer)
    } catch {
      throw ToolFailure(.malformedInput, folder.openings, "does not fit the header: \(error)")
    }
    try OutputFile.write(entries, to: folder.entries, access: .everybody, replacing: force)
    try OutputFile.write(
      totals.encoded() + [UInt8(ascii: "\n")], to: folder.totals, access: .everybody, replacing: force)
    try OutputFile.write(checkpoint.encoded(), to: folder.checkpoint, access: .everybody, replacing: force)
    return Report(
      text: """
        \(header.origin): \(counts[0]) solvent, \(counts[1]) bounded, \(counts[2]) opened; reserves cover the totals
          root        \(checkpoint.unverified.head.root)
          checkpoint  \(folder.checkpoint)
        """,
      data: .object(
        [
          JSONMember("solvent", .integer(counts[0])), JSONMember("bounded", .integer(counts[1])),
          JSONMember("opened", .integer(counts[2])), JSONMember("vkey", .string(signer.key.description)),
        ] + Report.members(checkpoint.unverified)))
  }

  private func secret(_ number: Int, _ line: [UInt8], _ folder: RollFolder) throws(ToolFailure)
    -> RollFolder.Secret
  {
    try ToolFailure.wrapping("\(folder.openings):\(number)") { try RollFolder.Secret(decoding: line) }
  }

  private func totals(_ documents: RollDocuments, _ folder: RollFolder) throws(ToolFailure) -> ProofEnvelope {
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
    do throws(TotalsProvingError) {
      return try prover.prove()
    } catch {
      throw ToolFailure(.refused, folder.path, error.advice)
    }
  }

  /// Proves window by window on all cores, and hands the listings over in order.
  private func listings(
    _ documents: RollDocuments, _ folder: RollFolder, _ emit: (RollListing) throws(ToolFailure) -> Void
  ) throws(ToolFailure) {
    let prover = RollProver(documents)
    var window: [(number: Int, secret: RollFolder.Secret)] = []
    func flush() throws(ToolFailure) {
      let items = window
      let results = Parallel.map(count: items.count) { index in
        Result { () throws(ToolFailure) -> RollListing in
          let (number, secret) = items[index]
          let place = "\(folder.openings):\(number)"
          let opening = try ToolFailure.wrapping(place) { try OpeningFile.open(plain: secret.opening) }
          do throws(RollListingError) {
            return secret.isOpened
              ? try prover.openedListing(of: opening, salt: secret.salt)
              : try prover.listing(of: opening, salt: secret.salt)
          } catch {
            throw ToolFailure(.refused, "\(place), account \(opening.account)", error.advice)
          }
        }
      }
      for result in results { try emit(try result.get()) }
      window.removeAll(keepingCapacity: true)
    }
    try RollFolder.forEachLine(of: folder.openings, limit: OpeningFile.plainByteLimit * 2) {
      number, line throws(ToolFailure) in
      window.append((number, try secret(number, line, folder)))
      if window.count == 64 { try flush() }
    }
    try flush()
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
