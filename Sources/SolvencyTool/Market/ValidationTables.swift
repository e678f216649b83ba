internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import RiskEngine
internal import Solvency

/// Validation reports as text, tables and data.
enum ValidationTables {
  private static func percent(_ x: Double, _ decimals: Int = 2) -> String {
    "\((x * 100).formatted(decimals: decimals)) %"
  }

  private static func hours(_ seconds: Int64) -> String { "\(seconds / 3_600) h" }

  private static func text(_ time: Int64?) -> String {
    time.map { Timestamp(seconds: UInt64(clamping: $0)).text } ?? "-"
  }

  private static func number(_ x: Double?, _ decimals: Int = 2) -> String {
    x.map { $0.formatted(decimals: decimals) } ?? "-"
  }

  /// One row for each strategy.
  static func summary(_ reports: [ValidationReport]) -> [[String]] {
    [
      [
        "strategy", ">epochs", ">lacking", ">mean MM", ">mean IM", ">rank ρ", ">1 d", ">5 d", ">30 d",
        ">peak/trough", ">turns", ">within a day", ">by price", ">by hike", ">bad debt", ">leverage",
        ">closed",
      ]
    ]
      + reports.map { report in
        [
          report.strategy.rawValue, "\(report.epochs)", "\(report.lacking)", percent(report.meanMaintenance),
          percent(report.meanInitial), number(report.rankCorrelation), "× \(number(report.longInitial.day))",
          "× \(number(report.longInitial.fiveDays))", "× \(number(report.longInitial.month))",
          "× \(number(report.longInitial.peakToTrough))", "\(report.longMaintenance.turns)",
          "\(report.longMaintenance.reversals)",
          percent(report.live.priceShare, 1), percent(report.live.hikeShare, 1),
          percent(report.live.badDebtShare, 3), number(report.leverage.median, 1),
          percent(report.closedShare, 1),
        ]
      }
  }

  /// One row for each strategy, horizon and side.
  static func coverage(_ reports: [ValidationReport]) -> [[String]] {
    [
      [
        "strategy", "horizon", "side", ">breaches", ">share", ">shortfall", ">worst", "when", ">flat",
        ">EWMA 1 d", ">EWMA 11 d", ">ratio", ">shortfall ratio", ">tested", ">Kupiec p", ">independence p",
        ">both p", "light",
      ]
    ]
      + reports.flatMap { report in
        report.coverage.map { row in
          let counts = [row.flat, row.exponential, row.slowExponential].map {
            "\($0.breaches) / \(number($0.shortfall))"
          }
          return [
            report.strategy.rawValue, hours(row.horizon), row.side?.rawValue ?? "both", "\(row.own.breaches)",
            percent(row.own.share, 3), number(row.own.shortfall), percent(row.own.worst, 1),
            text(row.own.worstTime),
          ] + counts + [
            number(row.breachRatio), number(row.shortfallRatio),
            row.test.map { "\($0.breaches) of \($0.count)" } ?? "-", number(row.test?.kupiecProbability, 3),
            number(row.test?.independenceProbability, 3), number(row.test?.conditionalProbability, 3),
            row.test?.light.rawValue ?? "-",
          ]
        }
      }
  }

  /// One row for each forecast of the next day's variance.
  static func forecasts(_ reports: [ValidationReport]) -> [[String]] {
    [["strategy", "forecast", ">QLIKE", ">compared"]]
      + reports.flatMap { report in
        report.forecasts.map { [report.strategy.rawValue, $0.name, number($0.loss, 3), "\($0.count)"] }
      }
  }

  /// Liquidations of the synthetic population.
  static func population(_ reports: [ValidationReport]) -> [[String]] {
    [["strategy", "rates", ">accounts", ">by price", ">by hike", ">bad debt of notional"]]
      + reports.flatMap { report in
        [("live", report.live), ("frozen at entry", report.frozen)].map { name, population in
          [
            report.strategy.rawValue, name, "\(population.opened)",
            "\(population.byPrice) (\(percent(population.priceShare, 1)))",
            "\(population.byHike) (\(percent(population.hikeShare, 1)))", percent(population.badDebtShare, 4),
          ]
        }
      }
  }

  /// One row for each target of each strategy.
  static func targets(_ reports: [ValidationReport]) -> [[String]] {
    [["strategy", "target", ">reached", ">limit", "verdict", ">events or epochs"]]
      + reports.flatMap { report in
        report.targets.map { target in
          [
            report.strategy.rawValue, target.name, number(target.reached),
            "\(target.isLeast ? "≥" : "≤") \(number(target.limit))", target.verdict.rawValue,
            "\(target.count)",
          ]
        }
      }
  }

