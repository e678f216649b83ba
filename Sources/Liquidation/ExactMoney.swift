/// The unit of rates and multipliers: 1.0 in parts per million.
public let onePpm: Int64 = 1_000_000

/// Arithmetic on money that says so when a sum leaves its range.
enum ExactMoney {
  /// The largest amount of money: below 2⁶² quanta, as cash of a book.
  static let limit = Int128(1) << 62

  /// An amount in 64 bits.
  static func amount(_ value: Int128) throws(LiquidationError) -> Int64 {
    guard value.magnitude < UInt128(limit) else { throw .overflow }
    return Int64(value)
  }

  static func sum(_ a: Int128, _ b: Int128) throws(LiquidationError) -> Int128 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow else { throw .overflow }
    return sum
  }

  static func product(_ a: Int128, _ b: Int128) throws(LiquidationError) -> Int128 {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    guard !overflow else { throw .overflow }
    return product
  }

  /// ⌊a·b/c⌋ of numbers that are not negative, c > 0.
  static func floor(_ a: Int128, times b: Int128, over c: Int128) throws(LiquidationError) -> Int128 {
    try product(a, b) / c
  }

  /// ⌈a·b/c⌉ of numbers that are not negative, c > 0.
  static func ceil(_ a: Int128, times b: Int128, over c: Int128) throws(LiquidationError) -> Int128 {
    let product = try product(a, b)
    let (quotient, rest) = product.quotientAndRemainder(dividingBy: c)
    return rest > 0 ? quotient + 1 : quotient
  }

  /// A share of an amount in ppm, rounded down; the remainder stays with what the share is taken from.
  static func share(_ ppm: Int64, of amount: Int64) throws(LiquidationError) -> Int64 {
    try self.amount(floor(Int128(amount), times: Int128(ppm), over: Int128(onePpm)))
  }

  /// ⌈√n⌉ of a number that is not negative.
  static func ceilingRoot(_ n: UInt128) -> UInt128 {
    guard n > 1 else { return n }
    // Newton's iteration falls from above to ⌊√n⌋.
    var x = UInt128(1) << ((UInt128.bitWidth - n.leadingZeroBitCount + 1) / 2)
    while true {
      let next = (x + n / x) / 2
      guard next < x else { break }
      x = next
    }
    return x * x == n ? x : x + 1
  }
}

/// Parts of a whole in proportion to weights, with every quantum accounted for.
public enum Apportionment {
  /// Parts pᵢ of `total` with Σ pᵢ = total, pᵢ within one of total·wᵢ/Σw, and pᵢ ≤ wᵢ where total ≤ Σw: each
  /// is rounded down, and the remainder goes one by one to the largest fractions, earlier ones first among
  /// equals.
  ///
  /// - Parameters:
  ///   - total: not negative, below 2⁶².
  ///   - weights: not negative, below 2⁶² in sum; not all zero unless the total is.
  /// - Throws: ``LiquidationError/malformed`` for other numbers.
  public static func parts(of total: Int64, by weights: [Int64]) throws(LiquidationError) -> [Int64] {
    guard total >= 0, weights.allSatisfy({ $0 >= 0 }) else { throw .malformed }
    var sum: Int128 = 0
    for weight in weights { sum += Int128(weight) }
    guard sum < ExactMoney.limit, Int128(total) < ExactMoney.limit else { throw .overflow }
    guard sum > 0 else {
      guard total == 0 else { throw .malformed }
      return weights.map { _ in 0 }
    }
    var parts: [Int64] = []
    var fractions: [(rest: Int128, index: Int)] = []
    var left = total
    for (index, weight) in weights.enumerated() {
      let (quotient, rest) = (Int128(total) * Int128(weight)).quotientAndRemainder(dividingBy: sum)
      let part = Int64(quotient)
      parts.append(part)
      left -= part
      if rest > 0 { fractions.append((rest, index)) }
    }
    guard left > 0 else { return parts }
    fractions.sort { $0.rest != $1.rest ? $0.rest > $1.rest : $0.index < $1.index }
    for fraction in fractions.prefix(Int(left)) { parts[fraction.index] += 1 }
    return parts
  }
}
