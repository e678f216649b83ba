// Two volumes and two prices say more than is needed: low ≤ quote volume / base volume ≤ high holds of every
// bar. Where it does not, it holds with the two exchanged, or with a contract size, and the file says so
// itself.

/// A unit that columns of a file may be in, and how well bars fit it.
private struct VolumeModel {
  /// What the column that is named as base volume counts. The other counts USD beside ``AmountUnit/base`` and
  /// ``AmountUnit/linearContracts(multiplier:)``, and coins beside the others.
  let unit: AmountUnit

  /// What the two volumes of a bar make of it: quote over base, which is a price.
  func ratio(_ volume: Double, _ quote: Double) -> Double {
    switch unit {
    case .base: quote / volume
    case .quote: volume / quote
    case .linearContracts(let size): quote / (volume * size)
    case .inverseContracts(let size): volume * size / quote
    }
  }

  /// The share of bars with low ≤ quote/base ≤ high, within a hundredth for rounded numbers.
  func share(of bars: [Bar]) -> Double {
    let fitting = bars.count { fits($0, tolerance: 0.01) }
    return bars.isEmpty ? 0 : Double(fitting) / Double(bars.count)
  }

  func fits(_ bar: Bar, tolerance: Double) -> Bool {
    let price = ratio(bar.baseVolume, bar.quoteVolume)
    return price >= bar.low * (1 - tolerance) && price <= bar.high * (1 + tolerance)
  }
}

extension SeriesAssembly<Bar> {
  /// How many bars a unit is told from.
  private static var sampleCount: Int { 4_096 }
  /// The least share of bars that a unit must fit.
  private static var leastShare: Double { 0.8 }
  /// The least share that must fit the unit that the names of the columns say.
  private static var leastNamedShare: Double { 0.5 }
  /// The sizes of linear contracts, in the base asset, that are recognised.
  private static var sizes: ClosedRange<Double> { 1e-5...1e6 }
  /// The sizes of inverse contracts, in USD, that are.
  private static var faces: ClosedRange<Double> { 0.1...1e5 }
  /// The least share of bars whose price moves that must have traded nothing, or the zeros do not count as
  /// volumes.
  private static var leastZeroShare: Double { 0.99 }

  /// Brings the volumes of all bars into base and quote, and tells what they are counted in.
  ///
  /// - Parameter stated: what the listing says of the column of base volume.
  /// - Returns: whether the file has volumes at all.
  /// - Throws: ``MarketDataProblem/unit(_:)`` where the columns contradict each other or what is stated.
  mutating func settleVolumes(_ stated: AmountUnit?) throws(MarketDataError) -> Bool {
    dropConstantQuote()
    var (moved, still, firstStill, traded, both) = (0, 0, 0, 0, 0)
    for row in rows {
      let bar = row.element
      let hasTraded = bar.baseVolume > 0 || bar.quoteVolume > 0
      if hasTraded { traded += 1 }
      if bar.baseVolume > 0, bar.quoteVolume > 0 { both += 1 }
      if bar.low < bar.high {
        moved += 1
        if !hasTraded {
          if still == 0 { firstStill = row.line }
          still += 1
        }
      }
    }
    guard traded > 0, Double(still) < Self.leastZeroShare * Double(max(moved, 1)) else {
      quality.units = [UnitReading(amount: "volume", unit: "", basis: .missing)]
      for i in rows.indices { setVolumes(i, base: 0, quote: 0) }
      return false
    }
    if still > 0 {
      quality.add(
        .placeholder,
        RowFaults(count: still, firstLine: firstStill, reason: "the price moves and the volume is zero"))
    }
    guard both > 0 else {
      settleOneVolume(stated ?? .base, isStated: stated != nil)
      return true
    }
    let stride = max(1, both / Self.sampleCount)
    var (sample, seen) = ([Bar](), 0)
    for row in rows where row.element.baseVolume > 0 && row.element.quoteVolume > 0 {
      if seen % stride == 0 { sample.append(row.element) }
      seen += 1
    }
    let (model, basis) = try model(sample, stated)
    apply(model)
    quality.units = [UnitReading(amount: "volume", unit: "\(model.unit)", basis: basis)]
    return true
  }

  /// From this number of rows on, one quote volume with different volumes is a filler.
  private static var leastConstant: Int { 8 }

  /// Takes out a quote volume that is the same in every row while the volume beside it changes: something was
  /// put there because the column had to be.
  private mutating func dropConstantQuote() {
    guard rows.count >= Self.leastConstant, let first = rows.first?.element, first.quoteVolume > 0,
      rows.allSatisfy({ $0.element.quoteVolume == first.quoteVolume }),
      Set(rows.prefix(64).map(\.element.baseVolume).filter { $0 > 0 }).count >= Self.leastConstant
    else { return }
    quality.add(
      .placeholder,
      RowFaults(
        count: rows.count, firstLine: rows[0].line,
        reason: "the quote volume is \(first.quoteVolume) in every row"))
    for i in rows.indices { setVolumes(i, base: rows[i].element.baseVolume, quote: .nan) }
  }