  /// All tables by name.
  static func all(_ reports: [ValidationReport]) -> [(name: String, title: String, rows: [[String]])] {
    [
      ("targets", "Targets", targets(reports)),
      ("summary", "Strategies side by side", summary(reports)),
      ("coverage", "Coverage of maintenance margin", coverage(reports)),
      ("forecasts", "Forecasts of the next day's variance", forecasts(reports)),
      ("population", "A synthetic population", population(reports)),
    ]
  }

  /// Rows as lines of a table for people.
  static func lines(_ rows: [[String]]) -> [String] {
    guard let header = rows.first else { return [] }
    var table = TextTable(header)
    for row in rows.dropFirst() { table.add(row) }
    return table.lines
  }

  /// Rows as comma-separated values.
  static func csv(_ rows: [[String]]) -> String {
    rows.map { row in
      row.map { cell in
        let plain = cell.hasPrefix(">") ? String(cell.dropFirst()) : cell
        return plain.contains(where: { ",\"\n".contains($0) })
          ? "\"\(plain.replacing("\"", with: "\"\""))\"" : plain
      }.joined(separator: ",") + "\n"
    }.joined()
  }

  /// Everything as data.
  static func json(_ report: ValidationReport) -> JSONValue {
    func fraction(_ x: Double?) -> JSONValue { x.map { .number($0.formatted(decimals: 6)) } ?? .null }
    func coverage(_ c: Coverage) -> JSONValue {
      [
        "epochs": .integer(c.count), "breaches": .integer(c.breaches), "shortfall": fraction(c.shortfall),
        "worst": fraction(c.worst), "worstTime": c.worstTime.map { .integer($0) } ?? .null,
      ]
    }
    func cycle(_ p: Procyclicality) -> JSONValue {
      [
        "peakToTrough": fraction(p.peakToTrough), "day": fraction(p.day), "fiveDays": fraction(p.fiveDays),
        "fiveDaysTime": p.fiveDaysTime.map { .integer($0) } ?? .null, "month": fraction(p.month),
        "turns": .integer(p.turns), "reversalsWithinADay": .integer(p.reversals),
      ]
    }
    func population(_ p: SyntheticPopulation) -> JSONValue {
      [
        "accounts": .integer(p.opened), "byPrice": .integer(p.byPrice), "byHike": .integer(p.byHike),
        "badDebt": fraction(p.badDebtShare),
      ]
    }
    return [
      "instrument": .string(report.instrument), "strategy": .string(report.strategy.rawValue),
      "epochs": .integer(report.epochs), "lacking": .integer(report.lacking),
      "skipped": .integer(report.skipped), "fallbacks": .integer(report.fallbacks),
      "from": report.times.map { .integer($0.lowerBound) } ?? .null,
      "to": report.times.map { .integer($0.upperBound) } ?? .null,
      "meanMaintenance": fraction(report.meanMaintenance), "meanInitial": fraction(report.meanInitial),
      "rankCorrelation": fraction(report.rankCorrelation), "rankEpochs": .integer(report.days),
      "coverage": .array(
        report.coverage.map { row in
          [
            "horizon": .integer(row.horizon), "side": .string(row.side?.rawValue ?? "both"),
            "own": coverage(row.own), "flat": coverage(row.flat), "ewmaDay": coverage(row.exponential),
            "ewmaElevenDays": coverage(row.slowExponential), "breachRatio": fraction(row.breachRatio),
            "shortfallRatio": fraction(row.shortfallRatio), "withinChance": .bool(row.isWithinChance),
            "test": row.test.map { test -> JSONValue in
              [
                "count": .integer(test.count), "breaches": .integer(test.breaches),
                "kupiec": fraction(test.kupiec), "kupiecP": fraction(test.kupiecProbability),
                "independence": fraction(test.independence),
                "independenceP": fraction(test.independenceProbability),
                "conditional": fraction(test.conditional),
                "conditionalP": fraction(test.conditionalProbability),
                "light": .string(test.light.rawValue),
              ]
            } ?? .null,
          ]
        }),
      "targets": .array(
        report.targets.map {
          [
            "name": .string($0.name), "reached": fraction($0.reached), "limit": fraction($0.limit),
            "isLeast": .bool($0.isLeast), "count": .integer($0.count),
            "verdict": .string($0.verdict.rawValue),
          ]
        }),
      "forecasts": .array(
        report.forecasts.map {
          ["name": .string($0.name), "qlike": fraction($0.loss), "count": .integer($0.count)]
        }),
      "initialLong": cycle(report.longInitial), "initialShort": cycle(report.shortInitial),
      "maintenanceLong": cycle(report.longMaintenance), "live": population(report.live),
      "frozen": population(report.frozen),
      "leverage": [
        "least": fraction(report.leverage.least), "median": fraction(report.leverage.median),
        "greatest": fraction(report.leverage.greatest),
      ], "closedShare": fraction(report.closedShare),
    ]
  }
}
