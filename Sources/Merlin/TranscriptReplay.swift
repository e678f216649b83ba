package import Ristretto

/// A transcript that is gone through twice, so that its permutations can be done beside those of others.
///
/// A verifier finds in a proof everything it appends; what it draws changes none of it. So it may go through
/// the transcript once to tell what is appended, with 1 for each challenge, and once more to be told what is
/// drawn:
///
///     1st time: append, draw ──▶ script ──▶ eight states in lanes ──▶ drawn bytes
///     2nd time: append, draw ◀── drawn bytes
///
/// The challenges are those of a ``Transcript``. ``TranscriptLanes`` goes through both times. It is an
/// object, not a value: all its holders go on with the same transcript.
package final class TranscriptReplay: ProofTranscript {
  // Unchecked: no call on it comes back to this object before it returns.
  @exclusivity(unchecked) private var course = ReplayCourse()

  init() {}

  /// Starts the first time through a transcript, from this start.
  func startWriting(from start: Transcript) { unsafe course.startWriting(from: start.strobe) }

  /// Does the next block of the script to the state of this lane; false if it was the last.
  func performBlock(on states: inout KeccakLanes, _ k: Int) -> Bool {
    unsafe course.performBlock(on: &states, k)
  }

  /// Starts the second time through.
  func startReading() { unsafe course.startReading() }

  package func append(_ message: [UInt8], label: StaticString) {
    label.withBytes { unsafe course.append(message.span, label: $0) }
  }

  package func append(_ value: UInt64, label: StaticString) {
    let bytes = InlineArray<8, UInt8> { UInt8(truncatingIfNeeded: value &>> UInt64(8 * $0)) }
    label.withBytes { unsafe course.append(bytes.span, label: $0) }
  }

  package func append(_ point: EncodedPoint, label: StaticString) {
    label.withBytes { unsafe course.append(label: $0) { point.words } }
  }

  package func append(_ scalar: Scalar, label: StaticString) {
    label.withBytes { unsafe course.append(label: $0) { scalar.words } }
  }

  package func challengeScalar(label: StaticString) -> Scalar {
    label.withBytes { unsafe course.challengeScalar(label: $0) }
  }

  package func challengeBytes(count: Int, label: StaticString) -> [UInt8] {
    label.withBytes { unsafe course.challengeBytes(count: count, label: $0) }
  }
}

/// Labels known only at run time.
extension TranscriptReplay {
  /// Appends a message of at most 2³² - 1 bytes.
  package func append(_ message: Span<UInt8>, label: Span<UInt8>) {
    unsafe course.append(message, label: label)
  }

  /// Draws bytes; the first time they are all 1.
  package func challengeBytes(count: Int, label: Span<UInt8>) -> [UInt8] {
    unsafe course.challengeBytes(count: count, label: label)
  }
}

/// How far a replay has come.
private struct ReplayCourse {
  private enum Pass {
    case writing, reading
  }

  private var pass = Pass.reading
  private var strobe = Strobe128(on: StrobeScript())
  /// Blocks of the script that were done.
  private var blockCount = 1
  /// What was drawn: of each block as many words as hold its bytes.
  private var drawn: [UInt64] = []
  /// Words that were drawn in this pass.
  private var wordCount = 0
  /// What was appended and drawn in this pass so far.
  private var stepCount = 0
  /// At which steps something was drawn the first time.
  private var draws: [Int] = []
  private var drawCount = 0

  mutating func startWriting(from start: Strobe128<KeccakState>) {
    pass = .writing
    strobe.continue(as: start) { $0.clear() }
    (blockCount, wordCount, stepCount) = (0, 0, 0)
    drawn.removeAll(keepingCapacity: true)
    draws.removeAll(keepingCapacity: true)
  }

  mutating func performBlock(on states: inout KeccakLanes, _ k: Int) -> Bool {
    let script = strobe.state
    guard blockCount < script.blockCount else { return false }
    let start = blockCount * StrobeScript.blockLength
    states.perform(
      script.blocks.span.extracting(start..<(start + StrobeScript.blockLength)), on: k,
      output: &drawn)
    blockCount += 1
    return blockCount < script.blockCount
  }

  mutating func startReading() {
    pass = .reading
    (wordCount, stepCount, drawCount) = (0, 0, 0)
  }

  mutating func append(_ message: Span<UInt8>, label: Span<UInt8>) {
    stepCount += 1
    if pass == .writing { strobe.append(message, label: label) }
  }

  @inline(__always)
  mutating func append(label: Span<UInt8>, _ words: () -> Words) {
    stepCount += 1
    if pass == .writing { strobe.append(words(), label: label) }
  }

  mutating func challengeScalar(label: Span<UInt8>) -> Scalar {
    let i = draw(count: Scalar.wideByteCount, label: label)
    guard pass == .reading else { return .one }
    return Scalar(
      reducing: Words(drawn[i], drawn[i + 1], drawn[i + 2], drawn[i + 3]),
      Words(drawn[i + 4], drawn[i + 5], drawn[i + 6], drawn[i + 7]))
  }

  mutating func challengeBytes(count: Int, label: Span<UInt8>) -> [UInt8] {
    let first = draw(count: count, label: label)
    guard pass == .reading else { return [UInt8](repeating: 1, count: count) }
    let rate = Strobe128<StrobeScript>.rate
    return (0..<count).map { index in
      let (block, offset) = index.quotientAndRemainder(dividingBy: rate)
      let word = drawn[first + block * Self.wordCount(of: rate) + offset / 8]
      return UInt8(truncatingIfNeeded: word &>> UInt64(8 * (offset % 8)))
    }
  }

  /// Where the words of the next output are.
  private mutating func draw(count: Int, label: Span<UInt8>) -> Int {
    stepCount += 1
    switch pass {
    case .writing:
      draws.append(stepCount)
      strobe.frameChallenge(count: count, label: label)
      strobe.squeeze(count: count) { $0.takeOut($1) }
    case .reading:
      precondition(
        drawCount < draws.count && draws[drawCount] == stepCount,
        "a replay does the same both times")
      drawCount += 1
    }
    let (blocks, rest) = count.quotientAndRemainder(dividingBy: Strobe128<StrobeScript>.rate)
    defer {
      wordCount +=
        blocks * Self.wordCount(of: Strobe128<StrobeScript>.rate) + Self.wordCount(of: rest)
    }
    return wordCount
  }

  /// In how many words bytes are kept.
  private static func wordCount(of byteCount: Int) -> Int { (byteCount + 7) / 8 }
}
