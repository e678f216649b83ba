internal import CircuitLanguage
internal import ExactIntegers
public import MarginRules
internal import Solvency

/// How far one snapshot is from another, in everything that a circuit can read of it.
///
/// What is compared are the parameters themselves, as circuits are given them
/// (``Solvency/SnapshotParameters``), for both kinds of margin: a number that is not measured is one that no
/// circuit reads.
///
///     price move = |b − a·r| / max(1, every |number| of the same instrument or asset before)
///     limit move = |b − a·r| / max(a·r, floor)     for caps, fees, scenarios, multipliers, and whatever else there is
///
/// A margin is held against the largest margin of its instrument before, at least a fiftieth of the mark, and
/// what a lot gains in a scenario against the largest gain, at least a twentieth.
///
/// What the market explains is taken off: r, by how much the marks of all futures of a group moved together,
/// and what moved with volatility and depth, each the median of its kind over the whole group: margins, what
/// lots gain in scenarios, the scenarios' prices, and caps. Margins, gains and fees follow the marks as well;
/// a fee grows with volatility by at most the square of what margins do. Fewer than ``leastNumbers`` numbers
/// of a kind say nothing of a market, since one of them would be the median; of two rows of scenarios the
/// lesser move counts. Margins, gains and scenarios move by three quarters at most. Each common move is held
/// against the policy's limit of what a market does. An option's numbers follow nothing in proportion; of
/// theirs a move as large as the market's is taken off.
public struct SnapshotMove: Hashable, Sendable {
  /// The largest move of a number per lot that the market does not explain, in ppm, and what moved.
  public private(set) var price = Largest()
  /// The largest move of anything else, in ppm, and what moved.
  public private(set) var limit = Largest()
  /// The largest move of the marks of a group, in ppm, and of which.
  public private(set) var market = Largest()
  /// The least number of numbers of a kind whose common move is the market's.
  public static let leastNumbers = 3

  /// What is there in one snapshot and not in the other: instruments, assets, brackets, scenarios, limits.
  public private(set) var structure: [String] = []

  /// A move and the path of what moved.
  public struct Largest: Hashable, Sendable {
    /// In ppm; at most 2⁶³ − 1.
    public var ppm: Int64 = 0
    /// The path in the parameters; empty when nothing moved.
    public var path = ""
  }

  /// Compares two snapshots. Instruments and assets that only the newer one has do not count as structure: a
  /// book that was committed to before them has none of them.
  public init(from old: RiskSnapshot, to new: RiskSnapshot) {
    for kind in MarginKind.allCases {
      compare(SnapshotParameters.value(of: old, kind: kind), SnapshotParameters.value(of: new, kind: kind))
    }
  }

  /// Compares what circuits read of two snapshots.
  package init(from old: ParameterValue, to new: ParameterValue) { compare(old, new) }

  private mutating func compare(_ old: ParameterValue, _ new: ParameterValue) {
    guard case .record(let a) = old, case .record(let b) = new else { return add(structure: "parameters") }
    let (moves, groups) = marketMoves(a, b)
    for name in Set(a.fields.keys).union(b.fields.keys).sorted() {
      guard let x = a.fields[name], let y = b.fields[name] else {
        add(structure: name)
        continue
      }
      switch name {
      case "epoch": break  // how far it may go on is a question of time, which a guard knows
      case "instruments", "collateral":
        matched(x, y, name) { move, p, q, path in
          let market = moves[p.id ?? ""] ?? MarketMove()
          move.compareLots(p, q, path, market)
        }
      case "groups":
        matched(x, y, name) { move, p, q, path in
          move.compareGroup(p, q, path, groups[p.id ?? ""] ?? MarketMove())
        }
      default: compare(x, y, name, floor: 1)
      }
    }
  }

  private mutating func add(structure path: String) {
    if !structure.contains(path) { structure.append(path) }
  }

