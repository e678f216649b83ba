import CanonicalBytes
import MarginRules
import Solvency
import SolvencyProver
import Testing
import VenueSolvencyProver

/// Balances in our columns, and as files for two other tools have them.
@Suite("Tables of balances")
struct BalanceTableTests {
  private let registry: Registry
  private let lots: LotSizes

  init() throws {
    var draft = Venue.draft()
    draft.collateral = [("BTC", "0.00000001 BTC"), ("USDT", "0.01 USDT")].map { id, lot in
      CollateralAsset(
        id: id, lot: lot, tranches: [Tranche(capLots: nil, valIM: 9, valMM: 10)], debtIM: 13, debtMM: 12)
    }
    let snapshot = try RiskSnapshot(draft)
    registry = try Registry(of: snapshot)
    lots = LotSizes(of: snapshot)
  }

  private func table(_ header: String, withLots: Bool = true) throws -> BalanceTable {
    try BalanceTable(header: Array(header.utf8), registry: registry, lots: withLots ? lots : nil)
  }

  /// The amounts of a line, by coordinate, without the zeros.
  private func amounts(_ line: String, of table: BalanceTable) throws -> [String: Int64] {
    let opening = AccountOpening(of: try table.book(Array(line.utf8)))
    let values = opening.revealed().values
    return Dictionary(uniqueKeysWithValues: zip(registry.names, values)).filter { $0.value != 0 }
  }

