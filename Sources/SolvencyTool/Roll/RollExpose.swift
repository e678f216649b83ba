internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import SolvencyProver
internal import VenueSolvency
internal import VenueSolvencyProver

/// A total on the command line: `cash`, `position/BTC-PERP=0`, `debt/USDC=0..5000`.
struct TotalOption: ExpressibleByArgument {
  let name: String
  let range: ClosedRange<Int64>

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    let bounds = parts[1].split(separator: "..", omittingEmptySubsequences: false).map { Int64($0) }
    guard let first = bounds.first, let lower = first, bounds.count <= 2 else { return nil }
    guard let upper = bounds.count == 2 ? bounds[1] : lower, lower <= upper else { return nil }
    name = String(parts[0])
    range = lower...upper
  }
}

/// `solvency roll expose`
struct RollExpose: Verb {
  static let configuration = CommandConfiguration(
    commandName: "expose",
    abstract: "Make totals over all hidden books public, exactly or in bounds, with a proof.",
    discussion: """
      The sums are of all accounts of the roll. An exact total is NAME=amount, a bound NAME=lowest..highest; position/X=0 shows \
      that nobody holds a contract that nobody owes. Auditors check exposure.json with the roll.

        solvency roll expose roll --snapshot snapshot.json \\
          --total position/BTC-PERP=0 --total cash=0..90000000 \\
          --reserve cash.json --custodian custodian.key.pub
      """)

  @Argument(help: "The folder of the roll.", completion: .directory)
  var path: String

  @Option(help: ArgumentHelp("A total; repeat it for more.", valueName: "name=amount or name=low..high"))
  var total: [TotalOption]

  @OptionGroup var documents: RollDocumentOptions

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard Set(total.map(\.name)).count == total.count else {
      throw ValidationError("A coordinate has one --total.")
    }
  }

  func perform() throws -> Report {
    let folder = RollFolder(path: path)
    let header = try folder.readHeader()
    let documents = try documents.load(header, at: folder.header)
    try OutputFile.checkFree(folder.exposure, replacing: force, isUpdate: true)
    let prover = try RollProve.totalsProver(documents, folder)
    let proved: ProvedExposure
    do throws(ExposureProvingError) {
      proved = try prover.prove(
        exposing: Dictionary(total.map { ($0.name, $0.range) }) { first, _ in first })
    } catch {
      guard case .exposure(.unknownCoordinate(let name)) = error else {
        throw ToolFailure(.refused, "--total", error.advice)
      }
      throw ToolFailure(
        .refused, "--total", "\(error.advice); \(KnownNames(documents.registry.names).advice(on: name))")
    }
    try OutputFile.write(
      proved.json.encoded(.indented), to: folder.exposure, access: .everybody, replacing: force,
      isUpdate: true)
    return Report(
      text: ([folder.exposure] + RollTexts.lines(proved.exposure)).joined(separator: "\n"),
      data: ["file": .string(folder.exposure), "exposure": proved.json])
  }
}

extension ExposureProvingError {
  /// What is wrong and what to do.
  var advice: String {
    switch self {
    case .exposure(let error): error.advice
    case .notSo(let name): "\(name) has another total, or one out of these bounds; nothing was written"
    case .totals(let error): error.advice
    }
  }
}

extension ExposureError {
  /// What is wrong and what to do.
  var advice: String {
    switch self {
    case .nothing: "name a total"
    case .unknownCoordinate(let name):
      "\(KnownNames.shown(name)) is not a coordinate of the registry"
    case .outOfRange(let name): "a bound of \(name) is 2^62 or more"
    case .otherRoll: "is the exposure of another roll, and says nothing of this one"
    case .tooLong: "the registry is too long for one proof"
    case .rejected: "the proof does not hold: these are not the totals of the roll"
    }
  }
}

extension RollTexts {
  /// The totals that are public.
  static func lines(_ exposure: Exposure) -> [String] {
    exposure.totals.sorted { $0.key < $1.key }.map { name, range in
      range.lowerBound == range.upperBound
        ? "  total      \(name) is \(range.lowerBound)"
        : "  total      \(name) is from \(range.lowerBound) to \(range.upperBound)"
    }
  }

  /// What the roll's exposure shows, if it has one: lines, data, and what is wrong with it.
  static func exposure(
    of folder: RollFolder, _ audit: PartialAudit, _ documents: RollDocuments
  ) throws(ToolFailure) -> (lines: [String], data: JSONValue, problem: String?, shown: Exposure?) {
    guard InputFile.exists(folder.exposure) else { return ([], .null, nil, nil) }
    let proved = try Documents.read(folder.exposure, ProvedExposure.fileByteLimit, as: .exposure) {
      try ProvedExposure(decoding: $0, registry: documents.registry)
    }
    do throws(ExposureError) {
      try documents.checkExposure(proved, of: audit.sum)
      return (lines(proved.exposure), proved.json, nil, proved.exposure)
    } catch {
      return ([], .null, "\(folder.exposure): \(error.advice), as of \(documents.header.moment.text)", nil)
    }
  }
}
