internal import CSHA256
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

/// SHA-256 (FIPS 180-4).
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

/// SHA-256 of bytes that come piece by piece: by the processor's own instructions where it has them, which take a fifth of
/// the time, else through libsodium.
package struct RunningSHA256: Sendable {
  private enum State {
    case instructions(csha256_state)
    case library(crypto_hash_sha256_state)
  }

  /// Whether the processor has instructions for it.
  package static let hasInstructions = csha256_is_available()

  private var state: State

  /// The hash of nothing yet.
  package init() { self.init(byInstructions: Self.hasInstructions) }

  /// The hash of nothing yet, by instructions the processor has or not.
  package init(byInstructions: Bool) {
    if byInstructions {
      var state = csha256_state()
      unsafe csha256_start(&state)
      self.state = .instructions(state)
    } else {
      var state = crypto_hash_sha256_state()
      unsafe crypto_hash_sha256_init(&state)
      self.state = .library(state)
    }
  }

  /// Takes the next bytes.
  package mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  /// Takes the next bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    switch state {
    case .instructions(var state):
      unsafe csha256_update(&state, start, bytes.count)
      self.state = .instructions(state)
    case .library(var state):
      unsafe crypto_hash_sha256_update(
        &state, start.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
      self.state = .library(state)
    }
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
    switch state {
    case .instructions(var state): unsafe csha256_finish(&state, place)
    case .library(var state):
      _ = unsafe crypto_hash_sha256_final(&state, place.assumingMemoryBound(to: UInt8.self))
    }
  }
}
