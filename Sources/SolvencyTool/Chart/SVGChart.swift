internal import CommandSupport

/// A chart as a document in Scalable Vector Graphics 1.1, complete in itself.
struct SVGChart {
  private static let width = 1_100.0
  private static let left = 76.0
  private static let right = 76.0
  private static let top = 80.0
  private static let gap = 40.0
  private static let bottom = 64.0
  private static let ink = "#24292f"
  private static let faint = "#d0d7de"

  private let chart: Chart
  private var parts: [String] = []

  /// The text of the document.
  static func text(of chart: Chart) -> String {
    var drawing = SVGChart(chart: chart)
    return drawing.drawn()
  }

  private init(chart: Chart) { self.chart = chart }

  private var plotWidth: Double { Self.width - Self.left - Self.right }

  private mutating func drawn() -> String {
    var y = Self.top
    for panel in chart.panels {
      draw(panel, at: y)
      y += panel.height + Self.gap
    }
    let height = y - Self.gap + Self.bottom
    drawTimes(at: y - Self.gap)
    drawBandNames(at: height - 14)
    label(chart.title, x: Self.left, y: 26, size: 17, weight: "bold")
    label(chart.subtitle, x: Self.left, y: 44, size: 12)
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.number(Self.width))" \
      height="\(Self.number(height))" viewBox="0 0 \(Self.number(Self.width)) \(Self.number(height))" \
      font-family="sans-serif">
      <title>\(Self.escaped(chart.title))</title>
      <rect width="100%" height="100%" fill="white"/>
      \(parts.joined(separator: "\n"))
      </svg>

      """
  }

  // MARK: Panels

  private mutating func draw(_ panel: Chart.Panel, at y: Double) {
    for band in chart.bands { draw(band, at: y, height: panel.height) }
    let drawn = panel.lines.map { line in
      (line, line.thinned(to: Int(plotWidth), over: chart.times))
    }
    for axis in [Chart.Line.Axis.left, .right] {
      let lines = drawn.filter { $0.0.axis == axis }
      guard !lines.isEmpty else { continue }
      let values = ValueAxis(fitting: lines.flatMap { $0.1.map(\.value) })
      draw(values, axis, at: y, height: panel.height)
      for (line, points) in lines { draw(line, points, on: values, at: y, height: panel.height) }
    }
    parts.append(
      """
      <rect x="\(Self.number(Self.left))" y="\(Self.number(y))" width="\(Self.number(plotWidth))" \
      height="\(Self.number(panel.height))" fill="none" stroke="\(Self.ink)"/>
      """)
    drawLegend(panel, at: y - 7)
  }

  private mutating func drawLegend(_ panel: Chart.Panel, at y: Double) {
    label(panel.title, x: Self.left, y: y, size: 12, weight: "bold")
    var x = Self.left + plotWidth
    for line in panel.lines.reversed() {
      let name = line.axis == .right ? "\(line.name) (right)" : line.name
      label(name, x: x, y: y, size: 11, anchor: "end", colour: line.colour)
      x -= Double(name.count) * 6.4 + 18
    }
  }

  private mutating func draw(
    _ values: ValueAxis, _ axis: Chart.Line.Axis, at y: Double, height: Double
  ) {
    for tick in values.ticks {
      let height = y + height * (1 - values.position(tick))
      if axis == .left {
        segment(Self.left, height, Self.left + plotWidth, height, Self.faint)
      }
      let x = axis == .left ? Self.left - 6 : Self.left + plotWidth + 6
      label(
        values.label(tick), x: x, y: height + 4, size: 11, anchor: axis == .left ? "end" : "start")
    }
  }

  private mutating func draw(
    _ line: Chart.Line, _ points: [Chart.Point], on values: ValueAxis, at y: Double, height: Double
  ) {
    if line.shape == .marks {
      for point in points {
        let (px, py) = (x(point.time), y + height * (1 - values.position(point.value)))
        parts.append(
          #"<circle cx="\#(Self.number(px))" cy="\#(Self.number(py))" r="2.6" fill="\#(line.colour)"/>"#)
      }
      return
    }
    var path = ""
    var last = 0.0
    for (index, point) in points.enumerated() {
      let (px, py) = (x(point.time), y + height * (1 - values.position(point.value)))
      switch (index, line.shape) {
      case (0, _): path += "M\(Self.number(px)) \(Self.number(py))"
      case (_, .straight), (_, .marks): path += "L\(Self.number(px)) \(Self.number(py))"
      case (_, .step): path += "L\(Self.number(px)) \(Self.number(last))V\(Self.number(py))"
      }
      last = py
    }
    guard !path.isEmpty else { return }
    parts.append(
      #"<path d="\#(path)" fill="none" stroke="\#(line.colour)" stroke-width="1.4"/>"#)
  }

  // MARK: Time

  private func x(_ time: Int64) -> Double {
    let span = max(1, Double(chart.times.upperBound - chart.times.lowerBound))
    return Self.left + plotWidth * Double(time - chart.times.lowerBound) / span
  }

  private mutating func draw(_ band: Chart.Band, at y: Double, height: Double) {
    let shown = band.times.clamped(to: chart.times.lowerBound..<(chart.times.upperBound + 1))
    guard !shown.isEmpty else { return }
    let (start, end) = (x(shown.lowerBound), x(min(shown.upperBound, chart.times.upperBound)))
    parts.append(
      """
      <rect x="\(Self.number(start))" y="\(Self.number(y))" width="\(Self.number(end - start))" \
      height="\(Self.number(height))" fill="\(band.colour)"/>
      """)
  }

  private mutating func drawTimes(at y: Double) {
    for tick in TimeAxis.ticks(chart.times) {
      segment(x(tick.time), y, x(tick.time), y + 5, Self.ink)
      label(tick.label, x: x(tick.time), y: y + 19, size: 11, anchor: "middle")
    }
  }

  /// Each kind of band once, in order of appearance.
  private mutating func drawBandNames(at y: Double) {
    var x = Self.left
    var named: Set<String> = []
    for band in chart.bands where named.insert(band.name).inserted {
      parts.append(
        """
        <rect x="\(Self.number(x))" y="\(Self.number(y - 10))" width="12" height="12" \
        fill="\(band.colour)" stroke="\(Self.faint)"/>
        """)
      label(band.name, x: x + 17, y: y, size: 11)
      x += Double(band.name.count) * 6.4 + 40
    }
  }

  // MARK: Elements

  private mutating func segment(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String
  ) {
    parts.append(
      """
      <line x1="\(Self.number(x1))" y1="\(Self.number(y1))" x2="\(Self.number(x2))" \
      y2="\(Self.number(y2))" stroke="\(colour)"/>
      """)
  }

  private mutating func label(
    _ text: String, x: Double, y: Double, size: Int, anchor: String = "start",
    weight: String = "normal", colour: String = SVGChart.ink
  ) {
    parts.append(
      """
      <text x="\(Self.number(x))" y="\(Self.number(y))" font-size="\(size)" \
      text-anchor="\(anchor)" font-weight="\(weight)" fill="\(colour)">\(Self.escaped(text))</text>
      """)
  }

  /// A coordinate to a tenth of a pixel.
  private static func number(_ value: Double) -> String { value.formatted(decimals: 1) }

  /// The text with the characters that markup reserves replaced.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}
