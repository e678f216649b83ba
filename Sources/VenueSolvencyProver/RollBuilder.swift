public import CanonicalBytes
internal import Ristretto
public import Solvency
public import SolvencyProver
public import TransparencyLog
public import VenueSolvency

/// Puts the entries of a roll into their tree.
public struct RollBuilder: Sendable {
  /// The header, entry 0.
  public let header: RollHeader
  private var tree: MemoryTree
  private var last: RollAccount?

  /// A roll with its header alone.
  public init(_ header: RollHeader) {
    self.header = header
    tree = MemoryTree([header.entry])
  }

  /// Adds the next account; accounts come in the order of their commitments' bytes.
  ///
  /// - Returns: the account's place in the tree.
  /// - Throws: ``RollBuildError``.
  @discardableResult
  public mutating func append(_ account: RollAccount) throws(RollBuildError) -> UInt64 {
    guard tree.size < header.entryCount else { throw .tooMany(stated: header.accountCount) }
    if let last {
      guard last.commitment != account.commitment else { throw .repeatedCommitment(account.name) }
      guard last.commitment.bytes.lexicographicallyPrecedes(account.commitment.bytes) else {
        throw .notInOrder(account.name)
      }
    }
    tree.append(.leaf(account.entry))
    last = account
    return tree.size - 1
  }

  /// Whether all accounts are there, and their tree has this head.
  public mutating func isFinished(as head: TreeHead) -> Bool {
    tree.size == header.entryCount && tree.head(at: tree.size) == head
  }

  /// Signs the checkpoint of the finished roll.
  ///
  /// - Throws: ``RollBuildError``.
  public mutating func checkpoint(signedBy signer: borrowing NoteSigner) throws(RollBuildError)
    -> SignedCheckpoint
  {
    guard tree.size == header.entryCount else {
      throw .tooFew(stated: header.accountCount, added: tree.size - 1)
    }
    do throws(CheckpointError) {
      return try SignedCheckpoint(
        Checkpoint(origin: header.origin, head: tree.head(at: tree.size)), by: signer)
    } catch {
      throw .checkpoint(error)
    }
  }

  /// The receipt of an account for its trader.
  ///
  /// - Parameters:
  ///   - index: what ``append(_:)`` returned for the account.
  ///   - account: the account.
  ///   - salt: the salt of its name.
  ///   - checkpoint: the roll's checkpoint, with the cosignatures that the trader is to see.
  /// - Throws: ``RollBuildError/noSuchEntry(_:)``, ``RollBuildError/otherCheckpoint``.
  public mutating func receipt(
    at index: UInt64, of account: RollAccount, salt: Bytes32, under checkpoint: SignedCheckpoint
  ) throws(RollBuildError) -> RollReceipt {
    guard index > 0, index < tree.size, tree.node(NodePlace(level: 0, index: index)) == .leaf(account.entry)
    else {
      throw .noSuchEntry(index)
    }
    let size = tree.size
    guard checkpoint.unverified.head == tree.head(at: size) else { throw .otherCheckpoint }
    return RollReceipt(
      salt: salt, header: header, account: account, index: index,
      path: InclusionProof(of: index, in: size, from: &tree).path,
      headerPath: InclusionProof(of: 0, in: size, from: &tree).path, checkpoint: checkpoint)
  }
}

/// Why entries do not make a roll.
public enum RollBuildError: Error, Hashable, Sendable {
  /// The header states fewer accounts.
  case tooMany(stated: UInt64)
  /// The header states more accounts.
  case tooFew(stated: UInt64, added: UInt64)
  /// The account before has the same commitment.
  case repeatedCommitment(BlindedName)
  /// The account's commitment is less than that of the account before.
  case notInOrder(BlindedName)
  /// The checkpoint cannot be made.
  case checkpoint(CheckpointError)
  /// The tree does not have the account at this place.
  case noSuchEntry(UInt64)
  /// The checkpoint is not of this header and these accounts.
  case otherCheckpoint
}

extension AccountOpening {
  /// An account that nobody has, to hide how many there are: its book is zero, its name random.
  ///
  /// - Throws: ``BookError`` never, in a registry's ranges zero is always admitted.
  public static func padding(under registry: Registry) throws(BookError) -> AccountOpening {
    let name = "padding-" + SystemRandom.bytes(16).hex
    guard let account = try? AccountID(name) else { throw .outOfRange(path: name) }
    return AccountOpening(of: try Book(account: account, registry: registry) { _ in 0 })
  }
}

extension RollBuildError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .tooMany(let stated): "the header states \(stated) accounts, and there are more"
    case .tooFew(let stated, let added): "the header states \(stated) accounts, and there are \(added)"
    case .repeatedCommitment(let name): "the account \(name) has the commitment of the one before"
    case .notInOrder(let name): "the account \(name) is not in the order of commitments"
    case .checkpoint: "the checkpoint cannot be made: the log's name is not one line"
    case .noSuchEntry(let index): "there is no entry \(index)"
    case .otherCheckpoint: "the checkpoint is of another header, or of other accounts"
    }
  }
}
