internal import CSodium

/// A fixed number of secret values in one block of guarded memory.
///
/// The block comes from `sodium_malloc`: its own pages, between guard pages, locked against swapping where the
/// system allows it, overwritten when the block ends. It cannot be copied, printed, compared or encoded; the
/// values are reached only inside ``withSpan(_:)`` and ``withMutableSpan(_:)``, and the spans cannot escape.
///
/// Allocation costs about 14 µs, so a vector of secrets is one block.
@safe
public struct SecretBlock<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  private let base: UnsafeMutablePointer<Element>

  /// The number of values.
  public let count: Int

  /// Memory for `count` values, not initialised.
  private init(uninitializedCount count: Int) {
    precondition(count >= 0, "a block cannot have a negative count")
    precondition(Sodium.isReady)
    // A block ends at a page boundary, so a size that is a multiple of the alignment makes its start aligned.
    let stride = MemoryLayout<Element>.stride
    let (size, overflow) = stride.multipliedReportingOverflow(by: max(count, 1))
    guard !overflow, let memory = unsafe sodium_malloc(size) else {
      fatalError("no memory for secrets")
    }
    unsafe base = memory.bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  /// A block of `count` copies of `element`.
  public init(repeating element: Element, count: Int) {
    self.init(uninitializedCount: count)
    unsafe base.initialize(repeating: element, count: count)
  }

  /// A block of `count` values, each computed from its index, in order.
  public init<E: Error>(count: Int, element: (Int) throws(E) -> Element) throws(E) {
    self.init(uninitializedCount: count)
    for index in 0..<count {
      let value = try element(index)
      unsafe (base + index).initialize(to: value)
    }
  }

  /// The value at an index of `0 ..< count`.
  public subscript(index: Int) -> Element {
    get {
      precondition(0 <= index && index < count, "an index is outside its block")
      return unsafe base[index]
    }
    set {
      precondition(0 <= index && index < count, "an index is outside its block")
      unsafe base[index] = newValue
    }
  }

  /// Calls `body` with the values.
  public borrowing func withSpan<R: ~Copyable, E: Error>(
    _ body: (Span<Element>) throws(E) -> R
  ) throws(E) -> R {
    try body(unsafe Span(_unsafeStart: base, count: count))
  }

  /// Calls `body` with the values to change.
  public mutating func withMutableSpan<R: ~Copyable, E: Error>(
    _ body: (inout MutableSpan<Element>) throws(E) -> R
  ) throws(E) -> R {
    var span = unsafe MutableSpan(_unsafeStart: base, count: count)
    return try body(&span)
  }

  deinit {
    unsafe sodium_free(base)
  }
}
