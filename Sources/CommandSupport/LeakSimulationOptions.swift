package import ArgumentParser
package import CanonicalBytes
package import LeakSimulation
internal import MarketData
package import SolvencyProver

/// `--simulate`: a venue that chooses its snapshots, against traders with and without a guard.
package struct LeakSimulationOptions: ParsableArguments {
  package init() {}

  private static let bookLimit = 1_000

  @Flag(help: "Show how far a venue gets that chooses its snapshots to find out books.")
  package var simulate = false

  @Option(help: "Number of random books to simulate.")
  package var books = 8

  @Option(help: "How long the venue publishes a snapshot every hour.")
  package var hours = 720

  @Option(help: "The seed of the random books.")
  package var seed: UInt64 = 45

  package func validate() throws {
    guard (1...Self.bookLimit).contains(books), (1...8_760).contains(hours) else {
      throw ValidationError("--books is 1 to \(Self.bookLimit), --hours 1 to 8760.")
    }
  }

  /// What came out for one kind of trader, over all books.
  package struct Row {
    package let trader: String
    /// What the venue varied.
    package let channel: AdversarialVenue.Channel
    package let findings: [AdversarialVenue.Finding]

    private func mean(_ value: (AdversarialVenue.Finding) -> Double) -> Double {
      findings.map(value).reduce(0, +) / Double(findings.count)
    }
    package var snapshots: Double { mean { Double($0.snapshots) } }
    package var answers: Double { mean { Double($0.answers) } }
    package var refusals: Double { mean { Double($0.refusals) } }
    package var knownPositions: Double { mean { Double($0.knownPositions) } }
    package var remainingBits: Double { mean(\.remainingBits) }
    /// How many books were found out completely.
    package var knownBooks: Int { findings.count { $0.knownPositions == AdversarialVenue.instrumentCount } }

    package var json: JSONValue {
      [
        "trader": .string(trader), "varies": .string(channel.rawValue), "books": .integer(findings.count),
        "knownBooks": .integer(knownBooks),
        "snapshots": .number(snapshots.formatted(decimals: 2)),
        "answers": .number(answers.formatted(decimals: 2)),
        "refusals": .number(refusals.formatted(decimals: 2)),
        "knownPositions": .number(knownPositions.formatted(decimals: 2)),
        "remainingBits": .number(remainingBits.formatted(decimals: 2)),
      ]
    }
  }

  /// Attacks the same books of traders without a guard, with the standard policy, a strict one and another
  /// one.
  package func run(besides policy: GuardPolicy?) throws(ToolFailure) -> [Row] {
    var random = SeededGenerator(seed: seed)
    let range = -AdversarialVenue.largestPosition...AdversarialVenue.largestPosition
    let positions = (0..<books).map { _ in
      (0..<AdversarialVenue.instrumentCount).map { _ in Int64.random(in: range, using: &random) }
    }
    var traders: [(name: String, guarded: SnapshotGuard?)] = [
      ("no guard", nil), ("standard guard", SnapshotGuard()),
      ("strict guard", SnapshotGuard(policy: .strict)),
    ]
    if let policy { traders.append(("guard of the file", SnapshotGuard(policy: policy))) }
    var rows: [Row] = []
    let count = traders.count * books * AdversarialVenue.Channel.allCases.count
    for channel in AdversarialVenue.Channel.allCases {
      for trader in traders {
        var findings: [AdversarialVenue.Finding] = []
        for book in positions {
          Console.progress("simulate", rows.count * books + findings.count, of: count)
          var venue = AdversarialVenue(on: book, against: trader.guarded, varying: channel)
          findings.append(
            try ToolFailure.wrapping("--simulate") { try venue.attack(hours: hours) })
        }
        rows.append(Row(trader: trader.name, channel: channel, findings: findings))
      }
    }
    Console.progress("simulate", count, of: count)
    return rows
  }

  package static func text(_ rows: [Row]) -> String {
    var table = TextTable([
      "venue varies", "trader", ">snapshots", ">answers", ">refusals", ">known positions", ">bits left",
      ">books found",
    ])
    for row in rows {
      table.add([
        row.channel.rawValue, row.trader, row.snapshots.formatted(decimals: 1),
        row.answers.formatted(decimals: 1),
        row.refusals.formatted(decimals: 1), row.knownPositions.formatted(decimals: 2),
        row.remainingBits.formatted(decimals: 1), "\(row.knownBooks) of \(row.findings.count)",
      ])
    }
    return (["A venue that chooses its snapshots; means over all books:"] + table.lines)
      .joined(separator: "\n")
  }
}
