/// The name of an account: 1 to 128 bytes of printable UTF-8.
///
/// Names are compared as bytes, never after Unicode normalisation, and an over-long one is refused
/// rather than shortened or reduced: two different names stay two accounts.
public struct AccountID: Hashable, Sendable, CustomStringConvertible {
  /// The longest name, in bytes.
  public static let byteLimit = 128

  /// The name in UTF-8.
  package let utf8: [UInt8]

  /// Checks a name.
  ///
  /// - Throws: ``NameError``.
  public init(_ name: String) throws(NameError) {
    utf8 = try PrintableName.bytes(of: name)
  }

  /// Checks the UTF-8 of a name.
  package init(utf8 bytes: [UInt8]) throws(NameError) {
    utf8 = try PrintableName.checked(bytes)
  }

  /// The name.
  public var description: String { String(decoding: utf8, as: UTF8.self) }
}

/// The name of the party that a proof is made for, so that no other accepts it: 1 to 128 bytes of
/// printable UTF-8, compared as bytes.
public struct Audience: Hashable, Sendable, CustomStringConvertible {
  /// The name in UTF-8.
  package let utf8: [UInt8]

  /// Checks a name.
  ///
  /// - Throws: ``NameError``.
  public init(_ name: String) throws(NameError) {
    utf8 = try PrintableName.bytes(of: name)
  }

  /// Checks the UTF-8 of a name.
  package init(utf8 bytes: [UInt8]) throws(NameError) {
    utf8 = try PrintableName.checked(bytes)
  }

  /// The name.
  public var description: String { String(decoding: utf8, as: UTF8.self) }
}

/// Why a text is not a name.
public enum NameError: Error, Hashable, Sendable {
  /// The text is empty.
  case empty
  /// More bytes of UTF-8 than a name may have.
  case tooLong(limit: Int, actual: Int)
  /// The bytes are not UTF-8.
  case notUTF8
  /// A control, format or line-breaking character, or a space at either end.
  case notPrintable
}

/// The rule that account names and audiences share.
private enum PrintableName {
  static func bytes(of name: String) throws(NameError) -> [UInt8] {
    try checked(Array(name.utf8))
  }

  static func checked(_ bytes: [UInt8]) throws(NameError) -> [UInt8] {
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= AccountID.byteLimit else {
      throw .tooLong(limit: AccountID.byteLimit, actual: bytes.count)
    }
    guard let name = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
    let scalars = name.unicodeScalars
    let spaceAtEnd =
      scalars.first?.properties.isWhitespace == true || scalars.last?.properties.isWhitespace == true
    guard !spaceAtEnd, scalars.allSatisfy(isPrintable) else { throw .notPrintable }
    return bytes
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
    default: true
    }
  }
}
