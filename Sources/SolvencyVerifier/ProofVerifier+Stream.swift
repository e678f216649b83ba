internal import ProofCore
internal import Solvency

/// How a stream of proofs went.
public struct StreamSummary: Hashable, Sendable {
  /// Number of proofs accepted.
  public var accepted: Int
  /// Number of proofs rejected.
  public var rejected: Int

  /// A summary of these numbers.
  public init(accepted: Int = 0, rejected: Int = 0) {
    self.accepted = accepted
    self.rejected = rejected
  }
}

extension ProofVerifier {
  /// The number of bytes after which a stream holds no further envelope in memory.
  static let windowByteLimit = 8 << 20

  /// Verifies a stream of envelopes of any length in bounded memory, on all cores.
  ///
  /// Envelopes are read into a window of at most `windowLimit`, or 8 MiB and one envelope; the window is
  /// verified as ``verify(_:expecting:)-([ProofEnvelope],_)`` does; then the next is read. A window that has
  /// envelopes is not held back for one that is not at hand.
  ///
  /// - Parameters:
  ///   - next: returns the bytes of the next envelope, nil at the end. A source of lines need not
  ///     read beyond `ProofEnvelope.byteLimit` bytes and one.
  ///   - isAtHand: whether `next` returns without waiting for the maker of the envelopes; always, by default.
  ///   - windowLimit: the most envelopes that are verified together, at least 1: the verdict of an envelope
  ///     waits for no more than as many that follow it.
  ///   - expectations: what is demanded of all of them. Under ``JudgedMoment/received`` each envelope has
  ///     ``ReceivedProof/receivedAtKey`` beside its own members.
  ///   - emit: receives the verdicts in the order of the envelopes, numbered from 0.
  /// - Throws: what `next` and `emit` throw, and nothing else.
  @discardableResult
  public func verify<Failure: Error>(
    stream next: () throws(Failure) -> [UInt8]?, isAtHand: () -> Bool = { true }, windowLimit: Int = 2048,
    expecting expectations: Expectations,
    emit: (Int, ProofVerdict) throws(Failure) -> Void
  ) throws(Failure) -> StreamSummary {
    var summary = StreamSummary()
    var index = 0
    while true {
      let window = try Self.window(of: max(1, windowLimit), from: next, isAtHand)
      guard !window.isEmpty else { return summary }
      for verdict in verify(window: window, expecting: expectations) {
        if verdict.isAccepted { summary.accepted += 1 } else { summary.rejected += 1 }
        try emit(index, verdict)
        index += 1
      }
    }
  }

  private static func window<Failure: Error>(
    of windowLimit: Int, from next: () throws(Failure) -> [UInt8]?, _ isAtHand: () -> Bool
  ) throws(Failure) -> [[UInt8]] {
    var window: [[UInt8]] = []
    var byteCount = 0
    while window.count < windowLimit, byteCount < windowByteLimit, window.isEmpty || isAtHand(),
      let bytes = try next()
    {
      byteCount += bytes.count
      window.append(bytes)
    }
    return window
  }

  private func verify(
    window: [[UInt8]], expecting expectations: Expectations
  ) -> [ProofVerdict] {
    let stride = 64
    let envelopes = Parallel.map(count: (window.count + stride - 1) / stride) { part in
      window[(part * stride)..<min((part + 1) * stride, window.count)].map { bytes in
        Result { () throws(RejectionReason) in
          try Self.proof(decoding: bytes, judgedAt: expectations.moment)
        }
      }
    }
    return verify(Array(envelopes.joined()), expecting: expectations, workers: nil)
  }
}
