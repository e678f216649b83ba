package import CommandSupport
internal import Merlin
internal import ProofCore
internal import RangeProofs
internal import Ristretto

/// Range proofs of both kinds: in dalek's wire format, and reciprocal ones.
package struct RangeBench {
  package let stopwatch: Stopwatch
  /// Proofs that are verified together.
  package let batchCount: Int

  package init(stopwatch: Stopwatch, batchCount: Int) {
    self.stopwatch = stopwatch
    self.batchCount = batchCount
  }

  /// One value, and many aggregated, of 64 bits.
  package func measurements() throws(ToolFailure) -> [Stopwatch.Measurement] {
    try measurements(count: 1) + measurements(count: 32) + reciprocal(count: 1) + reciprocal(count: 32)
  }

  private func reciprocal(count: Int) throws(ToolFailure) -> [Stopwatch.Measurement] {
    let values = SecretBlock<UInt64>(count: count) { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
    let blindings = SecretBlock<Scalar>(count: count) { _ in .random() }
    let label = Array("bench".utf8)
    guard let bounds = RangeBounds(bits: 64) else {
      throw ToolFailure(.internalFault, "bench", "64 bits are refused as bounds")
    }
    func prove() throws -> (proof: ReciprocalRangeProof, statement: ReciprocalRangeStatement) {
      try ReciprocalRangeProof.prove(values, blindings: blindings, bounds: bounds, label: label)
    }
    let (proof, statement) = try ToolFailure.wrapping("bench") { try prove() }
    let name = "reciprocal range proof of \(count) · 64 bits, \(proof.bytes.count) bytes"
    var all = [
      stopwatch.measure("prove \(name)") { try? prove() },
      stopwatch.measure("verify \(name)") { try? proof.verify(statement, label: label) },
    ]
    if count == 1 {
      var batch = ReciprocalRangeProofBatch()
      for _ in 0..<batchCount { batch.add(proof, statement: statement, label: label) }
      all.append(
        stopwatch.measure("batch") { try? batch.verify(workers: 1) }
          .shared(by: batchCount, as: "verify \(name), in a batch of \(batchCount), each"))
    }
    return all
  }

  private func measurements(count: Int) throws(ToolFailure) -> [Stopwatch.Measurement] {
    let name = "range proof of \(count) · 64 bits"
    let values = SecretBlock<UInt64>(count: count) { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
    let blindings = SecretBlock<Scalar>(count: count) { _ in .random() }
    func prove() throws -> (proof: RangeProof, commitments: [EncodedPoint]) {
      var transcript = Transcript("bench")
      return try RangeProof.prove(
        values, blindings: blindings, width: .bits64, transcript: &transcript)
    }
    let (proof, commitments) = try ToolFailure.wrapping(name) { try prove() }
    var all = [
      stopwatch.measure("prove \(name)") { try? prove() },
      stopwatch.measure("verify \(name)") {
        var transcript = Transcript("bench")
        try? proof.verify(commitments, width: .bits64, transcript: &transcript)
      },
    ]
    if count == 1 {
      var batch = RangeProofBatch()
      for _ in 0..<batchCount {
        batch.add(
          proof, commitments: commitments, width: .bits64, transcript: Transcript("bench"))
      }
      all.append(
        stopwatch.measure("batch") { try? batch.verify(workers: 1) }
          .shared(by: batchCount, as: "verify \(name), in a batch of \(batchCount), each"))
    }
    return all
  }

  /// The same work by one thread and by two.
  package func scaling() throws(ToolFailure) -> [Stopwatch.Measurement] {
    let proofCount = 16
    let values = (0..<proofCount).map { UInt64($0) }
    @Sendable func prove(_ value: UInt64) -> (proof: RangeProof, commitments: [EncodedPoint])? {
      var transcript = Transcript("bench")
      return try? RangeProof.prove(
        SecretBlock(repeating: value, count: 1), blindings: SecretBlock(repeating: .one, count: 1),
        width: .bits64, transcript: &transcript)
    }
    guard let (proof, commitments) = prove(1) else {
      throw ToolFailure(.internalFault, "bench", "a range proof could not be made")
    }
    var batch = RangeProofBatch()
    for _ in 0..<batchCount {
      batch.add(proof, commitments: commitments, width: .bits64, transcript: Transcript("bench"))
    }
    func names(_ what: String) -> [String] {
      ["\(what), by 1 thread, on the wall clock", "\(what), by 2 threads, on the wall clock"]
    }
    let verifying = stopwatch.measureByClock(names("verify a batch of \(batchCount) range proofs")) {
      _ = try? batch.verify(workers: $0 + 1)
    }
    let proving = stopwatch.measureByClock(names("prove \(proofCount) range proofs")) { threads in
      _ = Parallel.map(count: proofCount, workers: threads + 1) { prove(values[$0]) }
    }
    return verifying + proving
  }
}
