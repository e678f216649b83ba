internal import CSodium

/// SHA-512 (FIPS 180-4), through libsodium.
package enum SHA512 {
  /// The number of bytes of a digest.
  package static var byteCount: Int { 64 }

  /// The digest of the pieces, one after the other.
  package static func hash(_ pieces: [UInt8]...) -> [UInt8] { hash(concatenating: pieces) }

  /// The digest of the pieces, one after the other.
  package static func hash(concatenating pieces: [[UInt8]]) -> [UInt8] {
    var state = crypto_hash_sha512_state()
    var digest = [UInt8](repeating: 0, count: byteCount)
    unsafe crypto_hash_sha512_init(&state)
    for piece in pieces {
      unsafe crypto_hash_sha512_update(&state, piece, UInt64(piece.count))
    }
    unsafe crypto_hash_sha512_final(&state, &digest)
    return digest
  }
}

/// SHA-256 (FIPS 180-4), through libsodium.
package enum SHA256 {
  /// The digest of a message.
  package static func digest(of message: [UInt8]) -> Digest {
    var hash = RunningSHA256()
    hash.update(message)
    return hash.digest
  }

  /// The digest of the pieces, one after the other.
  package static func digest(of pieces: [UInt8]...) -> Digest { digest(concatenating: pieces) }

  /// The digest of the pieces, one after the other.
  package static func digest(concatenating pieces: [[UInt8]]) -> Digest {
    var hash = RunningSHA256()
    for piece in pieces { hash.update(piece) }
    return hash.digest
  }
}

/// SHA-256 of bytes that come piece by piece.
package struct RunningSHA256: Sendable {
  private var state = crypto_hash_sha256_state()

  /// The hash of nothing yet.
  package init() { unsafe crypto_hash_sha256_init(&state) }

  /// Takes the next bytes.
  package mutating func update(_ bytes: [UInt8]) {
    unsafe crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
  }

  /// Takes the next bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    unsafe crypto_hash_sha256_update(&state, start.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
  }

  /// The digest of what was taken so far.
  package var digest: Digest {
    var bytes = [UInt8](repeating: 0, count: Digest.byteCount)
    unsafe bytes.withUnsafeMutableBytes { place in
      if let start = place.baseAddress { unsafe write(to: start) }
    }
    return Digest(Bytes32(filling: bytes))
  }

  /// Writes the digest of what was taken so far: 32 bytes.
  package func write(to place: UnsafeMutableRawPointer) {
    var copy = state
    _ = unsafe crypto_hash_sha256_final(&copy, place.assumingMemoryBound(to: UInt8.self))
  }
}
