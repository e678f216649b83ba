internal import CanonicalBytes
package import CommandSupport
internal import Foundation
internal import MarginRules
internal import MarketData
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyProver
internal import TransparencyLog
package import VenueSolvency
internal import VenueSolvencyProver

/// The demonstration's third act: a venue lists all its accounts on a roll, proves each of them and its
/// totals, and is audited in parts. Every account is proved; solvent ones share proofs, 64 each. Then frauds
/// are tried on the roll, and a trader looks the own account up.
package struct RollAct {
  /// Something dishonest, and what is found; nil if nothing is.
  package struct Fraud {
    package let name: String
    package let finding: String?
  }

  package static let venueName = "Example Exchange"
  static let window = 512
  private static let size = GroupSize.sixtyFour
  /// The share of traders who check, for the report.
  static let checkers = 0.01

  package let accountCount: Int
  package let commitTime: Duration
  package let proveTime: Duration
  package let auditTime: Duration
  package let evidenceBytes: Int
  package let verdict: RollVerdict
  package let origin: String
  /// The totals that the venue makes public, shown by proof.
  package let totals: [String: ClosedRange<Int64>]
  package let isExposureShown: Bool
  /// Whether the parts of the audit, merged in two orders, gave the same bytes.
  package let isIndependentOfSplit: Bool
  package let frauds: [Fraud]
  package let check: RollCheck
  package let otherCheck: RollCheck
  /// What custodians attest, by coordinate.
  package let reserves: [String: Int64]

  /// Whether the roll shows the venue to be solvent, every fraud is found and the trader is told the truth.
  package var isAsItShouldBe: Bool {
    verdict.isSolvent && isExposureShown && isIndependentOfSplit && frauds.count == 5
      && frauds.allSatisfy { $0.finding != nil } && check.isIncluded && !otherCheck.isIncluded
  }

  package init(accounts: Int, seed: UInt64) throws(ToolFailure) {
    do {
      try self.init(playing: accounts, seed)
    } catch let error as ToolFailure {
      throw error
    } catch {
      throw ToolFailure(.internalFault, "demo roll", "\(error)")
    }
  }

  private init(playing accounts: Int, _ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let clock = ContinuousClock()
    accountCount = accounts
    let scene = try RollScene(accounts: accounts, random: &random)
    let documents = scene.documents
    origin = documents.header.origin.description
    reserves = documents.reserves.amounts

    // Commit to all books.
    var start = clock.now
    let rows = try scene.committed()
    commitTime = clock.now - start

    // Totals first, then every account; checkpoint, and a witness.
    start = clock.now
    var totalsProver = TotalsProver(documents)
    for row in rows { try totalsProver.add(OpeningFile.open(plain: row.secret.opening)) }
    let totalsProof = try totalsProver.prove()
    totals = scene.published
    let exposure = try totalsProver.prove(exposing: totals)
    let prover = RollProver(documents)
    var listings: [RollListing] = []
    for first in stride(from: 0, to: rows.count, by: Self.window) {
      let window = rows[first..<min(first + Self.window, rows.count)].map(\.secret)
      listings += try prover.listings(of: window, sharing: Self.size)
      Console.progress("proving", listings.count, of: rows.count)
    }
    proveTime = clock.now - start
    var builder = RollBuilder(documents.header)
    for listing in listings { try builder.append(listing.account) }
    let signer = try NoteSigner(name: documents.header.origin, seed: SystemRandom.bytes(32).span)
    let signed = try builder.checkpoint(signedBy: signer)
    let witness = Witness(
      try Cosigner(name: ExactText("witness.example.org"), seed: SystemRandom.bytes(32).span),
      logs: [signer.key])
    let checkpoint = try witness.cosign(
      WitnessRequest(oldSize: 0, path: [], checkpoint: signed), at: documents.header.moment.seconds,
      in: MemoryWitnessStore()
    ).checkpoint
    let policy = try TrustPolicy(logs: [signer.key], witnesses: [witness.key], threshold: 1)

    // Four parts, as four auditors would share them out.
    let entries = RollScene.entries(documents.header, listings)
    evidenceBytes = entries.reduce(0) { $0 + ($1.evidence?.count ?? 0) }
    start = clock.now
    let bounds = (0...4).map { entries.count * $0 / 4 }
    let parts = zip(bounds, bounds.dropFirst()).map { RollScene.audit(documents, entries, $0..<$1) }
    auditTime = clock.now - start
    let audit = try PartialAudit.merging(parts.shuffled(using: &random))
    let pairs = [try parts[0].merged(with: parts[1]), try parts[2].merged(with: parts[3])]
    isIndependentOfSplit =
      try pairs[0].merged(with: pairs[1]).canonicalBytes == audit.canonicalBytes
    verdict = RollVerdict(
      audit, under: documents, checkpoint: try policy.verify(checkpoint).checkpoint, totals: totalsProof)
    isExposureShown = (try? documents.checkExposure(exposure, of: audit.sum)) != nil

    frauds = try RollFrauds(scene: scene, rows: rows, listings: listings, entries: entries).carriedOut()

    // A trader's check, and the same trader with the receipt of another.
    let (mine, other) = (accounts / 3, accounts / 2)
    let own = try OpeningFile.open(plain: rows[mine].secret.opening).commitment()
    func receipt(_ index: Int) throws -> RollReceipt {
      try builder.receipt(
        at: UInt64(index + 1), of: listings[index].account, salt: rows[index].secret.salt, under: checkpoint)
    }
    let ledger = documents.header.ledger
    check = try receipt(mine).check(own: own, ledger: ledger, under: policy)
    otherCheck = try receipt(other).check(own: own, ledger: ledger, under: policy)
  }
}