  /// Compares records of two lists by their ids; every one of the older list has to be there still.
  private mutating func matched(
    _ old: ParameterValue, _ new: ParameterValue, _ path: String,
    _ body: (inout SnapshotMove, ParameterRecord, ParameterRecord, String) -> Void
  ) {
    guard case .list(let a) = old, case .list(let b) = new else { return add(structure: path) }
    let newer = Self.byID(b)
    for case .record(let x) in a {
      guard let id = x.id, let y = newer[id] else {
        add(structure: "\(path)/\(x.id ?? "")")
        continue
      }
      body(&self, x, y, "\(path)/\(id)")
    }
  }

  private static func byID(_ list: [ParameterValue]) -> [String: ParameterRecord] {
    var found: [String: ParameterRecord] = [:]
    for case .record(let record) in list { if let id = record.id { found[id] = record } }
    return found
  }

  // MARK: The market

  /// What the numbers of a kind did together: `after / before`, both at least 1.
  private struct Ratio {
    var (before, after): (Integer, Integer) = (1, 1)

    /// |after / before − 1| in ppm.
    var ppm: Integer { ((after - before).magnitude * 1_000_000).floorDivided(by: before) }

    /// The ratio if volatility moves margins so far from one call to the next, by three quarters up or what
    /// undoes it; otherwise 1: marks that halve while all else stays would pass for a market whose margins
    /// doubled.
    var ofVolatility: Ratio {
      4 * after <= 7 * before && 7 * after >= 4 * before ? self : Ratio()
    }

    /// The lower median, or the upper; 1 for fewer than this number.
    init(medianOf ratios: [Ratio] = [], least: Int = 1, isUpper: Bool = false) {
      guard !ratios.isEmpty, ratios.count >= least else { return }
      let sorted = ratios.sorted { $0.after * $1.before < $1.after * $0.before }
      self = sorted[(isUpper ? sorted.count : sorted.count - 1) / 2]
    }

    /// From one number to another of the same sign; nil unless both are there.
    init?(_ a: Integer, _ b: Integer) {
      guard (a > 0) == (b > 0), a.magnitude > 0, b.magnitude > 0 else { return nil }
      (before, after) = (a.magnitude, b.magnitude)
    }
  }

  /// What the numbers of a group did together.
  private struct MarketMove {
    /// Marks, and beyond them margins and gains in scenarios; caps; the scenarios' prices.
    var (price, margin, gain) = (Ratio(), Ratio(), Ratio())
    var (depth, scenario) = (Ratio(), Ratio())
    /// Whether the numbers follow the marks in proportion: futures and the group's own asset.
    var isProportional = true

    /// The ratio of a number by the name of its kind.
    func ratio(of leaf: ParameterRecord.Leaf) -> Ratio {
      switch leaf.kind {
      case .margin: margin
      case .gain: gain
      case .cap: depth
      case .mark, .fee, .other: Ratio()
      }
    }
  }

