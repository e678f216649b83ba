public import CanonicalBytes
internal import ProofCore
internal import Ristretto
public import Solvency
public import TransparencyLog

/// What a trader is given of a roll: the salt of the account, its entry, and the ways from entry and header
/// to the root of the checkpoint. A `.tlog-proof` file of the entry, with the rest as extra data, so that any
/// reader of such files can check the way.
public struct RollReceipt: Hashable, Sendable {
  /// The largest file that is read, in bytes.
  public static let fileByteLimit = LogProof.fileByteLimit

  /// The salt of the blinded name.
  public let salt: Bytes32
  /// The header of the roll.
  public let header: RollHeader
  /// The account as the roll lists it.
  public let account: RollAccount
  /// The account's place in the tree; at least 1.
  public let index: UInt64
  /// The hashes beside the way from the account to the root.
  public let path: [MerkleHash]
  /// The hashes beside the way from the header to the root.
  public let headerPath: [MerkleHash]
  /// The checkpoint.
  public let checkpoint: SignedCheckpoint

  /// A receipt of these parts.
  public init(
    salt: Bytes32, header: RollHeader, account: RollAccount, index: UInt64, path: [MerkleHash],
    headerPath: [MerkleHash], checkpoint: SignedCheckpoint
  ) {
    self.salt = salt
    self.header = header
    self.account = account
    self.index = index
    self.path = path
    self.headerPath = headerPath
    self.checkpoint = checkpoint
  }

  /// Reads a file. That its form is right says nothing about what it claims.
  ///
  /// - Throws: ``RollReceiptError``.
  public init(decoding file: [UInt8]) throws(RollReceiptError) {
    let proof: LogProof
    do throws(LogProofError) {
      proof = try LogProof(decoding: file)
    } catch {
      throw .proof(error)
    }
    guard let extra = proof.extra else { throw .noExtra }
    do throws(FileError) {
      let file = try VersionedFile(
        extra, maximumBytes: LogProof.extraByteLimit, keys: ["salt", "header", "entry", "headerPath"])
      salt = Bytes32(filling: try file.bytes32("salt"))
      header = try RollHeader(file.read("header") { $0 })
      account = try file.read("entry") { node throws(DocumentError) in
        let bytes = try node.bytes(hexOfCount: RollAccount.entryByteCount)
        guard let account = try? RollAccount(decoding: bytes) else { throw node.failure(.notHexadecimal) }
        return account
      }
      headerPath = try file.read("headerPath") { node throws(DocumentError) in
        var path: [MerkleHash] = []
        for element in try node.array(maximumCount: 63) {
          guard let hash = MerkleHash(try element.bytes(hexOfCount: 32)) else {
            throw element.failure(.notHexadecimal)
          }
          path.append(hash)
        }
        return path
      }
    } catch {
      throw .extra(error)
    }
    (index, path, checkpoint) = (proof.index, proof.path, proof.checkpoint)
  }

  /// The file.
  public func encoded() -> [UInt8] {
    let extra: JSONValue = [
      "version": .integer(VersionedFile.version), "salt": .hex(salt.bytes), "header": header.json,
      "entry": .hex(account.entry), "headerPath": .array(headerPath.map { .hex($0.bytes) }),
    ]
    return LogProof(index: index, path: path, checkpoint: checkpoint, extra: extra.encoded(.compact))
      .encoded()
  }
}

/// Why bytes are not a receipt of a roll.
public enum RollReceiptError: Error, Hashable, Sendable {
  /// They are not a proof of a log.
  case proof(LogProofError)
  /// There is no extra data: it is a receipt of another log.
  case noExtra
  /// The extra data is of another form.
  case extra(FileError)
}

/// What a trader's check of a roll found.
public enum RollCheck: Hashable, Sendable {
  /// The account is on the roll with this book, as of this class.
  case included(AccountClass, amount: Int64, cosigned: Int)
  /// The checkpoint is not believed.
  case untrusted(CheckpointTrustError)
  /// The checkpoint is of another log than the header says, or of another number of entries.
  case otherRoll
  /// The roll is of another ledger than the trader's.
  case otherLedger(Audience)
  /// The roll is of another epoch than the trader asked for.
  case otherEpoch(UInt64)
  /// The header is not the first entry of the tree.
  case headerNotIncluded(TreeProofError)
  /// The entry is under the name of another account, or the salt is wrong.
  case otherName
  /// The entry, which is in the tree, has another commitment than the trader's own book in the same state.
  case otherCommitment
  /// The entry is of another state of the account.
  case otherSequence(listed: UInt64)
  /// The entry is not in the tree.
  case notIncluded(TreeProofError)

