internal import CommandSupport

/// Points against two quantities, in panels beside each other, as a figure inside a page.
struct ScatterChart {
  /// A point and what it stands for.
  struct Point {
    var x: Double
    var y: Double
    var mark: Mark
    /// Shown where the pointer rests.
    var note: String
  }

  /// How a point is drawn; later ones over earlier ones.
  enum Mark: Int, CaseIterable {
    case other
    case efficient
    case before
    case chosen

    var name: String {
      switch self {
      case .other: "others"
      case .efficient: "dominated by none"
      case .before: "the configuration before"
      case .chosen: "chosen"
      }
    }

    fileprivate var colour: String {
      switch self {
      case .other: "#d0d7de"
      case .efficient: "#0969da"
      case .before: "#bc4c00"
      case .chosen: "#cf222e"
      }
    }

    fileprivate var radius: Double { self == .other ? 3 : self == .efficient ? 4 : 6 }
  }

  /// One panel.
  struct Panel {
    var title: String
    var x: String
    var y: String
    var points: [Point]
  }

  var title: String
  var panels: [Panel]

  private static let (width, height, left, top, gap) = (380.0, 300.0, 64.0, 64.0, 90.0)
  private static let ink = "#24292f"

  /// The figure in Scalable Vector Graphics 1.1.
  var text: String {
    let whole = Self.left + Double(panels.count) * (Self.width + Self.gap)
    let bottom = Self.top + Self.height
    var parts = [Self.label(title, x: Self.left, y: 24, size: 17, weight: "bold")]
    for (place, panel) in panels.enumerated() {
      parts += Self.drawn(panel, left: Self.left + Double(place) * (Self.width + Self.gap))
    }
    var x = Self.left
    for mark in Mark.allCases {
      parts.append(Self.circle(x, bottom + 60, mark, note: mark.name))
      parts.append(Self.label(mark.name, x: x + 12, y: bottom + 64, size: 11))
      x += Double(mark.name.count) * 6.4 + 44
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.number(whole))" height="\(Self.number(bottom + 80))" \
      viewBox="0 0 \(Self.number(whole)) \(Self.number(bottom + 80))" font-family="sans-serif">
      <title>\(Self.escaped(title))</title>
      <rect width="100%" height="100%" fill="white"/>
      \(parts.joined(separator: "\n"))
      </svg>

      """
  }

  private static func drawn(_ panel: Panel, left: Double) -> [String] {
    let xs = ValueAxis(fitting: panel.points.map(\.x))
    let ys = ValueAxis(fitting: panel.points.map(\.y))
    func place(_ point: Point) -> (x: Double, y: Double) {
      (left + width * xs.position(point.x), top + height * (1 - ys.position(point.y)))
    }
    var parts = [label(panel.title, x: left, y: top - 10, size: 12, weight: "bold")]
    for tick in xs.ticks {
      let x = left + width * xs.position(tick)
      parts.append(line(x, top + height, x, top + height + 5))
      parts.append(label(xs.label(tick), x: x, y: top + height + 18, size: 11, anchor: "middle"))
    }
    for tick in ys.ticks {
      let y = top + height * (1 - ys.position(tick))
      parts.append(line(left - 5, y, left, y))
      parts.append(label(ys.label(tick), x: left - 8, y: y + 4, size: 11, anchor: "end"))
    }
    parts.append(label(panel.x, x: left + width / 2, y: top + height + 36, size: 12, anchor: "middle"))
    parts.append(label(panel.y, x: left, y: top - 26, size: 11))
    parts.append(
      """
      <rect x="\(number(left))" y="\(number(top))" width="\(number(width))" height="\(number(height))" fill="none" \
      stroke="\(ink)"/>
      """)
    for point in panel.points.sorted(by: { $0.mark.rawValue < $1.mark.rawValue }) {
      let (x, y) = place(point)
      parts.append(circle(x, y, point.mark, note: point.note))
    }
    return parts
  }

  private static func circle(_ x: Double, _ y: Double, _ mark: Mark, note: String) -> String {
    """
    <circle cx="\(number(x))" cy="\(number(y))" r="\(number(mark.radius))" fill="\(mark.colour)">\
    <title>\(escaped(note))</title></circle>
    """
  }

  private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    """
    <line x1="\(number(x1))" y1="\(number(y1))" x2="\(number(x2))" y2="\(number(y2))" stroke="\(ink)"/>
    """
  }

  private static func label(
    _ text: String, x: Double, y: Double, size: Int, anchor: String = "start", weight: String = "normal"
  ) -> String {
    """
    <text x="\(number(x))" y="\(number(y))" font-size="\(size)" text-anchor="\(anchor)" font-weight="\(weight)" \
    fill="\(ink)">\(escaped(text))</text>
    """
  }

  private static func number(_ value: Double) -> String { value.formatted(decimals: 1) }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
