internal import CanonicalBytes
internal import CommandSupport
internal import MarketData
internal import RiskEngine
internal import Solvency

/// What became of margins over a history, in a few numbers.
struct HistorySummary {
  let strategy: MarginStrategy
  let epochs: Int
  /// Epochs in which the price fell, or rose, by more than the maintenance margin of longs, or shorts.
  let breaches: (long: Int, short: Int)
  /// The sum of what moves exceeded maintenance margin by, as shares of the value of a position of one lot on
  /// either side.
  let shortfall: Double
  /// The mean of maintenance and initial margin of longs.
  let meanMaintenance: Double
  let meanInitial: Double
  /// The greatest and the median initial margin of longs.
  let greatest: Double
  let median: Double
  /// How often maintenance margin of longs turned: rose after it had fallen, or fell after it had risen, each
  /// by at least ``leastMove`` of notional since the last turn.
  let turns: Int
  /// How often it turned and turned back within a day.
  let reversals: Int
  /// The largest rise of initial margin of longs within a day, in multiples: how procyclical margin is.
  let steepestDay: Double
  let fallbacks: Int

  init(_ history: MarginHistory) {
    let epochs = history.epochs
    strategy = history.strategy
    self.epochs = epochs.count
    fallbacks = history.fallbacks
    breaches = (
      epochs.count { $0.fall > $0.maintenance.long }, epochs.count { $0.rise > $0.maintenance.short }
    )
    shortfall = epochs.reduce(0) {
      $0 + max(0, $1.fall - $1.maintenance.long) + max(0, $1.rise - $1.maintenance.short)
    }
    let count = Double(max(1, epochs.count))
    meanMaintenance = epochs.reduce(0) { $0 + $1.maintenance.long } / count
    meanInitial = epochs.reduce(0) { $0 + $1.initial.long } / count
    greatest = epochs.map(\.initial.long).max() ?? 0
    median = epochs.map(\.initial.long).median
    (turns, reversals) = Self.turns(epochs)
    steepestDay = Self.steepest(epochs)
  }

  private static let day: Int64 = 86_400
  /// What counts as a move of a rate: a tenth of a percent of notional.
  private static let leastMove = 0.001

  private static func turns(_ epochs: [MarginHistory.Epoch]) -> (turns: Int, reversals: Int) {
    var (turns, reversals) = (0, 0)
    var direction = 0
    var lastTurn: Int64?
    // The furthest that margin went in the present direction.
    var extreme = epochs.first?.maintenance.long ?? 0
    for epoch in epochs {
      let now = epoch.maintenance.long
      if Double(direction) * (now - extreme) > 0 {
        extreme = now
      } else if abs(now - extreme) >= leastMove {
        if direction != 0 {
          turns += 1
          if let lastTurn, epoch.time - lastTurn < day { reversals += 1 }
          lastTurn = epoch.time
        }
        direction = now > extreme ? 1 : -1
        extreme = now
      }
    }
    return (turns, reversals)
  }

  private static func steepest(_ epochs: [MarginHistory.Epoch]) -> Double {
    var (steepest, first) = (1.0, 0)
    // The least margin of the last day, by index, ascending in value from its front.
    var least: [Int] = []
    for (index, epoch) in epochs.enumerated() {
      while let front = least[first...].first, epochs[front].time < epoch.time - day { first += 1 }
      if let front = least[first...].first, epochs[front].initial.long > 0 {
        steepest = max(steepest, epoch.initial.long / epochs[front].initial.long)
      }
      while least.count > first, let back = least.last, epochs[back].initial.long >= epoch.initial.long {
        least.removeLast()
      }
      least.append(index)
    }
    return steepest
  }

  static let header = [
    "strategy", ">epochs", ">breaches long", ">short", ">share", ">shortfall", ">mean MM", ">mean IM",
    ">median IM", ">greatest IM", ">turns", ">within a day", ">steepest day",
  ]

  /// Share of the epochs with a breach on either side.
  private var share: Double { Double(breaches.long + breaches.short) / Double(max(1, epochs)) }

  var row: [String] {
    [
      strategy.rawValue, "\(epochs)", "\(breaches.long)", "\(breaches.short)",
      "\((share * 100).formatted(decimals: 3)) %", shortfall.formatted(decimals: 3),
      "\((meanMaintenance * 100).formatted(decimals: 2)) %",
      "\((meanInitial * 100).formatted(decimals: 2)) %", "\((median * 100).formatted(decimals: 2)) %",
      "\((greatest * 100).formatted(decimals: 1)) %", "\(turns)", "\(reversals)",
      "× \(steepestDay.formatted(decimals: 2))",
    ]
  }

  var json: JSONValue {
    [
      "strategy": .string(strategy.rawValue), "epochs": .integer(epochs),
      "breachesLong": .integer(breaches.long), "breachesShort": .integer(breaches.short),
      "breachShare": .number(share.formatted(decimals: 6)),
      "shortfall": .number(shortfall.formatted(decimals: 6)),
      "meanMaintenance": .number(meanMaintenance.formatted(decimals: 6)),
      "meanInitial": .number(meanInitial.formatted(decimals: 6)),
      "medianInitial": .number(median.formatted(decimals: 6)),
      "greatestInitial": .number(greatest.formatted(decimals: 6)), "turns": .integer(turns),
      "reversalsWithinADay": .integer(reversals),
      "steepestDay": .number(steepestDay.formatted(decimals: 4)), "fallbacks": .integer(fallbacks),
    ]
  }
}
