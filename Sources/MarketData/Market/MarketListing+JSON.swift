public import CanonicalBytes

/// The bounds of a listing.
public enum MarketLimits {
  /// The most underlyings.
  public static let underlyings = 256
  /// The most instruments, options from chains included.
  public static let instruments = 2_048
  /// The most assets.
  public static let assets = 2_048
  /// The most own numbers of instruments, and of assets.
  public static let attributes = 64
  /// An own number.
  public static let attributeValues: ClosedRange<Int64> = -(1 << 50) + 1...(1 << 50) - 1
  /// The most venues with order books of one underlying.
  public static let books = 64
  /// The most bytes of an identifier.
  public static let identifierLength = 64
  /// The most bytes of the name of an underlying, to which names of options add up to 40.
  public static let underlyingLength = 24
  /// The most bytes of a path.
  public static let pathLength = 256
}

extension MarketListing {
  /// Reads `market.json`.
  ///
  /// Unknown members are refused, names must be unique, and what an instrument or asset names must be
  /// there. Amounts are decimal strings or numbers; times are seconds since 1970 or
  /// `2026-03-27T08:00:00Z`.
  ///
  /// - Throws: `DocumentError` with the path of the value at fault.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    let root = try JSONDocument.parse(bytes, maximumBytes: 4 << 20)
    let object = try root.object(
      version: Self.version, required: ["underlyings", "instruments", "assets"],
      optional: ["optionListing", "insurance", "attributes"])
    let attributes = try object.optional("attributes").read(attributeNames)
    let (ofInstruments, ofAssets) = (attributes?.instruments, attributes?.assets)
    let underlyings = try object["underlyings"].list(MarketLimits.underlyings, underlying)
    let ids = underlyings.map(\.id)
    let instruments = try object["instruments"].list(MarketLimits.instruments) { node throws(DocumentError) in
      try instrument(node, underlyings: ids, attributes: ofInstruments)
    }
    let assets = try object["assets"].list(MarketLimits.assets) { node throws(DocumentError) in
      try asset(node, underlyings: ids, attributes: ofAssets)
    }
    let optionListings =
      try object.optional("optionListing")?.list(MarketLimits.underlyings) { node throws(DocumentError) in
        try optionListing(node, underlyings: underlyings, attributes: ofInstruments)
      } ?? []
    try checkUnique(ids, in: object["underlyings"])
    try checkUnique(instruments.map(\.id), in: object["instruments"])
    try checkUnique(assets.map(\.id), in: object["assets"])
    if let node = object.optional("optionListing") {
      try checkUnique(optionListings.map(\.underlying), in: node)
    }
    self.init(
      underlyings: underlyings, instruments: instruments, optionListings: optionListings,
      assets: assets)
    insurance = try object.optional("insurance").read(relativePath)
    self.attributes = attributes
  }
}

private func underlying(_ node: JSONNode) throws(DocumentError) -> UnderlyingListing {
  let object = try node.object(
    required: ["id", "bars"],
    optional: [
      "funding", "openInterest", "books", "options", "optionsTime", "optionsTicker", "prices",
      "liquidations", "volumeUnit", "openInterestUnit", "openInterestTime", "contractSize",
    ])
  _ = try object["id"].string(maximumLength: MarketLimits.underlyingLength)
  var listing = UnderlyingListing(
    id: try object["id"].identifier(), bars: try object["bars"].seriesFiles())
  listing.funding = try object.optional("funding").read(seriesFiles)
  listing.openInterest = try object.optional("openInterest").read(seriesFiles)
  listing.openInterestTime = try object.optional("openInterestTime").read(time)
  listing.options = try object.optional("options").read(seriesFiles)
  listing.optionsTime = try object.optional("optionsTime").read(time)
  listing.optionsTicker = try object.optional("optionsTicker").read(identifier)
  listing.prices = try object.optional("prices").read(seriesFiles)
  listing.liquidations = try object.optional("liquidations").read(relativePath)
  listing.contractSize = try object.optional("contractSize").read(positiveNumber)
  listing.volumeUnit = try amountUnit(object, "volumeUnit", listing.contractSize)
  listing.openInterestUnit = try amountUnit(object, "openInterestUnit", listing.contractSize)
  listing.books = try object.optional("books")?.list(MarketLimits.books, book) ?? []
  if let books = object.optional("books") { try checkUnique(listing.books.map(\.venue), in: books) }
  return listing
}

