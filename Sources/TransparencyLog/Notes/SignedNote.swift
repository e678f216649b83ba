/// A text with signatures, each a line of its own below it.
///
///     <text, whose last line ends>
///     <an empty line>
///     — <name> <base64(key ID ‖ signature)>
///     …
///
/// Reading one checks its form and nothing else: what the text says counts only once ``signatures(by:)`` has
/// found the signature of a key that the reader trusts.
///
/// - SeeAlso: c2sp.org/signed-note.
public struct SignedNote: Hashable, Sendable {
  /// The most bytes of a note.
  public static let byteLimit = 1 << 20
  /// The most signatures of a note.
  public static let signatureLimit = 256

  /// The text with the end of its last line, without the empty line after it.
  public let text: [UInt8]
  /// The signatures, at least one, in their order.
  public private(set) var signatures: [NoteSignature]

  /// Signs a text.
  ///
  /// - Throws: ``NoteError/notText`` unless the text ends its last line and has no control characters.
  public init(_ text: [UInt8], signedBy signer: borrowing NoteSigner) throws(NoteError) {
    guard Self.isText(text) else { throw .notText }
    self.text = text
    signatures = [signer.sign(text)]
  }

  /// Reads a note.
  ///
  /// - Throws: ``NoteError`` if the bytes are not one.
  public init(decoding bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= Self.byteLimit else { throw .tooLong(limit: Self.byteLimit) }
    // The last empty line parts the text from the signatures.
    var separator: Int?
    for index in bytes.indices.dropFirst().reversed()
    where bytes[index] == 0x0A && bytes[index - 1] == 0x0A {
      separator = index
      break
    }
    guard let separator, separator + 1 < bytes.count else { throw .noSignatures }
    let text = Array(bytes[..<separator])
    guard Self.isText(text) else { throw .notText }
    self.text = text
    signatures = try NoteSignature.lines(bytes[(separator + 1)...])
  }

  private static func isText(_ text: [UInt8]) -> Bool {
    text.last == 0x0A && !text.contains { $0 < 0x20 && $0 != 0x0A }
      && String(validating: text, as: UTF8.self) != nil
  }

  /// The note.
  public func encoded() -> [UInt8] {
    var bytes = text + [0x0A]
    for signature in signatures { bytes += signature.line }
    return bytes
  }

  /// Adds signatures, such as those of witnesses. A line with the same name and ID is replaced: some readers
  /// refuse a note with two lines of one key.
  ///
  /// - Throws: ``NoteError/tooManySignatures(limit:)`` or ``NoteError/tooLong(limit:)``; nothing is then
  ///   added.
  public mutating func add(_ more: some Sequence<NoteSignature>) throws(NoteError) {
    var note = self
    for signature in more {
      note.signatures.removeAll { $0.keyID == signature.keyID && $0.name == signature.name }
      note.signatures.append(signature)
    }
    guard note.signatures.count <= Self.signatureLimit else {
      throw .tooManySignatures(limit: Self.signatureLimit)
    }
    guard note.encoded().count <= Self.byteLimit else { throw .tooLong(limit: Self.byteLimit) }
    self = note
  }

  /// Drops the signatures that are not to be kept.
  mutating func keep(_ isKept: (NoteSignature) -> Bool) { signatures.removeAll { !isKept($0) } }

  /// The signatures of these keys, each verified. Lines of other keys are ignored, also if they share a name
  /// or an ID with one of these.
  ///
  /// - Throws: ``NoteVerificationError/invalidSignature(name:)`` if a line with the name and the ID of a key
  ///   is not its signature: somebody made the note worse than it was, so nothing in it is believed.
  public func signatures(by keys: some Sequence<NoteKey>) throws(NoteVerificationError) -> [VerifiedSignature]
  {
    var verified: [VerifiedSignature] = []
    let keys = Array(keys)
    for signature in signatures {
      for key in keys where key.id == signature.keyID && key.name == signature.name {
        guard let one = signature.verified(on: text, by: key) else {
          throw .invalidSignature(name: key.name)
        }
        verified.append(one)
      }
    }
    return verified
  }
}

/// A signature that a key made on a note.
public struct VerifiedSignature: Hashable, Sendable {
  /// The key.
  public let key: NoteKey
  /// When a witness cosigned, in seconds since 1970; nil for a signature without a time.
  public let time: UInt64?
}

/// Why bytes are not a signed note.
public enum NoteError: Error, Hashable, Sendable {
  /// There are more bytes than a note has.
  case tooLong(limit: Int)
  /// The text is empty, its last line does not end, or it is not UTF-8 without control characters.
  case notText
  /// No empty line with signatures after it.
  case noSignatures
  /// This line of the signatures, from 1, is not "— name base64".
  case malformedSignature(line: Int)
  /// There are more signatures than are read.
  case tooManySignatures(limit: Int)
}

/// Why a note is not believed.
public enum NoteVerificationError: Error, Hashable, Sendable {
  /// A line that names this key is not its signature.
  case invalidSignature(name: ExactText)
}
