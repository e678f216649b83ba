/// The part of STROBE-128/1600 that Merlin uses: associated data, keying, and pseudo-random output.
///
/// The first 166 bytes of the Keccak state absorb and squeeze; the rest is never touched from outside.
/// - SeeAlso: STROBE protocol framework, version 1.0.2, sections 6 and 7.
struct Strobe128: BitwiseCopyable, Sendable {
  /// Bytes of the state that absorb and squeeze, without the two of the padding.
  private static let rate = 166

  /// What an operation is, as bits: from the application, to the application, over the transport,
  /// framing, keyed.
  private struct Flags: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    static let inbound = Flags(rawValue: 1 << 0)
    static let application = Flags(rawValue: 1 << 1)
    static let cipher = Flags(rawValue: 1 << 2)
    static let meta = Flags(rawValue: 1 << 4)

    static let associatedData: Flags = [.application]
    static let metaAssociatedData: Flags = [.application, .meta]
    static let key: Flags = [.application, .cipher]
    static let pseudoRandom: Flags = [.inbound, .application, .cipher]
  }

  private var state = KeccakState()
  /// The next byte of the state to absorb into, or squeeze from; below the rate.
  private var position = 0
  /// One more than the position at which the current operation began; 0 before this block.
  private var begin: UInt8 = 0

  /// The start of a protocol with this name.
  init(protocolName: Span<UInt8>) {
    // The domain of cSHAKE: a block of 168 bytes, an empty name, and 96 bits that follow.
    for byte: UInt8 in [1, UInt8(Self.rate + 2), 1, 0, 1, 96] { absorb(byte) }
    for byte in "STROBEv1.0.2".utf8 { absorb(byte) }
    state.permute()
    position = 0
    appendMeta(protocolName)
  }

  /// Absorbs framing: what follows, and how long it is.
  mutating func appendMeta(_ bytes: Span<UInt8>) {
    start(.metaAssociatedData)
    absorb(bytes)
  }

  /// Absorbs the length of what follows as four bytes, in the same operation as the framing before it.
  mutating func continueMeta(length: Int) {
    let length = UInt32(length)
    for shift: UInt32 in [0, 8, 16, 24] { absorb(UInt8(truncatingIfNeeded: length >> shift)) }
  }

  /// Absorbs the length of what follows as four bytes, as framing of its own.
  mutating func appendMeta(length: Int) {
    start(.metaAssociatedData)
    continueMeta(length: length)
  }

  /// Absorbs a message.
  mutating func append(_ bytes: Span<UInt8>) {
    start(.associatedData)
    absorb(bytes)
  }

  /// Replaces the state that outputs come from, irreversibly, by one that depends on these bytes too.
  mutating func rekey(_ bytes: Span<UInt8>) {
    start(.key)
    for index in bytes.indices { replaceByte(by: bytes[index]) }
  }

  /// Fills `output` with bytes that depend on everything absorbed so far.
  mutating func squeeze(into output: inout MutableSpan<UInt8>) {
    start(.pseudoRandom)
    var index = 0
    while index < output.count {
      if position % 8 == 0, position + 8 <= Self.rate, output.count - index >= 8 {
        // A whole lane at once.
        let lane = state.lanes[position / 8]
        state.lanes[position / 8] = 0
        for offset in 0..<8 {
          output[index &+ offset] = UInt8(truncatingIfNeeded: lane &>> UInt64(8 &* offset))
        }
        position += 8
        index += 8
      } else {
        output[index] = replaceByte(by: 0)
        index += 1
      }
    }
  }

  /// Frames a new operation. Those that use the state as a key start on a fresh block.
  private mutating func start(_ flags: Flags) {
    let previous = begin
    begin = UInt8(position + 1)
    absorb(previous)
    absorb(flags.rawValue)
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
    while index < bytes.count {
      if position % 8 == 0, position + 8 <= Self.rate, bytes.count - index >= 8 {
        // A whole lane at once.
        var lane: UInt64 = 0
        for offset in 0..<8 { lane |= UInt64(bytes[index &+ offset]) &<< UInt64(8 &* offset) }
        state.lanes[position / 8] ^= lane
        position += 8
        index += 8
      } else {
        absorb(bytes[index])
        index += 1
      }
    }
  }

  private mutating func absorb(_ byte: UInt8) {
    add(byte, at: position)
    advance()
  }

  /// Replaces the next byte of the state and returns what it was.
  @discardableResult
  private mutating func replaceByte(by byte: UInt8) -> UInt8 {
    let shift = UInt64(8 * (position % 8))
    let old = UInt8(truncatingIfNeeded: state.lanes[position / 8] &>> shift)
    add(old ^ byte, at: position)
    advance()
    return old
  }

  private mutating func advance() {
    position += 1
    if position == Self.rate { endBlock() }
  }

  /// Adds a byte to the state at this place: lanes are little-endian.
  private mutating func add(_ byte: UInt8, at place: Int) {
    state.lanes[place / 8] ^= UInt64(byte) &<< UInt64(8 * (place % 8))
  }
}
