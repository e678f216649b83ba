/// Everything there is to know about one parameter of the engine: what it means, what it is counted in,
/// which values it may have, and how fast it may change.
public struct ParameterDescriptor: Hashable, Sendable {
  /// The parameter.
  public let parameter: Parameter
  /// Its name in a configuration file, with the unit at its end where that is not a count.
  public let key: String
  /// What its integer counts.
  public let unit: ParameterUnit
  /// The value where a file names none.
  public let standard: Int64
  /// The least and the greatest value that governance admits.
  public let bounds: ClosedRange<Int64>
  /// The most that one change may move it.
  public let largestStep: Int64
  /// For how many seconds a change must be announced before it takes effect.
  public let timelock: Int64
  /// Which way is tighter.
  public let tightening: Tightening
  /// Where a file may set another value than that for everything.
  public let scope: ParameterScope
  /// One line for human readers.
  public let meaning: String

  init(
    _ parameter: Parameter, _ key: String, _ unit: ParameterUnit, _ standard: Int64,
    _ bounds: ClosedRange<Int64>, step: Int64, _ tightening: Tightening,
    _ scope: ParameterScope = .engine, timelock: Int64 = 2 * 86_400, _ meaning: String
  ) {
    self.parameter = parameter
    self.key = key
    self.unit = unit
    self.standard = standard
    self.bounds = bounds
    self.largestStep = step
    self.timelock = timelock
    self.tightening = tightening
    self.scope = scope
    self.meaning = meaning
  }
}

/// What the integer of a parameter counts.
public enum ParameterUnit: Hashable, Sendable {
  /// Parts per million; 1 000 000 is one.
  case ppm
  /// Seconds.
  case seconds
  /// Publications of a snapshot.
  case epochs
  /// Things.
  case count
  /// Whole US dollars.
  case dollars
  /// Lots of the asset.
  case lots
  /// One of these words, by its place.
  case word([String])

  /// The unit in words.
  public var name: String {
    switch self {
    case .ppm: "ppm"
    case .seconds: "seconds"
    case .epochs: "epochs"
    case .count: "count"
    case .dollars: "USD"
    case .lots: "lots"
    case .word(let words): words.joined(separator: " | ")
    }
  }
}

/// Which change of a parameter never lets an account owe less margin. An emergency brake may do nothing
/// else.
public enum Tightening: String, Hashable, Sendable {
  /// Raising it tightens.
  case raise
  /// Lowering it tightens.
  case lower
  /// Neither way is tighter in every market.
  case neither
}

/// For what a file may override a parameter.
public enum ParameterScope: String, Hashable, Sendable {
  /// For nothing: it holds for the whole engine.
  case engine
  /// For one underlying and all that is written on it.
  case underlying
  /// For one instrument, or one underlying.
  case instrument
  /// For one asset of collateral.
  case asset
}

extension Parameter {
  /// Every parameter in the order of ``Parameter``: the one table from which files are read and checked,
  /// documentation is written and changes are governed.
  public static let table: [ParameterDescriptor] =
    priceParameters + volatilityParameters + marginParameters + liquidityParameters
    + scenarioParameters + collateralParameters + operationParameters + ageParameters

  /// Its row of the table.
  public var descriptor: ParameterDescriptor { Self.table[rawValue] }

  /// The parameter of this name in files, or nil.
  public init?(key: String) {
    guard let found = Self.table.first(where: { $0.key == key }) else { return nil }
    self = found.parameter
  }
}
