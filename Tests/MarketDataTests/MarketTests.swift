import CanonicalBytes
import MarketData
import TestSupport
import Testing

@Suite("Market directory")
struct MarketTests {
  private let files: [String: [UInt8]]

  init() {
    files = Dictionary(
      uniqueKeysWithValues: SyntheticMarket(seed: 1, days: 5).directory().map { ($0.path, $0.bytes) })
  }

  private func load(
    changing path: String = "market.json", _ change: (String) -> String? = { $0 }, present: Int64? = nil
  ) throws -> Market {
    var changed = files
    changed[path] = change(String(decoding: files[path] ?? [], as: UTF8.self))?.bytes
    return try Market.load(present: present) { changed[$0] }
  }

  private func error(
    changing path: String = "market.json", _ change: (String) -> String?
  ) -> MarketDataError? {
    failure { _ = try load(changing: path, change) }
  }

  @Test("every file is named once, the listing first")
  func names() throws {
    let market = try load()
    #expect(market.files.first == "market.json")
    #expect(Set(market.files) == Set(files.keys) && market.files.count == files.count)
    // Two underlyings may share a file.
    let shared = try load { $0.replacing("bars/ETH.csv", with: "bars/BTC.csv") }
    #expect(shared.files.count == files.count - 1)
    #expect(shared.underlyings[0].bars == shared.underlyings[1].bars)
  }

