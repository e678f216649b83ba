internal import CSodium

/// Working memory of a computation on secrets: fixed length, on the heap, overwritten with zeros when it
/// ends.
///
/// For what lives longer than a call, ``SecretBlock`` is locked and guarded as well.
@safe
package struct ScratchBuffer<Element: BitwiseCopyable>: ~Copyable {
  private let elements: UnsafeMutableBufferPointer<Element>

  /// `count` elements, all the same.
  package init(repeating element: Element, count: Int) {
    unsafe elements = .allocate(capacity: count)
    unsafe elements.initialize(repeating: element)
  }

  var count: Int { unsafe elements.count }

  subscript(index: Int) -> Element {
    @inline(__always)
    get {
      precondition(index >= 0 && index < count)
      return unsafe elements[index]
    }
    @inline(__always)
    set {
      precondition(index >= 0 && index < count)
      unsafe elements[index] = newValue
    }
  }

  /// Calls `body` with the elements.
  package func withSpan<R>(_ body: (Span<Element>) -> R) -> R {
    body(unsafe elements.span)
  }

  /// Calls `body` with the elements, to be changed.
  package mutating func withMutableSpan<R>(_ body: (inout MutableSpan<Element>) -> R) -> R {
    var span = unsafe elements.mutableSpan
    return body(&span)
  }

  deinit {
    let bytes = unsafe UnsafeMutableRawBufferPointer(elements)
    unsafe sodium_memzero(bytes.baseAddress, bytes.count)
    unsafe elements.deallocate()
  }
}
