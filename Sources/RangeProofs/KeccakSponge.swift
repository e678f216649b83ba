internal import Merlin

/// The Keccak sponge of FIPS 202, as SHA3-512 (rate 72 bytes, capacity 128) and SHAKE256 (rate 136, capacity
/// 64), for deriving generators from public strings.
struct KeccakSponge {
  private var state = KeccakState()
  private let rate: Int
  private var position = 0

  /// SHAKE256 over a message, ready to be squeezed.
  static func shake256(_ message: [UInt8]) -> KeccakSponge {
    KeccakSponge(message, rate: 136, suffix: 0x1f)
  }

  /// SHA3-512 of a message: 64 bytes.
  static func sha3512(_ message: [UInt8]) -> [UInt8] {
    var sponge = KeccakSponge(message, rate: 72, suffix: 0x06)
    return sponge.squeeze(64)
  }

  private init(_ message: [UInt8], rate: Int, suffix: UInt8) {
    self.rate = rate
    for byte in message {
      add(byte, at: position)
      position += 1
      if position == rate {
        state.permute()
        position = 0
      }
    }
    add(suffix, at: position)
    add(0x80, at: rate - 1)
    state.permute()
    position = 0
  }

  /// The next bytes of the output.
  mutating func squeeze(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in
      if position == rate {
        state.permute()
        position = 0
      }
      defer { position += 1 }
      return UInt8(truncatingIfNeeded: state.lanes[position / 8] &>> UInt64(8 * (position % 8)))
    }
  }

  private mutating func add(_ byte: UInt8, at index: Int) {
    state.lanes[index / 8] ^= UInt64(byte) &<< UInt64(8 * (index % 8))
  }
}
