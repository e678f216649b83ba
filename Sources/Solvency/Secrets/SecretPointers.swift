package import Ristretto

extension SecretBlock<UInt8> {
  /// Calls `body` with the bytes and their number, for libsodium.
  package borrowing func withPointer<Result>(
    _ body: (UnsafePointer<UInt8>, Int) -> Result
  ) -> Result {
    withSpan { span in
      unsafe span.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { fatalError("a secret block has memory") }
        return unsafe body(start, buffer.count)
      }
    }
  }

  /// Calls `body` with the bytes to change and their number, for libsodium.
  package mutating func withMutablePointer<Result>(
    _ body: (UnsafeMutablePointer<UInt8>, Int) -> Result
  ) -> Result {
    withMutableSpan { span in
      unsafe span.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { fatalError("a secret block has memory") }
        return unsafe body(start, buffer.count)
      }
    }
  }
}
