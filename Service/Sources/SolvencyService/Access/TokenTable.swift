internal import Admission
public import CanonicalBytes

/// The bearer tokens that a server knows, as SHA-256 of each: who reads the configuration learns none.
///
/// A token is 32 random bytes, so that its digest needs no salt and no slow hash. All digests are compared
/// with the one presented, each in the same time, so that neither which nor how much of one agrees can be
/// measured.
public struct TokenTable: Hashable, Sendable {
  /// A token's owner.
  public struct Entry: Hashable, Sendable {
    /// What the audit trail calls them.
    public let name: String
    /// What they may do.
    public let roles: Set<Role>
    /// SHA-256 of the token.
    public let digest: Digest
    /// From when on the token is not taken; nil for never.
    public let expires: Timestamp?

    /// An owner of these parts.
    public init(name: String, roles: Set<Role>, digest: Digest, expires: Timestamp? = nil) {
      (self.name, self.roles, self.digest, self.expires) = (name, roles, digest, expires)
    }
  }

  /// What every token begins with, so that scanners of repositories find one that leaked.
  public static let prefix = "solvency_"
  /// The most bytes of a token that is looked at.
  static let byteLimit = 256

  /// The owners.
  public let entries: [Entry]

  /// A table of these owners.
  public init(_ entries: [Entry] = []) { self.entries = entries }

  /// The owner of a token; nil if there is none, or the token is over.
  public func owner(of token: [UInt8], at now: Timestamp) -> Entry? {
    guard token.count <= Self.byteLimit else { return nil }
    let digest = Digest.sha256(of: token)
    var found: Entry?
    for entry in entries {
      if Self.isEqual(entry.digest, digest) { found = entry }
    }
    guard let found, found.expires.map({ now < $0 }) ?? true else { return nil }
    return found
  }

  /// Compares in the same time whatever the bytes.
  static func isEqual(_ a: Digest, _ b: Digest) -> Bool {
    zip(a.bytes, b.bytes).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
