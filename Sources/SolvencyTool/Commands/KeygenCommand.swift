internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import SolvencyProver

/// `solvency keygen`
struct KeygenCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make a key for one role: a secret file under a passphrase, and a public one beside it.",
    discussion: """
      A venue signs snapshots, a custodian attestations, a trader requests, an engine fills; a key of one \
      role never speaks for another. A log signs checkpoints, a witness cosigns them; an auditor signs what it found on a roll. To an escrow-member shares of \
      openings are sealed. The public file has the same name with .pub at its end.

        solvency keygen --role venue -o venue.key
      """)

  @Option(help: "What the key is for.")
  var role: KeyRole

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the secret file is written.",
    completion: .file(extensions: ["key"]))
  var path: String

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  private var publicPath: String { path + ".pub" }

  func perform() throws -> Report {
    for file in [path, publicPath] { try OutputFile.checkFree(file, replacing: force) }
    guard !OutputFile.isWrittenInto(path) else {
      throw ToolFailure(
        .inputOutput, path, "is not a regular file; name one, since the public key is written beside it")
    }
    let passphrase = try passphrase.chosen()
    let made = try ToolFailure.wrapping(path) { try role.makeKey(passphrase) }
    try OutputFile.write(made.secret, to: path, access: .ownerOnly, replacing: force)
    try OutputFile.write(made.public, to: publicPath, access: .everybody, replacing: force)
    return Report(
      text: """
        \(role.rawValue) \(made.key.hex)
          public  \(publicPath)
          secret  \(path)
        """,
      data: [
        "role": .string(role.rawValue), "key": .hex(made.key), "publicFile": .string(publicPath),
        "secretFile": .string(path),
      ])
  }
}

/// What a key is for.
enum KeyRole: String, CaseIterable, ExpressibleByArgument {
  case venue, custodian, trader, engine, log, witness, auditor
  case escrowMember = "escrow-member"

  /// A fresh key as its two files, and its public part.
  struct Made {
    let secret: [UInt8]
    let `public`: [UInt8]
    let key: [UInt8]
  }

  /// Who signs with the key; nobody with a committee member's, which only opens.
  private var signer: SignerRole? {
    switch self {
    case .venue: .venue
    case .custodian: .custodian
    case .trader: .trader
    case .engine: .matchingEngine
    case .log: .log
    case .witness: .witness
    case .auditor: .auditor
    case .escrowMember: nil
    }
  }

  /// A fresh key from the system's generator, locked.
  func makeKey(_ passphrase: borrowing Passphrase) throws(SealedFileError) -> Made {
    guard let signer else {
      let key = EscrowSecretKey.random()
      return Made(
        secret: try EscrowKeyFile.sealed(key, with: passphrase), public: key.publicKey.encoded(),
        key: key.publicKey.bytes)
    }
    let key = SigningKey.random(role: signer)
    return Made(
      secret: try KeyFile.sealed(key, with: passphrase), public: PublicKeyFile(of: key).encoded(),
      key: key.verificationKey.bytes)
  }
}
