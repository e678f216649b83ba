package import CanonicalBytes

extension RiskSnapshot {
  /// The name of the scenario group of a file that lists its scenarios at the top and names no groups.
  public static let defaultGroup = "all"

  /// How long a snapshot applies, in seconds, if its file has no `validTo`: one hour.
  public static let defaultValidity: Int64 = 3_600

  /// Reads a snapshot from JSON. Ranges and rules are checked as by ``init(_:)``, and errors name the
  /// same paths.
  ///
  /// These members may be missing:
  /// - `validFrom` is then `asOf`, and the other way round; one of them must be there;
  /// - `validTo` is then ``defaultValidity`` after `validFrom`;
  /// - `prevHash`, `inputRoot` and `beacon` are then zero, `regime` normal, `haltLevel` and
  ///   `graceEpochs` 0, `tiers.healthy` ``Tiers/defaultHealthy``, `factors` empty;
  /// - `groups` is then one group, ``defaultGroup``, with the `scenarios` of the file's top level and
  ///   every instrument;
  /// - of an instrument: `kind`, `maxLots`, `factors`, `flags`, and `feeExit`, which is then 0;
  /// - of an asset: `group`, `isolationCeiling`, `maxBorrow`; and `note`.
  ///
  /// Version 2 has the member `attributes`, `{"instruments": ["sector"], "collateral": []}`, and in each
  /// instrument and asset `attributes` with a number under each declared name, where any are declared.
  /// - Throws: ``SnapshotError/document(_:)`` for a text that is not such a document,
  ///   ``SnapshotError/unknownVersion(_:)``, and what ``init(_:)`` throws.
  public init(json bytes: [UInt8]) throws(SnapshotError) {
    let document: JSONNode
    do throws(DocumentError) {
      document = try JSONDocument.parse(bytes, maximumBytes: SnapshotLimits.documentBytes)
    } catch {
      throw .document(error)
    }
    try self.init(document)
  }

  /// Reads a snapshot that stands inside another document.
  package init(_ document: JSONNode) throws(SnapshotError) {
    let draft: SnapshotDraft
    do throws(DocumentError) {
      // Another version may have other members, so nothing else of it is read. One that is not stated is
      // missing, and the first needs the fewest members besides.
      let first = Int64(Self.versions.lowerBound)
      let stated = try document.version(in: first...Int64(Self.versions.upperBound))
      let version = document.has("version") ? stated : first
      draft = try SnapshotReader.draft(document, version)
    } catch {
      guard case .unsupportedVersion(let version, _) = error.problem else { throw .document(error) }
      throw .unknownVersion(version)
    }
    try self.init(draft)
  }
}

/// Turns JSON into a draft. It decides what members there are and what they look like; ranges are
/// the business of ``SnapshotValidation``.
private enum SnapshotReader {
  static func draft(_ document: JSONNode, _ version: Int64) throws(DocumentError) -> SnapshotDraft {
    let object = try document.object(
      required: ["version", "epoch", "tiers", "bufferPpm", "collateral", "instruments"]
        + (version == 2 ? ["attributes"] : []) + (document.has("asOf") ? [] : ["validFrom"])
        + (document.has("groups") ? [] : ["scenarios"]),
      optional: [
        "asOf", "validFrom", "validTo", "prevHash", "inputRoot", "beacon", "regime", "haltLevel",
        "graceEpochs", "quantumUSD", "note", "factors", "groups", "scenarios",
      ])
    let asOf = try object.optional("asOf").read(time)
    let validFrom = try time(object[document.has("validFrom") || asOf == nil ? "validFrom" : "asOf"])
    let lastSecond = validFrom.addingReportingOverflow(RiskSnapshot.defaultValidity)
    let groups = try groups(object)
    // Only the group that stands for the whole file may go unnamed.
    let fallback = object.optional("groups") == nil ? RiskSnapshot.defaultGroup : nil
    let names = version == 2 ? try attributes(object["attributes"]) : nil
    var instruments: [Instrument] = []
    for node in try object["instruments"].array(maximumCount: SnapshotLimits.instruments.upperBound) {
      instruments.append(try instrument(node, group: fallback, names?.instruments ?? []))
    }
    var draft = SnapshotDraft(
      epoch: try object["epoch"].integer(), validFrom: validFrom,
      validTo: try object.optional("validTo").read(time) ?? lastSecond.partialValue,
      tiers: try tiers(object["tiers"]), groups: groups,
      collateral: try object["collateral"].list(SnapshotLimits.collateral) { node throws(DocumentError) in
        try asset(node, names?.collateral ?? [])
      },
      instruments: instruments)
    draft.attributes = names
    draft.asOf = asOf ?? validFrom
    draft.prevHash = try object.optional("prevHash").read(digest) ?? .zero
    draft.inputRoot = try object.optional("inputRoot").read(digest) ?? .zero
    draft.beacon = try object.optional("beacon").read(digest) ?? .zero
    draft.regime = try object.optional("regime").read(word) ?? .normal
    draft.haltLevel = try object.optional("haltLevel").read(integer) ?? 0
    draft.graceEpochs = try object.optional("graceEpochs").read(integer) ?? 0
    draft.bufferPpm = try object["bufferPpm"].integer()
    draft.note = try object.optional("note").read(text)
    draft.factors = try object.optional("factors")?.list(SnapshotLimits.factors, factor) ?? []
    if let quantum = object.optional("quantumUSD") {
      guard try text(quantum) == RiskSnapshot.quantumUSD else {
        throw quantum.failure(.unknownWord(try text(quantum), known: [RiskSnapshot.quantumUSD]))
      }
    }
    return draft
  }

