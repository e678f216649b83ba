public import CanonicalBytes
internal import RiskModels

/// A point of a path: a number of seconds after its start, and the value then; in between values go in
/// straight lines.
public struct PathKnot: Hashable, Sendable {
  /// Seconds since the scenario began.
  public var seconds: Int64
  /// The value from then on.
  public var value: Double

  /// A point.
  public init(_ seconds: Int64, _ value: Double) {
    self.seconds = seconds
    self.value = value
  }
}

/// What happens to a market and to a venue's machinery (mechanism M52).
public struct StressScenario: Hashable, Sendable {
  /// How the values of ``paths`` are read.
  public enum Scale: String, CaseIterable, Hashable, Sendable {
    /// The price is this multiple of the first one.
    case absolute
    /// The price has moved by this many deviations of a day's return, as they are when the scenario begins.
    case sigma
  }

  /// Its name, in letters, digits and hyphens.
  public var id: String
  /// What it is, in a line.
  public var title: String
  /// Where its numbers are from.
  public var source: String
  /// The length of a step in seconds.
  public var stepSeconds: Int64
  /// How many steps.
  public var steps: Int
  /// How the paths are read.
  public var scale: Scale
  /// The path of each underlying by name; "*" is that of all others.
  public var paths: [String: [PathKnot]]
  /// The deviation of a random walk around the path, per √day.
  public var noise: Double
  /// How much of the noise all underlyings share, 0 to 1.
  public var correlation: Double
  /// What is left of the usual depth.
  public var depth: [PathKnot]
  /// The price of stable assets.
  public var peg: [PathKnot]
  /// By how many steps prices reach the engine late.
  public var oracleDelay: Int
  /// The steps in which no price reaches the engine.
  public var oracleOutage: Range<Int>
  /// The steps in which nobody liquidates.
  public var keeperOutage: Range<Int>
  /// The step at which liquidators lose the share ``venueFailureShare`` of their capital with another venue;
  /// nil for none.
  public var venueFailure: Int?
  /// That share, 0 to 1.
  public var venueFailureShare: Double

  /// A scenario in which nothing happens.
  public init(id: String, title: String, steps: Int, stepSeconds: Int64) {
    self.id = id
    self.title = title
    source = "made up"
    self.stepSeconds = stepSeconds
    self.steps = steps
    scale = .absolute
    paths = [:]
    noise = 0
    correlation = 1
    depth = []
    peg = []
    oracleDelay = 0
    (oracleOutage, keeperOutage) = (0..<0, 0..<0)
    venueFailure = nil
    venueFailureShare = 0
  }

  /// The value of a path after some seconds; `otherwise` without any points.
  public static func value(_ path: [PathKnot], after seconds: Int64, otherwise: Double) -> Double {
    guard let first = path.first, let last = path.last else { return otherwise }
    if seconds <= first.seconds { return first.value }
    guard seconds < last.seconds, let next = path.firstIndex(where: { $0.seconds > seconds }) else {
      return last.value
    }
    let (a, b) = (path[next - 1], path[next])
    let share = Double(seconds - a.seconds) / Double(b.seconds - a.seconds)
    return a.value + (b.value - a.value) * share
  }

  /// The price of an underlying over its first one, without noise and forced trades.
  ///
  /// - Parameter deviation: of the logarithm of a day's return.
  public func factor(of underlying: String, after seconds: Int64, deviation: Double) -> Double {
    let path = paths[underlying] ?? paths["*"] ?? []
    switch scale {
    case .absolute: return Self.value(path, after: seconds, otherwise: 1)
    case .sigma:
      return DeterministicMath.exp(Self.value(path, after: seconds, otherwise: 0) * deviation)
    }
  }
}

extension StressScenario {
  /// The version of the file of a scenario.
  public static let version: Int64 = 1

