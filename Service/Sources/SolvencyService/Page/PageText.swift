/// Parts that all pages have.
enum PageText {
  /// Text between tags and in attributes.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  /// The beginning of a page, up to its body's own contents.
  static func head(_ title: String, script: Bool) -> String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title))</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css">
    \(script ? "<script src=\"/page.js\" defer></script>" : "")</head>
    <body><a class="skip" href="#main">Skip to the figures</a>

    """
  }

  /// A number in groups of three digits: `1 234 567`, with thin spaces that do not break.
  static func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var groups: [Substring] = []
    var rest = digits[...]
    while rest.count > 3 {
      groups.append(rest.suffix(3))
      rest = rest.dropLast(3)
    }
    groups.append(rest)
    return (number < 0 ? "−" : "") + groups.reversed().joined(separator: "\u{202f}")
  }

  /// Thousandths with one digit after the point: `12.5`.
  static func tenths(ofMilli value: Int64) -> String {
    let tenths = (value + 50) / 100
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Parts of a million as per cent with two digits after the point.
  static func percent(ofPpm value: Int64) -> String {
    let hundredths = (value + 50) / 100
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) %"
  }

  /// A length of time in the two largest units: `3 min 20 s`.
  static func span(_ seconds: UInt64) -> String {
    switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3_600: "\(seconds / 60) min \(seconds % 60) s"
    case ..<86_400: "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
    default: "\(seconds / 86_400) d \(seconds % 86_400 / 3_600) h"
    }
  }
}