  private static func groups(_ object: JSONObject) throws(DocumentError) -> [ScenarioGroup] {
    guard let groups = object.optional("groups") else {
      let scenarios = try object["scenarios"].list(SnapshotLimits.scenarios, scenario)
      return [ScenarioGroup(id: RiskSnapshot.defaultGroup, scenarios: scenarios)]
    }
    if let scenarios = object.optional("scenarios") {
      throw scenarios.failure(.unknownKey("scenarios", suggestion: "groups"))
    }
    return try groups.list(SnapshotLimits.groups) { node throws(DocumentError) in
      let object = try node.object(required: ["id", "scenarios"])
      return ScenarioGroup(
        id: try text(object["id"]),
        scenarios: try object["scenarios"].list(SnapshotLimits.scenarios, scenario))
    }
  }

  private static func scenario(_ node: JSONNode) throws(DocumentError) -> Scenario {
    let object = try node.object(required: ["weight", "price", "vol"])
    return Scenario(
      weight: try object["weight"].millionths(), price: try object["price"].millionths(),
      vol: try object["vol"].millionths())
  }

  private static func tiers(_ node: JSONNode) throws(DocumentError) -> Tiers {
    let object = try node.object(
      required: ["maintenance", "initial", "closeOnly"], optional: ["healthy"])
    return Tiers(
      maintenance: try object["maintenance"].integer(), initial: try object["initial"].integer(),
      closeOnly: try object["closeOnly"].integer(),
      healthy: try object.optional("healthy").read(integer) ?? Tiers.defaultHealthy)
  }

  private static func factor(_ node: JSONNode) throws(DocumentError) -> RiskFactor {
    RiskFactor(id: try text(node))
  }

  // MARK: Assets

  /// The names that are declared.
  private static func attributes(_ node: JSONNode) throws(DocumentError) -> SnapshotAttributes {
    let object = try node.object(required: [], optional: ["instruments", "collateral"])
    return SnapshotAttributes(
      instruments: try object.optional("instruments")?.list(SnapshotLimits.attributes, text) ?? [],
      collateral: try object.optional("collateral")?.list(SnapshotLimits.attributes, text) ?? [])
  }

  /// The key under which an element has its numbers, if any are declared.
  private static func key(_ names: [String]) -> [String] { names.isEmpty ? [] : ["attributes"] }

  /// The numbers of an element, by declared name; those that are missing are all named.
  private static func numbers(_ object: JSONObject, _ names: [String]) throws(DocumentError) -> [Int64] {
    guard !names.isEmpty else { return [] }
    let members = try object["attributes"].object(required: names)
    var numbers: [Int64] = []
    for name in names { numbers.append(try members[name].integer()) }
    return numbers
  }

  private static func asset(_ node: JSONNode, _ names: [String]) throws(DocumentError) -> CollateralAsset {
    let object = try node.object(
      required: ["id", "lot", "tranches", "debtIM", "debtMM"] + key(names),
      optional: ["group", "isolationCeiling", "maxBorrow"])
    var asset = CollateralAsset(
      id: try text(object["id"]), lot: try text(object["lot"]),
      tranches: try object["tranches"].list(SnapshotLimits.tranches, tranche),
      debtIM: try object["debtIM"].integer(), debtMM: try object["debtMM"].integer())
    asset.group = try object.optional("group").read(text)
    asset.isolationCeiling = try object.optional("isolationCeiling").read(integer)
    asset.maxBorrow = try object.optional("maxBorrow").read(integer)
    asset.attributes = try numbers(object, names)
    return asset
  }

  private static func tranche(_ node: JSONNode) throws(DocumentError) -> Tranche {
    let object = try node.object(required: ["capLots", "valIM", "valMM"])
    return Tranche(
      capLots: try object["capLots"].unlessNull.read(integer),
      valIM: try object["valIM"].integer(), valMM: try object["valMM"].integer())
  }

