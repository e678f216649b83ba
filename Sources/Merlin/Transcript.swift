internal import Ristretto

/// A transcript of a public-coin protocol that turns it non-interactive: Merlin, version 1.0.
///
/// Prover and verifier start from the same label, append the same messages in the same order, and draw
/// the same challenges. Each message is framed with its label and its length, so that no two different
/// sequences of operations absorb the same bytes, and a challenge depends on everything before it.
///
/// It is a value: a copy goes on independently. Messages are public; it does not hide what it absorbs.
/// - SeeAlso: <https://merlin.cool>, "Transcript protocols".
public struct Transcript: Sendable {
  private(set) var strobe: Strobe128<KeccakState>
  /// What was done so far, if this transcript keeps it.
  private var record: [Operation]?

  /// The start of a transcript. The label names the protocol and its version.
  public init(_ protocolLabel: StaticString) {
    self = protocolLabel.withBytes { Transcript(label: $0, record: nil) }
  }

  /// The start of a transcript whose label is known only at run time.
  public init(label: [UInt8]) {
    self.init(label: label.span, record: nil)
  }

  private init(label: Span<UInt8>, record: [Operation]?) {
    let version: StaticString = "Merlin v1.0"
    let separator: StaticString = "dom-sep"
    strobe = version.withBytes { Strobe128(protocolName: $0) }
    self.record = record
    separator.withBytes { append(label, label: $0) }
  }

  /// Appends a message of at most 2³² - 1 bytes.
  public mutating func append(_ message: [UInt8], label: StaticString) {
    append(message.span, label: label)
  }

  /// Appends a message of at most 2³² - 1 bytes.
  public mutating func append(_ message: Span<UInt8>, label: StaticString) {
    label.withBytes { append(message, label: $0) }
  }

  /// Appends a number as a message of eight bytes in little-endian order.
  public mutating func append(_ value: UInt64, label: StaticString) {
    label.withBytes { append(value, label: $0) }
  }

  /// Draws `count` bytes that depend on everything before, on the label and on `count`.
  public mutating func challengeBytes(count: Int, label: StaticString) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    fillChallenge(&bytes, label: label)
    return bytes
  }

  /// Draws as many bytes as the array holds, into it.
  package mutating func fillChallenge(_ bytes: inout [UInt8], label: StaticString) {
    label.withBytes { fillChallenge(&bytes, label: $0) }
  }
}

/// Labels known only at run time.
extension Transcript {
  /// Appends a message of at most 2³² - 1 bytes.
  package mutating func append(_ message: Span<UInt8>, label: Span<UInt8>) {
    strobe.append(message, label: label)
    record?.append(Operation(kind: .message, label: label.array, bytes: message.array))
  }

  /// Appends the 32 bytes of four words in little-endian order.
  mutating func append(_ words: Words, label: Span<UInt8>) {
    strobe.append(words, label: label)
    record?.append(Operation(kind: .message, label: label.array, bytes: words.littleEndianBytes))
  }

  /// Appends a number as a message of eight bytes in little-endian order.
  package mutating func append(_ value: UInt64, label: Span<UInt8>) {
    let bytes = InlineArray<8, UInt8> { UInt8(truncatingIfNeeded: value &>> UInt64(8 * $0)) }
    append(bytes.span, label: label)
  }

  /// Draws as many bytes as the array holds, into it.
  package mutating func fillChallenge(_ bytes: inout [UInt8], label: Span<UInt8>) {
    var span = bytes.mutableSpan
    fillChallenge(&span, label: label)
  }

  /// Draws as many bytes as the span holds, into it.
  mutating func fillChallenge(_ bytes: inout MutableSpan<UInt8>, label: Span<UInt8>) {
    strobe.frameChallenge(count: bytes.count, label: label)
    strobe.squeeze(into: &bytes)
    record?.append(Operation(kind: .challenge, label: label.array, bytes: bytes.span.array))
  }
}

/// The record of a transcript, with which tests compare what prover and verifier did.
extension Transcript {
  /// One step of a transcript.
  package struct Operation: Hashable, Sendable {
    /// Whether bytes went in or came out.
    package enum Kind: Hashable, Sendable {
      /// The bytes were appended.
      case message
      /// The bytes were drawn.
      case challenge
    }

    package let kind: Kind
    package let label: [UInt8]
    package let bytes: [UInt8]

    /// A step to compare with.
    package init(kind: Kind, label: [UInt8], bytes: [UInt8]) {
      self.kind = kind
      self.label = label
      self.bytes = bytes
    }
  }

  /// The start of a transcript that keeps a record. Its challenges are those of one that does not.
  package static func recording(_ protocolLabel: StaticString) -> Transcript {
    protocolLabel.withBytes { Transcript(label: $0, record: []) }
  }

  /// Every step so far, the protocol label first; empty for a transcript that keeps no record.
  package var operations: [Operation] { record ?? [] }
}

/// The framing of Merlin.
extension Strobe128 {
  /// Absorbs a message with its label and its length.
  mutating func append(_ message: Span<UInt8>, label: Span<UInt8>) {
    appendMeta(label)
    continueMeta(length: message.count)
    append(message)
  }

  /// Absorbs a message of 32 bytes with its label and its length.
  mutating func append(_ words: Words, label: Span<UInt8>) {
    appendMeta(label)
    continueMeta(length: 32)
    append(words)
  }

  /// Absorbs the label and the length of a challenge, which is squeezed next.
  mutating func frameChallenge(count: Int, label: Span<UInt8>) {
    appendMeta(label)
    continueMeta(length: count)
  }
}

extension StaticString {
  /// Calls `body` with the UTF-8 bytes of the string.
  func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    withUTF8Buffer { unsafe body(Span(_unsafeElements: $0)) }
  }
}

extension Span<UInt8> {
  fileprivate var array: [UInt8] { indices.map { self[$0] } }
}
