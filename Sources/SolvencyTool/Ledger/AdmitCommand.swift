internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog

/// `solvency admit`
struct AdmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admit",
    abstract: "Decide on requests: admitted, reduce-only or refused; one verdict a line.",
    discussion: """
      Reads files with one request, JSON Lines, and standard input (-). Requests are decided on in their order \
      and proofs verified together. A verdict that is printed is on the disk. Exits 2 if a request is refused, 65 \
      if what was read is not a request, 74 if a decision could not be recorded.

      With --log-key every commit ends with a signed checkpoint of the log's tree, and with --receipts every \
      admission leaves <entry>.tlog-proof there, which others check offline: `solvency log verify`. A receipt that \
      went astray is had again from `solvency ledger receipt`.

        solvency admit --ledger desk --key venue.key request.json
        cat requests.jsonl | solvency admit --ledger desk --key venue.key - --json
      """)

  @OptionGroup var desk: DeskOptions

  @Argument(
    help: "Request files, or - for standard input.", completion: .file(extensions: ["json", "jsonl"]))
  var requests: [String] = [InputFile.standardInput]

  @Option(
    help: "With --log-key: the directory that receipts are written to, as <entry>.tlog-proof.",
    completion: .directory)
  var receipts: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard receipts == nil || desk.logKey != nil else {
      throw ValidationError("--receipts needs --log-key: receipts are under signed checkpoints.")
    }
  }

  /// How many requests are decided on together.
  private static let windowLimit = 256

  mutating func run() throws {
    var source = try ProofSource(requests, of: "request")
    let admission = try desk.desk()
    var folder = try receipts.map { path throws(ToolFailure) in
      try OutputFile.makeFolder(path)
      return TileDirectory(path)
    }
    var isRefused = false
    var firstFailure: LedgerFailure?
    var isFirst = true
    if output.isJSON { try Console.print("[") }
    var isMalformed = false
    // What was read before a file that cannot be read has its verdicts.
    var failure: ToolFailure?
    while failure == nil {
      var window: [ProofSource.Item] = []
      do throws(ToolFailure) {
        while window.count < Self.windowLimit, window.isEmpty || source.isReady,
          let item = try source.next()
        {
          window.append(item)
        }
      } catch {
        failure = error
      }
      guard !window.isEmpty else { break }
      let parsed = window.map { item in
        Result { () throws(FileError) in try AdmissionRequest(json: item.bytes) }
      }
      let wanted = parsed.compactMap { try? $0.get() }
      var decided: ArraySlice<Verdict>
      do throws(LedgerFailure) {
        decided = try admission.decide(wanted, at: desk.now)[...]
      } catch {
        // The first cause is said at the end; what came after it may follow from it.
        firstFailure = firstFailure ?? error
        decided = [Verdict](repeating: .refused([.unavailable]), count: wanted.count)[...]
      }
      for (item, request) in zip(window, parsed) {
        let verdict: Verdict
        var problem: String?
        switch request {
        case .success: verdict = decided.popFirst() ?? .refused([.unavailable])
        case .failure(let error):
          verdict = .refused([.malformed])
          problem = error.description
        }
        if problem != nil { isMalformed = true } else if verdict.receipt == nil { isRefused = true }
        let account = (try? request.get())?.account
        if failure == nil, let proof = verdict.receipt?.proof {
          do throws(ToolFailure) {
            try folder?.write(proof.encoded(), to: ReceiptFile.name(proof.index))
          } catch {
            // The decision stands, and its verdict is still said; the receipt can be had again.
            failure = error
          }
        }
        try print(verdict, of: item.label, account: account, problem: problem, isFirst: isFirst)
        isFirst = false
      }
      try Console.flush()
    }
    if failure == nil, let firstFailure {
      failure = ToolFailure(unrecorded: firstFailure, in: desk.path)
    }
    if output.isJSON { try end(with: failure, isFirst: isFirst) }
    if var failure {
      failure.isReported = true
      throw failure
    }
    if isRefused { throw ExitCode(ToolFailure.Kind.refused.rawValue) }
    if isMalformed { throw ExitCode(ToolFailure.Kind.malformedInput.rawValue) }
  }

  /// Ends the list; an error that stopped it is its last element, and is reported with that.
  private func end(with failure: ToolFailure?, isFirst: Bool) throws(ToolFailure) {
    if let failure {
      let error = String(decoding: failure.asJSON.encoded(), as: UTF8.self)
      try Console.print((isFirst ? "  " : ", ") + error)
    }
    try Console.print("]")
  }

  private func print(
    _ verdict: Verdict, of label: ProofSource.Label, account: AccountID?, problem: String?, isFirst: Bool
  ) throws(ToolFailure) {
    guard output.isJSON else {
      let name = account.map { "\($0) " } ?? ""
      let reason = problem.map { ": \($0)" } ?? ""
      return try Console.print(Console.singleLine("\(label.text): \(name)\(verdict.text)\(reason)"))
    }
    var members = [
      JSONMember("file", .string(label.file)),
      JSONMember("line", label.line.map { .integer($0) } ?? .null),
      JSONMember("account", account.map { .string($0.description) } ?? .null),
    ]
    members += verdict.jsonMembers
    if let receipts, let entry = verdict.receipt?.entry {
      members.append(JSONMember("receipt", .string("\(receipts)/\(ReceiptFile.name(entry))")))
    }
    if let problem { members.append(JSONMember("problem", .string(problem))) }
    let value = JSONValue.object(members)
    try Console.print((isFirst ? "  " : ", ") + String(decoding: value.encoded(), as: UTF8.self))
  }
}

/// How receipts are named.
enum ReceiptFile {
  static func name(_ entry: UInt64) -> String { "\(entry).tlog-proof" }
}
