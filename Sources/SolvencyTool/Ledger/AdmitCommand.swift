internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency

/// `solvency admit`
struct AdmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admit",
    abstract: "Decide on requests: admitted, reduce-only or refused; one verdict a line.",
    discussion: """
      Reads files with one request, JSON Lines, and standard input (-). Requests are decided on in their order \
      and proofs verified together. A verdict that is printed is on the disk. Exits 2 if a request is refused, 74 if \
      a decision could not be recorded.

        solvency admit --ledger desk --key venue.key request.json
        cat requests.jsonl | solvency admit --ledger desk --key venue.key - --json
      """)

  @OptionGroup var desk: DeskOptions

  @Argument(
    help: "Request files, or - for standard input.", completion: .file(extensions: ["json", "jsonl"]))
  var requests: [String] = [InputFile.standardInput]

  @OptionGroup var output: OutputOptions

  /// How many requests are decided on together.
  private static let windowLimit = 256

  mutating func run() throws {
    var source = try ProofSource(requests)
    let admission = try desk.desk()
    var isRefused = false
    var firstFailure: LedgerFailure?
    var isFirst = true
    if output.isJSON { try Console.print("[") }
    while true {
      var window: [ProofSource.Item] = []
      while window.count < Self.windowLimit, let item = try source.next() { window.append(item) }
      guard !window.isEmpty else { break }
      let parsed = window.map { try? AdmissionRequest(json: $0.bytes) }
      let wanted = parsed.compactMap(\.self)
      var decided: ArraySlice<Verdict>
      do throws(LedgerFailure) {
        decided = try admission.decide(wanted, at: desk.now)[...]
      } catch {
        // The first cause is said at the end; what came after it may follow from it.
        firstFailure = firstFailure ?? error
        decided = [Verdict](repeating: .refused([.unavailable]), count: wanted.count)[...]
      }
      for (item, request) in zip(window, parsed) {
        let verdict =
          request == nil ? Verdict.refused([.malformed]) : decided.popFirst() ?? .refused([.unavailable])
        if verdict.receipt == nil { isRefused = true }
        try print(verdict, of: item.label, account: request?.account, isFirst: isFirst)
        isFirst = false
      }
      try Console.flush()
    }
    if output.isJSON { try Console.print("]") }
    if let firstFailure { throw ToolFailure(unrecorded: firstFailure, in: desk.path) }
    if isRefused { throw ExitCode(ToolFailure.Kind.refused.rawValue) }
  }

  private func print(
    _ verdict: Verdict, of label: ProofSource.Label, account: AccountID?, isFirst: Bool
  ) throws(ToolFailure) {
    guard output.isJSON else {
      let name = account.map { "\($0) " } ?? ""
      return try Console.print(Console.singleLine("\(label.text): \(name)\(verdict.text)"))
    }
    let members = [
      JSONMember("file", .string(label.file)),
      JSONMember("line", label.line.map { .integer($0) } ?? .null),
      JSONMember("account", account.map { .string($0.description) } ?? .null),
    ]
    let value = JSONValue.object(members + verdict.members)
    try Console.print((isFirst ? "  " : ", ") + String(decoding: value.encoded(), as: UTF8.self))
  }
}
