internal import Admission
internal import ArgumentParser
internal import JSONDocuments
internal import MarginEngine
internal import Solvency

/// `solvency ledger`
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "A venue's ledger: make it, feed it, look into it.",
    discussion: """
      A ledger directory holds who the venue and its custodians and matching engines are, the circuits, and a \
      log that only grows. Everything that happens is an entry: what was published, attested, filled, admitted \
      and refused. What a command reports is on the disk.

        solvency ledger init --ledger desk --venue-name "Example Exchange" --venue venue.key.pub \\
          --custodian custodian.key.pub --engine engine.key.pub
        solvency ledger publish --ledger desk --key venue.key snapshot.json --signature snapshot.sig.json
        solvency ledger open --ledger desk --key venue.key attestation.json
        solvency admit --ledger desk --key venue.key request.json
        solvency ledger status --ledger desk
      """,
    subcommands: [
      Init.self, Publish.self, Open.self, Renew.self, Fill.self, Challenge.self, Roll.self,
      LedgerShow.self, LedgerStatus.self, LedgerExport.self,
    ])

  /// `solvency ledger init`
  struct Init: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Make a ledger directory.",
      discussion: """
        The file desk.json in it says whose signatures count and when proofs fall due. It may be edited while \
        the ledger is empty; an audit needs it as it was.
        """)

    @OptionGroup var ledger: LedgerOption

    @Option(help: "The venue's name: the audience that proofs are made for.")
    var venueName: String

    @Option(help: "The venue's public key.", completion: .file(extensions: ["pub"]))
    var venue: String

    @Option(
      help: "The public key of a custodian; repeat it for more.", completion: .file(extensions: ["pub"]))
    var custodian: [String]

    @Option(
      help: "The public key of a matching engine; repeat it for more.",
      completion: .file(extensions: ["pub"]))
    var engine: [String] = []

    @Option(
      help: "A circuit to decide on, by name or file; repeat it for more.",
      completion: .list(BuiltInCircuits.sources.map(\.name)))
    var circuit: [String] = ["portfolio-margin"]

    @Option(help: ArgumentHelp("For how long a proof keeps an account current.", valueName: "seconds"))
    var interval = MarginCallSchedule.production.interval

    @Option(
      help: ArgumentHelp("How long a stale account has until it is liquidatable.", valueName: "seconds"))
    var grace = MarginCallSchedule.production.grace

    @Flag(help: "Admit only proofs that answer a challenge of `ledger challenge`.")
    var requireChallenge = false

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      guard let name = try? Audience(venueName) else {
        throw ToolFailure(.usage, "--venue-name", "write 1 to 128 bytes of printable text")
      }
      var custodians: Set<VerificationKey> = []
      for path in custodian {
        custodians.insert(try Documents.verificationKey(path, of: .custodian))
      }
      var engines: Set<VerificationKey> = []
      for path in engine {
        engines.insert(try Documents.verificationKey(path, of: .matchingEngine))
      }
      let parties = Counterparties(
        venue: try Documents.verificationKey(venue, of: .venue), custodians: custodians,
        matchingEngines: engines)
      var policy = Policy.production
      policy.schedule.interval = interval
      policy.schedule.shortest = min(policy.schedule.shortest, interval)
      policy.schedule.longest = max(policy.schedule.longest, interval)
      policy.schedule.grace = grace
      if requireChallenge { policy.rules.append(AnswersChallenge()) }
      try LedgerFolder.make(
        ledger.path, venue: name, parties: parties, policy: policy, circuits: circuit)
      return Report(
        text: "\(ledger.path): an empty ledger of \(name), deciding on \(circuit.joined(separator: ", "))",
        data: ["ledger": .string(ledger.path), "venue": .string(name.description)])
    }
  }

  /// `solvency ledger publish`
  struct Publish: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Put a signed risk snapshot in force. Accounts that are overdue are stated first.")

    @OptionGroup var desk: DeskOptions

    @Argument(help: "The snapshot.", completion: .file(extensions: ["json"]))
    var snapshot: String

    @Option(
      help: "The venue's signature on it, as `solvency snapshot sign` wrote it.",
      completion: .file(extensions: ["json"]))
    var signature: String

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let snapshot = try Documents.snapshot(snapshot)
      let endorsement = try Documents.signed(signature, as: SnapshotEndorsement.self)
      let admission = try desk.desk()
      let head = try ToolFailure.wrapping(self.snapshot) {
        try admission.publish(PublishedSnapshot(snapshot, endorsement: endorsement), at: desk.now)
      }
      return .recorded("epoch \(snapshot.epoch) is in force", head)
    }
  }

  /// `solvency ledger open`
  struct Open: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Open an account on the attestations of its custodians.")

    @OptionGroup var desk: DeskOptions

    @Argument(help: "The attestations of one account.", completion: .file(extensions: ["json"]))
    var attestations: [String]

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let signed = try Documents.attestations(attestations)
      let admission = try desk.desk()
      let head = try ToolFailure.wrapping(attestations.joined(separator: ", ")) {
        try admission.open(signed, at: desk.now)
      }
      return .recorded("account \(signed[0].unverified.account.account) is open", head)
    }
  }

  /// `solvency ledger renew`
  struct Renew: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Take new attestations of an account's present state.")

    @OptionGroup var desk: DeskOptions

    @Argument(help: "The attestations of one account.", completion: .file(extensions: ["json"]))
    var attestations: [String]

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let signed = try Documents.attestations(attestations)
      let admission = try desk.desk()
      let head = try ToolFailure.wrapping(attestations.joined(separator: ", ")) {
        try admission.renew(signed, at: desk.now)
      }
      return .recorded("account \(signed[0].unverified.account.account) is attested anew", head)
    }
  }

  /// `solvency ledger fill`
  struct Fill: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Move an account's commitment by a matching engine's signed report.",
      discussion: "`solvency fill --key engine.key --report report.json` makes the report.")

    @OptionGroup var desk: DeskOptions

    @Argument(help: "The signed report.", completion: .file(extensions: ["json"]))
    var report: String

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let signed = try Documents.signed(report, as: FillReport.self)
      let admission = try desk.desk()
      let head = try ToolFailure.wrapping(report) { try admission.fill(signed, at: desk.now) }
      let before = signed.unverified.before
      return .recorded("account \(before.account) is at sequence \(before.sequence + 1)", head)
    }
  }

  /// `solvency ledger challenge`
  struct Challenge: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Give an account a nonce to answer: `solvency request --challenge` takes it.")

    @OptionGroup var desk: DeskOptions

    @Argument(help: "The account.")
    var account: String

    @Option(help: ArgumentHelp("For how long it may be answered.", valueName: "seconds"))
    var validFor: UInt64 = 300

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      guard let account = try? AccountID(account) else {
        throw ToolFailure(.usage, "account", "write 1 to 128 bytes of printable text")
      }
      let admission = try desk.desk()
      let nonce = try ToolFailure.wrapping(self.account) {
        try admission.challenge(account, for: validFor, at: desk.now)
      }
      return Report(
        text: nonce.description,
        data: ["account": .string(account.description), "challenge": .string(nonce.description)])
    }
  }

  /// `solvency ledger roll`
  struct Roll: Verb {
    static let configuration = CommandConfiguration(
      abstract: "State which accounts have missed their deadlines since this was last stated.")

    @OptionGroup var desk: DeskOptions
    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let admission = try desk.desk()
      let now = desk.now
      let due = try ToolFailure.wrapping(desk.path) {
        try admission.ledger.withState { $0.dueRoll(at: now) }
      }
      let head = try ToolFailure.wrapping(desk.path) { try admission.roll(at: now) }
      var report = Report.recorded("\(due.lines.count) accounts are newly overdue", head)
      report.text += due.lines.map { "\n  \($0.account)  \($0.status.rawValue)" }.joined()
      report.data = [
        "entries": .integer(head.unverified.count),
        "overdue": .array(
          due.lines.map { line in
            [
              "account": .string(line.account.description), "status": .string(line.status.rawValue),
            ]
          }),
      ]
      return report
    }
  }
}

extension Report {
  /// What happened, and where the log is now.
  static func recorded(_ what: String, _ head: SignedLogHead) -> Report {
    Report(
      text: "\(what)\n  log  \(head.unverified.count) entries, \(head.unverified.digest)",
      data: [
        "entries": .integer(head.unverified.count),
        "head": .string(head.unverified.digest.description), "signedHead": head.json,
      ])
  }
}

extension Documents {
  /// The attestations of one account, at least one.
  static func attestations(_ paths: [String]) throws(ToolFailure) -> [Signed<Attestation>] {
    var signed: [Signed<Attestation>] = []
    for path in paths { signed.append(try Documents.signed(path, as: Attestation.self)) }
    return signed
  }
}
