internal import CZlib

/// Why bytes are no sound gzip file.
public enum GzipError: Error, Hashable, Sendable {
  /// The file ends before its compressed data do.
  case truncated
  /// The data contradict themselves, or their checksum.
  case corrupt
  /// There would be more than so many bytes.
  case tooLarge(limit: Int)
}

extension GzipError: CustomStringConvertible {
  /// What is wrong.
  public var description: String {
    switch self {
    case .truncated: "the compressed data end too early"
    case .corrupt: "the compressed data are corrupt"
    case .tooLarge(let limit): "decompresses to more than \(limit) bytes"
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
  public static func decompress(
    _ bytes: [UInt8], limit: Int
  ) throws(GzipError) -> [UInt8] {
    var stream = unsafe z_stream()
    // 15 bits of window, and 16 for gzip with its header and checksum.
    let version = unsafe inflateInit2_(
      &stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(version == Z_OK, "zlib gave no memory")
    defer { unsafe inflateEnd(&stream) }

    var result: [UInt8] = []
    // Prices compress about fourfold.
    result.reserveCapacity(min(limit, 5 * bytes.count))
    var block = [UInt8](repeating: 0, count: 1 << 16)
    var offset = 0
    while true {
      let step = unsafe inflate(&stream, from: bytes, at: offset, into: &block)
      offset += step.consumed
      guard step.produced <= limit - result.count else { throw .tooLarge(limit: limit) }
      result.append(contentsOf: block[..<step.produced])
      switch step.status {
      case Z_STREAM_END:
        guard let next = bytes[offset...].firstIndex(where: { $0 != 0 }) else { return result }
        guard next == offset, unsafe inflateReset(&stream) == Z_OK else { throw .corrupt }
      case Z_OK where step.consumed > 0 || step.produced > 0:
        continue
      case Z_OK, Z_BUF_ERROR:
        // No progress although there is room for output: input is what lacks.
        throw offset == bytes.count ? .truncated : .corrupt
      default:
        throw .corrupt
      }
    }
  }

  private struct Step {
    let status: Int32
    let consumed: Int
    let produced: Int
  }

  /// Runs the decoder once, over at most 2³⁰ bytes of input and one block of output.
  private static func inflate(
    _ stream: inout z_stream, from input: [UInt8], at offset: Int, into block: inout [UInt8]
  ) -> Step {
    let available = min(input.count - offset, 1 << 30)
    let room = block.count
    return unsafe input.withUnsafeBufferPointer { source in
      unsafe block.withUnsafeMutableBufferPointer { target in
        // zlib reads through this pointer and never writes.
        let start = unsafe source.baseAddress.map { unsafe UnsafeMutablePointer(mutating: $0 + offset) }
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
