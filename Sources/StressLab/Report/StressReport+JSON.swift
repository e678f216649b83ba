public import CanonicalBytes

extension StressReport {
  /// The version of the file.
  public static let version: Int64 = 1
  /// The largest file that is read, in bytes.
  public static let byteLimit = 1 << 29

  private static let names = ["subtitle", "verdict", "scenarios", "remedies"]

  /// The report as it stands in `result.json`.
  public var json: JSONValue {
    [
      "version": .integer(Self.version), "subtitle": .string(subtitle), "verdict": .string(verdict),
      "scenarios": .array(outcomes.map(\.json)), "remedies": .array(remedies.map(\.json)),
    ]
  }

  /// Reads a file. A figure that others of the file determine, such as a sum over steps, must be what they
  /// make.
  ///
  /// - Throws: ``DocumentError`` for another kind of document, an unknown member, a number outside its range,
  ///   and for the first figure that contradicts the others.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    let node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let object = try node.object(version: Self.version, required: Self.names)
    self.init(
      subtitle: try object["subtitle"].string(maximumLength: 10_000),
      verdict: try object["verdict"].string(maximumLength: 1 << 20),
      outcomes: try object["scenarios"].elements(maximumCount: 10_000) {
        node throws(DocumentError) in try StressOutcome(node)
      },
      remedies: try object["remedies"].elements(maximumCount: 100) {
        node throws(DocumentError) in try StressRemedyOutcome(node)
      })
    if let (place, made) = Self.firstDifference(node, json) {
      throw place.failure(
        .outOfRange(
          place.value.shown, lower: made.shown,
          upper: "\(made.shown), as the other figures of the file make it"))
    }
  }

  /// The first place at which a document is not what was read from it, and what it would be.
  private static func firstDifference(
    _ node: JSONNode, _ expected: JSONValue
  ) -> (place: JSONNode, made: JSONValue)? {
    switch (node.value, expected) {
    case (.object(let members), .object(let others)) where members.count == others.count:
      for member in members {
        guard let other = others.first(where: { $0.key == member.key }) else { return (node, expected) }
        let place = JSONNode(member.value, at: node.path.appending(member.key))
        if let found = firstDifference(place, other.value) { return found }
      }
      return nil
    case (.array(let elements), .array(let others)) where elements.count == others.count:
      for (index, pair) in zip(elements, others).enumerated() {
        if let found = firstDifference(JSONNode(pair.0, at: node.path.appending(index)), pair.1) {
          return found
        }
      }
      return nil
    case (.number(let a), .number(let b)): return Double(a) == Double(b) ? nil : (node, expected)
    default: return node.value == expected ? nil : (node, expected)
    }
  }
}

extension StressOutcome {
  var json: JSONValue {
    [
      "scenario": scenario.json, "isCovered": .bool(isCovered), "results": .array(results.map(\.json)),
    ]
  }

  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: ["scenario", "isCovered", "results"])
    let scenario = try StressScenario(object["scenario"])
    let results = try object["results"].elements(maximumCount: 1_000) {
      node throws(DocumentError) in try StressResult(node, of: scenario)
    }
    guard let outcome = StressOutcome(results) else {
      throw try object["results"].failure(.outOfRange("0", lower: "1", upper: "1000"))
    }
    self = outcome
  }
}

extension StressRemedyOutcome {
  var json: JSONValue { ["name": .string(name), "shortfalls": .array(shortfalls.map(\.json))] }

  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: ["name", "shortfalls"])
    self.init(
      name: try object["name"].string(maximumLength: 1_000),
      shortfalls: try object["shortfalls"].elements(maximumCount: 10_000) {
        node throws(DocumentError) in try StressShortfall(node)
      })
  }
}

extension StressShortfall {
  var json: JSONValue {
    [
      "scenario": .string(scenario), "deleveraged": .figure(deleveraged), "socialised": .figure(socialised),
      "unpaid": .figure(unpaid),
    ]
  }

  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: ["scenario", "deleveraged", "socialised", "unpaid"])
    self.init(
      scenario: try object["scenario"].string(maximumLength: 64),
      deleveraged: try object["deleveraged"].figure(), socialised: try object["socialised"].figure(),
      unpaid: try object["unpaid"].figure())
  }
}

// Figures

extension JSONValue {
  /// A number that reads back as it is; one without end is a word.
  static func figure(_ value: Double) -> JSONValue {
    value.isFinite ? .number("\(value)") : .string("infinite")
  }

  /// The value in a few characters.
  fileprivate var shown: String { String(decoding: encoded().prefix(40), as: UTF8.self) }
}

extension JSONNode {
  /// A number as ``JSONValue/figure(_:)`` writes it.
  func figure() throws(DocumentError) -> Double {
    guard case .string(let word) = value else { return try number() }
    guard word == "infinite" else { throw failure(.unknownWord(word, known: ["infinite"])) }
    return .infinity
  }

  /// The elements of an array, each read.
  func elements<Element>(
    maximumCount: Int, _ read: (JSONNode) throws(DocumentError) -> Element
  ) throws(DocumentError) -> [Element] {
    var found: [Element] = []
    for node in try array(maximumCount: maximumCount) { found.append(try read(node)) }
    return found
  }
}
