/// What STROBE does to a Keccak state, written down to be done later, beside others.
///
/// It is a list of blocks with the permutation between any two of them:
///
///     block₀, permute, block₁, permute, …, blockₙ
struct StrobeScript: StrobeState, Sendable {
  /// Words of a block: how many bytes are taken out first, at most 166, and leave zeros; then what is added
  /// to the 21 lanes that absorb.
  static let blockLength = 22

  private var words = [UInt64](repeating: 0, count: blockLength)
  /// Where the last block starts.
  private var last = 0

  /// The number of blocks, at least one.
  var blockCount: Int { last / Self.blockLength + 1 }

  /// The words of all blocks, one after the other.
  var blocks: [UInt64] { words }

  mutating func add(_ word: UInt64, toLane index: Int) { words[last &+ 1 &+ index] ^= word }

  mutating func permute() {
    last = words.count
    words.append(contentsOf: repeatElement(0, count: Self.blockLength))
  }

  /// Takes bytes out, before anything is added to the block.
  mutating func takeOut(_ count: Int) { words[last] = UInt64(count) }

  /// Starts again, in the same memory.
  mutating func clear() {
    words.removeAll(keepingCapacity: true)
    permute()
  }
}
