internal import CanonicalBytes
public import MarginRules
internal import Solvency

/// A venue that chooses its snapshots to find out a book, and how far it gets: the attack that
/// ``SnapshotGuard`` is for.
///
/// The book is five positions of at most ``largestPosition`` lots on either side, and cash in plenty. The
/// venue publishes honest-looking snapshots whose position limit for one instrument is the number it wants to
/// compare the position with; the account's proof, or its silence, is the answer. Against a trader without a
/// guard that is bisection. Against a guard the limits creep by what the policy allows, and only so many
/// questions are answered in a window.
///
/// The venue moves limits only, one instrument's at a time. A cleverer one may do better, by moving margins and
/// prices as well; none does better than one bit an answer.
///
/// Answers come from the plain portfolio-margin rule, snapshots are real ones, and the guard is the one that
/// traders use.
public struct AdversarialVenue: Sendable {
  /// The largest position in the book, in lots.
  public static let largestPosition: Int64 = 1_000
  /// How many instruments there are.
  public static let instrumentCount = 5
  private static let honestLimit: Int64 = 1 << 20
  private static let epochLength: UInt64 = 3_600

  /// What the venue has found out after some time.
  public struct Finding: Hashable, Sendable {
    /// How many snapshots it published.
    public var snapshots: Int
    /// How many questions the trader answered.
    public var answers: Int
    /// How many the guard refused.
    public var refusals: Int
    /// How many of the positions it knows exactly.
    public var knownPositions: Int
    /// The logarithm to base 2 of how many books are still possible.
    public var remainingBits: Double
    /// How many epochs of one hour passed.
    public var hours: Int
  }

  private let book: [Int64]
  private var possible: [ClosedRange<Int64>]
  private var limits: [(long: Int64, short: Int64)]
  private var guarded: SnapshotGuard?
  private var previous: RiskSnapshot?
  private var finding: Finding

  /// An attack on a book.
  ///
  /// - Parameters:
  ///   - book: five positions, each of at most ``largestPosition`` lots.
  ///   - guarded: what the trader decides with; nil for a trader who proves under any snapshot.
  public init(on book: [Int64], against guarded: SnapshotGuard?) {
    precondition(
      book.count == Self.instrumentCount
        && book.allSatisfy { (-Self.largestPosition...Self.largestPosition).contains($0) })
    self.book = book
    self.guarded = guarded
    possible = book.map { _ in -Self.largestPosition...Self.largestPosition }
    limits = book.map { _ in (Self.honestLimit, Self.honestLimit) }
    finding = Finding(
      snapshots: 0, answers: 0, refusals: 0, knownPositions: 0, remainingBits: 0, hours: 0)
  }

  /// Attacks until the book is known or so many hours have passed.
  ///
  /// Without a guard the venue asks as often as it likes, and time stands still; it gives up when many
  /// answers in a row tell it nothing.
  public mutating func attack(hours: Int) throws(SnapshotError) -> Finding {
    var stuck = 0
    while finding.hours < hours, let target = nextTarget, stuck < Self.instrumentCount * 64 {
      let before = possible
      try ask(about: target, epoch: Int64(finding.snapshots + 1))
      if guarded != nil {
        finding.hours += 1
      } else {
        stuck = before == possible ? stuck + 1 : 0
      }
    }
    finding.knownPositions = possible.count { $0.lowerBound == $0.upperBound }
    finding.remainingBits = possible.reduce(0) {
      $0 + Self.logarithm(Double($1.upperBound - $1.lowerBound + 1))
    }
    return finding
  }

  /// The first position that is not known.
  private var nextTarget: Int? { possible.firstIndex { $0.lowerBound < $0.upperBound } }

  /// Publishes a snapshot whose limits ask whether the position is above the middle of what is possible,
  /// or come as near to asking as the guard's policy lets them.
  private mutating func ask(about target: Int, epoch: Int64) throws(SnapshotError) {
    var wanted = limits.map { _ in (long: Self.honestLimit, short: Self.honestLimit) }
    let range = possible[target]
    let middle = (range.lowerBound + range.upperBound + (range.upperBound > 0 ? 0 : 1)) / 2
    if range.upperBound > 0, middle >= 0 {
      wanted[target].long = max(1, middle)
    } else {
      wanted[target].short = max(1, -middle)
    }
    let allowed = zip(limits, wanted).map { old, new in
      (long: step(from: old.long, to: new.long), short: step(from: old.short, to: new.short))
    }
    let snapshot = try Self.snapshot(allowed, epoch: epoch, after: previous)
    finding.snapshots += 1
    guard admits(snapshot) else {
      finding.refusals += 1
      return
    }
    limits = allowed
    previous = snapshot
    finding.answers += 1
    learn(isCovered: isCovered(under: snapshot), limits: allowed)
  }

