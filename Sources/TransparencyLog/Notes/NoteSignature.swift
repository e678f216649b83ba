internal import CanonicalBytes

/// One signature line of a note: who claims to have signed, and the signature.
public struct NoteSignature: Hashable, Sendable {
  /// The signer's name.
  public let name: ExactText
  /// The signer's key by its ID.
  public let keyID: UInt32
  /// The signature: at least one byte, of a form that the key's algorithm says.
  public let bytes: [UInt8]

  private static let dash = Array("— ".utf8)
  private static let space = UInt8(ascii: " ")

  /// A signature of these parts.
  init(name: ExactText, keyID: UInt32, bytes: [UInt8]) {
    self.name = name
    self.keyID = keyID
    self.bytes = bytes
  }

  /// Reads a line without its end; nil if it is malformed.
  init?(line: ArraySlice<UInt8>) {
    guard line.starts(with: Self.dash) else { return nil }
    let fields = line.dropFirst(Self.dash.count)
    guard let end = fields.firstIndex(of: Self.space), let name = ExactText(line: fields[..<end]),
      NoteKey.isName(name), let blob = Base64.decode(fields[(end + 1)...]), blob.count > 4
    else { return nil }
    self.init(name: name, keyID: Digits.word(blob.prefix(4)), bytes: Array(blob.dropFirst(4)))
  }

  /// The line with its end.
  var line: [UInt8] {
    Self.dash + name.utf8 + [Self.space] + Base64.encode(Digits.bigEndian(keyID) + bytes) + [0x0A]
  }

  /// Reads signature lines, each of which ends.
  ///
  /// - Throws: ``NoteError``.
  public static func lines(_ bytes: ArraySlice<UInt8>) throws(NoteError) -> [NoteSignature] {
    var (signatures, rest): ([NoteSignature], ArraySlice<UInt8>) = ([], bytes)
    while !rest.isEmpty {
      guard signatures.count < SignedNote.signatureLimit else {
        throw .tooManySignatures(limit: SignedNote.signatureLimit)
      }
      guard let end = rest.firstIndex(of: 0x0A), let signature = NoteSignature(line: rest[..<end]) else {
        throw .malformedSignature(line: signatures.count + 1)
      }
      signatures.append(signature)
      rest = rest[(end + 1)...]
    }
    return signatures
  }

  /// The lines of signatures, as a witness answers.
  public static func encoded(_ signatures: [NoteSignature]) -> [UInt8] { signatures.flatMap(\.line) }

  /// The signature as the key's on a text; nil if it is not that.
  func verified(on text: [UInt8], by key: NoteKey) -> VerifiedSignature? {
    switch key.algorithm {
    case .ed25519:
      return Sodium.isSignature(bytes, on: text, by: key.publicKey)
        ? VerifiedSignature(key: key, time: nil) : nil
    case .cosignature:
      let time: UInt64 = Digits.word(bytes.prefix(Cosignature.timeByteCount))
      guard time <= Digits.limit else { return nil }
      let signature = Array(bytes.dropFirst(Cosignature.timeByteCount))
      return Sodium.isSignature(signature, on: Cosignature.message(time, text), by: key.publicKey)
        ? VerifiedSignature(key: key, time: time) : nil
    }
  }
}
