internal import CommandSupport
internal import SolvencyProver

/// What became of an account whose owner is silent: a committee that holds its opening in escrow.
struct EscrowOutcome {
  static let members = 5
  static let threshold = 3

  let account: String
  /// Whether two members can open the book.
  let isOpenToTwo: Bool
  /// Whether three members open exactly the book that the account committed to.
  let isOpenToThree: Bool

  /// Seals a trader's opening as its custodian did when it attested, and opens it again.
  init(of trader: DemoTrader) throws(ToolFailure) {
    account = trader.name
    let keys = EscrowCommittee(count: Self.members)
    do {
      let package = try EscrowPackage.sealing(
        trader.opening, to: keys.publicKeys, threshold: Self.threshold)
      isOpenToTwo = (try? keys.opens(package, with: [0, 3], as: trader)) ?? false
      isOpenToThree = try keys.opens(package, with: [4, 0, 2], as: trader)
    } catch {
      throw ToolFailure(.internalFault, trader.name, "its escrow failed: \(error)")
    }
  }
}

/// The secret keys of a liquidation committee.
struct EscrowCommittee: ~Copyable {
  private final class Member: Sendable {
    let key = EscrowSecretKey.random()
  }

  private let members: [Member]

  init(count: Int) { members = (0..<count).map { _ in Member() } }

  var publicKeys: [EscrowPublicKey] { members.map { $0.key.publicKey } }

  /// What three of five members open of the package in which an account's opening was sealed.
  func recovered(_ trader: DemoTrader) throws(EscrowError) -> AccountOpening {
    let package = try EscrowPackage.sealing(
      trader.opening, to: publicKeys, threshold: EscrowOutcome.threshold)
    var recovery = EscrowRecovery(of: package)
    for number in [1, 3, 4] { try recovery.add(package.share(openedBy: members[number].key)) }
    return try recovery.opening()
  }

  /// Whether these members open a package, and find the book that the trader committed to.
  func opens(
    _ package: EscrowPackage, with numbers: [Int], as trader: DemoTrader
  ) throws(EscrowError) -> Bool {
    var recovery = EscrowRecovery(of: package)
    for number in numbers { try recovery.add(package.share(openedBy: members[number].key)) }
    let opening = try recovery.opening()
    return (try? opening.check(against: trader.commitment)) != nil
  }
}
