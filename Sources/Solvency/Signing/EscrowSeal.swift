public import CanonicalBytes

/// What a custodian signs of an escrow package: these bytes are the sealed opening of this account, in this
/// state.
///
/// Members check a package against it when it arrives. Without it a flipped byte in the contents, or in
/// another member's share, shows only on the day the package has to be opened.
public struct EscrowSeal: Signable {
  /// A custodian signs it.
  public static let signer = SignerRole.custodian
  /// What it is called in files.
  public static let kind = "escrow seal"

  /// What the package opens.
  public let account: AccountCommitment
  /// SHA-256 over a domain of its own and every byte of the package.
  public let package: Digest

  /// The seal of a package with this digest.
  public init(account: AccountCommitment, package: Digest) {
    self.account = account
    self.package = package
  }

  /// Every field, after a domain of its own.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/escrow-seal/v1")
    writer.append(account)
    writer.append(package)
    return writer.bytes
  }

  /// The content as it stands in a file.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version), "account": account.json, "package": .hex(package.bytes),
    ]
  }

  /// Reads the content as it stands in a file.
  ///
  /// - Throws: ``FileError``.
  public init(_ node: JSONNode) throws(FileError) {
    let file = try VersionedFile(node, keys: ["account", "package"])
    account = try AccountCommitment(file.read("account") { $0 })
    package = try file.digest("package")
  }
}
