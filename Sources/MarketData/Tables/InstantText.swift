import CanonicalBytes

/// An instant in text as it is taken apart.
struct InstantText {
  /// The most bytes of an instant.
  static let lengthLimit = 40
  /// The years that digits without separators may begin with when they could be a count as well.
  private static let compactYears = 1980...2099
  private static let hour: Int64 = 3_600

  private var rest: ArraySlice<UInt8>

  init(_ text: ArraySlice<UInt8>) { rest = text }

  mutating func milliseconds(_ order: DateOrder?) -> Int64? {
    let whole = rest
    if let midnight = dayByName() { return timeOfDay(after: midnight, colons: true) }
    guard let (value, count) = digits(most: 19) else { return nil }
    guard let next = rest.first else { return Self.plain(value, count: count, whole) }
    switch next {
    case UInt8(ascii: "."):
      // MetaTrader writes 2026.02.13 08:00, others 13.02.2026 08:00:00.
      if count == 4, Self.isDotted(rest) {
        guard let midnight = date(year: Int(value), separator: next) else { return nil }
        return timeOfDay(after: midnight, colons: true)
      }
      if count <= 2, let midnight = dayFirst(Int(value)) { return timeOfDay(after: midnight, colons: true) }
      rest.removeFirst()
      let decimals = rest
      guard rest.isEmpty || digits(most: 32) != nil else { return nil }
      // A day that a table of numbers wrote as one with decimals: 20260213.0.
      if rest.isEmpty, count == 8, decimals.allSatisfy({ $0 == UInt8(ascii: "0") }),
        let midnight = Self.day(value)
      {
        return midnight * 1_000
      }
      if rest.isEmpty { return Self.count(value, decimals: decimals) }
      return isExponent ? Self.power(whole) : nil
    case UInt8(ascii: "e"), UInt8(ascii: "E"):
      return Self.power(whole)
    case UInt8(ascii: "-"), UInt8(ascii: "/"):
      let midnight =
        count == 4
        ? date(year: Int(value), separator: next)
        : count <= 2 ? date(Int(value), separator: next, order) : nil
      guard let midnight else { return nil }
      return timeOfDay(after: midnight, colons: true)
    case UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " "):
      guard count == 8, let midnight = Self.day(value) else { return nil }
      return timeOfDay(after: midnight, colons: rest.contains(UInt8(ascii: ":")))
    default:
      return nil
    }
  }

  private var isExponent: Bool { rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") }

  // MARK: Counts

  /// Digits alone: a day, a day with a time, or a count.
  private static func plain(_ value: UInt64, count: Int, _ text: ArraySlice<UInt8>) -> Int64? {
    switch count {
    case 8:
      if let midnight = day(value) { return midnight * 1_000 }
    case 12, 14:
      let seconds = count == 14 ? value % 100 : 0
      let minutes = count == 14 ? value / 100 : value
      let date = minutes / 10_000
      if compactYears.contains(Int(date / 10_000)), let midnight = day(date),
        let time = time(Int64(minutes / 100 % 100), Int64(minutes % 100), Int64(seconds))
      {
        return (midnight + time) * 1_000
      }
    default: break
    }
    return Self.milliseconds(ofAnyUnit: value)
  }

  /// Eight digits as a day.
  private static func day(_ value: UInt64) -> Int64? {
    UTCTime.seconds(
      year: Int(value / 10_000), month: Int(value / 100 % 100), day: Int(value % 100))
  }

  /// A count with decimals, of which the first three count where it is seconds.
  private static func count(_ value: UInt64, decimals: ArraySlice<UInt8>) -> Int64? {
    guard let milliseconds = Self.milliseconds(ofAnyUnit: value) else { return nil }
    guard value < 100_000_000_000 else { return milliseconds }
    return milliseconds + thousandths(decimals)
  }

  /// The first three decimals.
  private static func thousandths(_ decimals: ArraySlice<UInt8>) -> Int64 {
    var (value, scale) = (Int64(0), Int64(100))
    for digit in decimals.prefix(3) {
      value += scale * Int64(digit - UInt8(ascii: "0"))
      scale /= 10
    }
    return value
  }

  /// A count with a power of ten, as binary fractions of microseconds and nanoseconds are written, and every
  /// number by numpy: with ten digits no second is lost.
  private static func power(_ text: ArraySlice<UInt8>) -> Int64? {
    let significant = text.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
    let digits = significant.count { $0 != UInt8(ascii: ".") }
    guard digits >= 7, text.count <= lengthLimit, let value = parseDecimal(text),
      value >= (digits >= 10 ? 1e8 : 1e16), value < 1e19
    else { return nil }
    return Self.milliseconds(ofAnyUnit: UInt64(value))
  }

  // MARK: Names of months

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// A day whose month has its English name: `13-Feb-2026`, `13 Feb 2026`, `Feb 13, 2026`, after a weekday or
  /// without. Nil, and nothing passed, for anything else.
  private mutating func dayByName() -> Int64? {
    let whole = rest
    guard
      rest.prefix(6).contains(where: { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") })
    else { return nil }
    if let word = word(), Self.weekdays.contains(where: { word.hasPrefix($0) }) {
      _ = take(UInt8(ascii: ","))
      _ = take(UInt8(ascii: " "))
    } else {
      rest = whole
    }
    func separator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: " ") }
    if let (day, _) = digits(most: 2), let sign = rest.first, separator(sign) {
      rest.removeFirst()
      if let month = month(), take(sign), let (year, count) = digits(most: 4), count == 4,
        let midnight = UTCTime.seconds(year: Int(year), month: month, day: Int(day))
      {
        return midnight
      }
    } else if let month = month(), take(UInt8(ascii: " ")), let (day, _) = digits(most: 2) {
      _ = take(UInt8(ascii: ","))
      if take(UInt8(ascii: " ")), let (year, count) = digits(most: 4), count == 4,
        let midnight = UTCTime.seconds(year: Int(year), month: month, day: Int(day))
      {
        return midnight
      }
    }
    rest = whole
    return nil
  }

  /// The number of a month in three letters or its whole name.
  private mutating func month() -> Int? {
    let names = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
      "november", "december",
    ]
    guard let word = word() else { return nil }
    return (Self.months.firstIndex(of: word) ?? names.firstIndex(of: word)).map { $0 + 1 }
  }

  /// The letters that come next, in lower case.
  private mutating func word() -> String? {
    let letters = rest.prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
    guard letters.count >= 3, letters.count <= 9 else { return nil }
    rest = rest[letters.endIndex...]
    return String(decoding: letters, as: UTF8.self).lowercased()
  }

  // MARK: Dates

  /// What follows a year: a month and a day.
  private mutating func date(year: Int, separator: UInt8) -> Int64? {
    guard take(separator), let month = pair(), take(separator), let day = pair() else { return nil }
    return UTCTime.seconds(year: year, month: Int(month), day: Int(day))
  }

  /// What follows a month or a day that comes first: the other of the two, and a year of four digits.
  private mutating func date(_ first: Int, separator: UInt8, _ order: DateOrder?) -> Int64? {
    guard let order, take(separator), let (second, _) = digits(most: 2), take(separator),
      let (year, count) = digits(most: 4), count == 4
    else { return nil }
    let (month, day) = order == .monthFirst ? (first, Int(second)) : (Int(second), first)
    return UTCTime.seconds(year: Int(year), month: month, day: day)
  }

  /// The two numbers before the year of a day that begins with neither; nil for any other text.
  static func monthAndDay(_ text: ArraySlice<UInt8>) -> (first: Int, second: Int)? {
    var text = InstantText(text)
    guard let (first, count) = text.digits(most: 2), count <= 2, let separator = text.rest.first,
      separator == UInt8(ascii: "/") || separator == UInt8(ascii: "-"), text.take(separator),
      let (second, _) = text.digits(most: 2), text.take(separator), let (_, digits) = text.digits(most: 4),
      digits == 4
    else { return nil }
    return (Int(first), Int(second))
  }

  /// Whether what follows a year is `.MM.DD` and no decimals.
  private static func isDotted(_ rest: ArraySlice<UInt8>) -> Bool {
    let signs = rest.prefix(6)
    return signs.count == 6 && signs[signs.startIndex + 3] == UInt8(ascii: ".")
  }

  /// What follows the day of `13.02.2026`, which is written so in one order only.
  private mutating func dayFirst(_ day: Int) -> Int64? {
    let whole = rest
    if take(UInt8(ascii: ".")), let month = pair(), take(UInt8(ascii: ".")),
      let (year, count) = digits(most: 4),
      count == 4, let midnight = UTCTime.seconds(year: Int(year), month: Int(month), day: day)
    {
      return midnight
    }
    rest = whole
    return nil
  }

  /// A time of day alone, in milliseconds since midnight: `08:00`, `08:00:00.000`, `080000`, `0800`, or an
  /// hour.
  static func clock(_ text: ArraySlice<UInt8>) -> Int64? {
    var text = InstantText(text)
    guard let (value, count) = text.digits(most: 6) else { return nil }
    guard !text.rest.isEmpty else {
      switch count {
      case 1, 2: return time(Int64(value), 0, 0).map { $0 * 1_000 }
      case 3, 4: return time(Int64(value / 100), Int64(value % 100), 0).map { $0 * 1_000 }
      case 5, 6:
        return time(Int64(value / 10_000), Int64(value / 100 % 100), Int64(value % 100)).map { $0 * 1_000 }
      default: return nil
      }
    }
    guard count <= 2, text.take(UInt8(ascii: ":")), let minute = text.pair() else { return nil }
    var (second, fraction) = (Int64(0), Int64(0))
    if text.take(UInt8(ascii: ":")) {
      guard let pair = text.pair() else { return nil }
      second = pair
      if text.take(UInt8(ascii: ".")) {
        let decimals = text.rest
        guard let (_, count) = text.digits(most: 18) else { return nil }
        fraction = thousandths(decimals.prefix(count))
      }
    }
    guard text.rest.isEmpty || text.zone() == 0, let time = time(Int64(value), minute, second) else {
      return nil
    }
    return time * 1_000 + fraction
  }

  /// What follows a day: nothing, or a time of day and perhaps a zone.
  private mutating func timeOfDay(after midnight: Int64, colons: Bool) -> Int64? {
    guard !rest.isEmpty else { return midnight * 1_000 }
    guard take(UInt8(ascii: "T")) || take(UInt8(ascii: "t")) || take(UInt8(ascii: " ")),
      var hour = colons ? digits(most: 2).map({ Int64($0.value) }) : pair()
    else { return nil }
    if take(UInt8(ascii: "-")) { return hourOfTwelve(hour, after: midnight) }
    // An hour alone.
    if colons, rest.isEmpty, let time = Self.time(hour, 0, 0) { return (midnight + time) * 1_000 }
    guard !colons || take(UInt8(ascii: ":")), let minute = pair() else { return nil }
    var (second, fraction) = (Int64(0), Int64(0))
    if colons ? take(UInt8(ascii: ":")) : rest.first.map(Self.isDigit) ?? false {
      guard let pair = pair() else { return nil }
      second = pair
      if take(UInt8(ascii: ".")) || take(UInt8(ascii: ",")) {
        let decimals = rest
        guard let (_, count) = digits(most: 18) else { return nil }
        fraction = Self.thousandths(decimals.prefix(count))
      }
    }
    if let isMorning = takeHalfOfDay() {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (isMorning ? 0 : 12)
    }
    guard let time = Self.time(hour, minute, second), let offset = zone() else { return nil }
    let seconds = midnight + time - offset
    return UTCTime.range.contains(seconds) ? seconds * 1_000 + fraction : nil
  }

  /// ` AM` or ` PM` behind a time of day, in either case; nil, and nothing passed, for anything else.
  private mutating func takeHalfOfDay() -> Bool? {
    let whole = rest
    _ = take(UInt8(ascii: " "))
    let letters = rest.prefix(2).map { $0 | 0x20 }
    guard letters.count == 2, letters[1] == UInt8(ascii: "m"),
      letters[0] == UInt8(ascii: "a") || letters[0] == UInt8(ascii: "p")
    else {
      rest = whole
      return nil
    }
    rest.removeFirst(2)
    return letters[0] == UInt8(ascii: "a")
  }

  /// `09-PM`: twelve in the morning is midnight, twelve in the afternoon noon.
  private mutating func hourOfTwelve(_ hour: Int64, after midnight: Int64) -> Int64? {
    let isMorning = take(UInt8(ascii: "A"))
    guard isMorning || take(UInt8(ascii: "P")), take(UInt8(ascii: "M")), rest.isEmpty,
      (1...12).contains(hour)
    else { return nil }
    return (midnight + Self.hour * (hour % 12 + (isMorning ? 0 : 12))) * 1_000
  }

  /// Seconds since midnight; 24:00:00 is the next midnight.
  private static func time(_ hour: Int64, _ minute: Int64, _ second: Int64) -> Int64? {
    guard hour < 24 || (hour == 24 && minute == 0 && second == 0), minute < 60, second < 60 else {
      return nil
    }
    return Self.hour * hour + 60 * minute + second
  }

  /// How many seconds the zone is ahead of UTC; 0 where none is named.
  private mutating func zone() -> Int64? {
    if rest.first == UInt8(ascii: " ") { rest.removeFirst() }
    guard let first = rest.first else { return 0 }
    if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
      rest.removeFirst()
      guard let hours = pair() else { return nil }
      _ = take(UInt8(ascii: ":"))
      let minutes = rest.isEmpty ? 0 : pair()
      guard let minutes, rest.isEmpty, hours <= 18, minutes < 60 else { return nil }
      return (first == UInt8(ascii: "-") ? -1 : 1) * (Self.hour * hours + 60 * minutes)
    }
    let name = String(decoding: rest, as: UTF8.self)
    return ["Z", "z", "UTC", "GMT"].contains(name) ? 0 : nil
  }

  // MARK: Characters

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// The digits that come next, at least one and at most the given number; their value counts for up to 19
  /// only.
  private mutating func digits(most: Int) -> (value: UInt64, count: Int)? {
    var (value, count) = (UInt64(0), 0)
    while let byte = rest.first, Self.isDigit(byte) {
      guard count < most else { return nil }
      value = value &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
      count += 1
      rest.removeFirst()
    }
    return count > 0 ? (value, count) : nil
  }

  /// Two digits.
  private mutating func pair() -> Int64? {
    guard let tens = rest.first, let ones = rest.dropFirst().first, Self.isDigit(tens), Self.isDigit(ones)
    else { return nil }
    rest.removeFirst(2)
    return 10 * Int64(tens - UInt8(ascii: "0")) + Int64(ones - UInt8(ascii: "0"))
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }
}

