import ExactIntegers
import TestSupport
import Testing

/// The simplex method in exact integers, against all whole points of small boxes.
@Suite("Linear programs")
struct LinearProgramTests {
  /// The largest value of the objective over the whole points that meet the rows.
  private func best(_ uppers: [Int], _ rows: [([Int], Int, Int?)], _ objective: [Int]) -> Int? {
    var points: [[Int]] = [[]]
    for upper in uppers { points = points.flatMap { point in (0...upper).map { point + [$0] } } }
    return points.filter { point in
      rows.allSatisfy { coefficients, constant, upper in
        let value = zip(coefficients, point).reduce(constant) { $0 + $1.0 * $1.1 }
        return value >= 0 && (upper.map { value <= $0 } ?? true)
      }
    }.map { zip(objective, $0).reduce(0) { $0 + $1.0 * $1.1 } }.max()
  }

  @Test(
    "no whole point is better, the vertex meets every row, and what has a whole point is not called empty")
  func random() {
    var random = SplitMix64(seed: 7)
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    var solved = 0
    for _ in 0..<400 {
      let count = draw(1...4)
      let uppers = (0..<count).map { _ in draw(0...5) }
      let rows = (0..<draw(0...4)).map { _ -> ([Int], Int, Int?) in
        ((0..<count).map { _ in draw(-3...3) }, draw(-6...6), [nil, 0, draw(0...6)][draw(0...2)])
      }
      let objective = (0..<count).map { _ in draw(-4...4) }
      let made = rows.map { coefficients, constant, upper in
        LinearProgram.Row(
          terms: coefficients.enumerated().map { ($0.offset, Integer($0.element)) },
          constant: Integer(constant),
          upper: upper.map { Integer($0) })
      }
      let expected = best(uppers, rows, objective)
      guard var program = LinearProgram(uppers: uppers.map { Integer($0) }, rows: made) else {
        #expect(expected == nil)
        continue
      }
      program.maximise(objective.enumerated().map { ($0.offset, Integer($0.element)) })
      let point = program.point
      solved += 1
      #expect(point.denominator > 0)
      for (value, upper) in zip(point.values, uppers) {
        #expect(value >= 0 && value <= point.denominator * Integer(upper))
      }
      for row in made {
        let value = row.terms.reduce(row.constant * point.denominator) {
          $0 + $1.coefficient * point.values[$1.variable]
        }
        #expect(value >= 0)
        if let upper = row.upper { #expect(value <= upper * point.denominator) }
      }
      let reached = zip(objective, point.values).reduce(Integer(0)) { $0 + Integer($1.0) * $1.1 }
      if let expected { #expect(reached >= point.denominator * Integer(expected)) }
    }
    #expect(solved > 150)
  }

  @Test("coefficients of 60 bits stay exact")
  func large() throws {
    let big = Integer.powerOfTwo(60)
    // big·x − (big + 1)·y ≥ 0, x + y ≤ 1000: y is at most 499.
    let rows = [
      LinearProgram.Row(terms: [(0, big), (1, -(big + 1))], constant: 0, upper: nil),
      LinearProgram.Row(terms: [(0, -1), (1, -1)], constant: 1000, upper: nil),
    ]
    var program = try #require(LinearProgram(uppers: [5000, 5000], rows: rows))
    program.maximise([(1, 1)])
    let point = program.point
    #expect(point.values[1].floorDivided(by: point.denominator) == 499)
    #expect(point.values[0] + point.values[1] == 1000 * point.denominator)
  }

  @Test("rows times numbers of hundreds of bits, even and odd, have the same maximum")
  func wide() {
    var random = SplitMix64(seed: 13)
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    var solved = 0
    for _ in 0..<300 {
      let count = draw(2...7)
      let uppers = (0..<count).map { _ in Integer(draw(1...50)) }
      let rows = (0..<draw(1...8)).map { _ in
        LinearProgram.Row(
          terms: (0..<count).map { ($0, Integer(draw(-9...9))) }, constant: Integer(draw(-9...40)),
          upper: draw(0...2) == 0 ? Integer(draw(0...60)) : nil)
      }
      let scaled = rows.map { row in
        let long = Integer(littleEndian: random.bytes(draw(1...40))) * .powerOfTwo(draw(0...130))
        let positive = long + (long.isZero ? 1 : Integer(draw(0...1)))
        return LinearProgram.Row(
          terms: row.terms.map { ($0.variable, $0.coefficient * positive) },
          constant: row.constant * positive, upper: row.upper.map { $0 * positive })
      }
      let objective = (0..<count).map { (variable: $0, coefficient: Integer(draw(-9...9))) }
      var plain = LinearProgram(uppers: uppers, rows: rows)
      var wide = LinearProgram(uppers: uppers, rows: scaled)
      #expect((plain == nil) == (wide == nil))
      guard plain?.maximise(objective) == true, wide?.maximise(objective) == true, let a = plain?.point,
        let b = wide?.point
      else { continue }
      solved += 1
      func value(_ point: LinearProgram.Point) -> Integer {
        objective.reduce(Integer(0)) { $0 + $1.coefficient * point.values[$1.variable] }
      }
      #expect(value(a) * b.denominator == value(b) * a.denominator)
    }
    #expect(solved > 150)
  }

  @Test("the dual method finds what the primal one finds, and says when there is nothing to find")
  func covering() {
    var random = SplitMix64(seed: 11)
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    var solved = 0
    for _ in 0..<300 {
      let count = draw(1...4)
      let costs = (0..<count).map { _ in Int128(draw(0...5)) }
      let rows = (0..<draw(1...4)).map { _ in ((0..<count).map { _ in draw(-3...4) }, draw(-4...8)) }
      var dual = CoveringProgram(costs: costs)
      for (coefficients, bound) in rows {
        dual.require(
          coefficients.enumerated().map { ($0.offset, Int128($0.element)) }, atLeast: Int128(bound))
      }
      // A vertex has coordinates below a thousand here, so that the box cuts nothing off.
      let made = rows.map { coefficients, bound in
        LinearProgram.Row(
          terms: coefficients.enumerated().map { ($0.offset, Integer($0.element)) },
          constant: Integer(-bound),
          upper: nil)
      }
      var primal = LinearProgram(uppers: [Integer](repeating: 100_000, count: count), rows: made)
      let solution = dual.minimum()
      #expect((solution == nil) == (primal == nil))
      guard let solution, primal != nil else { continue }
      solved += 1
      primal?.maximise(costs.enumerated().map { ($0.offset, -Integer($0.element)) })
      guard let point = primal?.point else { continue }
      func cost(_ values: [Integer]) -> Integer {
        zip(costs, values).reduce(Integer(0)) { $0 + Integer($1.0) * $1.1 }
      }
      #expect(cost(solution.numerators) * point.denominator == cost(point.values) * solution.denominator)
    }
    #expect(solved > 100)
  }
}
