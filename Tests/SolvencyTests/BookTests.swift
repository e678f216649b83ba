import CanonicalBytes
import CircuitLanguage
import Solvency
import SolvencyProver
import Testing

@Suite("Book")
struct BookTests {
  private let registry: Registry

  init() throws { registry = try Registry(of: Fixture.smallSnapshot()) }

  /// A closure's book cannot be kept, since books are not copyable: reads and drops it.
  private func read(_ text: String) throws(BookError) {
    _ = try Book(decoding: Array(text.utf8), registry: registry)
  }

  @Test("a file and the same amounts in a program give the same evaluation")
  func file() throws {
    let text = """
      {"version": 1, "account": "desk-7",
       "positions": {"BTC-PERP": 12, "ETH-PERP": "-8", "BTC-CALL": -2},
       "holdings": {"USDC": 5000000, "BTC": 10}, "debts": {"USDC": 100}, "cash": "50000000"}
      """
    let rule = try Fixture.rule(under: Fixture.smallSnapshot())
    let book = try Book(decoding: Array(text.utf8), registry: registry)
    let other = try Fixture.book(Fixture.coveredAmounts, registry)
    let evaluation = try book.explain(rule)
    #expect(evaluation.requirements == (try other.explain(rule).requirements))
    #expect(evaluation.isProvable)
    #expect(book.account == (try AccountID("desk-7")))
  }

  @Test("sections that are left out are zero; cash is needed")
  func sections() throws {
    try read(#"{"version":1,"account":"a","cash":0}"#)
    #expect(throws: BookError.document(DocumentError(path: .root, problem: .missingKey("cash")))) {
      try read(#"{"version":1,"account":"a"}"#)
    }
  }

  @Test("amounts in assets are the same book as their lots, where they are whole")
  func assets() throws {
    let snapshot = try Fixture.smallSnapshot()
    let lots = LotSizes(of: snapshot)
    for coordinate in [
      Registry.position("BTC-PERP"), Registry.holding("USDC"), Registry.debt("BTC"), Registry.cash,
    ] {
      let lot = try #require(lots[coordinate])
      #expect(lots.divide(lot.amount, by: coordinate) == LotSizes.Division(lots: 1, hasRest: false))
      #expect(lots.divide("-3", by: coordinate)?.hasRest == false)
    }
    #expect(
      lots.divide("-1.9999995", by: Registry.cash) == LotSizes.Division(lots: -1_999_999, hasRest: true))
    #expect(lots.divide("x", by: Registry.cash) == nil && lots.divide("1e30", by: Registry.cash) == nil)
    let lot = try #require(lots[Registry.holding("BTC")])
    let text = #"{"version":1,"account":"a","holdings":{"BTC":"\#(lot.text)"},"cash":"-0.50 USD"}"#
    let plain = #"{"version":1,"account":"a","holdings":{"BTC":1},"cash":-500000}"#
    let book = try Book(decoding: Array(text.utf8), registry: registry, lots: lots)
    let same = try Book(decoding: Array(plain.utf8), registry: registry)
    let rule = try Fixture.rule(under: snapshot)
    #expect(try book.explain(rule).requirements == same.explain(rule).requirements)
    let failures: [(String, BookError)] = [
      (#""1.00000000001 \#(lot.asset)""#, .notWholeLots(path: "holdings.BTC", lot: lot)),
      (#""1 DOGE""#, .otherAsset(path: "holdings.BTC", lot: lot)),
      (#""x \#(lot.asset)""#, .notAnInteger(path: "holdings.BTC")),
      (#""-1 \#(lot.asset)""#, .outOfRange(path: "holdings.BTC")),
      ("1.5", .notAnInteger(path: "holdings.BTC")),
    ]
    for (amount, expected) in failures {
      let file = #"{"version":1,"account":"a","holdings":{"BTC":\#(amount)},"cash":0}"#
      #expect(throws: expected) { _ = try Book(decoding: Array(file.utf8), registry: registry, lots: lots) }
    }
    let advice = try #require(lots.advice(on: "0.56338969", at: Registry.cash))
    #expect(advice == "cash counts lots of 0.000001 USD; 0.56338969 USD is 563389 lots and a rest")
  }

  @Test
  func `A25: an instrument or asset that the registry does not list is refused with its path`() {
    #expect(throws: BookError.unknownCoordinate(path: #"positions["DOGE-PERP"]"#)) {
      try read(#"{"version":1,"account":"a","positions":{"DOGE-PERP":0},"cash":0}"#)
    }
    #expect(throws: BookError.unknownCoordinate(path: "debts.EUR")) {
      try read(#"{"version":1,"account":"a","debts":{"EUR":1},"cash":0}"#)
    }
  }

  @Test
  func `A23: an instrument listed twice is refused`() {
    #expect(throws: BookError.self) {
      try read(#"{"version":1,"account":"a","positions":{"BTC-PERP":1,"BTC-PERP":-1},"cash":0}"#)
    }
  }

  @Test(arguments: [
    ("positions", "1099511627775", true), ("positions", "1099511627776", false),
    ("positions", "-1099511627775", true), ("positions", "-1099511627776", false),
    ("holdings", "1099511627775", true), ("holdings", "1099511627776", false),
    ("holdings", "0", true), ("holdings", "-1", false), ("debts", "-1", false),
    ("debts", "1099511627776", false), ("cash", "4611686018427387903", true),
    ("cash", "4611686018427387904", false), ("cash", "-4611686018427387903", true),
    ("cash", "-4611686018427387904", false), ("cash", "99999999999999999999999999", false),
  ])
  func `A19: amounts at and beyond their bounds`(_ section: String, _ amount: String, _ fits: Bool) throws {
    let id = section == "positions" ? "BTC-PERP" : "BTC"
    let text =
      section == "cash"
      ? #"{"version":1,"account":"a","cash":"\#(amount)"}"#
      : #"{"version":1,"account":"a","\#(section)":{"\#(id)":\#(amount)},"cash":0}"#
    if fits {
      try read(text)
    } else {
      let path =
        section == "cash" ? "cash" : section == "positions" ? #"positions["BTC-PERP"]"# : "\(section).BTC"
      #expect(throws: BookError.outOfRange(path: path)) { try read(text) }
    }
  }

  @Test(
    "no error quotes an amount",
    arguments: [
      #"{"version":1,"account":"a","cash":"7654321.5"}"#, #"{"version":1,"account":"a","cash":7654321e1}"#,
      #"{"version":1,"account":"a","cash":"07654321"}"#,
      #"{"version":1,"account":"a","cash":76543217654321765432100}"#,
      #"{"version":1,"account":"a","cash":7654321"#, #"{"version":1,"account":"a","cash":[7654321]}"#,
    ])
  func errorsAreSilent(_ text: String) {
    let error = #expect(throws: BookError.self) { try read(text) }
    #expect(!String(reflecting: error).contains("76543"))
  }

  @Test("another version, and an account that is not a name, are refused")
  func header() {
    #expect(throws: BookError.unsupportedVersion) { try read(#"{"version":2,"positions":[]}"#) }
    #expect(throws: BookError.invalidAccount(.empty)) {
      try read(#"{"version":1,"account":"","cash":0}"#)
    }
  }
}
