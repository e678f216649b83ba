internal import ArgumentParser
internal import CanonicalBytes
internal import CircuitProofs
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// `solvency prove`
struct ProveCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove that the book behind a commitment meets a rule.",
    discussion: """
      The rule is checked in plain integers first; a book that does not meet it is refused here, with exit \
      code 2 and the requirement that fails. The finished proof is verified before it is written.

        solvency prove --circuit portfolio-margin --snapshot Examples/snapshot.json \\
          --opening account/account.opening --audience "Example Bank" -o proof.json

      Every answer tells something about the book, and who chooses the snapshots chooses the questions. With \
      --guard only snapshots are answered that the venue signed, that follow each other, that move no \
      further than markets do, and a number a day about each account; anything else exits 2. What was answered is remembered \
      in the guard file before the proof is made, since a refusal to prove tells as much.

        solvency prove --circuit portfolio-margin --snapshot Examples/snapshot.json \\
          --venue venue.key.pub --signature snapshot.sig.json \\
          --guard account/guard.json \\
          --opening account/account.opening -o proof.json
      """)

  @OptionGroup var rule: RuleOptions

  @Option(help: "The opening of the account.", completion: .file(extensions: ["opening"]))
  var opening: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the proof is written.",
    completion: .file(extensions: ["json"]))
  var proof: String

  @Option(help: "Who the proof is for; nobody else should accept it.")
  var audience = "anybody"

  @Option(
    help: ArgumentHelp(
      "What the audience asked with: 64 hexadecimal digits. Random if it asked nothing.",
      valueName: "hex"))
  var nonce: HexNonce?

  @Option(help: ArgumentHelp("For how long the proof may be used.", valueName: "seconds"))
  var validFor: UInt64 = 3600

  @Option(
    help: ArgumentHelp(
      "From when on it may be used: as 2026-02-05T21:29:37Z, or seconds since 1970. Now by default.",
      valueName: "time"))
  var now: Moment?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var endorsement: EndorsementOptions
  @OptionGroup var guarding: GuardOptions
  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard guarding.path == nil || endorsement.venue != nil else {
      throw ValidationError("--guard needs --venue and --signature: it answers signed snapshots only.")
    }
  }

  func perform() throws -> Report {
    let rule = try rule.load()
    let venue = try endorsement.endorsement(of: rule.snapshot)
    let now = now?.timestamp ?? .now
    if let note = SnapshotValidity(snapshot: rule.snapshot, now: now).note {
      Console.note("solvency: note: \(note)")
    }
    guard let audience = try? Audience(audience) else {
      throw ToolFailure(.usage, "--audience", "write 1 to 128 bytes of printable text")
    }
    let request = ProofRequest(
      audience: audience, nonce: nonce?.nonce ?? .random(), issued: now,
      expires: now.advanced(by: validFor))
    try OutputFile.checkFree(proof, replacing: force)
    let secret = try self.rule.snapshot.opening(opening, passphrase, under: rule.registry)
    let guarded = try guarding.admit(
      rule, of: secret.account, sequence: secret.sequence, at: now, isSigned: venue != nil)
    let clock = ContinuousClock()
    let start = clock.now
    let envelope: ProofEnvelope
    do throws(ProverError) {
      envelope = try secret.prove(rule, for: request, at: now)
    } catch {
      throw refusal(
        error, rule, try ToolFailure.wrapping(opening) { try secret.explanation(rule, ordersOf: []) })
    }
    let milliseconds = (clock.now - start).milliseconds
    try OutputFile.write(
      envelope.encoded() + [UInt8(ascii: "\n")], to: proof, access: .everybody, replacing: force)
    return report(envelope, milliseconds, guarded, venue)
  }

  /// What stopped the proof; of a value that the circuit has no room for which it is, and the range.
  private func refusal(
    _ error: ProverError, _ rule: MarginRule, _ explanation: AccountExplanation
  ) -> ToolFailure {
    guard case .beyondCircuit = error, case .notAdmitted(let coordinate) = explanation.evaluation.admission
    else {
      do throws(ToolFailure) { try ToolFailure.wrapping(opening) { throw error } } catch { return error }
      return ToolFailure(.internalFault, opening, error.description)
    }
    let text = BookRefusal(rule: rule, amounts: explanation.amounts).textWithoutAmount(of: coordinate)
    return ToolFailure(.refused, opening, "\(text); that says nothing about solvency")
  }

  private func report(
    _ envelope: ProofEnvelope, _ milliseconds: Double, _ guarded: SnapshotGuard?,
    _ venue: SnapshotEndorsement?
  ) -> Report {
    let context = envelope.context
    let trust =
      guarded.map { "\($0.questions.count) questions answered in all, by the guard's policy" }
      ?? "none; the snapshot\(venue.map { " of \($0.venue)" } ?? "") was taken as it is"
    return Report(
      text: """
        \(context.account) meets \(envelope.circuitName) (\(context.kind.rawValue))
          proof     \(proof), \(envelope.proof.bytes.count) bytes of proof
          audience  \(context.audience), until \(context.expires.text)
          guard     \(trust)
          made in   \(milliseconds.formatted(decimals: 0)) ms, verified before it was written
        """,
      data: [
        "file": .string(proof), "proofBytes": .integer(envelope.proof.bytes.count),
        "milliseconds": .number(milliseconds.formatted(decimals: 3)), "envelope": envelope.json,
        "signedBy": venue.map { .string($0.venue.description) } ?? .null,
        "questionsAnswered": guarded.map { .integer($0.questions.count) } ?? .null,
      ])
  }
}

/// 64 hexadecimal digits on the command line.
struct HexNonce: ExpressibleByArgument {
  let nonce: Nonce

  init?(argument: String) {
    guard let nonce = Nonce(hex: argument) else { return nil }
    self.nonce = nonce
  }
}
