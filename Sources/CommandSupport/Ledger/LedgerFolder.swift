package import Admission
package import AdmissionStore
package import CanonicalBytes
package import CircuitLanguage
internal import Foundation
package import Solvency

/// A ledger directory: who keeps it and whose word counts, the circuits, and the log.
///
///     desk.json              the venue's name, public keys, when proofs fall due, which circuits are convex
///     and why
///     circuits/*.circuit     the rules that this venue decides on
///     ledger.sqlite          the log, with the documents of every entry
///     ledger.head            the last signed head of the log
///
/// The first two found the ledger: with its first entry they are in the log, and from then on that is what
/// counts. `ledger change` puts them in force as they are then.
package struct LedgerFolder {
  package static let deskName = "desk.json"
  package static let storeName = "ledger.sqlite"
  package static let circuitsName = "circuits"
  private static let version: Int64 = 2
  /// Without a list of convex circuits; its ledger has no charter.
  private static let firstVersion: Int64 = 1
  private static let fileByteLimit = 1 << 20

  package let path: String
  package let venue: Audience
  package let parties: Counterparties
  package let policy: Policy
  package let convexity: ConvexityList
  /// Whether desk.json is of the first version.
  package let isOutdated: Bool
  /// A head kept elsewhere that the log must not end before.
  package var knownHead: LogHead?

  package var storePath: String { "\(path)/\(Self.storeName)" }

  // Making one

  /// Makes the directory.
  package static func make(
    _ path: String, venue: Audience, parties: Counterparties, policy: Policy, circuits: [String],
    convexity: ConvexityList = .shipped
  ) throws(ToolFailure) {
    try OutputFile.makeFolder(path)
    try OutputFile.checkFree("\(path)/\(deskName)", replacing: false)
    try OutputFile.makeFolder("\(path)/\(circuitsName)")
    for circuit in circuits {
      let source = try Documents.circuitSource(circuit)
      try OutputFile.write(
        source.text, to: "\(path)/\(circuitsName)/\(source.name)", access: .everybody,
        replacing: true)
    }
    let storePath = "\(path)/\(storeName)"
    try ToolFailure.wrapping(storePath) {
      // An empty one may be left of a run that was interrupted.
      if let left = try? SQLiteStore(opening: storePath), try left.head() == nil { return }
      _ = try SQLiteStore(creating: storePath)
    }
    // Last, so that a directory with this file is complete.
    try OutputFile.write(
      description(venue, parties, policy, convexity).encoded(.indented), to: "\(path)/\(deskName)",
      access: .everybody, replacing: false)
  }

  private static func description(
    _ venue: Audience, _ parties: Counterparties, _ policy: Policy, _ convexity: ConvexityList
  ) -> JSONValue {
    let schedule = policy.schedule
    return [
      "version": .integer(version), "venue": .string(venue.description),
      "venueKey": .hex(parties.venue.bytes),
      "custodians": .array(sorted(parties.custodians)),
      "matchingEngines": .array(sorted(parties.matchingEngines)),
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

  /// Writes desk.json anew, in the present form.
  package func renewDescription() throws(ToolFailure) {
    try OutputFile.write(
      Self.description(venue, parties, policy, convexity).encoded(.indented), to: "\(path)/\(Self.deskName)",
      access: .everybody, replacing: true)
  }

  private static func sorted(_ keys: Set<VerificationKey>) -> [JSONValue] {
    keys.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }.map { .hex($0) }
  }

  // Opening one

  /// Reads a directory's description.
  package init(_ path: String) throws(ToolFailure) {
    let file = "\(path)/\(Self.deskName)"
    guard FileManager.default.fileExists(atPath: file) else {
      throw ToolFailure(
        .missingInput, path, "is not a ledger directory; make one with `solvency ledger init`")
    }
    let bytes = try InputFile.read(file, limit: Self.fileByteLimit)
    self.path = path
    let desk = try ToolFailure.wrapping(file) { try Self.desk(bytes) }
    (venue, parties, policy, convexity, isOutdated) = desk
  }

  private static func desk(
    _ bytes: [UInt8]
  ) throws -> (Audience, Counterparties, Policy, ConvexityList, isOutdated: Bool) {
    let root = try JSONDocument.parse(bytes, maximumBytes: fileByteLimit)
    let stated = try root.version(in: firstVersion...version)
    let isOutdated = stated == firstVersion
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
    guard !isOutdated else { return (venue, parties, policy, .shipped, isOutdated: true) }
    var reasons: [Digest: String] = [:]
    for node in try members["convex"].array(maximumCount: CharterRecord.circuitLimit) {
      let listed = try node.object(required: ["circuit", "reason"])
      let hex = try listed["circuit"]
      guard let circuit = Digest(try hex.bytes(hexOfCount: Digest.byteCount)) else {
        throw hex.failure(.notHexadecimal)
      }
      reasons[circuit] = try listed["reason"].string(maximumLength: ConvexityList.reasonByteLimit)
    }
    return (venue, parties, policy, ConvexityList(reasons), isOutdated: false)
  }

  /// The circuits in the directory, by name.
  package func circuits() throws(ToolFailure) -> [Circuit] {
    let folder = "\(path)/\(Self.circuitsName)"
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder))?
      .filter { $0.hasSuffix(".circuit") }.sorted() ?? []
    guard !names.isEmpty else {
      throw ToolFailure(.missingInput, folder, "holds no circuit; was the directory copied completely?")
    }
    var circuits: [Circuit] = []
    for name in names { circuits.append(try Documents.circuit("\(folder)/\(name)")) }
    return circuits
  }

  /// What the directory's files say of the venue.
  package func charter() throws(ToolFailure) -> Charter {
    Charter(
      venue: venue, parties: parties, policy: policy, circuits: try circuits(), convexity: convexity)
  }

  /// The ledger, to be written to.
  package func ledger(
    _ key: consuming SigningKey, from start: LedgerStart = .checkpoint
  ) throws(ToolFailure) -> Ledger {
    guard key.verificationKey == parties.venue else {
      throw ToolFailure(.refused, "--key", "is not the key of this ledger's venue")
    }
    let signer: LogSigner
    do {
      signer = try LogSigner(key)
    } catch {
      throw ToolFailure(.refused, "--key", "is not the key of a venue")
    }
    let published = publishedHead
    let known = try publishedLogHead()
    return try ToolFailure.wrapping(storePath) {
      try Ledger(
        store: HeadKeepingStore(store: SQLiteStore(opening: storePath), published: published), signer: signer,
        from: start, notBehind: known)
    }
  }

  /// The desk, ready to decide: by the charter in the log, or by the directory's files while there is none.
  package func desk(
    _ key: consuming SigningKey, from start: LedgerStart = .checkpoint
  ) throws(ToolFailure) -> Admission {
    let ledger = try ledger(key, from: start)
    let inForce = try ToolFailure.wrapping(storePath) { try ledger.charter() }
    let charter: Charter
    if let inForce { charter = inForce } else { charter = try self.charter() }
    return try ToolFailure.wrapping(storePath) { try Admission(charter, ledger: ledger) }
  }

  /// The log as it is on the disk.
  package func store() throws(ToolFailure) -> SQLiteStore {
    try ToolFailure.wrapping(storePath) { try SQLiteStore(opening: storePath, isReadOnly: true) }
  }

  /// The ledger, to be read.
  package func ledger(from start: LedgerStart) throws(ToolFailure) -> Ledger {
    let store = try store()
    let known = try publishedLogHead()
    return try ToolFailure.wrapping(storePath) {
      try Ledger(reading: store, of: parties.venue, from: start, notBehind: known)
    }
  }

  // What the venue has published

  package var publishedHead: PublishedHead { PublishedHead(path: "\(path)/\(PublishedHead.name)") }

  /// The later of the head beside the database and the one that was given.
  package func publishedLogHead() throws(ToolFailure) -> LogHead? {
    let beside = try publishedHead.read(of: parties.venue)
    guard let knownHead, knownHead.count >= beside?.count ?? 0 else { return beside }
    return knownHead
  }
}

extension Documents {
  /// The name and the text of a circuit, as a file of a ledger directory.
  package static func circuitSource(
    _ nameOrPath: String
  ) throws(ToolFailure) -> (name: String, text: [UInt8]) {
    // Read as a circuit first, so that only sound ones get in.
    _ = try circuit(nameOrPath)
    if let source = BuiltInCircuits.sources.first(where: { $0.name == nameOrPath }) {
      return (source.name + ".circuit", Array(source.text.utf8))
    }
    let name = URL(filePath: nameOrPath).deletingPathExtension().lastPathComponent
    return (name + ".circuit", try InputFile.read(nameOrPath, limit: 1 << 20))
  }
}