  // MARK: Instruments

  private static func instrument(
    _ node: JSONNode, group: String?, _ names: [String]
  ) throws(DocumentError) -> Instrument {
    let object = try node.object(
      required: [
        "id", "lot", "markFloor", "markCeil", "long", "short", "contLong", "contShort", "pnlLong",
        "pnlShort",
      ] + key(names) + (group == nil ? ["group"] : []),
      optional: ["kind", "group", "feeExit", "maxLots", "factors", "flags"])
    let named = node.has("group") ? nil : group
    let group = if let named { named } else { try text(object["group"]) }
    var instrument = Instrument(
      id: try text(object["id"]), lot: try text(object["lot"]), group: group,
      markFloor: try object["markFloor"].integer(), markCeil: try object["markCeil"].integer(),
      pnlLong: try object["pnlLong"].list(SnapshotLimits.scenarios, integer),
      pnlShort: try object["pnlShort"].list(SnapshotLimits.scenarios, integer))
    instrument.kind = try object.optional("kind").read(word)
    instrument.long = try object["long"].list(SnapshotLimits.brackets, bracket)
    instrument.short = try object["short"].list(SnapshotLimits.brackets, bracket)
    instrument.contLong = try object["contLong"].integer()
    instrument.contShort = try object["contShort"].integer()
    instrument.feeExit = try object.optional("feeExit").read(integer) ?? 0
    if let limits = try object.optional("maxLots")?.object(
      required: [], optional: ["long", "short"])
    {
      instrument.maxLongLots = try limits.optional("long").read(integer)
      instrument.maxShortLots = try limits.optional("short").read(integer)
    }
    instrument.factors = try object.optional("factors")?.list(SnapshotLimits.factors, integer)
    instrument.flags = try object.optional("flags").read(flags) ?? InstrumentFlags()
    instrument.attributes = try numbers(object, names)
    return instrument
  }

  private static func bracket(_ node: JSONNode) throws(DocumentError) -> Bracket {
    let object = try node.object(required: ["capLots", "imPerLot", "mmPerLot"])
    return Bracket(
      capLots: try object["capLots"].unlessNull.read(integer),
      imPerLot: try object["imPerLot"].integer(), mmPerLot: try object["mmPerLot"].integer())
  }

  private static func flags(_ node: JSONNode) throws(DocumentError) -> InstrumentFlags {
    let object = try node.object(
      required: [], optional: ["openLong", "openShort", "closeOnly", "stale"])
    return InstrumentFlags(
      openLong: try object.optional("openLong").read(flag) ?? true,
      openShort: try object.optional("openShort").read(flag) ?? true,
      closeOnly: try object.optional("closeOnly").read(flag) ?? false,
      stale: try object.optional("stale").read(flag) ?? false)
  }

  // MARK: Single values

  private static func integer(_ node: JSONNode) throws(DocumentError) -> Int64 {
    try node.integer()
  }

  private static func flag(_ node: JSONNode) throws(DocumentError) -> Bool {
    try node.bool()
  }

  private static func text(_ node: JSONNode) throws(DocumentError) -> String {
    try node.string(maximumLength: SnapshotLimits.noteLength)
  }

  private static func word<Word: RawRepresentable<String> & CaseIterable>(
    _ node: JSONNode
  ) throws(DocumentError) -> Word {
    try node.word()
  }

  private static func digest(_ node: JSONNode) throws(DocumentError) -> Digest {
    try node.digest()
  }

  private static func time(_ node: JSONNode) throws(DocumentError) -> Int64 { try node.instant() }
}

extension JSONNode {
  /// Any integer of 64 bits.
  fileprivate func integer() throws(DocumentError) -> Int64 {
    try integer(in: Int64.min...Int64.max)
  }

  /// A decimal number in millionths, exactly.
  fileprivate func millionths() throws(DocumentError) -> Int64 {
    try decimal(inUnitsOfTenTo: -6, in: Int64.min...Int64.max)
  }

  /// An array of at most as many elements as there may be. Too few are found when the draft is checked.
  fileprivate func list<Element>(
    _ counts: ClosedRange<Int>, _ read: (JSONNode) throws(DocumentError) -> Element
  ) throws(DocumentError) -> [Element] {
    try array(maximumCount: counts.upperBound).map(read)
  }
}

extension JSONNode? {
  /// The value of a member that may be missing.
  fileprivate func read<Value>(
    _ read: (JSONNode) throws(DocumentError) -> Value
  ) throws(DocumentError) -> Value? {
    guard let self else { return nil }
    return try read(self)
  }
}
