internal import CSodium

/// The library's start and its wiping of memory.
enum Sodium {
  /// Initialises libsodium once; safe to touch from any thread, any number of times.
  static let isReady: Bool = {
    guard sodium_init() >= 0 else { fatalError("libsodium cannot be initialised") }
    return true
  }()

  /// Overwrites `bytes` with zeros, which the optimiser may not drop.
  static func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe sodium_memzero(buffer.baseAddress, buffer.count)
    }
  }
}
