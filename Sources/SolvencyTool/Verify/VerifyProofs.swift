internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import SolvencyVerifier

/// `solvency verify`, with `proofs` written or left out.
struct VerifyProofs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proofs",
    abstract: "Verify proofs: one verdict a line, a summary last. What verify does unless told otherwise.",
    usage: """
      solvency verify [<proofs> ...] --snapshot <file> [<options>]
             solvency verify merge <summaries> ...
      """,
    discussion: """
      Reads files with one proof, JSON Lines (one proof a line), and standard input (-), in any number and \
      in bounded memory. Circuits, snapshots and accounts come from the options, never from a proof. \
      Exits 0 if every proof is accepted, 2 if one is rejected, 65 if what was read is not a proof.

        solvency verify proof.json --snapshot Examples/snapshot.json \\
          --account account/account.json
        cat proofs.jsonl | solvency verify - --snapshot Examples/snapshot.json \\
          --json

      An audit judges each proof at a moment of its own, under all snapshots of a folder, against all states of \
      the accounts, and adds up with the audits of other parts:

        solvency verify day.jsonl --at received --snapshots epochs \\
          --accounts states.jsonl \\
          --snapshot-grace 60 --only-rejected --json-lines --summary day.json
        solvency verify merge day.json night.json
      """,
    helpNames: [.short, .long])

  @Argument(help: "Proof files, or - for standard input.", completion: .file(extensions: ["json", "jsonl"]))
  var proofs: [String] = [InputFile.standardInput]

  @Option(help: "A snapshot to trust; repeat it for more.", completion: .file(extensions: ["json"]))
  var snapshot: [String] = []

  @Option(help: "A folder of snapshots to trust; repeat it for more.", completion: .directory)
  var snapshots: [String] = []

  @Option(
    help: "A list of coordinates to trust that has grown beyond a snapshot's own; repeat it for more.",
    completion: .file(extensions: ["json"]))
  var registry: [String] = []

  @Option(
    help:
      "The circuit to trust, by name or file; repeat it for more. portfolio-margin alone by default.",
    completion: .list(BuiltInCircuits.sources.map(\.name)))
  var circuit: [String] = []

  @Flag(
    help: """
      Reject proofs under a circuit that requires nothing, requires it of empty lists, forgets a committed value, or lets \
      the empty book pass alone.
      """)
  var strictCircuits = false

  @Option(
    help: """
      The current commitment of an account; repeat it for more. With any, proofs of other accounts and of \
      other states are rejected; without, a verdict speaks of an unbound commitment: whose book it is, and whether it \
      is a whole book, is the prover's word.
      """,
    completion: .file(extensions: ["json"]))
  var account: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      For an audit: JSON Lines with the commitments of accounts, any number of states of each. A proof must be of one \
      of them.
      """, valueName: "file"),
    completion: .file(extensions: ["jsonl", "ndjson"]))
  var accounts: [String] = []

  @Option(help: "Only accept proofs made for this audience.")
  var audience: String?

  @Option(
    help: ArgumentHelp("Only accept proofs that answer this nonce: 64 hexadecimal digits.", valueName: "hex"))
  var nonce: HexNonce?

  @Option(help: "Only accept proofs of this requirement: initial or maintenance.")
  var kind: MarginKind?

  @Option(
    help: ArgumentHelp(
      "The present moment: as 2026-02-05T21:29:37Z, or seconds since 1970. This machine's clock by default.",
      valueName: "time"))
  var now: Moment?

  @Option(
    help: ArgumentHelp(
      """
      At which moment a proof is judged: now, issued (when it began to be usable, by its maker's word) or received \
      (the member receivedAt of its line, seconds since 1970).
      """, valueName: "moment"))
  var at: JudgedMoment = .now

  @Option(help: ArgumentHelp("How far the prover's clock may be ahead.", valueName: "seconds"))
  var clockSkew: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "The longest time that a proof may be usable for, from issue to expiry.", valueName: "seconds"))
  var greatestWindow: UInt64 = Expectations.greatestWindow

  @Option(
    help: ArgumentHelp("How long after its validity a snapshot is still accepted.", valueName: "seconds"))
  var snapshotGrace: UInt64 = 0

  @Flag(help: "Print the verdicts of accepted proofs in the summary only.")
  var onlyRejected = false

  @Flag(help: "Print one JSON object on a line for each verdict, and one for the summary.")
  var jsonLines = false

  @Option(
    help: ArgumentHelp(
      """
      Answer after as many proofs at the latest, also while more are at hand. Verdicts come as soon as the \
      input pauses in any case.
      """, valueName: "count"))
  var flushEvery: Int?

  @Option(
    help: ArgumentHelp("Write a summary that verify merge adds up.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var summary: String?

  @Flag(help: "Replace a summary that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !snapshot.isEmpty || !snapshots.isEmpty else {
      throw ValidationError("Give at least one --snapshot, or a folder with --snapshots.")
    }
    guard at == .now || now == nil else {
      throw ValidationError("Give --now, or --at \(at.rawValue): a proof is judged at one moment.")
    }
    guard account.isEmpty || accounts.isEmpty else {
      throw ValidationError(
        "Give either --account, the present state of each account, or --accounts, all states of an audit.")
    }
    guard flushEvery.map({ $0 > 0 }) ?? true else { throw ValidationError("--flush-every is at least 1.") }
    guard !(jsonLines && output.isJSON) else {
      throw ValidationError("Give either --json, one document, or --json-lines.")
    }
  }

  mutating func run() throws {
    if let summary { try OutputFile.checkFree(summary, replacing: force) }
    let (catalog, circuits) = try catalog()
    let verifier = ProofVerifier(catalog: catalog)
    let expectations = try expectations()
    var source = try ProofSource(proofs, as: [.proof], isCounted: summary != nil)
    var printer = VerdictPrinter(
      jsonLines ? .lines : output.isJSON ? .document : .text, onlyRejected: onlyRejected,
      isNonceGiven: nonce != nil, terms: VerificationSummary.Terms(expectations, circuits: circuits))
    var waiting = Queue<ProofSource.Label>()
    // What was read before a file that cannot be read has its verdicts.
    var failure: ToolFailure?
    let start = ContinuousClock.now
    let flushEvery = flushEvery
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
      windowLimit: min(flushEvery ?? Self.windowLimit, Self.windowLimit),
      expecting: expectations,
      emit: { (index, verdict) throws(ToolFailure) in
        try printer.print(verdict, of: waiting.removeFirst())
        if let flushEvery, (index + 1) % flushEvery == 0 { try Console.flush() }
        if (index + 1).isMultiple(of: Self.proofsBetweenReturns) { FreedMemory.giveBack() }
      })
    let total = try printer.end(after: ContinuousClock.now - start, source.inputs, failure)
    if var failure {
      failure.isReported = output.isJSON || jsonLines
      throw failure
    }
    if let summary {
      try OutputFile.write(total.json.encoded(.indented), to: summary, access: .everybody, replacing: force)
    }
    if let code = total.exitCode { throw ExitCode(code.rawValue) }
  }

  /// The most proofs that are verified together: as fast as twice as many, in less memory.
  private static let windowLimit = 512
  /// After how many proofs freed memory is given back: seldom enough to cost nothing.
  private static let proofsBetweenReturns = 4096

  /// What is trusted when no circuit is named: a proof under an easier one must not pass for it.
  private static let usualCircuit = "portfolio-margin"

  private func catalog() throws(ToolFailure) -> (RuleCatalog, [Digest]) {
    // A day in the order of time needs a few rules at once; one in any order has one for each snapshot and
    // circuit.
    let catalog = RuleCatalog(
      ruleLimit: 4, greatestRuleLimit: 128, standard: strictCircuits ? .strict : .lenient)
    var circuits: [Digest] = []
    for name in circuit.isEmpty ? [Self.usualCircuit] : circuit {
      circuits.append(catalog.register(try Documents.circuit(name)))
    }
    for path in registry {
      for step in try Documents.registryHistory(path).steps { catalog.register(step) }
    }
    for path in snapshot { catalog.register(try Documents.snapshot(path)) }
    for folder in snapshots {
      try Documents.snapshots(inFolder: folder) { snapshot in catalog.register(snapshot) }
    }
    return (catalog, circuits)
  }

  private func expectations() throws(ToolFailure) -> Expectations {
    var audience: Audience?
    if let name = self.audience {
      guard let known = try? Audience(name) else {
        throw ToolFailure(.usage, "--audience", "write 1 to 128 bytes of printable text")
      }
      audience = known
    }
    return Expectations(
      now: now?.timestamp ?? .now, audience: audience, nonce: nonce?.nonce, kind: kind,
      clockSkew: clockSkew, greatestWindow: greatestWindow, snapshotGrace: snapshotGrace,
      accounts: account.isEmpty ? nil : try presentAccounts(), states: accounts.isEmpty ? nil : try states(),
      moment: at)
  }

  private func presentAccounts() throws(ToolFailure) -> [AccountID: AccountCommitment] {
    var accounts: [AccountID: AccountCommitment] = [:]
    for path in account {
      let commitment = try Documents.account(path)
      guard accounts.updateValue(commitment, forKey: commitment.account) == nil else {
        throw ToolFailure(
          .usage, path, "is a second state of account \(commitment.account); give the current one only")
      }
    }
    return accounts
  }

  private func states() throws(ToolFailure) -> AccountStates {
    var states = AccountStates()
    for path in accounts {
      try Documents.accounts(lines: path) { account throws(ToolFailure) in
        guard states.insert(account) else {
          throw ToolFailure(
            .malformedInput, InputFile.name(path),
            "has two commitments of account \(account.account) at sequence \(account.sequence); keep the one "
              + "that was attested")
        }
      }
    }
    return states
  }
}

/// First in, first out, without moving what waits.
private struct Queue<Element> {
  private var elements: [Element] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }

  mutating func append(_ element: Element) { elements.append(element) }

  /// The first element; callers know that there is one.
  mutating func removeFirst() -> Element {
    let element = elements[head]
    head += 1
    if isEmpty {
      elements.removeAll(keepingCapacity: true)
      head = 0
    }
    return element
  }
}
