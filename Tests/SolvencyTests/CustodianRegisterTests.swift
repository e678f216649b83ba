import CanonicalBytes
import MarginRules
import Solvency
import SolvencyProver
import TestSupport
import Testing

@Suite("A custodian's register")
struct CustodianRegisterTests {
  private let registry: Registry

  init() throws { registry = try Registry(of: Fixture.smallSnapshot()) }

  private func pledge(
    _ opening: borrowing AccountOpening, to venue: String = "First", from issued: UInt64 = 100,
    until expires: UInt64 = 200, in register: CustodianRegister, isSeparate: Bool = false
  ) throws -> CustodianRegister.Pledge {
    CustodianRegister.Pledge(
      account: try opening.commitment(), venue: venue, issued: Timestamp(seconds: issued),
      expires: Timestamp(seconds: expires), book: register.tag(of: opening), isSeparate: isSeparate)
  }

  private func opening(_ account: String, cash: Int64 = 5) throws -> AccountOpening {
    AccountOpening(of: try Fixture.book(["cash": cash], account: account, registry))
  }

  @Test
  func `A64: an account is pledged to one venue at a time`() throws {
    var register = CustodianRegister()
    let alice = try opening("alice")
    try register.admit(pledge(alice, in: register))
    let before = register
    #expect(throws: RegisterRefusal.pledgedElsewhere(venue: "First", until: Timestamp(seconds: 200))) {
      try register.admit(pledge(alice, to: "Second", from: 199, until: 300, in: register))
    }
    #expect(register == before, "a refused pledge is not remembered")
    try register.admit(pledge(alice, in: register))
    #expect(register == before, "the same pledge again is not a second one")
    try register.admit(pledge(alice, from: 150, until: 250, in: register))
    try register.admit(pledge(alice, to: "Second", from: 250, until: 300, in: register))
  }

  @Test
  func `A64: one book is not two accounts, under the same point or another blinding`() throws {
    var register = CustodianRegister()
    let alice = try opening("alice")
    try register.admit(pledge(alice, in: register))
    // The same opening renamed: the same point.
    let point = try alice.commitment()
    let renamed = CustodianRegister.Pledge(
      account: AccountCommitment(
        account: try AccountID("mallory"), registry: point.registry, commitment: point.commitment, sequence: 0
      ),
      venue: "First", issued: Timestamp(seconds: 500), expires: Timestamp(seconds: 600), book: nil)
    #expect(throws: RegisterRefusal.sameCommitment(account: try AccountID("alice"))) {
      try register.admit(renamed)
    }
    // The same amounts under a blinding of their own.
    let twin = try opening("bob")
    #expect(
      throws: RegisterRefusal.sameBook(
        account: try AccountID("alice"), venue: "First", until: Timestamp(seconds: 200))
    ) { try register.admit(pledge(twin, in: register)) }
    try register.admit(pledge(twin, in: register, isSeparate: true))
    try register.admit(pledge(opening("carol", cash: 6), in: register))
    // Books with nothing in them are nobody's in particular.
    try register.admit(pledge(opening("dave", cash: 0), in: register))
    try register.admit(pledge(opening("erin", cash: 0), in: register))
  }

  @Test
  func `A64: an earlier state, and a second book of one state, are not attested`() throws {
    var register = CustodianRegister()
    let alice = try opening("alice")
    let fill = try Fill(
      account: alice.account, sequence: 0, deltas: [Fill.Delta(coordinate: "cash", amount: 7)])
    let later = try alice.applying(fill, in: registry)
    try register.admit(pledge(later, in: register))
    #expect(throws: RegisterRefusal.rolledBack(registered: 1, offered: 0)) {
      try register.admit(pledge(alice, from: 300, until: 400, in: register))
    }
    let other = try opening("alice", cash: 9).applying(fill, in: registry)
    #expect(throws: RegisterRefusal.twoBooks(sequence: 1)) {
      try register.admit(pledge(other, from: 300, until: 400, in: register))
    }
  }

  @Test("a register comes back from its file; two registers know a book by different digests")
  func file() throws {
    var register = CustodianRegister()
    let alice = try opening("alice")
    try register.admit(pledge(alice, in: register))
    #expect(try CustodianRegister(decoding: register.encoded()) == register)
    #expect(register.tag(of: alice) != CustodianRegister().tag(of: alice))
    let bytes = register.encoded()
    #expect(throws: RegisterFileError.self) { try CustodianRegister(decoding: Array(bytes.dropLast(9))) }
    let text = String(decoding: bytes, as: UTF8.self)
    let newer = text.replacing("\"version\": 1,\n  \"salt\"", with: "\"version\": 2,\n  \"salt\"")
    #expect(throws: RegisterFileError.unsupportedVersion(2)) {
      try CustodianRegister(decoding: Array(newer.utf8))
    }
  }
}
