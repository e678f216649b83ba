import Admission
import CanonicalBytes
import Liquidation
import Solvency
import Testing

/// What liquidations are in bytes.
@Suite("Encodings of liquidations")
struct LiquidationEncodingTests {
  static func events() throws -> [LedgerEvent] {
    let (account, other) = (try Sample.account(1), try Sample.account(2))
    let moves = [
      CaseStepRecord.Move(
        account: account, sequence: 3, commitment: try Sample.point("V"),
        deltas: [
          CoordinateChange(coordinate: 0, amount: 500), CoordinateChange(coordinate: 1, amount: -5),
        ]),
      CaseStepRecord.Move(
        account: other, sequence: 9, commitment: try Sample.point("W"),
        deltas: [CoordinateChange(coordinate: 1, amount: 5)]),
    ]
    return [
      .liquidationRulesAdopted(LiquidationRulesRecord(rules: Sample.digest("rules"), layers: 2)),
      .fundMoved(
        FundRecord(number: 4, purse: .insurance(1), amount: -7, evidence: Sample.digest("movement"))),
      .liquidationOpened(
        CaseRecord(
          account: account, sequence: 3, snapshot: Sample.digest("snapshot 1"), cash: 0,
          evidence: Sample.digest("book"))),
      .liquidationStepped(
        CaseStepRecord(
          account: account, kind: .cleared, moves: moves,
          payments: [.init(.penaltyPot, -200), .init(.venue, -300)],
          repayments: [.init(holding: 2, debt: 3, lots: 8)], insured: 11, silent: 12,
          evidence: Sample.digest("bids"))),
      .winnersCalled(
        DeleveragingCallRecord(
          account: account, coordinate: 1, isLong: true, gainPerLot: 100, gainPpm: 2_000,
          reference: Sample.digest("snapshot 0"), deadline: Sample.start + 900)),
      .bandProven(
        DeleveragingBandRecord(
          account: other, sequence: 9, liquidated: account, rank: 3, size: 12,
          evidence: Sample.digest("answer"))),
    ]
  }

  @Test("entries of liquidations are these bytes")
  func knownAnswers() throws {
    let digests = try Self.events().map { Digest.sha256(of: $0.encoded()).description }
    #expect(digests == Self.expected)
  }

  static let expected = [
    "80f81b9a4238fb9c26b3e2e8492f4238e48d26a0695822dfab01d870e74024c8",
    "9fdfa9656081ced8802e82a09a2bdf8012473d290c6ae8c5c4c6ddbfbec2e4a9",
    "c359e1d424ca8c5c58886d1bbd4083ca3b63b39c096d5795ddf806c2e04feac2",
    "57c2fc0da7fbe422ac7d2d2d00dc9a193d041bdb016ce8b1f48153608f28422f",
    "c18af2ba7e725508d2da2974dbc03be89a1589e60a651f3ef3a0fa3bfe05488d",
    "d5ca9324cd5c781c07f48f3d8678cb9338653ef0a0755e76862b224a1e545869",
  ]

