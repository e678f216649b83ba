public import CanonicalBytes
internal import MarginRules

extension EngineState {
  /// The one version of the file.
  public static let version: Int64 = 2
  /// The most bytes of a state.
  public static let documentBytes = 16 << 20

  /// The state on one line, names in the order of their bytes: equal states have equal bytes.
  public var canonicalBytes: [UInt8] { json.encoded() }

  /// The state as JSON; ``init(json:)`` gives it back.
  public var json: JSONValue {
    [
      "version": .integer(Self.version), "epoch": .integer(epoch), "time": .integer(time),
      "failures": .integer(failures),
      "underlyings": Self.object(underlyings, \.json),
      "instruments": Self.object(instruments, \.json),
      "assets": Self.object(assets, \.json),
    ]
  }

  private static func object<Value>(
    _ values: [String: Value], _ json: (Value) -> JSONValue
  ) -> JSONValue {
    .object(
      values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { key in
        values[key].map { JSONMember(key, json($0)) }
      })
  }

  /// Reads a state.
  ///
  /// - Throws: `DocumentError` with the place of what is malformed.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    try self.init(JSONDocument.parse(bytes, maximumBytes: Self.documentBytes))
  }

  /// Reads a state that stands inside another document.
  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(
      version: Self.version,
      required: ["epoch", "time", "failures", "underlyings", "instruments", "assets"])
    epoch = try object["epoch"].integer(in: SnapshotLimits.totals)
    time = try object["time"].integer(in: SnapshotLimits.times)
    failures = try object["failures"].integer(in: SnapshotLimits.totals)
    underlyings = try Self.read(object["underlyings"]) { node throws(DocumentError) in
      try UnderlyingState(node)
    }
    instruments = try Self.read(object["instruments"]) { node throws(DocumentError) in
      try InstrumentState(node)
    }
    assets = try Self.read(object["assets"]) { node throws(DocumentError) in try AssetState(node) }
  }

  private static func read<Value>(
    _ node: JSONNode, _ value: (JSONNode) throws(DocumentError) -> Value
  ) throws(DocumentError) -> [String: Value] {
    var values: [String: Value] = [:]
    for entry in try node.entries(maximumCount: 1 << 16) { values[entry.key] = try value(entry.node) }
    return values
  }
}

extension UnderlyingState {
  fileprivate var json: JSONValue {
    [
      "held": .bits(held), "owed": .bits(owed),
      "breaker": [.integer(breaker.level), .integer(breaker.quietSeconds)], "depth": depth.json,
      "skewLong": .bits(skewLong), "skewShort": .bits(skewShort), "fit": fit?.json ?? .null,
      "index": .array(index.entries.map { [.integer($0.time), .bits($0.volatility)] }),
      "stress": stress.json,
    ]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(
      required: ["held", "owed", "breaker", "depth", "skewLong", "skewShort", "fit", "index", "stress"])
    held = try object["held"].bitsUnlessNull()
    owed = try object["owed"].bitsUnlessNull()
    let breaker = try object["breaker"].integers(count: 2)
    self.breaker = CircuitBreaker(level: breaker[0], quietSeconds: breaker[1])
    depth = try RateLimiter(object["depth"])
    skewLong = try object["skewLong"].bits()
    skewShort = try object["skewShort"].bits()
    if let fit = try object["fit"].unlessNull { self.fit = try ModelFit(fit) }
    var entries: [IndexHistory.Entry] = []
    for node in try object["index"].array(maximumCount: IndexHistory.mostDays) {
      let parts = try node.array(maximumCount: 2)
      guard parts.count == 2 else { throw node.failure(.tooLong(count: parts.count, limit: 2)) }
      entries.append(
        IndexHistory.Entry(
          time: try parts[0].integer(in: SnapshotLimits.times), volatility: try parts[1].bits()))
    }
    index = IndexHistory(recorded: entries)
    stress = try ObservedStress(object["stress"])
  }
}

extension ObservedStress {
  fileprivate var json: JSONValue {
    func list(_ worst: [Worst]) -> JSONValue {
      .array(worst.map { [.integer($0.move), .integer($0.time)] })
    }
    return ["falls": list(falls), "rises": list(rises), "through": .integer(through)]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: ["falls", "rises", "through"])
    self.init()
    falls = try Self.list(object["falls"])
    rises = try Self.list(object["rises"])
    through = try object["through"].integer(in: SnapshotLimits.totals)
  }

  private static func list(_ node: JSONNode) throws(DocumentError) -> [Worst] {
    let count = StressFloor.horizons.count
    let nodes = try node.array(maximumCount: count)
    guard nodes.count == count else { throw node.failure(.tooLong(count: nodes.count, limit: count)) }
    var worst: [Worst] = []
    for node in nodes {
      let parts = try node.integers(count: 2)
      worst.append(Worst(move: parts[0], time: parts[1]))
    }
    return worst
  }
}

