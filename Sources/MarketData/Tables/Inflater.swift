internal import CZlib

/// Decompression of deflate data (RFC 1951), block by block.
@safe final class Inflater {
  /// What surrounds the data.
  enum Wrapper {
    /// Header and checksum of gzip (RFC 1952), any number of members.
    case gzip
    /// Nothing, as in zip archives.
    case none

    fileprivate var windowBits: Int32 { self == .gzip ? MAX_WBITS + 16 : -MAX_WBITS }
  }

  /// The bytes of a block.
  static let blockSize = 1 << 18

  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let wrapper: Wrapper
  /// Compressed bytes, block by block.
  private let input: () throws(MarketDataError) -> [UInt8]?
  private var bytes: ArraySlice<UInt8> = []
  private var hasInput = true
  private var hasEnded = false

  /// - Parameter input: the compressed bytes, block by block, nil at their end.
  init(_ wrapper: Wrapper, input: @escaping () throws(MarketDataError) -> [UInt8]?) {
    (self.wrapper, self.input) = (wrapper, input)
    // zlib keeps the address of its state, so that it stays in one place.
    unsafe stream.initialize(to: z_stream())
    let version = unsafe inflateInit2_(
      stream, wrapper.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(version == Z_OK, "zlib gave no memory")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// What can go wrong: the data, or reading them.
  enum Failure: Error {
    case data(GzipError)
    case input(MarketDataError)
  }

  /// The next bytes, at most a block of them; nil at the end of sound data.
  ///
  /// After the last member of gzip, zero bytes are padding; anything else there, and anything after raw data,
  /// is corrupt.
  func next() throws(Failure) -> [UInt8]? {
    guard !hasEnded else { return nil }
    var block = [UInt8](repeating: 0, count: Self.blockSize)
    var count = 0
    while count < Self.blockSize {
      if bytes.isEmpty { try refill() }
      let step = inflate(into: &block, from: count)
      bytes = bytes.dropFirst(step.consumed)
      count += step.produced
      switch step.status {
      case Z_STREAM_END:
        guard try beginsAnother() else {
          hasEnded = true
          return count > 0 ? Array(block[..<count]) : nil
        }
      case Z_OK where step.consumed > 0 || step.produced > 0: continue
      case Z_OK, Z_BUF_ERROR:
        // No progress although there is room for output: input is what lacks.
        guard bytes.isEmpty else { throw .data(.corrupt) }
        guard hasInput else { throw .data(.truncated) }
      default: throw .data(.corrupt)
      }
    }
    return block
  }

  /// Whether another member of gzip follows.
  private func beginsAnother() throws(Failure) -> Bool {
    guard wrapper == .gzip else {
      if bytes.isEmpty { try refill() }
      guard bytes.isEmpty else { throw .data(.corrupt) }
      return false
    }
    var isPadded = false
    while true {
      if bytes.isEmpty { try refill() }
      guard !bytes.isEmpty else { return false }
      let rest = bytes.drop { $0 == 0 }
      isPadded = isPadded || rest.count < bytes.count
      bytes = rest
      guard bytes.isEmpty else { break }
    }
    guard !isPadded, unsafe inflateReset(stream) == Z_OK else { throw .data(.corrupt) }
    return true
  }

  private func refill() throws(Failure) {
    while hasInput, bytes.isEmpty {
      do throws(MarketDataError) {
        guard let more = try input() else {
          hasInput = false
          return
        }
        bytes = more[...]
      } catch {
        throw .input(error)
      }
    }
  }

  /// What compressed bytes stand for, at most `limit` bytes, whatever the data claim.
  static func decompress(
    _ bytes: ArraySlice<UInt8>, _ wrapper: Wrapper, limit: Int
  ) throws(GzipError) -> [UInt8] {
    var rest: [UInt8]? = Array(bytes)
    let inflater = Inflater(wrapper) {
      defer { rest = nil }
      return rest
    }
    var result: [UInt8] = []
    do throws(Failure) {
      while let block = try inflater.next() {
        guard block.count <= limit - result.count else { throw .data(.tooLarge(limit: limit)) }
        result += block
      }
    } catch {
      switch error {
      case .data(let problem): throw problem
      // Bytes in memory are always read.
      case .input: throw .truncated
      }
    }
    return result
  }

  /// The checksum of zip and gzip (CRC-32 of ISO 3309), of bytes after others with the checksum `before`.
  static func checksum(_ bytes: [UInt8], after before: UInt32 = 0) -> UInt32 {
    var sum = UInt(before)
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

  /// Runs the decoder once, over at most 2³⁰ bytes of input and the rest of a block of output.
  private func inflate(into block: inout [UInt8], from start: Int) -> Step {
    let available = min(bytes.count, 1 << 30)
    let room = block.count - start
    let stream = unsafe stream
    return unsafe bytes.withUnsafeBufferPointer { source in
      unsafe block.withUnsafeMutableBufferPointer { target in
        // zlib reads through this pointer and never writes.
        unsafe stream.pointee.next_in = source.baseAddress.map { unsafe UnsafeMutablePointer(mutating: $0) }
        unsafe stream.pointee.avail_in = UInt32(available)
        unsafe stream.pointee.next_out = target.baseAddress.map { unsafe $0 + start }
        unsafe stream.pointee.avail_out = UInt32(room)
        let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        return unsafe Step(
          status: status, consumed: available - Int(stream.pointee.avail_in),
          produced: room - Int(stream.pointee.avail_out))
      }
    }
  }
}
