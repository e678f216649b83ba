public import MarginRules

/// What a verifier checks of a snapshot itself (M71): that the published numbers are such as governance
/// admits, anyone who computed them. It needs no market data and no trust in the engine.
public enum SnapshotGovernance {
  /// One number that governance does not admit.
  public struct Breach: Hashable, Sendable {
    /// The field: `instruments[0].long[0].mmPerLot`.
    public let path: String
    /// The parameter whose bound is broken, or nil for a rule of its own.
    public let parameter: Parameter?
    /// The value, as a rate in ppm where the parameter is one.
    public let value: Int64
    /// The least or greatest value admitted.
    public let limit: Int64
  }

  /// Everything in a snapshot that governance does not admit, in the order of its fields.
  ///
  /// - Parameter configuration: the values that the engine was told to use; without it, the bounds within
  ///   which any configuration must be.
  public static func breaches(
    of snapshot: RiskSnapshot, under configuration: EngineConfiguration? = nil
  ) -> [Breach] {
    var check = SnapshotCheck(snapshot: snapshot, configuration: configuration)
    check.header()
    for (index, group) in snapshot.groups.enumerated() { check.group(group, index) }
    for (index, asset) in snapshot.collateral.enumerated() { check.asset(asset, index) }
    for (index, instrument) in snapshot.instruments.enumerated() {
      check.instrument(instrument, index)
    }
    return check.found
  }

  /// Why a snapshot may not follow another: the chain is broken, or margin relaxed faster than governance
  /// admits.
  public static func breaches(
    of snapshot: RiskSnapshot, after previous: RiskSnapshot,
    under configuration: EngineConfiguration? = nil
  ) -> [Breach] {
    var check = SnapshotCheck(snapshot: snapshot, configuration: configuration)
    check.chain(after: previous)
    for (index, instrument) in snapshot.instruments.enumerated() {
      guard let before = previous.instruments.first(where: { $0.id == instrument.id }) else { continue }
      check.relaxation(instrument, index, since: before, in: previous)
    }
    return check.found
  }
}

extension SnapshotGovernance.Breach: CustomStringConvertible {
  /// One line.
  public var description: String {
    "\(path): \(value) is not within \(limit)"
      + (parameter.map { ", the bound of \($0.descriptor.key)" } ?? "")
  }
}

private struct SnapshotCheck {
  let snapshot: RiskSnapshot
  let configuration: EngineConfiguration?
  var found: [SnapshotGovernance.Breach] = []

  /// The loosest value that a parameter may have here.
  private func loosest(_ parameter: Parameter, _ targets: OverrideTarget...) -> Int64 {
    guard let configuration else {
      let row = parameter.descriptor
      return row.tightening == .lower ? row.bounds.upperBound : row.bounds.lowerBound
    }
    for target in targets {
      if let value = configuration.overridden(parameter, for: target) { return value }
    }
    return configuration[parameter]
  }

  private mutating func require(
    _ value: Int64, atLeast limit: Int64, _ parameter: Parameter?, _ path: String
  ) {
    guard value < limit else { return }
    found.append(.init(path: path, parameter: parameter, value: value, limit: limit))
  }

  private mutating func require(
    _ value: Int64, atMost limit: Int64, _ parameter: Parameter?, _ path: String
  ) {
    guard value > limit else { return }
    found.append(.init(path: path, parameter: parameter, value: value, limit: limit))
  }

  mutating func header() {
    require(
      snapshot.bufferPpm, atLeast: loosest(.buffer), .buffer, "bufferPpm")
    require(
      snapshot.tiers.closeOnly, atLeast: loosest(.closeOnlyZone), .closeOnlyZone, "tiers.closeOnly")
    require(snapshot.tiers.healthy, atLeast: loosest(.healthyZone), .healthyZone, "tiers.healthy")
    require(snapshot.graceEpochs, atMost: loosest(.graceEpochs), .graceEpochs, "graceEpochs")
    require(
      snapshot.validTo - snapshot.validFrom, atMost: loosest(.callMost), .callMost, "validTo")
  }

  mutating func group(_ group: ScenarioGroup, _ index: Int) {
    let path = "groups[\(index)].scenarios"
    let members = snapshot.instrumentIndices[index].map { snapshot.instruments[$0] }
    let near = group.scenarios.filter { $0.weight >= 1_000_000 }.map(\.price)
    let (lowest, highest) = (near.min() ?? 0, near.max() ?? 0)
    guard members.contains(where: { $0.kind == .call || $0.kind == .put }) else {
      guard !members.isEmpty else { return }
      let least = loosest(.maintenanceFloor, .underlying(group.id))
      require(-lowest, atLeast: least, .maintenanceFloor, path)
      require(highest, atLeast: least, .maintenanceFloor, path)
      return
    }
    let range = loosest(.priceRange, .underlying(group.id))
    require(-lowest, atLeast: range, .priceRange, path)
    require(highest, atLeast: range, .priceRange, path)
    // A far row counts by its share of range/|move| at least.
    let share = loosest(.farWeight, .underlying(group.id))
    let far = group.scenarios.filter {
      $0.weight >= ScenarioGrid.weight(of: $0.price, range: range, share: share)
    }
    let (deepest, furthest) = (far.map(\.price).min() ?? 0, far.map(\.price).max() ?? 0)
    require(-deepest, atLeast: loosest(.farDown, .underlying(group.id)), .farDown, path)
    require(furthest, atLeast: loosest(.farUp, .underlying(group.id)), .farUp, path)
  }

