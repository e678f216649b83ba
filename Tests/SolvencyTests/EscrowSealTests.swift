import Solvency
import SolvencyProver
import TestSupport
import Testing

/// What members check when a package arrives.
@Suite("Escrow seals")
struct EscrowSealTests {
  private let registry: Registry

  init() throws { registry = try Registry(of: Fixture.smallSnapshot()) }

  private func opening() throws -> AccountOpening {
    AccountOpening(of: try Fixture.book(Fixture.coveredAmounts, registry))
  }

  @Test(
    "one flipped byte anywhere in a package is seen against what the custodian signed, before it is opened")
  func flipped() throws {
    let opening = try opening()
    let keys = (0..<2).map { _ in EscrowKey() }
    let package = try EscrowPackage.sealing(opening, to: keys.map { $0.secret.publicKey }, threshold: 1)
    let seal = EscrowSeal(account: package.account, package: package.digest)
    try package.check(against: seal, current: opening.commitment())
    let text = Array(package.encoded())
    let other = try EscrowPackage(decoding: text)
    #expect(other.digest == package.digest)
    var random = SplitMix64(seed: 3)
    var (seen, read) = (0, 0)
    for _ in 0..<300 {
      var changed = text
      let place = Int.random(in: 0..<text.count, using: &random)
      changed[place] ^= UInt8(1) << UInt8(Int.random(in: 0..<7, using: &random))
      guard let flipped = try? EscrowPackage(decoding: changed), flipped != package else { continue }
      read += 1
      #expect(throws: EscrowError.changed) { try flipped.check(against: seal) }
      // Member 1 alone would not have seen most of these.
      if (try? flipped.share(openedBy: keys[0].secret)) != nil { seen += 1 }
    }
    #expect(read > 20 && seen > 5)
  }

  @Test("after a fill, hidden or not, a package is stale, and says so")
  func stale() throws {
    let opening = try opening()
    let key = EscrowKey()
    let package = try EscrowPackage.sealing(opening, to: [key.secret.publicKey], threshold: 1)
    let seal = EscrowSeal(account: package.account, package: package.digest)
    let fill = try Fill(
      account: opening.account, sequence: opening.sequence,
      deltas: [Fill.Delta(coordinate: "cash", amount: 5)])
    for next in [
      try opening.applying(fill, in: registry).commitment(),
      try opening.applying(HiddenFill(fill), in: registry).commitment(),
    ] {
      #expect(throws: EscrowError.stale(sealed: 0, current: 1)) {
        try package.check(against: seal, current: next)
      }
    }
  }
}

/// A secret key that an array can hold.
private final class EscrowKey: Sendable {
  let secret = EscrowSecretKey.random()
}