  /// Volumes of which the file has one column, or the other, in each row.
  private mutating func settleOneVolume(_ unit: AmountUnit, isStated: Bool) {
    for i in rows.indices {
      let bar = rows[i].element
      if bar.baseVolume > 0 || !(bar.quoteVolume > 0) {
        let volume = bar.baseVolume > 0 ? bar.baseVolume : 0
        setVolumes(
          i, base: unit.base(volume, price: bar.close), quote: unit.usd(volume, price: bar.close))
      } else {
        setVolumes(i, base: bar.quoteVolume / bar.close, quote: bar.quoteVolume)
      }
    }
    quality.units = [
      UnitReading(amount: "volume", unit: "\(unit)", basis: isStated ? .stated : .assumed)
    ]
  }

  /// The unit that the bars fit.
  private func model(
    _ sample: [Bar], _ stated: AmountUnit?
  ) throws(MarketDataError) -> (VolumeModel, UnitReading.Basis) {
    if let stated {
      let model = VolumeModel(unit: stated)
      guard model.share(of: sample) >= Self.leastNamedShare else {
        throw contradiction("are not in \(stated), which market.json states", model)
      }
      return (model, .stated)
    }
    let (named, exchanged) = (VolumeModel(unit: .base), VolumeModel(unit: .quote))
    if named.share(of: sample) >= Self.leastNamedShare { return (named, .checked) }
    if exchanged.share(of: sample) >= Self.leastShare { return (exchanged, .recognised) }
    var models: [VolumeModel] = []
    let size = contractSize(near: Self.median(sample) { $0.quoteVolume / ($0.baseVolume * $0.middle) })
    if let size, Self.sizes.contains(size) {
      models.append(VolumeModel(unit: .linearContracts(multiplier: size)))
    }
    let face = contractSize(near: Self.median(sample) { $0.quoteVolume * $0.middle / $0.baseVolume })
    if let face, Self.faces.contains(face) {
      models.append(VolumeModel(unit: .inverseContracts(multiplier: face)))
    }
    let fitting = models.filter { $0.share(of: sample) >= Self.leastShare }
    guard let model = fitting.first, fitting.count == 1 else {
      throw contradiction(
        fitting.isEmpty ? "contradict the prices" : "fit the prices in several units", named)
    }
    return (model, .recognised)
  }

  private func contradiction(_ what: String, _ model: VolumeModel) -> MarketDataError {
    let line = rows.first { row in
      row.element.baseVolume > 0 && row.element.quoteVolume > 0 && !model.fits(row.element, tolerance: 0.01)
    }?.line
    return quality.failure(
      .unit(
        "the volumes \(what): quote volume / volume should lie between low and high; state what volume counts as "
          + "volumeUnit in market.json (base, usd, contracts or inverseContracts, with contractSize)"),
      line: line)
  }

  /// Puts volumes into base and quote by a unit.
  private mutating func apply(_ model: VolumeModel) {
    for i in rows.indices {
      let bar = rows[i].element
      let (volume, quote) = (bar.baseVolume, bar.quoteVolume)
      guard volume > 0, quote > 0 else {
        // One of the two is missing or rounded away: the other stands for both.
        if volume > 0 {
          setVolumes(
            i, base: model.unit.base(volume, price: bar.close),
            quote: model.unit.usd(volume, price: bar.close))
        } else if quote > 0, model.isInverse {
          setVolumes(i, base: quote, quote: quote * bar.close)
        } else {
          let sum = quote > 0 ? quote : 0
          setVolumes(i, base: sum / bar.close, quote: sum)
        }
        continue
      }
      if !model.fits(bar, tolerance: 0.05) {
        quality.add(
          .volumeMismatch, line: rows[i].line,
          "quote volume / volume is \(model.ratio(volume, quote)), low \(bar.low), high \(bar.high)")
      }
      switch model.unit {
      case .base: break
      case .quote: setVolumes(i, base: quote, quote: volume)
      case .linearContracts(let size): setVolumes(i, base: volume * size, quote: quote)
      case .inverseContracts(let size): setVolumes(i, base: quote, quote: volume * size)
      }
    }
  }

  private mutating func setVolumes(_ i: Int, base: Double, quote: Double) {
    var bar = rows[i].element
    (bar.baseVolume, bar.quoteVolume) = (base, quote)
    rows[i] = Row(time: rows[i].time, line: rows[i].line, element: bar)
  }

  private static func median(_ bars: [Bar], _ value: (Bar) -> Double) -> Double {
    let values = bars.map(value).filter(\.isFinite).sorted()
    return values.isEmpty ? .nan : values[values.count / 2]
  }
}

/// The contract size nearest to a number: 1, 2, 2.5 or 5 times a power of ten, within a twentieth.
func contractSize(near value: Double) -> Double? {
  guard value > 1e-12, value < 1e12 else { return nil }
  var (scale, rest) = (0, value)
  while rest >= 9.5 {
    rest /= 10
    scale += 1
  }
  while rest < 0.95 {
    rest *= 10
    scale -= 1
  }
  guard let digit = [1, 2, 2.5, 5].first(where: { abs(rest / $0 - 1) < 0.05 }) else { return nil }
  // Read from text, so that a hundredth is the number 0.01.
  return Double("\(digit)e\(scale)")
}

extension VolumeModel {
  /// Whether the column that is named as quote volume counts coins.
  fileprivate var isInverse: Bool {
    switch unit {
    case .base, .linearContracts: false
    case .quote, .inverseContracts: true
    }
  }
}

extension Bar {
  fileprivate var middle: Double { (low + high) / 2 }
}
