#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Times as they are written in files: "2026-02-05T21:29:37Z".
package enum TimestampText {
  /// The seconds since 1970 of a time in UTC, or nil unless it is written in exactly this form.
  package static func seconds(_ text: String) -> Int64? {
    guard let date = try? Date.ISO8601FormatStyle().parse(text),
      let seconds = Int64(exactly: date.timeIntervalSince1970), self.text(seconds) == text
    else { return nil }
    return seconds
  }

  /// The time of a number of seconds since 1970, up to the year 9999.
  package static func text(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
  }
}

extension Timestamp {
  /// This machine's clock.
  public static var now: Timestamp {
    Timestamp(seconds: UInt64(max(0, Date.now.timeIntervalSince1970)))
  }

  /// "2026-02-05T21:29:37Z", or the number of seconds beyond the year 9999.
  public var text: String {
    guard seconds <= 253_402_300_799 else { return description }
    return TimestampText.text(Int64(seconds))
  }
}
