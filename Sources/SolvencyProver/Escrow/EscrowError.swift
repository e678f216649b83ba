public import CanonicalBytes

/// Why an escrow cannot be made, opened or recovered.
public enum EscrowError: Error, Hashable, Sendable {
  /// A committee has 1 to 32 members, all different and each with a key that something can be sealed to, and
  /// a threshold of 1 to as many.
  case committee
  /// The key does not belong to a member of this committee.
  case notAMember
  /// The share sealed to this member, counted from 1, does not open with its key.
  case sealedShare(member: Int)
  /// The share of this member is not what the package's public points say.
  case wrongShare(member: Int)
  /// The member's share is there already.
  case repeatedShare(member: Int)
  /// The share belongs to another package.
  case foreignShare
  /// Too few shares for the threshold.
  case tooFewShares(needed: Int, have: Int)
  /// The shares are right, and the contents or the public part were changed after sealing.
  case tampered
  /// The package is not the one that the custodian signed.
  case changed
  /// The package opens an earlier state of the account: a fill came after it, and a new one is needed.
  case stale(sealed: UInt64, current: UInt64)
  /// What was sealed does not open the commitment that the package names.
  case opening(OpeningError)
  /// The file is not strict JSON of its form; the error says where.
  case document(DocumentError)
  /// The file has a version that this library does not read.
  case unsupportedVersion(Int64)
  /// The value at this path is not what it should be: a key, a point, a scalar or a name.
  case invalidValue(path: String)
}

extension EscrowError {
  /// What a reader of documents found, another version apart.
  init(_ error: DocumentError) {
    self = error.unsupportedVersion.map { .unsupportedVersion($0) } ?? .document(error)
  }
}
