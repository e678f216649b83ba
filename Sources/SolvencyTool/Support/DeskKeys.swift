internal import Admission
internal import Ristretto
internal import Solvency

/// The keys of a venue, its custodian and its matching engine, for as long as a command runs.
final class DeskKeys: Sendable {
  /// The venue signs snapshots, and its ledger the log; a key cannot be copied, so it is made of its seed twice.
  private let seed: SecretBlock<UInt8>
  let custodian = SigningKey.random(role: .custodian)
  let matchingEngine = SigningKey.random(role: .matchingEngine)

  /// Whose signatures count.
  let parties: Counterparties

  init() {
    let bytes = SystemRandom.bytes(SigningKey.seedByteCount)
    seed = SecretBlock(count: bytes.count) { bytes[$0] }
    let venue = Self.venue(seed)
    parties = Counterparties(
      venue: venue.verificationKey, custodians: [custodian.verificationKey],
      matchingEngines: [matchingEngine.verificationKey])
  }

  /// The venue's key.
  func venue() -> SigningKey { Self.venue(seed) }

  private static func venue(_ seed: borrowing SecretBlock<UInt8>) -> SigningKey {
    SigningKey(role: .venue, seed: seed.withSpan { span in SecretBlock(count: span.count) { span[$0] } })
  }
}
