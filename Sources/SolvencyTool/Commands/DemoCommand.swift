internal import ArgumentParser
internal import Foundation
internal import JSONDocuments
internal import MarginEngine
internal import Solvency

/// `solvency demo`
struct DemoCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Watch the whole job on a made-up market: commit, prove, verify, attack.",
    discussion: """
      The margin engine publishes two epochs of a market, made up from the seed or read from --market; books \
      are drawn from the seed; proofs, verdicts and times are real. Exits 0 only if every covered book is \
      accepted and everything else is stopped.

        solvency demo
        solvency demo --accounts 500 --keep demo-output
        solvency demo --market Examples/market
        solvency verify demo-output/proofs.jsonl --snapshot demo-output/snapshot.json
      """)

  @Option(help: "How many accounts.")
  var accounts = 48

  @Option(help: "What market and books are drawn from.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Use this market instead of a made-up one; now is the last instant that it knows.",
      valueName: "directory"),
    completion: .directory)
  var market: String?

  @Option(
    help: "Write the snapshot and the proofs to this folder, to be looked at and verified again.",
    completion: .directory)
  var keep: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...100_000).contains(accounts) else {
      throw ValidationError("--accounts is a number from 1 to 100000.")
    }
  }

  func perform() throws -> Report {
    let venue: DemoVenue
    if let market {
      venue = try DemoVenue(MarketOptions.load(market))
    } else {
      venue = try DemoVenue(seed: seed, now: .clock)
    }
    let run = try DemoRun(accounts: accounts, seed: seed, venue: venue)
    let report = DemoReport(run, try DemoAttacks.carriedOut(on: run, seed: seed))
    if let keep { try write(run, to: keep) }
    return Report(text: report.text, data: report.json, isPositive: report.isAsItShouldBe)
  }

  private func write(_ run: DemoRun, to folder: String) throws(ToolFailure) {
    try OutputFile.makeFolder(folder)
    try OutputFile.write(
      run.venue.snapshot.json.encoded(.indented), to: folder + "/snapshot.json", access: .everybody,
      replacing: true)
    let lines = run.proofs.flatMap { $0.encoded() + [UInt8(ascii: "\n")] }
    try OutputFile.write(lines, to: folder + "/proofs.jsonl", access: .everybody, replacing: true)
  }
}
