import Admission
import CanonicalBytes
import Foundation
import Liquidation
import MarginRules
import Solvency
import StressLab
import TestSupport

/// A good file of each kind that liquidations and the laboratory read, and its reader.
enum LiquidationFiles {
  static let names = [
    "liquidation-terms", "liquidation-rules", "bids", "case-bids", "loss", "winners", "deleveraging-call",
    "deleveraging-answer", "scenario", "venue", "stress-result",
  ]

  static func kind(_ name: String) throws -> (seeds: [[UInt8]], read: ([UInt8]) throws -> Void) {
    switch name {
    case "liquidation-terms":
      var linear = LiquidationTerms.standard
      linear.auction.curve = .linear(seconds: 600)
      return (
        [
          LiquidationTerms.standard.json.encoded(), linear.json.encoded(),
          Array(#"{"version": 1, "dust": 5, "auction": {"bufferPpm": 1010000}}"#.utf8),
        ], { _ = try LiquidationTerms(json: $0) }
      )
    case "liquidation-rules":
      return ([try rules().encoded()], { _ = try LiquidationRules(decoding: $0) })
    case "bids":
      return (
        [
          Array(
            #"{"version": 1, "bids": [{"bidder": "m", "number": 1, "limit": 5, "lots": 3, "placed": 0}]}"#
              .utf8)
        ], { _ = try BidList(json: $0) }
      )
    case "case-bids":
      let text = """
        {"version": 1, "fund": 5, "backstop": "6", "backstopDiscountPpm": 30000, "bids": [{"leg": "position/BTC-PERP",
         "bidder": "m", "number": 1, "limit": 5, "lots": 3, "placed": 0}]}
        """
      return ([Array(text.utf8)], { _ = try CaseBids(json: $0) })
    case "loss":
      let text = """
        {"version": 1, "loss": 100, "penaltyPot": 5, "layers": [10, 20], "backstop": 7,
         "gains": [{"account": "a", "gain": 50}]}
        """
      return ([Array(text.utf8)], { _ = try LossFile(json: $0) })
    case "winners":
      let text = """
        {"version": 1, "lots": 100, "deficit": 5, "winners": [{"account": "a", "lots": 40, "gain": -3, "rank": 7},
         {"account": "b", "lots": 40, "gain": 3, "rank": null}]}
        """
      return ([Array(text.utf8)], { _ = try WinnersFile(json: $0) })
    case "deleveraging-call":
      let text = """
        {"version": 1, "venue": {"name": "venue", "ledger": "\(Digest.zero)"}, "liquidated": "desk-7",
         "instrument": "BTC-PERP", "winningSide": "short", "snapshot": "\(Digest.zero)", "place": 0, "gainPpm": 58000,
         "edges": [50000, 100000], "nonce": "\(Digest.zero)", "deadline": 1770000000}
        """
      return ([Array(text.utf8)], { _ = try DeleveragingCallFile(decoding: $0) })
    case "deleveraging-answer":
      guard let band = DeleveragingBand(rank: 3, size: 7) else { throw CanonicalBytesError.invalidField }
      let answer = DeleveragingAnswer(
        to: try AccountID("desk-7"), band: band, envelope: try Fixture.coveredAccount().envelope)
      return ([answer.encoded()], { _ = try DeleveragingAnswer(decoding: $0) })
    case "scenario":
      return ([scenario().json.encoded()], { _ = try StressScenario(json: $0) })
    case "venue":
      let text = """
        {"version": 1, "fundShare": 0.01, "impact": 1, "deleveraging": "pro-rata", "liquidators": 3, "backstopDiscountPpm": 5,
         "agents": {"liquidatorLatency": 30, "liquidatorCapital": 0.1, "arbitrageCapital": 0.5, "publicationInterval": 4,
          "publicationIsRandom": true, "frontRunnerSize": 0.1, "whales": {"count": 3, "share": 0.2, "leverage": 2}},
         "liquidation": {"version": 1, "dust": 5}}
        """
      return ([Array(text.utf8)], { _ = try LabTerms(json: $0) })
    default:
      let report = try report()
      return ([report.json.encoded()], { _ = try StressReport(json: $0) })
    }
  }

  static func rules() throws -> LiquidationRules {
    try LiquidationRules(
      layers: [InsuranceLayer(attachment: 0, exhaustion: 5_000_000)],
      backstop: .init(account: AccountID("mm-2"), discountPpm: 10_000, capacity: 7),
      liquidators: [AccountID("mm-1"): SigningKey.random(role: .trader).verificationKey])
  }

  /// A movement of a fund and a bid, signed.
  static func signed() throws -> [[UInt8]] {
    let venue = try Audience("venue", ledger: .zero)
    let movement = try Signed(
      FundMovement(venue: venue, number: 3, purse: .insurance(2), amount: -5),
      by: .random(role: .custodian))
    let bid = try Signed(
      LiquidationBid(
        venue: venue, account: AccountID("desk-7"), sequence: 4, leg: "position/BTC-PERP",
        bid: AuctionBid(bidder: "mm-1", number: 1, limit: 59_000_000, lots: 10, placed: 1_770_000_000)),
      by: .random(role: .trader))
    return [movement.json.encoded(), bid.json.encoded()]
  }

  static func scenario() -> StressScenario {
    var scenario = StressScenario(id: "short", title: "a fall", steps: 3, stepSeconds: 600)
    scenario.paths = ["*": [PathKnot(0, 1), PathKnot(1_200, 0.7)], "BTC": [PathKnot(0, 1)]]
    scenario.depth = [PathKnot(0, 0.5)]
    scenario.peg = [PathKnot(0, 1), PathKnot(600, 0.95)]
    (scenario.noise, scenario.correlation, scenario.oracleDelay) = (0.02, 0.9, 1)
    (scenario.oracleOutage, scenario.keeperOutage) = (1..<2, 2..<2)
    (scenario.venueFailure, scenario.venueFailureShare) = (1, 0.5)
    return scenario
  }

  static func report() throws -> StressReport {
    let result = try StressRun.run(
      scenario(), in: LabMarket(seed: 3, underlyings: 1, days: 12), population: PopulationTerms(accounts: 12),
      terms: .standard, seed: 1)
    guard let outcome = StressOutcome([result]) else { throw CanonicalBytesError.invalidField }
    return StressReport(
      subtitle: "12 accounts", verdict: "as the figures say", outcomes: [outcome],
      remedies: [StressRemedyOutcome(name: "a fund", shortfalls: [outcome.shortfall])])
  }
}
