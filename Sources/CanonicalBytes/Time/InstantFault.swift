/// Why a text is no instant in the form that documents have, `2026-02-05T21:29:37Z`.
public enum InstantFault: Hashable, Sendable {
  /// A day without a time of day.
  case dayAlone
  /// The day is not in the calendar from 1970 to 9999.
  case noSuchDay
  /// The time of day has an hour after 23, or a minute or second after 59.
  case noSuchTime
  /// The day and the time of day are followed by something else than `Z`.
  case notUTC
  /// A count of seconds that is before 1970 or after 9999; after, it likely counts milliseconds.
  case outOfRange
  /// Something else.
  case otherForm

  /// What is wrong with a text that ``UTCTime/seconds(_:)`` does not read.
  init(of text: String) {
    let bytes = Array(text.utf8)
    let dayLength = 10
    let hasDay = UTCTime.hasForm(bytes.prefix(dayLength), of: "0000-00-00")
    let hasTime = UTCTime.hasForm(bytes.dropFirst(dayLength).prefix(9), of: "T00:00:00")
    let isDay =
      UTCTime.seconds(String(decoding: bytes.prefix(dayLength), as: UTF8.self) + "T00:00:00Z") != nil
    let isTime =
      UTCTime.seconds(
        "1970-01-01" + String(decoding: bytes.dropFirst(dayLength).prefix(9), as: UTF8.self) + "Z")
      != nil
    self =
      switch (hasDay, hasTime) {
      case (true, _) where !isDay: .noSuchDay
      case (true, false) where bytes.count == dayLength: .dayAlone
      case (true, true) where !isTime: .noSuchTime
      case (true, true): .notUTC
      default: .otherForm
      }
  }
}

extension InstantFault: CustomStringConvertible {
  /// What is wrong and what to write.
  public var description: String {
    let fault =
      switch self {
      case .dayAlone: "is a day without a time"
      case .noSuchDay: "names a day that is not in the calendar from 1970 to 9999"
      case .noSuchTime: "names a time that no day has"
      case .notUTC: "is not in UTC, which ends in Z and has no fraction of a second"
      case .outOfRange: "counts seconds beyond the years 1970 to 9999, as milliseconds would"
      case .otherForm: "is not an instant"
      }
    return fault + "; write \"2026-02-05T21:29:37Z\", or seconds since 1970"
  }
}

extension JSONNode {
  /// An instant in seconds since 1970: a text in the form of ``UTCTime``, or the seconds as an integer.
  ///
  /// - Throws: ``DocumentProblem/notAnInstant(_:_:)`` for any other text or integer,
  ///   ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value, and
  ///   ``DocumentProblem/notAnInteger(_:)`` for a number that is none.
  public func instant() throws(DocumentError) -> Int64 {
    switch value {
    case .string(let text):
      if let seconds = UTCTime.seconds(text) { return seconds }
      // Seconds in a string, as integers may be written everywhere.
      guard let seconds = try? integer(in: .min ... .max) else {
        throw failure(.notAnInstant(text, InstantFault(of: text)))
      }
      return try within(seconds)
    default: return try within(integer(in: .min ... .max))
    }
  }

  private func within(_ seconds: Int64) throws(DocumentError) -> Int64 {
    guard UTCTime.range.contains(seconds) else { throw failure(.notAnInstant("\(seconds)", .outOfRange)) }
    return seconds
  }
}
