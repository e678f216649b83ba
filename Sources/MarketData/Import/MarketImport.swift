internal import CanonicalBytes

/// Makes the directory of a market out of files as exchanges and libraries give them.
///
/// What each file holds is found by reading it; the files stay as they are, and `market.json` says what they
/// are: which series of which underlying, in which units, and when what does not say so was taken.
public struct MarketImport: Sendable {
  /// Who made the files.
  public enum Source: String, CaseIterable, Hashable, Sendable {
    case auto
    case binance
    case bitmex
    case bybit
    case ccxt
    case coinbase
    case cryptodatadownload
    case deribit
    case dydx
    case hyperliquid
    case kraken
    case okx
    case tardis

    /// What sizes of books and open interest of perpetuals count there, unless it is stated.
    var unit: AmountUnit {
      switch self {
      case .bitmex, .deribit: .quote
      default: .base
      }
    }
  }

  /// What a file holds.
  public enum Content: String, CaseIterable, Hashable, Sendable {
    case bars
    case funding
    case openInterest
    case books
    case options
    case prices

    /// The folder of its files.
    var folder: String { self == .openInterest ? "open-interest" : rawValue }
  }

  /// What was found in one file.
  public struct Finding: Hashable, Sendable {
    /// The file as it was named.
    public let file: String
    /// The underlying.
    public let underlying: String
    /// What it holds; several for tickers.
    public let contents: [Content]
    /// How many rows it has and how many can be used, for the first content.
    public let quality: DataQuality
    /// What was to be stated and was not found.
    let openInterestUnit: AmountUnit?
  }

  /// Who made the files.
  public var source: Source
  /// The underlying of all files, if it is named; nil for what symbols and names of files say.
  public var underlying: String?
  /// The size of one contract, where sizes and open interest count contracts.
  public var contractSize: Double?
  /// Whether contracts are inverse, of a number of USD each, rather than of a number of coins.
  public var isInverse = false
  /// One lot of what is listed; nil for a power of ten worth 10 to 100 USD.
  public var lot: Lot?
  /// When books and chains that do not say so were taken, in seconds since 1970.
  public var time: Int64?

  /// An import from a source.
  public init(source: Source) { self.source = source }

  /// A market directory that was made: `market.json` first, and what was found in each file.
  public struct Directory: Sendable {
    /// The files to write, by path inside the directory.
    public let files: [MarketInput]
    /// What each file that was given holds.
    public let findings: [Finding]
    /// The market as it is read from these files.
    public let market: Market
  }

  /// Makes a directory.
  ///
  /// - Throws: ``MarketDataError`` for a file that holds none of ``Content``, and where an underlying has no
  ///   bars.
  public func directory(_ sources: [MarketSource]) throws(MarketDataError) -> Directory {
    var findings: [Finding] = []
    for source in sources { findings.append(try finding(source)) }
    var files: [MarketInput] = []
    var paths: [String: [Content: [String]]] = [:]
    for (source, finding) in zip(sources, findings) {
      let path = Self.path(of: source, finding, among: files.map(\.path))
      files.append(MarketInput(path: path, bytes: try source.stored()))
      for content in finding.contents {
        paths[finding.underlying, default: [:]][content, default: []].append(path)
      }
    }
    let ids = paths.keys.sorted()
    for id in ids where paths[id]?[.bars] == nil {
      let file = findings.first { $0.underlying == id }?.file ?? id
      throw MarketDataError(
        file: file,
        .contradiction(
          "is of \(id), of which there are no bars; name a file of its bars too, or --underlying"))
    }
    var prices: [String: Double] = [:]
    for id in ids { prices[id] = try lastPrice(files, paths[id]?[.bars] ?? []) }
    let listing = listing(ids, paths, prices, findings)
    files.insert(MarketInput(path: Market.listingFile, bytes: listing.encoded(.indented)), at: 0)
    let all = files
    let market = try Market.load { path in all.first { $0.path == path }?.bytes }
    return Directory(files: files, findings: findings, market: market)
  }

  // MARK: Files