private func book(_ node: JSONNode) throws(DocumentError) -> BookListing {
  let object = try node.object(
    required: ["venue", "file"], optional: ["symbol", "weightPpm", "unit", "multiplier", "time"])
  let unit =
    try object.optional("unit").read { node throws(DocumentError) in
      try node.word(UnitWord.self)
    } ?? .base
  let multiplier = try object.optional("multiplier").read(positiveNumber)
  if let node = object.optional("multiplier"), !unit.hasMultiplier {
    throw node.failure(.unknownKey("multiplier", suggestion: nil))
  }
  if multiplier == nil, unit.hasMultiplier { throw node.failure(.missingKey("multiplier")) }
  var listing = BookListing(
    venue: try object["venue"].identifier(), files: try object["file"].seriesFiles(),
    symbol: try object.optional("symbol").read { node throws(DocumentError) in
      try node.string(maximumLength: MarketLimits.identifierLength)
    },
    weightPpm: try object.optional("weightPpm").read { node throws(DocumentError) in
      try node.integer(in: 0...1_000_000)
    } ?? 1_000_000,
    unit: unit.unit(multiplier: multiplier ?? 1))
  listing.time = try object.optional("time").read(time)
  return listing
}

/// The unit of an amount of an underlying; contracts have the size that the underlying states.
private func amountUnit(
  _ object: JSONObject, _ key: String, _ size: Double?
) throws(DocumentError) -> AmountUnit? {
  guard let node = object.optional(key) else { return nil }
  let unit: UnitWord = try node.word()
  guard let size else {
    guard !unit.hasMultiplier else { throw node.failure(.missingKey("contractSize")) }
    return unit.unit(multiplier: 1)
  }
  return unit.unit(multiplier: size)
}

/// The words for what amounts are counted in.
private enum UnitWord: String, CaseIterable {
  case base
  case usd
  case contracts
  case inverseContracts

  var hasMultiplier: Bool { self == .contracts || self == .inverseContracts }

  func unit(multiplier: Double) -> AmountUnit {
    switch self {
    case .base: .base
    case .usd: .quote
    case .contracts: .linearContracts(multiplier: multiplier)
    case .inverseContracts: .inverseContracts(multiplier: multiplier)
    }
  }
}

private func attributeNames(_ node: JSONNode) throws(DocumentError) -> AttributeListing {
  let object = try node.object(required: [], optional: ["instruments", "assets"])
  func names(_ key: String) throws(DocumentError) -> [String] {
    guard let list = object.optional(key) else { return [] }
    let names = try list.list(MarketLimits.attributes) { node throws(DocumentError) in
      try node.attributeName()
    }
    try checkUnique(names, in: list)
    return names
  }
  let listing = AttributeListing(instruments: try names("instruments"), assets: try names("assets"))
  // A snapshot that declares none is of version 1, and has one form.
  guard !listing.instruments.isEmpty || !listing.assets.isEmpty else {
    throw node.failure(.missingKey("instruments"))
  }
  return listing
}

/// The own numbers of an instrument or an asset: as many as names are declared, and none where none are.
private func attributes(
  _ object: JSONObject, in node: JSONNode, _ names: [String]?
) throws(DocumentError) -> [Int64] {
  guard let values = object.optional("attributes") else {
    guard names?.isEmpty ?? true else { throw node.failure(.missingKey("attributes")) }
    return []
  }
  guard let names else { throw node.failure(.unknownKey("attributes", suggestion: nil)) }
  let members = try values.object(required: names)
  return try names.map { name throws(DocumentError) in
    try members[name].integer(in: MarketLimits.attributeValues)
  }
}