  /// By instrument and asset: the move of its group. A group's is the median over its futures, so that one of
  /// several cannot be moved alone and count as the market.
  private mutating func marketMoves(
    _ old: ParameterRecord, _ new: ParameterRecord
  ) -> (byMember: [String: MarketMove], byGroup: [String: MarketMove]) {
    guard case .list(let groups)? = old.fields["groups"], case .list(let later)? = new.fields["groups"],
      case .list(let instruments)? = new.fields["instruments"]
    else { return ([:], [:]) }
    let (newer, laterGroups) = (Self.byID(instruments), Self.byID(later))
    var (moves, byGroup) = ([String: MarketMove](), [String: MarketMove]())
    for case .record(let group) in groups {
      guard case .list(let members)? = group.fields["instruments"], let id = group.id else { continue }
      var ratios: [Ratio] = []
      var pairs: [(ParameterRecord, ParameterRecord)] = []
      for case .record(let a) in members where a.integer("bracketed") == 1 {
        guard let b = a.id.flatMap({ newer[$0] }) else { continue }
        pairs.append((a, b))
        if let ratio = Ratio(a.doubleMark, b.doubleMark) { ratios.append(ratio) }
      }
      guard !ratios.isEmpty else { continue }
      var move = MarketMove()
      move.price = Ratio(medianOf: ratios)
      let kinds = Self.ratios(of: pairs, move.price)
      func median(_ kind: ParameterRecord.Kind) -> Ratio {
        Ratio(medianOf: kinds[kind] ?? [], least: Self.leastNumbers)
      }
      (move.margin, move.gain) = (median(.margin).ofVolatility, median(.gain).ofVolatility)
      move.depth = median(.cap)
      move.scenario = Self.scenarios(group, laterGroups[id]).ofVolatility
      for (name, ratio) in [
        ("", move.price), ("/margins", move.margin), ("/gains", move.gain), ("/caps", move.depth),
        ("/scenarios", move.scenario),
      ] {
        note(&market, ratio.ppm, "groups/\(id)\(name)")
      }
      for case .record(let a) in members {
        move.isProportional = a.integer("bracketed") == 1
        if let instrument = a.id { moves[instrument] = move }
      }
      move.isProportional = true
      byGroup[id] = move
      // The group's own asset has no margins of its own; its tranches are as wide as depth is.
      var asset = MarketMove()
      (asset.price, asset.depth) = (move.price, move.depth)
      if moves[id] == nil { moves[id] = asset }
    }
    return (moves, byGroup)
  }

  /// By kind: what each number of the futures of a group did beyond the marks, and caps did.
  private static func ratios(
    of pairs: [(ParameterRecord, ParameterRecord)], _ price: Ratio
  ) -> [ParameterRecord.Kind: [Ratio]] {
    var found: [ParameterRecord.Kind: [Ratio]] = [:]
    for (a, b) in pairs {
      let (old, new) = (a.leaves, b.leaves)
      guard old.map(\.path) == new.map(\.path) else { continue }
      for (x, y) in zip(old, new) {
        let isOfPrice = x.kind != .cap
        guard
          let ratio = Ratio(
            isOfPrice ? x.value * price.after : x.value, isOfPrice ? y.value * price.before : y.value)
        else { continue }
        found[x.kind, default: []].append(ratio)
      }
    }
    return found
  }

  /// What the prices of a group's scenarios did together.
  private static func scenarios(_ a: ParameterRecord, _ b: ParameterRecord?) -> Ratio {
    guard case .list(let old)? = a.fields["scenarios"], case .list(let new)? = b?.fields["scenarios"],
      old.count == new.count
    else { return Ratio() }
    let ratios = zip(old, new).compactMap { pair -> Ratio? in
      guard case .record(let x) = pair.0, case .record(let y) = pair.1, let p = x.integer("price"),
        let q = y.integer("price")
      else { return nil }
      return Ratio(p, q)
    }
    guard ratios.count == 2 else { return Ratio(medianOf: ratios, least: leastNumbers) }
    // The grid of futures: what both rows did.
    let (up, down) = (ratios.filter { $0.after > $0.before }, ratios.filter { $0.after < $0.before })
    if up.count == 2 { return Ratio(medianOf: up) }
    return down.count == 2 ? Ratio(medianOf: down, isUpper: true) : Ratio()
  }

  // MARK: Parts

