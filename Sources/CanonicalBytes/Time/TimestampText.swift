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
