import CanonicalBytes
import Ristretto
import Solvency
import SolvencyProver
import TestSupport
import Testing

@Suite("Escrow")
struct EscrowTests {
  private let registry: Registry

  init() throws { registry = try Registry(of: Fixture.smallSnapshot()) }

  private func opening(account: String = "desk-7") throws -> AccountOpening {
    AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, account: account, registry))
  }

  /// The shares of these members, counted from 1, put together.
  private func recover(
    _ package: EscrowPackage, _ keys: [EscrowKey], _ members: [Int]
  ) throws -> AccountCommitment {
    var recovery = EscrowRecovery(of: package)
    for member in members { try recovery.add(package.share(openedBy: keys[member - 1].secret)) }
    return try recovery.opening().commitment()
  }

  @Test(arguments: [(1, 1), (1, 3), (2, 3), (3, 5), (5, 5)])
  func `A49: any quorum opens a silent account, and one member fewer does not`(
    threshold: Int, count: Int
  ) throws {
    let opening = try opening()
    let keys = (0..<count).map { _ in EscrowKey() }
    let package = try EscrowPackage.sealing(
      opening, to: keys.map { $0.secret.publicKey }, threshold: threshold)
    for start in 1...(count - threshold + 1) {
      let members = Array(start..<start + threshold)
      #expect(try recover(package, keys, members.reversed()) == opening.commitment())
      #expect(throws: EscrowError.tooFewShares(needed: threshold, have: threshold - 1)) {
        try recover(package, keys, Array(members.dropLast()))
      }
    }
  }

  @Test("a share that was changed is named, and the others still open the account")
  func wrongShare() throws {
    let opening = try opening()
    let keys = (0..<3).map { _ in EscrowKey() }
    let package = try EscrowPackage.sealing(
      opening, to: keys.map { $0.secret.publicKey }, threshold: 2)
    let honest = try package.share(openedBy: keys[1].secret)
    let text = String(decoding: honest.encoded(), as: UTF8.self)
    let lie = try EscrowShare(
      decoding: Array(text.replacing("\"member\": 2", with: "\"member\": 3").utf8))
    var recovery = EscrowRecovery(of: package)
    try recovery.add(honest)
    #expect(throws: EscrowError.wrongShare(member: 3)) { try recovery.add(lie) }
    #expect(throws: EscrowError.repeatedShare(member: 2)) { try recovery.add(honest) }
    try recovery.add(package.share(openedBy: keys[0].secret))
    #expect(try recovery.opening().commitment() == opening.commitment())
  }

  @Test("strangers, foreign shares and impossible committees are refused")
  func misuse() throws {
    let opening = try opening()
    let keys = (0..<3).map { _ in EscrowKey() }
    let members = keys.map { $0.secret.publicKey }
    let package = try EscrowPackage.sealing(opening, to: members, threshold: 2)
    let other = try EscrowPackage.sealing(opening, to: members, threshold: 2)
    #expect(throws: EscrowError.notAMember) {
      _ = try package.share(openedBy: EscrowSecretKey.random())
    }
    var recovery = EscrowRecovery(of: package)
    #expect(throws: EscrowError.foreignShare) {
      try recovery.add(other.share(openedBy: keys[0].secret))
    }
    for (committee, threshold) in [
      ([], 1), (members, 0), (members, 4), ([members[0], members[0]], 1),
    ] {
      #expect(throws: EscrowError.committee) {
        try EscrowPackage.sealing(opening, to: committee, threshold: threshold)
      }
    }
  }

  @Test("a package comes back from its file; every changed field is noticed")
  func file() throws {
    let opening = try opening()
    let keys = (0..<3).map { _ in EscrowKey() }
    let package = try EscrowPackage.sealing(
      opening, to: keys.map { $0.secret.publicKey }, threshold: 2)
    #expect(try EscrowPackage(decoding: package.encoded()) == package)
    let other = try EscrowPackage.sealing(
      self.opening(account: "desk-8"), to: keys.map { $0.secret.publicKey }, threshold: 2)
    let node = try JSONDocument.parse(package.encoded(), maximumBytes: 1 << 20)
    let foreign = try JSONDocument.parse(other.encoded(), maximumBytes: 1 << 20)
    guard case .object(let members) = node.value, case .object(let others) = foreign.value else {
      Issue.record("a package is an object")
      return
    }
    for (index, member) in others.enumerated()
    where !["version", "threshold", "members"].contains(member.key) {
      var changed = members
      changed[index] = member
      let package = try EscrowPackage(decoding: JSONValue.object(changed).encoded())
      #expect(throws: EscrowError.self, "\(member.key)") { try recover(package, keys, [1, 2]) }
    }
    #expect(throws: EscrowError.self) {
      try EscrowPackage(decoding: Array(package.encoded().dropLast(9)))
    }
    let newer = String(decoding: package.encoded(), as: UTF8.self)
      .replacing("\"version\": 1,\n  \"account\": {", with: "\"version\": 2,\n  \"account\": {")
    #expect(throws: EscrowError.unsupportedVersion(2)) {
      try EscrowPackage(decoding: Array(newer.utf8))
    }
  }

  @Test("an opening of something else is refused when it comes out")
  func wrongContents() throws {
    let keys = (0..<2).map { _ in EscrowKey() }
    let members = keys.map { $0.secret.publicKey }
    let package = try EscrowPackage.sealing(opening(), to: members, threshold: 1)
    // The same account, another blinding: the commitment is another point.
    let other = try opening()
    #expect(throws: OpeningError.mismatch(.commitment)) { try other.check(against: package.account) }
    #expect(try recover(package, keys, [2]) == package.account)
  }
}

/// A secret key that an array can hold.
private final class EscrowKey: Sendable {
  let secret = EscrowSecretKey.random()
}