extension InstantText {
  /// Milliseconds since 1970 of an instant in text, rounded down; nil for anything else or out of
  /// ``UTCTime/range``.
  ///
  /// | form | examples |
  /// |---|---|
  /// | a count since 1970 of seconds, milliseconds, microseconds or nanoseconds, with decimals or without | `1770969600`, `1770969600000.0`, `1.7709696e+18` |
  /// | a day | `2026-02-13`, `2026/02/13`, `2026.02.13`, `13.02.2026`, `20260213` |
  /// | RFC 3339 and what is written like it | `2026-02-13T08:00:00.000Z`, `2026-02-13 08:00:00+00:00`, `2026-02-13 08:00` |
  /// | its basic form | `20260213T080000Z`, `20260213080000`, `202602130800` |
  /// | an hour of twelve | `2026-02-13 09-PM`, `2026-02-13 09:00 PM` |
  /// | a month by its name | `13-Feb-2026 08:00`, `Feb 13, 2026 08:00 PM`, `Fri, 13 Feb 2026 08:00:00 GMT` |
  /// | month or day first, where the file says which | `2/13/2026`, `13/02/2026 08:00`, `02-13-2026 8:00:00 PM` |
  ///
  /// Without a zone the time is UTC. Eight digits that are a day of the calendar from 1970 on are that day;
  /// twelve and fourteen that are a day of 1980 to 2099 and a time of day are that. A power of ten is read
  /// only with ten digits or more, or from 10¹⁶ on with seven: a spreadsheet's `1.77097E+12` has lost the
  /// hour.
  ///
  /// - Parameter order: which comes first where neither is the year; nil where that is not known, and such
  ///   days are nothing.
  static func milliseconds(of text: ArraySlice<UInt8>, _ order: DateOrder? = nil) -> Int64? {
    var text = InstantText(text)
    return text.milliseconds(order)
  }

