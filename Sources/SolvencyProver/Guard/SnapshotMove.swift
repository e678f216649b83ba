public import CircuitLanguage
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
///     limit move = |b − a| / max(a, floor)     for caps, fees, scenarios, multipliers, and whatever else there is
///
/// r is what the market explains: how much the marks of all futures of a group moved together. An option's
/// numbers do not follow the marks in proportion; of theirs a move as large as the market's is taken off.
public struct SnapshotMove: Hashable, Sendable {
  /// The largest move of a number per lot that the market does not explain, in ppm, and what moved.
  public private(set) var price = Largest()
  /// The largest move of anything else, in ppm, and what moved.
  public private(set) var limit = Largest()
  /// The largest move of the marks of a group, in ppm, and of which.
  public private(set) var market = Largest()
  /// What is there in one snapshot and not in the other: instruments, assets, brackets, scenarios, limits.
  public private(set) var structure: [String] = []

  /// A move and the path of what moved.
  public struct Largest: Hashable, Sendable {
    /// In ppm; at most 2⁶³ − 1.
    public var ppm: Int64 = 0
    /// The path in the parameters; empty when nothing moved.
    public var path = ""
  }

  /// Compares two snapshots. Instruments and assets that only the newer one has are no structure: a book
  /// that was committed to before them has none of them.
  public init(from old: RiskSnapshot, to new: RiskSnapshot) {
    for kind in MarginKind.allCases {
      compare(SnapshotParameters.value(of: old, kind: kind), SnapshotParameters.value(of: new, kind: kind))
    }
  }

  /// Compares what circuits read of two snapshots.
  package init(from old: ParameterValue, to new: ParameterValue) { compare(old, new) }

