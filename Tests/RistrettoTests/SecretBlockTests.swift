import Dispatch
import Ristretto
import Testing

@Suite("Blocks of secrets")
struct SecretBlockTests {
  @Test("a block has its count and its values", arguments: [0, 1, 2, 3, 511, 4096, 100_000])
  func values(count: Int) {
    let repeated = SecretBlock(repeating: 7 as UInt8, count: count)
    let computed = SecretBlock(count: count) { Scalar($0) }
    #expect(repeated.count == count && computed.count == count)
    repeated.withSpan { span in
      #expect(span.count == count)
      for i in span.indices where span[i] != 7 {
        Issue.record("value \(i) is \(span[i])")
      }
    }
    computed.withSpan { span in
      #expect(span.count == count)
      for i in span.indices where span[i] != Scalar(i) {
        Issue.record("value \(i) differs")
      }
    }
  }

  @Test("values change in place, and only those of the block")
  func mutation() {
    var block = SecretBlock(repeating: Scalar.zero, count: 10)
    let other = SecretBlock(repeating: Scalar.zero, count: 10)
    block.withMutableSpan { span in
      for i in span.indices {
        span[i] = Scalar(i * i)
      }
    }
    let sum = block.withSpan { span in
      span.indices.reduce(Scalar.zero) { $0 + span[$1] }
    }
    #expect(sum == Scalar(285))
    other.withSpan { span in
      #expect(span.indices.allSatisfy { span[$0].isZero })
    }
  }

  @Test("values of every size are aligned")
  func alignment() {
    struct Wide: BitwiseCopyable {
      let a: UInt64
      let b: UInt8
    }
    for count in 0..<40 {
      let bytes = SecretBlock(repeating: 1 as UInt8, count: count)
      let halves = SecretBlock(repeating: 1 as UInt16, count: count)
      let wide = SecretBlock(repeating: Wide(a: 1, b: 2), count: count)
      #expect(address(of: bytes).isMultiple(of: MemoryLayout<UInt8>.alignment))
      #expect(address(of: halves).isMultiple(of: MemoryLayout<UInt16>.alignment))
      #expect(address(of: wide).isMultiple(of: MemoryLayout<Wide>.alignment))
    }
  }

  @Test("an error thrown by the values or inside the closure reaches the caller")
  func errors() {
    struct Refusal: Error, Equatable {
      let index: Int
    }
    #expect(throws: Refusal(index: 3)) {
      _ = try SecretBlock<UInt64>(count: 5) { index throws(Refusal) in
        if index == 3 { throw Refusal(index: index) }
        return 1
      }
    }
    var block = SecretBlock(repeating: 0 as UInt64, count: 5)
    #expect(throws: Refusal(index: 1)) {
      try block.withSpan { _ throws(Refusal) in throw Refusal(index: 1) }
    }
    #expect(throws: Refusal(index: 2)) {
      try block.withMutableSpan { span throws(Refusal) in
        span[0] = 9
        throw Refusal(index: 2)
      }
    }
    block.withSpan { #expect($0[0] == 9) }
  }

  @Test("the memory of a block is overwritten when the block ends, and taken by the next")
  func memoryIsWiped() async {
    await #expect(processExitsWith: .success) {
      for count in [1, 3, 509, 8_000] {
        let address = endedBlockAddress(count: count)
        let region = SecretRegion(byteCount: 8 * count)
        precondition(Int(bitPattern: region.start) == address, "another region was taken")
        let words = region.start.assumingMemoryBound(to: UInt64.self)
        precondition((0..<count).allSatisfy { words[$0] == 0 }, "a secret is left")
      }
    }
  }

  @Test("the memory of a large block, or of one too many, is gone when the block ends")
  func memoryIsReturned() async {
    await #expect(processExitsWith: .failure) {
      read(endedBlockAddress(count: 100_000))
    }
    await #expect(processExitsWith: .failure) {
      read(addressOfLastEnded(count: 40))
    }
  }

  @Test("blocks of many threads never share memory")
  func threads() {
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for round in 0..<2_000 {
        let mark = UInt64(thread << 32 | round)
        let a = SecretBlock(repeating: mark, count: 1 + round % 7)
        let b = SecretBlock(repeating: ~mark, count: 1 + round % 1_000)
        a.withSpan { a in
          for i in a.indices where a[i] != mark { Issue.record("another thread wrote here") }
        }
        b.withSpan { b in
          for i in b.indices where b[i] != ~mark { Issue.record("another thread wrote here") }
        }
      }
    }
  }

  @Test("reading past the end of a block ends the process, even without bounds checks")
  func guardPage() async {
    await #expect(processExitsWith: .failure) {
      let block = SecretBlock(repeating: 1 as UInt64, count: 3)
      block.withSpan { span in
        span.withUnsafeBufferPointer { buffer in
          print(buffer.baseAddress?.advanced(by: 3).pointee ?? 0)
        }
      }
    }
  }

  @Test("an index outside the block ends the process")
  func bounds() async {
    await #expect(processExitsWith: .failure) {
      let block = SecretBlock(repeating: 1 as UInt64, count: 3)
      print(block.withSpan { $0[3] })
    }
  }
}

private func address<Element>(of block: borrowing SecretBlock<Element>) -> Int {
  block.withSpan { span in span.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) } }
}

private func endedBlockAddress(count: Int) -> Int {
  let block = SecretBlock(repeating: 0x5ec2 as UInt64, count: count)
  return address(of: block)
}

private func read(_ address: Int) {
  print(UnsafePointer<UInt64>(bitPattern: address)?.pointee ?? 0)
}

/// The address of the last to end of `count` blocks that live at once.
private func addressOfLastEnded(count: Int) -> Int {
  let block = SecretBlock(repeating: 0x5ec2 as UInt64, count: 3)
  if count > 1 { _ = addressOfLastEnded(count: count - 1) }
  return address(of: block)
}
