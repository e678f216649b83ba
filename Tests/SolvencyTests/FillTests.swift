import CanonicalBytes
import MarginRules
import ProofCore
import Ristretto
import Solvency
import SolvencyProver
import Testing

@Suite("Fills")
struct FillTests {
  private let account: AccountID
  private let registry: Registry

  init() throws {
    account = try AccountID("desk-7")
    registry = try Registry(of: Fixture.smallSnapshot())
  }

  private func fill(_ deltas: [String: Int64], sequence: UInt64 = 0) throws(FillError) -> Fill {
    try Fill(
      account: account, sequence: sequence,
      deltas: deltas.map { Fill.Delta(coordinate: $0.key, amount: $0.value) })
  }

  @Test("the updated commitment is the one that the updated opening has")
  func homomorphic() throws {
    let opening = AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, registry))
    let fill = try fill(["position/BTC-PERP": 5, "cash": -318_594_850, "debt/USDC": -100])
    let updated = try opening.commitment().updated(by: fill, in: registry)
    let reopened = try opening.applying(fill, in: registry)
    #expect(updated.sequence == 1)
    #expect(try reopened.commitment() == updated)
    try reopened.check(against: updated)
    #expect(throws: OpeningError.mismatch(.sequence)) { try opening.check(against: updated) }
  }

  @Test
  func `A19: a change of zero is refused, so that no sequence number passes without a change`() throws {
    #expect(throws: FillError.zeroDelta("cash")) { try fill(["cash": 0]) }
    #expect(throws: FillError.zeroDelta("cash")) { try fill(["position/BTC-PERP": 1, "cash": 0]) }
    #expect(throws: FillError.noDeltas) { try fill([:]) }
  }

  @Test(arguments: [
    ("cash", Fill.amountLimit, true), ("cash", Fill.amountLimit + 1, false),
    ("cash", -Fill.amountLimit, true), ("cash", -Fill.amountLimit - 1, false),
    ("cash", Int64.min, false),
  ])
  func `A19: amounts at, inside and outside the bounds`(_ name: String, _ amount: Int64, _ isFill: Bool) {
    #expect(((try? fill([name: amount])) != nil) == isFill)
  }

  @Test(
    arguments: [
      ("position/BTC-PERP", (1 << 40) - 1, 0, true), ("position/BTC-PERP", (1 << 40) - 1, 1, false),
      ("position/BTC-PERP", -(1 << 40) + 1, 0, true),
      ("position/BTC-PERP", -(1 << 40) + 1, -1, false),
      ("holding/BTC", (1 << 40) - 1, 0, true), ("holding/BTC", (1 << 40) - 1, 1, false),
      ("debt/BTC", 1, -2, false), ("cash", (1 << 62) - 1, 0, true), ("cash", (1 << 62) - 1, 1, false),
      ("cash", -(1 << 62) + 1, -1, false),
    ] as [(String, Int64, Int64, Bool)])
  func `A19: a fill may take a coordinate to its bound and not beyond`(
    _ name: String, _ first: Int64, _ second: Int64, _ fits: Bool
  ) throws {
    let empty = AccountOpening(of: try Fixture.book([:], registry))
    let once = try empty.applying(try fill([name: first]), in: registry)
    guard second != 0 else { return }
    let again = try fill([name: second], sequence: 1)
    #expect(throws: OpeningError.fill(.amountOutOfRange(name))) {
      _ = try once.applying(again, in: registry)
    }
    #expect(!fits)
  }

  @Test
  func `A14, A22: changing any amount, the last too, or swapping two changes the commitment`() throws {
    let blinding = Scalar.random()
    func commit(_ values: [Int64]) throws -> EncodedPoint {
      try VectorCommitment.commit(to: values.span, blinding: blinding, generators: .standard).encoded
    }
    let values: [Int64] = [5, -3, 0, 7, 7, 1, 0, 2]
    var seen = Set([try commit(values)])
    for i in values.indices {
      var changed = values
      changed[i] += 1
      seen.insert(try commit(changed))
    }
    #expect(seen.count == values.count + 1)
    for i in values.indices {
      for j in 0..<i where values[i] != values[j] {
        var swapped = values
        swapped.swapAt(i, j)
        #expect(try commit(swapped) != commit(values))
      }
    }
  }

  @Test
  func `A27: an account without positions has a commitment like any other, different each time`() throws {
    let empty = try (0..<8).map { _ in
      try AccountOpening(of: Fixture.book([:], registry)).commitment().commitment
    }
    #expect(Set(empty).count == 8)
    #expect(empty.allSatisfy { !$0.point.isIdentity })
  }

  @Test
  func `A20: without the blinding, no amount up to 2¹² explains a commitment`() throws {
    let cash = try Registry(names: ["cash"])
    let commitment = try AccountOpening(of: Fixture.book(["cash": 7], cash)).commitment().commitment
    let H = try Generators.standard.account(1)[0]
    var candidate = Point.identity
    for _ in 0...(1 << 12) {
      #expect(candidate != commitment.point)
      candidate += H
    }
  }

  @Test
  func `A28: a fill for another state or account, or replayed, is refused`() throws {
    let opening = AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, registry))
    let commitment = try opening.commitment()
    let first = try fill(["cash": 1])
    let next = try commitment.updated(by: first, in: registry)
    #expect(throws: FillError.wrongSequence(expected: 1, actual: 0)) {
      try next.updated(by: first, in: registry)
    }
    #expect(throws: FillError.wrongSequence(expected: 0, actual: 2)) {
      try commitment.updated(by: fill(["cash": 1], sequence: 2), in: registry)
    }
    let stranger = try Fill(
      account: AccountID("desk-8"), sequence: 0, deltas: [Fill.Delta(coordinate: "cash", amount: 1)])
    #expect(throws: FillError.wrongAccount) { try commitment.updated(by: stranger, in: registry) }
    let last = AccountCommitment(
      account: account, registry: registry.digest, commitment: commitment.commitment, sequence: .max)
    #expect(throws: FillError.wrongSequence(expected: .max, actual: .max)) {
      try last.updated(by: fill(["cash": 1], sequence: .max), in: registry)
    }
  }

  @Test("unknown coordinates and other registries are refused")
  func registries() throws {
    let commitment = try AccountOpening(of: Fixture.book([:], registry)).commitment()
    #expect(throws: FillError.unknownCoordinate("position/DOGE-PERP")) {
      try commitment.updated(by: fill(["position/DOGE-PERP": 1]), in: registry)
    }
    #expect(throws: FillError.wrongRegistry) {
      try commitment.updated(by: fill(["cash": 1]), in: Registry(names: ["cash"]))
    }
    #expect(throws: FillError.duplicateCoordinate("cash")) {
      try Fill(
        account: account, sequence: 0,
        deltas: [Fill.Delta(coordinate: "cash", amount: 1), Fill.Delta(coordinate: "cash", amount: 2)])
    }
  }

  @Test("an account moves to a longer registry without a new commitment")
  func growth() throws {
    let longer = try Registry(names: registry.names + ["position/NEW-PERP"])
    let opening = AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, registry))
    let extended = try opening.extended(from: registry, to: longer)
    #expect(try extended.commitment().commitment == opening.commitment().commitment)
    #expect(extended.registry == longer.digest)
    #expect(throws: OpeningError.mismatch(.registry)) {
      _ = try opening.extended(from: registry, to: Registry(names: ["cash"]))
    }
  }

  @Test("fill and account files read back as they were written")
  func files() throws {
    let fill = try fill(["position/BTC-PERP": -5, "cash": Fill.amountLimit, "debt/BTC": 1])
    #expect(try Fill(decoding: fill.json.encoded()) == fill)
    let commitment = try AccountOpening(of: Fixture.book([:], registry)).commitment()
    #expect(try AccountCommitment(decoding: commitment.json.encoded(.indented)) == commitment)
  }

  @Test("integers and decimal strings are the same amount; anything else is refused")
  func amounts() throws {
    func read(_ deltas: String) throws(FileError) -> Fill {
      let text = #"{"version":1,"account":"desk-7","sequence":"3","deltas":\#(deltas)}"#
      return try Fill(decoding: Array(text.utf8))
    }
    #expect(try read(#"{"cash":-12}"#) == read(#"{"cash":"-12"}"#))
    for deltas in [
      #"{"cash":1.5}"#, #"{"cash":"1e3"}"#, #"{"cash":"+1"}"#, #"{"cash":null}"#, #"{"cash":"007"}"#,
      #"{"cash":4611686018427387904}"#, #"{"cash":0}"#, "{}", #"{"cash":1,"cash":2}"#, "[]",
    ] {
      #expect(throws: FileError.self) { try read(deltas) }
    }
  }
}