  /// The limit nearest to the one wanted that the guard lets pass.
  private func step(from old: Int64, to new: Int64) -> Int64 {
    guard let policy = guarded?.policy else { return new }
    let reach = old / 1_000_000 * policy.limitMovePpm + old % 1_000_000 * policy.limitMovePpm / 1_000_000
    return min(max(new, old - reach), old + reach)
  }

  private mutating func admits(_ snapshot: RiskSnapshot) -> Bool {
    guard var trader = guarded else { return true }
    guard let account = try? AccountID("book") else { return false }
    let question = SnapshotGuard.Question(
      about: account, time: UInt64(finding.hours) * Self.epochLength, circuit: .zero,
      snapshot: snapshot.digest,
      kind: .maintenance, sequence: 0)
    defer { guarded = trader }
    do throws(GuardRefusal) {
      try trader.admit(question, under: snapshot, isSigned: true)
      return true
    } catch {
      return false
    }
  }

  private func isCovered(under snapshot: RiskSnapshot) -> Bool {
    let portfolio = Portfolio(positions: book, holdings: [], debts: [], cash: 1 << 50)
    return PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: .maintenance) == .covered
  }

  /// The account is covered if and only if every position is within its limits. A refusal tells something
  /// only when a single limit can be the reason.
  private mutating func learn(isCovered: Bool, limits: [(long: Int64, short: Int64)]) {
    if isCovered {
      for index in possible.indices {
        let low = max(possible[index].lowerBound, -limits[index].short)
        let high = min(possible[index].upperBound, limits[index].long)
        possible[index] = low...high
      }
      return
    }
    let suspects = possible.indices.flatMap { index in
      [
        possible[index].upperBound > limits[index].long ? (index, true) : nil,
        possible[index].lowerBound < -limits[index].short ? (index, false) : nil,
      ].compactMap(\.self)
    }
    guard suspects.count == 1, let (index, isLong) = suspects.first else { return }
    let range = possible[index]
    possible[index] =
      isLong
      ? max(range.lowerBound, limits[index].long + 1)...range.upperBound
      : range.lowerBound...min(range.upperBound, -limits[index].short - 1)
  }

  private static func snapshot(
    _ limits: [(long: Int64, short: Int64)], epoch: Int64, after previous: RiskSnapshot?
  ) throws(SnapshotError) -> RiskSnapshot {
    let start = epoch * Int64(epochLength)
    let instruments = limits.enumerated().map { index, limit in
      var instrument = Instrument(
        id: "PERP-\(index + 1)", lot: "1", group: "all", markFloor: 100_000_000,
        markCeil: 100_000_000, pnlLong: [-10_000_000, 10_000_000], pnlShort: [10_000_000, -10_000_000])
      instrument.maxLongLots = limit.long
      instrument.maxShortLots = limit.short
      return instrument
    }
    var draft = SnapshotDraft(
      epoch: epoch, validFrom: start, validTo: start + Int64(epochLength),
      tiers: Tiers(maintenance: 1_000_000, initial: 1_000_000, closeOnly: 1_100_000),
      groups: [
        ScenarioGroup(
          id: "all",
          scenarios: [-100_000, 100_000].map { Scenario(weight: 1_000_000, price: $0, vol: 0) })
      ], collateral: [], instruments: instruments)
    draft.prevHash = previous?.digest ?? .zero
    return try RiskSnapshot(draft)
  }

  /// log₂ x for x ≥ 1, to ten bits after the point: enough for a report.
  private static func logarithm(_ x: Double) -> Double {
    var (whole, rest) = (0.0, x)
    while rest >= 2 {
      rest /= 2
      whole += 1
    }
    var bit = 0.5
    for _ in 0..<10 {
      rest *= rest
      if rest >= 2 {
        rest /= 2
        whole += bit
      }
      bit /= 2
    }
    return whole
  }
}
