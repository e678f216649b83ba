package import ArgumentParser
internal import CanonicalBytes
package import MarginRules
package import Solvency

/// `--key`, `-o` and `--force`: who signs, and where the signed file goes.
package struct SigningOptions: ParsableArguments {
  package init() {}

  @Option(help: "The signer's key, as `solvency keygen` wrote it.", completion: .file(extensions: ["key"]))
  package var key: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the signed file is written.",
    completion: .file(extensions: ["json"]))
  package var path: String

  @Flag(help: "Replace a file that is there.")
  package var force = false

  @OptionGroup package var passphrase: PassphraseOptions

  /// Unlocks the key, before anything else is loaded: a wrong passphrase, a key of another role and a place
  /// that is taken are said at once, and what unlocking takes, 256 MiB, is free again.
  ///
  /// - Parameter role: who signs such things.
  package func unlocked(as role: SignerRole) throws(ToolFailure) -> UnlockedSigner {
    try OutputFile.checkFree(path, replacing: force)
    let secret = try Documents.signingKey(key, passphrase)
    let found = secret.role
    try ToolFailure.wrapping(key) {
      guard found == role else { throw SigningError.wrongRole(expected: role, actual: found) }
    }
    return UnlockedSigner(key: secret, options: self)
  }
}

/// A signer's key in memory, and where the signed file goes.
package struct UnlockedSigner: ~Copyable {
  fileprivate let key: SigningKey
  fileprivate let options: SigningOptions

  /// The signer's public key.
  package var verificationKey: VerificationKey { key.verificationKey }

  /// Signs content and writes the file.
  package consuming func sign<Content: Signable>(
    _ content: Content
  ) throws(ToolFailure) -> Signed<Content> {
    let signed = try ToolFailure.wrapping(options.key) { try Signed(content, by: key) }
    try OutputFile.write(
      signed.json.encoded(.indented), to: options.path, access: .everybody, replacing: options.force)
    return signed
  }
}

/// `--venue` and `--signature`: that it was the venue who published the snapshot.
package struct EndorsementOptions: ParsableArguments {
  package init() {}

  @Option(help: "The venue's public key; with --signature.", completion: .file(extensions: ["pub"]))
  package var venue: String?

  @Option(
    help: "The venue's signature on the snapshot, as `solvency snapshot sign` wrote it.",
    completion: .file(extensions: ["json"]))
  package var signature: String?

  package func validate() throws {
    guard (venue == nil) == (signature == nil) else {
      throw ValidationError("Give --venue and --signature together.")
    }
  }

  /// What the venue signed of the snapshot; `nil` if nobody asked.
  ///
  /// - Throws: a refusal if another key signed, or something else was signed.
  package func endorsement(of snapshot: RiskSnapshot) throws(ToolFailure) -> SnapshotEndorsement? {
    guard let venue, let signature else { return nil }
    let key = try Documents.verificationKey(venue, of: .venue)
    let signed = try Documents.signed(signature, as: SnapshotEndorsement.self)
    let endorsement = try ToolFailure.wrapping(signature) { try signed.content(verifiedBy: key) }
    guard endorsement.endorses(snapshot) else {
      throw ToolFailure(
        .refused, signature,
        "is the venue's word on another snapshot, \(endorsement.snapshot) of epoch \(endorsement.epoch)")
    }
    return endorsement
  }
}
