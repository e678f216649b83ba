/// Bytes written so that no two different sequences of fields give the same bytes: fields of variable
/// length carry their length, the others have a fixed one.
///
/// All numbers are little-endian. What is hashed or bound into a proof anywhere in this layer is
/// written with it, after a domain that says what it is.
package struct CanonicalWriter {
  /// What has been written.
  package private(set) var bytes: [UInt8] = []

  /// Starts with the domain, as a field of variable length.
  package init(domain: StaticString) {
    append(text: domain.withUTF8Buffer { unsafe Array($0) })
  }

  /// One byte.
  package mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// Four bytes.
  package mutating func append(_ value: UInt32) {
    bytes.append(littleEndian: value)
  }

  /// Eight bytes.
  package mutating func append(_ value: UInt64) {
    bytes.append(littleEndian: value)
  }

  /// The 32 bytes of a digest.
  package mutating func append(_ digest: Digest) { bytes += digest.bytes }

  /// A field whose length its kind fixes.
  package mutating func append(fixed field: [UInt8]) { bytes += field }

  /// Reserves memory for `count` bytes.
  package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Four bytes of length, then the field.
  package mutating func append(text field: [UInt8]) {
    append(UInt32(field.count))
    bytes += field
  }
}

/// Why bytes are not what ``CanonicalWriter`` wrote.
public enum CanonicalBytesError: Error, Hashable, Sendable {
  /// The bytes begin with another domain: they are of another kind or version.
  case wrongDomain
  /// The bytes end inside a field.
  case truncated
  /// Bytes follow the last field.
  case trailingBytes(Int)
  /// A field of variable length is longer than it may be.
  case fieldTooLong(limit: Int)
  /// A field holds a value that its kind does not have.
  case invalidField
}

/// Reads what ``CanonicalWriter`` wrote. Every length is checked before anything is copied.
package struct CanonicalReader {
  private let bytes: [UInt8]
  private var offset = 0

  /// Reads bytes that must begin with the domain.
  package init(_ bytes: [UInt8], domain: StaticString) throws(CanonicalBytesError) {
    self.bytes = bytes
    let expected = Array(domain.description.utf8)
    guard let found = try? text(limit: expected.count), found == expected else { throw .wrongDomain }
  }

  /// Number of bytes that are not read yet.
  package var remaining: Int { bytes.count - offset }

  /// One byte.
  package mutating func byte() throws(CanonicalBytesError) -> UInt8 {
    guard offset < bytes.count else { throw .truncated }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// Four bytes.
  package mutating func uint32() throws(CanonicalBytesError) -> UInt32 {
    UInt32(truncatingIfNeeded: try number(of: 4))
  }

  /// Eight bytes.
  package mutating func uint64() throws(CanonicalBytesError) -> UInt64 {
    try number(of: 8)
  }

  private mutating func number(of count: Int) throws(CanonicalBytesError) -> UInt64 {
    guard count <= bytes.count - offset else { throw .truncated }
    defer { offset += count }
    return bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Exactly `count` bytes.
  package mutating func take(_ count: Int) throws(CanonicalBytesError) -> [UInt8] {
    guard count <= bytes.count - offset else { throw .truncated }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  /// Exactly 32 bytes.
  package mutating func bytes32() throws(CanonicalBytesError) -> Bytes32 {
    guard Bytes32.byteCount <= bytes.count - offset else { throw .truncated }
    defer { offset += Bytes32.byteCount }
    return Bytes32(filling: bytes.span.extracting(offset..<offset + Bytes32.byteCount))
  }

  /// The 32 bytes of a digest.
  package mutating func digest() throws(CanonicalBytesError) -> Digest {
    Digest(try bytes32())
  }

  /// A field of at most `limit` bytes that carries its length.
  package mutating func text(limit: Int) throws(CanonicalBytesError) -> [UInt8] {
    let count = Int(try uint32())
    guard count <= limit else { throw .fieldTooLong(limit: limit) }
    return try take(count)
  }

  /// Refuses bytes after the last field.
  package consuming func finish() throws(CanonicalBytesError) {
    guard offset == bytes.count else { throw .trailingBytes(bytes.count - offset) }
  }
}
