internal import Ristretto

/// The part of STROBE-128/1600 that Merlin uses: associated data, keying, and pseudo-random output.
///
/// The first 166 bytes of the Keccak state absorb and squeeze; the rest is never touched from outside. What
/// is done to the state does not depend on what it holds, so that it may as well be written down and done
/// later.
/// - SeeAlso: STROBE protocol framework, version 1.0.2, sections 6 and 7.
struct Strobe128<State: StrobeState> {
  /// Bytes of the state that absorb and squeeze, without the two of the padding.
  static var rate: Int { 166 }

  private(set) var state: State
  /// The next byte of the state to absorb into, or squeeze from; below the rate.
  private var position = 0
  /// One more than the position at which the current operation began; 0 before this block.
  private var begin: UInt8 = 0

  /// The start of a block.
  init(on state: State) {
    self.state = state
  }

  /// Goes on as `other` would, on another state.
  mutating func `continue`(as other: Strobe128<KeccakState>, _ prepare: (inout State) -> Void) {
    (position, begin) = (other.position, other.begin)
    prepare(&state)
  }

  /// Absorbs framing: what follows, and how long it is.
  mutating func appendMeta(_ bytes: Span<UInt8>) {
    start(.metaAssociatedData)
    absorb(bytes)
  }

  /// Absorbs the length of what follows as four bytes, in the same operation as the framing before it.
  mutating func continueMeta(length: Int) {
    absorb(UInt64(UInt32(length)), byteCount: 4)
  }

  /// Absorbs the length of what follows as four bytes: its framing.
  mutating func appendMeta(length: Int) {
    start(.metaAssociatedData)
    continueMeta(length: length)
  }

  /// Absorbs a message.
  mutating func append(_ bytes: Span<UInt8>) {
    start(.associatedData)
    absorb(bytes)
  }

  /// Absorbs a message of 32 bytes.
  mutating func append(_ words: Words) {
    start(.associatedData)
    absorb(words.w0, byteCount: 8)
    absorb(words.w1, byteCount: 8)
    absorb(words.w2, byteCount: 8)
    absorb(words.w3, byteCount: 8)
  }

  /// Takes bytes out that depend on everything absorbed so far, a block at a time.
  ///
  /// - Parameter takeOut: takes the stated number of bytes from the start of the state and leaves zeros
  ///   there.
  mutating func squeeze(count: Int, _ takeOut: (inout State, Int) -> Void) {
    start(.pseudoRandom)
    var left = count
    while left > 0 {
      // Output starts on a fresh block, and so does what is left of it after a block.
      let taken = min(left, Self.rate)
      takeOut(&state, taken)
      advance(by: taken)
      left -= taken
    }
  }

  /// Frames a new operation. Those that use the state as a key start on a fresh block.
  private mutating func start(_ flags: StrobeFlags) {
    let previous = begin
    begin = UInt8(position + 1)
    absorb(UInt64(previous) | UInt64(flags.rawValue) &<< 8, byteCount: 2)
    if flags.contains(.cipher), position != 0 { endBlock() }
  }

  private mutating func endBlock() {
    add(begin, at: position)
    add(0x04, at: position + 1)
    add(0x80, at: Self.rate + 1)
    state.permute()
    position = 0
    begin = 0
  }

  private mutating func absorb(_ bytes: Span<UInt8>) {
    var index = 0
    while bytes.count - index >= 8 {
      let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      absorb(UInt64(littleEndian: word), byteCount: 8)
      index += 8
    }
    var rest: UInt64 = 0
    for offset in 0..<(bytes.count - index) {
      rest |= UInt64(bytes[index + offset]) &<< UInt64(8 &* offset)
    }
    absorb(rest, byteCount: bytes.count - index)
  }

  /// Absorbs the first 0 … 8 bytes of a word, in little-endian order. Its other bytes are 0.
  @inline(__always)
  private mutating func absorb(_ word: UInt64, byteCount: Int) {
    guard position &+ byteCount < Self.rate else {
      return absorbToEndOfBlock(word, byteCount: byteCount)
    }
    let (lane, shift) = (position &>> 3, UInt64(8 &* (position & 7)))
    state.add(word &<< shift, toLane: lane)
    // What does not fit into the lane goes into the next.
    if position & 7 &+ byteCount > 8 { state.add(word &>> (64 &- shift), toLane: lane &+ 1) }
    position &+= byteCount
  }

