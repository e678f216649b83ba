internal import CSodium

/// The system's random bytes, through libsodium.
package enum SystemRandom {
  /// `count` random bytes.
  package static func bytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    fill(&bytes)
    return bytes
  }

  /// Overwrites `bytes` with random bytes.
  package static func fill(_ bytes: inout [UInt8]) {
    precondition(Sodium.isReady)
    unsafe randombytes_buf(&bytes, bytes.count)
  }
}