  private mutating func compare(_ old: ParameterValue, _ new: ParameterValue) {
    guard case .record(let a) = old, case .record(let b) = new else { return add(structure: "parameters") }
    let moves = marketMoves(a, b)
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
      case "groups": matched(x, y, name) { move, p, q, path in move.compareGroup(p, q, path) }
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

  /// What the marks of a group did together.
  private struct MarketMove {
    /// r = `after / before`; both at least 1.
    var (before, after): (Integer, Integer) = (1, 1)
    /// Whether the numbers follow the marks in proportion: futures and the group's own asset.
    var isProportional = true

    /// |r − 1| in ppm.
    var ppm: Integer { ((after - before).magnitude * 1_000_000).floorDivided(by: before) }
  }

  /// By instrument and asset: the move of its group. A group's is the median over its futures, so that one of
  /// several cannot be moved alone and count as the market.
  private mutating func marketMoves(_ old: ParameterRecord, _ new: ParameterRecord) -> [String: MarketMove] {
    guard case .list(let groups)? = old.fields["groups"],
      case .list(let instruments)? = new.fields["instruments"]
    else { return [:] }
    let newer = Self.byID(instruments)
    var moves: [String: MarketMove] = [:]
    for case .record(let group) in groups {
      guard case .list(let members)? = group.fields["instruments"], let id = group.id else { continue }
      var ratios: [(before: Integer, after: Integer)] = []
      for case .record(let a) in members where a.integer("bracketed") == 1 {
        guard let b = a.id.flatMap({ newer[$0] }) else { continue }
        let (before, after) = (a.doubleMark, b.doubleMark)
        if before > 0, after > 0 { ratios.append((before, after)) }
      }
      ratios.sort { $0.after * $1.before < $1.after * $0.before }
      guard !ratios.isEmpty else { continue }
      var move = MarketMove()
      (move.before, move.after) = ratios[(ratios.count - 1) / 2]
      note(&market, move.ppm, "groups/\(id)")
      for case .record(let a) in members {
        move.isProportional = a.integer("bracketed") == 1
        if let instrument = a.id { moves[instrument] = move }
      }
      move.isProportional = true
      if moves[id] == nil { moves[id] = move }
    }
    return moves
  }

  // MARK: Parts

  /// Numbers per lot on the scale of their instrument or asset; caps and fees on their own.
  private mutating func compareLots(
    _ a: ParameterRecord, _ b: ParameterRecord, _ path: String, _ market: MarketMove
  ) {
    // Most of a snapshot stays as it was.
    if a == b, market.before == market.after { return }
    guard a.integer("bracketed") == b.integer("bracketed") else { return add(structure: path) }
    let (old, new) = (a.leaves, b.leaves)
    guard old.map(\.path) == new.map(\.path) else { return add(structure: path) }
    let scale = old.filter(\.isPrice).reduce(Integer(1)) { max($0, $1.value.magnitude) }
    // What a future gains in its scenarios follows its mark, so that it is held against what it gained
    // before: a mark that moves alone is no market.
    let gains = old.filter(\.isGain).reduce(max(1, scale.floorDivided(by: 20))) {
      max($0, $1.value.magnitude)
    }
    for (x, y) in zip(old, new) {
      let here = "\(path)/\(x.path)"
      if !x.isPrice {
        // A fee of nothing may become one in steps of a thousandth of the instrument's largest number.
        let floor = x.path == "feeExit" ? max(1, scale.floorDivided(by: 1_000)) : 1
        limit(x.value, y.value, here, floor: floor)
      } else if market.isProportional {
        // |b·before − a·after| / (scale · max(before, after))
        let distance = (y.value * market.before - x.value * market.after).magnitude
        note(
          &price, distance * 1_000_000, over: (x.isGain ? gains : scale) * max(market.before, market.after),
          here)
      } else {
        let ppm = ((y.value - x.value).magnitude * 1_000_000).floorDivided(by: scale)
        note(&price, max(0, ppm - market.ppm), here)
      }
    }
  }

  /// A group's instruments and scenarios.
  private mutating func compareGroup(_ a: ParameterRecord, _ b: ParameterRecord, _ path: String) {
    for name in Set(a.fields.keys).union(b.fields.keys).sorted() {
      guard let x = a.fields[name], let y = b.fields[name] else {
        add(structure: "\(path)/\(name)")
        continue
      }
      guard name == "instruments" else {
        compare(x, y, "\(path)/\(name)", floor: 10_000)
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
  private mutating func compare(_ a: ParameterValue, _ b: ParameterValue, _ path: String, floor: Integer) {
    switch (a, b) {
    case (.integer(let x), .integer(let y)):
      limit(x, y, path, floor: floor)
    case (.list(let x), .list(let y)):
      guard x.count == y.count else { return add(structure: path) }
      for (index, pair) in zip(x, y).enumerated() {
        compare(pair.0, pair.1, "\(path)/\(index)", floor: floor)
      }
    case (.record(let x), .record(let y)):
      guard x.id == y.id, Set(x.fields.keys) == Set(y.fields.keys) else { return add(structure: path) }
      for name in x.fields.keys.sorted() {
        guard let p = x.fields[name], let q = y.fields[name] else { continue }
        compare(p, q, "\(path)/\(name)", floor: floor)
      }
    default:
      add(structure: path)
    }
  }

  private mutating func limit(_ a: Integer, _ b: Integer, _ path: String, floor: Integer) {
    note(&limit, (b - a).magnitude * 1_000_000, over: max(floor, a.magnitude), path)
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

  /// A number of an instrument or asset.
  fileprivate struct Leaf {
    var path: String
    var value: Integer
    /// Whether it is a number of quanta per lot that is measured on the instrument's scale.
    var isPrice: Bool

    /// Whether it is what a lot gains in a scenario.
    var isGain: Bool { path.hasPrefix("pnl") }
  }

  /// Every number of an instrument or asset, in the order of names and positions.
  fileprivate var leaves: [Leaf] {
    var leaves: [Leaf] = []
    for name in fields.keys.sorted() {
      guard let field = fields[name] else { continue }
      Self.append(field, name, name, to: &leaves)
    }
    return leaves
  }

  private static func append(_ value: ParameterValue, _ path: String, _ name: String, to leaves: inout [Leaf])
  {
    switch value {
    case .integer(let number):
      let isPrice = !["cap", "maxBorrow", "feeExit", "bracketed"].contains(name)
      leaves.append(Leaf(path: path, value: number, isPrice: isPrice))
    case .list(let elements):
      for (index, element) in elements.enumerated() { append(element, "\(path)/\(index)", name, to: &leaves) }
    case .record(let record):
      for field in record.fields.keys.sorted() {
        guard let inner = record.fields[field] else { continue }
        append(inner, "\(path)/\(field)", field, to: &leaves)
      }
    }
  }
}