  @Test(
    "columns of any other layout are what the reader is told: satoshis, wei-like units, whole lots, nothing")
  func choices() throws {
    // BitMEX's proof of liabilities: satoshis under `amount`.
    let bitmex = try BalanceTable(
      header: Array("account,amount".utf8), registry: registry, lots: lots,
      choices: ["amount": .units("holding/BTC", digits: 8)])
    #expect(try amounts("4,4000000000", of: bitmex) == ["holding/BTC": 4_000_000_000])
    #expect(throws: BalanceTableError.notAnInteger(column: "holding/BTC")) {
      try amounts("4,0.5", of: bitmex)
    }
    // OKX's proof-of-reserves-v2: an object with the asset's own name for each amount.
    let okx = try BalanceTable(
      names: ["id", "BTC", "USDT"], registry: registry, lots: lots,
      choices: ["BTC": .units("holding/BTC", digits: 8), "USDT": .units("holding/USDT", digits: 6)])
    let book = AccountOpening(of: try okx.book(fields: ["320b", "221679", "2000000"]))
    #expect(
      zip(registry.names, book.revealed().values).filter { $0.1 != 0 }.map(\.0) == [
        "holding/BTC", "holding/USDT",
      ])
    #expect(throws: BalanceTableError.notWholeLots(column: "holding/USDT")) {
      try okx.book(fields: ["320b", "0", "2000001"])
    }
    let debts = try BalanceTable(
      header: Array("uid;owed;note".utf8), registry: registry, lots: lots,
      choices: ["owed": .lots("debt/USDT"), "note": .ignored])
    #expect(try amounts("a;7;whatever", of: debts) == ["debt/USDT": 7])
    #expect(throws: BalanceTableError.unknownCoordinate("holding/XYZ", column: "x")) {
      try BalanceTable(
        names: ["id", "x"], registry: registry, lots: lots, choices: ["x": .lots("holding/XYZ")])
    }
    #expect(throws: BalanceTableError.sameCoordinate("holding/BTC", columns: "a", "b")) {
      try BalanceTable(
        names: ["id", "a", "b"], registry: registry, lots: lots,
        choices: ["a": .lots("holding/BTC"), "b": .units("holding/BTC", digits: 8)])
    }
    for (whole, digits, lots) in [
      ("0", 8, 0), ("1", 8, 1), ("100", 2, 100_000_000), ("12", 0, 1_200_000_000),
    ] {
      let table = try BalanceTable(
        names: ["id", "x"], registry: registry, lots: self.lots,
        choices: ["x": .units("holding/BTC", digits: digits)])
      let value = AccountOpening(of: try table.book(fields: ["a", whole])).revealed().values
      #expect(value.contains(Int64(lots)), "\(whole) \(digits)")
    }
  }

  @Test("a file for zkmerkle-proof-of-solvency: equity and debt are read, what is derived is not")
  func zkmerkle() throws {
    let table = try table(
      "rn,id,e_btc,d_btc,btc,vl_btc,m_btc,pm_btc,e_usdt,d_usdt,usdt,vl_usdt,m_usdt,pm_usdt,total_net_balance_usdt"
    )
    #expect(
      try amounts("0,00ab,1.5,0.00000002,0,0.5,0.25,0.1,12.34,7,0,1,1,1,0.0", of: table)
        == ["holding/BTC": 150_000_000, "debt/BTC": 2, "holding/USDT": 1234, "debt/USDT": 700])
    #expect(throws: BalanceTableError.notWholeLots(column: "holding/USDT")) {
      try amounts("0,00ab,0,0,0,0,0,0,0.001,0,0,0,0,0,0", of: table)
    }
    #expect(throws: BalanceTableError.notAnAmount(column: "holding/BTC")) {
      try amounts("0,00ab,much,0,0,0,0,0,0,0,0,0,0,0,0", of: table)
    }
    #expect(throws: BalanceTableError.outOfRange(column: "holding/BTC")) {
      try amounts("0,00ab,-1,0,0,0,0,0,0,0,0,0,0,0,0", of: table)
    }
    #expect(throws: BalanceTableError.wrongFieldCount(expected: 15, actual: 14)) {
      try amounts("0,00ab,0,0,0,0,0,0,0,0,0,0,0,0", of: table)
    }
    // An asset that the venue's snapshot does not list is refused, not left out.
    #expect(throws: BalanceTableError.unknownColumn("e_shib")) { try self.table("rn,id,e_btc,d_btc,e_shib") }
    #expect(throws: BalanceTableError.duplicateColumn("e_btc")) { try self.table("rn,id,e_btc,e_btc") }
  }

  @Test("Gate's file and The Network Firm's: columns of prices are not read, decimal numbers are amounts")
  func furtherTools() throws {
    let gate = try table("rn,id,e_btc,d_btc,btc,btc_udst_price,total_net_balance_usdt")
    #expect(
      try amounts("1,000005b7,0.5,0.0,0.5,16945.39000000,8472.7", of: gate) == ["holding/BTC": 50_000_000])
    #expect(throws: BalanceTableError.unknownColumn("shib_udst_price")) {
      try self.table("rn,id,e_btc,d_btc,shib_udst_price")
    }
    let generator = try BalanceTable(
      header: Array("#ID,balance1,balance2".utf8), registry: registry, lots: lots,
      choices: ["balance1": .amount("holding/BTC"), "balance2": .ignored])
    #expect(try amounts("1,1.0000001,100.0000001", of: generator) == ["holding/BTC": 100_000_010])
    #expect(throws: BalanceTableError.notAnAmount(column: "holding/BTC")) {
      try amounts("1,much,0", of: generator)
    }
    #expect(throws: BalanceTableError.notWholeLots(column: "holding/BTC")) {
      try amounts("1,0.000000001,0", of: generator)
    }
  }

  @Test("a file for Summa: username, and an asset and a chain in each column")
  func summa() throws {
    let table = try table("username,balance_BTC_BTC,balance_USDT_ETH")
    #expect(
      try amounts("dxGaEAii,2,41163", of: table) == ["holding/BTC": 200_000_000, "holding/USDT": 4_116_300])
    #expect(throws: BalanceTableError.unknownColumn("balance_ETH_ETH")) {
      try self.table("username,balance_ETH_ETH")
    }
    // One asset on two chains would count once.
    #expect(
      throws: BalanceTableError.sameCoordinate(
        "holding/USDT", columns: "balance_USDT_ETH", "balance_USDT_TRX")
    ) {
      try self.table("username,balance_USDT_ETH,balance_USDT_TRX")
    }
  }

  @Test("without the sizes of lots, and in our own columns, nothing of that is guessed")
  func own() throws {
    #expect(throws: BalanceTableError.unknownColumn("rn")) {
      try table("rn,id,e_btc,d_btc", withLots: false)
    }
    #expect(throws: BalanceTableError.unknownColumn("e_btc")) { try table("id,e_btc,cash") }
    let own = try table("account;cash;holding/BTC")
    #expect(try amounts("desk-7;-5;120", of: own) == ["cash": -5, "holding/BTC": 120])
    #expect(throws: BalanceTableError.notAnInteger(column: "holding/BTC")) {
      try amounts("desk-7;0;1.5", of: own)
    }
  }

  @Test("a choice is about a column that is there and a coordinate that is there; no column means two things")
  func choicesThatAreNone() throws {
    func refusal(
      _ names: [String], _ choices: [String: BalanceTable.ColumnChoice], withLots: Bool = true
    ) -> BalanceTableError? {
      do throws(BalanceTableError) {
        _ = try BalanceTable(
          names: names, registry: registry, lots: withLots ? lots : nil, choices: choices)
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal(["id", "cash", "x"], ["x": .ignored]) == nil)
    // Every book would be empty, and every account solvent.
    #expect(refusal(["id", "x"], ["x": .ignored]) == .noCoordinateColumn)
    #expect(refusal(["account"], [:]) == .noCoordinateColumn)
    #expect(
      refusal(["id", "cash"], ["nope": .ignored]) == .noSuchColumn("nope", columns: ["id", "cash"]))
    #expect(
      refusal(["id", "cash"], ["cash": .lots("holding/BTC")])
        == .twoMeanings(column: "cash", chosen: "holding/BTC"))
    #expect(refusal(["id", "cash"], ["cash": .amount("cash")]) == nil)
    #expect(refusal(["id", "x"], ["x": .units("holding/BTC", digits: 19)]) == .digits(column: "x"))
    #expect(
      refusal(["id", "x"], ["x": .amount("holding/BTC")], withLots: false)
        == .noLotSize("holding/BTC", column: "x"))
    #expect(refusal(["id", "uid", "cash"], [:]) == .twoAccountColumns("id", "uid"))
    #expect(refusal(["id", "uid", "cash"], ["uid": .ignored]) == nil)
    // What is not read may not be there twice either: one of the two may be the one that was meant.
    #expect(refusal(["id", "x", "x"], ["x": .ignored]) == .duplicateColumn("x"))
  }

  @Test("an amount beyond its range, and beyond every range, is said to be that and not to be no number")
  func beyond() throws {
    let table = try BalanceTable(
      names: ["id", "cash", "units", "amount"], registry: registry, lots: lots,
      choices: ["units": .units("holding/BTC", digits: 8), "amount": .amount("holding/USDT")])
    func refusal(_ fields: String...) -> BalanceTableError? {
      do throws(BalanceTableError) {
        _ = AccountOpening(of: try table.book(fields: ["a"] + fields))
        return nil
      } catch {
        return error
      }
    }
    let most = "\((1 << 62) - 1)"
    #expect(refusal(most, "0", "0") == nil && refusal("-" + most, "0", "0") == nil)
    #expect(refusal("-0", "0", "0.00") == nil)
    for cash in [
      "\(1 << 62)", "9223372036854775808", "-9223372036854775809", "1" + String(repeating: "0", count: 80),
    ] {
      #expect(refusal(cash, "0", "0") == .outOfRange(column: "cash"), "\(cash)")
    }
    for huge in ["9223372036854775808", String(repeating: "9", count: 80)] {
      #expect(refusal("0", huge, "0") == .outOfRange(column: "holding/BTC"), "\(huge)")
      #expect(refusal("0", "0", huge) == .outOfRange(column: "holding/USDT"), "\(huge)")
    }
    for text in ["1e3", "+5", "05", "1.0", "", "-", "--1", "0x5", "1_000", "٣"] {
      #expect(refusal(text, "0", "0") == .notAnInteger(column: "cash"), "\(text)")
      #expect(refusal("0", text, "0") == .notAnInteger(column: "holding/BTC"), "\(text)")
    }
    for text in ["1e3x", "", "-", ".", "much", "0x5"] {
      #expect(refusal("0", "0", text) == .notAnAmount(column: "holding/USDT"), "\(text)")
    }
  }
}
