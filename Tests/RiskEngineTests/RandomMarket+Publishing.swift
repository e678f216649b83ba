import CanonicalBytes
import MarketData
import RiskEngine
import TestSupport

extension RandomMarket {
  /// The beacon of a number.
  static func beacon(_ number: Int64) -> Digest {
    .sha256(of: Array("beacon \(number)".utf8))
  }

  func publisher(
    _ configuration: EngineConfiguration = .standard, tracing: Tracing = .none
  ) throws -> SnapshotPublisher {
    try SnapshotPublisher(market: market, configuration: configuration, tracing: tracing)
  }

  /// The first snapshot at the end of the market.
  func first(
    _ configuration: EngineConfiguration = .standard, tracing: Tracing = .none
  ) throws -> Publication {
    try publisher(configuration, tracing: tracing).publish(
      at: end, state: .initial, previous: .zero, beacon: Self.beacon(1))
  }
}
