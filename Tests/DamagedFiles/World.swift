import Foundation

/// Good files of every kind, and a run of every verb that reads them.
struct World {
  static let passphrase = "open sesame"
  private static let moment = "1770328800"

  /// An argument of a verb.
  enum Argument {
    case text(String)
    /// A file that the verb reads.
    case file(String, Kind)
    /// A place that the verb writes to.
    case output
    /// A copy of the ledger directory, of which one file may be damaged.
    case ledger
    /// A copy of the market directory, of which one file may be damaged.
    case market
  }

  /// What a file is, for what damage to it must lead to.
  enum Kind {
    /// Strict JSON with a version.
    case document
    /// Strict JSON without a version.
    case json
    /// Encrypted, signed or chained: no bit of it can change.
    case sealed
    /// Source text of a circuit.
    case circuit
    /// Lines of JSON, each with its verdict.
    case lines
    /// Any text.
    case text
  }

  /// A verb and its arguments.
  struct Trial {
    let arguments: [Argument]
    let exitCode: Int32

    init(_ arguments: [Argument], exitCode: Int32 = 0) {
      self.arguments = arguments
      self.exitCode = exitCode
    }

    var name: String {
      let words = arguments.prefix { if case .text(let word) = $0 { !word.hasPrefix("-") } else { false } }
      return words.map { if case .text(let word) = $0 { word } else { "" } }.joined(separator: " ")
    }
  }

  struct Failed: Error, CustomStringConvertible { let description: String }

  let command: Command
  let trials: [Trial]

