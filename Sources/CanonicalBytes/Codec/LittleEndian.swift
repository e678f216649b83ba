extension [UInt8] {
  /// Appends the bytes of `value`, least significant first.
  ///
  /// Inlinable, because replays of markets spend most of their time here where it is not specialised.
  @inlinable
  package mutating func append(littleEndian value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
