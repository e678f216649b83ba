public import CircuitLanguage
internal import ExactIntegers
public import MarginRules

/// A risk snapshot as the parameter tree that circuits read.
///
/// | name | value |
/// |---|---|
/// | `epoch` | the snapshot's number |
/// | `theta` | the multiplier of the bracket requirement for the kind, ppm |
/// | `beta` | the multiplier of losses and contingency for the kind, ppm |
/// | `tiers` | `maintenance`, `initial`, `closeOnly`, `healthy`, ppm |
/// | `factors` | one record for each factor |
/// | `instruments` | `bracketed` (1 if both sides have brackets, else 0), `markFloor`, `markCeil`, `contLong`, `contShort`, `feeExit`, `long` and `short` (lists of `cap`, `margin`), `pnlLong`, `pnlShort`, `factors` (loadings; empty outside the factor model) |
/// | `collateral` | `tranches` (list of `cap`, `value`), `debt`, `maxBorrow` |
/// | `groups` | `instruments` (the same records), `scenarios` (`weight`, `price`, `vol`) |
///
/// Where the snapshot declares attributes, instruments, assets or both have a record `attributes` with an
/// integer under each declared name.
///
/// Coefficients that differ between initial and maintenance margin are those of the kind. A part without
/// a cap of its own has what is left of the limit, so that caps add up to no more than the limit; a side
/// without brackets is one part without margin.
public enum SnapshotParameters {
  /// The names at the root of the tree.
  public static let names: Set<String> = [
    "epoch", "theta", "beta", "tiers", "factors", "instruments", "collateral", "groups",
  ]

  /// The parameter tree of a snapshot for one kind of margin.
  public static func value(of snapshot: RiskSnapshot, kind: MarginKind) -> ParameterValue {
    let names = snapshot.attributes
    let instruments = snapshot.instruments.map { instrument($0, kind, names?.instruments ?? []) }
    let groups = zip(snapshot.groups, snapshot.instrumentIndices).map { group, indices in
      ParameterValue.record(
        id: group.id,
        [
          "instruments": .list(indices.map { instruments[$0] }),
          "scenarios": .list(group.scenarios.map(scenario)),
        ])
    }
    return [
      "epoch": integer(snapshot.epoch),
      "theta": integer(snapshot.tiers.multiplier(kind)),
      "beta": integer(snapshot.draft.buffer(kind)),
      "tiers": [
        "maintenance": integer(snapshot.tiers.maintenance),
        "initial": integer(snapshot.tiers.initial),
        "closeOnly": integer(snapshot.tiers.closeOnly),
        "healthy": integer(snapshot.tiers.healthy),
      ],
      "factors": .list(snapshot.factors.map { .record(id: $0.id, [:]) }),
      "instruments": .list(instruments),
      "collateral": .list(snapshot.collateral.map { asset($0, kind, names?.collateral ?? []) }),
      "groups": .list(groups),
    ]
  }

  /// The record of an element's own numbers, under its name; nothing where none are declared.
  private static func attributes(_ names: [String], _ numbers: [Int64]) -> [String: ParameterValue] {
    guard !names.isEmpty else { return [:] }
    let fields = Dictionary(zip(names, numbers.map(integer))) { first, _ in first }
    return ["attributes": .record(ParameterRecord(fields: fields))]
  }

  private static func instrument(
    _ instrument: Instrument, _ kind: MarginKind, _ names: [String]
  ) -> ParameterValue {
    let isBracketed = !instrument.long.isEmpty && !instrument.short.isEmpty
    let fields: [String: ParameterValue] = [
      "bracketed": isBracketed ? 1 : 0,
      "markFloor": integer(instrument.markFloor),
      "markCeil": integer(instrument.markCeil),
      "contLong": integer(instrument.contLong),
      "contShort": integer(instrument.contShort),
      "feeExit": integer(instrument.feeExit),
      "long": brackets(instrument.long, limit: instrument.maxLongLots, kind),
      "short": brackets(instrument.short, limit: instrument.maxShortLots, kind),
      "pnlLong": .list(instrument.pnlLong.map(integer)),
      "pnlShort": .list(instrument.pnlShort.map(integer)),
      "factors": .list((instrument.factors ?? []).map(integer)),
    ]
    return .record(
      id: instrument.id, fields.merging(attributes(names, instrument.attributes)) { own, _ in own })
  }

  /// Brackets with caps that add up to at most `limit` lots; one without margin if there are none.
  private static func brackets(
    _ brackets: [Bracket], limit: Int64?, _ kind: MarginKind
  ) -> ParameterValue {
    let limit = limit ?? SnapshotLimits.amounts.upperBound
    guard !brackets.isEmpty else { return [["cap": integer(limit), "margin": 0]] }
    let caps = caps(of: brackets.map(\.capLots), limit: limit)
    return .list(
      zip(brackets, caps).map { bracket, cap in
        ["cap": integer(cap), "margin": integer(bracket.margin(kind))]
      })
  }

  private static func asset(
    _ asset: CollateralAsset, _ kind: MarginKind, _ names: [String]
  ) -> ParameterValue {
    let limit = SnapshotLimits.amounts.upperBound
    let caps = caps(of: asset.tranches.map(\.capLots), limit: limit)
    let tranches = zip(asset.tranches, caps).map { tranche, cap -> ParameterValue in
      ["cap": integer(cap), "value": integer(tranche.value(kind))]
    }
    return .record(
      id: asset.id,
      [
        "tranches": .list(tranches),
        "debt": integer(asset.debt(kind)),
        "maxBorrow": integer(asset.maxBorrow ?? limit),
      ].merging(attributes(names, asset.attributes)) { own, _ in own })
  }

  /// The room of each part: its own cap, or what the parts before it leave of the limit.
  private static func caps(of caps: [Int64?], limit: Int64) -> [Int64] {
    var left = limit
    return caps.map { cap in
      let room = min(cap ?? left, left)
      left -= room
      return room
    }
  }

  private static func scenario(_ scenario: Scenario) -> ParameterValue {
    [
      "weight": integer(scenario.weight), "price": integer(scenario.price),
      "vol": integer(scenario.vol),
    ]
  }

  private static func integer(_ value: Int64) -> ParameterValue { .integer(Integer(value)) }
}
