/// A fixed number of secret values in one block of guarded memory.
///
/// The block has pages of its own, between guard pages, locked against swapping where the system allows it,
/// and is overwritten when it ends; `SecretRegion` says where they come from. It cannot be copied, printed,
/// compared or encoded; the values are reached only inside ``withSpan(_:)`` and ``withMutableSpan(_:)``, and
/// the spans cannot escape.
@safe
public struct SecretBlock<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  private let region: SecretRegion
  /// The first value.
  @usableFromInline
  let base: UnsafeMutablePointer<Element>

  /// The number of values.
  public let count: Int

  /// Memory for `count` values, not initialised.
  @usableFromInline
  init(uninitializedCount count: Int) {
    precondition(count >= 0, "a block cannot have a negative count")
    // A region ends at a page boundary, so a size that is a multiple of the alignment makes its start
    // aligned.
    let (size, overflow) = MemoryLayout<Element>.stride.multipliedReportingOverflow(
      by: max(count, 1))
    guard !overflow else { fatalError("no memory for secrets") }
    region = SecretRegion(byteCount: size)
    unsafe base = region.start.bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  /// A block of `count` copies of `element`.
  @inlinable
  public init(repeating element: Element, count: Int) {
    self.init(uninitializedCount: count)
    unsafe base.initialize(repeating: element, count: count)
  }

  /// A block of `count` values, each computed from its index, in order.
  ///
  /// - Throws: what `element` throws; the block is wiped.
  @inlinable
  public init<E: Error>(count: Int, element: (Int) throws(E) -> Element) throws(E) {
    self.init(uninitializedCount: count)
    for index in 0..<count {
      let value = try element(index)
      unsafe (base + index).initialize(to: value)
    }
  }

  /// The value at an index of `0 ..< count`.
  package subscript(index: Int) -> Element {
    @inlinable
    get {
      precondition(0 <= index && index < count, "an index is outside its block")
      return unsafe base[index]
    }
    @inlinable
    set {
      precondition(0 <= index && index < count, "an index is outside its block")
      unsafe base[index] = newValue
    }
  }

  /// Calls `body` with the values.
  ///
  /// - Throws: what `body` throws.
  @inlinable
  public borrowing func withSpan<R: ~Copyable, E: Error>(
    _ body: (Span<Element>) throws(E) -> R
  ) throws(E) -> R {
    try body(unsafe Span(_unsafeStart: base, count: count))
  }

  /// Calls `body` with the values to change.
  ///
  /// - Throws: what `body` throws.
  @inlinable
  public mutating func withMutableSpan<R: ~Copyable, E: Error>(
    _ body: (inout MutableSpan<Element>) throws(E) -> R
  ) throws(E) -> R {
    var span = unsafe MutableSpan(_unsafeStart: base, count: count)
    return try body(&span)
  }
}
