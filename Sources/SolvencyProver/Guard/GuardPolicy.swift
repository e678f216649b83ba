/// How much a trader lets a venue ask. A proof answers a question that the venue chose with its snapshot,
/// so that what may be asked decides what can be learnt.
public struct GuardPolicy: Hashable, Sendable {
  /// The most that a number per lot may move from one accepted snapshot to the next, in ppm of its
  /// instrument's scale.
  public var priceMovePpm: Int64
  /// The most that a size, limit or multiplier may move, in ppm of what it was.
  public var limitMovePpm: Int64
  /// How many different questions are answered in a window.
  public var questionsPerWindow: Int
  /// The length of a window in seconds.
  public var windowSeconds: UInt64

  /// Moves of 25 % in price and 50 % in limits, one question an hour and as many again for orders: 48
  /// questions in 24 hours.
  public static let standard = GuardPolicy(
    priceMovePpm: 250_000, limitMovePpm: 500_000, questionsPerWindow: 48, windowSeconds: 86_400)

  /// A policy.
  public init(
    priceMovePpm: Int64, limitMovePpm: Int64, questionsPerWindow: Int, windowSeconds: UInt64
  ) {
    self.priceMovePpm = priceMovePpm
    self.limitMovePpm = limitMovePpm
    self.questionsPerWindow = questionsPerWindow
    self.windowSeconds = windowSeconds
  }
}

/// Why a trader does not prove under a snapshot.
public enum GuardRefusal: Error, Hashable, Sendable {
  /// Nobody, or another than the venue, signed the snapshot.
  case notSigned
  /// A later snapshot, or another one of the same epoch, was accepted before.
  case rolledBack(accepted: Int64, offered: Int64)
  /// The snapshot does not name the accepted one before it as its predecessor.
  case brokenChain(epoch: Int64)
  /// A number moved further than the policy lets it.
  case moved(path: String, ppm: Int64, limit: Int64)
  /// Something is there no longer, or is there newly, in an instrument or asset that was there before.
  case restructured(path: String)
  /// The questions of this window are used up.
  case budgetSpent(questions: Int, freeAt: UInt64)
}
