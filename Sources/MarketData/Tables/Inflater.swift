internal import CZlib

/// Decompression of deflate data (RFC 1951), block by block and never beyond a limit.
enum Inflater {
  /// What surrounds the data.
  enum Wrapper {
    /// Header and checksum of gzip (RFC 1952), any number of members.
    case gzip
    /// Nothing, as in zip archives.
    case none

    fileprivate var windowBits: Int32 { self == .gzip ? MAX_WBITS + 16 : -MAX_WBITS }
  }

  /// What compressed bytes stand for.
  ///
  /// Memory is that of the result, never more than `limit` and one block, whatever the data claim. After the
  /// last member of gzip, zero bytes are padding; anything else there, and anything after raw data, is
  /// corrupt.
  static func decompress(
    _ bytes: ArraySlice<UInt8>, _ wrapper: Wrapper, limit: Int
  ) throws(GzipError) -> [UInt8] {
    var stream = unsafe z_stream()
    let version = unsafe inflateInit2_(
      &stream, wrapper.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(version == Z_OK, "zlib gave no memory")
    defer { unsafe inflateEnd(&stream) }

    var result: [UInt8] = []
    // Prices compress about fourfold.
    result.reserveCapacity(min(limit, 5 * bytes.count))
    var block = [UInt8](repeating: 0, count: 1 << 16)
    var offset = bytes.startIndex
    while true {
      let step = unsafe inflate(&stream, from: bytes, at: offset, into: &block)
      offset += step.consumed
      guard step.produced <= limit - result.count else { throw .tooLarge(limit: limit) }
      result.append(contentsOf: block[..<step.produced])
      switch step.status {
      case Z_STREAM_END:
        guard wrapper == .gzip else {
          guard offset == bytes.endIndex else { throw .corrupt }
          return result
        }
        guard let next = bytes[offset...].firstIndex(where: { $0 != 0 }) else { return result }
        guard next == offset, unsafe inflateReset(&stream) == Z_OK else { throw .corrupt }
      case Z_OK where step.consumed > 0 || step.produced > 0:
        continue
      case Z_OK, Z_BUF_ERROR:
        // No progress although there is room for output: input is what lacks.
        throw offset == bytes.endIndex ? .truncated : .corrupt
      default:
        throw .corrupt
      }
    }
  }

  /// The checksum of zip and gzip (CRC-32 of ISO 3309).
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt = 0
    unsafe bytes.withUnsafeBufferPointer { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = min(buffer.count - offset, 1 << 30)
        sum = unsafe crc32(sum, buffer.baseAddress.map { unsafe $0 + offset }, UInt32(count))
        offset += count
      }
    }
    return UInt32(truncatingIfNeeded: sum)
  }

  private struct Step {
    let status: Int32
    let consumed: Int
    let produced: Int
  }

  /// Runs the decoder once, over at most 2³⁰ bytes of input and one block of output.
  private static func inflate(
    _ stream: inout z_stream, from input: ArraySlice<UInt8>, at offset: Int, into block: inout [UInt8]
  ) -> Step {
    let available = min(input.endIndex - offset, 1 << 30)
    let room = block.count
    let skipped = offset - input.startIndex
    return unsafe input.withUnsafeBufferPointer { source in
      unsafe block.withUnsafeMutableBufferPointer { target in
        // zlib reads through this pointer and never writes.
        let start = unsafe source.baseAddress.map { unsafe UnsafeMutablePointer(mutating: $0 + skipped) }
        unsafe stream.next_in = start
        unsafe stream.avail_in = UInt32(available)
        unsafe stream.next_out = target.baseAddress
        unsafe stream.avail_out = UInt32(room)
        let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
        return unsafe Step(
          status: status, consumed: available - Int(stream.avail_in),
          produced: room - Int(stream.avail_out))
      }
    }
  }
}
