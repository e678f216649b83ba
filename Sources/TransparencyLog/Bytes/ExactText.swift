/// A text that is compared byte by byte: names of keys, origins, lines of a checkpoint.
///
/// Two strings that look alike are equal to Swift; to anyone who hashes and signs their bytes they are not.
public struct ExactText: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The encoding in UTF-8.
  public let utf8: [UInt8]

  /// The text of a string.
  public init(_ text: String) { utf8 = Array(text.utf8) }

  /// The text of a string.
  public init(stringLiteral text: String) { self.init(text) }

  /// The text that these bytes encode, if they are UTF-8 without control characters and line breaks.
  init?(line bytes: ArraySlice<UInt8>) {
    guard !bytes.contains(where: { $0 < 0x20 }), let text = String(validating: bytes, as: UTF8.self) else {
      return nil
    }
    self.init(text)
  }

  /// As a string, to be shown.
  public var description: String { String(decoding: utf8, as: UTF8.self) }
}
