/// Transcripts that are replayed eight at a time, each in one lane of the permutation.
///
/// A lane goes on with the next transcript when its own has come to an end, so that they may have any
/// lengths. No challenge depends on which transcripts are replayed together.
package enum TranscriptLanes {
  /// Replays `count` transcripts, with the challenges that a ``Transcript`` from the same start gives.
  ///
  /// - Parameters:
  ///   - count: the number of transcripts.
  ///   - start: where a transcript starts.
  ///   - replay: goes through the transcript with an index. It is called twice for each, the first time with
  ///     1 for every challenge; what it does the second time counts. It appends and draws the same both
  ///     times, whatever it draws, except that the second time it may stop at any challenge (precondition).
  /// - Complexity: a permutation of eight lanes takes about three times as long as one by itself.
  package static func replay(
    count: Int, from start: (Int) -> Transcript, _ replay: (Int, TranscriptReplay) -> Void
  ) {
    var states = KeccakLanes()
    let transcripts = (0..<KeccakLanes.count).map { _ in TranscriptReplay() }
    /// The transcript in each lane.
    var indices = [Int?](repeating: nil, count: KeccakLanes.count)
    var next = 0
    var busy: [Int] = []
    repeat {
      busy.removeAll(keepingCapacity: true)
      for (k, transcript) in transcripts.enumerated() {
        while !transcript.performBlock(on: &states, k) {
          if let ended = indices[k] {
            transcript.startReading()
            replay(ended, transcript)
            indices[k] = nil
          }
          guard next < count else { break }
          let start = start(next)
          states[k] = start.strobe.state
          transcript.startWriting(from: start)
          replay(next, transcript)
          indices[k] = next
          next += 1
        }
        if indices[k] != nil { busy.append(k) }
      }
      states.permute(busy)
    } while !busy.isEmpty
  }
}
