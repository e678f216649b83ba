internal import CRistretto
internal import CSodium

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Memory for a kernel: rows, tables or working memory, 128-byte aligned and not initialised.
@safe
struct KernelMemory: ~Copyable, @unchecked Sendable {
  /// The first byte.
  let start: UnsafeMutableRawPointer
  private let byteCount: Int
  private let holdsSecrets: Bool

  /// - Parameters:
  ///   - byteCount: 1 or more.
  ///   - holdsSecrets: whether the memory is overwritten with zeros before it is given back.
  /// - Returns: nil if the memory cannot be had; then portable code is used, which needs less.
  init?(byteCount: Int, holdsSecrets: Bool = false) {
    var memory: UnsafeMutableRawPointer?
    guard unsafe posix_memalign(&memory, 128, max(byteCount, 128)) == 0,
      let start = unsafe memory
    else { return nil }
    unsafe self.start = start
    self.byteCount = byteCount
    self.holdsSecrets = holdsSecrets
  }

  /// Memory for `count` values of a type.
  init?<T>(_ type: T.Type, count: Int, holdsSecrets: Bool = false) {
    let (size, overflow) = MemoryLayout<T>.stride.multipliedReportingOverflow(by: count)
    guard !overflow else { return nil }
    self.init(byteCount: size, holdsSecrets: holdsSecrets)
  }

  /// The first of the values in the memory.
  @unsafe
  func values<T>(_ type: T.Type) -> UnsafeMutablePointer<T> {
    unsafe start.assumingMemoryBound(to: type)
  }

  deinit {
    if holdsSecrets { unsafe sodium_memzero(start, byteCount) }
    unsafe free(start)
  }
}

// Values as the kernels take them: `Kernels.formsAgree` says why the addresses may be taken for those of the
// C types.

extension Span<Scalar> {
  /// Calls `body` with the address of the scalars. At least one.
  @unsafe
  func withKernelScalars(_ body: (UnsafePointer<cristretto_scalar>) -> Void) {
    unsafe withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe body(UnsafeRawPointer(start).assumingMemoryBound(to: cristretto_scalar.self))
    }
  }
}

extension Span<Point> {
  /// Calls `body` with the address of the points. At least one.
  @unsafe
  func withKernelPoints(_ body: (UnsafePointer<cristretto_point>) -> Void) {
    unsafe withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe body(UnsafeRawPointer(start).assumingMemoryBound(to: cristretto_point.self))
    }
  }
}

extension Point {
  /// The point that `body` stores.
  @unsafe
  static func fromKernel(_ body: (UnsafeMutablePointer<cristretto_point>) -> Void) -> Point {
    var point = Point.identity
    unsafe withUnsafeMutablePointer(to: &point) { address in
      unsafe body(
        UnsafeMutableRawPointer(address).assumingMemoryBound(to: cristretto_point.self))
    }
    return point
  }

  /// The `count` points that `body` stores.
  @unsafe
  static func arrayFromKernel(
    count: Int, _ body: (UnsafeMutablePointer<cristretto_point>) -> Void
  ) -> [Point] {
    guard count > 0 else { return [] }
    return unsafe [Point](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      unsafe body(UnsafeMutableRawPointer(start).assumingMemoryBound(to: cristretto_point.self))
      initialized = count
    }
  }
}
