public import CanonicalBytes
public import Solvency

/// `desk.json`: the venue's name, the keys whose word counts, when proofs fall due, and which circuits are
/// convex and why.
public struct DeskFile {
  /// The largest file that is read, in bytes.
  public static let byteLimit = 1 << 20
  private static let version: Int64 = 2
  /// Without a list of convex circuits; its ledger has no charter.
  private static let firstVersion: Int64 = 1

  /// The venue by name.
  public let venue: Audience
  /// Whose signatures count.
  public let parties: Counterparties
  /// What is admitted.
  public let policy: Policy
  /// The circuits that are listed as convex, with the reasons.
  public let convexity: ConvexityList
  /// Whether the file read was of the first version.
  public let isOutdated: Bool

  /// A file of the present version.
  public init(venue: Audience, parties: Counterparties, policy: Policy, convexity: ConvexityList) {
    (self.venue, self.parties, self.policy, self.convexity) = (venue, parties, policy, convexity)
    isOutdated = false
  }

  /// The file, in the present version.
  public var json: JSONValue {
    let schedule = policy.schedule
    return [
      "version": .integer(Self.version), "venue": .string(venue.description),
      "venueKey": .hex(parties.venue.bytes),
      "custodians": .array(Self.sorted(parties.custodians)),
      "matchingEngines": .array(Self.sorted(parties.matchingEngines)),
      "schedule": [
        "interval": .integer(schedule.interval), "shortest": .integer(schedule.shortest),
        "longest": .integer(schedule.longest), "afterFill": .integer(schedule.afterFill),
        "grace": .integer(schedule.grace),
      ],
      "orderInterval": .integer(policy.orderInterval),
      "requiresChallenge": .bool(policy.rules.contains { $0 is AnswersChallenge }),
      "convex": .array(
        convexity.reasons.sorted { $0.key.description < $1.key.description }.map { circuit, reason in
          ["circuit": .hex(circuit.bytes), "reason": .string(reason)]
        }),
    ]
  }

  private static func sorted(_ keys: Set<VerificationKey>) -> [JSONValue] {
    keys.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }.map { .hex($0) }
  }

  /// Reads a file of this version or the first.
  ///
  /// - Throws: `DocumentError` or `FileError` for what is missing, unknown or out of range.
  public init(decoding bytes: [UInt8]) throws {
    let root = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let stated = try root.version(in: Self.firstVersion...Self.version)
    isOutdated = stated == Self.firstVersion
    let members = try root.object(
      version: stated,
      required: [
        "venue", "venueKey", "custodians", "matchingEngines", "schedule", "orderInterval",
        "requiresChallenge",
      ] + (isOutdated ? [] : ["convex"]))
    let venueNode = try members["venue"]
    guard let venue = try? Audience(venueNode.string(maximumLength: 128)) else {
      throw FileError.invalidName(path: "venue", .notPrintable)
    }
    func key(_ node: JSONNode) throws -> VerificationKey {
      try VerificationKey(node.bytes(hexOfCount: VerificationKey.byteCount))
    }
    func keys(_ name: String) throws -> Set<VerificationKey> {
      Set(try members[name].array(maximumCount: 1 << 10).map(key))
    }
    let parties = Counterparties(
      venue: try key(try members["venueKey"]), custodians: try keys("custodians"),
      matchingEngines: try keys("matchingEngines"))
    let schedule = try members["schedule"].object(
      required: ["interval", "shortest", "longest", "afterFill", "grace"])
    var policy = Policy.production
    policy.schedule = MarginCallSchedule(
      interval: try schedule["interval"].unsigned(), shortest: try schedule["shortest"].unsigned(),
      longest: try schedule["longest"].unsigned(), afterFill: try schedule["afterFill"].unsigned(),
      grace: try schedule["grace"].unsigned())
    policy.orderInterval = try members["orderInterval"].unsigned()
    if try members["requiresChallenge"].bool() { policy.rules.append(AnswersChallenge()) }
    (self.venue, self.parties, self.policy) = (venue, parties, policy)
    guard !isOutdated else {
      convexity = .shipped
      return
    }
    var reasons: [Digest: String] = [:]
    for node in try members["convex"].array(maximumCount: CharterRecord.circuitLimit) {
      let listed = try node.object(required: ["circuit", "reason"])
      let hex = try listed["circuit"]
      guard let circuit = Digest(try hex.bytes(hexOfCount: Digest.byteCount)) else {
        throw hex.failure(.notHexadecimal)
      }
      reasons[circuit] = try listed["reason"].string(maximumLength: ConvexityList.reasonByteLimit)
    }
    convexity = ConvexityList(reasons)
  }
}
