package import ArgumentParser
package import CanonicalBytes
internal import Foundation
package import Solvency
internal import SolvencyProver

/// `--register`: what a custodian remembers of its pledges.
package struct RegisterOptions: ParsableArguments {
  package init() {}

  @Option(
    name: .customLong("register"),
    help: ArgumentHelp(
      "The register of what was pledged with this key. By default the key's file name with .register.json.",
      discussion: """
        It is made if it is not there, and written before a signature leaves. A second venue while the first pledge \
        holds, a commitment or a book that is another account's, an earlier state and a second book of one state are \
        refused. Keep it with the key: anyone who signs with an empty register signs anything once more.
        """,
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  package var path: String?

  @Flag(help: "Another account has the very same amounts, and they are other assets: pledge both.")
  package var separateAssets = false

  /// The file of the register, of pledges with the key in a file.
  package func file(besideKey key: String) -> String { path ?? "\(key).register.json" }

  /// Remembers a pledge durably, or refuses it.
  ///
  /// - Parameters:
  ///   - key: the file of the key that will sign.
  ///   - opening: the file of the opening, if it was given; checked against the account before.
  package func admit(
    _ account: AccountCommitment, pledgedTo venue: Audience, issued: Timestamp, expires: Timestamp,
    key: String,
    opening: String?, _ passphrase: PassphraseOptions
  ) throws(ToolFailure) {
    let path = file(besideKey: key)
    let lock = try FileLock(folderOf: path)
    defer { _ = lock }
    var register =
      InputFile.isTaken(path)
      ? try Documents.custodianRegister(path) : CustodianRegister()
    var book: Digest?
    if let opening { book = register.tag(of: try Documents.opening(opening, passphrase)) }
    let pledge = CustodianRegister.Pledge(
      // Two ledgers of one name are two venues.
      account: account, venue: venue.ledger.map { "\(venue), ledger \($0)" } ?? venue.description,
      issued: issued, expires: expires, book: book,
      isSeparate: separateAssets)
    try ToolFailure.wrapping(path) { try register.admit(pledge) }
    try OutputFile.write(register.encoded(), to: path, access: .ownerOnly, replacing: true, isUpdate: true)
  }
}
