import Merlin
import TestSupport
import Testing

/// FIPS 202, and the known answers published with it.
@Suite("Keccak-f[1600]")
struct KeccakTests {
  @Test("permutes the state of zeros to the published one")
  func zeroState() {
    var state = KeccakState()
    state.permute()
    #expect(state.lanes[0] == 0xF125_8F79_40E1_DDE7)
    #expect(state.lanes[1] == 0x84D5_CCF9_33C0_478A)
    #expect(state.lanes[2] == 0xD598_261E_A65A_A9EE)
    state.permute()
    #expect(state.lanes[0] == 0x2D5C_954D_F96E_CB3C)
  }

  @Test(
    "is the permutation of SHA3-256",
    arguments: [
      ([], "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"),
      (
        [UInt8](repeating: 0xA3, count: 200),
        "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787"
      ),
    ])
  func sha3(_ message: [UInt8], _ digest: String) {
    #expect(Hex.encode(sha3_256(message)) == digest)
  }

  /// The sponge of FIPS 202, section 6.1, by the letter.
  private func sha3_256(_ message: [UInt8]) -> [UInt8] {
    let rate = 136
    var padded = message + [0x06]
    while padded.count % rate != 0 { padded.append(0) }
    padded[padded.count - 1] |= 0x80
    var state = KeccakState()
    for start in stride(from: 0, to: padded.count, by: rate) {
      for offset in 0..<rate {
        state.lanes[offset / 8] ^= UInt64(padded[start + offset]) << UInt64(8 * (offset % 8))
      }
      state.permute()
    }
    return (0..<32).map { UInt8(truncatingIfNeeded: state.lanes[$0 / 8] >> UInt64(8 * ($0 % 8))) }
  }
}
