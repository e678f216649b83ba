public import CanonicalBytes

/// Why a file of this layer, an account, a fill, a proof or something signed, is refused.
public enum FileError: Error, Hashable, Sendable {
  /// The file is not strict JSON of its form; the error says where.
  case document(DocumentError)
  /// The file has a version that this library does not read.
  case unsupportedVersion(Int64)
  /// The text at this path is not a name.
  case invalidName(path: String, NameError)
  /// The 32 bytes at this path are not the encoding of a point.
  case undecodablePoint(path: String)
  /// The changes are not a fill.
  case fill(FillError)
  /// What the file holds would expire before it holds.
  case emptyWindow
  /// The file holds something else that is signed.
  case otherKind(expected: String, found: String)
}

extension FileError {
  /// What a reader of documents found, another version apart.
  package init(_ error: DocumentError) {
    self = error.unsupportedVersion.map { .unsupportedVersion($0) } ?? .document(error)
  }
}

extension FileError: CustomStringConvertible {
  /// One line: where, and what is wrong.
  public var description: String {
    switch self {
    case .document(let error): error.description
    case .unsupportedVersion(let version): "version \(version) is not supported; this reads version 1"
    case .invalidName(let path, .empty): "\(path): a name may not be empty"
    case .invalidName(let path, .tooLong(let limit, let actual)):
      "\(path): a name has at most \(limit) bytes, not \(actual)"
    case .invalidName(let path, .notUTF8): "\(path): a name is UTF-8"
    case .invalidName(let path, .notPrintable):
      "\(path): a name has no control characters and no spaces at its ends"
    case .undecodablePoint(let path): "\(path): these 32 bytes do not encode a point"
    case .fill(.zeroDelta(let name)): "deltas: \(name) changes by zero; leave it out"
    case .fill(.noDeltas): "deltas: at least one coordinate changes"
    case .fill(let error): "deltas: \(error)"
    case .emptyWindow: "expires: must be later than issued"
    case .otherKind(let expected, let found):
      "kind: this is a signed \(found.prefix(64)); a signed \(expected) is wanted"
    }
  }
}