  /// Reads a scenario from JSON.
  ///
  ///     { "version": 1, "id": "covid-2020-03-12", "title": "…", "source": "…", "stepSeconds": 300, "steps": 288,
  ///       "scale": "absolute", "paths": { "*": [[0, 1], [86400, 0.52]] }, "noise": 0.02, "correlation": 1,
  ///       "depth": [[0, 1], [3600, 0.1]], "peg": [[0, 1]], "oracleDelay": 2, "oracleOutage": [10, 20],
  ///       "keeperOutage": [10, 20], "venueFailure": { "step": 12, "share": 0.5 } }
  ///
  /// - Throws: ``DocumentError`` for another kind of document, an unknown member, or a number outside its
  ///   range.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    try self.init(JSONDocument.parse(bytes, maximumBytes: 1 << 22))
  }

  /// The scenario as a file holds it.
  public var json: JSONValue {
    func points(_ path: [PathKnot]) -> JSONValue {
      .array(path.map { .array([.integer($0.seconds), .figure($0.value)]) })
    }
    func range(_ steps: Range<Int>) -> JSONValue {
      .array([.integer(steps.lowerBound), .integer(steps.upperBound)])
    }
    var members: [JSONMember] = [
      JSONMember("version", .integer(Self.version)), JSONMember("id", .string(id)),
      JSONMember("title", .string(title)), JSONMember("source", .string(source)),
      JSONMember("stepSeconds", .integer(stepSeconds)), JSONMember("steps", .integer(steps)),
      JSONMember("scale", .string(scale.rawValue)),
      JSONMember(
        "paths", .object(paths.sorted { $0.key < $1.key }.map { JSONMember($0.key, points($0.value)) })),
      JSONMember("noise", .figure(noise)), JSONMember("correlation", .figure(correlation)),
      JSONMember("depth", points(depth)), JSONMember("peg", points(peg)),
      JSONMember("oracleDelay", .integer(oracleDelay)), JSONMember("oracleOutage", range(oracleOutage)),
      JSONMember("keeperOutage", range(keeperOutage)),
    ]
    if let step = venueFailure {
      members.append(
        JSONMember("venueFailure", ["step": .integer(step), "share": .figure(venueFailureShare)]))
    }
    return .object(members)
  }

  init(_ node: JSONNode) throws(DocumentError) {
    _ = try node.version(in: 1...Self.version)
    let object = try node.object(
      required: ["version", "id", "title", "stepSeconds", "steps"],
      optional: [
        "source", "scale", "paths", "noise", "correlation", "depth", "peg", "oracleDelay", "oracleOutage",
        "keeperOutage", "venueFailure",
      ])
    let id = try object["id"].string(maximumLength: 64)
    guard !id.isEmpty, id.utf8.allSatisfy(Self.isOfName) else {
      throw node.failure(.unknownWord(id, known: ["letters, digits and hyphens"]))
    }
    self.init(
      id: id, title: try object["title"].string(maximumLength: 200),
      steps: Int(try object["steps"].integer(in: 1...10_000)),
      stepSeconds: try object["stepSeconds"].integer(in: 1...86_400))
    source = try object.optional("source")?.string(maximumLength: 2_000) ?? source
    scale = try object.optional("scale")?.word(Scale.self) ?? .absolute
    let values = scale == .absolute ? 1e-9...1e6 : -100...100.0
    if let paths = object.optional("paths") {
      for entry in try paths.entries(maximumCount: 2_048) {
        self.paths[entry.key] = try Self.knots(entry.node, in: values)
      }
    }
    noise =
      try object.optional("noise")?.number(within: 0...5) ?? 0
    correlation =
      try object.optional("correlation")?.number(within: 0...1) ?? 1
    depth =
      try object.optional("depth").map { node throws(DocumentError) in try Self.knots(node, in: 0...100) }
      ?? []
    peg =
      try object.optional("peg").map { node throws(DocumentError) in try Self.knots(node, in: 1e-6...2) }
      ?? []
    oracleDelay = Int(try object.optional("oracleDelay")?.integer(in: 0...10_000) ?? 0)
    oracleOutage =
      try object.optional("oracleOutage").map { node throws(DocumentError) in try Self.range(node) } ?? 0..<0
    keeperOutage =
      try object.optional("keeperOutage").map { node throws(DocumentError) in try Self.range(node) } ?? 0..<0
    if let failure = object.optional("venueFailure") {
      let members = try failure.object(required: ["step", "share"])
      venueFailure = Int(try members["step"].integer(in: 0...10_000))
      venueFailureShare = try members["share"].number(within: 0...1)
    }
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func knots(_ node: JSONNode, in range: ClosedRange<Double>) throws(DocumentError)
    -> [PathKnot]
  {
    var knots: [PathKnot] = []
    for element in try node.array(maximumCount: 100_000) {
      let pair = try element.array(maximumCount: 2)
      guard pair.count == 2 else { throw element.failure(.tooLong(count: pair.count, limit: 2)) }
      let least: Int64 = knots.last.map { $0.seconds + 1 } ?? 0
      let seconds: Int64 = try pair[0].integer(in: least...max(least, 1 << 40))
      knots.append(PathKnot(seconds, try pair[1].number(within: range)))
    }
    return knots
  }

  private static func range(_ node: JSONNode) throws(DocumentError) -> Range<Int> {
    let pair = try node.array(maximumCount: 2)
    guard pair.count == 2 else { throw node.failure(.tooLong(count: pair.count, limit: 2)) }
    let first: Int64 = try pair[0].integer(in: 0...10_000)
    let last: Int64 = try pair[1].integer(in: first...10_000)
    return Int(first)..<Int(last)
  }
}