  /// Numbers per lot on the scale of their instrument or asset; caps and fees on their own.
  private mutating func compareLots(
    _ a: ParameterRecord, _ b: ParameterRecord, _ path: String, _ market: MarketMove
  ) {
    // Most of a snapshot stays as it was.
    if a == b, market.price.before == market.price.after { return }
    guard a.integer("bracketed") == b.integer("bracketed") else { return add(structure: path) }
    let (old, new) = (a.leaves, b.leaves)
    guard old.map(\.path) == new.map(\.path) else { return add(structure: path) }
    let scale = old.filter(\.isPrice).reduce(Integer(1)) { max($0, $1.value.magnitude) }
    // What a future gains in its scenarios follows its mark, so that it is held against what it gained
    // before: a mark that moves alone is not the market.
    let gains = old.filter(\.isGain).reduce(max(1, scale.floorDivided(by: 20))) {
      max($0, $1.value.magnitude)
    }
    // So is a margin: a quarter of the mark is many times the margin of most instruments, and a margin that
    // moves so far asks for a position of any size.
    let margins = old.filter { $0.kind == .margin }.reduce(max(1, scale.floorDivided(by: 50))) {
      max($0, $1.value.magnitude)
    }
    for (x, y) in zip(old, new) {
      let here = "\(path)/\(x.path)"
      let common = market.ratio(of: x)
      let (before, after) = (market.price.before * common.before, market.price.after * common.after)
      if x.kind == .cap {
        limit(x.value, y.value, here, floor: 1, by: common)
      } else if x.kind == .fee {
        // A fee of nothing may become one in steps of a thousandth of the instrument's largest number.
        let floor = max(1, scale.floorDivided(by: 1_000))
        fee(x.value, y.value, here, floor: floor, market.isProportional ? market : MarketMove())
      } else if !x.isPrice {
        limit(x.value, y.value, here, floor: 1)
      } else if market.isProportional {
        // |b·before − a·after| / (scale · max(before, after))
        let distance = (y.value * before - x.value * after).magnitude
        let own =
          switch x.kind {
          case .gain: gains
          case .margin: margins
          default: scale
          }
        note(&price, distance * 1_000_000, over: own * max(before, after), here)
      } else {
        let ppm = ((y.value - x.value).magnitude * 1_000_000).floorDivided(by: scale)
        note(&price, max(0, ppm - market.price.ppm), here)
      }
    }
  }

  /// A group's instruments and scenarios.
  private mutating func compareGroup(
    _ a: ParameterRecord, _ b: ParameterRecord, _ path: String, _ market: MarketMove
  ) {
    for name in Set(a.fields.keys).union(b.fields.keys).sorted() {
      guard let x = a.fields[name], let y = b.fields[name] else {
        add(structure: "\(path)/\(name)")
        continue
      }
      guard name == "instruments" else {
        compare(x, y, "\(path)/\(name)", floor: 10_000, scenario: market.scenario)
        continue
      }
      guard case .list(let old) = x, case .list(let new) = y else { continue }
      // The numbers are compared with the instruments; who is in the group, and in which order, is here.
      let (before, after) = (Self.ids(old), Self.ids(new))
      if after.filter(Set(before).contains) != before { add(structure: "\(path)/\(name)") }
    }
  }

  private static func ids(_ list: [ParameterValue]) -> [String] {
    list.compactMap { if case .record(let record) = $0 { record.id } else { nil } }
  }

  /// Anything else, each number on its own scale.
  private mutating func compare(
    _ a: ParameterValue, _ b: ParameterValue, _ path: String, floor: Integer, scenario: Ratio? = nil
  ) {
    switch (a, b) {
    case (.integer(let x), .integer(let y)):
      limit(x, y, path, floor: floor, by: scenario.flatMap { path.hasSuffix("/price") ? $0 : nil } ?? Ratio())
    case (.list(let x), .list(let y)):
      guard x.count == y.count else { return add(structure: path) }
      for (index, pair) in zip(x, y).enumerated() {
        compare(pair.0, pair.1, "\(path)/\(index)", floor: floor, scenario: scenario)
      }
    case (.record(let x), .record(let y)):
      guard x.id == y.id, Set(x.fields.keys) == Set(y.fields.keys) else { return add(structure: path) }
      for name in x.fields.keys.sorted() {
        guard let p = x.fields[name], let q = y.fields[name] else { continue }
        compare(p, q, "\(path)/\(name)", floor: floor, scenario: scenario)
      }
    default:
      add(structure: path)
    }
  }

  /// |b − a·r| / max(a·r, floor), r what the market explains: of caps that all fall to a tenth, none may fall to nothing.
  private mutating func limit(
    _ a: Integer, _ b: Integer, _ path: String, floor: Integer, by market: Ratio = Ratio()
  ) {
    note(
      &limit, (b * market.before - a * market.after).magnitude * 1_000_000,
      over: max(floor * market.before, a.magnitude * market.after), path)
  }

