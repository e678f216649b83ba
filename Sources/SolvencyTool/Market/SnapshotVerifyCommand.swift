internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import MarketData
internal import RiskEngine
internal import Solvency

/// `solvency snapshot verify`
struct SnapshotVerifyCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compute a snapshot again from its recorded inputs; it must have the same bytes.",
    discussion: """
      Exits 0 only if market data and configuration give exactly this snapshot, and its numbers are \
      within governance. The market may have grown since.

        solvency snapshot verify snapshot.json --market Examples/market
      """)

  @Argument(help: "The snapshot; its record is read beside it.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: "The record, if it is elsewhere.", completion: .file())
  var record: String?

  @Option(
    name: .customLong("market"), help: "The directory of the market.", completion: .directory)
  var directory: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let snapshot = try Documents.snapshot(file)
    let files = SnapshotFiles(snapshot: file, record: record)
    let record = try files.readRecord()
    let market = try MarketOptions.load(directory)
    let result = record.reexecute(market, published: snapshot)
    let breaches = SnapshotGovernance.breaches(of: snapshot, under: record.configuration)
    guard result == .identical, breaches.isEmpty else {
      let text =
        result == .identical
        ? "outside governance: \(breaches[0])" : "not reproduced: \(result.explanation)"
      return Report(
        text: "\(file): \(text)", data: ["identical": false, "reason": .string(text)],
        isPositive: false)
    }
    return Report(
      text: """
        \(file): the same \(RiskSnapshot.canonicalBytes(of: snapshot.draft).count) bytes
          digest  \(snapshot.digest)
          inputs  \(record.inputs.count), root \(snapshot.inputRoot)
        """ + (record.lastGood == nil ? "" : "\n  fallback: the engine fails on these inputs"),
      data: [
        "identical": true, "digest": .string(snapshot.digest.description),
        "inputs": .integer(record.inputs.count), "fallback": .bool(record.lastGood != nil),
      ])
  }
}

extension Reexecution {
  /// What is not the same.
  fileprivate var explanation: String {
    switch self {
    case .identical: "it is identical"
    case .inputDiffers(let name): "the input \(name) is not what it was when the snapshot was published"
    case .fieldDiffers(let path, let published, let computed):
      "\(path) is \(published) in the snapshot and \(computed) when computed again"
    case .termsDiffer(let member):
      "the record's \(member) beside the snapshot are not what they are when computed again"
    case .otherSnapshot: "the record is of another snapshot"
    case .fails(let error): "the engine fails on these inputs: \(error)"
    case .doesNotFail: "it is a fallback, and the engine does not fail on its inputs"
    }
  }
}
