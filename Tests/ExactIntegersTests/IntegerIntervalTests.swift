import ExactIntegers
import TestSupport
import Testing

@Suite("Integer interval")
struct IntegerIntervalTests {
  /// All intervals with ends from -3 to 3.
  let small: [(IntegerInterval, ClosedRange<Int>)] = (-3...3).flatMap { lower in
    (lower...3).map { upper in (IntegerInterval(Integer(lower), Integer(upper)), lower...upper) }
  }

  /// The smallest interval that holds all these values.
  func hull(_ values: [Int]) -> IntegerInterval? {
    guard let lower = values.min(), let upper = values.max() else { return nil }
    return IntegerInterval(Integer(lower), Integer(upper))
  }

  @Test("is the hull of every result on members, exhaustively for small ends")
  func hulls() {
    for (a, xs) in small {
      #expect(-a == hull(xs.map { -$0 }))
      for factor in -3...3 {
        #expect(a.scaled(by: Integer(factor)) == hull(xs.map { factor * $0 }))
      }
      for (b, ys) in small {
        #expect(a + b == hull(xs.flatMap { x in ys.map { x + $0 } }))
        #expect(a - b == hull(xs.flatMap { x in ys.map { x - $0 } }))
        #expect(a * b == hull(xs.flatMap { x in ys.map { x * $0 } }))
        #expect(a.union(b) == hull(Array(xs) + Array(ys)))
        #expect(a.contains(b) == (xs.lowerBound <= ys.lowerBound && ys.upperBound <= xs.upperBound))
      }
      for value in -4...4 { #expect(a.contains(Integer(value)) == xs.contains(value)) }
    }
  }

  @Test("holds the product of members far beyond a word")
  func large() {
    var generator = SplitMix64(seed: 5)
    for _ in 0..<2_000 {
      let ends = (0..<4).map { _ in randomInteger(bits: 300, using: &generator) }
      let a = IntegerInterval(min(ends[0], ends[1]), max(ends[0], ends[1]))
      let b = IntegerInterval(min(ends[2], ends[3]), max(ends[2], ends[3]))
      let products = [ends[0] * ends[2], ends[0] * ends[3], ends[1] * ends[2], ends[1] * ends[3]]
      #expect((a * b).lower == products.min())
      #expect((a * b).upper == products.max())
    }
  }

  @Test("a single point is its own two ends")
  func point() {
    let five = IntegerInterval(5)
    #expect(five == IntegerInterval(5, 5))
    #expect(five.description == "[5, 5]")
  }

  @Test("stops the program on ends in the wrong order")
  func misuse() async {
    await #expect(processExitsWith: .failure) { _ = IntegerInterval(1, 0) }
  }
}
