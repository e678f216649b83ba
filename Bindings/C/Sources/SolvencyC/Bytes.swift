internal import CanonicalBytes
internal import Ristretto
public import SolvencyHeader

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// Bytes across the line to C.
enum Bytes {
  /// The longest input: nothing that the library reads is longer, and a length that is a mistake allocates
  /// nothing.
  static let limit = 1 << 30

  /// A copy of a caller's bytes.
  static func copy(_ pointer: UnsafePointer<UInt8>?, _ count: Int, _ name: String) throws(CallError)
    -> [UInt8]
  {
    try check(pointer != nil, count, name)
    return Array(UnsafeBufferPointer(start: pointer, count: count))
  }

  /// A copy of a caller's bytes in guarded memory.
  static func secret(
    _ pointer: UnsafePointer<UInt8>?, _ count: Int, _ name: String
  ) throws(CallError) -> SecretBlock<UInt8> {
    try check(pointer != nil, count, name)
    let bytes = UnsafeBufferPointer(start: pointer, count: count)
    return SecretBlock(count: count) { bytes[$0] }
  }

  /// Text in UTF-8.
  static func text(_ pointer: UnsafePointer<CChar>?, _ count: Int, _ name: String) throws(CallError) -> String
  {
    try check(pointer != nil, count, name)
    let bytes = UnsafeBufferPointer(start: pointer, count: count).map { UInt8(bitPattern: $0) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed("\(name) is not UTF-8")
    }
    return text
  }

  /// 32 bytes.
  static func digest(_ pointer: UnsafePointer<UInt8>?, _ name: String) throws(CallError) -> Digest {
    guard let pointer,
      let digest = Digest(Array(UnsafeBufferPointer(start: pointer, count: Digest.byteCount)))
    else {
      throw .usage("\(name) is NULL; 32 bytes are wanted")
    }
    return digest
  }

  /// The pointers and lengths of a batch.
  static func copies(
    _ pointers: UnsafePointer<UnsafePointer<UInt8>?>?, _ counts: UnsafePointer<Int>?, _ count: Int,
    _ name: String
  ) throws(CallError) -> [[UInt8]] {
    try check(pointers != nil && counts != nil, count, name + "s")
    guard let pointers, let counts else { return [] }
    var total = 0
    var copies: [[UInt8]] = []
    copies.reserveCapacity(count)
    for index in 0..<count {
      guard (0...limit).contains(counts[index]) else {
        throw .usage("\(name) \(index) has an impossible length")
      }
      total += counts[index]
      guard total <= limit else {
        throw .usage("the \(name)s have more than \(limit) bytes together; give fewer")
      }
      copies.append(try copy(pointers[index], counts[index], "\(name) \(index)"))
    }
    return copies
  }

  /// Refuses lengths beyond all reason, and NULL with a length.
  static func check(_ hasPointer: Bool, _ count: Int, _ name: String) throws(CallError) {
    // A size_t beyond the signed range arrives as a negative number.
    guard (0...limit).contains(count) else {
      throw .usage("\(name) has the length \(UInt(bitPattern: count)), beyond the \(limit) that are read")
    }
    guard hasPointer || count == 0 else { throw .usage("\(name) is NULL and has the length \(count)") }
  }

  /// Bytes for the caller, who frees them.
  static func buffer(_ bytes: [UInt8]) -> solvency_buffer {
    guard !bytes.isEmpty else { return solvency_buffer(bytes: nil, count: 0) }
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
    copy.initialize(from: bytes, count: bytes.count)
    return solvency_buffer(bytes: copy, count: bytes.count)
  }

  /// Writes to a place that the caller may have left out.
  static func write(_ digest: Digest, to place: UnsafeMutablePointer<UInt8>?) {
    place?.update(from: digest.bytes, count: Digest.byteCount)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_buffer_free(_ buffer: UnsafeMutablePointer<solvency_buffer>?) {
  guard let buffer, let bytes = buffer.pointee.bytes else { return }
  #if canImport(Darwin)
    memset_s(bytes, buffer.pointee.count, 0, buffer.pointee.count)
  #else
    explicit_bzero(bytes, buffer.pointee.count)
  #endif
  bytes.deallocate()
  buffer.pointee = solvency_buffer(bytes: nil, count: 0)
}
