internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CircuitLanguage
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger init`
struct LedgerInit: Verb {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a ledger directory.",
    discussion: """
      The file desk.json in it says whose signatures count, when proofs fall due, and which circuits are convex along \
      coordinates, with the reason: only under those are orders of more than one lot granted. The first snapshot that \
      is published founds the ledger: desk.json and the circuits go into the log, whole, and bind it from then on. Until \
      then they may be edited; later `ledger change` puts them in force as they are.

      The circuits that come with the program are listed with their reasons. For one of your own, write down why it is \
      convex and give the text with --convex:

        solvency ledger init --ledger desk --venue-name "Example Exchange" \\
          --venue venue.key.pub --custodian custodian.key.pub \\
          --circuit mine.circuit \\
          --convex "mine.circuit=equity is linear, the requirement convex"
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

  @Option(
    help: ArgumentHelp(
      "Why a circuit is convex along coordinates; repeat it for more.", valueName: "circuit=reason"))
  var convex: [String] = []

  @Option(help: ArgumentHelp("For how long a proof keeps an account current.", valueName: "seconds"))
  var interval = MarginCallSchedule.production.interval

  @Option(
    help: ArgumentHelp("How long a stale account has until it is liquidatable.", valueName: "seconds"))
  var grace = MarginCallSchedule.production.grace

  @Flag(help: "Admit only proofs that answer a challenge of `ledger challenge`.")
  var requireChallenge = false

  @OptionGroup var output: OutputOptions

  /// The shipped circuits' reasons and those that were given.
  private func convexity() throws(ToolFailure) -> ConvexityList {
    var reasons: [Digest: String] = [:]
    for statement in convex {
      let parts = statement.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, circuit.contains(String(parts[0])),
        parts[1].utf8.count <= ConvexityList.reasonByteLimit
      else {
        throw ToolFailure(
          .usage, "--convex",
          "write CIRCUIT=REASON, with a circuit that --circuit names and a reason of at most 4 KiB")
      }
      reasons[try Documents.circuit(String(parts[0])).digest] = String(parts[1])
    }
    return ConvexityList.shipped.adding(reasons)
  }

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
      ledger.path, venue: name, parties: parties, policy: policy, circuits: circuit,
      convexity: try convexity())
    return Report(
      text: "\(ledger.path): an empty ledger of \(name), deciding on \(circuit.joined(separator: ", "))",
      data: ["ledger": .string(ledger.path), "venue": .string(name.description)])
  }
}
