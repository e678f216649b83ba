/// Why compressed bytes are not sound.
public enum GzipError: Error, Hashable, Sendable {
  /// The file ends before its compressed data do.
  case truncated
  /// The data contradict themselves, or their checksum.
  case corrupt
  /// The contents would have more than `limit` bytes.
  case tooLarge(limit: Int)
}

extension GzipError: CustomStringConvertible {
  /// What is wrong.
  public var description: String {
    switch self {
    case .truncated: "the compressed data end too early; was the file copied completely?"
    case .corrupt: "the compressed data are corrupt"
    case .tooLarge(let limit): "decompresses to more than \(limit) bytes; split it into several files"
    }
  }
}

/// Reading of gzip files (RFC 1952).
public enum Gzip {
  /// Whether bytes begin as a gzip file does.
  public static func isCompressed(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x1F, 0x8B])
  }

  /// What a gzip file of one or more members holds.
  ///
  /// Memory is that of the result, never more than `limit` and one block, whatever the file claims.
  /// Zero bytes after the last member are padding; anything else there is corrupt.
  ///
  /// - Throws: ``GzipError``: damaged, truncated, or more than `limit` bytes.
  public static func decompress(
    _ bytes: [UInt8], limit: Int
  ) throws(GzipError) -> [UInt8] {
    try Inflater.decompress(bytes[...], .gzip, limit: limit)
  }
}
