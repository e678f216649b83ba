/// How the numbers of a snapshot came about: for each subject a chain from what the market said to what is
/// published, each step with its formula. It explains and decides nothing.
public struct Trace: Hashable, Sendable {
  /// One subject and its steps in the order of computation.
  public struct Section: Hashable, Sendable {
    /// What the steps lead to: an underlying, an instrument or an asset.
    public let subject: OverrideTarget
    /// The steps.
    public var steps: [TraceStep]
  }

  /// The sections: underlyings, then instruments, then assets.
  public private(set) var sections: [Section]

  init() {
    sections = []
  }

  /// The steps that lead to a subject, or nil.
  public func steps(_ subject: OverrideTarget) -> [TraceStep]? {
    sections.first { $0.subject == subject }?.steps
  }

  mutating func append(_ subject: OverrideTarget, _ steps: [TraceStep]) {
    sections.append(Section(subject: subject, steps: steps))
  }
}

/// One number on the way to a published one.
public struct TraceStep: Hashable, Sendable {
  /// What the number is: "fast volatility".
  public let name: String
  /// The number.
  public let value: TraceValue
  /// What it is counted in: "per √year", "ppm", "USD".
  public let unit: String
  /// How it follows from the market and the steps before: "max(EWMA fast, EWMA slow, GARCH)".
  public let formula: String
  /// Whether it comes from the market rather than from other steps.
  public let isInput: Bool
}

/// A value of a step.
public enum TraceValue: Hashable, Sendable {
  /// A binary fraction.
  case number(Double)
  /// An integer.
  case integer(Int64)
  /// A word.
  case word(String)
  /// Nothing was known.
  case missing

  /// A number; a ratio of zeros or an infinite one is not known.
  static func finite(_ value: Double?) -> TraceValue {
    guard let value, value.isFinite else { return .missing }
    return .number(value)
  }

  /// The value for comparison; nil for words and what is missing.
  public var magnitude: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .word, .missing: nil
    }
  }
}

extension TraceValue: CustomStringConvertible {
  /// The value as text.
  public var description: String {
    switch self {
    case .number(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .word(let text): text
    case .missing: "-"
    }
  }
}

/// Whether a publication says how its numbers came about.
public enum Tracing: Hashable, Sendable {
  /// For every instrument and asset.
  case full
  /// Not at all, which is faster.
  case none
}

/// Collects steps, or nothing: without tracing no text is made.
struct Tracer {
  private(set) var steps: [TraceStep] = []
  let isOn: Bool

  init(_ tracing: Tracing) {
    isOn = tracing == .full
  }

  mutating func input(
    _ name: @autoclosure () -> String, _ value: Double?, _ unit: String,
    _ formula: @autoclosure () -> String
  ) {
    append(name(), .finite(value), unit, formula(), isInput: true)
  }

  mutating func derived(
    _ name: @autoclosure () -> String, _ value: Double?, _ unit: String,
    _ formula: @autoclosure () -> String
  ) {
    append(name(), .finite(value), unit, formula(), isInput: false)
  }

  mutating func integer(
    _ name: @autoclosure () -> String, _ value: Int64?, _ unit: String,
    _ formula: @autoclosure () -> String
  ) {
    append(name(), value.map { .integer($0) } ?? .missing, unit, formula(), isInput: false)
  }

  mutating func word(
    _ name: @autoclosure () -> String, _ value: @autoclosure () -> String,
    _ formula: @autoclosure () -> String
  ) {
    append(name(), .word(value()), "", formula(), isInput: false)
  }

  private mutating func append(
    _ name: @autoclosure () -> String, _ value: @autoclosure () -> TraceValue, _ unit: String,
    _ formula: @autoclosure () -> String, isInput: Bool
  ) {
    guard isOn else { return }
    steps.append(
      TraceStep(name: name(), value: value(), unit: unit, formula: formula(), isInput: isInput))
  }
}
