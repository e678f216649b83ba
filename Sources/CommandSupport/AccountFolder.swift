package import ArgumentParser
internal import CanonicalBytes
internal import ProofCore
package import Solvency
package import SolvencyProver

/// Where the files of an account are written, and whether the opening is encrypted.
package struct AccountFolder: ParsableArguments {
  package init() {}

  package static let accountName = "account.json"
  package static let openingName = "account.opening"

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "Folder for account.json (public) and account.opening (secret).", completion: .directory)
  package var path: String

  @Flag(help: "Write the opening unencrypted, as JSON. For tests, or inside something encrypted.")
  package var plain = false

  @Flag(help: "Replace files that are there.")
  package var force = false

  @OptionGroup package var passphrase: PassphraseOptions

  private var account: String { "\(path)/\(Self.accountName)" }
  private var opening: String { "\(path)/\(Self.openingName)" }

  /// Refuses a folder that already has an account, before anything is asked or computed.
  ///
  /// - Parameter isUpdate: whether the account that is there may be the one that was read, as a fill moves
  ///   it; otherwise a book that stands under the name of an account would be lost.
  package func check(withOpening: Bool, isUpdate: Bool = false) throws(ToolFailure) {
    try OutputFile.makeFolder(path)
    try OutputFile.checkFree(account, replacing: force, isUpdate: isUpdate)
    if withOpening { try OutputFile.checkFree(opening, replacing: force, isUpdate: isUpdate) }
  }

  /// Writes the secret and then the public file.
  package func write(
    _ commitment: AccountCommitment, opening secret: borrowing AccountOpening, isUpdate: Bool = false
  ) throws(ToolFailure) {
    guard plain else {
      return try write(
        commitment, opening: secret, lockedWith: try passphrase.chosen(), isUpdate: isUpdate)
    }
    try OutputFile.write(
      OpeningFile.plain(secret), to: opening, access: .ownerOnly, replacing: force, isUpdate: isUpdate)
    try write(commitment, isUpdate: isUpdate)
  }

  /// Writes the secret, locked with a passphrase, and then the public file.
  package func write(
    _ commitment: AccountCommitment, opening secret: borrowing AccountOpening,
    lockedWith passphrase: borrowing Passphrase, isUpdate: Bool = false
  ) throws(ToolFailure) {
    let bytes: [UInt8]
    do {
      bytes = try OpeningFile.sealed(secret, with: passphrase)
    } catch {
      throw ToolFailure(.internalFault, opening, "there is not enough memory to encrypt it")
    }
    try OutputFile.write(bytes, to: opening, access: .ownerOnly, replacing: force, isUpdate: isUpdate)
    try write(commitment, isUpdate: isUpdate)
  }

  /// Writes the public file alone.
  package func write(_ commitment: AccountCommitment, isUpdate: Bool = false) throws(ToolFailure) {
    try OutputFile.write(
      commitment.json.encoded(.indented), to: account, access: .everybody, replacing: force,
      isUpdate: isUpdate)
  }

  /// What a command says that wrote the files.
  package func report(_ commitment: AccountCommitment, withOpening: Bool) -> Report {
    var lines = [
      "\(commitment.account), sequence \(commitment.sequence)",
      "  commitment  \(commitment.commitment.encoded.hex)",
      "  public      \(account)",
    ]
    var members = [
      JSONMember("account", commitment.json), JSONMember("accountFile", .string(account)),
    ]
    if withOpening {
      lines.append("  secret      \(opening)\(plain ? ", NOT encrypted" : "")")
      members.append(JSONMember("openingFile", .string(opening)))
      members.append(JSONMember("isEncrypted", .bool(!plain)))
    }
    return Report(text: lines.joined(separator: "\n"), data: .object(members))
  }
}
