internal import MarginRules

// From binary fractions to the integers of a snapshot. Everything after these functions is exact.

/// Rates as integers, always rounded against the account.
enum Rate {
  /// The greatest rate of a snapshot.
  static let greatest = SnapshotLimits.rates.upperBound

  /// The least rate in ppm that is no less than a fraction: ⌈10⁶·x⌉, within 0 and ``greatest``. What is not
  /// a number has the greatest rate.
  static func ceiling(_ fraction: Double) -> Int64 {
    guard fraction < Double(greatest) / 1e6 else { return greatest }
    return Int64((max(0, fraction) * 1e6).rounded(.up))
  }

  /// The greatest rate in ppm that is no more than a fraction: ⌊10⁶·x⌋, within 0 and ``greatest``. What is
  /// not a number has rate 0.
  static func floor(_ fraction: Double) -> Int64 {
    guard fraction > 0 else { return 0 }
    guard fraction < Double(greatest) / 1e6 else { return greatest }
    return Int64((fraction * 1e6).rounded(.down))
  }

  /// ⌈10⁶·x⌉ of a number that is not bounded as rates are; ∞ and what is not a number is the greatest there
  /// is.
  static func ppm(_ x: Double) -> Int64 {
    let limit = Double(SnapshotLimits.totals.upperBound)
    guard x * 1e6 < limit else { return SnapshotLimits.totals.upperBound }
    return Int64((max(0, x) * 1e6).rounded(.up))
  }

  /// A rate as a fraction, for the formulas.
  static func fraction(_ ppm: Int64) -> Double { Double(ppm) / 1e6 }

  /// ⌈a·b / 10⁶⌉ of two rates that are not negative, at most ``greatest``.
  static func product(_ a: Int64, _ b: Int64) -> Int64 {
    min(greatest, ceilingQuotient(Int128(a) * Int128(b), 1_000_000))
  }
}

/// ⌊a / b⌋ as a word, at the ends of its range if it lies outside; b > 0.
func floorQuotient(_ a: Int128, _ b: Int128) -> Int64 {
  let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
  return Int64(clamping: remainder < 0 ? quotient - 1 : quotient)
}

/// ⌈a / b⌉ as a word, at the ends of its range if it lies outside; b > 0.
func ceilingQuotient(_ a: Int128, _ b: Int128) -> Int64 {
  let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
  return Int64(clamping: remainder > 0 ? quotient + 1 : quotient)
}

extension Int64 {
  /// The nearest value of a range.
  func clamped(to range: ClosedRange<Int64>) -> Int64 {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

extension Double {
  /// The nearest value of a range.
  func clamped(to range: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

/// The value of one lot and amounts of money in quanta.
enum Quanta {
  /// ⌊p⌋ quanta of a price in USD, or nil unless it is positive and below 2⁵⁰ quanta.
  static func floor(dollars price: Double) -> Int64? { word((price * 1e6).rounded(.down)) }

  /// ⌈p⌉ quanta of a price in USD, or nil unless it is positive and below 2⁵⁰ quanta.
  static func ceiling(dollars price: Double) -> Int64? { word((price * 1e6).rounded(.up)) }

  private static func word(_ quanta: Double) -> Int64? {
    guard quanta >= 0, quanta < 0x1p50 else { return nil }
    return Int64(quanta)
  }

  /// The quanta of an amount, rounded down, at the ends of the range of coefficients if it lies outside.
  /// What is not a number is the lower end.
  static func floorOfGain(dollars gain: Double) -> Int64 {
    let limit = Double(SnapshotLimits.coefficients.upperBound)
    let quanta = (gain * 1e6).rounded(.down)
    guard quanta > -limit else { return SnapshotLimits.coefficients.lowerBound }
    return quanta < limit ? Int64(quanta) : SnapshotLimits.coefficients.upperBound
  }

  /// The value of a lot of `units`·10⁻¹² of the asset, at a price in quanta: ⌊p·lot⌋.
  static func floor(_ price: Int64, lot units: Int64) -> Int64 {
    floorQuotient(Int128(price) * Int128(units), 1_000_000_000_000)
  }

  /// The same rounded up: ⌈p·lot⌉.
  static func ceiling(_ price: Int64, lot units: Int64) -> Int64 {
    ceilingQuotient(Int128(price) * Int128(units), 1_000_000_000_000)
  }

  /// ⌈value·rate / 10⁶⌉: what a lot of this value is charged at a rate in ppm.
  static func charge(_ value: Int64, ppm rate: Int64) -> Int64 {
    ceilingQuotient(Int128(value) * Int128(rate), 1_000_000).clamped(to: SnapshotLimits.charges)
  }

  /// ⌊value·weight / 10⁶⌋: what a lot of this value counts at a weight in ppm.
  static func credit(_ value: Int64, ppm weight: Int64) -> Int64 {
    floorQuotient(Int128(value) * Int128(weight), 1_000_000).clamped(to: SnapshotLimits.charges)
  }

  /// How many lots of a value fit into an amount of USD: ⌊amount / value⌋, at most the most that a cap may
  /// be; 0 for what is not a number.
  static func lots(dollars amount: Double, lotValue: Int64) -> Int64 {
    guard amount > 0, lotValue > 0 else { return 0 }
    let lots = (amount * 1e6 / Double(lotValue)).rounded(.down)
    let most = SnapshotLimits.caps.upperBound
    return lots < Double(most) ? Int64(lots) : most
  }
}