  @Test("a series may stand in several files or a folder, in any order, and is the series of one file")
  func severalFiles() throws {
    let whole = try load()
    var parts = files
    let text = String(decoding: files["bars/BTC.csv"] ?? [], as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    // The newer part has no header and comes first.
    parts["months/a.csv"] = (lines[60...].joined(separator: "\n") + "\n").bytes
    parts["months/b.csv"] = (lines[..<60].joined(separator: "\n") + "\n").bytes
    parts["months/.hidden"] = [1, 2, 3]
    let listing = String(decoding: files["market.json"] ?? [], as: UTF8.self)
    for place in ["[\"months/a.csv\", \"months/b.csv\"]", "\"months\""] {
      parts["market.json"] = listing.replacing("\"bars/BTC.csv\"", with: place).bytes
      let all = parts
      let market = try Market.load(folder: { $0 == "months" ? [".hidden", "b.csv", "a.csv"] : nil }) {
        all[$0]
      }
      #expect(market.underlyings == whole.underlyings)
      #expect(
        market.files.filter { $0.hasPrefix("months") } == ["months/a.csv", "months/b.csv"])
      let quality = try #require(market.quality.first)
      #expect(quality.isClean && quality.kept == lines.count - 1 && quality.file == "months/a.csv and 1 more")
    }
    parts["market.json"] =
      listing.replacing("\"bars/BTC.csv\"", with: "[\"months/a.csv\", \"months/c.csv\"]").bytes
    let missing = parts
    #expect(
      failure { _ = try Market.load { missing[$0] } } == MarketDataError(file: "months/c.csv", .missing))
    parts["market.json"] = listing.replacing("\"bars/BTC.csv\"", with: "[]").bytes
    let empty = parts
    #expect(failure { _ = try Market.load { empty[$0] } }?.file == "market.json")
  }

  @Test(
    "a file that is missing, empty or has only a header is named",
    arguments: [
      "bars/BTC.csv", "funding/ETH.csv", "open-interest/SOL.csv", "books/BTC-alpha.csv", "options/BTC.csv",
      "prices/USDC.csv",
    ])
  func absent(_ path: String) {
    #expect(error(changing: path) { _ in nil } == MarketDataError(file: path, .missing))
    #expect(error(changing: path) { _ in "" } == MarketDataError(file: path, .noRows))
    #expect(
      error(changing: path) { String($0.prefix { $0 != "\n" }) } == MarketDataError(file: path, .noRows))
    #expect(error(changing: "market.json") { _ in nil } == MarketDataError(file: "market.json", .missing))
  }

  @Test(
    "what is wrong in the listing is named with its path",
    arguments: [
      ("\"version\": 1", "\"version\": 2", "version"),
      ("\"funding\"", "\"fundin\"", "underlyings[0]"),
      ("\"instruments\"", "\"instrument\"", ""),
      ("\"id\": \"ETH\",\n      \"bars\"", "\"id\": \"BTC\",\n      \"bars\"", "instruments[1].underlying"),
      ("\"id\": \"ETH-PERP\"", "\"id\": \"BTC-PERP\"", "instruments[1]"),
      ("\"id\": \"ETH-PERP\"", "\"id\": \"ETH PERP\"", "instruments[1].id"),
      ("\"id\": \"ETH-PERP\"", "\"id\": \"\"", "instruments[1].id"),
      ("\"kind\": \"spot\"", "\"kind\": \"swap\"", "instruments[4].kind"),
      ("\"kind\": \"spot\"", "\"kind\": \"call\"", "instruments[4]"),
      ("\"kind\": \"future\"", "\"kind\": \"perpetual\"", "instruments[3]"),
      ("\"lot\": \"0.1\"", "\"lot\": \"-0.1\"", "instruments[2].lot"),
      ("\"lot\": \"0.1\"", "\"lot\": true", "instruments[2].lot"),
      ("\"bars/BTC.csv\"", "\"../BTC.csv\"", "underlyings[0].bars"),
      ("\"bars/BTC.csv\"", "\"/etc/BTC.csv\"", "underlyings[0].bars"),
      ("\"bars/BTC.csv\"", "\"bars//BTC.csv\"", "underlyings[0].bars"),
      ("\"bars/BTC.csv\"", "7", "underlyings[0].bars"),
      ("\"weightPpm\": 950000", "\"weightPpm\": 1000001", "underlyings[0].books[0].weightPpm"),
      ("\"unit\": \"usd\"", "\"unit\": \"contracts\"", "underlyings[0].books[1]"),
      ("\"unit\": \"usd\"", "\"unit\": \"usd\", \"multiplier\": 10", "underlyings[0].books[1].multiplier"),
      ("\"maximumCount\": 12", "\"maximumCount\": 0", "optionListing[0].maximumCount"),
      (
        "\"underlying\": \"ETH\", \"lot\": \"1\"", "\"underlying\": \"SOL\", \"lot\": \"1\"",
        "optionListing[1].underlying"
      ),
      ("\"stable\": true, \"prices\": \"prices/USDC.csv\",", "", "assets[0]"),
      (
        "\"underlying\": \"SOL\", \"lot\": \"0.01\"", "\"underlying\": \"XYZ\", \"lot\": \"0.01\"",
        "assets[3].underlying"
      ),
      ("\"maxBorrow\": 10000000}", "\"maxBorrow\": -1}", "assets[2].maxBorrow"),
    ])
  func listing(_ old: String, _ new: String, _ path: String) throws {
    let text = String(decoding: files["market.json"] ?? [], as: UTF8.self)
    try #require(text.contains(old))
    let found = error { $0.replacing(old, with: new, maxReplacements: 1) }
    guard case .document(let problem) = found?.problem else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(problem.path == path, "\(problem)")
  }

  @Test("own numbers of instruments and assets are read where they are declared, each of its own name")
  func attributes() throws {
    let declared = """
      {"version": 1, "underlyings": [{"id": "BTC", "bars": "b.csv", "options": "o.csv"}],
       "attributes": {"instruments": ["sector", "listed"], "assets": ["rank"]},
       "instruments": [{"id": "P", "kind": "perpetual", "underlying": "BTC", "lot": "1",
                        "attributes": {"listed": -1, "sector": 7}}],
       "optionListing": [{"underlying": "BTC", "lot": "1", "maximumCount": 2,
                          "attributes": {"sector": 3, "listed": 0}}],
       "assets": [{"id": "USD", "stable": true, "lot": "1", "attributes": {"rank": 5}}]}
      """
    let listing = try MarketListing(json: Array(declared.utf8))
    #expect(listing.attributes == AttributeListing(instruments: ["sector", "listed"], assets: ["rank"]))
    #expect(listing.instruments[0].attributes == [7, -1] && listing.assets[0].attributes == [5])
    #expect(listing.optionListings[0].attributes == [3, 0])
    for (old, new, path) in [
      ("\"sector\": 7", "\"sectr\": 7", "instruments[0].attributes"),
      (", \"sector\": 7", "", "instruments[0].attributes"),
      ("\"sector\": 7", "\"sector\": 1125899906842624", "instruments[0].attributes.sector"),
      ("\"rank\": 5", "\"rank\": 0.5", "assets[0].attributes.rank"),
      ("[\"rank\"]", "[\"Rank\"]", "attributes.assets[0]"),
      ("[\"rank\"]", "[\"rank\", \"rank\"]", "attributes.assets[1]"),
      (
        "\"attributes\": {\"instruments\": [\"sector\", \"listed\"], \"assets\": [\"rank\"]},", "",
        "instruments[0]"
      ),
      (", \"attributes\": {\"rank\": 5}", "", "assets[0]"),
    ] {
      let changed = declared.replacing(old, with: new)
      #expect(changed != declared, "\(old)")
      let error = #expect(throws: DocumentError.self) { try MarketListing(json: Array(changed.utf8)) }
      #expect(error?.path.description == path, "\(String(describing: error))")
    }
  }

  @Test("a misspelt key comes with the key that was meant")
  func suggestion() {
    let found = error { $0.replacing("openInterest", with: "openIntrest") }
    #expect(
      found?.description.contains("has the unknown key \"openIntrest\"; did you mean \"openInterest\"?")
        == true)
  }

  @Test("an option of a chain that the listing names already is refused")
  func notUnique() throws {
    let option = try #require(load().instruments.last).id
    let found = error { $0.replacing("\"ETH-SPOT\"", with: "\"\(option)\"") }
    #expect(found == MarketDataError(file: "market.json", .notUnique(option)))
  }

  @Test("options are listed by open interest, and named as Deribit names them")
  func options() throws {
    let market = try load()
    let chain = try #require(market.underlyings[0].chains.last)
    let listed = market.instruments.filter { $0.kind.isOption && $0.underlying == "BTC" }
    #expect(listed.count == 12)
    let least =
      listed.compactMap { option in
        chain.quotes.first {
          $0.expiry == option.expiry && $0.strike == option.strike
            && ($0.kind == .call) == (option.kind == .call)
        }?.openInterest
      }.min() ?? 0
    #expect(chain.quotes.count { $0.openInterest > least } < 12)
    #expect(listed.allSatisfy { $0.id.hasPrefix("BTC-") && $0.lot.text == "0.1" })
    #expect(listed.map { $0.expiry ?? 0 } == listed.map { $0.expiry ?? 0 }.sorted())
    // 5 days and 7 after 1 January.
    #expect(listed.contains { $0.id.contains("-13JAN26-") })
  }

  @Test("rows from the future are dropped and reported")
  func present() throws {
    let now = SyntheticMarket.start + 4 * 86_400
    let market = try load(present: now)
    let bars = market.underlyings[0].bars.bars
    #expect(bars.last?.openTime == now)
    #expect(market.quality.first { $0.file == "bars/BTC.csv" }?.fromTheFuture.count == 24 - 1)
  }

  @Test("a file cut or changed anywhere never traps")
  func noise() {
    var random = SplitMix64(seed: 9)
    let paths = files.keys.sorted()
    for _ in 0..<1_500 {
      var changed = files
      guard let path = paths.randomElement(using: &random), var bytes = files[path] else { continue }
      let index = Int.random(in: 0..<bytes.count, using: &random)
      if Bool.random(using: &random) {
        bytes = Array(bytes[..<index])
      } else {
        bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
      changed[path] = bytes
      _ = try? Market.load { changed[$0] }
    }
  }
}

