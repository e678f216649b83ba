public import MarginRules

/// What an asset is worth as collateral (M30): its price less what may be lost until it is sold.
///
///     haircut = clip(max(least, z·σ·√h) + slippage + depeg, 0, 1)
///     weight = min(ceiling, 1 - haircut)
///     depeg = slope·max(0, |p - 1| - threshold)       for stable assets
///
/// The haircut for initial margin is a multiple of that for maintenance. A ceiling of zero takes the asset
/// out: the venue's own token, or one that falls with what it backs.
public struct CollateralWeight: Hashable, Sendable {
  /// The least haircut, a share from 0 to 1.
  public var least: Double
  /// z·σ·√h, the move until it is sold, a share.
  public var move: Double
  /// What the loss of a peg adds, a share.
  public var depeg: Double
  /// Haircut for initial over that for maintenance margin, at least 1.
  public var initialRatio: Double
  /// The greatest weight in ppm.
  public var ceiling: Int64

  /// The terms of a weight.
  public init(least: Double, move: Double, depeg: Double, initialRatio: Double, ceiling: Int64) {
    self.least = least
    self.move = move
    self.depeg = depeg
    self.initialRatio = initialRatio
    self.ceiling = ceiling
  }

  /// What the loss of a peg adds to a haircut.
  ///
  /// - Parameters:
  ///   - price: the price in USD of an asset meant to be worth 1.
  ///   - threshold: the distance that is not a loss yet.
  ///   - slope: haircut for each unit beyond it.
  public static func depeg(price: Double, threshold: Double, slope: Double) -> Double {
    max(0, slope * (abs(price - 1) - threshold))
  }

  /// The haircut in ppm, rounded up, with the cost of selling.
  public func haircut(_ kind: MarginKind, slippage: Double) -> Int64 {
    // What is not a number must not lower the margin.
    let bare = (move <= least ? least : move) + slippage + depeg
    return min(1_000_000, Rate.ceiling(kind == .initial ? bare * initialRatio : bare))
  }

  /// The weight in ppm for a haircut in ppm.
  public func weight(haircut: Int64) -> Int64 {
    min(ceiling, 1_000_000 - haircut.clamped(to: 0...1_000_000))
  }
}

/// The tranches of an asset by amount (M30): nodes at f·2ᵏ·D as ``DepthBrackets`` has, each tranche with the
/// mean cost of selling all up to its end, so weights fall with the amount.
public enum CollateralTranches {
  /// One tranche before it is put in lots of money.
  public struct Row: Hashable, Sendable {
    /// How many lots; nil for the rest.
    public var width: Int64?
    /// The weight for initial margin in ppm.
    public var initial: Int64
    /// The weight for maintenance margin in ppm.
    public var maintenance: Int64

    /// A tranche.
    public init(width: Int64?, initial: Int64, maintenance: Int64) {
      self.width = width
      self.initial = initial
      self.maintenance = maintenance
    }
  }

  /// Rows made sound: those of no width are left out, weights never rise, initial is at most maintenance, the
  /// last takes the rest; lots beyond the supply cap are worth nothing. Without any, everything is worth
  /// nothing.
  ///
  /// - Parameter supplyCap: in lots; nil for none.
  public static func sound(_ rows: [Row], supplyCap: Int64?) -> [Row] {
    var (sound, filled) = ([Row](), Int64(0))
    let most = SnapshotLimits.caps.upperBound
    for row in rows {
      if let width = row.width, width <= 0 { continue }
      var row = row
      row.maintenance = min(row.maintenance, sound.last?.maintenance ?? row.maintenance)
      row.initial = min(row.initial, row.maintenance, sound.last?.initial ?? row.initial)
      row.width = row.width.map { min($0, most) }
      guard let supplyCap else {
        sound.append(row)
        if row.width == nil { break }
        continue
      }
      let left = supplyCap - filled
      guard left > 0 else { break }
      let width = min(row.width ?? left, left, most)
      row.width = width
      sound.append(row)
      filled += width
      if width == left { break }
    }
    if let supplyCap, filled >= supplyCap || sound.isEmpty {
      sound.append(Row(width: nil, initial: 0, maintenance: 0))
    }
    if sound.isEmpty { sound = [Row(width: nil, initial: 0, maintenance: 0)] }
    sound[sound.count - 1].width = nil
    return sound
  }

  /// The tranches of a snapshot for lots of this value in quanta, which each rounds down.
  public static func tranches(_ rows: [Row], lotValue: Int64) -> [Tranche] {
    rows.map { row in
      Tranche(
        capLots: row.width, valIM: Quanta.credit(lotValue, ppm: row.initial),
        valMM: Quanta.credit(lotValue, ppm: row.maintenance))
    }
  }
}
