internal import Admission
internal import CanonicalBytes
internal import TransparencyLog

/// The numbers behind the page.
enum Dashboard {
  /// Spans in which open deadlines are counted, in seconds, ascending.
  static let spans: [UInt64] = [60, 300, 900, 3_600, 21_600, .max]
  static let spanNames = ["1 min", "5 min", "15 min", "1 h", "6 h", "later"]

  /// Statuses in the order of their seriousness.
  static let statuses: [AccountStatus] = [.current, .reduceOnly, .unproven, .stale, .liquidatable]

  static func name(of status: AccountStatus) -> String {
    switch status {
    case .current: "current"
    case .reduceOnly: "reduce-only"
    case .unproven: "unproven"
    case .stale: "stale"
    case .liquidatable: "liquidatable"
    }
  }

  /// What is known of the books, which nobody sees, in bands: the margin that an account's book was last
  /// shown to meet.
  static func bands(_ counts: [AccountStatus: Int]) -> [(name: String, count: Int)] {
    [
      ("initial margin proven", counts[.current] ?? 0),
      ("maintenance margin proven", counts[.reduceOnly] ?? 0),
      ("nothing proven", counts[.unproven] ?? 0),
      ("proof overdue", (counts[.stale] ?? 0) + (counts[.liquidatable] ?? 0)),
    ]
  }

  /// Decisions a second over the last ten whole seconds, in tenths.
  static func rate(_ contents: LedgerWatch.Contents, at now: UInt64) -> Int {
    contents.seconds.reversed().prefix { $0.time + 10 >= now }.filter { $0.time < now }
      .reduce(0) { $0 + $1.admitted + $1.reduceOnly + $1.refused }
  }

  /// The numbers as a document.
  static func status(_ core: ServiceCore) -> JSONValue {
    let (contents, now) = (core.watch.now, core.settings.clock())
    let counts = contents.survey?.counts ?? [:]
    let role: JSONValue = core.ledger.duty == .writer ? "writer" : "follower"
    return [
      "time": .integer(now.seconds), "venue": .string(core.ledger.admission.venue.description), "role": role,
      "entries": .integer(core.ring.next), "surveyed": .integer(contents.surveyed),
      "accounts": .object(statuses.map { JSONMember($0.rawValue, .integer(counts[$0] ?? 0)) }),
      "bands": .array(bands(counts).map { ["name": .string($0.name), "count": .integer($0.count)] }),
      "due": .array(
        zip(spanNames, contents.survey?.due ?? []).map { ["within": .string($0), "count": .integer($1)] }),
      "soonest": .array(
        (contents.survey?.soonest ?? []).map {
          ["account": .string($0.account.description), "deadline": .integer($0.deadline.seconds)]
        }),
      "epochs": .array(contents.epochs.suffix(48).map(\.json)),
      "decisions": .array(
        contents.seconds.suffix(120).map {
          [
            "time": .integer($0.time), "admitted": .integer($0.admitted),
            "reduceOnly": .integer($0.reduceOnly),
            "refused": .integer($0.refused),
          ]
        }),
      "refusals": .object(
        contents.refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
          JSONMember($0.key.code, .integer($0.value))
        }),
      "witnesses": .array(
        (core.publisher?.witnessStates() ?? []).map { witness in
          [
            "name": .string(witness.name), "size": witness.size.map { .integer($0) } ?? .null,
            "time": witness.time.map { .integer($0) } ?? .null,
          ]
        }),
      "checkpoint": (core.publisher?.served).map { .integer($0.unverified.head.size) } ?? .null,
    ]
  }
}
