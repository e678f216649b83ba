internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import MarginRules
internal import Solvency

/// A range of values and the round numbers in it that are labelled.
struct ValueAxis {
  /// The least and greatest value shown.
  let range: ClosedRange<Double>
  /// Round values inside the range.
  let ticks: [Double]
  private let decimals: Int

  /// An axis on which all these values lie; from 0 to 1 if empty.
  init(fitting values: [Double]) {
    let low = values.min() ?? 0
    let high = values.max() ?? 1
    let margin = high > low ? (high - low) * 0.05 : max(abs(high) * 0.05, 0.5)
    // Nothing that is never negative gets an axis that is.
    let bottom = low >= 0 ? max(0, low - margin) : low - margin
    range = bottom...(high + margin)
    let step = Self.roundStep((range.upperBound - range.lowerBound) / 4)
    decimals = max(0, Int((-log10(step)).rounded(.up)))
    let first = (range.lowerBound / step).rounded(.up)
    let last = (range.upperBound / step).rounded(.down)
    ticks = stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// 1, 2 or 5 times a power of ten, near the number.
  private static func roundStep(_ rough: Double) -> Double {
    let power = pow(10, log10(rough).rounded(.down))
    let factor = rough / power
    return power * (factor < 1.5 ? 1 : factor < 3.5 ? 2 : factor < 7.5 ? 5 : 10)
  }

  /// The number with as many decimals as the ticks need.
  func label(_ value: Double) -> String { value.formatted(decimals: decimals) }

  /// How far up the axis a value is: 0 at the bottom, 1 at the top.
  func position(_ value: Double) -> Double {
    (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }
}

/// The instants that are labelled on an axis of time.
enum TimeAxis {
  private static let steps: [Int64] = [
    3_600, 2 * 3_600, 6 * 3_600, 12 * 3_600, 86_400, 2 * 86_400, 7 * 86_400, 14 * 86_400,
    30 * 86_400, 91 * 86_400, 182 * 86_400, 365 * 86_400,
  ]

  /// Instants a round step apart, at most ten.
  static func ticks(_ times: ClosedRange<Int64>) -> [(time: Int64, label: String)] {
    let span = times.upperBound - times.lowerBound
    let step = steps.first { span / $0 <= 10 } ?? span / 10
    let first = (times.lowerBound + step - 1) / step * step
    return stride(from: first, through: times.upperBound, by: Int(step)).map { time in
      let text = Timestamp(seconds: UInt64(clamping: time)).text
      let day = String(text.prefix(10))
      return (time, step < 86_400 ? "\(day.suffix(5)) \(text.dropFirst(11).prefix(5))" : day)
    }
  }
}
