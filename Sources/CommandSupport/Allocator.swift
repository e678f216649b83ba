internal import CAllocator

/// The C library's allocator.
package enum Allocator {
  /// Gives large blocks back to the system when they are freed: for verbs that go through windows of input, whose memory
  /// would otherwise stay with threads that need it no more. Costs no time that could be measured.
  package static func returnsBlocks() { callocator_return_blocks(1 << 18) }
}
