internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import SolvencyVerifier

/// `solvency verify`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Verify proofs: one verdict a line, a summary last.",
    discussion: """
      Reads files with one proof, JSON Lines (one proof a line), and standard input (-), in any number and \
      in bounded memory. Circuits, snapshots and accounts come from the options, never from a proof. \
      Exits 0 if every proof is accepted, 2 if one is rejected, 65 if what was read is no proof.

        solvency verify proof.json --snapshot Examples/snapshot.json --account account/account.json
        cat proofs.jsonl | solvency verify - --snapshot Examples/snapshot.json --json
      """)

  @Argument(help: "Proof files, or - for standard input.", completion: .file(extensions: ["json", "jsonl"]))
  var proofs: [String] = [InputFile.standardInput]

  @Option(help: "A snapshot to trust; repeat it for more.", completion: .file(extensions: ["json"]))
  var snapshot: [String]

  @Option(
    help: "A list of coordinates to trust that has grown beyond a snapshot's own; repeat it for more.",
    completion: .file(extensions: ["json"]))
  var registry: [String] = []

  @Option(
    help:
      "The circuit to trust, by name or file; repeat it for more. portfolio-margin alone by default.",
    completion: .list(BuiltInCircuits.sources.map(\.name)))
  var circuit: [String] = []

  @Option(
    help: """
      The current commitment of an account; repeat it for more. With any, proofs of other accounts and of \
      other states are rejected; without, a verdict speaks of an unbound commitment: whose book it is, and whether it \
      is a whole book, is the prover's word.
      """,
    completion: .file(extensions: ["json"]))
  var account: [String] = []

  @Option(help: "Only accept proofs made for this audience.")
  var audience: String?

  @Option(
    help: ArgumentHelp("Only accept proofs that answer this nonce: 64 hexadecimal digits.", valueName: "hex"))
  var nonce: HexNonce?

  @Option(help: "Only accept proofs of this requirement: initial or maintenance.")
  var kind: MarginKind?

  @Option(
    help: ArgumentHelp(
      "The present moment: RFC 3339, or seconds since 1970. This machine's clock by default.",
      valueName: "time"))
  var now: Moment?

  @Option(help: ArgumentHelp("How far the prover's clock may be ahead.", valueName: "seconds"))
  var clockSkew: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "The longest time that a proof may be usable for, from issue to expiry.", valueName: "seconds"))
  var greatestWindow: UInt64 = Expectations.greatestWindow

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !snapshot.isEmpty else { throw ValidationError("Give at least one --snapshot.") }
  }

  mutating func run() throws {
    let verifier = ProofVerifier(catalog: try catalog())
    let expectations = try expectations()
    var source = try ProofSource(proofs)
    var printer = VerdictPrinter(isJSON: output.isJSON, isBound: !account.isEmpty, isNonceGiven: nonce != nil)
    var waiting: [ProofSource.Label] = []
    // What was read before a file that cannot be read has its verdicts.
    var failure: ToolFailure?
    let start = ContinuousClock.now
    try printer.begin()
    try verifier.verify(
      stream: { () throws(ToolFailure) -> [UInt8]? in
        if waiting.isEmpty, !source.isReady { try Console.flush() }
        do throws(ToolFailure) {
          guard failure == nil, let item = try source.next() else { return nil }
          waiting.append(item.label)
          return item.bytes
        } catch {
          failure = error
          return nil
        }
      },
      isAtHand: { source.isReady },
      expecting: expectations,
      emit: { (_, verdict) throws(ToolFailure) in
        try printer.print(verdict, of: waiting.removeFirst())
      })
    try printer.end(after: ContinuousClock.now - start, failure)
    if var failure {
      failure.isReported = true
      throw failure
    }
    if let code = printer.exitCode { throw ExitCode(code.rawValue) }
  }

  /// What is trusted when no circuit is named: a proof under an easier one must not pass for it.
  private static let usualCircuit = "portfolio-margin"

  private func catalog() throws(ToolFailure) -> RuleCatalog {
    let catalog = RuleCatalog()
    for name in circuit.isEmpty ? [Self.usualCircuit] : circuit {
      catalog.register(try Documents.circuit(name))
    }
    for path in registry {
      for step in try Documents.registryHistory(path).steps { catalog.register(step) }
    }
    for path in snapshot { catalog.register(try Documents.snapshot(path)) }
    return catalog
  }

  private func expectations() throws(ToolFailure) -> Expectations {
    var audience: Audience?
    if let name = self.audience {
      guard let known = try? Audience(name) else {
        throw ToolFailure(.usage, "--audience", "write 1 to 128 bytes of printable text")
      }
      audience = known
    }
    var accounts: [AccountID: AccountCommitment] = [:]
    for path in account {
      let commitment = try Documents.account(path)
      guard accounts.updateValue(commitment, forKey: commitment.account) == nil else {
        throw ToolFailure(
          .usage, path, "is a second state of account \(commitment.account); give the current one only")
      }
    }
    return Expectations(
      now: now?.timestamp ?? .now, audience: audience, nonce: nonce?.nonce, kind: kind,
      clockSkew: clockSkew, greatestWindow: greatestWindow, accounts: account.isEmpty ? nil : accounts)
  }
}
