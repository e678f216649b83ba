public import CanonicalBytes
internal import Liquidation
internal import RiskEngine

extension LabTerms {
  /// The version of the file of a venue.
  public static let version: Int64 = 1

  private static let numbers:
    [(name: String, path: any WritableKeyPath<Self, Double> & Sendable, range: ClosedRange<Double>)] = [
      ("fundShare", \.fundShare, 0...1), ("firstLayerShare", \.firstLayerShare, 0...1),
      ("backstopShare", \.backstopShare, 0...1), ("liquidatorCapacity", \.liquidatorCapacity, 0...1e9),
      ("liquidatorProfit", \.liquidatorProfit, 0...0.5), ("impact", \.impact, 0...20),
      ("impactHalfLife", \.impactHalfLife, 0...1e7), ("crossImpact", \.crossImpact, 0...1),
      ("makersLeaveAt", \.makersLeaveAt, 0...1e9), ("makersLeft", \.makersLeft, 0...1),
    ]

  /// Reads a venue from JSON; what is missing is that of ``standard``.
  ///
  ///     { "version": 1, "fundShare": 0.005, "backstopShare": 0.01, "deleveraging": "queue", "impact": 1,
  ///       "agents": { "arbitrageCapital": 0.5, "whales": { "count": 3 } },
  ///       "liquidation": { "version": 1, … }, "engine": { … as `solvency snapshot config` prints it … } }
  ///
  /// - Throws: ``DocumentError`` for another kind of document, an unknown member or a number outside its
  ///   range.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    let node = try JSONDocument.parse(bytes, maximumBytes: 1 << 22)
    _ = try node.version(in: 1...Self.version)
    let object = try node.object(
      required: ["version"],
      optional: Self.numbers.map(\.name) + [
        "backstopDiscountPpm", "deleveraging", "liquidators", "liquidation", "engine", "agents",
      ])
    self.init()
    for (name, path, range) in Self.numbers {
      guard let member = object.optional(name) else { continue }
      self[keyPath: path] = try member.number(within: range)
    }
    if let member = object.optional("backstopDiscountPpm") {
      backstopDiscountPpm = try member.integer(in: 0...900_000)
    }
    if let member = object.optional("deleveraging") { deleveraging = try member.word() }
    if let member = object.optional("liquidators") {
      let count: Int64 = try member.integer(in: 1...64)
      liquidators = Int(count)
    }
    if let member = object.optional("agents") { agents = try AgentTerms(member) }
    if let member = object.optional("liquidation") { liquidation = try LiquidationTerms(member) }
    if let member = object.optional("engine") {
      do throws(ConfigurationError) {
        engine = try EngineConfiguration(json: member.value.encoded())
      } catch {
        throw member.failure(.unknownWord("\(error)", known: ["a configuration of the engine"]))
      }
    }
  }
}
