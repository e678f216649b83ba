/// How much is open in one instrument at one instant.
public struct OpenInterestPrint: Hashable, Sendable {
  /// The instant, in seconds since 1970 UTC.
  public var time: Int64
  /// What is held long, in USD; not negative.
  public var longUSD: Double
  /// What is held short, in USD. On one perpetual it equals ``longUSD``; where a venue reports accounts or
  /// takers by side, the two differ and their difference measures crowding.
  public var shortUSD: Double
  /// Whether the source says how much of it is on each side; where it does not, both are the whole and no
  /// crowding is known from it.
  public var hasSides: Bool

  /// An observation.
  public init(time: Int64, longUSD: Double, shortUSD: Double, hasSides: Bool = true) {
    self.time = time
    self.longUSD = longUSD
    self.shortUSD = shortUSD
    self.hasSides = hasSides
  }
}
