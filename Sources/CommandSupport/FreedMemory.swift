#if canImport(Glibc)
  internal import Glibc
#endif

/// Memory that was freed and that the allocator keeps.
package enum FreedMemory {
  /// Gives it back to the system, where the allocator has a call for that. What is freed beside what stays,
  /// such as the rules of one snapshot after another, otherwise makes a long run grow. Takes a few
  /// milliseconds.
  package static func giveBack() {
    #if canImport(Glibc)
      // Its header is in no module of Swift.
      typealias Trim = @convention(c) (Int) -> Int32
      guard let trim = unsafe dlsym(nil, "malloc_trim") else { return }
      _ = unsafe unsafeBitCast(trim, to: Trim.self)(0)
    #endif
  }
}
