public import CanonicalBytes

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

/// Who a proof is made for, so that nobody else accepts it: a name of 1 to 128 bytes of printable UTF-8,
/// compared as bytes, and the ledger that decides, where there is one.
///
/// Two ledgers may bear the same name, by mistake or on purpose. What is addressed to the one is worth
/// nothing with the other: a ledger is known by the digest of its first entry, which names its venue, its
/// keys and its policy (A59).
public struct Audience: Hashable, Sendable, CustomStringConvertible {
  private let nameUTF8: [UInt8]
  /// The identity of the ledger that decides; nil for an audience that keeps none.
  public let ledger: Digest?

  /// The most bytes of ``utf8``.
  package static let byteLimit = AccountID.byteLimit + 1 + Digest.byteCount

  /// Checks a name.
  ///
  /// - Throws: ``NameError``.
  public init(_ name: String, ledger: Digest? = nil) throws(NameError) {
    nameUTF8 = try PrintableName.bytes(of: name)
    self.ledger = ledger
  }

  /// Reads what ``utf8`` returned.
  package init(utf8 bytes: [UInt8]) throws(NameError) {
    let start = bytes.count - Digest.byteCount - 1
    if start > 0, bytes[start] == 0 {
      nameUTF8 = try PrintableName.checked(Array(bytes[..<start]))
      ledger = Digest(Array(bytes[(start + 1)...]))
    } else {
      nameUTF8 = try PrintableName.checked(bytes)
      ledger = nil
    }
  }

  /// The name in UTF-8; with a ledger, a byte 0 and its 32 bytes follow. No name holds a byte 0, so no two
  /// audiences have the same bytes.
  package var utf8: [UInt8] { ledger.map { nameUTF8 + [0] + $0.bytes } ?? nameUTF8 }

  /// The same name without a ledger.
  public var named: Audience { Audience(nameUTF8, nil) }

  /// The same name with a ledger.
  public func keeping(_ ledger: Digest?) -> Audience { Audience(nameUTF8, ledger) }

  private init(_ nameUTF8: [UInt8], _ ledger: Digest?) {
    self.nameUTF8 = nameUTF8
    self.ledger = ledger
  }

  /// The name.
  public var description: String { String(decoding: nameUTF8, as: UTF8.self) }
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
    if isPrintableASCII(bytes) { return bytes }
    guard let name = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
    let scalars = name.unicodeScalars
    let spaceAtEnd =
      scalars.first?.properties.isWhitespace == true || scalars.last?.properties.isWhitespace == true
    guard !spaceAtEnd, scalars.allSatisfy(isPrintable) else { throw .notPrintable }
    return bytes
  }

  /// Whether there are only characters from space to tilde, and no space at an end: most names, of which no
  /// table of Unicode has to be asked.
  private static func isPrintableASCII(_ bytes: [UInt8]) -> Bool {
    let space = UInt8(ascii: " ")
    return bytes.first != space && bytes.last != space
      && bytes.allSatisfy { (space...UInt8(ascii: "~")).contains($0) }
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
    default: true
    }
  }
}

extension NameError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .empty: "the name is empty"
    case .tooLong(let limit, let actual): "the name has \(actual) bytes, and at most \(limit) are allowed"
    case .notUTF8: "the name is not UTF-8"
    case .notPrintable: "the name has a character that is not printable, or a space at an end"
    }
  }
}
