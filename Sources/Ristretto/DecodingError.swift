/// Why bytes are not a scalar or a point.
public enum DecodingError: Error, Hashable, Sendable {
  /// The number of bytes is wrong.
  case wrongLength(expected: Int, actual: Int)
  /// The bytes are not the one encoding of a value: the number is too large, or is the negative of the two
  /// that would encode the same point.
  case notCanonical
  /// The number is canonical, but no point of the group is encoded by it.
  case notAPoint
}

extension DecodingError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .wrongLength(let expected, let actual): "has \(actual) bytes instead of \(expected)"
    case .notCanonical: "is not canonical"
    case .notAPoint: "is not the encoding of a point"
    }
  }
}

/// Why an inverse does not exist.
public enum InversionError: Error, Hashable, Sendable {
  /// A scalar is 0.
  case zero
}
