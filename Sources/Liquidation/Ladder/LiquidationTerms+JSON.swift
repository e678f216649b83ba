public import CanonicalBytes

extension LiquidationTerms {
  /// The version of the file of terms.
  public static let version: Int64 = 1

  /// Reads terms from JSON; members that are missing are those of ``standard``.
  ///
  ///     { "version": 1, "targetPpm": 1250000, …,
  ///       "auction": { "curve": "stairstep", "cutPpm": 5000, "stepSeconds": 30, "bufferPpm": 1010000, … } }
  ///
  /// - Throws: ``DocumentError`` for another kind of document, an unknown member, or a number outside its
  ///   range.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    try self.init(JSONDocument.parse(bytes, maximumBytes: 1 << 16))
  }

  /// Reads terms that stand inside another document.
  ///
  /// - Throws: as ``init(json:)``.
  public init(_ node: JSONNode) throws(DocumentError) {
    _ = try node.version(in: 1...Self.version)
    let names = Self.members.map(\.name)
    let object = try node.object(required: ["version"], optional: names + ["auction"])
    var terms = Self.standard
    for (name, path) in Self.members {
      if let member = object.optional(name) { terms[keyPath: path] = try member.integer(in: 0...(1 << 52)) }
    }
    if let auction = object.optional("auction") { terms.auction = try AuctionTerms(auction) }
    do throws(LiquidationError) {
      try terms.check()
    } catch {
      guard case .parameter(let name, let range) = error else {
        throw node.failure(.notAnInteger("\(error)"))
      }
      let place = object.optional(name) ?? object.optional("auction") ?? node
      let value = Self.members.first { $0.name == name }.map { "\(terms[keyPath: $0.path])" } ?? name
      throw place.failure(.outOfRange(value, lower: "\(range.lowerBound)", upper: "\(range.upperBound)"))
    }
    self = terms
  }

  private static let members: [(name: String, path: any WritableKeyPath<Self, Int64> & Sendable)] = [
    ("targetPpm", \.targetPpm), ("warningPpm", \.warningPpm), ("fullClosePpm", \.fullClosePpm),
    ("dust", \.dust), ("slippagePpm", \.slippagePpm), ("penaltyLeastPpm", \.penaltyLeastPpm),
    ("penaltyMostPpm", \.penaltyMostPpm), ("penaltyFloorPpm", \.penaltyFloorPpm),
    ("liquidatorSharePpm", \.liquidatorSharePpm), ("insuranceSharePpm", \.insuranceSharePpm),
  ]

  /// The terms as JSON.
  public var json: JSONValue {
    var members = [JSONMember("version", .integer(Self.version))]
    for (name, path) in Self.members { members.append(JSONMember(name, .integer(self[keyPath: path]))) }
    members.append(JSONMember("auction", auction.json))
    return .object(members)
  }

  /// What the terms are known by: SHA-256 of their JSON without spaces.
  public var digest: Digest { .sha256(of: json.encoded()) }
}

extension AuctionTerms {
  private enum Curve: String, CaseIterable {
    case stairstep
    case linear
  }

  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(
      required: [],
      optional: [
        "curve", "cutPpm", "stepSeconds", "seconds", "bufferPpm", "tailSeconds", "cuspPpm", "dust", "tip",
        "chipPpm",
        "stop",
      ])
    let range: ClosedRange<Int64> = 0...(1 << 52)
    var terms = AuctionTerms.standard
    switch try object.optional("curve")?.word(Curve.self) {
    case .linear: terms.curve = .linear(seconds: try object["seconds"].integer(in: range))
    case .stairstep:
      terms.curve = .stairstep(
        cutPpm: try object["cutPpm"].integer(in: range),
        stepSeconds: try object["stepSeconds"].integer(in: range))
    case nil: break
    }
    if let member = object.optional("bufferPpm") { terms.bufferPpm = try member.integer(in: range) }
    if let member = object.optional("tailSeconds") { terms.tailSeconds = try member.integer(in: range) }
    if let member = object.optional("cuspPpm") { terms.cuspPpm = try member.integer(in: range) }
    if let member = object.optional("dust") { terms.dust = try member.integer(in: range) }
    if let member = object.optional("tip") { terms.tip = try member.integer(in: range) }
    if let member = object.optional("chipPpm") { terms.chipPpm = try member.integer(in: range) }
    if let member = object.optional("stop") {
      terms.stop = AuctionStop(rawValue: try member.integer(in: 0...3)) ?? .nothing
    }
    self = terms
  }

  var json: JSONValue {
    var members: [JSONMember] = []
    switch curve {
    case .linear(let seconds):
      members += [JSONMember("curve", "linear"), JSONMember("seconds", .integer(seconds))]
    case .stairstep(let cut, let step):
      members += [
        JSONMember("curve", "stairstep"), JSONMember("cutPpm", .integer(cut)),
        JSONMember("stepSeconds", .integer(step)),
      ]
    }
    members += [
      JSONMember("bufferPpm", .integer(bufferPpm)), JSONMember("tailSeconds", .integer(tailSeconds)),
      JSONMember("cuspPpm", .integer(cuspPpm)), JSONMember("dust", .integer(dust)),
      JSONMember("tip", .integer(tip)),
      JSONMember("chipPpm", .integer(chipPpm)), JSONMember("stop", .integer(stop.rawValue)),
    ]
    return .object(members)
  }
}