  /// Milliseconds of a text of nine to nineteen digits that is a count and nothing else; nil for any other,
  /// which may be an instant still.
  static func milliseconds(ofCount text: Span<UInt8>) -> Int64? {
    let count = text.count
    guard count >= 9, count <= 19, count != 12, count != 14 else { return nil }
    var value: UInt64 = 0
    for i in 0..<count {
      let digit = text[i] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value &* 10 &+ UInt64(digit)
    }
    return milliseconds(ofAnyUnit: value)
  }

  /// The seconds since 1970 of an instant in any form that market data write, rounded down; nil for anything
  /// else.
  ///
  /// - SeeAlso: ``milliseconds(of:)``.
  static func seconds(_ text: some StringProtocol) -> Int64? {
    guard text.utf8.count <= lengthLimit else { return nil }
    return milliseconds(of: Array(text.utf8)[...]).map { $0 / 1_000 }
  }

  /// Milliseconds since 1970 of a number that counts seconds, milliseconds, microseconds or nanoseconds, told
  /// apart by size: 10¹¹ seconds is the year 5138, 10¹¹ milliseconds is 1973, and so on by thousands. Nil
  /// outside ``UTCTime/range``.
  static func milliseconds(ofAnyUnit value: UInt64) -> Int64? {
    let milliseconds =
      switch value {
      case ..<100_000_000_000: value * 1_000
      case ..<100_000_000_000_000: value
      case ..<100_000_000_000_000_000: value / 1_000
      default: value / 1_000_000
      }
    return milliseconds / 1_000 <= UTCTime.range.upperBound ? Int64(milliseconds) : nil
  }
}
