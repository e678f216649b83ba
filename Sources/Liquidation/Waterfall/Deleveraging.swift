/// How winners are chosen when nobody else takes the positions of an account without equity (mechanism M47).
public enum DeleveragingPolicy: String, CaseIterable, Hashable, Sendable {
  /// Those of the highest rank first, each whole before the next: profit times leverage.
  case queue
  /// All in proportion to what they have.
  case proRata = "pro-rata"
  /// Positions stay as they are; the deficit alone is taken, in proportion to gains.
  case deficitOnly = "deficit-only"
}

/// An account on the winning side.
public struct Winner: Hashable, Sendable {
  /// Whose it is.
  public let account: String
  /// How many lots of the instrument it has on the side that wins; not negative.
  public let lots: Int64
  /// Its unrealised gain in quanta; what is not positive gives nothing.
  public let gain: Int64
  /// Its rank: the higher, the earlier in the queue. With plain books it is profit times leverage in ppm; of
  /// hidden books it is the band that was proved, and the highest of all for who proved nothing.
  public let rank: Int64

  /// The rank of one who proved no band.
  public static let unproven = Int64.max

  /// A winner.
  public init(account: String, lots: Int64, gain: Int64, rank: Int64) {
    self.account = account
    self.lots = lots
    self.gain = gain
    self.rank = rank
  }

  /// Profit over cost times leverage, in ppm: (gain/entry value)·(value/equity), 0 without gain or equity.
  public static func rank(gain: Int64, entryValue: Int64, value: Int64, equity: Int64) -> Int64 {
    guard gain > 0, entryValue > 0, value > 0 else { return 0 }
    guard equity > 0 else { return unproven - 1 }
    // ppm·ppm below 2⁶³·2⁴⁰: each factor is clamped to 2⁴⁰.
    let profit = min(Int128(gain) * Int128(onePpm) / Int128(entryValue), 1 << 40)
    let leverage = min(Int128(value) * Int128(onePpm) / Int128(equity), 1 << 40)
    return Int64(clamping: min(profit * leverage / Int128(onePpm), Int128(unproven - 1)))
  }
}

/// What deleveraging takes from winners.
public struct Deleveraging: Hashable, Sendable {
  /// What each winner loses, in the order in which winners were given.
  public struct Share: Hashable, Sendable {
    /// Whose it is.
    public let account: String
    /// Lots that are closed at the price of the bankrupt account.
    public let lots: Int64
    /// What the winner gives up, in quanta.
    public let taken: Int64
  }

  /// The shares, in the order of the winners.
  public let shares: [Share]
  /// Lots that no winner could be closed against.
  public let lotsLeft: Int64
  /// The deficit that gains do not cover, in quanta.
  public let uncovered: Int64

  /// What all winners give up in sum, in quanta.
  public var taken: Int128 { shares.reduce(0) { $0 + Int128($1.taken) } }

  /// Closes lots against winners.
  ///
  /// The lots carry the deficit with them: a winner that is closed against is paid the mark less its part of
  /// the deficit, which is in proportion to the lots. Its gain bounds what it loses; the rest is uncovered.
  ///
  /// - Parameters:
  ///   - lots: how many lots the bankrupt account has; positive.
  ///   - deficit: what it lacks at the mark, in quanta; not negative.
  ///   - policy: who is closed against. With ``DeleveragingPolicy/deficitOnly`` nobody is, and `lotsLeft` are
  ///     all.
  /// - Throws: ``LiquidationError/malformed`` for negative numbers or an account that is there twice.
  public init(
    lots: Int64, deficit: Int64, winners: [Winner], policy: DeleveragingPolicy
  ) throws(LiquidationError) {
    guard lots >= 0, deficit >= 0, winners.allSatisfy({ $0.lots >= 0 }),
      Set(winners.map(\.account)).count == winners.count
    else { throw .malformed }
    let gains = winners.map { max(0, $0.gain) }
    guard policy != .deficitOnly else {
      let covered = try Self.covered(deficit, gains)
      let taken = try Apportionment.parts(of: covered, by: gains)
      shares = zip(winners, taken).map { Share(account: $0.account, lots: 0, taken: $1) }
      (lotsLeft, uncovered) = (lots, deficit - covered)
      return
    }
    let closed: [Int64]
    switch policy {
    case .queue: closed = Self.queue(lots, winners)
    default:
      let all = winners.reduce(0 as Int128) { $0 + Int128($1.lots) }
      closed = try Apportionment.parts(of: Int64(min(Int128(lots), all)), by: winners.map(\.lots))
    }
    let sum = closed.reduce(0, +)
    (shares, lotsLeft) = try (
      Self.shares(winners, closed, lots: lots, deficit: deficit, gains: gains), lots - sum
    )
    uncovered = deficit - (try ExactMoney.amount(shares.reduce(0) { $0 + Int128($1.taken) }))
  }

  /// What a haircut on gains takes when no lots are to be closed: the deficit in proportion, at most all
  /// gains.
  ///
  /// - Throws: ``LiquidationError/malformed`` for a negative deficit.
  public static func haircut(deficit: Int64, gains: [Int64]) throws(LiquidationError) -> (
    taken: [Int64], uncovered: Int64
  ) {
    guard deficit >= 0 else { throw .malformed }
    let positive = gains.map { max(0, $0) }
    let covered = try covered(deficit, positive)
    return (try Apportionment.parts(of: covered, by: positive), deficit - covered)
  }

  private static func covered(_ deficit: Int64, _ gains: [Int64]) throws(LiquidationError) -> Int64 {
    try ExactMoney.amount(min(Int128(deficit), gains.reduce(0) { $0 + Int128($1) }))
  }

  /// The order of the queue: rank, then gain, then name, so that it does not depend on how winners are given.
  private static func queue(_ lots: Int64, _ winners: [Winner]) -> [Int64] {
    var (closed, rest) = (winners.map { _ in 0 as Int64 }, lots)
    let order = winners.indices.sorted { a, b in
      let (a, b) = (winners[a], winners[b])
      if a.rank != b.rank { return a.rank > b.rank }
      return a.gain != b.gain ? a.gain > b.gain : a.account < b.account
    }
    for index in order where rest > 0 {
      closed[index] = min(rest, winners[index].lots)
      rest -= closed[index]
    }
    return closed
  }

  /// Each winner's part of the deficit, at most its gain; what gains do not bear goes to the others that are
  /// closed against, as long as they have any.
  private static func shares(
    _ winners: [Winner], _ closed: [Int64], lots: Int64, deficit: Int64, gains: [Int64]
  ) throws(LiquidationError) -> [Share] {
    var taken = winners.map { _ in 0 as Int64 }
    var open = winners.indices.filter { closed[$0] > 0 && gains[$0] > 0 }
    var left = open.isEmpty ? 0 : deficit
    while left > 0, !open.isEmpty {
      let parts = try Apportionment.parts(of: left, by: open.map { closed[$0] })
      for (index, part) in zip(open, parts) {
        let more = min(part, gains[index] - taken[index])
        taken[index] += more
        left -= more
      }
      open.removeAll { taken[$0] == gains[$0] }
    }
    return winners.indices.map { Share(account: winners[$0].account, lots: closed[$0], taken: taken[$0]) }
  }
}
