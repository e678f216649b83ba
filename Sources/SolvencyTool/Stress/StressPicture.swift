internal import CommandSupport

/// Pictures of a stress run, each one element of Scalable Vector Graphics inside a page.
enum StressPicture {
  private static let (width, left, right, top, bottom) = (1_000.0, 84.0, 120.0, 34.0, 34.0)
  /// Colours are those of the page, so that pictures are readable in light and dark; lines differ in their
  /// strokes as well.
  private static let colours = (0..<6).map { "var(--s\($0))" }
  private static let dashes = ["", "7 3", "2 3", "9 3 2 3", "4 4", "1 2"]

  /// A named series over hours.
  struct Series {
    var name: String
    var values: [Double]
  }

  /// Lines over the hours of a scenario, with stretches of halted trading shaded.
  static func lines(
    _ title: String, _ series: [Series], hours: [Double], halts: [Bool] = [], height: Double = 220,
    unit: String = ""
  ) -> String {
    let values = series.flatMap(\.values).filter(\.isFinite)
    guard let last = hours.last, last > 0, let low = values.min(), let high = values.max() else { return "" }
    let span = max(high - low, max(high.magnitude, 1e-9) * 1e-6)
    let plot = height - top - bottom
    func x(_ hour: Double) -> Double { left + (width - left - right) * hour / last }
    func y(_ value: Double) -> Double { top + plot * (1 - (value - low) / span) }
    var parts: [String] = []
    var start: Int?
    for (index, isHalted) in (halts + [false]).enumerated() {
      if isHalted {
        start = start ?? index
      } else if let from = start {
        let a = x(from > 0 ? hours[from - 1] : 0)
        parts.append(rectangle(a, top, x(hours[min(index, hours.count - 1)]) - a, plot, "var(--halt)"))
        start = nil
      }
    }
    // One line where all values are the same.
    let marks = high > low ? [low, low + span / 2, high] : [low]
    for value in marks {
      let text = number(value)
      parts.append(segment(left, y(value), width - right, y(value)))
      parts.append(label(text + unit, left - 6, y(value) + 4, anchor: "end"))
    }
    for (index, one) in series.enumerated() {
      let colour = colours[index % colours.count]
      var path = ""
      for (hour, value) in zip(hours, one.values) where value.isFinite {
        path += "\(path.isEmpty ? "M" : "L")\(point(x(hour))) \(point(y(value)))"
      }
      let dash = dashes[index % dashes.count]
      let stroke =
        "fill=\"none\" style=\"stroke:\(colour)\" stroke-width=\"1.8\" stroke-dasharray=\"\(dash)\""
      parts.append("<path d=\"\(path)\" \(stroke)/>")
      let y = top + 15 * Double(index) + 10
      parts.append(
        "<path d=\"M\(point(width - right + 4)) \(point(y - 4))h20\" \(stroke)/>")
      parts.append(label(one.name, width - right + 28, y, colour: colour))
    }
    for tick in 0...6 {
      let hour = last * Double(tick) / 6
      parts.append(label("\(number(hour)) h", x(hour), height - 12, anchor: "middle"))
    }
    return document(title, parts, height)
  }

  /// A heat map: rows over columns, darker where there is more.
  static func heat(
    _ title: String, rows: [[Double]], rowNames: [String], columnNames: [String], mark: Int? = nil
  ) -> String {
    let most = rows.joined().max() ?? 0
    guard most > 0, let count = rows.first?.count, count > 0 else { return "" }
    let cell = 18.0
    let height = top + cell * Double(rows.count) + bottom + 16
    let wide = (width - left - right) / Double(count)
    var parts: [String] = []
    for (r, row) in rows.enumerated() {
      for (c, value) in row.enumerated() where value > 0 {
        // Half of the scale for a tenth of the greatest, so that small amounts are seen.
        let share = (value / most).squareRoot()
        parts.append(
          rectangle(
            left + wide * Double(c), top + cell * Double(r), wide + 0.5, cell, "var(--heat)", opacity: share))
      }
      parts.append(label(rowNames[r], left - 6, top + cell * Double(r) + 13, anchor: "end"))
    }
    let shown = max(1, count / 10)
    for c in stride(from: 0, to: count, by: shown) {
      parts.append(label(columnNames[c], left + wide * Double(c), top + cell * Double(rows.count) + 16))
    }
    if let mark {
      let x = left + wide * Double(mark)
      parts.append(
        "<line x1=\"\(point(x))\" y1=\"\(point(top))\" x2=\"\(point(x))\" y2=\"\(point(top + cell * Double(rows.count)))\" style=\"stroke:var(--mark)\" stroke-width=\"2\"/>"
      )
    }
    return document(title, parts, height)
  }

