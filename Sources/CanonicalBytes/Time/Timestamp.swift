/// A moment, in whole seconds of Unix time.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Seconds since 1970-01-01 00:00 UTC, leap seconds not counted.
  public let seconds: UInt64

  /// The moment this many seconds after the start of Unix time.
  public init(seconds: UInt64) { self.seconds = seconds }

  /// Whether the first moment is the earlier.
  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.seconds < b.seconds }

  /// The moment `seconds` later, or the last there is.
  public func advanced(by seconds: UInt64) -> Timestamp {
    let (sum, overflow) = self.seconds.addingReportingOverflow(seconds)
    return Timestamp(seconds: overflow ? .max : sum)
  }

  /// The seconds in decimal.
  public var description: String { seconds.description }
}
