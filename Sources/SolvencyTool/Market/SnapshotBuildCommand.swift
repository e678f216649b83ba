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
        solvency snapshot build --market Examples/market --at 2026-02-28T12:00:00Z \\
          -o first.json
        solvency snapshot build --market Examples/market --after first.json \\
          -o second.json
        solvency snapshot build --market Examples/market --strict warning \\
          -o snapshot.json
      """)

  @OptionGroup var market: MarketOptions

  @Option(
    help: ArgumentHelp(
      "The instant: as 2026-02-05T21:29:37Z, or seconds since 1970. By default that of the newest thing that happened.",
      valueName: "time"))
  var at: Moment?

  @OptionGroup var present: PresentOptions

  @Option(
    help: ArgumentHelp(
      "Refuse to publish on any finding of this level in the data: note, warning or severe.",
      valueName: "level"))
  var strict: FindingLevel?

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

  @Option(
    help: ArgumentHelp(
      "How long before a configuration other than that of --after was announced.", valueName: "seconds"))
  var notice: Int64 = 0

  @Flag(help: "Another configuration is an emergency brake: no notice, any step, but only tighter.")
  var emergency = false

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
    let time = try present.instant(at, of: data, in: market.directory)
    let quality = MarketReport(data, at: time, configuration: configuration)
    quality.note()
    if let strict, quality.has(strict) {
      return Report(
        text:
          "\(market.directory): not published, since there are findings of level \(strict.rawValue) or worse",
        data: ["published": false, "quality": quality.json], isPositive: false)
    }
    try checkSuccession(of: configuration)
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
    var breaches = SnapshotGovernance.breaches(of: publication.snapshot, under: configuration)
    if let before {
      breaches += SnapshotGovernance.breaches(
        of: publication.snapshot, after: before.snapshot, under: configuration)
    }
    if let breach = breaches.first {
      throw ToolFailure(.refused, path, "governance forbids this snapshot, nothing is written: \(breach)")
    }
    let record = PublicationRecord(
      of: publication, configuration: configuration, state: state, quality: quality)
    try files.write(publication, record, replacing: force)
    return report(publication, quality)
  }

  /// Refuses a configuration that governance does not let follow that of the snapshot before.
  private func checkSuccession(of configuration: EngineConfiguration) throws(ToolFailure) {
    guard let after else { return }
    let old = try SnapshotFiles(snapshot: after).readRecord().configuration
    let violations = Governance.violations(
      from: old, to: configuration, by: emergency ? .emergencyBrake : .announced(secondsBefore: notice))
    guard let first = violations.first else { return }
    let others = violations.count > 1 ? " (and \(violations.count - 1) more)" : ""
    throw ToolFailure(
      .refused, market.configuration.path ?? "--config",
      "governance forbids this configuration after that of \(after): \(first)\(others); announce it with --notice, take "
        + "smaller steps, or --emergency if it only tightens")
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

  private func report(_ publication: Publication, _ quality: MarketReport) -> Report {
    let snapshot = publication.snapshot
    let exceptions = publication.terms.exceptions
    // The halt level is of the venue's middle; what is closed by itself is named.
    let closed = snapshot.instruments.filter { !$0.flags.openLong && !$0.flags.openShort }.map(\.id)
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
          + closed.map { "\n  closed, reducing only  \($0)" }.joined()
          + (publication.lastGood == nil ? "" : "\n  fallback: the last good margins, wider"),
      data: [
        "published": true, "file": .string(path), "digest": .string(snapshot.digest.description),
        "epoch": .integer(snapshot.epoch), "regime": .string(snapshot.regime.rawValue),
        "haltLevel": .integer(snapshot.haltLevel), "fallback": .bool(publication.lastGood != nil),
        "exceptions": .array(
          exceptions.map { ["id": .string($0.id), "reason": .string($0.reason.rawValue)] }),
        "closed": .array(closed.map { .string($0) }), "quality": quality.json,
      ])
  }
}

extension PublicationException.Reason {
  /// What became of the instrument.
  fileprivate var text: String {
    switch self {
    case .expired: "expired, left out  "
    case .boundsOnly: "at its bounds, closing only  "
    case .stale: "too old, does not count  "
    case .missing: "not known, does not count  "
    case .contradictory: "contradicts the others, does not count  "
    case .lotTooSmall: "lot too small, closing only  "
    }
  }
}
