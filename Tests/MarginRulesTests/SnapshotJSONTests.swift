import CanonicalBytes
import Foundation
import MarginRules
import TestSupport
import Testing

@Suite("Risk snapshot: JSON")
struct SnapshotJSONTests {
  @Test("writing and reading gives the snapshot back, in both layouts")
  func roundTrip() throws {
    for snapshot in [try SnapshotFixture.snapshot(), try SnapshotFixture.goldenSnapshot()] {
      for layout in [JSONValue.Layout.compact, .indented] {
        let again = try RiskSnapshot(json: snapshot.json.encoded(layout))
        #expect(again == snapshot)
        #expect(again.digest == snapshot.digest)
      }
    }
  }

  @Test("the largest values survive")
  func extremes() throws {
    var draft = SnapshotFixture.draft()
    draft.epoch = SnapshotLimits.totals.upperBound
    draft.validTo = SnapshotLimits.times.upperBound
    draft.instruments[0].pnlLong = [-(1 << 50) + 1, -1]
    draft.groups[0].scenarios[0] = Scenario(weight: 1, price: -1_000_001, vol: (1 << 40) - 1)
    let snapshot = try RiskSnapshot(draft)
    #expect(try RiskSnapshot(json: snapshot.json.encoded()) == snapshot)
  }

  @Test("the golden snapshot reads as it is, with the documented defaults")
  func defaults() throws {
    let snapshot = try SnapshotFixture.goldenSnapshot()
    #expect(snapshot.epoch == 1)
    #expect(snapshot.asOf == 1_770_326_977)
    #expect(snapshot.validFrom == 1_770_326_977)
    #expect(snapshot.validTo == 1_770_326_977 + 3_600)
    #expect(snapshot.prevHash == .zero)
    #expect(snapshot.regime == .normal)
    #expect(snapshot.tiers.healthy == 1_500_000)
    #expect(snapshot.groups.map(\.id) == ["all"])
    #expect(snapshot.groups[0].scenarios.count == 33)
    #expect(snapshot.groups[0].scenarios[27] == Scenario(weight: 250_000, price: -660_000, vol: 1_000_000))
    #expect(snapshot.instruments.count == 11)
    #expect(snapshot.instruments.allSatisfy { $0.group == "all" && $0.flags == InstrumentFlags() })
    #expect(snapshot.instrumentIndices == [Array(0..<11)])
    #expect(snapshot.collateral[1].tranches.map(\.capLots) == [1_000_000, 4_000_000, nil])
  }

  @Test(
    "what is wrong is named with its place",
    arguments: [
      ("\"version\":1", "\"version\":3", "version 3 of the risk snapshot is not known here"),
      ("\"version\":1", "\"version\":2", "the document: lacks the key \"attributes\""),
      ("\"version\":1,", "", "the document: lacks the key \"version\""),
      ("\"epoch\":7", "\"epoch\":7.0", "epoch: \"7.0\" is not an integer"),
      ("\"epoch\":7", "\"epoch\":-1", "epoch: -1 is out of range"),
      ("\"epoch\":7", "\"epoch\":7,\"epoch\":8", "line 1, column 24: names \"epoch\" twice"),
      ("\"imPerLot\":30", "\"imPerLot\":3e1", "instruments[0].long[1].imPerLot: \"3e1\" is not an integer"),
      ("\"imPerLot\":30", "\"imPerlot\":30", "instruments[0].long[1]: has the unknown key \"imPerlot\"; did"),
      ("\"imPerLot\":30", "\"imPerLot\":9", "instruments[0].long[1].imPerLot: 9 is less than 10, from"),
      ("\"capLots\":3,", "", "instruments[0].long[1]: lacks the key \"capLots\""),
      ("\"weight\":0.25", "\"weight\":0.0000001", "groups[0].scenarios[1].weight: \"0.0000001\" is no"),
      ("\"price\":3", "\"price\":1e30", "groups[0].scenarios[1].price: \"1e30\" is out of range"),
      ("\"price\":3", "\"price\":\"3\"", "groups[0].scenarios[1].price: is a string; write a number"),
      ("\"regime\":\"stress\"", "\"regime\":\"mad\"", "regime: \"mad\" is not known here; write \"calm\""),
      ("\"kind\":\"call\"", "\"kind\":\"Call\"", "instruments[1].kind: \"Call\" is not known here"),
      ("\"quantumUSD\":\"1e-6\"", "\"quantumUSD\":\"1e-5\"", "quantumUSD: \"1e-5\" is not known here"),
      ("\"groups\":[", "\"scenarios\":[],\"groups\":[", "scenarios: has the unknown key"),
      ("\"group\":\"h\",", "", "instruments[1]: lacks the key \"group\""),
      ("2026-02-05T22:29:37Z", "2026-02-30T22:29:37Z", "validTo: \"2026-02-30T22:29:37Z\" names a day"),
      ("\"stale\":true", "\"stale\":1", "instruments[1].flags.stale: is a number; write true or false"),
      ("\"maxLots\":{\"long\":100", "\"maxLots\":{\"long\":-1", "instruments[0].maxLots.long: -1 is out"),
      ("\"factors\":[30,-40]", "\"factors\":[30]", "instruments[0].factors: has 1 elements; give 2"),
    ])
  func errors(_ part: String, _ replacement: String, _ message: String) throws {
    let text = String(decoding: try SnapshotFixture.snapshot().json.encoded(), as: UTF8.self)
    let range = try #require(text.range(of: part))
    let changed = text.replacingCharacters(in: range, with: replacement)
    let found = #expect(throws: SnapshotError.self) { try RiskSnapshot(json: Array(changed.utf8)) }
    let description = found?.description ?? ""
    #expect(description.hasPrefix(message), "\(description)")
    #expect(!description.contains("\n"))
  }

