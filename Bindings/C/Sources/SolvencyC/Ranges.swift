internal import RangeProofs
public import SolvencyHeader

/// A statement of the caller's, read.
private struct ReadStatement {
  let label: [UInt8]
  let width: RangeWidth
  let bounds: RangeBounds?
  let count: Int

  init(_ given: solvency_range_statement, _ index: Int? = nil) throws(CallError) {
    let name = index.map { "statement \($0)" } ?? "the statement"
    guard given.size == MemoryLayout<solvency_range_statement>.size else {
      throw .usage(
        "\(name) has \(given.size) bytes, not \(MemoryLayout<solvency_range_statement>.size); set size")
    }
    guard let width = RangeWidth(rawValue: Int(given.bits)) else {
      throw .usage("\(name): bits is 8, 16, 32 or 64, not \(given.bits)")
    }
    guard given.has_bounds <= 1 else { throw .usage("\(name): has_bounds is 0 or 1") }
    if given.has_bounds == 1 {
      guard let bounds = RangeBounds(given.lower, given.upper) else {
        throw .usage("\(name): lower is above upper")
      }
      self.bounds = bounds
    } else {
      bounds = nil
    }
    guard (1...RangeGenerators.partyLimit).contains(given.commitment_count) else {
      throw .usage("\(name): commitment_count is 1 to \(RangeGenerators.partyLimit)")
    }
    self.width = width
    count = given.commitment_count
    label = try Bytes.copy(given.label, given.label_count, "the label of \(name)")
  }

  var transcript: Transcript { Transcript(label: label) }

  func statement(_ commitments: UnsafePointer<UInt8>?) throws(CallError) -> RangeStatement {
    guard let commitments else { throw .usage("the commitments are NULL") }
    var points: [EncodedPoint] = []
    for index in 0..<count {
      let bytes = Array(
        UnsafeBufferPointer(
          start: commitments + index * EncodedPoint.byteCount, count: EncodedPoint.byteCount))
      do throws(DecodingError) {
        points.append(try EncodedPoint(bytes))
      } catch {
        throw .malformed("commitment \(index): \(error)")
      }
    }
    return RangeStatement(commitments: points, width: width, bounds: bounds)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_range_prove(
  _ statement: UnsafePointer<solvency_range_statement>?, _ values: UnsafePointer<UInt64>?,
  _ blindings: UnsafePointer<UInt8>?, _ fresh_blindings: UnsafeMutablePointer<UInt8>?,
  _ commitments: UnsafeMutablePointer<UInt8>?, _ proof: UnsafeMutablePointer<solvency_buffer>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("range proof", error) {
    guard let given = statement?.pointee else { throw CallError.usage("the statement is NULL") }
    let read = try ReadStatement(given)
    guard let values, let commitments, let proof else {
      throw CallError.usage("values, commitments and proof need a place")
    }
    guard blindings != nil || fresh_blindings != nil else {
      throw CallError.usage(
        "give blindings, or a place for fresh ones: without them nobody can open the commitments")
    }
    let size = Scalar.byteCount
    let secret = SecretBlock<UInt64>(count: read.count) { values[$0] }
    let masks = try SecretBlock<Scalar>(count: read.count) { index throws(CallError) in
      guard let blindings else { return .random() }
      do throws(DecodingError) {
        return try Scalar(
          canonicalBytes: Array(UnsafeBufferPointer(start: blindings + index * size, count: size)))
      } catch {
        throw .usage("blinding \(index) is not below the order of the group")
      }
    }
    var transcript = read.transcript
    let (made, stated) = try RangeProof.prove(
      secret, blindings: masks, width: read.width, bounds: read.bounds, transcript: &transcript)
    for (index, point) in stated.commitments.enumerated() {
      (commitments + index * EncodedPoint.byteCount).update(from: point.bytes, count: EncodedPoint.byteCount)
    }
    if blindings == nil, let fresh_blindings {
      masks.withSpan { span in
        for index in span.indices {
          (fresh_blindings + index * size).update(from: span[index].encoded(), count: size)
        }
      }
    }
    proof.pointee = Bytes.buffer(made.bytes)
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_range_verify_many(
  _ statements: UnsafePointer<solvency_range_statement>?, _ proofs: UnsafePointer<UnsafePointer<UInt8>?>?,
  _ proof_counts: UnsafePointer<Int>?, _ count: Int, _ verdicts: UnsafeMutablePointer<solvency_verdict>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("range proofs", error) {
    let files = try Bytes.copies(proofs, proof_counts, count, "proof")
    guard !files.isEmpty else { return }
    guard let statements, let verdicts else { throw CallError.usage("statements and verdicts need a place") }
    var batch = RangeProofBatch()
    for (index, bytes) in files.enumerated() {
      let read = try ReadStatement(statements[index], index)
      batch.add(
        RangeProof(bytes: bytes), statement: try read.statement(statements[index].commitments),
        transcript: read.transcript)
    }
    for (index, found) in try batch.verify().enumerated() { verdicts[index] = VerdictCode.number(found) }
  }
}
