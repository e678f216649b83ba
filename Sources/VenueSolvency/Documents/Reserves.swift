public import CanonicalBytes
internal import MarginRules
public import Solvency

/// All reserves that a venue counts at one roll, each attested by a custodian that is trusted.
public struct Reserves: Hashable, Sendable {
  /// The most attestations.
  public static let countLimit = 4096
  /// By how many seconds a reserve may be older than the roll, if its reader says nothing else: one day.
  public static let greatestAge: UInt64 = 86_400

  /// The attestations in the order of their canonical bytes, and of the keys of their signers.
  public let attestations: [Signed<ReserveAttestation>]
  /// SHA-256 over number, contents and signers. Signatures are not part of it.
  public let digest: Digest
  /// The sums by coordinate, lots or quanta.
  public let amounts: [String: Int64]
  /// By how many seconds one may be older than the roll, as its reader chose.
  public let ageLimit: UInt64

  /// Checks the signatures and adds the amounts up.
  ///
  /// - Parameters:
  ///   - attestations: in any order.
  ///   - custodians: the custodians that are trusted.
  ///   - ledger: whose reserves they must be.
  ///   - moment: the roll's instant.
  ///   - greatestAge: how old an attestation may be at that instant, in seconds.
  /// - Throws: ``ReserveError``.
  public init(
    of attestations: [Signed<ReserveAttestation>], trusting custodians: Set<VerificationKey>,
    ledger: Audience,
    at moment: Timestamp, greatestAge: UInt64 = Reserves.greatestAge
  ) throws(ReserveError) {
    guard attestations.count <= Self.countLimit else { throw .tooMany(limit: Self.countLimit) }
    var amounts: [String: Int64] = [:]
    for signed in attestations {
      guard custodians.contains(signed.signer) else { throw .unknownCustodian(signed.signer) }
      let reserve: ReserveAttestation
      do throws(SigningError) {
        reserve = try signed.content(verifiedBy: signed.signer)
      } catch {
        throw .signature(error)
      }
      guard reserve.pledgedTo == ledger else { throw .pledgedElsewhere(reserve.pledgedTo) }
      guard reserve.asOf <= moment, moment.seconds - reserve.asOf.seconds <= greatestAge else {
        throw .otherTime(asset: reserve.asset)
      }
      let (sum, overflow) = (amounts[reserve.asset] ?? 0).addingReportingOverflow(reserve.amount)
      guard !overflow, SnapshotLimits.totals.contains(sum) else { throw .overflow(asset: reserve.asset) }
      amounts[reserve.asset] = sum
    }
    try Self.checkDistinct(attestations.map { ($0.signer, $0.unverified) })
    let sorted =
      attestations
      .map { (bytes: $0.unverified.canonicalBytes + $0.signer.bytes, signed: $0) }
      .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    var writer = CanonicalWriter(domain: "solvency/reserves/v1")
    writer.append(UInt32(sorted.count))
    for (bytes, _) in sorted { writer.append(text: bytes) }
    digest = .sha256(of: writer.bytes)
    self.attestations = sorted.map(\.signed)
    self.amounts = amounts
    ageLimit = greatestAge
  }

  /// A reference without spaces, in small letters; what else nobody sees, no attestation has.
  private static func comparable(_ reference: String) -> String {
    reference.lowercased().filter { $0 != " " }
  }

  /// Refuses what may be one reserve under two attestations.
  ///
  /// A reference covers an asset once, no matter who attests it. Without references nothing tells two
  /// reserves of one asset with one custodian apart, so that each custodian attests an asset once, or with
  /// references each time.
  private static func checkDistinct(
    _ reserves: [(signer: VerificationKey, content: ReserveAttestation)]
  ) throws(ReserveError) {
    // Strings compare in their canonical form. Who writes a reference in capitals writes the same one.
    var references: Set<String> = []
    var (attested, unreferenced): (Set<[UInt8]>, Set<[UInt8]>) = ([], [])
    for (signer, reserve) in reserves {
      let asset = Array(reserve.asset.utf8) + [0]
      for reference in reserve.references
      where !references.insert("\(reserve.asset)\0\(Self.comparable(reference))").inserted {
        throw .countedTwice(asset: reserve.asset)
      }
      let key = asset + signer.bytes
      guard attested.insert(key).inserted || !reserve.references.isEmpty && !unreferenced.contains(key) else {
        throw .countedTwice(asset: reserve.asset)
      }
      if reserve.references.isEmpty { unreferenced.insert(key) }
    }
  }
}
