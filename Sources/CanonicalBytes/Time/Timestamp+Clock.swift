#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

extension Timestamp {
  /// This machine's clock.
  public static var now: Timestamp {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(seconds: UInt64(max(0, now.tv_sec)))
  }

  /// "2026-02-05T21:29:37Z", or the number of seconds beyond the year 9999.
  public var text: String {
    guard seconds <= UTCTime.range.upperBound else { return description }
    return UTCTime.text(Int64(seconds))
  }
}
