internal import CanonicalBytes
internal import Merlin
internal import Ristretto
public import Solvency

/// An account's secret amounts, one for each coordinate of a registry.
///
/// Positions, holdings and debts are in lots of the snapshot, cash in value quanta. The amounts lie in
/// guarded memory that is wiped when the book ends; a book cannot be copied, printed or compared.
public struct Book: ~Copyable, Sendable {
  /// The account the book is of.
  public let account: AccountID
  /// What the coordinates are.
  public let registry: Registry
  /// The amounts by coordinate, each in its range.
  let values: SecretBlock<Int64>

  /// The book with these amounts.
  ///
  /// - Parameters:
  ///   - account: the name of the account.
  ///   - registry: the coordinates, all of which get an amount.
  ///   - amount: gives the amount of each coordinate by its name.
  /// - Throws: ``BookError/outOfRange(path:)`` for an amount that its coordinate cannot have.
  public init(
    account: AccountID, registry: Registry, amount: (String) -> Int64
  ) throws(BookError) {
    self.account = account
    self.registry = registry
    values = try SecretBlock(count: registry.count) { index throws(BookError) in
      let name = registry.names[index]
      let value = amount(name)
      guard CoordinateRange.range(of: name).contains(value) else { throw .outOfRange(path: name) }
      return value
    }
  }
}

extension Book {
  /// Where the blinding of the book's commitment comes from.
  borrowing func blindingSource() -> RandomnessSource {
    var source = RandomnessSource.hedged(
      domain: "solvency account blinding v1", [account.utf8, registry.digest.bytes])
    values.withSpan { source.rekey(with: $0, label: "book") }
    return source
  }
}