  @Test("times are read as dates or as seconds")
  func times() throws {
    let text = String(decoding: try SnapshotFixture.snapshot().json.encoded(), as: UTF8.self)
    let seconds = text.replacing("\"2026-02-05T22:29:37Z\"", with: "1770330577")
    #expect(seconds != text)
    #expect(try RiskSnapshot(json: Array(seconds.utf8)) == SnapshotFixture.snapshot())
  }

  @Test(
    "what is wrong with an instant is said, and the form that is wanted is shown",
    arguments: [
      (#""2026-02-05""#, "is a day without a time"), (#""2026-13-05T22:29:37Z""#, "names a day that is not"),
      (#""2026-02-05T24:00:00Z""#, "names a time that no day has"),
      (#""2026-02-05T22:29:37+01:00""#, "is not in UTC"), (#""2026-02-05T22:29:37.5Z""#, "is not in UTC"),
      (#""2026-02-05 22:29:37""#, "is not an instant"), (#""tomorrow""#, "is not an instant"),
      ("1770330577000", "as milliseconds would"), ("-5", "counts seconds beyond"),
    ])
  func wrongTimes(_ stated: String, _ message: String) throws {
    let text = String(decoding: try SnapshotFixture.snapshot().json.encoded(), as: UTF8.self)
    let changed = text.replacing(#""2026-02-05T22:29:37Z""#, with: stated)
    let found = #expect(throws: SnapshotError.self) { try RiskSnapshot(json: Array(changed.utf8)) }
    let description = found?.description ?? ""
    #expect(description.hasPrefix("validTo: ") && description.contains(message), "\(description)")
    #expect(description.hasSuffix("write \"2026-02-05T21:29:37Z\", or seconds since 1970"), "\(description)")
  }

  @Test("instants in the wrong order are named as instants")
  func orderOfTimes() throws {
    let text = String(decoding: try SnapshotFixture.snapshot().json.encoded(), as: UTF8.self)
    let changed = text.replacing("2026-02-05T22:29:37Z", with: "2026-02-05T20:00:00Z")
    let found = #expect(throws: SnapshotError.self) { try RiskSnapshot(json: Array(changed.utf8)) }
    #expect(
      found?.description
        == "validTo: 2026-02-05T20:00:00Z is not later than validFrom; write 2026-02-05T21:29:38Z or a later instant"
    )
  }

  @Test("without times there is no snapshot")
  func missingTimes() throws {
    let text = String(decoding: try SnapshotFixture.snapshot().json.encoded(), as: UTF8.self)
    let timeless = text.replacing("\"asOf\":\"2026-02-05T21:29:30Z\",", with: "")
      .replacing("\"validFrom\":\"2026-02-05T21:29:37Z\",", with: "")
    let found = #expect(throws: SnapshotError.self) { try RiskSnapshot(json: Array(timeless.utf8)) }
    #expect(found?.description == "the document: lacks the key \"validFrom\"; add it")
  }

  @Test("a snapshot that lacks its version, a time and its scenarios is told all of them at once")
  func missingTogether() throws {
    let text = #"{"epoch": 1, "tiers": {}, "buferPpm": 0, "collateral": [], "instruments": []}"#
    let found = #expect(throws: SnapshotError.self) { try RiskSnapshot(json: Array(text.utf8)) }
    #expect(
      found?.description
        == #"the document: has the unknown key "buferPpm" (did you mean "bufferPpm"?) and lacks "version", "#
        + #""validFrom", "scenarios"; correct or remove what is unknown and add what is missing"#)
  }
}
