extension Point {
  /// Whether Z is 1 limb by limb, as in every decoded or normalised point.
  private var isNormalized: Bool {
    Z.a0 == 1 && (Z.a1 | Z.a2 | Z.a3 | Z.a4) == 0
  }

  /// The same points with Z = 1.
  ///
  /// - Complexity: 6 multiplications for each point whose Z is not 1 yet, and one inversion if there is any.
  ///   Time depends on how many there are, not on the points otherwise.
  static func normalized(_ points: [Point]) -> [Point] {
    var denominators: [FieldElement] = []
    for point in points where !point.isNormalized {
      denominators.append(point.Z)
    }
    guard !denominators.isEmpty else { return points }
    FieldElement.invert(&denominators)
    var next = 0
    return points.map { point in
      guard !point.isNormalized else { return point }
      let inverse = denominators[next]
      next += 1
      let x = point.X * inverse
      let y = point.Y * inverse
      return Point(X: x, Y: y, Z: .one, T: x * y)
    }
  }
}
