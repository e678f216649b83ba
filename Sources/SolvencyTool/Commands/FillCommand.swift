internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import SolvencyProver

/// `solvency fill`
struct FillCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fill",
    abstract: "Apply a fill to an account: to its commitment, and to its opening if given.",
    discussion: """
      The holder of the old commitment and the fill computes the same new commitment, without the book. \
      The trader passes the opening as well.

        solvency fill --account account/account.json \\
          --opening account/account.opening \\
          --snapshot Examples/snapshot.json --fill fill.json -o account --force
        solvency fill --account account/account.json \\
          --snapshot Examples/snapshot.json \\
          --delta position/BTC-PERP=5 --delta cash=-318000000 -o account-after

      The matching engine signs what it reports; others apply the report only if the engine signed it and \
      the account is in the state it names.

        solvency fill --account account/account.json \\
          --snapshot Examples/snapshot.json \\
          --delta position/BTC-PERP=5 --key engine.key --report report.json \\
          -o account-after
        solvency fill --account account/account.json \\
          --snapshot Examples/snapshot.json \\
          --fill report.json --engine engine.key.pub -o account-after

      A charge is a fill of cash alone that says what it is for; the ledger records it as that.

        solvency fill --account account/account.json \\
          --snapshot Examples/snapshot.json \\
          --delta cash=-1200000 --charge funding --key engine.key \\
          --report funding.json -o account-after

      With --hide the report tells nothing of the amounts. Nothing bounds them until a proof about the \
      commitment after the fill is accepted.
      """)

  @Option(help: "The account as it is.", completion: .file(extensions: ["json"]))
  var account: String

  @Option(help: "Its opening, for the trader.", completion: .file(extensions: ["opening"]))
  var opening: String?

  @OptionGroup var fill: FillOptions

  @Option(
    help: "The matching engine's key: sign a report of the fill; with --report.",
    completion: .file(extensions: ["key"]))
  var key: String?

  @Option(help: "Where the signed report is written.", completion: .file(extensions: ["json"]))
  var report: String?

  @OptionGroup var snapshot: SnapshotOption
  @OptionGroup var folder: AccountFolder
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (key == nil) == (report == nil) else {
      throw ValidationError("Give --key and --report together.")
    }
    guard key == nil || (opening == nil && fill.engine == nil) else {
      throw ValidationError("--key is for the matching engine, --opening and --engine are for others.")
    }
  }

  func perform() throws -> Report {
    let (_, registry) = try snapshot.load()
    let current = try snapshot.account(Documents.account(account), under: registry)
    let event = try fill.event(on: current, in: registry)
    try folder.check(withOpening: opening != nil, isUpdate: true)
    for path in [report, fill.hide].compactMap(\.self) {
      try OutputFile.checkFree(path, replacing: folder.force)
    }
    let updated = try ToolFailure.wrapping(fill.fill ?? account) {
      try event.report.after(in: registry)
    }
    var summary = folder.report(updated, withOpening: opening != nil)
    if let opening {
      let next = try moved(opening, from: current, by: event, in: registry)
      try ToolFailure.wrapping(opening) { try next.check(against: updated) }
      try hide(event, &summary)
      try folder.write(updated, opening: next, isUpdate: true)
    } else {
      let signed = try sign(event.report)
      try hide(event, &summary)
      try publish(signed, &summary)
      try folder.write(updated, isUpdate: true)
    }
    return summary
  }

  /// The opening after the fill.
  private func moved(
    _ path: String, from current: AccountCommitment, by event: borrowing FillOptions.Event,
    in registry: Registry
  ) throws(ToolFailure) -> AccountOpening {
    let secret = try snapshot.opening(path, folder.passphrase, under: registry)
    try ToolFailure.wrapping(path) { try secret.check(against: current) }
    if case .public(let fill) = event.report.change {
      return try ToolFailure.wrapping(path) { try secret.applying(fill, in: registry) }
    }
    switch event.secret {
    case .some(let hidden):
      return try ToolFailure.wrapping(path) { try secret.applying(hidden, in: registry) }
    case .none:
      throw ToolFailure(
        .usage, "--hidden",
        "the fill is hidden; to move the opening, its amounts and blinding are needed")
    }
  }

  private func sign(_ content: FillReport) throws(ToolFailure) -> Signed<FillReport>? {
    guard let key else { return nil }
    let secret = try Documents.signingKey(key, folder.passphrase)
    return try ToolFailure.wrapping(key) { try Signed(content, by: secret) }
  }

  /// Writes what the trader needs to know of a fill that was hidden now.
  private func hide(
    _ event: borrowing FillOptions.Event, _ summary: inout Report
  ) throws(ToolFailure) {
    guard let path = fill.hide else { return }
    guard let bytes = event.secretFile else {
      throw ToolFailure(.internalFault, path, "nothing was hidden; this is a defect, please report it")
    }
    try OutputFile.write(bytes, to: path, access: .ownerOnly, replacing: folder.force)
    summary.add("hidden    ", "\(path), NOT encrypted", key: "hiddenFillFile", .string(path))
  }

  private func publish(
    _ signed: Signed<FillReport>?, _ summary: inout Report
  ) throws(ToolFailure) {
    guard let signed, let path = report else { return }
    try OutputFile.write(
      signed.json.encoded(.indented), to: path, access: .everybody, replacing: folder.force)
    summary.add("report    ", "\(path), signed by \(signed.signer)", key: "report", signed.json)
  }
}

extension Report {
  /// Appends a line to the text, and the same to the data.
  fileprivate mutating func add(
    _ name: String, _ text: String, key: String, _ value: JSONValue
  ) {
    self.text += "\n  \(name)  \(text)"
    guard case .object(let members) = data else { return }
    data = .object(members + [JSONMember(key, value)])
  }
}
