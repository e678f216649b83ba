internal import CanonicalBytes
public import MarginRules

/// The engine stepping through the history of a market, as if it had published at every step.
///
/// What is kept is the engine's state, the last snapshot and the digests of blocks of rows: memory is that of
/// the market and does not grow with the steps, except 32 bytes for 256 rows.
public struct Replay: Sendable {
  /// The engine; without tracing unless the caller asks for it.
  public var engine: SnapshotPublisher
  /// The engine's memory after the last step.
  public private(set) var state: EngineState
  /// The last snapshot.
  public private(set) var snapshot: RiskSnapshot?
  /// The last snapshot that was computed from the market.
  public private(set) var lastGood: RiskSnapshot?
  private var ledger = InputLedger()

  /// A replay from the beginning, or from a recorded state.
  public init(engine: SnapshotPublisher, state: EngineState = .initial) {
    self.engine = engine
    self.state = state
  }

  /// Publishes at an instant, and falls back on the last good snapshot when the engine fails.
  ///
  /// The beacon is SHA-256 of the instant: a replay of history needs no secrecy.
  ///
  /// - Throws: when the engine fails before there was any snapshot.
  @discardableResult
  public mutating func step(to time: Int64) throws(PublicationError) -> Publication {
    let beacon = Digest.sha256(of: Array("solvency/replay/\(time)".utf8))
    let previous = snapshot?.digest ?? .zero
    let publication: Publication
    do throws(PublicationError) {
      publication = try engine.publish(
        at: time, state: state, previous: previous, beacon: beacon, ledger: &ledger)
      lastGood = publication.snapshot
    } catch {
      guard let lastGood else { throw error }
      publication = try engine.fallback(
        for: lastGood, at: time, state: state, previous: previous, beacon: beacon, because: error,
        ledger: &ledger)
    }
    state = publication.state
    snapshot = publication.snapshot
    return publication
  }
}
