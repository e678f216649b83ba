public import CanonicalBytes
public import CircuitLanguage
internal import MarginRules
public import Solvency

/// The document that binds a ledger: who keeps it, whose signatures count, what is admitted, and the
/// circuits, whole.
///
/// It is the evidence of the ledger's first entry and of every entry that changes it (``CharterRecord``). An
/// audit replays with what it says and takes nothing from anywhere else.
public struct Charter: Sendable {
  private static let domain: StaticString = "solvency/charter/v1"
  private static let ruleLimit = 1 << 8
  private static let ruleByteLimit = 1 << 20
  private static let keyLimit = 1 << 10
  private static let sourceByteLimit = 1 << 20

  /// The venue by name.
  public let venue: Audience
  /// Whose signatures count.
  public let parties: Counterparties
  /// What is admitted.
  public let policy: Policy
  /// The circuits that the venue decides on, ascending by digest.
  public let circuits: [ListedCircuit]

  /// A circuit, and why the venue lists it as convex along coordinates.
  public struct ListedCircuit: Sendable {
    /// The circuit.
    public let circuit: Circuit
    /// The reason; nil if it is not listed as convex.
    public let convexity: String?
  }

  /// A charter of these parts.
  ///
  /// - Parameter convexity: the circuits that are listed as convex along coordinates; others of the list do
  ///   no harm.
  public init(
    venue: Audience, parties: Counterparties, policy: Policy = .production, circuits: [Circuit],
    convexity: ConvexityList = .shipped
  ) {
    self.venue = venue.named
    self.parties = parties
    self.policy = policy
    var seen: Set<Digest> = []
    self.circuits =
      circuits.filter { seen.insert($0.digest).inserted }
      .sorted { $0.digest.bytes.lexicographicallyPrecedes($1.digest.bytes) }
      .map { ListedCircuit(circuit: $0, convexity: convexity.reasons[$0.digest]) }
  }

  /// The name of the charter: SHA-256 of ``encoded()``.
  public var digest: Digest { .sha256(of: encoded()) }

  /// The digest of ``Policy/encoded()``.
  public var policyDigest: Digest { .sha256(of: policy.encoded()) }

  /// SHA-256 over a domain, the venue's key, and the keys of custodians and of matching engines, ascending.
  public var partiesDigest: Digest {
    var writer = CanonicalWriter(domain: "solvency/parties/v1")
    append(parties, to: &writer)
    return .sha256(of: writer.bytes)
  }

  /// What the log says of this charter.
  ///
  /// - Parameter previous: the digest of the entry before; all zero at the beginning of a log.
  public func record(after previous: Digest) -> CharterRecord {
    CharterRecord(
      previous: previous, venue: parties.venue, charter: .sha256(of: encoded()), policy: policyDigest,
      parties: partiesDigest,
      circuits: circuits.map {
        CharterRecord.Listing(circuit: $0.circuit.digest, isConvex: $0.convexity != nil)
      }, snapshotGrace: policy.snapshotGrace)
  }

  /// The one encoding: domain ‖ venue ‖ parties ‖ policy ‖ for each circuit its source and its reason.
  public func encoded() -> [UInt8] {
    var writer = CanonicalWriter(domain: Self.domain)
    writer.append(text: venue.utf8)
    append(parties, to: &writer)
    writer.append(text: policy.encoded())
    writer.append(UInt32(circuits.count))
    for listed in circuits {
      writer.append(text: listed.circuit.sourceBytes)
      writer.append(text: Array((listed.convexity ?? "").utf8))
    }
    return writer.bytes
  }

  private func append(_ parties: Counterparties, to writer: inout CanonicalWriter) {
    writer.append(fixed: parties.venue.bytes)
    for keys in [parties.custodians, parties.matchingEngines] {
      writer.append(UInt32(keys.count))
      for key in keys.map(\.bytes).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        writer.append(fixed: key)
      }
    }
  }

  /// The charter that `bytes` encode. Accepts exactly what ``encoded()`` returns, of rules that this library
  /// has.
  ///
  /// - Throws: ``CharterError``.
  public init(decoding bytes: [UInt8]) throws(CharterError) {
    do {
      var reader = try CanonicalReader(bytes, domain: Self.domain)
      venue = try Audience(utf8: try reader.text(limit: AccountID.byteLimit))
      let key = try VerificationKey(try reader.take(VerificationKey.byteCount))
      func keys(_ reader: inout CanonicalReader) throws -> Set<VerificationKey> {
        Set(
          try reader.list(limit: Self.keyLimit) { reader in
            try VerificationKey(try reader.take(VerificationKey.byteCount))
          })
      }
      parties = Counterparties(
        venue: key, custodians: try keys(&reader), matchingEngines: try keys(&reader))
      policy = try Policy(decoding: try reader.text(limit: Self.ruleByteLimit))
      circuits = try reader.list(limit: CharterRecord.circuitLimit) { reader in
        let source = try reader.text(limit: Self.sourceByteLimit)
        let reason = String(decoding: try reader.text(limit: ConvexityList.reasonByteLimit), as: UTF8.self)
        return ListedCircuit(
          circuit: try Circuit(parsing: source, named: "circuit"), convexity: reason.isEmpty ? nil : reason)
      }
      try reader.finish()
    } catch let error as CharterError {
      throw error
    } catch {
      throw .malformed
    }
    guard encoded() == bytes else { throw .malformed }
  }
}

/// Why bytes are not a charter.
public enum CharterError: Error, Hashable, Sendable {
  /// They are not a charter of this version.
  case malformed
  /// The policy has a rule that this library does not have: it is named by its declaration.
  case unknownRule(String)
}

extension Policy {
  private static let domain: StaticString = "solvency/policy/v1"
  private static let ruleLimit = 1 << 8
  private static let ruleByteLimit = 1 << 16

  /// The policy's one encoding: its numbers, and the declarations of its rules in their order.
  public func encoded() -> [UInt8] {
    var writer = CanonicalWriter(domain: Self.domain)
    for value in [
      clockSkew, snapshotGrace, orderInterval, schedule.interval, schedule.shortest, schedule.longest,
      schedule.afterFill, schedule.grace, UInt64(recordedRefusals),
    ] {
      writer.append(value)
    }
    writer.append(UInt32(rules.count))
    for rule in rules { writer.append(text: Array(rule.declaration.utf8)) }
    return writer.bytes
  }

  /// The policy that `bytes` encode, of rules that this library has.
  ///
  /// - Throws: ``CharterError``.
  public init(decoding bytes: [UInt8]) throws(CharterError) {
    do {
      var reader = try CanonicalReader(bytes, domain: Self.domain)
      var values: [UInt64] = []
      for _ in 0..<9 { values.append(try reader.uint64()) }
      let declarations = try reader.list(limit: Self.ruleLimit) { reader in
        String(decoding: try reader.text(limit: Self.ruleByteLimit), as: UTF8.self)
      }
      try reader.finish()
      guard let recorded = UInt32(exactly: values[8]) else { throw CharterError.malformed }
      var rules: [any AdmissionRule] = []
      for declaration in declarations {
        guard let rule = DeclaredRules.rule(declaration) else { throw CharterError.unknownRule(declaration) }
        rules.append(rule)
      }
      self.init(
        rules: rules, clockSkew: values[0], snapshotGrace: values[1], orderInterval: values[2],
        schedule: MarginCallSchedule(
          interval: values[3], shortest: values[4], longest: values[5], afterFill: values[6], grace: values[7]
        ),
        recordedRefusals: recorded)
    } catch let error as CharterError {
      throw error
    } catch {
      throw .malformed
    }
  }
}
