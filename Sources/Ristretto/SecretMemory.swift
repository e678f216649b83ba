internal import CSodium
internal import Synchronization

/// Regions of guarded memory for secrets, which are kept for the next block when one ends.
///
/// A region comes from `sodium_malloc`: its own pages, between guard pages, locked against swapping where the
/// system allows it. That takes nine system calls, which stop all threads of the process for a moment, and as
/// much again when the region is given back: a proof made of twenty blocks would spend a tenth of its time
/// there on one thread, and half of it on many. So a region goes back to the system only when enough are
/// idle. Before that it is overwritten: an idle region holds zeros.
///
/// A block lies at the end of its region, so that reading past it meets the guard page.
@safe
package struct SecretRegion: ~Copyable, @unchecked Sendable {
  /// The pages of the region less the canary that `sodium_malloc` puts before it.
  private let capacity: Int
  /// The first byte of the region.
  private let base: UnsafeMutableRawPointer
  /// How many bytes are used.
  private let byteCount: Int

  /// A region for `byteCount` bytes, whose contents are not initialised.
  package init(byteCount: Int) {
    precondition(Sodium.isReady)
    self.byteCount = byteCount
    guard let size = SecretPool.Size(byteCount) else {
      capacity = byteCount
      unsafe base = SecretPool.allocate(byteCount)
      return
    }
    capacity = size.capacity
    unsafe base = SecretPool.shared.take(size)
  }

  /// The first of the bytes in use.
  @unsafe
  package var start: UnsafeMutableRawPointer { unsafe base + (capacity - byteCount) }

  deinit {
    guard let size = SecretPool.Size(byteCount) else {
      unsafe sodium_free(base)
      return
    }
    unsafe sodium_memzero(start, byteCount)
    unsafe SecretPool.shared.giveBack(base, size)
  }
}

/// The idle regions of this process.
private final class SecretPool: Sendable {
  static let shared = SecretPool()

  /// Sizes that are kept: 1, 2, 4, … pages.
  struct Size {
    /// The logarithm of the number of pages.
    let index: Int

    private static let pageByteCount = 4_096
    /// What `sodium_malloc` puts before a region.
    private static let canaryByteCount = 16
    /// 1 page to 16.
    static let count = 5

    /// The least size that holds `byteCount` bytes; nil for more than are kept.
    init?(_ byteCount: Int) {
      guard let index = (0..<Self.count).first(where: { Self(index: $0).capacity >= byteCount })
      else { return nil }
      self.index = index
    }

    private init(index: Int) { self.index = index }

    /// The bytes of a region.
    var capacity: Int { Self.pageByteCount << index - Self.canaryByteCount }
  }

  /// Idle regions of a size beyond this go back to the system: at most 2 MB in all stay locked.
  private static let idleLimit = 16

  /// Their addresses, for each size.
  private let idle = Mutex([[UInt]](repeating: [], count: Size.count))

  @unsafe
  func take(_ size: Size) -> UnsafeMutableRawPointer {
    let address = idle.withLock { $0[size.index].popLast() }
    guard let address, let region = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      return unsafe Self.allocate(size.capacity)
    }
    return unsafe region
  }

  @unsafe
  func giveBack(_ region: UnsafeMutableRawPointer, _ size: Size) {
    let address = UInt(bitPattern: region)
    let isKept = idle.withLock { idle in
      guard idle[size.index].count < Self.idleLimit else { return false }
      idle[size.index].append(address)
      return true
    }
    if !isKept { unsafe sodium_free(region) }
  }

  @unsafe
  static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    guard let memory = unsafe sodium_malloc(byteCount) else { fatalError("no memory for secrets") }
    return unsafe memory
  }
}
