/// Pictures as inline SVG, each with a name and a sentence for those who do not see it. Colours come from
/// classes, so that the page's style chooses them for light and dark; what a colour says is written beside it
/// as well.
enum Picture {
  private static let (width, height) = (600.0, 140.0)

  private static func frame(_ name: String, _ sentence: String, _ content: String, height: Double = height)
    -> String
  {
    """
    <svg class="picture" viewBox="0 0 \(number(width)) \(number(height))" role="img" preserveAspectRatio="none" \
    aria-label="\(PageText.escaped(name + ": " + sentence))">\(content)</svg>
    """
  }

  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }

  /// A line through values at even distances.
  static func line(_ name: String, _ sentence: String, _ series: [(values: [Double], style: String)])
    -> String
  {
    let top = max(series.flatMap(\.values).max() ?? 1, 1e-9) * 1.05
    var content = ""
    for (values, style) in series where !values.isEmpty {
      let step = width / Double(max(1, values.count - 1))
      // One value is drawn through, so that it is seen.
      let drawn = values.count == 1 ? [values[0], values[0]] : values
      let points = drawn.enumerated().map { place, value in
        "\(number(min(width, Double(place) * step))),\(number(height - value / top * (height - 8)))"
      }
      content += "<polyline class=\"\(style)\" points=\"\(points.joined(separator: " "))\"/>"
    }
    return frame(name, sentence, content)
  }

  /// Stacked bars at even distances.
  static func bars(_ name: String, _ sentence: String, _ columns: [[Double]], styles: [String], slots: Int)
    -> String
  {
    let top = max(columns.map { $0.reduce(0, +) }.max() ?? 1, 1) * 1.05
    let step = width / Double(max(1, slots))
    var content = ""
    for (place, column) in columns.enumerated() {
      var base = height
      for (value, style) in zip(column, styles) where value > 0 {
        let tall = value / top * (height - 6)
        base -= tall
        let x = number(width - Double(columns.count - place) * step)
        content +=
          "<rect class=\"\(style)\" x=\"\(x)\" y=\"\(number(base))\" width=\"\(number(max(0.6, step - 0.8)))\" height=\"\(number(tall))\"/>"
      }
    }
    return frame(name, sentence, content)
  }

  /// Shares of a whole over time, stacked.
  static func shares(_ name: String, _ sentence: String, _ columns: [[Double]], styles: [String]) -> String {
    guard let first = columns.first else { return frame(name, sentence, "") }
    let drawn = columns.count == 1 ? [first, first] : columns
    let step = width / Double(drawn.count - 1)
    var content = ""
    var lower = [Double](repeating: 0, count: drawn.count)
    for (layer, style) in styles.enumerated() {
      let upper = zip(lower, drawn).map { base, column in
        base + (column.indices.contains(layer) ? column[layer] / max(1, column.reduce(0, +)) : 0)
      }
      guard zip(lower, upper).contains(where: { $1 > $0 }) else { continue }
      func point(_ place: Int, _ value: Double) -> String {
        "\(number(Double(place) * step)),\(number(height - value * height))"
      }
      let points =
        upper.enumerated().map { point($0, $1) } + lower.enumerated().reversed().map { point($0, $1) }
      content += "<polygon class=\"\(style)\" points=\"\(points.joined(separator: " "))\"/>"
      lower = upper
    }
    return frame(name, sentence, content)
  }

  /// One bar that is divided.
  static func divided(_ name: String, _ sentence: String, _ parts: [(value: Int, style: String)]) -> String {
    let total = Double(max(1, parts.reduce(0) { $0 + $1.value }))
    var (content, x) = ("", 0.0)
    for (value, style) in parts where value > 0 {
      let wide = Double(value) / total * width
      content +=
        "<rect class=\"\(style)\" x=\"\(number(x))\" y=\"0\" width=\"\(number(wide))\" height=\"24\"/>"
      x += wide
    }
    return frame(name, sentence, content, height: 24)
  }

  /// A strip of steps, one for each epoch: as tall as its rank.
  static func steps(_ name: String, _ sentence: String, _ steps: [(rank: Int, of: Int, style: String)])
    -> String
  {
    let wide = width / Double(max(1, steps.count))
    var content = ""
    for (place, step) in steps.enumerated() {
      let tall = 60 * Double(step.rank + 1) / Double(max(1, step.of))
      content +=
        "<rect class=\"\(step.style)\" x=\"\(number(Double(place) * wide))\" y=\"\(number(60 - tall))\" width=\"\(number(max(0.6, wide - 0.8)))\" height=\"\(number(tall))\"/>"
    }
    return frame(name, sentence, content, height: 60)
  }
}
