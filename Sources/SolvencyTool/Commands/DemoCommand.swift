internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Demonstration
internal import Foundation
internal import MarginRules
internal import Solvency

/// `solvency demo`
struct DemoCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Watch the whole job on a made-up market: commit, prove, verify, attack, admit, audit.",
    discussion: """
      First the margin engine publishes two epochs of a market, made up from the seed or read from --market; \
      accounts prove their books, and a verifier accepts them. Then a venue with a ledger on disk admits other \
      accounts through a crash, on proofs alone, and is audited. Books are drawn from the seed; proofs, verdicts \
      and times are real. At last a venue lists its accounts on a roll, proves them and its totals, and five frauds are \
      tried on it. Exits 0 only if every verdict is right and every attack is stopped.

        solvency demo
        solvency demo --accounts 500 --desk-accounts 0
        solvency demo --keep demo-output
        solvency demo --market Examples/market
        solvency verify demo-output/proofs.jsonl \\
          --snapshot demo-output/snapshot.json
        solvency audit replay demo-output/day.log --ledger demo-output/desk
      """)

  @Option(help: "How many accounts prove in the first act.")
  var accounts = 48

  @Option(help: "How many accounts the venue of the second act admits; 0 leaves the act out.")
  var deskAccounts = 1_000

  @Option(help: "How many accounts the roll of the third act lists; 0 leaves the act out.")
  var rollAccounts = 10_000

  @Option(help: "What market and books are drawn from.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Use this market instead of a made-up one; now is the last instant that it knows.",
      valueName: "directory"),
    completion: .directory)
  var market: String?

  @Option(
    help: "Write snapshot, proofs, ledger and log to this folder, to be looked at and verified again.",
    completion: .directory)
  var keep: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...100_000).contains(accounts) else {
      throw ValidationError("--accounts is a number from 1 to 100000.")
    }
    guard deskAccounts == 0 || (100...100_000).contains(deskAccounts) else {
      throw ValidationError("--desk-accounts is 0, or a number from 100 to 100000.")
    }
    guard rollAccounts == 0 || (128...100_000).contains(rollAccounts) else {
      throw ValidationError("--roll-accounts is 0, or a number from 128 to 100000.")
    }
  }

  func perform() throws -> Report {
    if let keep, deskAccounts > 0 { try AdmissionAct.checkFree(keep) }
    let venue: DemoVenue
    if let market {
      venue = try DemoVenue(MarketOptions.load(market))
    } else {
      venue = try DemoVenue(seed: seed, now: .now)
    }
    let run = try DemoRun(accounts: accounts, seed: seed, venue: venue)
    let report = DemoReport(run, try DemoAttacks.carriedOut(on: run, seed: seed))
    if let keep { try write(run, to: keep) }
    var (text, members) = (report.text, [JSONMember("proofs", report.json)])
    var isRight = report.isAsItShouldBe
    if deskAccounts > 0 {
      if !output.isJSON {
        // The first act is read while the second is played.
        try Console.print(text + "\n")
        try Console.flush()
      }
      let act = try AdmissionAct(accounts: deskAccounts, seed: seed, keepingIn: keep)
      let second = AdmissionActReport(act)
      text = second.text
      members.append(JSONMember("admission", second.json))
      isRight = isRight && act.isAsItShouldBe
    }
    if rollAccounts > 0 {
      if !output.isJSON {
        try Console.print(text + "\n")
        try Console.flush()
      }
      let act = try RollAct(accounts: rollAccounts, seed: seed)
      let third = RollActReport(act)
      text = third.text
      members.append(JSONMember("roll", third.json))
      isRight = isRight && act.isAsItShouldBe
    }
    members.insert(JSONMember("isAsItShouldBe", .bool(isRight)), at: 0)
    return Report(text: text, data: .object(members), isPositive: isRight)
  }

  private func write(_ run: DemoRun, to folder: String) throws(ToolFailure) {
    try OutputFile.makeFolder(folder)
    try OutputFile.write(
      run.venue.snapshot.json.encoded(.indented), to: folder + "/snapshot.json", access: .everybody,
      replacing: true, isUpdate: true)
    let lines = run.proofs.flatMap { $0.encoded() + [UInt8(ascii: "\n")] }
    try OutputFile.write(
      lines, to: folder + "/proofs.jsonl", access: .everybody, replacing: true, isUpdate: true)
  }
}