  @inline(never)
  private mutating func absorbToEndOfBlock(_ word: UInt64, byteCount: Int) {
    for offset in 0..<byteCount {
      add(UInt8(truncatingIfNeeded: word &>> UInt64(8 * offset)), at: position)
      advance(by: 1)
    }
  }

  private mutating func advance(by count: Int) {
    position += count
    if position == Self.rate { endBlock() }
  }

  /// Adds a byte to the state at this place: lanes are little-endian.
  private mutating func add(_ byte: UInt8, at place: Int) {
    state.add(UInt64(byte) &<< UInt64(8 * (place % 8)), toLane: place / 8)
  }
}

/// What STROBE works on: a Keccak state, or a script of what is done to one.
protocol StrobeState {
  /// Adds a word to the lane at this index.
  mutating func add(_ word: UInt64, toLane index: Int)
  /// Permutes the state.
  mutating func permute()
}

/// What an operation is, as bits: from the application, to the application, over the transport, framing,
/// keyed.
private struct StrobeFlags: OptionSet, BitwiseCopyable {
  let rawValue: UInt8
  static let inbound = StrobeFlags(rawValue: 1 << 0)
  static let application = StrobeFlags(rawValue: 1 << 1)
  static let cipher = StrobeFlags(rawValue: 1 << 2)
  static let meta = StrobeFlags(rawValue: 1 << 4)

  static let associatedData: StrobeFlags = [.application]
  static let metaAssociatedData: StrobeFlags = [.application, .meta]
  static let key: StrobeFlags = [.application, .cipher]
  static let pseudoRandom: StrobeFlags = [.inbound, .application, .cipher]
}

extension Strobe128: Sendable where State: Sendable {}
extension Strobe128: BitwiseCopyable where State: BitwiseCopyable {}

extension KeccakState: StrobeState {
  mutating func add(_ word: UInt64, toLane index: Int) { lanes[index] ^= word }
}

/// On a state of its own.
extension Strobe128<KeccakState> {
  /// The start of a protocol with this name.
  init(protocolName: Span<UInt8>) {
    self.init(on: KeccakState())
    // The domain of cSHAKE: a block of 168 bytes, an empty name, and 96 bits that follow.
    for byte: UInt8 in [1, UInt8(Self.rate + 2), 1, 0, 1, 96] { absorb(UInt64(byte), byteCount: 1) }
    for byte in "STROBEv1.0.2".utf8 { absorb(UInt64(byte), byteCount: 1) }
    state.permute()
    position = 0
    appendMeta(protocolName)
  }

  /// Replaces the state that outputs come from, irreversibly, by one that depends on these bytes too.
  mutating func rekey(_ bytes: Span<UInt8>) {
    start(.key)
    for index in bytes.indices {
      let (lane, shift) = (position / 8, UInt64(8 * (position % 8)))
      state.lanes[lane] &= ~(0xff &<< shift)
      state.lanes[lane] |= UInt64(bytes[index]) &<< shift
      advance(by: 1)
    }
  }

  /// Fills `output` with bytes that depend on everything absorbed so far.
  mutating func squeeze(into output: inout MutableSpan<UInt8>) {
    var index = 0
    squeeze(count: output.count) { state, taken in
      for lane in 0..<((taken + 7) / 8) {
        let byteCount = min(8, taken - 8 * lane)
        let word = state.takeOut(byteCount, ofLane: lane)
        for offset in 0..<byteCount {
          output[index + offset] = UInt8(truncatingIfNeeded: word &>> UInt64(8 * offset))
        }
        index += byteCount
      }
    }
  }
}

extension KeccakState {
  /// The first 1 … 8 bytes of a lane, which become 0 there.
  fileprivate mutating func takeOut(_ byteCount: Int, ofLane index: Int) -> UInt64 {
    let word = lanes[index] & (UInt64.max &>> UInt64(64 - 8 * byteCount))
    lanes[index] ^= word
    return word
  }
}
