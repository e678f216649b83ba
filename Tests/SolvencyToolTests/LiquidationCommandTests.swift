import Foundation
import TestSupport
import Testing

/// Liquidations on the command line: single mechanisms on files, and a case from the opened book to its
/// settlement.
@Suite("Liquidation commands")
struct LiquidationCommandTests {
  @Test("an auction falls as MakerDAO's example says, and the same bids take the same lots")
  func auction() throws {
    try Scratch.with { folder in
      func file(_ name: String, _ text: String) throws -> String {
        let url = folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
      }
      let terms = try file(
        "terms.json",
        """
        {"version": 1, "auction": {"curve": "stairstep", "cutPpm": 10000, "stepSeconds": 90, "bufferPpm": 1000000,
         "tailSeconds": 7200, "cuspPpm": 0, "dust": 0}}
        """)
      let bids = try file(
        "bids.json",
        """
        {"version": 1, "bids": [{"bidder": "a", "number": 1, "limit": 1085258491, "lots": 60, "placed": 0},
         {"bidder": "b", "number": 1, "limit": 1188000000, "lots": 30, "placed": 0}]}
        """)
      let auction = ["liquidation", "auction", "--lots", "100", "--mark", "1200000000", "--terms", terms]
      let outcome = try Tool.run(auction + ["--bids", bids])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      // G11: 1085.25849001 after 900 s, 981.488325 after 1,800 s.
      #expect(outcome.output.contains("1085258491"))
      #expect(outcome.output.contains("b takes 30 at 1188000000, 90 s in"))
      #expect(outcome.output.contains("a takes 60 at 1085258491, 900 s in"))
      #expect(outcome.output.contains("10 lots are left"))
      #expect(try Tool.run(auction + ["--lots", "0"]).exitCode == 64)

      let loss = try file(
        "loss.json",
        """
        {"version": 1, "loss": 100, "penaltyPot": 10, "layers": [50], "backstop": 20,
         "gains": [{"account": "a", "gain": 30}, {"account": "b", "gain": 10}]}
        """)
      let borne = try Tool.run(["liquidation", "waterfall", loss, "--json"])
      #expect(borne.exitCode == 2, "\(borne.errors)")
      let flat = borne.output.filter { !$0.isWhitespace }
      #expect(flat.contains(#"{"account":"a","amount":15},{"account":"b","amount":5}"#))
      #expect(flat.contains(#""unpaid":0"#))
      let winners = try file(
        "winners.json",
        """
        {"version": 1, "lots": 50, "deficit": 10, "winners": [
         {"account": "quiet", "lots": 20, "gain": 100, "rank": null},
         {"account": "small", "lots": 40, "gain": 100, "rank": 5}]}
        """)
      let closed = try Tool.run(["liquidation", "adl", winners])
      #expect(closed.exitCode == 0, "\(closed.errors)")
      #expect(closed.output.contains("queue: 10 quanta taken of 2, 0 lots left, 0 uncovered"))
      #expect(closed.output.contains("deficit-only: 10 quanta taken of 2, 50 lots left"))
      for bad in ["{}", "{\"version\": 2}", "[", #"{"version": 1, "loss": 0}"#] {
        let path = try file("bad.json", bad)
        for verb in ["waterfall", "adl"] {
          #expect(try Tool.run(["liquidation", verb, path]).exitCode == 65)
        }
      }
    }
  }

