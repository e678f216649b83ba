internal import ArgumentParser
internal import CommandSupport
internal import Solvency
internal import SolvencyProver

/// `solvency commit`
struct CommitCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "commit",
    abstract: "Commit to a book: one point that hides it, and the secret that opens it.",
    discussion: """
      Writes account.json, which is public, and account.opening, which never leaves the trader and is \
      encrypted with a passphrase.

        solvency commit --book Examples/book.json \\
          --snapshot Examples/snapshot.json -o account
      """)

  @Option(help: "The book.", completion: .file(extensions: ["json"]))
  var book: String

  @OptionGroup var snapshot: SnapshotOption
  @OptionGroup var folder: AccountFolder
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let (loaded, registry) = try snapshot.load()
    let book = try Documents.book(book, registry: registry, under: loaded)
    try folder.check(withOpening: true)
    guard !folder.plain else {
      let opening = AccountOpening(of: book)
      let commitment = try ToolFailure.wrapping(self.book) { try opening.commitment() }
      try folder.write(commitment, opening: opening)
      return folder.report(commitment, withOpening: true)
    }
    let passphrase = try folder.passphrase.chosen()
    let opening = AccountOpening(of: book, hedgedWith: passphrase)
    let commitment = try ToolFailure.wrapping(self.book) { try opening.commitment() }
    try folder.write(commitment, opening: opening, lockedWith: passphrase)
    return folder.report(commitment, withOpening: true)
  }
}
