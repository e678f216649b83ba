public import Ristretto

/// What a file of secrets is locked with. Lies in guarded memory and is wiped.
public struct Passphrase: ~Copyable, Sendable {
  package let bytes: SecretBlock<UInt8>

  /// Takes over a passphrase; returns nil if it is empty.
  public init?(_ bytes: consuming SecretBlock<UInt8>) {
    guard bytes.count > 0 else { return nil }
    self.bytes = bytes
  }

  /// Copies a passphrase out of ordinary memory, which the caller should let go of soon; returns nil if it is
  /// empty.
  public init?(_ bytes: [UInt8]) {
    self.init(SecretBlock(count: bytes.count) { bytes[$0] })
  }
}
