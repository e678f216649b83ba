internal import Ristretto

/// Eight Keccak states side by side.
struct KeccakLanes: ~Copyable {
  static let count = 8
  /// Smallest batch for which the eight-lane permutation is faster.
  private static let kernelCount = 4

  /// Lane i of state k at 8·i + k.
  private var words = InlineArray<200, UInt64>(repeating: 0)
  private let hasKernel = KernelKeccak.isInUse

  /// State k.
  subscript(k: Int) -> KeccakState {
    get {
      var state = KeccakState()
      for i in 0..<25 { state.lanes[i] = words[Self.count &* i &+ k] }
      return state
    }
    set {
      for i in 0..<25 { words[Self.count &* i &+ k] = newValue.lanes[i] }
    }
  }

  /// Does to state k what a block of a script says, and appends the bytes that it takes out as
  /// little-endian words.
  mutating func perform(_ block: Span<UInt64>, on k: Int, output: inout [UInt64]) {
    precondition(block.count == StrobeScript.blockLength, "a whole block")
    let byteCount = Int(block[0])
    for i in 0..<((byteCount + 7) / 8) {
      let kept = UInt64.max &>> UInt64(64 - 8 * min(8, byteCount - 8 * i))
      let taken = words[Self.count &* i &+ k] & kept
      words[Self.count &* i &+ k] ^= taken
      output.append(taken)
    }
    for i in 0..<21 { words[Self.count &* i &+ k] ^= block[1 &+ i] }
  }

  /// Permutes these states; the others hold nothing any more.
  mutating func permute(_ busy: [Int]) {
    if hasKernel, busy.count >= Self.kernelCount {
      KernelKeccak.permute(&words)
    } else {
      for k in busy { self[k].permute() }
    }
  }
}
