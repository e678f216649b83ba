internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import MarketData
internal import RiskEngine
internal import Solvency

/// `solvency snapshot build`
struct SnapshotBuildCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Compute a risk snapshot from a market.",
    discussion: """
      Writes the snapshot, beside it the record that `snapshot verify` computes it again from, and what \
      the engine remembers for the next one, which --after continues.

        solvency snapshot build --market Examples/market -o snapshot.json
        solvency snapshot build --market Examples/market --at 2026-02-28T12:00:00Z -o first.json
        solvency snapshot build --market Examples/market --after first.json -o second.json
      """)

  @OptionGroup var market: MarketOptions

  @Option(
    help: ArgumentHelp(
      "The instant: RFC 3339, or seconds since 1970. By default the last one that the market knows.",
      valueName: "time"))
  var at: Moment?

  @Option(help: "The snapshot before this one.", completion: .file(extensions: ["json"]))
  var after: String?

  @Option(
    help: ArgumentHelp(
      "The public randomness of the instant: 64 hexadecimal digits.", valueName: "hex"))
  var beacon: HexNonce?

  @Option(
    help: ArgumentHelp(
      "Publish only if the beacon draws this venue, the last snapshot is too old, or margin must tighten.",
      valueName: "venue"))
  var ifDue: String?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the snapshot is written.",
    completion: .file(extensions: ["json"]))
  var path: String

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard ifDue == nil || (after != nil && beacon != nil) else {
      throw ValidationError("--if-due goes with --after and --beacon.")
    }
  }

  func perform() throws -> Report {
    let files = SnapshotFiles(snapshot: path)
    try files.check(replacing: force)
    let configuration = try market.configuration.load()
    let data = try market.market()
    guard let time = at.map({ Int64(clamping: $0.timestamp.seconds) }) ?? data.latest?.time else {
      throw ToolFailure(.malformedInput, market.directory, "the market has no data at all")
    }
    let engine = try market.engine(data, configuration, tracing: .none)
    let before = try after.map { path in
      (snapshot: try Documents.snapshot(path), state: try SnapshotFiles(snapshot: path).readState())
    }
    let state = before?.state ?? .initial
    let beacon = beacon.map { Digest($0.nonce.value) } ?? .zero
    let previous = before?.snapshot.digest ?? .zero
    let publication = try ToolFailure.wrapping(market.directory) {
      do throws(PublicationError) {
        return try engine.publish(at: time, state: state, previous: previous, beacon: beacon)
      } catch {
        if case .timeRunsBackwards = error { throw error }
        guard let after, let before else { throw error }
        let good = try SnapshotFiles(snapshot: after).readRecord().lastGood ?? before.snapshot
        Console.note("solvency: note: the engine fails, so margins are the last good ones, wider: \(error)")
        return try engine.fallback(
          for: good, at: time, state: state, previous: previous, beacon: beacon, because: error)
      }
    }
    if let ifDue, let before,
      !isDue(publication.snapshot, after: before.snapshot, configuration, beacon, ifDue)
    {
      return Report(
        text: "not due: epoch \(before.snapshot.epoch) stays in force", data: ["published": false])
    }
    let record = PublicationRecord(of: publication, configuration: configuration, state: state)
    try files.write(publication, record, replacing: force)
    return report(publication)
  }

  /// Whether the drawn interval is over, or margin must tighten at once.
  private func isDue(
    _ snapshot: RiskSnapshot, after before: RiskSnapshot, _ configuration: EngineConfiguration,
    _ beacon: Digest, _ venue: String
  ) -> Bool {
    let isEmergency =
      snapshot.haltLevel > before.haltLevel
      || (snapshot.regime == .extreme && before.regime != .extreme)
    return RandomInterval(configuration).due(
      beacon: beacon, id: Array(venue.utf8), age: snapshot.validFrom - before.validFrom,
      isEmergency: isEmergency) != nil
  }

  private func report(_ publication: Publication) -> Report {
    let snapshot = publication.snapshot
    let exceptions = publication.terms.exceptions
    let breaches = SnapshotGovernance.breaches(of: snapshot)
    let from = Timestamp(seconds: UInt64(clamping: snapshot.validFrom)).text
    let to = Timestamp(seconds: UInt64(clamping: snapshot.validTo)).text
    return Report(
      text: """
        epoch \(snapshot.epoch): \(snapshot.instruments.count) instruments, \
        \(snapshot.collateral.count) assets, \(snapshot.regime.rawValue), halt level \(snapshot.haltLevel)
          digest  \(snapshot.digest)
          valid   from \(from) until \(to)
          file    \(path)
        """ + exceptions.map { "\n  \($0.reason.text)  \($0.id)" }.joined()
          + (publication.lastGood == nil ? "" : "\n  fallback: the last good margins, wider")
          + breaches.map { "\n  outside governance: \($0)" }.joined(),
      data: [
        "published": true, "file": .string(path), "digest": .string(snapshot.digest.description),
        "epoch": .integer(snapshot.epoch), "regime": .string(snapshot.regime.rawValue),
        "haltLevel": .integer(snapshot.haltLevel), "fallback": .bool(publication.lastGood != nil),
        "exceptions": .array(
          exceptions.map { ["id": .string($0.id), "reason": .string($0.reason.rawValue)] }),
        "breaches": .array(breaches.map { .string("\($0)") }),
      ], isPositive: breaches.isEmpty)
  }
}

extension InstrumentException.Reason {
  /// What became of the instrument.
  fileprivate var text: String {
    switch self {
    case .expired: "expired, left out  "
    case .boundsOnly: "at its bounds, closing only  "
    }
  }
}
