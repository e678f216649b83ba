internal import CanonicalBytes
package import MarginRules
internal import Solvency
package import SolvencyProver

/// A venue that chooses its snapshots to find out a book, and how far it gets: the attack that
/// `SnapshotGuard` is for.
///
/// The book is five positions of at most ``largestPosition`` lots on either side, and cash in plenty. Each
/// answer says whether one position, on one side, is within a threshold that the venue chose through a number
/// of the snapshot that circuits read, or through the size of an order. Against a trader without a guard that
/// is bisection. Against a guard the number creeps by what the policy allows, and only a limited number
/// questions are answered in a window.
///
/// The trader has accepted the circuit, which is the worst case: the circuits that come with the command read
/// no fee and no scenario row.
///
/// Snapshots are real ones, and the guard is the one that traders use. A cleverer venue may do better, by
/// moving several numbers at once; none does better than one bit an answer.
package struct AdversarialVenue: Sendable {
  /// What the venue varies to ask.
  package enum Channel: String, CaseIterable, Hashable, Sendable {
    /// The position limits of an instrument: |x| ≤ limit.
    case limits
    /// The exit fee of an instrument: fee·|x| ≤ K.
    case exitFees = "exit fees"
    /// A scenario row: price·|x| ≤ K.
    case scenarios
    /// The multiplier of the zone in which an account is healthy: healthy·|x| ≤ K.
    case zones
    /// The size of an order, under one snapshot after the other: |x + order| ≤ limit.
    case orders
    /// The caps of all instruments of a group together, as depth moves them, and beyond that those of one:
    /// |x| ≤ cap.
    case depth
    /// The margins of all instruments of a group together, as volatility moves them, and beyond that those of
    /// one: margin·|x| ≤ K.
    case margins

    /// Whether the numbers are those of brackets, whose common move is the market's.
    fileprivate var isOfMarket: Bool { self == .depth || self == .margins }

    /// The number that an honest venue publishes, at which nothing is asked.
    fileprivate var honest: Int64 {
      switch self {
      case .limits, .orders, .depth: 1 << 20
      case .margins: 1_000_000
      case .exitFees: 0
      case .scenarios: 1
      case .zones: 1_000_000
      }
    }

    /// K: what the number times the position is compared with; nil where the number is the threshold itself.
    fileprivate var product: Int64? {
      switch self {
      case .limits, .orders, .depth: nil
      case .margins: 1_000_000 * AdversarialVenue.largestPosition * 4
      case .exitFees: 1_000_000_000
      case .scenarios: 1_000_000_000
      case .zones: 1_000_000 * (AdversarialVenue.largestPosition + 1)
      }
    }

    /// The numbers that a snapshot may have.
    fileprivate var range: ClosedRange<Int64> {
      switch self {
      case .limits, .orders, .depth: 1...1 << 20
      case .margins: 1...1_000_000 * AdversarialVenue.largestPosition * 4
      case .exitFees: 0...1_000_000_000
      case .scenarios: 1...1_000_000_000
      case .zones: 1_000_000...16_000_000
      }
    }

    /// A number below this moves as if it were this: the floors of `SnapshotMove`.
    fileprivate var floor: Int64 {
      switch self {
      case .limits, .orders, .zones, .depth, .margins: 1
      case .exitFees: AdversarialVenue.mark / 1_000
      case .scenarios: 10_000
      }
    }

    /// The largest |x| that passes at a number.
    fileprivate func threshold(_ number: Int64) -> Int64 {
      guard let product else { return number }
      return number == 0 ? .max : product / number
    }

    /// A number whose threshold is nearest to one that is wanted.
    fileprivate func number(for threshold: Int64) -> Int64 {
      let wanted = product.map { $0 / max(1, threshold) } ?? threshold
      return min(max(wanted, range.lowerBound), range.upperBound)
    }
  }

  /// The largest position in the book, in lots.
  package static let largestPosition: Int64 = 1_000
  /// How many instruments there are.
  package static let instrumentCount = 5
  fileprivate static let mark: Int64 = 100_000_000
  private static let epochLength: UInt64 = 3_600

  /// What the venue has found out after some time.
  package struct Finding: Hashable, Sendable {
    /// How many snapshots it published.
    package var snapshots: Int
    /// How many questions the trader answered.
    package var answers: Int
    /// How many the guard refused.
    package var refusals: Int
    /// How many of the positions it knows exactly.
    package var knownPositions: Int
    /// The logarithm to base 2 of how many books are still possible.
    package var remainingBits: Double
    /// How many epochs of one hour passed.
    package var hours: Int
  }

  private let book: [Int64]
  private let channel: Channel
  private var possible: [ClosedRange<Int64>]
  /// What is published: of each instrument a number for each side; of zones one for all.
  private var numbers: [(long: Int64, short: Int64)]
  private var guarded: SnapshotGuard?
  private var previous: RiskSnapshot?
  private var finding: Finding

  /// An attack on a book.
  ///
  /// - Parameters:
  ///   - book: five positions, each of at most ``largestPosition`` lots.
  ///   - guarded: what the trader decides with; nil for a trader who proves under any snapshot.
  ///   - channel: what the venue varies.
  package init(on book: [Int64], against guarded: SnapshotGuard?, varying channel: Channel = .limits) {
    precondition(
      book.count == Self.instrumentCount
        && book.allSatisfy { (-Self.largestPosition...Self.largestPosition).contains($0) })
    self.book = book
    self.guarded = guarded
    self.channel = channel
    possible = book.map { _ in -Self.largestPosition...Self.largestPosition }
    numbers = book.map { _ in (channel.honest, channel.honest) }
    finding = Finding(
      snapshots: 0, answers: 0, refusals: 0, knownPositions: 0, remainingBits: 0, hours: 0)
  }

  /// Attacks until the book is known or `hours` hours have passed.
  ///
  /// Without a guard the venue asks as often as it likes, and time stands still; it gives up when many
  /// answers in a row tell it nothing. Through orders it asks as often as it likes within an hour.
  ///
  /// - Throws: `SnapshotError` if a number that it wants is not one a snapshot may have.
  package mutating func attack(hours: Int) throws(SnapshotError) -> Finding {
    var stuck = 0
    while finding.hours < hours, let target = nextTarget, stuck < Self.instrumentCount * 64 {
      let (before, refusals) = (possible, finding.refusals)
      try ask(about: target, epoch: Int64(finding.snapshots + 1))
      if guarded != nil {
        // Under one snapshot orders are asked about until the guard has enough.
        if channel != .orders || finding.refusals > refusals { finding.hours += 1 }
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

  /// Asks whether the position is beyond the middle of what is possible, on the side where that is, or comes
  /// as near to asking as the guard's policy lets it.
  private mutating func ask(about target: Int, epoch: Int64) throws(SnapshotError) {
    let range = possible[target]
    let middle = (range.lowerBound + range.upperBound + (range.upperBound > 0 ? 0 : 1)) / 2
    let isLong = range.upperBound > 0 && middle >= 0
    let wanted = max(isLong ? middle : -middle, channel == .zones ? 0 : 1)
    if channel == .orders { return try askByOrder(target, isLong, wanted, epoch: epoch) }
    let number = channel.number(for: wanted)
    // There is one multiplier for all; which position it is held against, the circuit says.
    let others = channel == .zones ? number : channel.honest
    var next = numbers.map { _ in (long: others, short: others) }
    if isLong { next[target].long = number } else { next[target].short = number }
    let allowed =
      if channel.isOfMarket {
        try boldest(toward: number, of: target, isLong, epoch: epoch)
      } else {
        zip(numbers, next).map { old, new in
          (long: step(from: old.long, to: new.long), short: step(from: old.short, to: new.short))
        }
      }
    let snapshot = try snapshot(allowed, epoch: epoch)
    finding.snapshots += 1
    guard admits(snapshot, order: nil) else {
      finding.refusals += 1
      return
    }
    numbers = allowed
    previous = snapshot
    finding.answers += 1
    var thresholds = allowed.map { (long: channel.threshold($0.long), short: channel.threshold($0.short)) }
    if channel == .zones {
      let asked = thresholds[target]
      thresholds = numbers.map { _ in (Int64.max, Int64.max) }
      if isLong { thresholds[target].long = asked.long } else { thresholds[target].short = asked.short }
    }
    learn(thresholds)
  }

  /// |x + order| ≤ limit on one side: x ≤ wanted exactly if an order of limit − wanted lots passes.
  private mutating func askByOrder(
    _ target: Int, _ isLong: Bool, _ wanted: Int64, epoch: Int64
  ) throws(SnapshotError) {
    let hour = Int64(finding.hours + 1)
    let snapshot =
      if let previous, previous.epoch == hour { previous } else { try snapshot(numbers, epoch: hour) }
    if snapshot.epoch != previous?.epoch { finding.snapshots += 1 }
    let order = "\(target) \(isLong) \(channel.honest - wanted)"
    guard admits(snapshot, order: .sha256(of: Array(order.utf8))) else {
      finding.refusals += 1
      return
    }
    previous = snapshot
    finding.answers += 1
    var thresholds = numbers.map { _ in (long: Int64.max, short: Int64.max) }
    if isLong { thresholds[target].long = wanted } else { thresholds[target].short = wanted }
    learn(thresholds)
  }

  /// The numbers that bring one of them as near to a wanted one as the guard lets pass, with a move of the
  /// whole group where that helps. A venue knows what guards do and tries before it publishes.
  private func boldest(
    toward wanted: Int64, of target: Int, _ isLong: Bool, epoch: Int64
  ) throws(SnapshotError) -> [(long: Int64, short: Int64)] {
    let old = isLong ? numbers[target].long : numbers[target].short
    func proposed(_ part: Int64, common: (Int64, Int64)) -> [(long: Int64, short: Int64)] {
      // No looser than where nothing is asked.
      func moved(_ number: Int64) -> Int64 {
        let next = number * common.0 / common.1
        return channel == .margins ? max(next, channel.honest) : min(next, channel.honest)
      }
      var next = self.numbers.map { (long: moved($0.long), short: moved($0.short)) }
      let asked = old + (wanted - old) * part / 2_048
      if isLong { next[target].long = asked } else { next[target].short = asked }
      return next.map {
        (
          long: min(max($0.long, channel.range.lowerBound), channel.range.upperBound),
          short: min(max($0.short, channel.range.lowerBound), channel.range.upperBound)
        )
      }
    }
    guard let policy = guarded?.policy else {
      var next = self.numbers.map { _ in (long: channel.honest, short: channel.honest) }
      if isLong { next[target].long = wanted } else { next[target].short = wanted }
      return next
    }
    guard let previous else { return self.numbers }
    let up = wanted > old
    // As far as margins may move, or depth.
    let furthest: (Int64, Int64) =
      channel == .margins ? (up ? (7, 4) : (4, 7)) : (up ? (2, 1) : (1, 64))
    for part in (0...11).reversed().map({ Int64(1) << $0 }) {
      for common in [(9, 10), (10, 9), (1, 1), up ? (3, 2) : (2, 3), furthest] {
        let proposal = proposed(part, common: common)
        let move = SnapshotMove(from: previous, to: try snapshot(proposal, epoch: epoch))
        if move.market.ppm <= policy.marketMovePpm, move.price.ppm <= policy.priceMovePpm,
          move.limit.ppm <= policy.limitMovePpm, move.structure.isEmpty
        {
          return proposal
        }
      }
    }
    return self.numbers
  }

  /// The number nearest to the one wanted that the guard lets pass.
  private func step(from old: Int64, to new: Int64) -> Int64 {
    guard let policy = guarded?.policy else { return new }
    let scale = max(old, channel.floor)
    let reach = scale / 1_000_000 * policy.limitMovePpm + scale % 1_000_000 * policy.limitMovePpm / 1_000_000
    return min(max(new, old - reach), old + reach)
  }

  private mutating func admits(_ snapshot: RiskSnapshot, order: Digest?) -> Bool {
    guard var trader = guarded else { return true }
    guard let account = try? AccountID("book") else { return false }
    let question = SnapshotGuard.Question(
      about: account, time: UInt64(finding.hours) * Self.epochLength, circuit: .zero,
      snapshot: snapshot.digest, kind: .maintenance, sequence: 0, order: order)
    defer { guarded = trader }
    do throws(GuardRefusal) {
      try trader.admit(question, under: snapshot, isSigned: true)
      return true
    } catch {
      return false
    }
  }

  /// The account passes if and only if every position is within its thresholds. A refusal tells something
  /// only when a single threshold can be the reason.
  private mutating func learn(_ thresholds: [(long: Int64, short: Int64)]) {
    let passes = zip(book, thresholds).allSatisfy { $0 <= $1.long && -$1.short <= $0 }
    if passes {
      for index in possible.indices {
        let low = max(possible[index].lowerBound, -thresholds[index].short)
        let high = min(possible[index].upperBound, thresholds[index].long)
        possible[index] = low...high
      }
      return
    }
    let suspects = possible.indices.flatMap { index in
      [
        possible[index].upperBound > thresholds[index].long ? (index, true) : nil,
        possible[index].lowerBound < -thresholds[index].short ? (index, false) : nil,
      ].compactMap(\.self)
    }
    guard suspects.count == 1, let (index, isLong) = suspects.first else { return }
    let range = possible[index]
    possible[index] =
      isLong
      ? max(range.lowerBound, thresholds[index].long + 1)...range.upperBound
      : range.lowerBound...min(range.upperBound, -thresholds[index].short - 1)
  }

  /// A snapshot that publishes some numbers in the place that the channel varies.
  private func snapshot(
    _ numbers: [(long: Int64, short: Int64)], epoch: Int64
  ) throws(SnapshotError) -> RiskSnapshot {
    let start = epoch * Int64(Self.epochLength)
    let rows = Self.instrumentCount * 2
    let instruments = numbers.indices.flatMap { index in
      // A fee is one number: the two sides are asked through two instruments of the same position.
      ["L", "S"].map { side in
        var instrument = Instrument(
          id: "PERP-\(index + 1)\(side)", lot: "1", group: "all", markFloor: Self.mark, markCeil: Self.mark,
          pnlLong: [Int64](repeating: -Self.mark / 10, count: rows),
          pnlShort: [Int64](repeating: -Self.mark / 10, count: rows))
        if channel == .limits {
          instrument.maxLongLots = numbers[index].long
          instrument.maxShortLots = numbers[index].short
        }
        if channel.isOfMarket {
          let (long, short) =
            channel == .margins
            ? (numbers[index].long, numbers[index].short) : (Self.mark / 50, Self.mark / 50)
          instrument.long = [Bracket(capLots: nil, imPerLot: long, mmPerLot: long)]
          instrument.short = [Bracket(capLots: nil, imPerLot: short, mmPerLot: short)]
        }
        if channel == .depth {
          instrument.maxLongLots = numbers[index].long
          instrument.maxShortLots = numbers[index].short
        }
        if channel == .exitFees {
          instrument.feeExit = side == "L" ? numbers[index].long : numbers[index].short
        }
        return instrument
      }
    }
    let shocks = numbers.flatMap { number -> [Int64] in
      channel == .scenarios ? [number.long, number.short] : [1, 1]
    }
    var draft = SnapshotDraft(
      epoch: epoch, validFrom: start, validTo: start + Int64(Self.epochLength),
      tiers: Tiers(maintenance: 1_000_000, initial: 1_000_000, closeOnly: 1_100_000),
      groups: [
        ScenarioGroup(
          id: "all", scenarios: shocks.map { Scenario(weight: 1_000_000, price: $0, vol: 0) })
      ], collateral: [], instruments: instruments)
    if channel == .zones {
      draft.tiers.healthy = numbers[0].long
    }
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
