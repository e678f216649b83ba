public import MarginRules

/// How far one snapshot is from another, as far as margin statements see it.
///
/// Every number per lot is compared on the scale of its instrument or asset, so that an option's gain in a
/// scenario and its small mark count alike:
///
///     price move = |b − a| / max(1, every |number| of the same instrument in the older snapshot)
///     limit move = |b − a| / max(1, a)        for sizes of brackets and limits in lots, multipliers
public struct SnapshotMove: Hashable, Sendable {
  /// The largest move of a number per lot, in ppm, and what moved.
  public private(set) var price = Largest()
  /// The largest move of a size, limit or multiplier, in ppm, and what moved.
  public private(set) var limit = Largest()
  /// What is there in one snapshot and not in the other: instruments, assets, brackets, scenarios, limits.
  public private(set) var structure: [String] = []

  /// A move and the path of what moved.
  public struct Largest: Hashable, Sendable {
    /// In ppm; at most 2⁶³ − 1.
    public var ppm: Int64 = 0
    /// The path in the snapshot; empty when nothing moved.
    public var path = ""
  }

  /// Compares two snapshots. Instruments and assets that only the newer one has are no structure: a book
  /// that was committed to before them has none of them.
  public init(from old: RiskSnapshot, to new: RiskSnapshot) {
    let newInstruments = Dictionary(
      new.instruments.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for a in old.instruments {
      let path = "instruments/\(a.id)"
      guard let b = newInstruments[a.id] else {
        structure.append(path)
        continue
      }
      compare(a, b, path)
    }
    let newAssets = Dictionary(
      new.collateral.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for a in old.collateral {
      let path = "collateral/\(a.id)"
      guard let b = newAssets[a.id] else {
        structure.append(path)
        continue
      }
      compare(a, b, path)
    }
    limit(old.bufferPpm, new.bufferPpm, "bufferPpm")
    limit(old.tiers.initial, new.tiers.initial, "tiers/initial")
    limit(old.tiers.maintenance, new.tiers.maintenance, "tiers/maintenance")
    limit(old.tiers.healthy, new.tiers.healthy, "tiers/healthy")
  }

  private mutating func compare(_ a: Instrument, _ b: Instrument, _ path: String) {
    let (old, new) = (a.pricesPerLot, b.pricesPerLot)
    prices(old, new, path)
    guard a.group == b.group else { return structure.append("\(path)/group") }
    for (side, x, y) in [("long", a.long, b.long), ("short", a.short, b.short)] {
      caps(x.map(\.capLots), y.map(\.capLots), "\(path)/\(side)")
    }
    caps([a.maxLongLots], [b.maxLongLots], "\(path)/maxLongLots")
    caps([a.maxShortLots], [b.maxShortLots], "\(path)/maxShortLots")
  }

  private mutating func compare(_ a: CollateralAsset, _ b: CollateralAsset, _ path: String) {
    prices(a.pricesPerLot, b.pricesPerLot, path)
    caps(a.tranches.map(\.capLots), b.tranches.map(\.capLots), "\(path)/tranches")
    caps([a.maxBorrow], [b.maxBorrow], "\(path)/maxBorrow")
  }

  private mutating func prices(_ old: [Int64], _ new: [Int64], _ path: String) {
    guard old.count == new.count else { return structure.append(path) }
    let scale = old.reduce(1) { max($0, $1.magnitude) }
    for (a, b) in zip(old, new) { note(&price, a, b, scale: scale, path) }
  }

  private mutating func caps(_ old: [Int64?], _ new: [Int64?], _ path: String) {
    guard old.count == new.count else { return structure.append(path) }
    for pair in zip(old, new) {
      switch pair {
      case (nil, nil): break
      case (let a?, let b?): limit(a, b, path)
      default: structure.append(path)
      }
    }
  }

  private mutating func limit(_ a: Int64, _ b: Int64, _ path: String) {
    note(&limit, a, b, scale: max(1, a.magnitude), path)
  }

  private func note(
    _ largest: inout Largest, _ a: Int64, _ b: Int64, scale: UInt64, _ path: String
  ) {
    let distance = UInt128((Int128(b) - Int128(a)).magnitude)
    let ppm = Int64(clamping: distance * 1_000_000 / UInt128(scale))
    if ppm > largest.ppm { largest = Largest(ppm: ppm, path: path) }
  }
}

extension Instrument {
  /// Every number of quanta per lot, in a fixed order.
  fileprivate var pricesPerLot: [Int64] {
    [markFloor, markCeil, contLong, contShort] + pnlLong + pnlShort
      + (long + short).flatMap { [$0.imPerLot, $0.mmPerLot] } + (factors ?? [])
  }
}

extension CollateralAsset {
  /// Every number of quanta per lot, in a fixed order.
  fileprivate var pricesPerLot: [Int64] {
    tranches.flatMap { [$0.valIM, $0.valMM] } + [debtIM, debtMM]
  }
}