private func instrument(
  _ node: JSONNode, underlyings: [String], attributes names: [String]?
) throws(DocumentError) -> InstrumentListing {
  let object = try node.object(
    required: ["id", "kind", "underlying", "lot"], optional: ["expiry", "strike", "attributes"])
  var listing = InstrumentListing(
    id: try object["id"].identifier(), kind: try object["kind"].word(),
    underlying: try object["underlying"].reference(to: underlyings), lot: try object["lot"].lot())
  listing.expiry = try object.optional("expiry").read(time)
  listing.strike = try object.optional("strike").read(positiveNumber)
  listing.attributes = try attributes(object, in: node, names)
  for (key, isNeeded, isThere) in [
    ("expiry", listing.kind.isOption || listing.kind == .future, listing.expiry != nil),
    ("strike", listing.kind.isOption, listing.strike != nil),
  ] where isNeeded != isThere {
    throw node.failure(isNeeded ? .missingKey(key) : .unknownKey(key, suggestion: nil))
  }
  return listing
}

private func optionListing(
  _ node: JSONNode, underlyings: [UnderlyingListing], attributes names: [String]?
) throws(DocumentError) -> OptionListing {
  let object = try node.object(
    required: ["underlying", "lot", "maximumCount"], optional: ["attributes"])
  // Only an underlying with a chain can list options from it.
  let withChains = underlyings.filter { $0.options != nil }.map(\.id)
  return OptionListing(
    underlying: try object["underlying"].reference(to: withChains), lot: try object["lot"].lot(),
    maximumCount: Int(try object["maximumCount"].integer(in: 1...Int64(OptionListing.mostOptions))),
    attributes: try attributes(object, in: node, names))
}

private func asset(
  _ node: JSONNode, underlyings: [String], attributes names: [String]?
) throws(DocumentError) -> AssetListing {
  let object = try node.object(
    required: ["id", "lot"],
    optional: [
      "underlying", "prices", "stable", "isolationCeiling", "maxBorrow", "group", "pausedSince",
      "listedSince", "usage", "attributes",
    ])
  var listing = AssetListing(id: try object["id"].identifier(), lot: try object["lot"].lot())
  listing.underlying = try (object.optional("underlying")?.unlessNull).read { node throws(DocumentError) in
    try node.reference(to: underlyings)
  }
  listing.prices = try object.optional("prices").read(seriesFiles)
  listing.isStable =
    try object.optional("stable").read(bool) ?? false
  listing.isolationCeiling = try object.optional("isolationCeiling").read { node throws(DocumentError) in
    try node.integer(in: 0...(1 << 62) - 1)
  }
  listing.maxBorrow = try object.optional("maxBorrow").read { node throws(DocumentError) in
    try node.integer(in: 0...(1 << 40) - 1)
  }
  listing.group = try object.optional("group").read { node throws(DocumentError) in
    try node.reference(to: underlyings)
  }
  listing.pausedSince = try object.optional("pausedSince").read(time)
  listing.listedSince = try object.optional("listedSince").read(time)
  listing.usage = try object.optional("usage").read(relativePath)
  listing.attributes = try attributes(object, in: node, names)
  // The price comes from exactly one place.
  if listing.underlying == nil, listing.prices == nil, !listing.isStable {
    throw node.failure(.missingKey("underlying"))
  }
  if listing.underlying != nil, listing.prices != nil {
    throw node.failure(.unknownKey("prices", suggestion: nil))
  }
  return listing
}

private func relativePath(_ node: JSONNode) throws(DocumentError) -> String { try node.relativePath() }

private func seriesFiles(_ node: JSONNode) throws(DocumentError) -> SeriesFiles { try node.seriesFiles() }

private func identifier(_ node: JSONNode) throws(DocumentError) -> String { try node.identifier() }

private func time(_ node: JSONNode) throws(DocumentError) -> Int64 { try node.time() }

private func positiveNumber(_ node: JSONNode) throws(DocumentError) -> Double { try node.positiveNumber() }

private func bool(_ node: JSONNode) throws(DocumentError) -> Bool { try node.bool() }

