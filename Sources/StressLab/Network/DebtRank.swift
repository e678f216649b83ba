/// The share of a network's value that the distress of some of its members destroys (mechanism M59).
///
///     h_i(t+1) = min(1, h_i(t) + Σ_j W_ji·h_j(t)),  j in distress for the first time,   W_ji = min(1, exposure_ij/equity_i)
///     R = Σ_i h_i(end)·v_i - Σ_i h_i(begin)·v_i
///
/// Each member passes its distress on once, so that loops do not count twice.
///
/// - SeeAlso: Battiston, Puliga, Kaushik, Tasca, Caldarelli, "DebtRank", Scientific Reports 2012.
public struct DebtRank: Hashable, Sendable {
  /// h: the distress of each member at the end, 0 to 1.
  public let distress: [Double]
  /// R, 0 to 1.
  public let rank: Double

  /// - Parameters:
  ///   - exposures: row i what i loses if each defaults, in USD; not negative.
  ///   - equity: of each, positive.
  ///   - value: v, the share of each in the value of all; nil for its share of what all are exposed by.
  ///   - shock: distress at the begin, 0 to 1.
  /// - Returns: nil for lists of different lengths or numbers outside their range.
  public init?(exposures: [[Double]], equity: [Double], value: [Double]? = nil, shock: [Double]) {
    let n = equity.count
    guard exposures.count == n, shock.count == n, exposures.allSatisfy({ $0.count == n }),
      exposures.joined().allSatisfy({ $0.isFinite && $0 >= 0 }),
      equity.allSatisfy({ $0 > 0 && $0 < .infinity }),
      shock.allSatisfy({ (0...1).contains($0) }),
      value.map({ $0.count == n && $0.allSatisfy { $0 >= 0 } }) ?? true
    else { return nil }
    let columns = (0..<n).map { j in exposures.reduce(0) { $0 + $1[j] } }
    let sum = (value ?? columns).reduce(0, +)
    let v = (value ?? columns).map { sum > 0 ? $0 / sum : 0 }
    enum State {
      case untouched
      case distressed
      case inactive
    }
    var h = shock
    var state = shock.map { $0 > 0 ? State.distressed : .untouched }
    while state.contains(.distressed) {
      var next = h
      for i in 0..<n {
        var added = 0.0
        for j in 0..<n where state[j] == .distressed { added += min(1, exposures[i][j] / equity[i]) * h[j] }
        next[i] = min(1, h[i] + added)
      }
      for i in 0..<n {
        switch state[i] {
        case .distressed: state[i] = .inactive
        case .untouched: if next[i] > 0 { state[i] = .distressed }
        case .inactive: break
        }
      }
      h = next
    }
    distress = h
    rank = zip(h, v).reduce(0) { $0 + $1.0 * $1.1 } - zip(shock, v).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
