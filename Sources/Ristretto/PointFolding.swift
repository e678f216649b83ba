extension Point {
  /// `aᵢ + γ·bᵢ` for every i, for a public scalar: one round of folding a vector of generators.
  ///
  /// - Parameters:
  ///   - a, b: vectors of the same length (precondition).
  ///   - gamma: γ.
  /// - Complexity: for each element 253 doublings and about 50 additions.
  public static func foldVariableTime(_ a: [Point], _ b: [Point], by gamma: Scalar) -> [Point] {
    precondition(a.count == b.count, "as many points in a as in b")
    // The digits of γ that are not 0, from the highest place down.
    var digits: [(place: Int, digit: Int)] = []
    gamma.nonAdjacentFormVariableTime(width: 5) { place, digit in
      digits.append((place, Int(digit)))
    }
    digits.reverse()
    var table: [CachedPoint] = []
    return zip(a, b).map { a, b in
      table.removeAll(keepingCapacity: true)
      CachedPoint.appendOddMultiples(of: b, to: &table)
      var result = Point.identity
      var previous = digits.first?.place ?? 0
      for (place, digit) in digits {
        result = result.doubled(times: previous - place)
        if digit > 0 {
          result = result.adding(table[digit / 2]).extended
        } else {
          result = result.subtracting(table[-digit / 2]).extended
        }
        previous = place
      }
      return a + result.doubled(times: previous)
    }
  }

  /// `2^count·self`.
  func doubled(times count: Int) -> Point {
    guard count > 0 else { return self }
    var result = ProjectivePoint(self)
    for _ in 1..<count {
      result = result.doubled().projective
    }
    return result.doubled().extended
  }
}