@Suite("Market view")
struct MarketViewTests {
  @Test("a view holds exactly what was known at its instant")
  func noLookAhead() throws {
    let market = try SyntheticMarket(seed: 2, days: 6).market()
    var random = SplitMix64(seed: 3)
    var times = (0..<200).map { _ in
      SyntheticMarket.start + Int64.random(in: -7_200...7 * 86_400, using: &random)
    }
    times += [
      .min, .max, 0, SyntheticMarket.start, SyntheticMarket.start + 3_600, SyntheticMarket.start + 3_599,
    ]
    for time in times {
      let view = market.upTo(time)
      #expect(view.time == time)
      for (series, known) in zip(market.underlyings, view.underlyings) {
        #expect(
          known.bars.elementsEqual(series.bars.bars.filter { $0.openTime <= time - (time < 0 ? 0 : 3_600) }))
        #expect(known.funding.elementsEqual(series.funding.filter { $0.time <= time }))
        #expect(known.openInterest.elementsEqual(series.openInterest.filter { $0.time <= time }))
        #expect(known.chain == series.chains.last { $0.time <= time })
        let limit = time > 1 << 50 ? Int64.max : time < 0 ? 0 : time * 1_000
        #expect(known.prices.elementsEqual(series.prices.filter { $0.timeMilliseconds <= limit }))
        for (venue, books) in zip(series.books, known.books) {
          #expect(books.books.elementsEqual(venue.books.filter { $0.timeMilliseconds <= limit }))
          #expect(books.venue == venue.venue && books.weightPpm == venue.weightPpm)
        }
      }
      #expect(view.underlying("ETH")?.bars.count == view.underlyings[1].bars.count)
      #expect(view.underlying("XRP") == nil)
    }
  }

  @Test("a book of the next millisecond is not known")
  func milliseconds() {
    var series = UnderlyingSeries(id: "X", bars: BarSeries(interval: 60, bars: []))
    series.prices = [PriceObservation(source: "s", timeMilliseconds: 10_001, price: 1)]
    #expect(series.upTo(10).prices.isEmpty)
    #expect(series.upTo(11).prices.count == 1)
    let listing = MarketListing(underlyings: [], instruments: [], assets: [])
    #expect(Market(listing: listing, underlyings: [series]).newestInstant() == 11)
  }
}