  @Test("an event reads back as it was written, and nothing shorter or longer does")
  func encoding() throws {
    for event in try Self.events() {
      let bytes = event.encoded()
      #expect(try LedgerEvent(decoding: bytes) == event)
      for count in 0..<bytes.count {
        #expect(throws: LogFormatError.malformedEvent) {
          try LedgerEvent(decoding: Array(bytes.prefix(count)))
        }
      }
      #expect(throws: LogFormatError.malformedEvent) { try LedgerEvent(decoding: bytes + [0]) }
      for index in bytes.indices {
        for mask in [1, 0x80, 0xFF] as [UInt8] {
          var damaged = bytes
          damaged[index] ^= mask
          guard let read = try? LedgerEvent(decoding: damaged) else { continue }
          #expect(read.encoded() == damaged && read != event)
        }
      }
    }
  }

  @Test(
    "a state with cases, calls and bands reads back, damaged it never traps, and one without keeps its bytes")
  func states() throws {
    var state = try Sample.state(accounts: 3)
    let plain = state.encoded()
    try state.apply(
      .liquidationRulesAdopted(LiquidationRulesRecord(rules: Sample.digest("rules"), layers: 1)),
      at: Sample.time(1))
    try state.apply(
      .fundMoved(FundRecord(number: 0, purse: .venue, amount: 70, evidence: .zero)), at: Sample.time(1))
    let late = Sample.time(6_000)
    try state.apply(
      .liquidationOpened(
        CaseRecord(
          account: Sample.account(1), sequence: 0, snapshot: Sample.digest("snapshot 1"), cash: 0,
          evidence: .zero)), at: late)
    try state.apply(
      .winnersCalled(
        DeleveragingCallRecord(
          account: Sample.account(1), coordinate: 1, isLong: false, gainPerLot: 1, gainPpm: 1,
          reference: .zero, deadline: late.seconds + 60)), at: late)
    try state.apply(
      .bandProven(
        DeleveragingBandRecord(
          account: Sample.account(2), sequence: 0, liquidated: Sample.account(1), rank: 1, size: 2,
          evidence: .zero)), at: late)
    let bytes = state.encoded()
    let read = try LedgerState(decoding: bytes)
    #expect(read == state && read.encoded() == bytes)
    #expect(read.funds == [.venue: 70])
    #expect(try read.openCases == [Sample.account(1)])
    for index in stride(from: plain.count / 2, to: bytes.count, by: 1) {
      var damaged = bytes
      damaged[index] ^= 0x81
      guard let other = try? LedgerState(decoding: damaged) else { continue }
      #expect(other.encoded() == damaged)
    }
    for count in plain.count + 1..<bytes.count {
      #expect((try? LedgerState(decoding: Array(bytes.prefix(count)))) == nil)
    }
    // Nothing is written for nothing, and nothing is read as something.
    #expect((try? LedgerState(decoding: plain + [0])) == nil)
  }

  @Test("a step that makes or loses a quantum is refused by the state alone, and changes nothing")
  func balance() throws {
    var state = try Sample.state(accounts: 2)
    try state.apply(
      .liquidationRulesAdopted(LiquidationRulesRecord(rules: .zero, layers: 0)), at: Sample.time(1))
    let late = Sample.time(6_000)
    try state.apply(
      .liquidationOpened(
        CaseRecord(
          account: Sample.account(1), sequence: 0, snapshot: Sample.digest("snapshot 1"), cash: 0,
          evidence: .zero)), at: late)
    func step(_ cash: Int64, _ lots: Int64, fund: Int64 = 0, sequence: UInt64 = 0) throws -> LedgerEvent {
      .liquidationStepped(
        CaseStepRecord(
          account: try Sample.account(1), kind: .cleared,
          moves: [
            .init(
              account: try Sample.account(0), sequence: sequence, commitment: try Sample.point("A"),
              deltas: [.init(coordinate: 0, amount: cash), .init(coordinate: 1, amount: lots)]),
            .init(
              account: try Sample.account(1), sequence: 0, commitment: try Sample.point("B"),
              deltas: [.init(coordinate: 0, amount: 100), .init(coordinate: 1, amount: -5)]),
          ], payments: fund == 0 ? [] : [.init(.venue, fund)]))
    }
    let before = state
    for (event, error) in [
      (try step(-99, 5), LedgerError.notBalanced), (try step(-100, 4), .notBalanced),
      (try step(-99, 5, fund: -1), .fundOverdrawn(.venue)),
      (try step(-100, 5, sequence: 1), .wrongSequence(current: 0)),
      (try step(.min, 5), .notBalanced),
    ] {
      #expect(throws: error) { try state.apply(event, at: late) }
      #expect(state == before)
    }
    try state.apply(step(-101, 5, fund: 1), at: late)
    #expect(state.funds == [.venue: 1])
    #expect(state.account(try Sample.account(0))?.sequence == 1)
  }

  @Test("rules, movements, bids and answers read back as they were written, and contradictions are refused")
  func documents() throws {
    let rules = try LiquidationRules(
      layers: [InsuranceLayer(attachment: 0, exhaustion: 5), InsuranceLayer(attachment: 5, exhaustion: 9)],
      policy: .proRata,
      backstop: .init(account: Sample.account(3), discountPpm: 10_000, capacity: 7),
      liquidators: [try Sample.account(1): SigningKey.random(role: .trader).verificationKey])
    let bytes = rules.encoded()
    #expect(try LiquidationRules(decoding: bytes) == rules)
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect((try? LiquidationRules(decoding: Array(bytes.prefix(count)))) == nil)
    }
    #expect(throws: LiquidationRulesError.layers) {
      try LiquidationRules(layers: [InsuranceLayer(attachment: 1, exhaustion: 5)], liquidators: [:])
    }
    #expect(throws: LiquidationRulesError.policy) {
      try LiquidationRules(layers: [], policy: .deficitOnly, liquidators: [:])
    }
    #expect(throws: LiquidationRulesError.rankEdges) {
      try LiquidationRules(layers: [], liquidators: [:], rankEdges: [5, 5])
    }
    for name in ["penalty-pot", "insurance/0", "insurance/31", "backstop", "venue"] {
      #expect(FundPurse(name)?.name == name)
    }
    for name in ["insurance/32", "insurance/00", "insurance/", "Venue", ""] {
      #expect(FundPurse(name) == nil)
    }
  }
}
