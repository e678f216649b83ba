internal import ArgumentParser
internal import Solvency
internal import SolvencyProver

/// `solvency fill`
struct FillCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fill",
    abstract: "Apply a public fill to an account: to its commitment, and to its opening if given.",
    discussion: """
      Whoever holds the old commitment and the fill computes the same new commitment, without the book. \
      The trader passes the opening as well.

        solvency fill --account account/account.json --opening account/account.opening \\
          --snapshot Examples/snapshot.json --fill fill.json -o account --force
        solvency fill --account account/account.json --snapshot Examples/snapshot.json \\
          --delta position/BTC-PERP=5 --delta cash=-318000000 -o account-after
      """)

  @Option(help: "The account as it is.", completion: .file(extensions: ["json"]))
  var account: String

  @Option(help: "Its opening, for the trader.", completion: .file(extensions: ["opening"]))
  var opening: String?

  @Option(help: "The fill.", completion: .file(extensions: ["json"]))
  var fill: String?

  @Option(
    help: ArgumentHelp(
      "Instead of a fill file: the change of one coordinate; repeat it for more.",
      valueName: "coordinate=amount"))
  var delta: [CoordinateDelta] = []

  @OptionGroup var snapshot: SnapshotOption
  @OptionGroup var folder: AccountFolder
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (fill == nil) != delta.isEmpty else {
      throw ValidationError("Give either --fill or one --delta or more.")
    }
  }

  func perform() throws -> Report {
    let current = try Documents.account(account)
    let (_, registry) = try snapshot.load()
    let fill = try readFill(for: current)
    try folder.check(withOpening: opening != nil)
    let updated = try ToolFailure.wrapping(self.fill ?? account) {
      try current.updated(by: fill, in: registry)
    }
    guard let opening else {
      try folder.write(updated)
      return folder.report(updated, withOpening: false)
    }
    let secret = try Documents.opening(opening, folder.passphrase)
    let next = try ToolFailure.wrapping(opening) {
      try secret.check(against: current)
      return try secret.applying(fill, in: registry)
    }
    try ToolFailure.wrapping(opening) { try next.check(against: updated) }
    try folder.write(updated, opening: next)
    return folder.report(updated, withOpening: true)
  }

  private func readFill(for current: AccountCommitment) throws(ToolFailure) -> Fill {
    if let fill { return try Documents.fill(fill) }
    return try ToolFailure.wrapping("--delta") {
      try Fill(
        account: current.account, sequence: current.sequence,
        deltas: delta.map { Fill.Delta(coordinate: $0.coordinate, amount: $0.amount) })
    }
  }
}

/// `position/BTC-PERP=5` on the command line.
struct CoordinateDelta: ExpressibleByArgument {
  let coordinate: String
  let amount: Int64

  init?(argument: String) {
    guard let separator = argument.lastIndex(of: "="),
      let amount = Int64(argument[argument.index(after: separator)...])
    else { return nil }
    coordinate = String(argument[..<separator])
    self.amount = amount
  }
}
