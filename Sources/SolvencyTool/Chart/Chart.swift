/// Quantities over time, in panels one above the other that share the axis of time.
struct Chart {
  /// What the chart shows.
  var title: String
  /// Where the numbers come from.
  var subtitle: String
  /// The first and the last instant, in seconds since 1970.
  var times: ClosedRange<Int64>
  /// From top to bottom.
  var panels: [Panel]
  /// Stretches of time that are shaded in every panel, later ones over earlier ones.
  var bands: [Band]

  /// One panel: up to two axes of values.
  struct Panel {
    var title: String
    /// Height in pixels.
    var height: Double
    var lines: [Line]
  }

  /// One quantity.
  struct Line {
    /// How the value moves between two points.
    enum Shape {
      /// In a straight line.
      case straight
      /// Not at all, until the next point.
      case step
      /// Each point is a mark of its own.
      case marks
    }

    /// Which axis the values are read on.
    enum Axis {
      case left
      case right
    }

    var name: String
    var colour: String
    var shape = Shape.straight
    var axis = Axis.left
    /// In order of time.
    var points: [Point]
  }

  /// A value at an instant.
  struct Point: Hashable {
    var time: Int64
    var value: Double
  }

  /// A stretch of time with a meaning.
  struct Band {
    var name: String
    var colour: String
    var times: Range<Int64>
  }
}

extension Chart.Line {
  /// The line with at most a few points for each of the columns: the first, lowest, highest and last
  /// value in every column, so that no extreme is lost.
  func thinned(to columns: Int, over times: ClosedRange<Int64>) -> [Chart.Point] {
    let shown = points.filter { times.contains($0.time) && $0.value.isFinite }
    guard shown.count > 4 * columns else { return shown }
    let span = Double(times.upperBound - times.lowerBound)
    var kept: [Chart.Point] = []
    var start = shown.startIndex
    while start < shown.endIndex {
      func column(_ point: Chart.Point) -> Int {
        Int(Double(point.time - times.lowerBound) / span * Double(columns))
      }
      let here = column(shown[start])
      let end = shown[start...].firstIndex { column($0) != here } ?? shown.endIndex
      let part = shown[start..<end]
      let extremes = [
        part.first, part.min { $0.value < $1.value }, part.max { $0.value < $1.value }, part.last,
      ].compactMap(\.self).sorted { $0.time < $1.time }
      for point in extremes where point != kept.last { kept.append(point) }
      start = end
    }
    return kept
  }
}