  @Test("a silent account is closed by commands, from its opened book to the settlement, and audited")
  func closed() throws {
    try Scratch.with { folder in
      let run = try LedgerRun(in: folder)
      try run.must("keygen", "--role", "trader", "-o", run.path("maker.key"))
      let maker = run.path("maker.json")
      try Data(
        #"{"version": 1, "account": "maker", "holdings": {"USDC": 900000000}, "cash": "9000000000000"}"#.utf8
      ).write(to: URL(filePath: maker))
      func commit(_ book: String, _ name: String) throws {
        try run.must(
          "commit", "--book", book, "--snapshot", Example.snapshot, "-o", run.path(name), "--plain")
      }
      try commit(Example.path("Examples/book-insolvent.json"), "mallory")
      try commit(maker, "maker")
      let published = try run.run(
        ["ledger", "publish", Example.snapshot, "--signature", run.path("snapshot.sig.json")] + run.desk())
      try #require(published.exitCode == 0, "\(published.errors)")
      let identity = try run.identity()
      func open(_ name: String, at seconds: Int) throws {
        try run.must(
          "attest", "--account", run.path("\(name)/account.json"), "--pledged-to", "Example Exchange",
          "--ledger-identity", identity, "--now", String(LedgerRun.moment + seconds), "--key",
          run.path("custodian.key"), "-o", run.path("\(name).sig.json"))
        let opened = try run.run(["ledger", "open", run.path("\(name).sig.json")] + run.desk(at: seconds))
        try #require(opened.exitCode == 0, "\(opened.errors)")
      }
      try open("mallory", at: 0)
      // Two hours of an extreme market, half an hour of grace.
      let late = 10_000
      try open("maker", at: late)
      let opening = ["--opening", run.path("mallory/account.opening")]
      func liquidate(_ options: [String], at seconds: Int) throws -> Tool.Outcome {
        try run.run(["ledger", "liquidate", "mallory", "--json"] + options + run.desk(at: seconds))
      }
      let without = try liquidate(opening, at: late)
      #expect(without.exitCode == 2 && without.errors.contains("ledger rules"), "\(without.errors)")
      try run.must(
        "liquidation", "rules", "--insurance", "900000000000", "--liquidator",
        "maker=\(run.path("maker.key")).pub", "-o", run.path("rules.json"))
      let ruled = try run.run(["ledger", "rules", run.path("rules.json")] + run.desk(at: late))
      #expect(ruled.exitCode == 0, "\(ruled.errors)")
      try run.must(
        "liquidation", "fund", "--key", run.path("custodian.key"), "--venue-name", "Example Exchange",
        "--ledger-identity", identity, "--number", "0", "--purse", "insurance/0", "--amount", "900000000000",
        "-o", run.path("fund.json"))
      let funded = try run.run(["ledger", "fund", run.path("fund.json")] + run.desk(at: late))
      #expect(funded.exitCode == 0, "\(funded.errors)")
      let again = try run.run(["ledger", "fund", run.path("fund.json")] + run.desk(at: late))
      #expect(again.exitCode == 2 && again.errors.contains("number 1"), "\(again.errors)")

      var outcome = try liquidate(opening, at: late)
      var round = 0
      while outcome.exitCode == 0, !outcome.output.contains("\"settled\""), round < 6 {
        round += 1
        var bids: [String] = []
        let auctions = try #require(
          JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])["auctions"]
        for (place, one) in try #require(auctions as? [[String: Any]]).enumerated() {
          let (leg, lots) = (
            try #require(one["leg"] as? String), try #require(one["lots"] as? NSNumber).int64Value
          )
          let price = try #require(one["price"] as? NSNumber).int64Value
          let file = run.path("bid-\(round)-\(place).json")
          try run.must(
            "liquidation", "bid", "--key", run.path("maker.key"), "--venue-name", "Example Exchange",
            "--ledger-identity", identity, "--account", "mallory", "--sequence", "0", "--leg", leg,
            "--bidder", "maker", "--lots", "\(lots.magnitude)", "--limit", "\(price)", "--now",
            String(LedgerRun.moment + late), "-o", file)
          bids += ["--bid", file]
        }
        outcome = try liquidate(bids, at: late + round)
      }
      #expect(
        outcome.exitCode == 0 && outcome.output.contains("\"settled\""), "\(outcome.errors) \(outcome.output)"
      )
      try run.must("ledger", "export", "--ledger", run.path("desk"), "-o", run.path("day.log"))
      let audit = try run.run(
        ["audit", "replay", run.path("day.log"), "--venue", run.path("venue.key.pub")])
      #expect(
        audit.exitCode == 0 && audit.output.contains("1 cases settled"), "\(audit.output) \(audit.errors)")
      let replay = try run.run(
        ["liquidation", "replay", run.path("day.log"), "--venue", run.path("venue.key.pub")])
      #expect(replay.exitCode == 0 && replay.output.contains("mallory\n"), "\(replay.output)")
      #expect(replay.output.contains("1 of 1 cases settled"))
      let status = try run.must("ledger", "status", "--ledger", run.path("desk"))
      #expect(status.output.contains("fund      insurance/0"))
    }
  }
}