  /// Bars side by side, each with its value.
  static func bars(_ title: String, _ items: [(name: String, value: Double)], unit: String) -> String {
    let most = items.map(\.value).max() ?? 0
    let row = 24.0
    let height = top + row * Double(items.count) + 10
    var parts: [String] = []
    for (index, item) in items.enumerated() {
      let y = top + row * Double(index)
      let size = most > 0 ? (width - 320 - right) * max(0, item.value) / most : 0
      parts.append(label(item.name, 250, y + 15, anchor: "end"))
      parts.append(
        rectangle(260, y + 2, max(size, item.value > 0 ? 1 : 0), row - 6, colours[index % colours.count]))
      parts.append(label(money(item.value) + unit, 266 + size, y + 15))
    }
    return document(title, parts, height)
  }

  /// The range of a quantity over seeds: all of them, the middle half, and the median.
  static func fan(_ title: String, _ paths: [[Double]], hours: [Double]) -> String {
    let steps = paths.map(\.count).min() ?? 0
    guard steps > 1, !paths.isEmpty else { return "" }
    func quantile(_ share: Double, _ step: Int) -> Double {
      let sorted = paths.map { $0[step] }.sorted()
      return sorted[Int((share * Double(sorted.count - 1)).rounded())]
    }
    return lines(
      title,
      [("least", 0.0), ("quarter", 0.25), ("median", 0.5), ("three quarters", 0.75), ("most", 1.0)].map {
        name, share in
        Series(name: name, values: (0..<steps).map { quantile(share, $0) })
      }, hours: Array(hours.prefix(steps)))
  }

  // MARK: Elements

  private static func document(_ title: String, _ parts: [String], _ height: Double) -> String {
    """
    <figure><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(point(width)) \(point(height))" font-family="sans-serif" \
    role="img">
    <title>\(escaped(title))</title>
    <text x="\(point(left))" y="18" font-size="14" font-weight="bold" style="fill:var(--ink)">\(escaped(title))</text>
    \(parts.joined(separator: "\n"))
    </svg></figure>

    """
  }

  private static func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ fill: String, opacity: Double = 1
  ) -> String {
    let shade = opacity < 1 ? ";fill-opacity:\(opacity.formatted(decimals: 3))" : ""
    return
      "<rect x=\"\(point(x))\" y=\"\(point(y))\" width=\"\(point(width))\" height=\"\(point(height))\" style=\"fill:\(fill)\(shade)\"/>"
  }

  private static func segment(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line x1=\"\(point(x1))\" y1=\"\(point(y1))\" x2=\"\(point(x2))\" y2=\"\(point(y2))\" style=\"stroke:var(--rule)\"/>"
  }

  private static func label(
    _ text: String, _ x: Double, _ y: Double, anchor: String = "start", colour: String = "var(--ink)"
  ) -> String {
    "<text x=\"\(point(x))\" y=\"\(point(y))\" font-size=\"11\" text-anchor=\"\(anchor)\" style=\"fill:\(colour)\">\(escaped(text))</text>"
  }

  private static func point(_ value: Double) -> String { value.formatted(decimals: 1) }

  /// A number with as many decimals as its size needs.
  static func number(_ value: Double) -> String {
    let size = value.magnitude
    if size >= 1_000 { return money(value) }
    return value.formatted(decimals: size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size == 0 ? 2 : 4)
  }

  /// USD in thousands, millions or billions.
  static func money(_ value: Double) -> String {
    guard value.isFinite else { return "∞" }
    let size = value.magnitude
    if size >= 1e9 { return (value / 1e9).formatted(decimals: 2) + " bn" }
    if size >= 1e6 { return (value / 1e6).formatted(decimals: 2) + " m" }
    if size >= 1e3 { return (value / 1e3).formatted(decimals: 1) + " k" }
    return value.formatted(decimals: size == 0 ? 0 : 2)
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
