public import CanonicalBytes
internal import ExactIntegers
internal import MarginRules
internal import Merlin
public import ProofCore
internal import Ristretto
public import Solvency

/// What opens an account commitment: the book and the blinding. Its holder can prove for the
/// account, and knows its book.
///
/// Book and blinding lie in guarded memory that is wiped when the opening ends. An opening cannot be
/// copied, printed or compared.
public struct AccountOpening: ~Copyable, Sendable {
  /// The account.
  public let account: AccountID
  /// The registry that says which coordinate is what.
  public let registry: Digest
  /// How many fills the book has seen since it was first committed to.
  public let sequence: UInt64
  /// The book by coordinate.
  let values: SecretBlock<Int64>
  /// `s`, one scalar.
  let blinding: SecretBlock<Scalar>

  /// Number of coordinates.
  public var coordinateCount: Int { values.count }

  /// Opens a new account on a book, with a fresh blinding and the sequence number 0.
  ///
  /// The blinding depends on the book and on the system's random bytes, so that two books never share one.
  public init(of book: consuming Book) {
    self.init(of: book, systemBytes: SystemRandom.bytes(32))
  }

  /// The same with a blinding that depends on a passphrase too: if the system's generator is broken, anyone
  /// who guesses the book still cannot tell it from the commitment.
  public init(of book: consuming Book, hedgedWith passphrase: borrowing Passphrase) {
    self.init(of: book, hedgedWith: passphrase, systemBytes: SystemRandom.bytes(32))
  }

  /// The same with the system's bytes from elsewhere.
  package init(of book: consuming Book, systemBytes: [UInt8]) {
    let source = book.blindingSource()
    self.init(opening: book, blinding: source.scalars(1, systemBytes: systemBytes))
  }

  /// The same with the system's bytes from elsewhere.
  package init(
    of book: consuming Book, hedgedWith passphrase: borrowing Passphrase, systemBytes: [UInt8]
  ) {
    var source = book.blindingSource()
    passphrase.bytes.withSpan { source.rekey(with: $0, label: "passphrase") }
    self.init(opening: book, blinding: source.scalars(1, systemBytes: systemBytes))
  }

  private init(opening book: consuming Book, blinding: consuming SecretBlock<Scalar>) {
    self.init(
      account: book.account, registry: book.registry.digest, sequence: 0, values: book.values,
      blinding: blinding)
  }

  /// An opening of parts that came out of a file or an older opening.
  init(
    account: AccountID, registry: Digest, sequence: UInt64, values: consuming SecretBlock<Int64>,
    blinding: consuming SecretBlock<Scalar>
  ) {
    self.account = account
    self.registry = registry
    self.sequence = sequence
    self.values = values
    self.blinding = blinding
  }

  /// The public commitment that this opens, computed anew.
  ///
  /// - Throws: ``OpeningError/generators(_:)`` if the suite has too few account generators.
  public borrowing func commitment(
    generators: Generators = .standard
  ) throws(OpeningError) -> AccountCommitment {
    let s = blinding.withSpan { $0[0] }
    let V: VectorCommitment
    do throws(GeneratorError) {
      V = try values.withSpan { span throws(GeneratorError) in
        try VectorCommitment.commit(to: span, blinding: s, generators: generators)
      }
    } catch {
      throw .generators(error)
    }
    return AccountCommitment(
      account: account, registry: registry, commitment: V, sequence: sequence)
  }

  /// Refuses a public commitment that this does not open.
  ///
  /// - Throws: ``OpeningError/mismatch(_:)`` naming the first part that differs.
  public borrowing func check(
    against public: AccountCommitment, generators: Generators = .standard
  ) throws(OpeningError) {
    guard `public`.account == account else { throw .mismatch(.account) }
    guard `public`.registry == registry else { throw .mismatch(.registry) }
    guard `public`.sequence == sequence else { throw .mismatch(.sequence) }
    guard try `public` == commitment(generators: generators) else { throw .mismatch(.commitment) }
  }

  /// Refuses a book that is not the one in this opening.
  ///
  /// Every coordinate is compared, whatever the first ones say: the time tells nothing of the place.
  ///
  /// - Throws: ``OpeningError/mismatch(_:)``.
  public borrowing func check(against book: borrowing Book) throws(OpeningError) {
    guard book.account == account else { throw .mismatch(.account) }
    guard book.registry.digest == registry, book.values.count == values.count else {
      throw .mismatch(.registry)
    }
    let difference = values.withSpan { mine in
      book.values.withSpan { other in
        mine.indices.reduce(Int64(0)) { $0 | (mine[$1] ^ other[$1]) }
      }
    }
    guard difference == 0 else { throw .mismatch(.book) }
  }

  /// The opening after a fill: it opens what ``AccountCommitment/updated(by:in:generators:)`` returns.
  ///
  /// - Throws: ``OpeningError/fill(_:)`` when the fill does not apply, or takes a coordinate out of the
  ///   range it may have.
  public borrowing func applying(
    _ fill: Fill, in registry: Registry
  ) throws(OpeningError) -> AccountOpening {
    do throws(FillError) {
      try fill.checkApplies(
        to: account, sequence: sequence, registry: self.registry, under: registry)
      var updated = copyOfValues()
      for (coordinate, amount) in try fill.indexedDeltas(in: registry) {
        let name = registry.names[coordinate]
        try updated.withMutableSpan { span throws(FillError) in
          let (sum, overflow) = span[coordinate].addingReportingOverflow(amount)
          guard !overflow, CoordinateRange.range(of: name).contains(sum) else {
            throw .amountOutOfRange(name)
          }
          span[coordinate] = sum
        }
      }
      return AccountOpening(
        account: account, registry: self.registry, sequence: sequence + 1, values: updated,
        blinding: copyOfBlinding())
    } catch {
      throw .fill(error)
    }
  }

  /// The same book under a longer registry, the new coordinates zero. The commitment stays the same
  /// point.
  ///
  /// - Throws: ``OpeningError/mismatch(_:)`` unless `longer` begins with the coordinates of `current`
  ///   and `current` is the opening's registry.
  public borrowing func extended(
    from current: Registry, to longer: Registry
  ) throws(OpeningError) -> AccountOpening {
    guard current.digest == registry, longer.names.starts(with: current.names) else {
      throw .mismatch(.registry)
    }
    let count = values.count
    let extended = values.withSpan { span in
      SecretBlock<Int64>(count: longer.count) { $0 < count ? span[$0] : 0 }
    }
    return AccountOpening(
      account: account, registry: longer.digest, sequence: sequence, values: extended,
      blinding: copyOfBlinding())
  }

  borrowing func copyOfValues() -> SecretBlock<Int64> {
    values.withSpan { span in SecretBlock(count: span.count) { span[$0] } }
  }

  borrowing func copyOfBlinding() -> SecretBlock<Scalar> {
    blinding.withSpan { span in SecretBlock(count: span.count) { span[$0] } }
  }
}

/// Why an opening does not fit.
public enum OpeningError: Error, Hashable, Sendable {
  /// A part of an opening that is also public.
  public enum Part: Hashable, Sendable {
    case account, registry, sequence, commitment, book
  }

  /// The opening is of something else: this part differs.
  case mismatch(Part)
  /// The fill does not apply.
  case fill(FillError)
  /// The suite cannot provide the generators the book needs.
  case generators(GeneratorError)
}
