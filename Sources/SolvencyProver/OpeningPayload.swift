internal import CanonicalBytes
internal import MarginRules
internal import Ristretto
internal import Solvency

/// The bytes of an opening, kept in guarded memory throughout:
///
///     le32 length ‖ account ‖ registry (32) ‖ le64 sequence ‖ le32 count ‖ le64 values ‖ blinding (32)
///
/// Values are in two's complement.
enum OpeningPayload {
  /// The longest payload.
  static let byteLimit = 4 + AccountID.byteLimit + 32 + 8 + 4 + 8 * Registry.countLimit + 32

  static func encode(_ opening: borrowing AccountOpening) -> SecretBlock<UInt8> {
    let name = opening.account.utf8
    let count = opening.values.count
    var block = SecretBlock<UInt8>(
      repeating: 0, count: 4 + name.count + 32 + 8 + 4 + 8 * count + 32)
    block.withMutableSpan { bytes in
      var offset = 0
      func put(_ byte: UInt8, _ bytes: inout MutableSpan<UInt8>) {
        bytes[offset] = byte
        offset += 1
      }
      func put(_ value: some FixedWidthInteger, _ bytes: inout MutableSpan<UInt8>) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
          put(UInt8(truncatingIfNeeded: value >> shift), &bytes)
        }
      }
      put(UInt32(name.count), &bytes)
      for byte in name { put(byte, &bytes) }
      for byte in opening.registry.bytes { put(byte, &bytes) }
      put(opening.sequence, &bytes)
      put(UInt32(count), &bytes)
      opening.values.withSpan { values in
        for index in values.indices { put(values[index], &bytes) }
      }
      opening.blinding.withSpan { blinding in
        for byte in blinding[0].encoded() { put(byte, &bytes) }
      }
    }
    return block
  }

  static func decode(
    _ block: borrowing SecretBlock<UInt8>
  ) throws(OpeningFileError) -> AccountOpening {
    try block.withSpan { bytes throws(OpeningFileError) in
      var offset = 0
      func number(_ byteCount: Int) throws(OpeningFileError) -> UInt64 {
        guard byteCount <= bytes.count - offset else { throw .malformedContents }
        defer { offset += byteCount }
        return (offset..<offset + byteCount).reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
      }
      func array(_ byteCount: Int) throws(OpeningFileError) -> [UInt8] {
        guard byteCount <= bytes.count - offset else { throw .malformedContents }
        defer { offset += byteCount }
        return (offset..<offset + byteCount).map { bytes[$0] }
      }
      guard let account = try? AccountID(utf8: try array(Int(try number(4)))),
        let registry = Digest(try array(Digest.byteCount))
      else { throw .malformedContents }
      let sequence = try number(8)
      let count = Int(try number(4))
      guard bytes.count - offset == 8 * count + 32 else { throw .malformedContents }
      let values = try SecretBlock<Int64>(count: count) { _ throws(OpeningFileError) in
        Int64(bitPattern: try number(8))
      }
      guard let s = try? Scalar(canonicalBytes: try array(32)) else { throw .malformedContents }
      return AccountOpening(
        account: account, registry: registry, sequence: sequence, values: values,
        blinding: SecretBlock(repeating: s, count: 1))
    }
  }
}
