import Admission
import CanonicalBytes
import CircuitLanguage
import MarginRules
import ProofCore
import Solvency
import SolvencyProver
import Testing

@Suite("Verdicts")
struct VerdictTests {
  @Test("a proof of initial margin admits the account until its next call")
  func standing() throws {
    let desk = try Desk()
    let request = try Trader.request("standing")
    guard case .admitted(let receipt) = desk.review(request) else {
      Issue.record("\(desk.reasons(request))")
      return
    }
    #expect(receipt.until == Market.now.advanced(by: 28_800))
    #expect(receipt.epoch == 1)
    #expect(receipt.headroom == nil)
    #expect(receipt.entry == 4)
    #expect(receipt.decided == Market.now)
    #expect(try receipt.head.content(verifiedBy: desk.keys.venue.verificationKey).count == 5)
    #expect(try desk.state(.desk7()).status == .current)
    #expect(try desk.state(.desk7()).lastProof == Digest.sha256(of: request.encoded()))
  }

  @Test("a proof of maintenance margin lets the account reduce only")
  func maintenance() throws {
    let desk = try Desk()
    guard case .reduceOnly = desk.review(try Trader.request("maintenance")) else {
      Issue.record("not reduce-only")
      return
    }
    #expect(try desk.state(.desk7()).status == .reduceOnly)
    // Initial margin proven later opens the account again.
    guard case .admitted = desk.review(try Trader.request("standing")) else {
      Issue.record("not admitted")
      return
    }
  }

  @Test("an order is admitted up to its lots, and filled in parts without another proof")
  func order() throws {
    let desk = try Desk()
    let trader = try Trader.desk7()
    #expect(desk.reasons(try Trader.request("order")) == [.standingNotProven])
    _ = desk.review(try Trader.request("standing"))
    guard case .admitted(let receipt) = desk.review(try Trader.request("order")) else {
      Issue.record("\(desk.reasons(try Trader.request("order")))")
      return
    }
    #expect(receipt.headroom?.lots == 5)
    #expect(receipt.until == Market.now.advanced(by: 300))
    let first = try trader.fill(["position/BTC-PERP": 2, "cash": -127_000_000])
    try desk.fill(first, of: trader)
    let afterFirst = try trader.after(first)
    var state = try desk.state(trader)
    #expect(state.commitment == afterFirst.commitment.commitment.encoded)
    #expect(state.headroom?.lots == 3)
    #expect(state.status == .current)
    let second = try afterFirst.fill(["position/BTC-PERP": 4, "cash": -127_000_000])
    try desk.fill(second, of: afterFirst)
    state = try desk.state(trader)
    #expect(state.standing == nil)
    #expect(state.status == .unproven)
  }

  @Test("an order that reduces is admitted with maintenance margin, flagged reduce-only")
  func reducing() throws {
    let desk = try Desk()
    _ = desk.review(try Trader.request("maintenance"))
    guard case .reduceOnly(let receipt) = desk.review(try Trader.request("reduce")) else {
      Issue.record("\(desk.reasons(try Trader.request("reduce")))")
      return
    }
    #expect(receipt.headroom?.side == .sell)
    #expect(desk.reasons(try Trader.request("order")) == [.standingNotProven])
  }

  @Test("any order between nothing and the headroom leaves a book that meets the rule")
  func convexity() throws {
    // The largest order that initial margin allows, and every part of it.
    let trader = try Trader("edge", ["cash": 600_000_000, "position/ETH-PERP": 3])
    let rule = try Market.rule(under: Market.snapshot())
    func isCovered(_ lots: Int64) throws -> Bool {
      guard lots > 0 else { return try trader.opening.explain(rule).isProvable }
      let fill = try trader.fill(["position/BTC-PERP": lots, "cash": -64_000_000 * lots])
      return try trader.after(fill).opening.explain(rule).isProvable
    }
    let largest = try #require(
      try (1...200 as ClosedRange<Int64>).last { try isCovered($0) })
    #expect(largest > 3 && largest < 200)
    for lots in 0...largest { #expect(try isCovered(lots)) }
  }

  @Test("after a restart the desk decides as before, and knows what it has decided")
  func restart() throws {
    let desk = try Desk()
    _ = desk.review(try Trader.request("standing"))
    let again = try desk.reopened()
    #expect(again.reasons(try Trader.request("standing")) == [.replayed])
    guard case .admitted = again.review(try Trader.request("order")) else {
      Issue.record("not admitted")
      return
    }
  }

  @Test("requests read back from bytes and from JSON as they were written")
  func encoding() throws {
    for name in ["standing", "order", "reduce"] {
      let request = try Trader.request(name)
      let bytes = request.encoded()
      #expect(try AdmissionRequest(decoding: bytes) == request)
      #expect(try AdmissionRequest(json: request.json.encoded()) == request)
      #expect(throws: RequestFormatError.malformed) {
        try AdmissionRequest(decoding: bytes + [0])
      }
      for count in stride(from: 0, to: bytes.count, by: 37) {
        #expect(throws: RequestFormatError.malformed) {
          try AdmissionRequest(decoding: Array(bytes.prefix(count)))
        }
      }
    }
  }

  @Test("a registry reads back from its listing")
  func listing() throws {
    let registry = try Market.registry()
    #expect(Digest.sha256(of: registry.listing) == registry.digest)
    #expect(try Registry(listing: registry.listing) == registry)
    for bytes in [[], Array(registry.listing.dropLast()), registry.listing + [0]] {
      #expect(throws: ListingError.malformed) { try Registry(listing: bytes) }
    }
  }

  @Test("accounts of a shorter registry prove under a longer one, and fills of new instruments lift them")
  func registryGrowth() throws {
    let desk = try Desk()
    let grown = try Market.variant { draft in
      var sol = draft.instruments[1]
      sol.id = "SOL-PERP"
      draft.instruments.append(sol)
    }
    try desk.publish(grown)
    let longer = try Market.registry().extended(for: grown)
    #expect(longer.count == 6)
    let trader = try Trader.desk7()
    #expect(try desk.state(trader).registry == Market.registry().digest)
    let rule = try MarginRule(
      circuit: Market.circuit(), snapshot: grown, kind: .initial, registry: longer)
    let salt = try Market.salt("grown")
    let purpose = ProofRequest(
      audience: try Market.venue(), nonce: AdmissionRequest.nonce(for: nil, salt: salt),
      issued: Market.now, expires: Market.now.advanced(by: 60))
    let opening = try trader.opening.extended(from: Market.registry(), to: longer)
    let request = AdmissionRequest(
      envelope: try opening.prove(rule, for: purpose, at: Market.now), salt: salt)
    guard case .admitted = desk.review(request) else {
      Issue.record("\(desk.reasons(request))")
      return
    }
    // A fill of the new instrument is reported under the longer registry.
    let fill = try trader.fill(["position/SOL-PERP": 1])
    #expect(throws: DeskError.fill(.unknownCoordinate("position/SOL-PERP"))) {
      try desk.fill(fill, of: trader)
    }
    try desk.fill(fill, on: opening.commitment())
    #expect(try desk.state(trader).registry == longer.digest)
    #expect(throws: DeskError.registryDoesNotGrow) {
      try desk.admission.publish(Registry(names: ["cash"]), at: Market.now)
    }
  }
}