  /// What a file holds, found by reading it as everything.
  private func finding(_ source: MarketSource) throws(MarketDataError) -> Finding {
    var contents: [Content] = []
    var quality: DataQuality?
    var unit: AmountUnit?
    var failures: [MarketDataError] = []
    for content in Content.allCases {
      do throws(MarketDataError) {
        let found = try read(source, as: content)
        if content == .openInterest { unit = found.unit }
        quality = quality ?? found.quality
        contents.append(content)
      } catch {
        failures.append(error)
      }
    }
    guard let quality else {
      // The failure that says most: one of rows rather than of the layout.
      let best = failures.first { !$0.isOfLayout } ?? failures.first
      throw best ?? MarketDataError(file: source.name, .noRows)
    }
    let name: String?
    if let underlying { name = underlying } else { name = try named(source) }
    guard let name else {
      throw MarketDataError(
        file: source.name, .contradiction("does not say what it is of; name it with --underlying"))
    }
    return Finding(
      file: source.name, underlying: name, contents: contents, quality: quality, openInterestUnit: unit)
  }

  private func read(
    _ source: MarketSource, as content: Content
  ) throws(MarketDataError) -> (quality: DataQuality, unit: AmountUnit?) {
    switch content {
    case .bars: return (try BarReader.read([source]).quality, nil)
    case .funding: return (try FundingReader.read([source]).quality, nil)
    case .books: return (try OrderBookReader.read([source], unit: unit, at: time).quality, nil)
    case .options: return (try OptionChainReader.read([source], at: time).quality, nil)
    case .prices: return (try PriceReader.read([source]).quality, nil)
    case .openInterest:
      let reading = try OpenInterestReader.read(
        [source], unit: .quote, contractSize: contractSize, of: underlying, at: time)
      // What it counts is settled with bars, when the market is read; where nothing says it, by the source.
      return (reading.quality, try isUnitUnknown(source) ? unit : nil)
    }
  }

  /// Whether a file of open interest does not say what it counts, and nothing else does.
  private func isUnitUnknown(_ source: MarketSource) throws(MarketDataError) -> Bool {
    do throws(MarketDataError) {
      _ = try OpenInterestReader.read([source], contractSize: contractSize, of: underlying, at: time)
      return false
    } catch {
      guard case .unit = error.problem else { return false }
      return true
    }
  }

  /// What sizes count.
  private var unit: AmountUnit {
    guard let contractSize else { return source.unit }
    return isInverse
      ? .inverseContracts(multiplier: contractSize) : .linearContracts(multiplier: contractSize)
  }

  /// The underlying that the symbol of the first row, or the name of the file, says.
  private func named(_ source: MarketSource) throws(MarketDataError) -> String? {
    var symbol: String?
    try MarketFile.forEachPart(source) { part throws(MarketDataError) in
      guard symbol == nil else { return }
      var table = try Table(part)
      if let column = table.column(.symbol), try table.next(), !table.isEmpty(column) {
        symbol = try table.text(column)
      }
    }
    if let symbol, let name = SymbolName.underlying(of: symbol) { return name }
    return source.name.split(separator: "/").last.flatMap { SymbolName.underlying(of: String($0)) }
  }

  /// A path for a file, of letters that a listing may have, and unlike all others.
  private static func path(of source: MarketSource, _ finding: Finding, among others: [String]) -> String {
    let name = source.name.split(separator: "/").last.map(String.init) ?? "file"
    let plain = String(
      name.unicodeScalars.map { scalar in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": Character(scalar)
        default: "_"
        }
      }.drop { $0 == "." }
    )
    let folder = "\(finding.contents.first?.folder ?? "other")/\(finding.underlying)"
    let short = String(plain.suffix(120))
    var path = "\(folder)/\(short.isEmpty ? "file" : short)"
    var number = 2
    while others.contains(path) {
      path = "\(folder)/\(number)-\(short)"
      number += 1
    }
    return path
  }

  private func lastPrice(_ files: [MarketInput], _ paths: [String]) throws(MarketDataError) -> Double {
    let sources = files.filter { paths.contains($0.path) }.map {
      MarketSource(name: $0.path, bytes: $0.bytes)
    }
    return try BarReader.read(sources).series.bars.last?.close ?? 1
  }
}

extension MarketDataError {
  /// Whether the file is laid out as something else, rather than wrong in its rows.
  fileprivate var isOfLayout: Bool {
    switch problem {
    case .unknownLayout, .contradiction, .undated: true
    default: false
    }
  }
}

// MARK: The listing