  /// The distance of a fee from what lies between a·r and a·r·m², m what margins did, over max(a, floor).
  private mutating func fee(
    _ a: Integer, _ b: Integer, _ path: String, floor: Integer, _ market: MarketMove
  ) {
    let (p, m) = (market.price, market.margin)
    // All three over p.before·m.before².
    let (one, other) = (a * p.after * m.before * m.before, a * p.after * m.after * m.after)
    let here = b * p.before * m.before * m.before
    let distance = max(0, max(min(one, other) - here, here - max(one, other)))
    note(
      &limit, distance * 1_000_000,
      over: max(floor, a.magnitude) * max(p.before, p.after) * m.before * m.before, path)
  }

  private func note(_ largest: inout Largest, _ distance: Integer, over scale: Integer, _ path: String) {
    note(&largest, distance.floorDivided(by: scale), path)
  }

  private func note(_ largest: inout Largest, _ move: Integer, _ path: String) {
    let ppm = move.int64 ?? .max
    if ppm > largest.ppm { largest = Largest(ppm: ppm, path: path) }
  }
}

extension ParameterRecord {
  fileprivate func integer(_ name: String) -> Integer? {
    if case .integer(let value)? = fields[name] { value } else { nil }
  }

  /// Twice the middle of the marks.
  fileprivate var doubleMark: Integer { (integer("markFloor") ?? 0) + (integer("markCeil") ?? 0) }

  /// What numbers of an instrument or asset are about.
  fileprivate enum Kind: Hashable {
    case mark, margin, gain, fee, cap, other
  }

  /// A number of an instrument or asset.
  fileprivate struct Leaf {
    var path: String
    var value: Integer
    /// Whether it is a number of quanta per lot that is measured on the instrument's scale.
    var isPrice: Bool
    var kind: Kind

    /// Whether it is what a lot gains in a scenario.
    var isGain: Bool { kind == .gain }
  }

  /// Every number of an instrument or asset, in the order of names and positions.
  fileprivate var leaves: [Leaf] {
    var leaves: [Leaf] = []
    for name in fields.keys.sorted() {
      guard let field = fields[name] else { continue }
      if name == "attributes", case .record(let own) = field {
        // A venue's own numbers are in no unit that is known here: each is held against itself.
        for name in own.fields.keys.sorted() {
          guard let value = own.integer(name) else { continue }
          leaves.append(Leaf(path: "attributes/\(name)", value: value, isPrice: false, kind: .other))
        }
        continue
      }
      Self.append(field, name, name, to: &leaves)
    }
    return leaves
  }

  private static func append(_ value: ParameterValue, _ path: String, _ name: String, to leaves: inout [Leaf])
  {
    switch value {
    case .integer(let number):
      let isPrice = !["cap", "maxBorrow", "feeExit", "bracketed"].contains(name)
      let kind: Kind =
        switch name {
        case "markFloor", "markCeil": .mark
        case "margin", "contLong", "contShort": .margin
        case "pnlLong", "pnlShort": .gain
        case "feeExit": .fee
        case "cap": .cap
        default: .other
        }
      leaves.append(Leaf(path: path, value: number, isPrice: isPrice, kind: kind))
    case .list(let elements):
      let first = leaves.count
      for (index, element) in elements.enumerated() { append(element, "\(path)/\(index)", name, to: &leaves) }
      // The last of several caps has what is left of the limit: the limit itself is what may move on its own.
      let caps = leaves.indices[first...].filter { leaves[$0].kind == .cap }
      if caps.count > 1, let last = caps.last {
        leaves[last].value = caps.reduce(Integer(0)) { $0 + leaves[$1].value }
        leaves[last].kind = .other
      }
    case .record(let record):
      for field in record.fields.keys.sorted() {
        guard let inner = record.fields[field] else { continue }
        append(inner, "\(path)/\(field)", field, to: &leaves)
      }
    }
  }
}
