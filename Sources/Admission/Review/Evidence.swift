internal import CanonicalBytes
public import MarginRules
public import Solvency

/// A snapshot as a venue publishes it: the numbers, and its word that they are its own.
public struct PublishedSnapshot: Hashable, Sendable {
  private static let domain: StaticString = "solvency/published-snapshot/v1"

  /// The numbers.
  public let snapshot: RiskSnapshot
  /// The venue's word, not checked yet.
  public let endorsement: Signed<SnapshotEndorsement>

  /// A snapshot with its endorsement.
  public init(_ snapshot: RiskSnapshot, endorsement: Signed<SnapshotEndorsement>) {
    self.snapshot = snapshot
    self.endorsement = endorsement
  }

  /// Both documents as JSON, one after the other, each with its length: the evidence of an epoch.
  public func encoded() -> [UInt8] {
    var writer = CanonicalWriter(domain: Self.domain)
    writer.append(text: snapshot.json.encoded())
    writer.append(text: endorsement.json.encoded())
    return writer.bytes
  }

  /// Reads what ``encoded()`` returned.
  ///
  /// - Throws: ``EvidenceError/malformed``.
  public init(decoding bytes: [UInt8]) throws(EvidenceError) {
    do {
      var reader = try CanonicalReader(bytes, domain: Self.domain)
      snapshot = try RiskSnapshot(json: try reader.text(limit: SnapshotLimits.documentBytes))
      endorsement = try Signed(
        decoding: try reader.text(limit: Signed<SnapshotEndorsement>.fileByteLimit))
      try reader.finish()
    } catch {
      throw .malformed
    }
  }
}

/// The attestations of one account's custodians: the evidence of its opening.
public struct AttestationBundle: Hashable, Sendable {
  private static let domain: StaticString = "solvency/attestations/v1"
  private static let countLimit = 64

  /// The attestations, not checked yet.
  public let attestations: [Signed<Attestation>]

  /// These attestations.
  public init(_ attestations: [Signed<Attestation>]) {
    self.attestations = attestations
  }

  /// The documents as JSON, one after the other, each with its length.
  public func encoded() -> [UInt8] {
    var writer = CanonicalWriter(domain: Self.domain)
    writer.append(UInt32(attestations.count))
    for attestation in attestations { writer.append(text: attestation.json.encoded()) }
    return writer.bytes
  }

  /// Reads what ``encoded()`` returned.
  ///
  /// - Throws: ``EvidenceError/malformed``.
  public init(decoding bytes: [UInt8]) throws(EvidenceError) {
    do {
      var reader = try CanonicalReader(bytes, domain: Self.domain)
      attestations = try reader.list(limit: Self.countLimit) { reader in
        try Signed(decoding: try reader.text(limit: Signed<Attestation>.fileByteLimit))
      }
      try reader.finish()
    } catch {
      throw .malformed
    }
  }
}

/// Why bytes are not the evidence that an event names.
public enum EvidenceError: Error, Hashable, Sendable {
  /// They are not a document of this kind and version.
  case malformed
}
