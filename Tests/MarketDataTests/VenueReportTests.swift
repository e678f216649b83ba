import MarketData
import TestSupport
import Testing

@Suite("Reports of a venue")
struct VenueReportTests {
  @Test("liquidations of one second are several, and none at all is not an error")
  func liquidations() throws {
    let text = "ts,notional_usd\n1000,5\n1000,5\n1060,7.5\n1030,1\n1090,-1\n"
    let reading = try LiquidationReader.read(Array(text.utf8), named: "l.csv", present: 1_080)
    #expect(
      reading.series == [
        LiquidationPrint(time: 1_000, notionalUSD: 5), LiquidationPrint(time: 1_000, notionalUSD: 5),
        LiquidationPrint(time: 1_030, notionalUSD: 1), LiquidationPrint(time: 1_060, notionalUSD: 7.5),
      ])
    #expect(reading.quality.bad.count == 1 && reading.quality.reordered.count == 1)
    #expect(reading.quality.duplicates.count == 0)
    let none = try LiquidationReader.read(Array("ts,notional_usd\n".utf8), named: "l.csv")
    #expect(none.series.isEmpty)
    #expect(
      missingParts { _ = try LiquidationReader.read(Array("ts,size\n1,2\n".utf8), named: "l.csv") }
        == ["notional_usd"])
  }

  @Test("insurance is what a fund holds over what it should, and the file says both")
  func insurance() throws {
    let text = "time,fund_usd,required_usd\n1000,50,200\n2000,0,0\n3000,inf,1\n"
    let reading = try InsuranceReader.read(Array(text.utf8), named: "i.csv")
    #expect(reading.series.map(\.share) == [0.25, 1])
    #expect(reading.series.map(\.time) == [1_000, 2_000] && reading.quality.bad.count == 1)
    #expect(
      missingParts { _ = try InsuranceReader.read(Array("ts,fund_usd\n1,2\n".utf8), named: "i.csv") }
        == ["required_usd"])
  }

  @Test("usage is lent over supplied, none where nothing is supplied, and at most all of it")
  func usage() throws {
    let text = "ts,supplied,borrowed,backed_usd\n1,100,45,9\n2,0,0,0\n3,10,30,1\n4,-1,0,0\n"
    let reading = try AssetUsageReader.read(Array(text.utf8), named: "u.csv")
    #expect(reading.series.map(\.utilisation) == [0.45, 0, 1])
    #expect(reading.series[0].backedUSD == 9 && reading.quality.bad.count == 1)
    #expect(
      missingParts {
        _ = try AssetUsageReader.read(Array("ts,supplied,borrowed\n1,2,3\n".utf8), named: "u.csv")
      } == ["backed_usd"])
  }

  @Test("a listing names the files, and a view shows no row before its time")
  func listing() throws {
    var files = Dictionary(
      uniqueKeysWithValues: SyntheticMarket(seed: 1, days: 5).directory().map { ($0.path, $0.bytes) })
    let plain = try Market.load { files[$0] }
    #expect(plain.insurance.isEmpty && plain.assetUsage.allSatisfy { $0.isEmpty })
    #expect(plain.underlyings.allSatisfy { $0.liquidations.isEmpty })
    let text = String(decoding: files["market.json"] ?? [], as: UTF8.self)
    let end = try #require(plain.latest?.time)
    files["market.json"] = Array(
      text.replacing("\"version\": 1,", with: "\"version\": 1, \"insurance\": \"insurance.csv\",")
        .replacing(
          "\"bars\": \"bars/BTC.csv\"",
          with: "\"bars\": \"bars/BTC.csv\", \"liquidations\": \"liquidations.csv\""
        )
        .replacing("\"id\": \"USDC\"", with: "\"id\": \"USDC\", \"group\": \"BTC\", \"usage\": \"usage.csv\"")
        .utf8)
    files["insurance.csv"] = Array("ts,fund_usd,required_usd\n\(end),1,2\n".utf8)
    files["liquidations.csv"] = Array("ts,notional_usd\n\(end),3\n".utf8)
    files["usage.csv"] = Array("ts,supplied,borrowed,backed_usd\n\(end),4,1,5\n".utf8)
    let market = try Market.load { files[$0] }
    let index = try #require(market.listing.assets.firstIndex { $0.id == "USDC" })
    #expect(market.listing.assets[index].group == "BTC")
    let (before, after) = (market.upTo(end - 1), market.upTo(end))
    #expect(before.insurance.isEmpty && after.insurance.last?.share == 0.5)
    #expect(before.assetUsage[index].isEmpty && after.assetUsage[index].last?.utilisation == 0.25)
    #expect(before.underlying("BTC")?.liquidations.isEmpty == true)
    #expect(after.underlying("BTC")?.liquidations.last?.notionalUSD == 3)
    #expect(
      Set(market.files).isSuperset(of: ["insurance.csv", "liquidations.csv", "usage.csv"]))
    files["insurance.csv"] = nil
    #expect(throws: MarketDataError(file: "insurance.csv", .missing)) { _ = try Market.load { files[$0] } }
  }
}
