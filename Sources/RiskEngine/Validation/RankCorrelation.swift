/// Spearman's correlation: that of ranks, equal numbers sharing theirs.
public enum RankCorrelation {
  /// ρ; nil for fewer than three pairs, or where all of one are equal.
  public static func of(_ a: [Double], _ b: [Double]) -> Double? {
    guard a.count == b.count, a.count > 2 else { return nil }
    let (p, q) = (ranks(a), ranks(b))
    let mean = Double(a.count + 1) / 2
    var (top, left, right) = (0.0, 0.0, 0.0)
    for (x, y) in zip(p, q) {
      top += (x - mean) * (y - mean)
      left += (x - mean) * (x - mean)
      right += (y - mean) * (y - mean)
    }
    guard left > 0, right > 0 else { return nil }
    return top / (left * right).squareRoot()
  }

  /// Ranks from 1, the mean of their places for equal numbers.
  static func ranks(_ numbers: [Double]) -> [Double] {
    let order = numbers.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) }
    var ranks = [Double](repeating: 0, count: numbers.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, numbers[order[end]] == numbers[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2
      for place in start..<end { ranks[order[place]] = rank }
      start = end
    }
    return ranks
  }
}