extension ModelFit {
  fileprivate var json: JSONValue {
    [
      "time": .integer(time), "cycleVariance": .bits(cycleVariance), "cycleSeconds": .integer(cycleSeconds),
      "autoregression": .array(autoregression.map { .bits($0) }),
      "impliedAutoregression": .array(impliedAutoregression.map { .bits($0) }), "tailLong": .bits(tailLong),
      "tailShort": .bits(tailShort),
    ]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(
      required: [
        "time", "cycleVariance", "cycleSeconds", "autoregression", "impliedAutoregression", "tailLong",
        "tailShort",
      ])
    time = try object["time"].integer(in: SnapshotLimits.totals)
    cycleVariance = try object["cycleVariance"].bits()
    cycleSeconds = try object["cycleSeconds"].integer(in: SnapshotLimits.totals)
    autoregression = try object["autoregression"].coefficients(counts: [0, 7, 8])
    impliedAutoregression = try object["impliedAutoregression"].coefficients(counts: [0, 8, 9])
    tailLong = try object["tailLong"].bits()
    tailShort = try object["tailShort"].bits()
  }
}

extension InstrumentState {
  fileprivate var json: JSONValue {
    ["long": long.json, "short": short.json, "volatility": .bits(volatility)]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: ["long", "short", "volatility"])
    long = try SideState(object["long"])
    short = try SideState(object["short"])
    volatility = try object["volatility"].bitsUnlessNull()
  }
}

extension SideState {
  fileprivate var json: JSONValue {
    ["initial": initial.json, "maintenance": maintenance.json, "limit": limit.json]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: ["initial", "maintenance", "limit"])
    initial = try RateLimiter(object["initial"])
    maintenance = try RateLimiter(object["maintenance"])
    limit = try RateLimiter(object["limit"])
  }
}

extension AssetState {
  fileprivate var json: JSONValue {
    [
      "initial": initial.json, "maintenance": maintenance.json, "held": .bits(held),
      "owed": .bits(owed), "borrowRate": .integer(borrowRate), "accrual": .accrual(accrual),
      "collapsedAt": collapsedAt.map { .integer($0) } ?? .null,
    ]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: [
      "initial", "maintenance", "held", "owed", "borrowRate", "accrual", "collapsedAt",
    ])
    initial = try RateLimiter(object["initial"])
    maintenance = try RateLimiter(object["maintenance"])
    held = try object["held"].bitsUnlessNull()
    owed = try object["owed"].bitsUnlessNull()
    borrowRate = try object["borrowRate"].integer(in: SnapshotLimits.totals)
    accrual = try object["accrual"].accrual()
    collapsedAt = try object["collapsedAt"].unlessNull?.integer(in: SnapshotLimits.totals)
  }
}

extension RateLimiter {
  fileprivate var json: JSONValue { current.map { .integer($0) } ?? .null }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    self.init(current: try node.unlessNull?.integer(in: 0...(1 << 62)))
  }
}

extension JSONValue {
  /// The bits of a binary fraction as 16 hexadecimal digits, or null.
  fileprivate static func bits(_ value: Double?) -> JSONValue {
    guard let value else { return .null }
    return .string(
      unsafe String(unsafeUninitializedCapacity: 16) { digits in
        for place in 0..<16 {
          let digit = UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(60 - 4 * place)) & 15
          unsafe digits[place] = digit < 10 ? 48 + digit : 87 + digit
        }
        return 16
      })
  }
}

extension JSONValue {
  /// An index in units of 10⁻¹⁸, as decimal digits.
  static func accrual(_ index: AccrualIndex) -> JSONValue { .string("\(index.value)") }
}

extension JSONNode {
  /// What ``JSONValue/accrual(_:)`` wrote.
  func accrual() throws(DocumentError) -> AccrualIndex {
    let text = try string(maximumLength: 40)
    guard let value = Int128(text), "\(value)" == text, value >= AccrualIndex.one else {
      throw failure(.outOfRange(text, lower: "\(AccrualIndex.one)", upper: "\(Int128.max)"))
    }
    return AccrualIndex(value: value)
  }

  fileprivate func bits() throws(DocumentError) -> Double {
    Double(bitPattern: try bytes(hexOfCount: 8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  fileprivate func bitsUnlessNull() throws(DocumentError) -> Double? {
    guard let node = unlessNull else { return nil }
    return try node.bits()
  }

  fileprivate func integers(count: Int) throws(DocumentError) -> [Int64] {
    let nodes = try array(maximumCount: count)
    guard nodes.count == count else { throw failure(.tooLong(count: nodes.count, limit: count)) }
    var values: [Int64] = []
    for node in nodes { values.append(try node.integer(in: SnapshotLimits.totals)) }
    return values
  }

  fileprivate func coefficients(counts: [Int]) throws(DocumentError) -> [Double] {
    let nodes = try array(maximumCount: counts.max() ?? 0)
    guard counts.contains(nodes.count) else {
      throw failure(.tooLong(count: nodes.count, limit: counts.max() ?? 0))
    }
    var values: [Double] = []
    for node in nodes { values.append(try node.bits()) }
    return values
  }
}
