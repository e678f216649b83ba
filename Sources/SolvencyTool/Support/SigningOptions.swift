internal import ArgumentParser
internal import CanonicalBytes
internal import MarginRules
internal import Solvency

/// `--key`, `-o` and `--force`: who signs, and where the signed file goes.
struct SigningOptions: ParsableArguments {
  @Option(help: "The signer's key, as `solvency keygen` wrote it.", completion: .file(extensions: ["key"]))
  var key: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the signed file is written.",
    completion: .file(extensions: ["json"]))
  var path: String

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var passphrase: PassphraseOptions

  /// Signs content and writes the file.
  func sign<Content: Signable>(_ content: Content) throws(ToolFailure) -> Signed<Content> {
    try OutputFile.checkFree(path, replacing: force)
    let key = try Documents.signingKey(key, passphrase)
    let signed = try ToolFailure.wrapping(self.key) { try Signed(content, by: key) }
    try OutputFile.write(
      signed.json.encoded(.indented), to: path, access: .everybody, replacing: force)
    return signed
  }
}

/// `--venue` and `--signature`: that it was the venue who published the snapshot.
struct EndorsementOptions: ParsableArguments {
  @Option(help: "The venue's public key; with --signature.", completion: .file(extensions: ["pub"]))
  var venue: String?

  @Option(
    help: "The venue's signature on the snapshot, as `solvency snapshot sign` wrote it.",
    completion: .file(extensions: ["json"]))
  var signature: String?

  func validate() throws {
    guard (venue == nil) == (signature == nil) else {
      throw ValidationError("Give --venue and --signature together.")
    }
  }

  /// What the venue signed of the snapshot; `nil` if nobody asked.
  ///
  /// - Throws: a refusal if another key signed, or something else was signed.
  func endorsement(of snapshot: RiskSnapshot) throws(ToolFailure) -> SnapshotEndorsement? {
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
