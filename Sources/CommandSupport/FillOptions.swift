package import ArgumentParser
internal import ProofCore
internal import Ristretto
package import Solvency
package import SolvencyProver

/// `--fill`, `--delta`, `--hidden`, `--engine` and `--hide`: what happened to an account.
package struct FillOptions: ParsableArguments {
  package init() {}

  @Option(
    help: "The fill: a fill file, or with --engine the signed report of one.",
    completion: .file(extensions: ["json"]))
  package var fill: String?

  @Option(
    help: ArgumentHelp(
      "Instead of a fill file: the change of one coordinate; repeat it for more.",
      valueName: "coordinate=amount"))
  package var delta: [CoordinateDelta] = []

  @Option(
    help: "What cash was taken or given for, where nothing was traded: trading, funding, interest, penalty.")
  package var charge: ChargeWord?

  @Option(
    help: """
      A hidden fill, secret, as --hide wrote it: by itself, or beside the report of it to move the opening.
      """,
    completion: .file(extensions: ["json"]))
  package var hidden: String?

  @Option(
    help: "The public key of the matching engine that must have signed the report.",
    completion: .file(extensions: ["pub"]))
  package var engine: String?

  @Option(
    help: """
      Hide the fill: move the commitment by a point that tells nothing of it, and write the amounts and the \
      blinding of that point here, for the trader.
      """,
    completion: .file(extensions: ["json"]))
  package var hide: String?

  package func validate() throws {
    let isReport = engine != nil
    let sources = [fill != nil, !delta.isEmpty, hidden != nil && !isReport].count { $0 }
    guard sources == 1 else {
      throw ValidationError("Give one of --fill, --delta and --hidden; --delta as often as needed.")
    }
    guard !isReport || fill != nil else { throw ValidationError("--engine needs --fill.") }
    guard charge == nil || (hide == nil && hidden == nil && !isReport) else {
      throw ValidationError("--charge goes with --delta cash=AMOUNT or --fill; a report says what it is for.")
    }
    guard hide == nil || (hidden == nil && !isReport) else {
      throw ValidationError("--hide needs a fill that is not hidden or reported yet.")
    }
  }

  /// What happened, and for a hidden fill what only trader and engine know of it.
  package struct Event: ~Copyable {
    package let report: FillReport
    package let secret: HiddenFill?

    /// The file of what is secret.
    package var secretFile: [UInt8]? {
      switch secret {
      case .some(let hidden): hidden.encoded()
      case .none: nil
      }
    }
  }

  /// Reads what happened to an account in this state.
  ///
  /// - Throws: a refusal for a report that the engine did not sign or that is of another state.
  package func event(on current: AccountCommitment, in registry: Registry) throws(ToolFailure) -> Event {
    if engine != nil { return try reported(on: current) }
    if let hidden { return try hiding(try Documents.hiddenFill(hidden), at: hidden, current, registry) }
    let (fill, place) = try publicFill(of: current)
    if hide != nil { return try hiding(HiddenFill(fill), at: place, current, registry) }
    return Event(
      report: try ToolFailure.wrapping(place) {
        try FillReport(of: fill, on: current, charge: charge?.charge)
      },
      secret: nil)
  }

  private func publicFill(
    of current: AccountCommitment
  ) throws(ToolFailure) -> (fill: Fill, place: String) {
    if let fill { return (try Documents.fill(fill), fill) }
    let fill = try ToolFailure.wrapping("--delta") {
      try Fill(
        account: current.account, sequence: current.sequence,
        deltas: delta.map { Fill.Delta(coordinate: $0.coordinate, amount: $0.amount) })
    }
    return (fill, "--delta")
  }

  private func hiding(
    _ hidden: consuming HiddenFill, at place: String, _ current: AccountCommitment,
    _ registry: Registry
  ) throws(ToolFailure) -> Event {
    // The same checks as of a public fill: account, sequence.
    _ = try ToolFailure.wrapping(place) { try FillReport(of: hidden.fill, on: current) }
    let delta = try ToolFailure.wrapping(place) { try hidden.delta(in: registry) }
    return Event(report: FillReport(hidden: delta, on: current), secret: hidden)
  }

  private func reported(on current: AccountCommitment) throws(ToolFailure) -> Event {
    guard let fill, let engine else { throw ToolFailure(.usage, "--engine", "needs --fill") }
    let key = try Documents.verificationKey(engine, of: .matchingEngine)
    let signed = try Documents.signed(fill, as: FillReport.self)
    let report = try ToolFailure.wrapping(fill) { try signed.content(verifiedBy: key) }
    guard report.before == current else {
      throw ToolFailure(
        .refused, fill,
        "is of \(report.before.account) at sequence \(report.before.sequence) with the commitment "
          + "\(report.before.commitment.encoded.hex), which is not this account as it is")
    }
    guard let hidden else { return Event(report: report, secret: nil) }
    return Event(report: report, secret: try Documents.hiddenFill(hidden))
  }
}

/// `funding` on the command line.
package struct ChargeWord: ExpressibleByArgument {
  package static let allValueStrings = Charge.allCases.map(\.rawValue)
  package let charge: Charge

  package init?(argument: String) {
    guard let charge = Charge(rawValue: argument) else { return nil }
    self.charge = charge
  }
}

/// `position/BTC-PERP=5` on the command line.
package struct CoordinateDelta: ExpressibleByArgument {
  package let coordinate: String
  package let amount: Int64

  package init?(argument: String) {
    guard let separator = argument.lastIndex(of: "="),
      let amount = Int64(argument[argument.index(after: separator)...])
    else { return nil }
    coordinate = String(argument[..<separator])
    self.amount = amount
  }
}
