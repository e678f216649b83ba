public import CanonicalBytes

/// How much a trader lets a venue ask. A proof answers a question that the venue chose with its snapshot,
/// so that what may be asked decides what can be learnt.
public struct GuardPolicy: Hashable, Sendable {
  /// The most that a number per lot may move from one accepted snapshot to the next beyond what the market
  /// explains, in ppm of its scale (``SnapshotMove``): of a margin the largest margin, of a mark the mark.
  public var priceMovePpm: Int64
  /// The most that a size, fee, scenario, limit or multiplier may move, in ppm of what it was.
  public var limitMovePpm: Int64
  /// The most that the marks of a group may move together and count as the market, in ppm.
  public var marketMovePpm: Int64
  /// How many different questions about one account are answered in a window.
  public var questionsPerWindow: Int
  /// The length of a window in seconds.
  public var windowSeconds: UInt64

  /// Moves of 25 % in price beyond the market's, 10 % in limits, markets that fall to nothing or double, and
  /// 12 questions in 24 hours: three proofs of standing at a call every eight hours, and nine orders.
  ///
  /// What the simulated venue makes of it is what `solvency leak-report --simulate` prints, by what the
  /// venue varies. How far limits may move counts for more than the number of questions, where the venue has
  /// to move something to ask; orders need no move, so that against them the number of questions is all there
  /// is. The price: a venue that tightens limits faster than 10 % a question gets no answer until the trader
  /// has looked at the snapshot and accepts the move; and an account that trades more orders a day than nine
  /// needs headroom, or a larger budget.
  public static let standard = GuardPolicy(
    priceMovePpm: 250_000, limitMovePpm: 100_000, questionsPerWindow: 12, windowSeconds: 86_400)

  /// Moves of 10 % in price and 5 % in limits, markets that move by 30 %, and 4 questions in 24 hours.
  ///
  /// An answer tells at most one bit, whatever attack it belongs to: 28 bits in a week.
  public static let strict = GuardPolicy(
    priceMovePpm: 100_000, limitMovePpm: 50_000, marketMovePpm: 300_000, questionsPerWindow: 4,
    windowSeconds: 86_400)

  /// A policy.
  public init(
    priceMovePpm: Int64, limitMovePpm: Int64, marketMovePpm: Int64 = 1_000_000, questionsPerWindow: Int,
    windowSeconds: UInt64
  ) {
    self.priceMovePpm = priceMovePpm
    self.limitMovePpm = limitMovePpm
    self.marketMovePpm = marketMovePpm
    self.questionsPerWindow = questionsPerWindow
    self.windowSeconds = windowSeconds
  }
}

/// Why a trader does not prove under a snapshot.
public enum GuardRefusal: Error, Hashable, Sendable {
  /// Nobody, or another than the venue, signed the snapshot.
  case notSigned
  /// The circuit is not one that the guard answers under: it may read anything, and ask anything.
  case unknownCircuit(Digest)
  /// A later snapshot, or another one of the same epoch, was accepted before.
  case rolledBack(accepted: Int64, offered: Int64)
  /// The snapshot does not name the accepted one before it as its predecessor.
  case brokenChain(epoch: Int64)
  /// The epoch is further on than time is.
  case epochAhead(offered: Int64, latest: Int64)
  /// A number moved further than the policy lets it.
  case moved(path: String, ppm: Int64, limit: Int64)
  /// Something is there no longer, or is there newly, in an instrument or asset that was there before.
  case restructured(path: String)
  /// The questions of this window are used up.
  case budgetSpent(questions: Int, freeAt: UInt64)
}