  /// Makes the files with the command itself.
  ///
  /// - Parameter examples: the folder of examples, circuits and vectors beside it.
  init(command: Command, package: String) throws {
    self.command = command
    func make(_ line: String) throws {
      let words = try Self.words(line)
      let outcome = try command.run(words)
      guard outcome.end == .exit(0) else { throw Failed(description: "\(line): \(outcome.errors)") }
    }
    let copies = [
      "Examples/snapshot.json": "snapshot.json", "Examples/book.json": "book.json",
      "Examples/range-values.json": "range-values.json", "Examples/market": "market",
      "circuits/cross-margin.circuit": "rule.circuit",
      "vectors/circuit-proof/kat2_a2_s1.json": "vector.json",
    ]
    for (from, to) in copies {
      try FileManager.default.copyItem(
        at: URL(filePath: package).appending(path: from), to: command.folder.appending(path: to))
    }
    try Data("\(Self.passphrase)\n".utf8).write(to: command.folder.appending(path: "passphrase"))
    try Data(#"{"version": 1, "account": "alice", "sequence": 0, "deltas": {"cash": "1000000"}}"#.utf8)
      .write(to: command.folder.appending(path: "fill.json"))
    for line in Self.making { try make(line) }
    let configuration = try command.run(["snapshot", "config", "--json"])
    try Data(configuration.output.utf8).write(to: command.folder.appending(path: "config.json"))
    trials = try Self.verbs.map { try Trial(Self.words($0).map(Self.argument)) }
  }

  private static let making = [
    "keygen --role venue -o venue.key", "keygen --role custodian -o custodian.key",
    "keygen --role engine -o engine.key", "keygen --role escrow-member -o member.key",
    "commit --book book.json --snapshot snapshot.json -o account --plain",
    "snapshot stress -o stress.json",
    "commit --book book.json --snapshot snapshot.json -o sealed",
    "snapshot sign snapshot.json --venue-name Exchange --key venue.key -o snapshot.sig.json",
    "prove --circuit portfolio-margin --snapshot snapshot.json --opening account/account.opening --now \(moment) --audience Bank -o proof.json",
    "prove --circuit portfolio-margin --snapshot snapshot.json --opening account/account.opening --now \(moment) --guard guard.json --venue venue.key.pub --signature snapshot.sig.json -o guarded.json",
    "attest --account account/account.json --pledged-to Exchange --now \(moment) --key custodian.key -o attestation.json",
    "fill --delta cash=5 --key engine.key --report report.json -o filled --account account/account.json --snapshot snapshot.json",
    "fill --delta cash=5 --hide hidden.json -o hidden --account account/account.json --snapshot snapshot.json",
    "escrow seal --opening account/account.opening --threshold 1 --member member.key.pub -o escrow.json",
    "escrow open escrow.json --key member.key -o share.json",
    "registry grow --snapshot snapshot.json -o registry.json",
    "range prove range-values.json --opening range-opening.json -o range.json",
    "snapshot build --market market -o epoch.json",
    "ledger init --ledger desk --venue-name Exchange --venue venue.key.pub --custodian custodian.key.pub --engine engine.key.pub",
    "ledger publish snapshot.json --signature snapshot.sig.json --ledger desk --key venue.key --now \(moment)",
    "ledger open attestation.json --ledger desk --key venue.key --now \(moment)",
    "request --circuit portfolio-margin --snapshot snapshot.json --opening account/account.opening --venue-name Exchange --now \(moment) -o request.json",
    "ledger export --ledger desk -o day.log",
  ]

  /// Every verb that reads files. `@k:name` is a file of kind k, `@out` a place to write to.
  private static let verbs = [
    "snapshot check @d:snapshot.json",
    "snapshot check @d:snapshot.json --venue @d:venue.key.pub --signature @d:snapshot.sig.json",
    "snapshot sign @d:snapshot.json --venue-name Exchange --key @s:venue.key -o @out",
    "snapshot build --market @market -o @out",
    "snapshot build --market @market --config @j:config.json -o @out",
    "snapshot verify @d:epoch.json --market @market --record @d:epoch.json.record",
    "snapshot explain BTC-PERP --snapshot epoch.json --market @market",
    "snapshot diff @d:snapshot.json @d:epoch.json", "snapshot config --config @j:config.json",
    "snapshot stress --stress @j:stress.json",
    "circuit check @c:rule.circuit", "circuit compile --circuit @c:rule.circuit --snapshot @d:snapshot.json",
    "commit --book @d:book.json --snapshot @d:snapshot.json -o @out --plain",
    "fill --account @d:account/account.json --fill @d:fill.json --snapshot @d:snapshot.json -o @out",
    "fill --account @d:account/account.json --snapshot snapshot.json --fill @d:report.json --engine @d:engine.key.pub -o @out",
    "fill --account account/account.json --snapshot snapshot.json --hidden @d:hidden.json -o @out",
    "explain --circuit @c:rule.circuit --snapshot @d:snapshot.json --book @d:book.json",
    "explain --circuit portfolio-margin --snapshot @d:snapshot.json --opening @d:account/account.opening",
    "prove --circuit portfolio-margin --snapshot @d:snapshot.json --opening @d:account/account.opening --now \(moment) -o @out",
    "prove --circuit portfolio-margin --snapshot snapshot.json --opening @s:sealed/account.opening --passphrase-file @t:passphrase --now \(moment) -o @out",
    "inspect @d:proof.json",
    "verify @l:proof.json --snapshot @d:snapshot.json --account @d:account/account.json --registry @d:registry.json --now \(moment)",
    "range prove @j:range-values.json -o @out", "range verify @j:range.json",
    "range verify-batch @j:range.json",
    "attest --account @d:account/account.json --pledged-to Exchange --now \(moment) --key @s:custodian.key -o @out",
    "attest check @d:attestation.json --custodian @d:custodian.key.pub --now \(moment)",
    "escrow seal --opening @d:account/account.opening --threshold 1 --member @d:member.key.pub -o @out",
    "escrow open @d:escrow.json --key @s:member.key",
    "escrow recover @d:escrow.json --share @d:share.json --plain -o @out",
    "leak-report --guard @d:guard.json", "leak-report @l:proof.json --snapshot @d:snapshot.json",
    "request --circuit portfolio-margin --snapshot @d:snapshot.json --opening @d:account/account.opening --venue-name Exchange --now \(moment) -o @out",
    "registry show @d:registry.json", "registry grow @d:registry.json --instrument X --asset Y -o @out",
    "vectors check @j:vector.json",
    "admit --ledger @ledger --key @s:venue.key @l:request.json --now \(moment)",
    "ledger status --ledger @ledger --now \(moment)", "ledger show --ledger @ledger --now \(moment)",
    "ledger head --ledger @ledger", "ledger export --ledger @ledger -o @out",
    "ledger roll --ledger @ledger --key @s:venue.key --now 1770328900",
    "ledger fill @d:report.json --ledger @ledger --key venue.key --now 1770328900",
    "audit replay @s:day.log --ledger @ledger --attestation @d:attestation.json",
    "keygen --role venue -o @out", "margin chart --market @market -o @out",
  ]

  private static func words(_ line: String) throws -> [String] {
    line.split(separator: " ").map(String.init)
  }

  private static func argument(_ word: String) throws -> Argument {
    switch word {
    case "@out": return .output
    case "@ledger": return .ledger
    case "@market": return .market
    default:
      guard word.hasPrefix("@") else { return .text(word) }
      let kinds: [Character: Kind] = [
        "d": .document, "j": .json, "s": .sealed, "c": .circuit, "l": .lines, "t": .text,
      ]
      let parts = word.dropFirst().split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let letter = parts[0].first, let kind = kinds[letter] else {
        throw Failed(description: word)
      }
      return .file(String(parts[1]), kind)
    }
  }
}