  mutating func asset(_ asset: CollateralAsset, _ index: Int) {
    // Debt is the price and more, so a value over it is no less than the weight.
    let ceiling = min(
      loosest(.weightCeiling, .asset(asset.id)), 1_000_000 - loosest(.stableHaircut, .asset(asset.id)))
    guard asset.debtMM > 0 else { return }
    let weight = ceilingQuotient(
      Int128(asset.tranches[0].valMM) * 1_000_000, Int128(asset.debtMM))
    require(weight, atMost: ceiling, .weightCeiling, "collateral[\(index)].tranches[0].valMM")
  }

  mutating func instrument(_ instrument: Instrument, _ index: Int) {
    let path = "instruments[\(index)]"
    let flags = instrument.flags
    if flags.stale || snapshot.haltLevel >= 1 {
      require(flags.closeOnly ? 1 : 0, atLeast: 1, nil, "\(path).flags.closeOnly")
    }
    if snapshot.haltLevel >= 2 {
      require(flags.openLong ? 1 : 0, atMost: 0, nil, "\(path).flags.openLong")
      require(flags.openShort ? 1 : 0, atMost: 0, nil, "\(path).flags.openShort")
    }
    for (side, limit) in [
      ("long", instrument.maxLongLots), ("short", instrument.maxShortLots),
    ] {
      require(
        limit ?? .max, atMost: SnapshotLimits.amounts.upperBound, .positionLimit,
        "\(path).maxLots.\(side)")
    }
    guard instrument.kind == .perpetual || instrument.kind == .future else { return }
    let targets = (OverrideTarget.instrument(instrument.id), OverrideTarget.underlying(instrument.group))
    for (side, brackets) in [("long", instrument.long), ("short", instrument.short)] {
      let here = "\(path).\(side)"
      guard let first = brackets.first else {
        require(0, atLeast: 1, .maintenanceFloor, here)
        continue
      }
      let maintenance = rate(first.mmPerLot, of: instrument.markFloor)
      require(
        maintenance, atLeast: loosest(.maintenanceFloor, targets.0, targets.1), .maintenanceFloor,
        "\(here)[0].mmPerLot")
      let leverage = InitialRate.greatestLeverage(at: rate(first.imPerLot, of: instrument.markFloor))
      require(
        leverage, atMost: loosest(.leverageCap, targets.0, targets.1), .leverageCap,
        "\(here)[0].imPerLot")
    }
  }

  mutating func chain(after previous: RiskSnapshot) {
    require(snapshot.epoch, atLeast: previous.epoch + 1, nil, "epoch")
    require(snapshot.epoch, atMost: previous.epoch + 1, nil, "epoch")
    require(snapshot.prevHash == previous.digest ? 1 : 0, atLeast: 1, nil, "prevHash")
    require(snapshot.validFrom, atLeast: previous.validFrom, nil, "validFrom")
  }

  mutating func relaxation(
    _ instrument: Instrument, _ index: Int, since before: Instrument, in previous: RiskSnapshot
  ) {
    let share = Pace.relaxation(
      loosest(.relaxation, .underlying(instrument.group)), seconds: snapshot.validFrom - previous.validFrom)
    for (side, now, then) in [
      ("long", instrument.long, before.long), ("short", instrument.short, before.short),
    ] {
      guard let new = now.first, let old = then.first else { continue }
      // Where no depth was known everything was asked for and nothing could be opened: no rate, and none to
      // relax from.
      if before.flags.closeOnly, old.mmPerLot >= before.markCeil { continue }
      for (field, charge, earlier) in [
        ("imPerLot", new.imPerLot, old.imPerLot), ("mmPerLot", new.mmPerLot, old.mmPerLot),
      ] {
        // Both charges were rounded up, by less than one quantum.
        let least = floorQuotient(
          Int128(max(0, earlier - 1)) * Int128(1_000_000 - share), Int128(max(1, before.markCeil)))
        require(
          rate(charge, of: instrument.markCeil), atLeast: least, .relaxation,
          "instruments[\(index)].\(side)[0].\(field)")
      }
    }
  }

  /// ⌈charge / value⌉ in ppm.
  private func rate(_ charge: Int64, of value: Int64) -> Int64 {
    ceilingQuotient(Int128(charge) * 1_000_000, Int128(max(1, value)))
  }
}
