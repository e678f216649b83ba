internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog

/// `solvency ledger recover`
struct LedgerRecover: Verb {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Bring back the entries at the end of a ledger that were lost, from receipts and copies.",
    discussion: """
      A ledger that ends before what its venue has signed (ledger.head, --head) has lost decisions that somebody holds \
      receipts of. Every entry names the one before, so an entry needs nobody's word: it is taken if it leads to a head that \
      the venue has signed. Give receipts of `admit` (.tlog-proof, and what it printed with --json, which has signed \
      heads), exported logs, copies of the database, and the requests and other documents themselves.

      What nobody has can be given up with --accept-loss: an entry then says which entries were lost, and every audit \
      finds it. If a checkpoint over lost entries was signed, the log goes on under another --log-name: one name never \
      has two histories.

        solvency ledger recover receipts/*.tlog-proof verdicts.json \\
          requests/*.json --ledger desk --key venue.key
      """)

  @Argument(help: "Receipts, exported logs, copies, documents.", completion: .file())
  var sources: [String] = []

  @OptionGroup var desk: DeskOptions

  @Flag(help: "State in the log that the entries which were not found are lost.")
  var acceptLoss = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try desk.ledger.folder()
    let known = try folder.publishedLogHead()
    // Nothing is signed under the log's name here: what was signed may be beyond what is found.
    let ledger = try folder.ledger(try Documents.signingKey(desk.key, desk.passphrase), isComplete: false)
    let start = ledger.head
    guard let known, known.count > start.count else {
      return Report(
        text: "\(desk.path): nothing is missing; the log has \(start.count) entries",
        data: ["recovered": .integer(0), "missing": .integer(0), "entries": .integer(start.count)])
    }
    let sources = EvidenceSources(self.sources, for: folder)
    let found = try LostEntries(sources, from: start.count).chain(from: start)
    var heads = try sources.signedHeads()
    if let kept = try folder.publishedHead.signed() { heads.append(kept) }
    var reached = start
    // Up to the last head that the venue has signed: what is beyond it nobody answers for.
    if let last = heads.filter({ found.leads(to: $0.unverified) }).max(by: {
      $0.unverified.count < $1.unverified.count
    }),
      last.unverified.count > start.count
    {
      let items = Array(found.items.prefix(Int(last.unverified.count - start.count)))
      reached = try ToolFailure.wrapping(desk.path) { try ledger.takeBack(items, upTo: last) }
    }
    var missing = known.count - min(known.count, reached.count)
    var lines = [
      "\(desk.path): \(reached.count - start.count) entries are back; the log has \(reached.count)"
    ]
    if missing > 0, acceptLoss {
      try ToolFailure.wrapping(desk.path) { _ = try ledger.acceptLoss(upTo: known, at: desk.now) }
      if let lost = try folder.signedCheckpoint.giveUp(beyond: reached.count) {
        lines.append(
          "  a checkpoint of \(lost.unverified.head.size) entries was signed as \(lost.unverified.origin): the log cannot go on "
            + "under that name; take another --log-name")
      }
      lines.append(
        "  entry \(reached.count) states that entries \(reached.count) to \(known.count - 1) of before are lost"
      )
    } else if missing > 0 {
      lines.append(
        "  entries \(reached.count) to \(known.count - 1) are still missing; the venue has to answer for them"
      )
      lines.append("  give more receipts or copies, or state in the log that they are lost: --accept-loss")
    }
    let unfound = found.items.prefix(Int(reached.count - start.count)).filter { !$0.hasItsEvidence }.map(
      \.entry.index)
    if !unfound.isEmpty {
      lines.append(
        "  the documents of entries \(unfound.prefix(8).map { "\($0)" }.joined(separator: ", ")) were not found; "
          + "`ledger repair` puts them back")
    }
    if acceptLoss { missing = 0 }
    return Report(
      text: lines.joined(separator: "\n"),
      data: [
        "recovered": .integer(reached.count - start.count), "entries": .integer(reached.count),
        "missing": .integer(missing), "withoutDocument": .array(unfound.map { .integer($0) }),
      ], isPositive: missing == 0)
  }
}

/// Entries found in files, by what they follow.
struct LostEntries {
  private let entries: [LogHead: LogEntry]
  private let documents: [LogEntry: [UInt8]]

  init(_ sources: EvidenceSources, from index: UInt64) throws(ToolFailure) {
    var entries: [LogHead: LogEntry] = [:]
    for source in sources.sources {
      for entry in try sources.entries(in: source) where entry.index >= index {
        entries[LogHead(count: entry.index, digest: entry.previous)] = entry
      }
    }
    self.entries = entries
    documents = try sources.documents(of: entries.values)
  }

  /// A run of entries, each after the one before.
  struct Chain {
    var items: [LogBatch.Item] = []
    private var heads: Set<LogHead>

    init(from head: LogHead) { heads = [head] }

    mutating func append(_ item: LogBatch.Item) {
      items.append(item)
      heads.insert(LogHead(item.entry))
    }

    func leads(to head: LogHead) -> Bool { heads.contains(head) }
  }

  /// What follows a head, as far as it was found, with documents where they were.
  func chain(from start: LogHead) -> Chain {
    var (chain, head) = (Chain(from: start), start)
    while let entry = entries[head] {
      chain.append(LogBatch.Item(entry: entry, evidence: documents[entry] ?? []))
      head = LogHead(entry)
    }
    return chain
  }
}
