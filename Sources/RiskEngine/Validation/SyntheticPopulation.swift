internal import MarginRules
internal import MarketData

/// Made-up accounts that live through a series of margins: each day one opens on either side at each of some
/// shares of the greatest leverage, and stays for a week unless it is liquidated.
///
///     equity = initial rate / share + gain,   liquidated when equity < maintenance rate · price / price at entry
///
/// A liquidation at the begin of an epoch that the rates of the epoch before would not have made is one *by
/// hike*, every other one by price. It is closed at the worst price of the hours that follow; what equity
/// lacks then is bad debt.
public struct SyntheticPopulation: Hashable, Sendable {
  /// The shares of the greatest leverage.
  public static let shares: [Double] = [0.5, 0.7, 0.85, 0.95, 1]
  /// How long an account stays, in seconds.
  public static let stay: Int64 = 7 * 86_400

  /// How many accounts were opened.
  public private(set) var opened = 0
  /// How many were liquidated because a rate rose.
  public private(set) var byHike = 0
  /// How many because the price moved.
  public private(set) var byPrice = 0
  /// The bad debt of all, in shares of their notional at entry.
  public private(set) var badDebt = 0.0

  /// The share that was liquidated by hike and by price.
  public var hikeShare: Double { opened > 0 ? Double(byHike) / Double(opened) : 0 }
  /// By price.
  public var priceShare: Double { opened > 0 ? Double(byPrice) / Double(opened) : 0 }
  /// Bad debt over the notional of all accounts.
  public var badDebtShare: Double { opened > 0 ? badDebt / Double(opened) : 0 }

  private struct Account: Hashable {
    var isLong: Bool
    var price: Double
    var equity: Double
    var opened: Int64
    /// The maintenance rate at entry.
    var entryRate: Double
  }

  /// Lives through a series.
  ///
  /// - Parameters:
  ///   - next: moves within one epoch.
  ///   - closing: moves within the time that closing takes, from the same instant.
  ///   - isFrozen: whether accounts keep the maintenance rate of their entry.
  public init(
    _ epochs: some Sequence<MarginSeries.Epoch>, next: FutureMoves, closing: FutureMoves, isFrozen: Bool
  ) {
    var (accounts, before, lastDay) = ([Account](), MarginSeries.SidePair?.none, Int64.min)
    for epoch in epochs {
      guard epoch.price > 0 else { continue }
      let index = next.index(at: epoch.time)
      var kept: [Account] = []
      kept.reserveCapacity(accounts.count)
      for account in accounts {
        let side: LinearRate.Side = account.isLong ? .long : .short
        let rate = isFrozen ? account.entryRate : epoch.maintenance[side]
        let old = isFrozen ? account.entryRate : before?[side] ?? rate
        let ratio = epoch.price / account.price
        let equity = account.equity + (account.isLong ? ratio - 1 : 1 - ratio)
        if equity < rate * ratio {
          if equity < old * ratio { byPrice += 1 } else { byHike += 1 }
          badDebt += Self.loss(
            account.isLong, ratio, equity, index.map { (closing.falls[$0], closing.rises[$0]) })
          continue
        }
        if let index {
          let worst = account.isLong ? ratio * (1 - next.falls[index]) : ratio * (1 + next.rises[index])
          let least = account.equity + (account.isLong ? worst - 1 : 1 - worst)
          if least < rate * worst {
            byPrice += 1
            badDebt += Self.loss(account.isLong, ratio, equity, (closing.falls[index], closing.rises[index]))
            continue
          }
        }
        if epoch.time - account.opened < Self.stay { kept.append(account) }
      }
      accounts = kept
      if epoch.time / 86_400 != lastDay, epoch.isOpen {
        lastDay = epoch.time / 86_400
        for side in LinearRate.Side.allCases {
          for share in Self.shares {
            accounts.append(
              Account(
                isLong: side == .long, price: epoch.price, equity: epoch.initial[side] / share,
                opened: epoch.time, entryRate: epoch.maintenance[side]))
            opened += 1
          }
        }
      }
      before = epoch.maintenance
    }
  }

  /// What is lacking when the position is closed at the worst price of the time that follows.
  private static func loss(
    _ isLong: Bool, _ ratio: Double, _ equity: Double, _ moves: (fall: Double, rise: Double)?
  ) -> Double {
    let move = isLong ? moves?.fall ?? 0 : moves?.rise ?? 0
    return max(0, ratio * move - equity)
  }
}