  /// Whether the account is listed as it should be.
  public var isIncluded: Bool { if case .included = self { true } else { false } }

  /// One sentence for the trader.
  public var text: String {
    switch self {
    case .included(.solvent, _, let witnesses):
      "your account is on the roll with your book, listed as meeting the maintenance rule\(Self.seen(witnesses)). "
        + Self.limit
    case .included(.bounded, let amount, let witnesses):
      "your account is on the roll with your book, listed with a shortfall of at most \(amount)"
        + "\(Self.seen(witnesses)). \(Self.limit)"
    case .included(.opened, let equity, let witnesses):
      "your account is on the roll with your book, listed as opened to the auditor with an equity of \(equity)"
        + "\(Self.seen(witnesses)). \(Self.limit)"
    case .untrusted(let error): "the checkpoint is not one you trust (\(error)); do not rely on this roll."
    case .otherRoll: "header and checkpoint are of different rolls; ask the venue for a receipt of this one."
    case .otherLedger(let ledger):
      "this is a roll of another ledger, \(ledger); your account is not shown to be listed."
    case .otherEpoch(let epoch): "this is the roll of epoch \(epoch), not the one you asked for."
    case .headerNotIncluded:
      "the header is not the first entry of the roll; the receipt was put together from two rolls."
    case .otherName: "the entry is not under your account's name; your account is not shown to be listed."
    case .otherCommitment:
      "the roll lists your account with another book than that of your opening. The opening may be of another roll or "
        + "state; if it is the one of this roll, keep both: together they are evidence against the venue."
    case .otherSequence(let listed):
      "the roll lists another state of your account, sequence \(listed); check with the opening of that state, and "
        + "compare it with your fills."
    case .notIncluded:
      "the entry is not in the roll, and nothing in it is the venue's word: the receipt is damaged or put together. Ask "
        + "for another; your account is not shown to be listed."
    }
  }

  /// A receipt holds no proof of the book.
  private static let limit = "That it is so proved is what an audit of the roll shows."

  private static func seen(_ witnesses: Int) -> String {
    witnesses == 0
      ? ", which no witness has cosigned"
      : ", which \(witnesses) witness\(witnesses == 1 ? "" : "es") cosigned"
  }
}

extension RollReceipt {
  /// The trader's check.
  ///
  /// - Parameters:
  ///   - own: the account as the trader's own opening makes it.
  ///   - ledger: the venue and ledger that the account is with.
  ///   - epoch: the roll that was asked for; nil takes any.
  ///   - policy: whom the trader trusts for the roll's log.
  public func check(
    own: AccountCommitment, ledger: Audience, epoch: UInt64? = nil, under policy: TrustPolicy
  ) -> RollCheck {
    let witnessed: WitnessedCheckpoint
    do throws(CheckpointTrustError) {
      witnessed = try policy.verify(checkpoint)
    } catch {
      return .untrusted(error)
    }
    let head = witnessed.checkpoint.head
    guard witnessed.checkpoint.origin == header.origin, head.size == header.entryCount else {
      return .otherRoll
    }
    guard header.ledger == ledger else { return .otherLedger(header.ledger) }
    if let epoch, epoch != header.epoch { return .otherEpoch(header.epoch) }
    do throws(TreeProofError) {
      try InclusionProof(index: 0, size: head.size, path: headerPath).verify(
        leaf: .leaf(header.entry), root: head.root)
    } catch {
      return .headerNotIncluded(error)
    }
    // Before anything is said of the entry: only what is in the tree is the venue's word.
    do throws(TreeProofError) {
      try InclusionProof(index: index, size: head.size, path: path).verify(
        leaf: .leaf(account.entry), root: head.root)
    } catch {
      return .notIncluded(error)
    }
    guard account.name == BlindedName(of: own.account, salt: salt), index > 0 else { return .otherName }
    // Another state has another commitment, which tells nothing by itself.
    guard account.sequence == own.sequence else { return .otherSequence(listed: account.sequence) }
    guard account.commitment == own.commitment.encoded else { return .otherCommitment }
    return .included(account.accountClass, amount: account.amount, cosigned: witnessed.cosigned.count)
  }
}