/// Refuses a list in which a name stands twice.
private func checkUnique(_ ids: [String], in list: JSONNode) throws(DocumentError) {
  var seen: Set<String> = []
  for (index, id) in ids.enumerated() where !seen.insert(id).inserted {
    throw DocumentError(path: list.path.appending(index), problem: .duplicateKey(id))
  }
}

extension JSONNode {
  /// What `read` makes of each element of an array.
  fileprivate func list<Element>(
    _ maximumCount: Int, _ read: (JSONNode) throws(DocumentError) -> Element
  ) throws(DocumentError) -> [Element] {
    try array(maximumCount: maximumCount).map(read)
  }

  /// A name: printable ASCII without spaces and slashes, as in a risk snapshot.
  fileprivate func identifier() throws(DocumentError) -> String {
    let text = try string(maximumLength: MarketLimits.identifierLength)
    let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
    guard !text.isEmpty, isPlain else {
      throw failure(.unknownWord(text, known: ["printable ASCII without spaces and slashes"]))
    }
    return text
  }

  /// The name of an own number, as circuits read it: a lower-case letter, then letters, digits and `_`.
  fileprivate func attributeName() throws(DocumentError) -> String {
    let text = try string(maximumLength: MarketLimits.identifierLength)
    let lower = UInt8(ascii: "a")...UInt8(ascii: "z")
    let isName =
      text.utf8.first.map(lower.contains) == true
      && text.utf8.allSatisfy {
        lower.contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
      }
    guard isName else {
      throw failure(.unknownWord(text, known: ["a lower-case letter, then letters, digits and _"]))
    }
    return text
  }

  /// One of these names.
  fileprivate func reference(to ids: [String]) throws(DocumentError) -> String {
    let id = try identifier()
    guard ids.contains(id) else { throw failure(.unknownWord(id, known: Array(ids.prefix(16)))) }
    return id
  }

  /// The path of a file inside the directory: parts of letters, digits, dots, hyphens and underscores,
  /// none of them beginning with a dot.
  fileprivate func relativePath() throws(DocumentError) -> String {
    let text = try string(maximumLength: MarketLimits.pathLength)
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isInside = parts.allSatisfy { part in
      guard let first = part.utf8.first, first != UInt8(ascii: ".") else { return false }
      return part.utf8.allSatisfy(isPathByte)
    }
    guard isInside else {
      throw failure(.unknownWord(text, known: ["a path inside the directory, such as bars/BTC.csv.gz"]))
    }
    return text
  }

  /// The files of a series: a path, or an array of paths, of files or folders.
  fileprivate func seriesFiles() throws(DocumentError) -> SeriesFiles {
    guard case .array = value else { return SeriesFiles([try relativePath()]) }
    let paths = try list(SeriesFiles.limit) { node throws(DocumentError) in try node.relativePath() }
    guard !paths.isEmpty else { throw failure(.missingKey("0")) }
    return SeriesFiles(paths)
  }

  /// An amount.
  fileprivate func lot() throws(DocumentError) -> Lot {
    let text: String
    switch value {
    case .string(let decimal), .number(let decimal): text = decimal
    default: throw wrongKind(.string)
    }
    guard let lot = Lot(text) else {
      throw failure(.outOfRange(text, lower: "1e-12", upper: "1e6"))
    }
    return lot
  }

  private func wrongKind(_ expected: JSONKind) -> DocumentError {
    failure(.wrongKind(expected: expected, found: value.kind))
  }

  /// A positive number.
  fileprivate func positiveNumber() throws(DocumentError) -> Double {
    let number = try decimalNumber()
    guard number > 0 else {
      throw failure(.outOfRange("\(number)", lower: "more than 0", upper: "any number"))
    }
    return number
  }

  /// An instant: seconds since 1970, or a date.
  fileprivate func time() throws(DocumentError) -> Int64 {
    if case .string(let text) = value, let seconds = InstantText.seconds(text.prefix(32)) { return seconds }
    return try instant()
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

private func isPathByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
    true
  default: false
  }
}
