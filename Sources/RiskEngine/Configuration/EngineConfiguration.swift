public import CanonicalBytes

/// The values of all parameters of the engine, and where they differ for an underlying, an instrument or
/// an asset.
///
/// Every value is within the bounds of ``Parameter/table``.
public struct EngineConfiguration: Hashable, Sendable {
  /// The one version of the file.
  public static let version: Int64 = 2

  /// The values for everything, in the order of ``Parameter``.
  private var values: [Int64]
  /// Other values, by what they are for and its name.
  private var overrides: [OverrideTarget: [Parameter: Int64]]
  /// The worst moves that were observed, with their dates.
  public var stress: StressTable

  /// The standard value of every parameter.
  public static let standard = EngineConfiguration()

  private init() {
    values = Parameter.table.map(\.standard)
    overrides = [:]
    stress = .standard
  }

  /// The value of a parameter where nothing overrides it.
  public subscript(parameter: Parameter) -> Int64 { values[parameter.rawValue] }

  /// The value of a parameter for the first of these targets that overrides it.
  public subscript(parameter: Parameter, targets: OverrideTarget...) -> Int64 {
    self[parameter, for: targets]
  }

  func overridden(_ parameter: Parameter, for target: OverrideTarget) -> Int64? {
    overrides[target]?[parameter]
  }

  private subscript(parameter: Parameter, for targets: [OverrideTarget]) -> Int64 {
    if !overrides.isEmpty {
      for target in targets {
        if let value = overridden(parameter, for: target) { return value }
      }
    }
    return self[parameter]
  }

  /// Sets a value for everything, or for one target.
  ///
  /// - Throws: ``ConfigurationError`` if the value is out of bounds, the parameter does not depend on such a
  ///   target, or the values would contradict each other.
  public mutating func set(
    _ parameter: Parameter, to value: Int64, for target: OverrideTarget? = nil
  ) throws(ConfigurationError) {
    var changed = self
    try changed.store(value, parameter, target)
    try changed.checkOrder()
    self = changed
  }

  /// Sets a value without a look at the others.
  mutating func store(
    _ value: Int64, _ parameter: Parameter, _ target: OverrideTarget?
  ) throws(ConfigurationError) {
    let row = parameter.descriptor
    guard row.bounds.contains(value) else {
      throw .outOfBounds(
        key: row.key, target: target, value: value, lower: row.bounds.lowerBound,
        upper: row.bounds.upperBound)
    }
    guard let target else { return values[parameter.rawValue] = value }
    guard target.admits(row.scope) else { throw .wrongTarget(key: row.key, target: target) }
    overrides[target, default: [:]][parameter] = value
  }

  /// Everything that has values of its own, by kind and name.
  public var targets: [OverrideTarget] {
    overrides.keys.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
  }

  /// The parameters that a target overrides, in the order of the table.
  public func overrides(of target: OverrideTarget) -> [Parameter] {
    (overrides[target] ?? [:]).keys.sorted { $0.rawValue < $1.rawValue }
  }

  /// Pairs of parameters of which the first is never above the second.
  static let ordered: [(Parameter, Parameter)] = [
    (.volatilityFloor, .volatilityCeiling), (.calmBelow, .stressAbove), (.stressAbove, .extremeAbove),
    (.liquidationHorizon, .horizonCeiling), (.maintenanceFloor, .maintenanceCeiling),
    (.maintenanceCeiling, .initialCeiling), (.openInterestLower, .openInterestUpper),
    (.conditionalFast, .conditionalSlow), (.initialLeastRatio, .initialRatio),
    (.callLeast, .callMost), (.updateLeast, .updateMost), (.breakerMove, .breakerHalt),
    (.takerFee, .takerFeeCap), (.leverageFee, .leverageFeeCap), (.fastHalfLife, .slowHalfLife),
    (.priceRange, .farDown),
  ]

  func checkOrder() throws(ConfigurationError) {
    for target in [nil] + targets.map(Optional.some) {
      for (low, high) in Self.ordered {
        let lower = target.map { self[low, $0] } ?? self[low]
        let upper = target.map { self[high, $0] } ?? self[high]
        guard lower <= upper else {
          throw .outOfOrder(
            key: low.descriptor.key, value: lower, above: high.descriptor.key, limit: upper,
            target: target)
        }
      }
    }
  }
}

/// What a parameter may have a value of its own for.
public struct OverrideTarget: Hashable, Sendable {
  /// The kinds of target.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// An underlying and all that is written on it.
    case underlying
    /// An instrument.
    case instrument
    /// An asset of collateral.
    case asset

    /// The member of a file that lists targets of this kind.
    public var section: String { "\(rawValue)s" }
  }

  /// The kind.
  public let kind: Kind
  /// The name.
  public let id: String

  /// A target of this kind and name.
  public init(_ kind: Kind, _ id: String) {
    self.kind = kind
    self.id = id
  }

  /// An underlying.
  public static func underlying(_ id: String) -> OverrideTarget { OverrideTarget(.underlying, id) }
  /// An instrument.
  public static func instrument(_ id: String) -> OverrideTarget { OverrideTarget(.instrument, id) }
  /// An asset.
  public static func asset(_ id: String) -> OverrideTarget { OverrideTarget(.asset, id) }

  /// Whether a parameter of this scope may differ here.
  func admits(_ scope: ParameterScope) -> Bool {
    switch kind {
    case .underlying: scope == .underlying || scope == .instrument
    case .instrument: scope == .instrument
    case .asset: scope == .asset
    }
  }
}

/// What is wrong with a configuration.
public enum ConfigurationError: Error, Hashable, Sendable {
  /// The text is not readable as a configuration.
  case document(DocumentError)
  /// The file has another version.
  case unknownVersion(Int64)
  /// A value is outside its bounds, ends included.
  case outOfBounds(key: String, target: OverrideTarget?, value: Int64, lower: Int64, upper: Int64)
  /// The parameter cannot differ for a target of this kind.
  case wrongTarget(key: String, target: OverrideTarget)
  /// A value is above that of another parameter which must be no less.
  case outOfOrder(
    key: String, value: Int64, above: String, limit: Int64, target: OverrideTarget?)
}

extension ConfigurationError: CustomStringConvertible {
  /// One line: where, what is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .document(let error):
      error.description
    case .unknownVersion(let version):
      "version \(version) of the configuration is not known here; this program reads version "
        + "\(EngineConfiguration.version)"
    case .outOfBounds(let key, let target, let value, let lower, let upper):
      "\(Self.place(key, target)): \(value) is out of bounds; write \(lower) to \(upper)"
    case .wrongTarget(let key, let target):
      "\(Self.place(key, target)): cannot differ for one \(target.kind.rawValue); remove it"
    case .outOfOrder(let key, let value, let other, let limit, let target):
      "\(Self.place(key, target)): \(value) is above \(other), which is \(limit); exchange them"
    }
  }

  private static func place(_ key: String, _ target: OverrideTarget?) -> String {
    target.map { "\($0.kind.section).\($0.id).\(key)" } ?? "parameters.\(key)"
  }
}
