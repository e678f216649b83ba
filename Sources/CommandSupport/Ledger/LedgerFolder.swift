package import Admission
package import AdmissionStore
internal import CanonicalBytes
package import CircuitLanguage
internal import Foundation
package import Solvency

/// A ledger directory: who keeps it and whose word counts, the circuits, and the log.
///
///     desk.json              the venue's name, public keys, when proofs fall due
///     circuits/*.circuit     the rules that this venue decides on
///     ledger.sqlite          the log, with the documents of every entry
package struct LedgerFolder {
  package static let deskName = "desk.json"
  package static let storeName = "ledger.sqlite"
  package static let circuitsName = "circuits"
  private static let version: Int64 = 1
  private static let fileByteLimit = 1 << 20

  package let path: String
  package let venue: Audience
  package let parties: Counterparties
  package let policy: Policy

  private var storePath: String { "\(path)/\(Self.storeName)" }

  // Making one

  /// Makes the directory.
  package static func make(
    _ path: String, venue: Audience, parties: Counterparties, policy: Policy, circuits: [String]
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
    let schedule = policy.schedule
    let json: JSONValue = [
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
    ]
    // Last, so that a directory with this file is complete.
    try OutputFile.write(
      json.encoded(.indented), to: "\(path)/\(deskName)", access: .everybody, replacing: false)
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
        .missingInput, path, "is no ledger directory; make one with `solvency ledger init`")
    }
    let bytes = try InputFile.read(file, limit: Self.fileByteLimit)
    self.path = path
    (venue, parties, policy) = try ToolFailure.wrapping(file) { try Self.desk(bytes) }
  }

  private static func desk(_ bytes: [UInt8]) throws -> (Audience, Counterparties, Policy) {
    let root = try JSONDocument.parse(bytes, maximumBytes: fileByteLimit)
    let members = try root.object(
      version: version,
      required: [
        "venue", "venueKey", "custodians", "matchingEngines", "schedule", "orderInterval",
        "requiresChallenge",
      ])
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
    return (venue, parties, policy)
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

  /// The desk, ready to decide.
  package func desk(
    _ key: consuming SigningKey, from start: LedgerStart = .checkpoint
  ) throws(ToolFailure) -> Admission {
    let circuits = try circuits()
    guard key.verificationKey == parties.venue else {
      throw ToolFailure(.refused, "--key", "is not the key of this ledger's venue")
    }
    let signer: LogSigner
    do {
      signer = try LogSigner(key)
    } catch {
      throw ToolFailure(.refused, "--key", "is not the key of a venue")
    }
    return try ToolFailure.wrapping(storePath) {
      let ledger = try Ledger(store: SQLiteStore(opening: storePath), signer: signer, from: start)
      return try Admission(
        policy: policy, venue: venue, parties: parties, ledger: ledger, circuits: circuits)
    }
  }

  /// The log as it is on the disk.
  package func store() throws(ToolFailure) -> SQLiteStore {
    try ToolFailure.wrapping(storePath) { try SQLiteStore(opening: storePath, isReadOnly: true) }
  }

  /// The ledger, to be read.
  package func ledger(from start: LedgerStart) throws(ToolFailure) -> Ledger {
    let store = try store()
    return try ToolFailure.wrapping(storePath) { try Ledger(reading: store, of: parties.venue, from: start) }
  }

  /// An audit by the directory's own description.
  package func audit() throws(ToolFailure) -> Audit {
    Audit(policy: policy, venue: venue, parties: parties, circuits: try circuits())
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