extension MarketImport {
  private func listing(
    _ ids: [String], _ paths: [String: [Content: [String]]], _ prices: [String: Double], _ findings: [Finding]
  ) -> JSONValue {
    let lots = Dictionary(
      ids.map { ($0, lot?.text ?? Self.lot(price: prices[$0] ?? 1)) }, uniquingKeysWith: { a, _ in a })
    var members = [
      JSONMember("version", .integer(MarketListing.version)),
      JSONMember(
        "underlyings",
        .array(
          ids.map { id in
            underlying(id, paths[id] ?? [:], findings.filter { $0.underlying == id })
          })),
      JSONMember(
        "instruments",
        .array(
          ids.map { id in
            [
              "id": .string("\(id)-PERP"), "kind": "perpetual", "underlying": .string(id),
              "lot": .string(lots[id] ?? "1"),
            ]
          })),
    ]
    let withOptions = ids.filter { paths[$0]?[.options] != nil }
    if !withOptions.isEmpty {
      members.append(
        JSONMember(
          "optionListing",
          .array(
            withOptions.map { id in
              ["underlying": .string(id), "lot": .string(lots[id] ?? "1"), "maximumCount": 20]
            })))
    }
    let coins = ids.map { id -> JSONValue in
      ["id": .string(id), "underlying": .string(id), "lot": .string(lots[id] ?? "1")]
    }
    members.append(JSONMember("assets", .array([["id": "USD", "stable": true, "lot": "0.01"]] + coins)))
    return .object(members)
  }

  private func underlying(_ id: String, _ paths: [Content: [String]], _ findings: [Finding]) -> JSONValue {
    var members = [JSONMember("id", .string(id))]
    func add(_ key: String, _ content: Content) {
      guard let files = paths[content] else { return }
      members.append(JSONMember(key, Self.files(files)))
    }
    add("bars", .bars)
    // What the file shows is said, so that the next file of the series cannot be something else.
    let volume = findings.first { $0.contents.contains(.bars) }?.quality.units.first { $0.amount == "volume" }
    if volume?.basis == .checked { members.append(JSONMember("volumeUnit", "base")) }
    add("funding", .funding)
    add("openInterest", .openInterest)
    if paths[.openInterest] != nil, let time {
      members.append(JSONMember("openInterestTime", .integer(time)))
    }
    let openInterestUnit = findings.compactMap(\.openInterestUnit).first
    if let openInterestUnit {
      members.append(JSONMember("openInterestUnit", .string(openInterestUnit.word)))
    }
    if let contractSize, openInterestUnit?.hasSize ?? true {
      members.append(JSONMember("contractSize", .number("\(plain(contractSize))")))
    }
    if let files = paths[.books] {
      var book = [
        JSONMember("venue", .string(source.rawValue)), JSONMember("file", Self.files(files)),
        JSONMember("unit", .string(unit.word)),
      ]
      if let contractSize { book.append(JSONMember("multiplier", .number("\(plain(contractSize))"))) }
      if let time { book.append(JSONMember("time", .integer(time))) }
      members.append(JSONMember("books", .array([.object(book)])))
    }
    add("options", .options)
    if paths[.options] != nil, let time { members.append(JSONMember("optionsTime", .integer(time))) }
    add("prices", .prices)
    return .object(members)
  }

  private static func files(_ paths: [String]) -> JSONValue {
    paths.count == 1 ? .string(paths[0]) : .array(paths.map { .string($0) })
  }

  /// The largest power of ten worth at most 100 USD.
  private static func lot(price: Double) -> String {
    var (exponent, value) = (0, price)
    while value > 100, exponent > -8 {
      value /= 10
      exponent -= 1
    }
    while value <= 10, exponent < 5 {
      value *= 10
      exponent += 1
    }
    return exponent >= 0
      ? "1" + String(repeating: "0", count: exponent)
      : "0." + String(repeating: "0", count: -exponent - 1) + "1"
  }
}

extension AmountUnit {
  /// The word of a listing.
  fileprivate var word: String {
    switch self {
    case .base: "base"
    case .quote: "usd"
    case .linearContracts: "contracts"
    case .inverseContracts: "inverseContracts"
    }
  }

  fileprivate var hasSize: Bool {
    switch self {
    case .base, .quote: false
    case .linearContracts, .inverseContracts: true
    }
  }
}
