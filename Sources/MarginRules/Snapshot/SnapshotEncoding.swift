internal import CanonicalBytes

// Canonical bytes of a snapshot: a domain and a version, then every field in the order of
// `SnapshotFields.swift`. Integers have 8 bytes, little-endian, two's complement; counts and lengths 4;
// flags 1, and an optional field is a flag and, if that is 1, the value. Every part has a fixed or
// a stated length, so different snapshots have different bytes.

extension RiskSnapshot {
  /// The versions of the format that this code reads and writes: 2 is of snapshots that declare attributes.
  public static let versions: ClosedRange<UInt32> = 1...2

  /// The version of a draft: the first that has everything that it says.
  static func version(of draft: SnapshotDraft) -> UInt32 { draft.attributes == nil ? 1 : 2 }

  static let domain = Array("solvency/risk-snapshot/v1".utf8)

  /// The bytes that name this snapshot: they depend on every field, and no two snapshots share them.
  public var canonicalBytes: [UInt8] {
    Self.canonicalBytes(of: draft)
  }

  /// The same for a draft, sound or not.
  package static func canonicalBytes(of draft: SnapshotDraft) -> [UInt8] {
    var encoder = SnapshotEncoder()
    encoder.append(UInt32(domain.count))
    encoder.bytes += domain
    encoder.append(version(of: draft))
    var draft = draft
    // Encoding throws only for words outside their type, which a draft cannot hold.
    try? draft.visit(&encoder)
    return encoder.bytes
  }

  /// Reads canonical bytes: exactly what ``canonicalBytes`` writes for a sound snapshot.
  ///
  /// - Throws: ``SnapshotError/malformedBytes(offset:)``, ``SnapshotError/unknownVersion(_:)``, and what
  ///   ``init(_:)`` throws.
  public init(canonicalBytes bytes: [UInt8]) throws(SnapshotError) {
    guard bytes.count <= SnapshotLimits.documentBytes else {
      throw .malformedBytes(offset: SnapshotLimits.documentBytes)
    }
    var decoder = SnapshotDecoder(bytes)
    guard try decoder.word() == UInt32(Self.domain.count),
      try decoder.take(Self.domain.count).elementsEqual(Self.domain)
    else { throw .malformedBytes(offset: 0) }
    let version = try decoder.word()
    guard Self.versions.contains(version) else { throw .unknownVersion(version.description) }
    var draft = SnapshotDraft.blank
    if version == 2 { draft.attributes = .blank }
    try draft.visit(&decoder)
    guard decoder.offset == bytes.count else { throw .malformedBytes(offset: decoder.offset) }
    try self.init(draft)
  }
}

private struct SnapshotEncoder: SnapshotVisitor {
  var bytes: [UInt8] = []

  mutating func append(_ value: some FixedWidthInteger) {
    bytes.append(littleEndian: value)
  }

  mutating func integer(_ value: inout Int64, _: String, in _: ClosedRange<Int64>) {
    append(value)
  }

  mutating func flag(_ value: inout Bool, _: String) {
    bytes.append(value ? 1 : 0)
  }

  mutating func text(_ value: inout String, _: String, _: TextForm) {
    append(UInt32(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  mutating func digest(_ value: inout Digest, _: String) {
    bytes.append(contentsOf: value.bytes)
  }

  mutating func count(_ value: inout Int, _: String, in _: ClosedRange<Int>) {
    append(UInt32(value))
  }

  mutating func enter(_: String, _: Int?) {}
  mutating func leave() {}
}

/// Reads bytes from outside. Lengths are checked against what is left and against the limits before
/// anything of that length is made.
private struct SnapshotDecoder: SnapshotVisitor {
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func take(_ count: Int) throws(SnapshotError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - offset else { throw .malformedBytes(offset: offset) }
    offset += count
    return bytes[(offset - count)..<offset]
  }

  mutating func word() throws(SnapshotError) -> UInt32 {
    try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func integer(
    _ value: inout Int64, _: String, in _: ClosedRange<Int64>
  ) throws(SnapshotError) {
    value = Int64(bitPattern: try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  mutating func flag(_ value: inout Bool, _: String) throws(SnapshotError) {
    switch try take(1).first {
    case 0: value = false
    case 1: value = true
    default: throw .malformedBytes(offset: offset - 1)
    }
  }

  mutating func text(_ value: inout String, _: String, _: TextForm) throws(SnapshotError) {
    let start = offset
    let count = Int(try word())
    guard count <= SnapshotLimits.noteLength,
      let text = String(validating: try take(count), as: UTF8.self)
    else { throw .malformedBytes(offset: start) }
    value = text
  }

  mutating func digest(_ value: inout Digest, _: String) throws(SnapshotError) {
    value = Digest(Bytes32(filling: try take(Digest.byteCount)))
  }

  mutating func count(
    _ value: inout Int, _: String, in range: ClosedRange<Int>
  ) throws(SnapshotError) {
    let start = offset
    value = Int(try word())
    guard range.contains(value) else { throw .malformedBytes(offset: start) }
  }

  mutating func enter(_: String, _: Int?) {}
  mutating func leave() {}
}
