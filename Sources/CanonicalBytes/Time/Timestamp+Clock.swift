#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Timestamp {
  /// This machine's clock.
  public static var now: Timestamp {
    Timestamp(seconds: UInt64(max(0, Date.now.timeIntervalSince1970)))
  }

  /// "2026-02-05T21:29:37Z", or the number of seconds beyond the year 9999.
  public var text: String {
    guard seconds <= UTCTime.range.upperBound else { return description }
    return UTCTime.text(Int64(seconds))
  }
}
