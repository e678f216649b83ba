package import Admission
internal import Ristretto
package import Solvency

/// The keys of a venue, its custodian and its matching engine, for as long as a command runs.
package final class DeskKeys: Sendable {
  /// The venue signs snapshots, and its ledger the log; a key cannot be copied, so it is made of its seed
  /// twice.
  private let seed: SecretBlock<UInt8>
  package let custodian = SigningKey.random(role: .custodian)
  package let matchingEngine = SigningKey.random(role: .matchingEngine)

  /// Whose signatures count.
  package let parties: Counterparties

  package init() {
    let bytes = SystemRandom.bytes(SigningKey.seedByteCount)
    seed = SecretBlock(count: bytes.count) { bytes[$0] }
    let venue = Self.venue(seed)
    parties = Counterparties(
      venue: venue.verificationKey, custodians: [custodian.verificationKey],
      matchingEngines: [matchingEngine.verificationKey])
  }

  /// The venue's key.
  package func venue() -> SigningKey { Self.venue(seed) }

  private static func venue(_ seed: borrowing SecretBlock<UInt8>) -> SigningKey {
    SigningKey(role: .venue, seed: seed.withSpan { span in SecretBlock(count: span.count) { span[$0] } })
  }
}
