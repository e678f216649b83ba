import Solvency
import SolvencyProver
import Testing

/// With a random generator that always gives the same bytes.
@Suite("Blindings are hedged")
struct HedgedBlindingTests {
  private let registry: Registry
  private let constant = [UInt8](repeating: 7, count: 32)

  init() throws { registry = try Registry(of: Fixture.smallSnapshot()) }

  /// The commitment without the book in it: V − Σ x_m·H_m = s·R₁, which is what two books must not share.
  private func blindingPart(
    _ opening: borrowing AccountOpening, _ amounts: [String: Int64]
  ) throws -> AccountCommitment {
    let deltas = amounts.filter { $0.value != 0 }.map { Fill.Delta(coordinate: $0.key, amount: -$0.value) }
    let fill = try Fill(account: opening.account, sequence: 0, deltas: deltas)
    return try opening.commitment().updated(by: fill, in: registry)
  }

  @Test("two books have different blindings although the system's bytes are the same")
  func books() throws {
    let (first, second) = (["cash": Int64(5)], ["cash": Int64(6)])
    let a = AccountOpening(of: try Fixture.book(first, registry), systemBytes: constant)
    let b = AccountOpening(of: try Fixture.book(second, registry), systemBytes: constant)
    #expect(try blindingPart(a, first).commitment != blindingPart(b, second).commitment)
    let same = AccountOpening(of: try Fixture.book(first, registry), systemBytes: constant)
    #expect(try a.commitment() == same.commitment(), "nothing else goes in")
    let otherBytes = AccountOpening(
      of: try Fixture.book(first, registry), systemBytes: [UInt8](repeating: 8, count: 32))
    #expect(try a.commitment() != otherBytes.commitment())
  }

  @Test("two accounts with the same book, and two passphrases, have different blindings")
  func accounts() throws {
    let amounts = ["cash": Int64(5)]
    let a = AccountOpening(of: try Fixture.book(amounts, account: "a", registry), systemBytes: constant)
    let b = AccountOpening(of: try Fixture.book(amounts, account: "b", registry), systemBytes: constant)
    #expect(try a.commitment().commitment != b.commitment().commitment)
    let passphrases = ["one", "other"]
    var commitments: [AccountCommitment] = []
    for text in passphrases {
      guard let passphrase = Passphrase(Array(text.utf8)) else { continue }
      let opening = AccountOpening(
        of: try Fixture.book(amounts, account: "a", registry), hedgedWith: passphrase, systemBytes: constant)
      commitments.append(try opening.commitment())
    }
    try #require(commitments.count == 2)
    #expect(commitments[0].commitment != commitments[1].commitment)
    #expect(try commitments[0].commitment != a.commitment().commitment)
  }

  @Test("two fills have different blindings, and so have two states of an account")
  func fills() throws {
    func delta(_ amount: Int64, sequence: UInt64 = 0, account: String = "a") throws -> AccountCommitment {
      let amounts = ["cash": Int64(5)]
      let opening = AccountOpening(
        of: try Fixture.book(amounts, account: "a", registry), systemBytes: constant)
      let fill = try Fill(
        account: AccountID("a"), sequence: 0, deltas: [Fill.Delta(coordinate: "cash", amount: amount)])
      let moved = try opening.applying(HiddenFill(fill, systemBytes: constant), in: registry)
      return try blindingPart(moved.commitment(), amount + 5)
    }
    #expect(try delta(1).commitment != delta(2).commitment)
  }

  private func blindingPart(_ commitment: AccountCommitment, _ cash: Int64) throws -> AccountCommitment {
    let fill = try Fill(
      account: commitment.account, sequence: commitment.sequence,
      deltas: [Fill.Delta(coordinate: "cash", amount: -cash)])
    return try commitment.updated(by: fill, in: registry)
  }
}
