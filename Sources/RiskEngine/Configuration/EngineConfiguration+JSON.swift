public import CanonicalBytes

extension EngineConfiguration {
  /// The most bytes of a configuration.
  public static let documentBytes = 1 << 20
  /// The most targets of one kind that have values of their own.
  public static let mostTargets = 4_096

  /// Reads a configuration: `version`, then in `parameters` the values that differ from the standard, and in
  /// `underlyings`, `instruments` and `assets` those of single ones, by name, and in `stress` the stress
  /// table.
  ///
  ///     {"version": 2, "parameters": {"leverageCap": 20},
  ///      "underlyings": {"BTC": {"volatilityFloorPpm": 400000}}}
  ///
  /// - Throws: ``ConfigurationError`` with the place of what is malformed, unknown or out of range.
  public init(json bytes: [UInt8]) throws(ConfigurationError) {
    do throws(DocumentError) {
      try self.init(JSONDocument.parse(bytes, maximumBytes: Self.documentBytes))
    } catch {
      throw Self.error(error)
    }
    try checkOrder()
  }

  /// Reads a configuration that stands inside another document.
  init(_ node: JSONNode) throws(DocumentError) {
    self = .standard
    let object = try node.object(
      version: Self.version, required: [],
      optional: ["parameters", "stress"] + OverrideTarget.Kind.allCases.map(\.section))
    if let parameters = object.optional("parameters") {
      try read(parameters, for: nil)
    }
    if let node = object.optional("stress") { stress = try StressTable(node) }
    for kind in OverrideTarget.Kind.allCases {
      guard let section = object.optional(kind.section) else { continue }
      for entry in try section.entries(maximumCount: Self.mostTargets) {
        try read(entry.node, for: OverrideTarget(kind, entry.key))
      }
    }
  }

  private mutating func read(
    _ node: JSONNode, for target: OverrideTarget?
  ) throws(DocumentError) {
    let rows = Parameter.table.filter { target?.admits($0.scope) ?? true }
    let object = try node.object(required: [], optional: rows.map(\.key))
    for row in rows {
      guard let node = object.optional(row.key) else { continue }
      let value = try Self.value(node, row)
      // In bounds and of the right scope, so nothing is thrown here.
      try? store(value, row.parameter, target)
    }
  }

  private static func value(
    _ node: JSONNode, _ row: ParameterDescriptor
  ) throws(DocumentError) -> Int64 {
    guard case .word(let words) = row.unit else { return try node.integer(in: row.bounds) }
    let word = try node.string(maximumLength: 64)
    guard let place = words.firstIndex(of: word) else {
      throw node.failure(.unknownWord(word, known: words))
    }
    return Int64(place)
  }

  private static func error(_ error: DocumentError) -> ConfigurationError {
    error.unsupportedVersion.map { .unknownVersion($0) } ?? .document(error)
  }

  /// The configuration with the value of every parameter; ``init(json:)`` gives it back.
  public var json: JSONValue {
    var members = [
      JSONMember("version", .integer(Self.version)),
      JSONMember(
        "parameters",
        .object(Parameter.table.map { JSONMember($0.key, $0.json(self[$0.parameter])) })),
    ]
    for kind in OverrideTarget.Kind.allCases {
      let named = targets.filter { $0.kind == kind }
      guard !named.isEmpty else { continue }
      members.append(
        JSONMember(
          kind.section,
          .object(
            named.map { target in
              JSONMember(
                target.id,
                .object(
                  overrides(of: target).map { parameter in
                    let row = parameter.descriptor
                    return JSONMember(row.key, row.json(self[parameter, target]))
                  }))
            })))
    }
    members.append(JSONMember("stress", stress.list))
    return .object(members)
  }

  /// The bytes that name this configuration: its JSON on one line, with every parameter.
  public var canonicalBytes: [UInt8] { json.encoded() }
}

extension ParameterDescriptor {
  /// A value of the parameter as it stands in a file.
  func json(_ value: Int64) -> JSONValue {
    if case .word(let words) = unit { return .string(words[Int(value)]) }
    return .integer(value)
  }

  /// A value of the parameter as text.
  public func text(_ value: Int64) -> String {
    if case .word(let words) = unit { return words[Int(value)] }
    return "\(value)"
  }
}

extension EngineConfiguration {
  /// What there is to configure, as text for human readers: one paragraph for each parameter, from the table.
  public static var documentation: String {
    Parameter.table.map { row in
      let range = "\(row.text(row.bounds.lowerBound)) to \(row.text(row.bounds.upperBound))"
      let scope = row.scope == .engine ? "" : ", per \(row.scope.rawValue)"
      return """
        \(row.key) [\(row.unit.name)\(scope)]
          \(row.meaning)
          standard \(row.text(row.standard)), bounds \(range), step \(row.largestStep), \
        notice \(row.timelock) s, \(row.tightening.note)

        """
    }.joined()
  }
}

extension Tightening {
  fileprivate var note: String {
    switch self {
    case .raise: "raising tightens"
    case .lower: "lowering tightens"
    case .neither: "neither way tightens"
    }
  }
}
