internal import CSodium
internal import Ristretto

/// How much work it takes to try one passphrase: the parameters of argon2id.
public struct KeyDerivationCost: Hashable, Sendable {
  /// Passes over the memory.
  public let operations: UInt64
  /// Memory in bytes.
  public let memory: UInt64

  /// About 0.1 s and 64 MiB.
  public static let interactive = KeyDerivationCost(operations: 2, memory: 64 << 20)
  /// About 0.7 s and 256 MiB.
  public static let moderate = KeyDerivationCost(operations: 3, memory: 256 << 20)

  /// What a file may ask of its reader: no less than ``interactive`` and no more than this, about 1 s and 256
  /// MiB, so that a file from outside cannot exhaust the machine. No file that this program writes asks for
  /// more.
  package static let limit = KeyDerivationCost(operations: 4, memory: 256 << 20)

  private init(operations: UInt64, memory: UInt64) {
    self.operations = operations
    self.memory = memory
  }

  /// The cost that a file states, if it is within bounds.
  init?(stated operations: UInt64, memory: UInt64) {
    let least = Self.interactive
    guard (least.operations...Self.limit.operations).contains(operations),
      (least.memory...Self.limit.memory).contains(memory)
    else { return nil }
    self.init(operations: operations, memory: memory)
  }
}

/// The two keys behind a passphrase.
///
///     k ‖ c = argon2id(passphrase, salt, cost)              32 bytes each
///     key   = SHA-256(domain "key"   ‖ header ‖ k)          encrypts
///     check = SHA-256(domain "check" ‖ header ‖ c)          stands in the file
///
/// Both depend on every byte of the header, so that a changed header opens nothing; `check` tells a
/// wrong passphrase from a damaged file.
struct DerivedKeys: ~Copyable {
  let key: SecretBlock<UInt8>
  let check: [UInt8]

  static let saltByteCount = 16
  static let keyByteCount = 32

  /// Derives the keys; `nil` when the memory for it cannot be had.
  ///
  /// - Parameters:
  ///   - salt: 16 bytes.
  ///   - header: the public bytes that the keys are bound to.
  init?(
    _ passphrase: borrowing Passphrase, salt: [UInt8], cost: KeyDerivationCost, header: [UInt8]
  ) {
    precondition(salt.count == Self.saltByteCount, "argon2id takes a salt of 16 bytes")
    var master = SecretBlock<UInt8>(repeating: 0, count: 2 * Self.keyByteCount)
    let status = unsafe passphrase.bytes.withPointer { secret, length in
      unsafe master.withMutablePointer { output, outputLength in
        unsafe secret.withMemoryRebound(to: CChar.self, capacity: length) { secret in
          unsafe crypto_pwhash(
            output, UInt64(outputLength), secret, UInt64(length), salt, cost.operations,
            Int(cost.memory), crypto_pwhash_alg_argon2id13())
        }
      }
    }
    guard status == 0 else { return nil }
    key = Self.bind("solvency/opening/key", header, master, from: 0)
    let check = Self.bind("solvency/opening/check", header, master, from: Self.keyByteCount)
    self.check = check.withSpan { span in span.indices.map { span[$0] } }
  }

  /// SHA-256 of domain, header and 32 bytes of the master key.
  private static func bind(
    _ domain: StaticString, _ header: [UInt8], _ master: borrowing SecretBlock<UInt8>, from start: Int
  ) -> SecretBlock<UInt8> {
    let label = Array(domain.description.utf8)
    var state = crypto_hash_sha256_state()
    unsafe crypto_hash_sha256_init(&state)
    unsafe crypto_hash_sha256_update(&state, label, UInt64(label.count))
    unsafe crypto_hash_sha256_update(&state, header, UInt64(header.count))
    unsafe master.withPointer { master, _ in
      _ = unsafe crypto_hash_sha256_update(&state, master + start, UInt64(keyByteCount))
    }
    var output = SecretBlock<UInt8>(repeating: 0, count: keyByteCount)
    unsafe output.withMutablePointer { output, _ in _ = unsafe crypto_hash_sha256_final(&state, output) }
    unsafe withUnsafeMutablePointer(to: &state) {
      unsafe sodium_memzero($0, MemoryLayout<crypto_hash_sha256_state>.size)
    }
    return output
  }
}
